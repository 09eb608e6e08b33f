"""Names for choice sets in the OpenAPI description, so that generated clients have `UserRoleEnum`, not `Role99fEnum`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from drf_spectacular import hooks
from drf_spectacular.plumbing import list_hash
from inflection import camelize

NOISE = re.compile(r"^Patched|Request$")


def properties(schema: Any, component: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(component, property, its schema) of everything that has an enum."""
    if not isinstance(schema, dict):
        return
    for name, found in (schema.get("properties") or {}).items():
        if isinstance(found, dict) and found.get("type") == "array":
            found = found.get("items")
        if isinstance(found, dict) and "enum" in found:
            yield component, name, found
    for key in ("oneOf", "allOf", "anyOf"):
        for part in schema.get(key, []):
            yield from properties(part, component)


def identity(schema: dict[str, Any]) -> str:
    return schema.get("x-spec-enum-id") or list_hash([(i, i) for i in schema["enum"] if i not in ("", None)])


def names_for(schemas: dict[str, Any]) -> dict[str, str]:
    """A choice set that drf-spectacular cannot name well is named after the shortest component that uses it."""
    sets: dict[str, set[str]] = defaultdict(set)
    uses: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for component, schema in schemas.items():
        plain = NOISE.sub("", component)
        for owner, name, found in properties(schema, plain):
            sets[name].add(identity(found))
            uses[identity(found)].add((owner, name))
    names: dict[str, str] = {}
    taken: set[str] = set()
    for mark, used in sorted(uses.items(), key=lambda item: min((len(c), c, p) for c, p in item[1])):
        several_names = len({name for _component, name in used}) > 1
        collides = any(len(sets[name]) > 1 for _component, name in used) and len(used) > 1
        if several_names or collides:
            component, name = min(used, key=lambda use: (len(use[0]), use))
            wanted = f"{camelize(component)}{camelize(name)}Enum"
            names[mark] = wanted if wanted not in taken else f"{wanted[:-4]}{mark[:3].capitalize()}Enum"
            taken.add(names[mark])
    return names


def name_enums(result: dict[str, Any], generator: Any, **kwargs: Any) -> dict[str, Any]:
    names = names_for(result.get("components", {}).get("schemas", {}))
    known = hooks.load_enum_name_overrides
    hooks.load_enum_name_overrides = lambda: (
        names
    )  # its setting must name every choice set by hand, this finds them
    try:
        return hooks.postprocess_schema_enums(result, generator, **kwargs)  # type: ignore[no-any-return]
    finally:
        hooks.load_enum_name_overrides = known
