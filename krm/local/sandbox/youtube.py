"""YouTube Data API v3 as its discovery document says it: channels, playlist items, videos, comment threads."""

from __future__ import annotations

import base64
import math
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from krm.local.sandbox import consent, tokens, world
from krm.local.sandbox.state import Account, Fault
from krm.local.sandbox.wire import Request, Response

DAILY_UNITS = 10_000
PACIFIC = ZoneInfo("America/Los_Angeles")
PARTS = {
    "channels": {
        "id",
        "snippet",
        "statistics",
        "contentDetails",
        "topicDetails",
        "status",
        "brandingSettings",
    },
    "playlistItems": {"id", "snippet", "contentDetails", "status"},
    "videos": {"id", "snippet", "statistics", "contentDetails", "paidProductPlacementDetails", "status"},
    "commentThreads": {"id", "snippet", "replies"},
}


class ApiError(Exception):
    def __init__(
        self, code: int, reason: str, message: str, status: str = "", domain: str = "youtube.quota"
    ) -> None:
        super().__init__(message)
        error: dict[str, Any] = {
            "code": code,
            "message": message,
            "errors": [{"message": message, "domain": domain, "reason": reason}],
        }
        if status:
            error["status"] = status
        self.response = Response(code, {"error": error}, {}, "youtube.error")


def quota_exceeded() -> ApiError:
    return ApiError(
        403,
        "quotaExceeded",
        "The request cannot be completed because you have exceeded your quota.",
        domain="youtube.quota",
    )


def faulted(fault: Fault) -> Response:
    errors = {
        "expired_token": ApiError(401, "authError", "Invalid Credentials", "UNAUTHENTICATED", "global"),
        "revoked": ApiError(
            401, "authError", "Token has been expired or revoked.", "UNAUTHENTICATED", "global"
        ),
        "scope": ApiError(
            403,
            "insufficientPermissions",
            "Request had insufficient authentication scopes.",
            "PERMISSION_DENIED",
            "global",
        ),
        "rate_limited": ApiError(
            403, "rateLimitExceeded", "The request was throttled.", "RESOURCE_EXHAUSTED", "usageLimits"
        ),
        "quota": quota_exceeded(),
        "private": ApiError(404, "channelNotFound", "Channel not found.", "NOT_FOUND", "youtube.channel"),
        "server_error": ApiError(503, "backendError", "Backend Error", "UNAVAILABLE", "global"),
        "bad_request": ApiError(
            400, "invalidParameter", "Invalid value", "INVALID_ARGUMENT", "youtube.parameter"
        ),
    }
    return errors[fault.kind].response


def rounded(count: int) -> int:
    """Subscribers as the public sees them: three figures."""
    if count < 1000:
        return count
    scale: int = 10 ** (int(math.log10(count)) - 2)
    return count // scale * scale


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def etag(*parts: object) -> str:
    return world.token_chars(27, "etag", *parts)


def _page(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().removeprefix("p"))
    except ValueError:
        raise ApiError(
            400, "invalidPageToken", "The request specifies an invalid page token.", "INVALID_ARGUMENT"
        ) from None


def _page_token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"p{offset:06d}".encode()).decode().rstrip("=")


def handle(request: Request) -> Response:
    try:
        if request.path == "/token":
            return _token(request)
        if request.path == "/v2/reports":
            return Response(200, _report(request), {}, "youtubeAnalytics.reports")
        resource = request.path.removeprefix("/youtube/v3/").strip("/")
        if resource not in PARTS or request.method != "GET":
            raise ApiError(404, "notFound", "Not Found", "NOT_FOUND", "global")
        _authorise(request)
        day = f"youtube {datetime.now(PACIFIC):%Y-%m-%d}"
        if request.state.spend(day) > DAILY_UNITS:
            raise quota_exceeded()
        parts = {p for p in request.query.get("part", "").split(",") if p}
        if not parts:
            raise ApiError(
                400,
                "missingRequiredParameter",
                "No filter selected.",
                "INVALID_ARGUMENT",
                "youtube.parameter",
            )
        unknown = parts - PARTS[resource]
        if unknown:
            raise ApiError(400, "unknownPart", f"'{sorted(unknown)[0]}'", "INVALID_ARGUMENT", "youtube.part")
        body = _RESOURCES[resource](request, parts)
    except ApiError as error:
        return error.response
    if request.query.get("fields") and not request.query["fields"].startswith("*"):
        return Response(200, body, {}, "")
    return Response(200, body, {}, f"youtube.{resource}")


def _authorise(request: Request) -> None:
    key = request.query.get("key") or request.headers.get("x-goog-api-key", "")
    if key:
        if key != tokens.YOUTUBE_KEY:
            raise ApiError(
                400,
                "badRequest",
                "API key not valid. Please pass a valid API key.",
                "INVALID_ARGUMENT",
                "global",
            )
        return
    raw = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not raw:
        raise ApiError(
            403,
            "forbidden",
            "Method doesn't allow unregistered callers. Please use API Key or other form of API consumer identity.",
            "PERMISSION_DENIED",
            "global",
        )
    token = tokens.read(raw)
    if token is None or token.platform != "youtube" or tokens.expired(token):
        raise ApiError(401, "authError", "Invalid Credentials", "UNAUTHENTICATED", "global")


def _list(kind: str, items: list[dict[str, Any]], total: int, per_page: int, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "kind": f"youtube#{kind}ListResponse",
        "etag": etag(kind, total, len(items)),
        "pageInfo": {"totalResults": total, "resultsPerPage": per_page},
        **more,
    }
    if items:
        body["items"] = items  # nothing found: no items at all
    return body


def _channels(request: Request, parts: set[str]) -> dict[str, Any]:
    query = request.query
    if query.get("id"):
        ids = [i for i in query["id"].split(",") if i]
        if len(ids) > 50:
            raise ApiError(
                400, "invalidParameter", "Invalid value for id", "INVALID_ARGUMENT", "youtube.parameter"
            )
        accounts = [request.state.by_id("youtube", i) for i in ids]
    elif query.get("forHandle"):
        accounts = [request.state.by_handle("youtube", query["forHandle"])]
    elif query.get("mine") == "true":
        owner = tokens.read(request.headers.get("authorization", "").removeprefix("Bearer "))
        accounts = [request.state.by_id("youtube", owner.account) if owner else None]
    else:
        raise ApiError(
            400, "missingRequiredParameter", "No filter selected.", "INVALID_ARGUMENT", "youtube.parameter"
        )
    known = [a for a in accounts if a is not None]
    request.meet("youtube", *[n for a in known for n in (a.handle, a.external_id)])
    if request.struck("private") and request.fault is not None:
        hidden = request.fault.account.lower().lstrip("@")
        known = [a for a in known if hidden not in ("*", a.handle.lower(), a.external_id.lower())]
    items = [_channel(request, account, parts) for account in known]
    return _list("channel", items, len(items), 50 if len(accounts) > 5 else 5)


def _channel(request: Request, account: Account, parts: set[str]) -> dict[str, Any]:
    at = request.state.clock.now()
    item: dict[str, Any] = {
        "kind": "youtube#channel",
        "etag": etag(account.external_id, at),
        "id": account.external_id,
    }
    if "snippet" in parts:
        started = getattr(account, "started", world.BEGIN)
        item["snippet"] = {
            "title": account.name,
            "description": account.bio,
            "customUrl": f"@{account.handle}",
            "publishedAt": f"{started:%Y-%m-%d}T08:00:00Z",
            "thumbnails": {
                "default": {
                    "url": f"https://cdn.sandbox.invalid/yt/{account.external_id}.jpg",
                    "width": 88,
                    "height": 88,
                }
            },
            "localized": {"title": account.name, "description": account.bio},
            "country": "ID",
        }
        if account.story == "replay":
            item["snippet"].pop("country")
    if "contentDetails" in parts:
        item["contentDetails"] = {
            "relatedPlaylists": {"likes": "", "uploads": "UU" + account.external_id[2:]}
        }
    if "statistics" in parts:
        followers = account.followers_at(at)
        statistics: dict[str, Any] = {
            "hiddenSubscriberCount": followers is None,
            "videoCount": str(request.state.posts_count(account) or 0),
            "viewCount": str(_lifetime_views(account, at)),
        }
        if followers is not None:
            statistics["subscriberCount"] = str(rounded(followers))
        item["statistics"] = statistics
    return item


def _lifetime_views(account: Account, at: datetime) -> int:
    return int((account.followers_at(at) or 0) * 41.5)


def _playlist_items(request: Request, parts: set[str]) -> dict[str, Any]:
    playlist = request.query.get("playlistId", "")
    only, prefix = ("short", 4) if playlist.startswith("UUSH") else ("", 2)
    account = request.state.by_id("youtube", "UC" + playlist[prefix:]) if playlist.startswith("UU") else None
    if account is not None and only:
        request.meet("youtube shorts", account.handle, account.external_id)
    if account is not None:
        request.meet("youtube", account.handle, account.external_id)
    if account is None or request.struck("private"):
        raise ApiError(
            404, "playlistNotFound", "The playlist identified with the request's playlistId parameter cannot be found.",
            "NOT_FOUND", "youtube.playlistItem",
        )  # fmt: skip
    per_page = min(int(request.query.get("maxResults", "5")), 50)
    start = _page(request.query.get("pageToken", ""))
    posts = request.state.posts_of(account, start + per_page + 1)
    if only:
        posts = [p for p in request.state.posts_of(account, 200) if p.kind == only]
    page = posts[start : start + per_page]
    items = []
    for position, post in enumerate(page, start):
        when = stamp(request.state.clock.shown(post.published_at))
        item: dict[str, Any] = {
            "kind": "youtube#playlistItem",
            "etag": etag(post.external_id),
            "id": world.token_chars(34, "item", post.external_id),
        }
        if "contentDetails" in parts:
            item["contentDetails"] = {"videoId": post.external_id, "videoPublishedAt": when}
        if "snippet" in parts:
            item["snippet"] = {
                "publishedAt": when,
                "channelId": account.external_id,
                "title": (post.caption or post.external_id)[:100],
                "description": post.caption,
                "channelTitle": account.name,
                "playlistId": playlist,
                "position": position,
                "resourceId": {"kind": "youtube#video", "videoId": post.external_id},
            }
        items.append(item)
    more = {"nextPageToken": _page_token(start + per_page)} if len(posts) > start + per_page else {}
    return _list("playlistItem", items, request.state.posts_count(account) or 0, per_page, **more)


def _find_posts(request: Request, ids: list[str]) -> list[Any]:
    """Videos are known by account, so remember which account each served id belongs to."""
    index: dict[str, Account] = request.state.__dict__.setdefault("_video_owner", {})
    missing = [i for i in ids if i not in index]
    if missing:
        everyone: list[Account] = [*world.demo_accounts(), *request.state.replayed.values()]
        accounts = [a for a in everyone if a.platform == "youtube"]
        for account in accounts:
            for post in request.state.posts_of(account, 60):
                index[post.external_id] = account
    found = []
    for video in ids:
        owner = index.get(video)
        if owner is not None:
            found += [p for p in request.state.posts_of(owner, 200) if p.external_id == video]
    return found


def _videos(request: Request, parts: set[str]) -> dict[str, Any]:
    ids = [i for i in request.query.get("id", "").split(",") if i]
    if not ids:
        raise ApiError(
            400, "missingRequiredParameter", "No filter selected.", "INVALID_ARGUMENT", "youtube.parameter"
        )
    if len(ids) > 50:
        raise ApiError(
            400, "invalidParameter", "Invalid value for id", "INVALID_ARGUMENT", "youtube.parameter"
        )
    request.meet("youtube")
    items = [_video(request, post, parts) for post in _find_posts(request, ids)]
    return _list("video", items, len(items), len(items))


def _video(request: Request, post: Any, parts: set[str]) -> dict[str, Any]:
    state = request.state
    item: dict[str, Any] = {"kind": "youtube#video", "etag": etag(post.external_id), "id": post.external_id}
    if "snippet" in parts:
        item["snippet"] = {
            "publishedAt": stamp(state.clock.shown(post.published_at)),
            "channelId": post.account.external_id,
            "title": (post.caption or post.external_id)[:100],
            "description": post.caption,
            "thumbnails": {
                "default": {
                    "url": f"https://cdn.sandbox.invalid/yt/{post.external_id}.jpg",
                    "width": 120,
                    "height": 90,
                }
            },
            "channelTitle": post.account.name,
            "categoryId": "22",
            "liveBroadcastContent": "none",
            "defaultAudioLanguage": "id",
        }
    if "contentDetails" in parts:
        minutes, seconds = divmod(max(1, post.duration), 60)
        item["contentDetails"] = {
            "duration": f"PT{minutes}M{seconds}S" if minutes else f"PT{seconds}S",
            "dimension": "2d",
            "definition": "hd",
            "caption": "false",
            "licensedContent": True,
            "projection": "rectangular",
        }
    if "statistics" in parts:
        counts = post.counts(state.clock.now())
        given = {"viewCount": counts.views, "likeCount": counts.likes, "commentCount": counts.comments}
        if post.account.story == "hidden_likes":
            given.pop("likeCount")
        item["statistics"] = {
            **{name: str(value) for name, value in given.items() if value is not None},
            "favoriteCount": "0",
        }
    if "paidProductPlacementDetails" in parts:
        item["paidProductPlacementDetails"] = {"hasPaidProductPlacement": bool(post.sponsored)}
    return item


def _comment_threads(request: Request, parts: set[str]) -> dict[str, Any]:
    posts = _find_posts(request, [request.query.get("videoId", "")])
    if not posts:
        raise ApiError(
            404, "videoNotFound", "The video could not be found.", "NOT_FOUND", "youtube.commentThread"
        )
    if posts[0].account.story == "fading":
        raise ApiError(
            403, "commentsDisabled", "The video has disabled comments.", "FORBIDDEN", "youtube.commentThread"
        )
    per_page = min(int(request.query.get("maxResults", "20")), 100)
    every = posts[0].comments(request.state.clock.now(), 400)
    tops = [c for c in reversed(every) if not c.parent][:per_page]
    items = []
    for top in tops:
        answers = [_comment(request, posts[0], c) for c in every if c.parent == top.id]
        thread: dict[str, Any] = {
            "kind": "youtube#commentThread",
            "etag": etag("t", top.id),
            "id": top.id,
            "snippet": {
                "channelId": posts[0].account.external_id,
                "videoId": posts[0].external_id,
                "topLevelComment": _comment(request, posts[0], top),
                "canReply": True,
                "totalReplyCount": len(answers),
                "isPublic": True,
            },
        }
        if "replies" in parts and answers:
            thread["replies"] = {"comments": answers}
        items.append(thread)
    return _list("commentThread", items, len(items), per_page)


def _comment(request: Request, post: Any, comment: Any) -> dict[str, Any]:
    moment = stamp(request.state.clock.shown(comment.at))
    channel = (
        comment.user_id if comment.by_owner else "UC" + world.token_chars(22, "yt user", comment.user_id)
    )
    return {
        "kind": "youtube#comment",
        "etag": etag(comment.id),
        "id": comment.id,
        "snippet": {
            "channelId": post.account.external_id,
            "videoId": post.external_id,
            "textDisplay": comment.text,
            "textOriginal": comment.text,
            "authorDisplayName": f"@{comment.user}",
            "authorChannelId": {"value": channel},
            "canRate": True,
            "likeCount": comment.likes,
            "publishedAt": moment,
            "updatedAt": moment,
            **({"parentId": comment.parent} if comment.parent else {}),
        },
    }


_RESOURCES = {
    "channels": _channels,
    "playlistItems": _playlist_items,
    "videos": _videos,
    "commentThreads": _comment_threads,
}


def _token(request: Request) -> Response:
    form = request.form()
    client = (form.get("client_id"), form.get("client_secret"))
    if client != tokens.APPS["youtube"]:
        return Response(
            401, {"error": "invalid_client", "error_description": "The OAuth client was not found."}
        )
    if form.get("grant_type") == "authorization_code":
        code = consent.use(
            request,
            "youtube",
            form.get("code", ""),
            form.get("redirect_uri", ""),
            form.get("code_verifier", ""),
        )
        if code is None:
            return Response(400, {"error": "invalid_grant", "error_description": "Malformed auth code."})
        return Response(
            200,
            {
                "access_token": tokens.issue("act", "youtube", code.account),
                "refresh_token": tokens.issue("rft", "youtube", code.account),
                "expires_in": 3599,
                "token_type": "Bearer",
                "scope": " ".join(code.scopes),
            },
        )
    token = tokens.read(form.get("refresh_token", ""))
    if form.get("grant_type") != "refresh_token" or token is None or token.account in request.state.revoked:
        return Response(
            400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        )
    fresh = tokens.issue("act", "youtube", token.account)
    return Response(
        200, {"access_token": fresh, "expires_in": 3599, "token_type": "Bearer", "scope": "youtube.readonly"}
    )


# -- Analytics -------------------------------------------------------------------------------------------------------

_REPORTS = {
    (
        "",
        (
            "views",
            "estimatedMinutesWatched",
            "averageViewDuration",
            "likes",
            "comments",
            "shares",
            "subscribersGained",
            "subscribersLost",
        ),
    ),
    ("ageGroup,gender", ("viewerPercentage",)),
    ("country", ("views",)),
    ("day", ("views", "likes", "comments", "shares", "subscribersGained", "subscribersLost")),
}


def _report(request: Request) -> dict[str, Any]:
    """The owner's figures; only the reports KRM and the documents name."""
    query = request.query
    token = tokens.read(request.headers.get("authorization", "").removeprefix("Bearer "))
    account = request.state.by_id("youtube", token.account) if token else None
    if token is None or account is None or tokens.expired(token) or token.account in request.state.revoked:
        raise ApiError(401, "authError", "Invalid Credentials", "UNAUTHENTICATED", "global")
    request.meet("youtube analytics", account.handle, account.external_id)
    dimensions, metrics = query.get("dimensions", ""), tuple(query.get("metrics", "").split(","))
    asked = next((m for d, m in _REPORTS if d == dimensions), None)
    if asked is None or not set(metrics) <= set(asked) or query.get("ids") != "channel==MINE":
        raise ApiError(400, "badRequest", "The query is not supported.", "INVALID_ARGUMENT", "global")
    names = [d for d in dimensions.split(",") if d]
    headers = [{"name": n, "columnType": "DIMENSION", "dataType": "STRING"} for n in names]
    headers += [
        {"name": n, "columnType": "METRIC", "dataType": "FLOAT" if n == "viewerPercentage" else "INTEGER"}
        for n in metrics
    ]
    rows = [] if request.struck("empty_insights") else _report_rows(request, account, dimensions, metrics)
    return {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers, "rows": rows}


def _report_rows(
    request: Request, account: Account, dimensions: str, metrics: tuple[str, ...]
) -> list[list[Any]]:
    audience = getattr(account, "audience", None)
    if audience is None:  # a replayed account: nothing is known of who watches
        return []
    if dimensions == "ageGroup,gender":
        female, male = audience["gender"]["female"], audience["gender"]["male"]
        share = female / (female + male)
        return [
            [f"age{group.replace('+', '-')}", gender, round(part * weight * 100, 1)]
            for group, part in audience["age"].items()
            for gender, weight in (("female", share), ("male", 1 - share))
        ]
    at = request.state.clock.now()
    counts = [p.counts(at) for p in request.state.posts_of(account, 25)]
    views = sum(c.views or 0 for c in counts)
    if dimensions == "country":
        return [[country, round(views * part)] for country, part in audience["countries"].items()]
    values = {
        "views": views,
        "estimatedMinutesWatched": round(views * 2.6),
        "averageViewDuration": 156,
        "subscribersGained": (account.followers_at(at) or 0) // 90,
        "subscribersLost": (account.followers_at(at) or 0) // 400,
        "likes": sum(c.likes or 0 for c in counts),
        "comments": sum(c.comments or 0 for c in counts),
        "shares": round(views * 0.004),
    }
    return [[values[name] for name in metrics]]
