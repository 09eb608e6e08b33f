"""X API v2 for public reading: users by id and name, timelines, usage. Old and new field names, as X itself is unsure."""

from __future__ import annotations

import base64
import re
import time
from datetime import UTC, datetime
from typing import Any

from krm.local.sandbox import tokens
from krm.local.sandbox.state import Account, Fault
from krm.local.sandbox.wire import Request, Response

PROBLEM = "https://api.x.com/2/problems/"
LIMITS = {"users": 300, "timeline": 10_000, "usage": 50}
USER_FIELDS = {
    "created_at", "description", "id", "name", "profile_image_url", "protected", "public_metrics", "url", "username",
    "verified", "verified_type",
}  # fmt: skip
POST_FIELDS = {
    "attachments", "created_at", "entities", "id", "lang", "paid_partnership", "public_metrics", "text",
}  # fmt: skip
_TIMELINE = re.compile(r"/2/users/(\d+)/tweets\Z")


class XError(Exception):
    def __init__(
        self, status: int, kind: str, title: str, detail: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        body = {
            "title": title,
            "detail": detail,
            "type": PROBLEM + kind if kind else "about:blank",
            "status": status,
        }
        self.response = Response(status, body, headers or {}, "x.problem")


def _window_headers(limit: int, left: int, seconds: float = 900) -> dict[str, str]:
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(max(0, left)),
        "x-rate-limit-reset": str(int(time.time() + seconds)),
    }


def _throttled(seconds: float, limit: int = 300) -> XError:
    return XError(
        429,
        "rate-limit-exceeded",
        "Too Many Requests",
        "Too Many Requests",
        _window_headers(limit, 0, seconds),
    )


def faulted(fault: Fault) -> Response:
    errors = {
        "expired_token": XError(401, "", "Unauthorized", "Unauthorized"),
        "revoked": XError(401, "", "Unauthorized", "Unauthorized"),
        "scope": XError(
            403, "client-forbidden", "Client Forbidden", "This app is not enrolled for this endpoint."
        ),
        "rate_limited": _throttled(fault.seconds),
        "quota": XError(403, "usage-capped", "UsageCapExceeded", "Usage cap exceeded: Monthly product cap"),
        "private": XError(404, "resource-not-found", "Not Found Error", "Could not find user."),
        "server_error": XError(503, "", "Service Unavailable", "Over capacity."),
        "bad_request": XError(
            400, "invalid-request", "Invalid Request", "One or more parameters is invalid."
        ),
    }
    return errors[fault.kind].response


def handle(request: Request) -> Response:
    try:
        return _handle(request)
    except XError as error:
        return error.response


def _handle(request: Request) -> Response:
    if request.headers.get("authorization", "") != f"Bearer {tokens.X_BEARER}":
        raise XError(401, "", "Unauthorized", "Unauthorized")
    if request.method != "GET":
        raise XError(405, "", "Method Not Allowed", "The sandbox only reads.")
    path = request.path.rstrip("/")
    timeline = _TIMELINE.match(path)
    name = "timeline" if timeline else "usage" if path == "/2/usage/tweets" else "users"
    calls = request.state.window(f"x {name}", 900)
    if calls > LIMITS[name]:
        raise _throttled(900, LIMITS[name])
    headers = _window_headers(LIMITS[name], LIMITS[name] - calls)
    if timeline:
        body, shape = _posts(request, timeline[1]), "x.posts"
    elif path == "/2/usage/tweets":
        used = request.state.units.get("x posts", 0)
        body, shape = (
            {"data": {"project_id": "1", "project_cap": "3000000", "project_usage": str(used)}},
            "x.usage",
        )
    elif path in ("/2/users", "/2/users/by"):
        body, shape = _users(request, "ids" if path == "/2/users" else "usernames"), "x.users"
    else:
        raise XError(404, "", "Not Found", f"{path} is not served here.")
    return Response(200, body, headers, shape)


def _listed(request: Request, *names: str) -> list[str]:
    for name in names:
        if request.query.get(name):
            return request.query[name].split(",")
    return []


def _fields(request: Request, allowed: set[str], *names: str) -> set[str]:
    fields = set(_listed(request, *names))
    unknown = fields - allowed
    if unknown:
        raise XError(
            400, "invalid-request", "Invalid Request",
            f"The `{names[0]}` query parameter value [{sorted(unknown)[0]}] is not valid",
        )  # fmt: skip
    return fields


def _old_names(request: Request) -> bool:
    return "tweet.fields" in request.query or request.state.shapes.get("x") == "tweet"


def _users(request: Request, parameter: str) -> dict[str, Any]:
    names = _listed(request, parameter)
    fields = _fields(request, USER_FIELDS, "user.fields")
    if not 1 <= len(names) <= 100:
        raise XError(400, "invalid-request", "Invalid Request", f"`{parameter}` must hold 1 to 100 values")
    state = request.state
    data, errors = [], []
    for name in names:
        account = state.by_id("x", name) if parameter == "ids" else state.by_handle("x", name)
        hit = None
        if account is not None:
            request.meet("x", account.handle, account.external_id)
            hit = request.struck("private")
        if account is None or hit:
            request.fault = None
            errors.append(
                {
                    "value": name,
                    "detail": f"Could not find user with {parameter}: [{name}].",
                    "title": "Not Found Error",
                    "resource_type": "user",
                    "parameter": parameter,
                    "resource_id": name,
                    "type": PROBLEM + "resource-not-found",
                }
            )
            continue
        data.append(_user(request, account, fields))
    body: dict[str, Any] = {}
    if data:
        body["data"] = data
    if errors:
        body["errors"] = errors
    return body


def _user(request: Request, account: Account, fields: set[str]) -> dict[str, Any]:
    at = request.state.clock.now()
    posts = request.state.posts_count(account) or 0
    old = _old_names(request)
    metrics = {
        "followers_count": account.followers_at(at),
        "following_count": account.following_at(at),
        "tweet_count" if old else "post_count": posts,
        "listed_count": (account.followers_at(at) or 0) // 900,
        "like_count": posts * 7,
        "media_count": posts // 3,
    }
    values: dict[str, Any] = {
        "created_at": "2019-03-14T08:00:00.000Z",
        "description": account.bio,
        "profile_image_url": f"https://cdn.sandbox.invalid/x/{account.handle}.jpg",
        "protected": False,
        "public_metrics": metrics,
        "url": "",
        "verified": (account.followers_at(at) or 0) > 200_000,
        "verified_type": "none",
    }
    if request.state.shapes.get("x") == "deviating":
        metrics["followers_count"] = str(metrics["followers_count"])  # type: ignore[assignment]
        metrics["subscriber_count"] = 3
        values.pop("protected")
    chosen = {name: value for name, value in values.items() if name in fields}
    return {"id": account.external_id, "name": account.name, "username": account.handle, **chosen}


def _posts(request: Request, external_id: str) -> dict[str, Any]:
    state = request.state
    fields = _fields(request, POST_FIELDS, "post.fields", "tweet.fields")
    try:
        count = int(request.query.get("max_results", "10"))
    except ValueError:
        count = 0
    if not 5 <= count <= 100:
        raise XError(400, "invalid-request", "Invalid Request", "`max_results` must be between 5 and 100")
    account = state.by_id("x", external_id)
    if account is None:
        raise XError(
            404, "resource-not-found", "Not Found Error", f"Could not find user with id: [{external_id}]."
        )
    request.meet("x timeline", account.handle, account.external_id)
    if request.struck("private"):
        request.fault = None
        return {
            "errors": [
                {
                    "resource_id": external_id,
                    "parameter": "id",
                    "resource_type": "user",
                    "title": "Authorization Error",
                    "detail": f"Sorry, you are not authorized to see the user with id: [{external_id}].",
                    "type": PROBLEM + "not-authorized-for-resource",
                }
            ]
        }
    start = _offset(request.query.get("pagination_token", ""))
    every = [] if request.struck("empty_insights") else state.posts_of(account, start + count + 1)
    page = every[start : start + count]
    state.spend("x posts", len(page))
    data = [_post(request, post, fields) for post in page]
    meta: dict[str, Any] = {"result_count": len(data)}
    if data:
        meta |= {"newest_id": data[0]["id"], "oldest_id": data[-1]["id"]}
    if len(every) > start + count:
        meta["next_token"] = base64.urlsafe_b64encode(str(start + count).encode()).decode().rstrip("=")
    return {**({"data": data} if data else {}), "meta": meta}


def _offset(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode() or 0)
    except ValueError:
        raise XError(400, "invalid-request", "Invalid Request", "pagination_token is not valid") from None


def _post(request: Request, post: Any, fields: set[str]) -> dict[str, Any]:
    counts = post.counts(request.state.clock.now())
    reposts = "retweet_count" if _old_names(request) else "repost_count"
    shown: datetime = request.state.clock.shown(post.published_at)
    words = post.caption[:280]
    values: dict[str, Any] = {
        "created_at": shown.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "lang": "in",
        "paid_partnership": bool(post.sponsored),
        "public_metrics": {
            "impression_count": counts.views,
            "like_count": counts.likes,
            "reply_count": counts.comments,
            "quote_count": (counts.shares or 0) // 5,
            "bookmark_count": counts.saves,
            reposts: (counts.shares or 0) - (counts.shares or 0) // 5,
        },
    }
    if post.kind == "image":
        values["attachments"] = {"media_keys": [f"3_{post.external_id}"]}
    chosen = {name: value for name, value in values.items() if name in fields}
    return {"id": post.external_id, "text": words, "edit_history_post_ids": [post.external_id], **chosen}
