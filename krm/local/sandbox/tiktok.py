# ruff: noqa: E501
"""TikTok's Display API and Business Accounts API. There is no machine description of either: written from documents."""

from __future__ import annotations

import json
import secrets
from datetime import date, timedelta
from typing import Any

from krm.local.sandbox import consent, tokens, world
from krm.local.sandbox.state import Account, Fault
from krm.local.sandbox.wire import Request, Response

PER_MINUTE = 600
USER_FIELDS = {
    "open_id": "user.info.basic", "union_id": "user.info.basic", "avatar_url": "user.info.basic",
    "display_name": "user.info.basic", "username": "user.info.profile", "bio_description": "user.info.profile",
    "profile_deep_link": "user.info.profile", "is_verified": "user.info.profile", "follower_count": "user.info.stats",
    "following_count": "user.info.stats", "likes_count": "user.info.stats", "video_count": "user.info.stats",
}  # fmt: skip
VIDEO_FIELDS = {
    "id", "create_time", "share_url", "video_description", "duration", "title", "cover_image_url", "like_count",
    "comment_count", "share_count", "view_count", "embed_link", "height", "width",
}  # fmt: skip
BUSINESS_FIELDS = {
    "username", "display_name", "profile_image", "is_verified", "followers_count", "following_count", "total_likes",
    "videos_count", "video_views", "unique_video_views", "profile_views", "likes", "comments", "shares",
    "engaged_audience", "daily_new_followers", "daily_lost_followers", "daily_total_followers", "audience_ages",
    "audience_genders", "audience_countries", "audience_cities", "audience_activity",
}  # fmt: skip
DAILY = {"video_views", "unique_video_views", "profile_views", "likes", "comments", "shares", "daily_new_followers", "daily_lost_followers", "daily_total_followers"}  # fmt: skip
BUSINESS_VIDEO_FIELDS = {
    "item_id", "caption", "share_url", "create_time", "video_duration", "thumbnail_url", "video_views", "reach",
    "likes", "comments", "shares", "favorites", "total_time_watched", "average_time_watched", "full_video_watched_rate",
}  # fmt: skip
SCOPES = ["user.info.basic", "user.info.profile", "user.info.stats", "video.list"]
BUSINESS_SCOPES = [*SCOPES, "user.insights", "video.insights", "user.account.type", "comment.list"]


class DisplayError(Exception):
    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        body = {
            "data": {},
            "error": {"code": code, "message": message, "log_id": world.token_chars(32, code, message)},
        }
        self.response = Response(status, body, headers or {})


class BusinessError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        body = {
            "code": code,
            "message": message,
            "request_id": world.token_chars(32, code, message),
            "data": {},
        }
        self.response = Response(200, body)


class OAuthError(Exception):
    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        body = {"error": error, "error_description": description, "log_id": world.token_chars(32, error)}
        self.response = Response(400, body)


def faulted(fault: Fault) -> Response:
    if fault.account.startswith("business:"):
        return faulted_business(fault.kind)
    errors = {
        "expired_token": DisplayError(
            401, "access_token_invalid", "The access token is invalid or not found in the request."
        ),
        "revoked": DisplayError(
            401, "access_token_invalid", "The access token is invalid or not found in the request."
        ),
        "scope": DisplayError(401, "scope_not_authorized", "The user did not authorize the scope required."),
        "rate_limited": DisplayError(429, "rate_limit_exceeded", "The API rate limit was exceeded."),
        "quota": DisplayError(429, "rate_limit_exceeded", "The API rate limit was exceeded."),
        "private": DisplayError(403, "user_not_found", "The user is not available."),
        "server_error": DisplayError(500, "internal_error", "Internal error."),
        "bad_request": DisplayError(400, "invalid_params", "The request parameters are invalid."),
    }
    return errors[fault.kind].response


def faulted_business(kind: str) -> Response:
    errors = {
        "expired_token": BusinessError(40105, "Access token is incorrect or has been revoked."),
        "revoked": BusinessError(40105, "Access token is incorrect or has been revoked."),
        "scope": BusinessError(40001, "No permission to operate."),
        "rate_limited": BusinessError(40100, "Too many requests. Please retry in some time."),
        "quota": BusinessError(40100, "Too many requests. Please retry in some time."),
        "private": BusinessError(40002, "The business account is not available."),
        "server_error": BusinessError(50000, "System error."),
        "bad_request": BusinessError(40002, "Invalid parameter."),
    }
    return errors[kind].response


def handle(request: Request) -> Response:
    path = request.path.rstrip("/")
    business = path.startswith("/open_api/v1.3/")
    if request.method in ("GET", "POST") and path in _ROUTES:
        method, function = _ROUTES[path]
        if request.method == method:
            try:
                if request.state.window(f"tiktok {path}", 60) > PER_MINUTE:
                    if business:
                        raise BusinessError(40100, "Too many requests. Please retry in some time.")
                    raise DisplayError(429, "rate_limit_exceeded", "The API rate limit was exceeded.")
                response = function(request)
                if request.fault is not None and business and request.struck("server_error"):
                    return faulted_business("server_error")
                return response
            except (DisplayError, BusinessError, OAuthError) as error:
                return error.response
    return Response(
        404,
        {
            "error": {"code": "invalid_params", "message": f"Unsupported path {path}", "log_id": ""},
            "data": {},
        },
    )


# -- Display -------------------------------------------------------------------------------------------------------


def _display_account(request: Request) -> Account:
    raw = request.headers.get("authorization", "").removeprefix("Bearer ")
    token = tokens.read(raw)
    invalid = DisplayError(
        401, "access_token_invalid", "The access token is invalid or not found in the request."
    )
    if token is None or token.platform != "tiktok" or token.kind != "act" or tokens.expired(token):
        raise invalid
    account = request.state.by_id("tiktok", token.account)
    if account is None or token.account in request.state.revoked:
        raise invalid
    request.meet("tiktok", account.handle, account.external_id)
    if request.struck("private"):
        raise DisplayError(403, "user_not_found", "The user is not available.")
    return account


def _fields(request: Request, allowed: set[str]) -> list[str]:
    fields = [f for f in request.query.get("fields", "").split(",") if f]
    unknown = [f for f in fields if f not in allowed]
    if not fields or unknown:
        raise DisplayError(400, "invalid_params", f"Fields not valid: {', '.join(unknown) or 'none given'}.")
    return fields


def _ok(data: dict[str, Any]) -> Response:
    return Response(
        200, {"data": data, "error": {"code": "ok", "message": "", "log_id": secrets.token_hex(16)}}
    )


def _user_info(request: Request) -> Response:
    account = _display_account(request)
    at = request.state.clock.now()
    followers, following = account.followers_at(at), account.following_at(at)
    values = {
        "open_id": account.external_id,
        "union_id": world.token_chars(32, "union", account.external_id),
        "avatar_url": f"https://cdn.sandbox.invalid/tt/{account.handle}.jpg",
        "display_name": account.name,
        "username": account.handle,
        "bio_description": account.bio,
        "profile_deep_link": f"https://www.tiktok.com/@{account.handle}",
        "is_verified": (followers or 0) > 900_000,
        "follower_count": followers,
        "following_count": following,
        "likes_count": int((followers or 0) * 17.3),
        "video_count": request.state.posts_count(account),
    }
    fields = _fields(request, set(USER_FIELDS))
    return _ok({"user": {f: values[f] for f in fields if values[f] is not None}})


def _video_list(request: Request) -> Response:
    account = _display_account(request)
    fields = _fields(request, VIDEO_FIELDS)
    body = _json_body(request)
    count = body.get("max_count", 10)
    if not isinstance(count, int) or not 1 <= count <= 20:
        raise DisplayError(400, "invalid_params", "max_count must be between 1 and 20.")
    before = body.get("cursor")  # milliseconds: videos older than this
    state = request.state
    posts = [p for p in state.posts_of(account, 400) if before is None or _ms(state, p) < before]
    page = posts[:count]
    data = {
        "videos": [_video(request, p, fields) for p in page],
        "cursor": _ms(state, page[-1]) if page else (before or 0),
        "has_more": len(posts) > count,
    }
    return _ok(data)


def _video_query(request: Request) -> Response:
    account = _display_account(request)
    fields = _fields(request, VIDEO_FIELDS)
    ids = _json_body(request).get("filters", {}).get("video_ids", [])
    if not isinstance(ids, list) or not 1 <= len(ids) <= 20:
        raise DisplayError(400, "invalid_params", "video_ids must hold 1 to 20 ids.")
    posts = [p for p in request.state.posts_of(account, 400) if p.external_id in ids]
    return _ok({"videos": [_video(request, p, fields) for p in posts]})


def _json_body(request: Request) -> dict[str, Any]:
    try:
        body = request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise DisplayError(400, "invalid_params", "The request body is not valid JSON.")
    return body


def _ms(state: Any, post: Any) -> int:
    return int(state.clock.shown(post.published_at).timestamp() * 1000)


def _video(request: Request, post: Any, fields: list[str]) -> dict[str, Any]:
    counts = post.counts(request.state.clock.now())
    values = {
        "id": post.external_id,
        "create_time": int(request.state.clock.shown(post.published_at).timestamp()),
        "share_url": post.url,
        "video_description": post.caption,
        "duration": post.duration,
        "title": post.caption[:60],
        "cover_image_url": f"https://cdn.sandbox.invalid/tt/{post.external_id}.jpg",
        "like_count": counts.likes,
        "comment_count": counts.comments,
        "share_count": counts.shares,
        "view_count": counts.views,
        "embed_link": f"https://www.tiktok.com/embed/v2/{post.external_id}",
        "height": 1024,
        "width": 576,
    }
    return {f: values[f] for f in fields if values[f] is not None}


def _oauth_token(request: Request) -> Response:
    form = request.form()
    if (form.get("client_key"), form.get("client_secret")) != tokens.APPS["tiktok"]:
        raise OAuthError("invalid_client", "Client key or secret is incorrect.")
    grant = form.get("grant_type")
    if grant == "authorization_code":
        request.meet("tiktok consent")
        code = consent.use(request, "tiktok", form.get("code", ""), form.get("redirect_uri", ""))
        if code is not None:
            return Response(200, _grant("tiktok", code.account, "1", list(code.scopes)))
        account = request.state.by_handle("tiktok", form.get("code", "").removeprefix("code-"))
        if account is None:
            raise OAuthError("invalid_grant", "Authorization code is expired.")
        return Response(200, _grant("tiktok", account.external_id, "1", SCOPES))
    if grant != "refresh_token":
        raise OAuthError("invalid_request", "grant_type is not supported.")
    token = _use_refresh(request, "tiktok", form.get("refresh_token", ""))
    if token is None:
        raise OAuthError("invalid_grant", "Refresh token is invalid or expired.")
    return Response(200, _grant("tiktok", token.account, str(int(token.serial) + 1), SCOPES))


def _use_refresh(request: Request, platform: str, raw: str) -> tokens.Token | None:
    """A refresh token works once: the next one comes with the answer."""
    token = tokens.read(raw)
    state = request.state
    with state.lock:
        if token is None or token.kind != "rft" or token.platform != platform or tokens.expired(token):
            return None
        if raw in state.used or token.account in state.revoked:
            return None
        state.used.add(raw)
        state.save()
    return token


def _grant(platform: str, account: str, serial: str, scopes: list[str]) -> dict[str, Any]:
    return {
        "access_token": tokens.issue("act", platform, account, serial=serial),
        "expires_in": tokens.LIFE[platform],
        "open_id": account,
        "refresh_expires_in": tokens.REFRESH_LIFE,
        "refresh_token": tokens.issue("rft", platform, account, serial=serial),
        "scope": ",".join(scopes),
        "token_type": "Bearer",
    }


# -- Business ------------------------------------------------------------------------------------------------------


def _business_account(request: Request) -> Account:
    token = tokens.read(request.headers.get("access-token", ""))
    invalid = BusinessError(40105, "Access token is incorrect or has been revoked.")
    if token is None or token.platform != "tiktok_business" or token.kind != "act" or tokens.expired(token):
        raise invalid
    if token.account in request.state.revoked:
        raise invalid
    business_id = request.query.get("business_id", "")
    if business_id != token.account:
        raise BusinessError(40001, "No permission to operate business_id.")
    account = request.state.by_id("tiktok", business_id)
    if account is None:
        raise BusinessError(40002, "business_id is not valid.")
    fault = request.state.hit("tiktok", account.handle, account.external_id)
    if fault is not None:
        request.fault = fault
        if fault.kind not in ("slow", "truncated", "empty_insights", "server_error"):
            raise _Raised(faulted_business(fault.kind))
    return account


class _Raised(BusinessError):
    def __init__(self, response: Response) -> None:
        Exception.__init__(self, "fault")
        self.response = response


def _business_fields(request: Request, allowed: set[str]) -> list[str]:
    try:
        fields = json.loads(request.query.get("fields", "[]"))
    except ValueError:
        raise BusinessError(40002, "fields: must be a JSON list.") from None
    unknown = [f for f in fields if f not in allowed]
    if unknown:
        raise BusinessError(40002, f"fields: {unknown[0]} is not valid.")
    return list(fields)


def _business_ok(data: dict[str, Any]) -> Response:
    return Response(200, {"code": 0, "message": "OK", "request_id": secrets.token_hex(16), "data": data})


def _business_get(request: Request) -> Response:
    account = _business_account(request)
    fields = _business_fields(request, BUSINESS_FIELDS)
    at = request.state.clock.now()
    try:
        end = date.fromisoformat(
            request.query.get("end_date", "") or (at - timedelta(days=1)).date().isoformat()
        )
        start = date.fromisoformat(
            request.query.get("start_date", "") or (end - timedelta(days=6)).isoformat()
        )
    except ValueError:
        raise BusinessError(40002, "start_date and end_date must be YYYY-MM-DD.") from None
    if end < start or (end - start).days > 60:
        raise BusinessError(40002, "The date range must be at most 60 days.")
    followers = account.followers_at(at)
    values: dict[str, Any] = {
        "username": account.handle,
        "display_name": account.name,
        "profile_image": f"https://cdn.sandbox.invalid/tt/{account.handle}.jpg",
        "is_verified": (followers or 0) > 900_000,
        "followers_count": followers,
        "following_count": account.following_at(at),
        "total_likes": int((followers or 0) * 17.3),
        "videos_count": request.state.posts_count(account),
    }
    insights = not request.struck("empty_insights")
    audience = account.audience if insights and (followers or 0) >= 100 else None
    if audience:
        ages = audience["age"]
        values["audience_ages"] = [
            {"age": "55+" if a == "55-64" else a, "percentage": ages[a]}
            for a in ages
            if a not in ("13-17", "65+")
        ]
        values["audience_genders"] = [
            {"gender": {"female": "Female", "male": "Male", "unknown": "Other"}[g], "percentage": p}
            for g, p in audience["gender"].items()
        ]
        values["audience_countries"] = [
            {"country": c, "percentage": p} for c, p in audience["countries"].items()
        ]
        values["audience_cities"] = [
            {"city_name": c, "percentage": p} for c, p in list(audience["cities"].items())[:10]
        ]
        values["engaged_audience"] = int((followers or 0) * 0.04)
    data: dict[str, Any] = {f: values.get(f) for f in fields if f not in DAILY}
    if insights and DAILY & set(fields):
        days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
        data["metrics"] = [_business_day(account, day, fields) for day in days if day <= at.date()]
    return _business_ok(data)


def _business_day(account: Account, day: date, fields: list[str]) -> dict[str, Any]:
    if not isinstance(account, world.DemoAccount):
        return {"date": day.isoformat()}
    before, after = account.followers_at(day), account.followers_at(day + timedelta(days=1))
    lost = int(before * 0.0006)
    views = int(before * account.view_ratio * 0.5)
    values = {
        "video_views": views,
        "unique_video_views": int(views * 0.82),
        "profile_views": views // 60,
        "likes": int(views * account.like_share),
        "comments": int(views * account.like_share * 0.03),
        "shares": int(views * account.like_share * 0.07),
        "daily_total_followers": after,
        "daily_new_followers": max(0, after - before + lost),
        "daily_lost_followers": lost,
    }
    return {"date": day.isoformat(), **{f: values[f] for f in fields if f in values}}


def _business_videos(request: Request) -> Response:
    account = _business_account(request)
    fields = _business_fields(request, BUSINESS_VIDEO_FIELDS) or ["item_id"]
    state = request.state
    count = min(int(request.query.get("max_count", "20")), 20)
    before = int(request.query["cursor"]) if request.query.get("cursor") else None
    posts = [p for p in state.posts_of(account, 400) if before is None or _ms(state, p) < before]
    videos = []
    for post in posts[:count]:
        counts = post.counts(state.clock.now())
        values: dict[str, Any] = {
            "item_id": post.external_id,
            "caption": post.caption,
            "share_url": post.url,
            "create_time": str(int(state.clock.shown(post.published_at).timestamp())),
            "video_duration": float(post.duration),
            "thumbnail_url": f"https://cdn.sandbox.invalid/tt/{post.external_id}.jpg",
            "video_views": counts.views,
            "reach": counts.reach,
            "likes": counts.likes,
            "comments": counts.comments,
            "shares": counts.shares,
            "favorites": counts.saves,
            "total_time_watched": counts.watch_ms / 1000,
            "average_time_watched": round(counts.watch_ms / 1000 / max(1, counts.views or 1), 2),
            "full_video_watched_rate": 0.21,
        }
        if request.struck("empty_insights"):
            values["reach"] = values["favorites"] = None
        videos.append({f: values[f] for f in fields})
    last = _ms(state, posts[min(count, len(posts)) - 1]) if posts else 0
    return _business_ok({"videos": videos, "cursor": last, "has_more": len(posts) > count})


def _business_comments(request: Request) -> Response:
    """Comments of one own video, the newest first; at most thirty a page."""
    account = _business_account(request)
    state = request.state
    try:
        count, offset = int(request.query.get("max_count", "20")), int(request.query.get("cursor") or 0)
    except ValueError:
        raise BusinessError(40002, "max_count and cursor must be numbers.") from None
    if not 1 <= count <= 30:
        raise BusinessError(40002, "max_count must be between 1 and 30.")
    video = request.query.get("video_id", "")
    post = next((p for p in state.posts_of(account, 400) if p.external_id == video), None)
    if post is None:
        raise BusinessError(40002, "video_id is not valid.")
    every = [] if request.struck("empty_insights") else post.comments(state.clock.now(), 400)
    newest = list(reversed(every))
    answered = {c.parent for c in every if c.parent}
    comments = [
        {
            "comment_id": c.id,
            "video_id": video,
            "user_id": c.user_id,
            "unique_identifier": world.token_chars(24, "tt user", c.user_id),
            "username": c.user,
            "display_name": c.user.replace("_", " ").title(),
            "create_time": str(int(state.clock.shown(c.at).timestamp())),
            "text": c.text,
            "likes": c.likes,
            "replies": int(c.id in answered),
            "owner": c.by_owner,
            "liked": False,
            "pinned": False,
            "status": "PUBLIC",
            "parent_comment_id": c.parent or None,
        }
        for c in newest[offset : offset + count]
    ]
    more = len(newest) > offset + count
    return _business_ok({"comments": comments, "cursor": offset + len(comments), "has_more": more})


# -- TikTok One ----------------------------------------------------------------------------------------------------


def _one_token(request: Request) -> None:
    token = tokens.read(request.headers.get("access-token", ""))
    if token is None or token.platform != "tiktok_one" or token.account != tokens.ONE_ACCOUNT:
        raise BusinessError(40105, "Access token is incorrect or has been revoked.")


def _one_accounts(request: Request) -> Response:
    _one_token(request)
    return _business_ok({"tto_tcm_account_ids": [tokens.ONE_ACCOUNT]})


def _one_creator_account(request: Request) -> Account:
    _one_token(request)
    if request.query.get("tto_tcm_account_id") != tokens.ONE_ACCOUNT:
        raise BusinessError(40001, "No permission to operate tto_tcm_account_id.")
    handle = request.query.get("handle_name", "")
    account = request.state.by_handle("tiktok", handle)
    fault = request.state.hit("tiktok one", handle, account.external_id if account else "")
    if fault is not None:
        request.fault = fault
        if fault.kind not in ("slow", "truncated", "empty_insights", "server_error"):
            raise _Raised(faulted_business(fault.kind))
    if account is None:
        raise BusinessError(40002, "The creator is not available.")
    return account


def _one_creator(request: Request) -> Response:
    account = _one_creator_account(request)
    at = request.state.clock.now()
    followers = account.followers_at(at)
    recent = [v for p in request.state.posts_of(account, 10) if (v := p.counts(at).views) is not None]
    data = {
        "creator_id": _one_id(account),
        "handle_name": account.handle,
        "display_name": account.name,
        "bio": account.bio,
        "profile_image": f"https://cdn.sandbox.invalid/tt/{account.handle}.jpg",
        "followers_count": followers,
        "following_count": account.following_at(at),
        "likes_count": int((followers or 0) * 17.3),
        "videos_count": request.state.posts_count(account),
        "median_views": sorted(recent)[len(recent) // 2] if recent else None,
        "engagement_rate": 0.061,
        "creator_price": 0,
        "currency": "IDR",
        "content_labels": [{"label_name": name} for name in account.categories],
        "industry_labels": [],
    }
    if request.state.shapes.get("tiktok") == "deviating":
        data["followers_count"] = str(followers)
        data.pop("median_views")
        data["price_tier"] = "A"
    return _business_ok(data)


ONE_FIELDS = {"audience_countries", "audience_genders", "audience_ages", "audience_devices"}


def _one_authorized(request: Request) -> Response:
    """The audience of a creator who joined TikTok One; here: those with a business account."""
    _one_token(request)
    if request.query.get("tto_tcm_account_id") != tokens.ONE_ACCOUNT:
        raise BusinessError(40001, "No permission to operate tto_tcm_account_id.")
    wanted = request.query.get("creator_id", "")
    account = next(
        (a for a in world.demo_accounts() if a.platform == "tiktok" and _one_id(a) == wanted), None
    )
    if account is None or account.consent != "business":
        raise BusinessError(40001, "No permission: the creator has not authorized this account.")
    fault = request.state.hit("tiktok one audience", account.handle, account.external_id)
    if fault is not None:
        request.fault = fault
        if fault.kind not in ("slow", "truncated", "empty_insights", "server_error"):
            raise _Raised(faulted_business(fault.kind))
    try:
        fields = json.loads(request.query.get("fields", ""))
    except ValueError:
        raise BusinessError(40002, "fields must be a JSON list.") from None
    if not isinstance(fields, list) or not set(fields) <= ONE_FIELDS:
        raise BusinessError(40002, f"fields: one of {sorted(ONE_FIELDS)}")
    audience = account.audience
    if not audience or request.struck("empty_insights"):
        return _business_ok({"creator_id": wanted})
    values = {
        "audience_ages": [
            {"age": "55+" if a == "55-64" else a, "percentage": p}
            for a, p in audience["age"].items()
            if a not in ("13-17", "65+")
        ],
        "audience_genders": [
            {"gender": {"female": "Female", "male": "Male", "unknown": "Other"}[g], "percentage": p}
            for g, p in audience["gender"].items()
        ],
        "audience_countries": [{"country": c, "percentage": p} for c, p in audience["countries"].items()],
        "audience_devices": [{"device": "Android", "percentage": 0.8}, {"device": "iOS", "percentage": 0.2}],
    }
    return _business_ok({"creator_id": wanted, **{name: values[name] for name in fields}})


def _one_id(account: Account) -> str:
    return "69" + world.digits(17, "one", account.external_id)


def _one_videos(request: Request) -> Response:
    account = _one_creator_account(request)
    state = request.state
    limit = min(int(request.query.get("limit", "20")), 50)
    posts = [] if request.struck("empty_insights") else state.posts_of(account, limit)
    videos = []
    for post in posts:
        counts = post.counts(state.clock.now())
        videos.append(
            {
                "item_id": post.external_id,
                "caption": post.caption,
                "create_time": str(int(state.clock.shown(post.published_at).timestamp())),
                "share_url": post.url,
                "video_views": counts.views,
                "likes": counts.likes,
                "comments": counts.comments,
                "shares": counts.shares,
            }
        )
    return _business_ok({"videos": videos, "cursor": len(videos), "has_more": False})


def _business_token(request: Request) -> Response:
    body = request.json()
    if (body.get("client_id"), body.get("client_secret")) != tokens.APPS["tiktok_business"]:
        raise BusinessError(40105, "Client id or secret is incorrect.")
    scopes = BUSINESS_SCOPES
    if request.path.rstrip("/").endswith("refresh_token"):
        token = _use_refresh(request, "tiktok_business", body.get("refresh_token", ""))
        if token is None:
            raise BusinessError(40105, "Refresh token is invalid or expired.")
        account, serial = token.account, str(int(token.serial) + 1)
    else:
        auth_code = str(body.get("auth_code", ""))
        code = consent.use(request, "tiktok_business", auth_code, body.get("redirect_uri", ""))
        found = request.state.by_handle("tiktok", auth_code.removeprefix("code-"))
        if code is None and found is None:
            raise BusinessError(40002, "auth_code is not valid.")
        account, serial = code.account if code else found.external_id if found else "", "1"
        if code is not None:
            scopes = list(code.scopes)
    grant = _grant("tiktok_business", account, serial, scopes)
    grant["refresh_token_expires_in"] = grant.pop("refresh_expires_in")
    return _business_ok(grant)


_ROUTES = {
    "/v2/user/info": ("GET", _user_info),
    "/v2/video/list": ("POST", _video_list),
    "/v2/video/query": ("POST", _video_query),
    "/v2/oauth/token": ("POST", _oauth_token),
    "/open_api/v1.3/business/get": ("GET", _business_get),
    "/open_api/v1.3/business/video/list": ("GET", _business_videos),
    "/open_api/v1.3/business/comment/list": ("GET", _business_comments),
    "/open_api/v1.3/tto/oauth2/tcm": ("GET", _one_accounts),
    "/open_api/v1.3/tto/tcm/creator/public": ("GET", _one_creator),
    "/open_api/v1.3/tto/creator/authorized": ("GET", _one_authorized),
    "/open_api/v1.3/tto/tcm/creator/public/video/list": ("GET", _one_videos),
    "/open_api/v1.3/tt_user/oauth2/token": ("POST", _business_token),
    "/open_api/v1.3/tt_user/oauth2/refresh_token": ("POST", _business_token),
}
