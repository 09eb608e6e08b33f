"""Facebook Pages as Meta's pages and descriptions say it: a Page, its posts, insights and comments."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from krm.local.sandbox import instagram, tokens
from krm.local.sandbox.instagram import GraphError, Selection, listed, parse_fields, stamp
from krm.local.sandbox.state import Account, Fault
from krm.local.sandbox.wire import Request, Response

APP_ID, APP_SECRET = tokens.APPS["facebook"]
APP_TOKEN = f"{APP_ID}|{APP_SECRET}"
HOURLY = instagram.HOURLY
PAGE_FIELDS = {
    "id", "name", "username", "followers_count", "fan_count", "verification_status", "link", "about", "category",
}  # fmt: skip
POST_FIELDS = {
    "id",
    "message",
    "created_time",
    "permalink_url",
    "status_type",
    "shares",
    "updated_time",
    "is_published",
}
COMMENT_FIELDS = {"id", "message", "created_time", "like_count", "from", "parent", "comment_count"}
DAILY = {
    "page_media_view",
    "page_total_media_view_unique",
    "page_follows",
    "page_views_total",
    "page_post_engagements",
}
BY_PLACE = {"page_follows_country", "page_follows_city"}
POST_METRICS = {"post_media_view", "post_total_media_view_unique"}
_PATH = re.compile(r"/v\d+\.\d+/(?P<node>[A-Za-z0-9_.\-]+)(?:/(?P<edge>[a-z_]+))?/?\Z")
_STATUS = {"image": "added_photos", "video": "added_video", "text": "mobile_status_update"}


def mine(request: Request) -> bool:
    """Whether a Graph call is for this module: its token says so."""
    raw = request.query.get("access_token") or request.headers.get("authorization", "").removeprefix(
        "Bearer "
    )
    if raw == APP_TOKEN:
        return True
    token = tokens.read(raw)
    return token is not None and token.platform == "facebook"


def faulted(fault: Fault) -> Response:
    if fault.kind == "private":
        return _unknown("page").response
    return instagram.faulted(fault)


def handle(request: Request) -> Response:
    try:
        return _handle(request)
    except GraphError as error:
        return error.response


def _unknown(node: str) -> GraphError:
    if node.isdecimal():
        return GraphError(
            400, 100, f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due to "
            "missing permissions, or does not support this operation", subcode=33, type="GraphMethodException",
        )  # fmt: skip
    return GraphError(404, 803, f"(#803) Cannot query users by their username ({node})")


def _handle(request: Request) -> Response:
    match = _PATH.match(request.path)
    if match is None:
        raise GraphError(404, 2500, f"Unknown path components: {request.path}")
    raw = request.query.get("access_token", "")
    proof = request.query.get("appsecret_proof")
    if proof is not None and proof != tokens.appsecret_proof(raw, APP_SECRET):
        raise GraphError(
            400, 100, "Invalid appsecret_proof provided in the API argument", type="GraphMethodException"
        )
    token = None if raw == APP_TOKEN else tokens.read(raw)
    if token is not None and token.account in request.state.revoked:
        raise GraphError(400, 190, "Error validating access token: not authorized application.", subcode=458)
    calls = request.state.window("facebook", 3600)
    percent = min(100, calls * 100 // HOURLY)
    usage = {
        "x-app-usage": json.dumps(
            {"call_count": percent, "total_time": percent // 3, "total_cputime": percent // 4}
        )
    }
    body, shape = _node(request, match["node"], match["edge"] or "", token)
    return Response(200, body, {**usage, "facebook-api-version": "v26.0"}, shape)


def _node(request: Request, node: str, edge: str, token: tokens.Token | None) -> tuple[dict[str, Any], str]:
    state = request.state
    fields = parse_fields(request.query.get("fields", "") or "id")
    if node == APP_ID and not edge:
        return {"id": APP_ID, "name": "KRM sandbox"}, ""
    if node == "me" and token is not None:
        node = token.account
    account = state.by_id("facebook", node) or state.by_handle("facebook", node)
    if account is not None:
        request.meet("facebook", account.handle, account.external_id)
        if request.struck("private"):
            raise _unknown(node)
        own = token is not None and token.account == account.external_id
        if token is not None and not own:
            raise GraphError(403, 10, "(#10) Application does not have permission for this action")
        return _page(request, account, fields, edge, own)
    owner = state.by_id("facebook", token.account) if token is not None else None
    if owner is not None and edge in ("comments", "insights"):
        post = next((p for p in state.posts_of(owner, 400) if p.external_id == node), None)
        if post is not None:
            if edge == "insights":
                return {"data": _post_insights(request, post, listed(request.query.get("metric", "")))}, ""
            request.meet("facebook comments", owner.handle, owner.external_id)
            return _comments(request, post, fields), ""
    raise _unknown(node)


def _page(
    request: Request, account: Account, fields: list[Selection], edge: str, own: bool
) -> tuple[dict[str, Any], str]:
    at = request.state.clock.now()
    if edge == "":
        followers = account.followers_at(at)
        values = {
            "id": account.external_id,
            "name": account.name,
            "username": account.handle,
            "followers_count": followers,
            "fan_count": int((followers or 0) * 0.93),
            "verification_status": "blue_verified" if (followers or 0) > 500_000 else "not_verified",
            "link": f"https://www.facebook.com/{account.handle}",
            "about": account.bio,
            "category": "Digital creator",
        }
        if request.state.shapes.get("facebook") == "deviating":
            values["followers_count"] = str(followers)
        return instagram._pick(values, fields, PAGE_FIELDS, "Page"), "graph.Page"
    if edge in ("posts", "published_posts"):
        return _posts(request, account, fields, own), "graph.PagePost[]"
    if edge == "insights":
        if not own:
            raise GraphError(
                403, 200, "(#200) Provide valid app ID or a Page access token with read_insights"
            )
        return _insights(request, account), "graph.InsightsResult[]"
    raise GraphError(400, 100, f"(#100) Tried accessing nonexisting field ({edge}) on node type (Page)")


def _posts(request: Request, account: Account, fields: list[Selection], own: bool) -> dict[str, Any]:
    state = request.state
    at = state.clock.now()
    limit = min(int(request.query.get("limit", "25")), 100)
    start = instagram.offset_of(request.query["after"]) if request.query.get("after") else 0
    posts = state.posts_of(account, start + limit + 1)
    edges = {s.name: s for s in fields if s.name in ("reactions", "comments", "insights")}
    plain = [s for s in fields if s.name not in edges]
    data = []
    for post in posts[start : start + limit]:
        counts = post.counts(at)
        entry = instagram._pick(
            {
                "id": post.external_id,
                "message": post.caption or None,
                "created_time": stamp(state.clock.shown(post.published_at)),
                "updated_time": stamp(state.clock.shown(post.published_at)),
                "permalink_url": post.url,
                "status_type": _STATUS.get(post.kind, "added_photos"),
                "shares": {"count": counts.shares} if counts.shares else None,
                "is_published": True,
            },
            plain,
            POST_FIELDS,
            "PagePost",
        )
        for name, total in (("reactions", counts.likes), ("comments", counts.comments)):
            if name in edges:
                entry[name] = {"data": []}
                if "summary" in edges[name].args:
                    entry[name]["summary"] = {"total_count": total}
        if "insights" in edges:
            if not own:
                raise GraphError(403, 200, "(#200) Provide a Page access token with read_insights")
            entry["insights"] = {
                "data": _post_insights(request, post, edges["insights"].args["metric"].split(","))
            }
        data.append(entry)
    body: dict[str, Any] = {"data": data}
    if len(posts) > start + limit:
        body["paging"] = {"cursors": {"after": instagram.cursor(start + limit)}}
    return body


def _gone(metric: str) -> GraphError:
    return GraphError(400, 100, f"(#100) The value must be a valid insights metric: {metric}")


def _post_insights(request: Request, post: Any, metrics: list[str]) -> list[dict[str, Any]]:
    counts = post.counts(request.state.clock.now())
    values: dict[str, int | None] = {
        "post_media_view": counts.views,
        "post_total_media_view_unique": counts.reach,
    }
    if request.state.shapes.get("facebook") == "old":  # an installation that pins an older version
        values = {"post_impressions": int((counts.views or 0) * 1.3), "post_impressions_unique": counts.reach}
        metrics = list(values)
    for metric in metrics:
        if metric not in values:
            raise _gone(metric)
    if request.struck("empty_insights"):
        return []
    return [
        {
            "name": metric,
            "period": "lifetime",
            "values": [{"value": values[metric]}],
            "title": metric,
            "description": "",
            "id": f"{post.external_id}/insights/{metric}/lifetime",
        }
        for metric in metrics
    ]


def _insights(request: Request, account: Account) -> dict[str, Any]:
    metrics = listed(request.query.get("metric", ""))
    if not metrics:
        raise GraphError(400, 100, "(#100) The parameter metric is required")
    for metric in metrics:
        if metric not in DAILY | BY_PLACE:
            raise _gone(metric)
    if request.query.get("period") != "day":
        raise GraphError(400, 100, "(#100) period must be day")
    if request.struck("empty_insights"):
        return {"data": []}
    at = request.state.clock.now()
    until = instagram._moment(request.query.get("until"), at)
    since = instagram._moment(request.query.get("since"), until - timedelta(days=1))
    if until - since > timedelta(days=93):
        raise GraphError(400, 100, "(#100) There cannot be more than 93 days between since and until")
    old = request.state.shapes.get("facebook") == "old"
    data = []
    for metric in metrics:
        name = {"page_media_view": "page_impressions"}.get(metric, metric) if old else metric
        values = (
            [{"value": _places(account, metric, at), "end_time": stamp(at)}]
            if metric in BY_PLACE
            else [
                {
                    "value": _day(account, metric, since + timedelta(days=n)),
                    "end_time": stamp(since + timedelta(days=n + 1)),
                }
                for n in range(max(1, (until - since).days))
            ]
        )
        data.append(
            {
                "name": name,
                "period": "day",
                "values": values,
                "title": metric,
                "description": "",
                "id": f"{account.external_id}/insights/{name}/day",
            }
        )
    return {"data": data}


def _day(account: Account, metric: str, day: datetime) -> int:
    followers = account.followers_at(day.astimezone(UTC)) or 0
    if metric == "page_follows":
        return followers
    ratio = getattr(account, "view_ratio", 0.1)
    share = {"page_media_view": 0.6, "page_total_media_view_unique": 0.45, "page_views_total": 0.01}.get(
        metric, 0.02
    )
    return int(followers * ratio * share * (0.9 + day.weekday() / 40))


def _places(account: Account, metric: str, at: datetime) -> dict[str, int]:
    followers = account.followers_at(at) or 0
    shares = (account.audience or {}).get("countries" if metric.endswith("country") else "cities", {})
    return {name: int(followers * share) for name, share in list(shares.items())[:45]}


def _comments(request: Request, post: Any, fields: list[Selection]) -> dict[str, Any]:
    state = request.state
    limit = min(int(request.query.get("limit", "25")), 100)
    every = [] if request.struck("empty_insights") else post.comments(state.clock.now(), 400)
    stream = request.query.get("filter") == "stream"  # replies among the comments
    data = []
    for number, comment in enumerate(reversed([c for c in every if stream or not c.parent])):
        if number >= limit:
            break
        person = {"id": comment.user_id, "name": comment.user.title()}
        shown = comment.by_owner or int(comment.user_id) % 10 < 8  # who did not agree is not named
        data.append(
            instagram._pick(
                {
                    "id": comment.id,
                    "message": comment.text,
                    "created_time": stamp(state.clock.shown(comment.at)),
                    "like_count": comment.likes,
                    "from": person if shown else None,
                    "parent": {"id": comment.parent} if comment.parent else None,
                    "comment_count": 0,
                },
                fields,
                COMMENT_FIELDS,
                "Comment",
            )
        )
    return {"data": data}
