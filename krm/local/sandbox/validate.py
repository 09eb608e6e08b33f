"""Checks what the sandbox sends against what the vendors wrote: Google's discovery document, Meta's field lists.

Both are for tests: the discovery document comes from the development package google-api-python-client, Meta's lists
from a folder outside the repository (KRM_SPECS).  Where one is missing, those answers go unchecked.
TikTok has published no description.
"""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SPECS = Path(
    os.environ.get("KRM_SPECS", str(Path(__file__).resolve().parents[3].parent / "shared" / "specs"))
)
_GRAPH_TYPES = {"string": str, "int": int, "unsigned int": int, "bool": bool, "datetime": str}


def discovery_to_schema(discovery: dict[str, Any]) -> dict[str, Any]:
    """Google's discovery schemas as JSON Schema: strict, no unknown keys, 64-bit counts as digit strings."""

    def convert(node: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in node:
            return {"$ref": f"#/$defs/{node['$ref']}"}
        kind = node.get("type")
        if kind == "object":
            if "additionalProperties" in node:
                return {"type": "object", "additionalProperties": convert(node["additionalProperties"])}
            properties = {name: convert(child) for name, child in node.get("properties", {}).items()}
            return {"type": "object", "properties": properties, "additionalProperties": False}
        if kind == "array":
            return {"type": "array", "items": convert(node["items"])}
        if kind == "string":
            if node.get("format") in ("uint64", "int64"):
                return {"type": "string", "pattern": r"^-?\d+$"}
            if "enum" in node:
                return {"enum": node["enum"]}
            return {"type": "string"}
        if kind == "any":
            return {}
        return {"type": kind} if kind else {}

    return {"$defs": {name: convert(schema) for name, schema in discovery["schemas"].items()}}


def youtube_discovery(name: str = "youtube.v3") -> dict[str, Any] | None:
    """The document as the vendor's own package carries it."""
    spec = find_spec("googleapiclient")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "discovery_cache" / "documents" / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def meta_fields(kind: str) -> dict[str, str] | None:
    path = SPECS / "meta" / f"{kind}.json"
    if not path.exists():
        return None
    return {f["name"]: f["type"] for f in json.loads(path.read_text())["fields"]}


class Validator:
    def __init__(self, youtube: dict[str, Any] | None, meta: dict[str, dict[str, str]]) -> None:
        self._youtube: dict[str, Any] = {}
        self._meta = meta
        if youtube is not None:
            from jsonschema import Draft202012Validator

            schema = discovery_to_schema(youtube)
            for resource, name in {
                "channels": "ChannelListResponse",
                "playlistItems": "PlaylistItemListResponse",
                "videos": "VideoListResponse",
                "commentThreads": "CommentThreadListResponse",
            }.items():
                self._youtube[f"youtube.{resource}"] = Draft202012Validator(
                    {**schema, "$ref": f"#/$defs/{name}"}
                )

            analytics = youtube_discovery("youtubeAnalytics.v2")
            if analytics is not None:
                self._youtube["youtubeAnalytics.reports"] = Draft202012Validator(
                    {**discovery_to_schema(analytics), "$ref": "#/$defs/QueryResponse"}
                )

    @classmethod
    def none(cls) -> Validator:
        return cls(None, {})

    @classmethod
    def load(cls) -> Validator:
        kinds = (
            "IGUser",
            "IGMedia",
            "IGComment",
            "InstagramInsightsResult",
            "Page",
            "PagePost",
            "InsightsResult",
            "ShadowIGHashtag",
        )
        found = {kind: fields for kind in kinds if (fields := meta_fields(kind)) is not None}
        return cls(youtube_discovery() if find_spec("jsonschema") else None, found)

    @property
    def covers(self) -> list[str]:
        return sorted([*self._youtube, *(f"graph.{kind}" for kind in self._meta)])

    def check(self, shape: str, body: Any) -> list[str]:
        if shape in self._youtube:
            return [f"{e.json_path}: {e.message[:200]}" for e in self._youtube[shape].iter_errors(body)]
        if shape.startswith("graph."):
            kind = shape.removeprefix("graph.").removesuffix("[]")
            if kind in self._meta:
                nodes = body.get("data", []) if shape.endswith("[]") else [body]
                return [p for node in nodes for p in self._graph(kind, node)]
        return []

    def _graph(self, kind: str, node: dict[str, Any]) -> list[str]:
        problems = []
        known = self._meta[kind]
        for name, value in node.items():
            if name == "business_discovery":
                problems += self._graph("IGUser", value)
            elif name == "media" and kind == "IGUser":
                for item in value["data"]:
                    problems += self._graph("IGMedia", item)
            elif name == "insights" and kind == "IGMedia":
                for item in value["data"]:
                    problems += self._graph("InstagramInsightsResult", item)
            elif name == "mentioned_media":
                problems += self._graph("IGMedia", value)
            elif name == "mentioned_comment":
                problems += self._graph("IGComment", {k: v for k, v in value.items() if k != "media"})
                problems += self._graph("IGMedia", value.get("media", {}))
            elif name == "replies" and kind == "IGComment":
                for item in value["data"]:
                    problems += self._graph("IGComment", item)
            elif kind == "PagePost" and name in ("reactions", "comments"):
                pass  # edges, which the description lists apart
            elif name == "insights" and kind == "PagePost":
                for item in value["data"]:
                    problems += self._graph("InsightsResult", item)
            elif name not in known:
                problems.append(f"{kind} has no field {name}")
            else:
                wanted = _GRAPH_TYPES.get(known[name])
                if wanted is not None and (
                    not isinstance(value, wanted) or (wanted is int and isinstance(value, bool))
                ):
                    problems.append(f"{kind}.{name} must be {known[name]}, not {type(value).__name__}")
        return problems
