"""Instagram's Graph API as the documents and Meta's own description say it: discovery, media, insights, tokens."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from krm.local.sandbox import tokens, world
from krm.local.sandbox.state import Account, Fault
from krm.local.sandbox.wire import Request, Response

APP_ID, APP_SECRET = tokens.APPS["instagram"]
USERS = 50  # daily active users of the pretended application: 200 calls an hour each
HOURLY = 200 * USERS
USER_FIELDS = {
    "id", "ig_id", "username", "name", "biography", "website", "profile_picture_url", "followers_count",
    "follows_count", "media_count", "has_profile_pic", "is_published",
}  # fmt: skip
MEDIA_FIELDS = {
    "id", "ig_id", "caption", "permalink", "shortcode", "timestamp", "media_type", "media_product_type", "like_count",
    "comments_count", "view_count", "username", "media_url", "thumbnail_url", "is_comment_enabled", "owner",
}  # fmt: skip
COMMENT_FIELDS = {"id", "text", "timestamp", "username", "like_count", "from", "parent_id", "hidden"}
ACCOUNT_METRICS = {
    "reach", "views", "accounts_engaged", "total_interactions", "likes", "comments", "shares", "saves", "replies",
    "reposts", "profile_links_taps", "follows_and_unfollows", "follower_count", "online_followers",
    "follower_demographics", "engaged_audience_demographics", "reached_audience_demographics",
}  # fmt: skip
FEED_METRICS = {
    "reach", "views", "likes", "comments", "saved", "shares", "reposts", "total_interactions", "follows",
    "profile_visits", "profile_activity",
}  # fmt: skip
REEL_METRICS = {
    "reach", "views", "likes", "comments", "saved", "shares", "reposts", "total_interactions",
    "ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate",
}  # fmt: skip
STORY_METRICS = {
    "reach", "views", "replies", "shares", "navigation", "follows", "profile_visits", "total_interactions",
}  # fmt: skip
TAG_FIELDS = {
    "id", "caption", "permalink", "timestamp", "media_type", "media_product_type", "media_url", "like_count",
    "comments_count", "username", "owner",
}  # fmt: skip
TIMEFRAMES = {"last_14_days", "last_30_days", "last_90_days", "prev_month", "this_month", "this_week"}
GONE = {"impressions", "plays", "video_views", "clips_replays_count", "ig_reels_aggregated_all_plays_count"}


class GraphError(Exception):
    def __init__(
        self, status: int, code: int, message: str, *, subcode: int | None = None, **extra: Any
    ) -> None:
        super().__init__(message)
        error: dict[str, Any] = {
            "message": message,
            "type": extra.pop("type", "OAuthException"),
            "code": code,
            "fbtrace_id": "A" + world.token_chars(20, message, code),
        }
        if subcode is not None:
            error["error_subcode"] = subcode
        self.headers = extra.pop("headers", {})
        error.update(extra)
        self.response = Response(status, {"error": error}, self.headers, "graph.error")


def not_found() -> GraphError:
    return GraphError(
        400,
        110,
        "Invalid user id",
        subcode=2207013,
        is_transient=False,
        error_user_title="Cannot find User",
        error_user_msg="The user with username cannot be found.",
    )


def expired() -> GraphError:
    return GraphError(400, 190, "Error validating access token: Session has expired.", subcode=463)


def faulted(fault: Fault) -> Response:
    minutes = max(1, int(fault.seconds // 60) or 1)
    errors: dict[str, Callable[[], GraphError]] = {
        "expired_token": expired,
        "revoked": lambda: GraphError(
            400, 190, "Error validating access token: The user has not authorized application.", subcode=458
        ),
        "scope": lambda: GraphError(403, 10, "(#10) Application does not have permission for this action"),
        "rate_limited": lambda: GraphError(
            400,
            4,
            "(#4) Application request limit reached",
            is_transient=True,
            headers={
                "x-app-usage": json.dumps({"call_count": 100, "total_time": 25, "total_cputime": 25}),
                "x-business-use-case-usage": json.dumps(
                    {
                        tokens.AGENCY_IG_ID: [
                            {
                                "type": "instagram",
                                "call_count": 100,
                                "total_cputime": 25,
                                "total_time": 25,
                                "estimated_time_to_regain_access": minutes,
                            }
                        ]
                    }
                ),
            },
        ),
        "quota": lambda: GraphError(403, 32, "(#32) Page request limit reached", is_transient=True),
        "private": not_found,
        "server_error": lambda: GraphError(500, 2, "An unexpected error has occurred.", is_transient=True),
        "bad_request": lambda: GraphError(400, 100, "(#100) Invalid parameter"),
    }
    return errors[fault.kind]().response


# -- the fields language: name.arg(value){inner,inner} -------------------------------------------------------------


@dataclass
class Selection:
    name: str
    args: dict[str, str] = field(default_factory=dict)
    fields: list[Selection] = field(default_factory=list)


_NAME = re.compile(r"[A-Za-z0-9_]+")


def parse_fields(text: str) -> list[Selection]:
    selections, rest = _parse(text)
    if rest:
        raise GraphError(400, 2500, f"Syntax error at {rest[:20]!r}")
    return selections


def _parse(text: str) -> tuple[list[Selection], str]:
    found: list[Selection] = []
    while text:
        match = _NAME.match(text)
        if match is None:
            raise GraphError(400, 2500, f'Syntax error "Expected name." at {text[:20]!r}')
        selection, text = Selection(match.group()), text[match.end() :]
        while text.startswith("."):
            match = _NAME.match(text[1:])
            if match is None or not text[1 + match.end() :].startswith("("):
                raise GraphError(400, 2500, f"Syntax error at {text[:20]!r}")
            name, text = match.group(), text[2 + match.end() :]
            value, closed, text = text.partition(")")
            if not closed:
                raise GraphError(400, 2500, "Syntax error: missing )")
            selection.args[name] = value
        if text.startswith("{"):
            selection.fields, text = _parse(text[1:])
            if not text.startswith("}"):
                raise GraphError(400, 2500, "Syntax error: missing }")
            text = text[1:]
        found.append(selection)
        if not text.startswith(","):
            return found, text
        text = text[1:]
    return found, text


# -- bodies --------------------------------------------------------------------------------------------------------


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def cursor(offset: int) -> str:
    return base64.urlsafe_b64encode(f"QVFI{offset}".encode()).decode().rstrip("=")


def offset_of(text: str) -> int:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        return int(raw.removeprefix("QVFI"))
    except ValueError:
        raise GraphError(400, 100, "(#100) Invalid cursor") from None


def _pick(
    values: Mapping[str, Any], selections: list[Selection], allowed: set[str], kind: str
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for selection in selections:
        if selection.name not in allowed:
            raise GraphError(
                400, 100, f"(#100) Tried accessing nonexisting field ({selection.name}) on node type ({kind})"
            )
        value = values.get(selection.name)
        if value is not None:
            out[selection.name] = value
    out["id"] = values["id"]
    return out


class Graph:
    def __init__(self, request: Request) -> None:
        self.request = request
        self.state = request.state
        self.at = request.state.clock.now()

    def user(self, account: Account) -> dict[str, Any]:
        return {
            "id": account.external_id,
            "ig_id": int(account.external_id[-10:]),
            "username": account.handle,
            "name": account.name,
            "biography": account.bio or None,
            "followers_count": account.followers_at(self.at),
            "follows_count": account.following_at(self.at),
            "media_count": self.state.posts_count(account),
            "profile_picture_url": f"https://cdn.sandbox.invalid/ig/{account.external_id}.jpg",
            "has_profile_pic": True,
            "is_published": True,
        }

    def media(self, post: Any, *, own: bool) -> dict[str, Any]:
        counts = post.counts(self.at)
        hides = post.account.story == "hidden_likes" and not own
        return {
            "id": post.external_id,
            "ig_id": post.external_id,
            "caption": post.caption or None,
            "permalink": post.url,
            "shortcode": post.shortcode,
            "timestamp": stamp(self.state.clock.shown(post.published_at)),
            "media_type": {"image": "IMAGE", "carousel": "CAROUSEL_ALBUM"}.get(post.kind, "VIDEO"),
            "media_product_type": {"reel": "REELS", "story": "STORY"}.get(post.kind, "FEED"),
            "like_count": None if hides else counts.likes,
            "comments_count": counts.comments,
            "view_count": counts.views if post.kind == "reel" else None,
            "username": post.account.handle,
            "media_url": f"https://cdn.sandbox.invalid/ig/{post.external_id}.jpg",
            "is_comment_enabled": True,
            "owner": {"id": post.account.external_id},
        }

    def media_list(self, account: Account, selection: Selection, *, own: bool) -> dict[str, Any]:
        limit = min(int(selection.args.get("limit", "25")), 100)
        start = offset_of(selection.args["after"]) if selection.args.get("after") else 0
        posts = self.state.posts_of(account, start + limit + 1)
        page = posts[start : start + limit]
        fields = [s for s in selection.fields if s.name != "insights"] or [Selection("id")]
        insights = next((s for s in selection.fields if s.name == "insights"), None)
        data = []
        for post in page:
            entry = _pick(self.media(post, own=own), fields, MEDIA_FIELDS, "IGMedia")
            if insights is not None:
                metrics = insights.args.get("metric", "").split(",")
                entry["insights"] = {"data": self.media_insights(post, metrics)}
            data.append(entry)
        body: dict[str, Any] = {"data": data}
        if page:
            body["paging"] = {"cursors": {"before": cursor(start), "after": cursor(start + len(page))}}
            if len(posts) <= start + limit:
                body["paging"]["cursors"].pop("after")
        return body

    def media_insights(self, post: Any, metrics: list[str]) -> list[dict[str, Any]]:
        allowed = {"reel": REEL_METRICS, "story": STORY_METRICS}.get(post.kind, FEED_METRICS)
        for metric in metrics:
            if metric in GONE or metric not in REEL_METRICS | FEED_METRICS | STORY_METRICS:
                raise GraphError(400, 100, f"(#100) The {metric} metric is no longer supported or not valid.")
            if metric not in allowed:
                raise GraphError(
                    400,
                    100,
                    f"(#100) The Media Insights API does not support the {metric} metric for this media product type.",
                )
        if self.request.struck("empty_insights"):
            return []
        c = post.counts(self.at)
        if post.kind == "story" and (c.views or 0) < 5:
            raise GraphError(400, 10, "(#10) Not enough viewers for the media to show insights")
        values: dict[str, int | None] = {
            "reach": c.reach,
            "views": c.views,
            "likes": c.likes,
            "comments": c.comments,
            "saved": c.saves,
            "shares": c.shares,
            "reposts": 0 if c.shares is None else c.shares // 9,
            "total_interactions": None
            if c.likes is None
            else c.likes + (c.comments or 0) + (c.shares or 0) + (c.saves or 0),
            "follows": None if c.views is None else c.views // 900,
            "profile_visits": None if c.views is None else c.views // 120,
            "profile_activity": None if c.views is None else c.views // 700,
            "ig_reels_avg_watch_time": c.watch_ms // max(1, c.views or 1),
            "ig_reels_video_view_total_time": c.watch_ms,
            "reels_skip_rate": 34,
            "replies": (c.comments or 0) // 3,
            "navigation": c.views,
        }
        return [
            {
                "name": metric,
                "period": "lifetime",
                "values": [{"value": values[metric]}],
                "title": metric.replace("_", " ").title(),
                "description": "",
                "id": f"{post.external_id}/insights/{metric}/lifetime",
            }
            for metric in metrics
            if values[metric] is not None
        ]

    def comments(self, post: Any, fields: list[Selection]) -> dict[str, Any]:
        """Top-level comments, the newest first, with a page of replies where they are asked for."""
        if self.request.struck("empty_insights"):
            return {"data": []}
        limit = min(int(self.request.query.get("limit", "25")), 50)
        start = offset_of(self.request.query["after"]) if self.request.query.get("after") else 0
        every = post.comments(self.at, 400)
        tops = [c for c in reversed(every) if not c.parent]
        plain = [s for s in fields if s.name != "replies"]
        replies = next((s for s in fields if s.name == "replies"), None)
        data = []
        for comment in tops[start : start + limit]:
            entry = self._comment(comment, plain)
            answers = [c for c in every if c.parent == comment.id]
            if replies is not None and answers:
                inner = replies.fields or [Selection("id")]
                entry["replies"] = {"data": [self._comment(c, inner) for c in answers]}
            data.append(entry)
        body: dict[str, Any] = {"data": data}
        if len(tops) > start + limit:
            body["paging"] = {"cursors": {"after": cursor(start + limit)}}
        return body

    def _comment(self, comment: Any, fields: list[Selection]) -> dict[str, Any]:
        values = {
            "id": comment.id,
            "text": comment.text,
            "timestamp": stamp(self.state.clock.shown(comment.at)),
            "username": comment.user,
            "like_count": comment.likes,
            "from": {"id": comment.user_id, "username": comment.user},
            "parent_id": comment.parent or None,
            "hidden": False,
        }
        return _pick(values, fields, COMMENT_FIELDS, "IGComment")

    # -- account insights

    def account_insights(self, account: Account, query: Mapping[str, str]) -> dict[str, Any]:
        metrics = listed(query.get("metric", ""))
        if not metrics:
            raise GraphError(400, 100, "(#100) The parameter metric is required")
        for metric in metrics:
            if metric not in ACCOUNT_METRICS:
                raise GraphError(
                    400, 100, f"(#100) metric[0] must be one of the following values: {metric} is not"
                )
        if self.request.struck("empty_insights"):
            return {"data": []}
        demographic = [m for m in metrics if m.endswith("_demographics")]
        if demographic:
            if query.get("period") != "lifetime" or query.get("metric_type") != "total_value":
                raise GraphError(
                    400, 100, "(#100) Demographics need period=lifetime and metric_type=total_value"
                )
            breakdown = query.get("breakdown", "")
            if breakdown not in ("age", "gender", "country", "city"):
                raise GraphError(400, 100, "(#100) breakdown must be one of age, gender, country, city")
            if query.get("timeframe", "last_30_days") not in TIMEFRAMES:
                raise GraphError(400, 100, "(#100) timeframe is not valid")
            found = [self._demographic(account, m, breakdown, self._people(account, m)) for m in demographic]
            return {"data": [entry for entry in found if entry is not None]}
        if query.get("period") != "day":
            raise GraphError(400, 100, "(#100) period must be day")
        if "follows_and_unfollows" in metrics and query.get("breakdown") != "follow_type":
            raise GraphError(400, 100, "(#100) follows_and_unfollows needs breakdown=follow_type")
        until = _moment(query.get("until"), self.at)
        since = _moment(query.get("since"), until - timedelta(days=1))
        if until - since > timedelta(days=31):
            raise GraphError(400, 100, "(#100) There cannot be more than 30 days between since and until")
        if "follows_and_unfollows" in metrics:
            return {"data": self._follows(account, metrics, since, until)}
        totals = self._totals(account, since, until)
        return {
            "data": [
                {
                    "name": metric,
                    "period": "day",
                    "title": metric.replace("_", " ").title(),
                    "description": "",
                    "total_value": {"value": totals[metric]},
                    "id": f"{account.external_id}/insights/{metric}/day",
                }
                for metric in metrics
                if totals.get(metric) is not None
            ]
        }

    def _totals(self, account: Account, since: datetime, until: datetime) -> dict[str, int]:
        sums = dict.fromkeys(("views", "reach", "likes", "comments", "shares", "saves"), 0)
        for post in self.state.posts_of(account, 60):
            now, before = post.counts(min(until, self.at)), post.counts(since)
            for name in sums:
                sums[name] += (getattr(now, name) or 0) - (getattr(before, name) or 0)
        interactions = sums["likes"] + sums["comments"] + sums["shares"] + sums["saves"]
        return {
            **sums,
            "reach": int(sums["reach"] * 0.7),
            "total_interactions": interactions,
            "accounts_engaged": int(interactions * 0.8),
            "replies": sums["comments"] // 12,
            "reposts": sums["shares"] // 9,
            "profile_links_taps": sums["views"] // 1500,
            "follower_count": max(0, (account.followers_at(until) or 0) - (account.followers_at(since) or 0)),
        }

    def _follows(
        self, account: Account, metrics: list[str], since: datetime, until: datetime
    ) -> list[dict[str, Any]]:
        if metrics != ["follows_and_unfollows"]:
            raise GraphError(
                400, 100, "(#100) breakdown follow_type is not supported for all of these metrics"
            )
        before, after = account.followers_at(since) or 0, account.followers_at(until) or 0
        if after < 100:
            return []
        lost = before // 60
        results = [
            {"dimension_values": ["FOLLOWER"], "value": max(0, after - before + lost)},
            {"dimension_values": ["NON_FOLLOWER"], "value": lost},
        ]
        return [
            {
                "name": "follows_and_unfollows",
                "period": "day",
                "title": "Follows and unfollows",
                "description": "",
                "total_value": {"breakdowns": [{"dimension_keys": ["follow_type"], "results": results}]},
                "id": f"{account.external_id}/insights/follows_and_unfollows/day",
            }
        ]

    def _people(self, account: Account, metric: str) -> int:
        """How many a demographic counts: followers, or who was reached or engaged in thirty days."""
        if metric == "follower_demographics":
            return account.followers_at(self.at) or 0
        totals = self._totals(account, self.at - timedelta(days=30), self.at)
        return totals["reach" if metric == "reached_audience_demographics" else "accounts_engaged"]

    def _demographic(
        self, account: Account, metric: str, breakdown: str, total: int
    ) -> dict[str, Any] | None:
        if total < 100:
            return None  # too few people to say anything of them
        audience = account.audience or {}
        if breakdown == "gender":
            names = {"female": "F", "male": "M", "unknown": "U"}
            shares = {names[k]: v for k, v in audience["gender"].items()}
        else:
            shares = audience[{"age": "age", "country": "countries", "city": "cities"}[breakdown]]
        results = [
            {"dimension_values": [name], "value": int(total * share)}
            for name, share in list(shares.items())[:45]
            if share
        ]
        return {
            "name": metric,
            "period": "lifetime",
            "title": metric.replace("_", " ").title(),
            "description": "",
            "total_value": {"breakdowns": [{"dimension_keys": [breakdown], "results": results}]},
            "id": f"{account.external_id}/insights/{metric}/lifetime",
        }


def listed(text: str) -> list[str]:
    """A list parameter: with commas, or as JSON, which is how Meta's own SDK sends it."""
    if text.startswith("["):
        try:
            return [str(item) for item in json.loads(text)]
        except ValueError:
            raise GraphError(400, 100, "(#100) Not a list") from None
    return [m for m in text.split(",") if m]


def _moment(text: str | None, default: datetime) -> datetime:
    if not text:
        return default
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise GraphError(400, 100, "(#100) since and until must be a time") from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


# -- routing -------------------------------------------------------------------------------------------------------

HASHTAG_MEDIA = {
    "id", "caption", "permalink", "timestamp", "media_type", "media_url", "like_count", "comments_count",
}  # fmt: skip
MENTION_MEDIA = HASHTAG_MEDIA | {"username", "media_product_type", "owner"}
HASHTAGS_A_WEEK = 30


def hashtag_number(term: str) -> str:
    return "1784" + world.digits(13, "hashtag", term)


def _hashtag_search(graph: Graph) -> tuple[dict[str, Any], str]:
    """A hashtag's number; each different one counts for seven days."""
    state, term = graph.state, graph.request.query.get("q", "").lower()
    _agency_asks(graph)
    graph.request.meet("instagram hashtags", term)
    if not term or not any(f"#{term}" in p.caption.lower() for p in _tagged(graph, term, days=14)):
        raise GraphError(
            400, 24, "The requested resource does not exist", subcode=2207024,
            error_user_title="Hashtag does not exist", error_user_msg=f"The hashtag {term} does not exist.",
        )  # fmt: skip
    with state.lock:
        state.hashtags.add(term)
        if len(state.hashtags) > HASHTAGS_A_WEEK:
            state.hashtags.discard(term)
            raise GraphError(
                400, 18, "(#18) This api call was limited: 30 unique hashtags in 7 days", subcode=2207034
            )
        state.hashtag_numbers[hashtag_number(term)] = term
    return {"data": [{"id": hashtag_number(term)}]}, "graph.ShadowIGHashtag[]"


def _agency_asks(graph: Graph) -> None:
    if graph.request.query.get("user_id") != tokens.AGENCY_IG_ID:
        raise GraphError(400, 100, "(#100) The parameter user_id is required")


def _tagged(graph: Graph, term: str, *, days: float) -> list[Any]:
    """Public posts with the hashtag, the newest first."""
    start = graph.at - timedelta(days=days)
    found = [
        post
        for account in world.demo_accounts()
        if account.platform == "instagram"
        for post in account.posts_between(start, graph.at, at=graph.at)
        if f"#{term}" in post.caption.lower()
    ]
    for raw in graph.state.posts:
        account = graph.state.by_id("instagram", raw["account"])
        if account is not None and raw["kind"] != "story" and f"#{term}" in raw["caption"].lower():
            post = graph.state._added(account, raw)
            if start <= post.published_at <= graph.at:
                found.append(post)
    return sorted(found, key=lambda p: p.published_at, reverse=True)


def _hashtag_media(graph: Graph, term: str, fields: list[Selection], edge: str) -> tuple[dict[str, Any], str]:
    _agency_asks(graph)
    graph.request.meet("instagram hashtags", term)
    query = graph.request.query
    limit = min(int(query.get("limit", "25")), 50)
    start = offset_of(query["after"]) if query.get("after") else 0
    posts = _tagged(graph, term, days=1 if edge == "recent_media" else 14)
    if edge == "top_media":
        posts.sort(key=lambda p: p.counts(graph.at).likes or 0, reverse=True)
    page = [] if graph.request.struck("empty_insights") else posts[start : start + limit]
    body: dict[str, Any] = {
        "data": [_pick(graph.media(p, own=False), fields, HASHTAG_MEDIA, "IGMedia") for p in page]
    }
    if len(posts) > start + limit:
        body["paging"] = {"cursors": {"after": cursor(start + limit)}}
    return body, "graph.IGMedia[]"


def _mention(graph: Graph, owner_handle: str, selection: Selection) -> dict[str, Any]:
    """A post or comment of somebody else that names the account."""
    comment_id = selection.args.get("comment_id", "")
    media_id = selection.args.get("media_id", "") or comment_id.rpartition("_")[0]
    post = next(
        (
            p
            for raw in graph.state.posts
            if raw["id"] == media_id and (a := graph.state.by_id("instagram", raw["account"])) is not None
            for p in [graph.state._added(a, raw)]
        ),
        None,
    )
    if post is None or (
        selection.name == "mentioned_media" and f"@{owner_handle}" not in post.caption.lower()
    ):
        raise GraphError(
            400, 100, f"Unsupported get request. Object with ID '{media_id}' does not exist", subcode=33,
            type="GraphMethodException",
        )  # fmt: skip
    media = graph.media(post, own=False)
    if selection.name == "mentioned_media":
        return _pick(media, selection.fields or [Selection("id")], MENTION_MEDIA, "IGMedia")
    inner = next((s for s in selection.fields if s.name == "media"), None)
    values = {
        "id": comment_id,
        "text": f"@{owner_handle} ini yang kemarin kan?",
        "timestamp": stamp(graph.state.clock.shown(post.published_at)),
        "like_count": 2,
    }
    found = _pick(values, [s for s in selection.fields if s.name != "media"], COMMENT_FIELDS, "IGComment")
    if inner is not None:
        found["media"] = _pick(media, inner.fields, MENTION_MEDIA, "IGMedia")
    return found


_PATH = re.compile(r"/(?P<version>v\d+\.\d+)/(?P<node>[A-Za-z0-9_]+)(?:/(?P<edge>[a-z_]+))?/?\Z")


def handle(request: Request) -> Response:
    try:
        return _handle(request)
    except GraphError as error:
        return error.response


def _token(request: Request) -> tokens.Token:
    raw = request.query.get("access_token") or request.headers.get("authorization", "").removeprefix(
        "Bearer "
    )
    if not raw:
        raise GraphError(
            400, 2500, "An active access token must be used to query information about the current user."
        )
    token = tokens.read(raw)
    if token is None or token.platform != "instagram" or token.kind != "act":
        raise GraphError(400, 190, "Invalid OAuth access token - Cannot parse access token")
    if token.account in request.state.revoked:
        raise GraphError(400, 190, "Error validating access token: not authorized application.", subcode=458)
    if tokens.expired(token):
        raise expired()
    proof = request.query.get("appsecret_proof")
    if proof is not None and proof != tokens.appsecret_proof(raw, APP_SECRET):
        raise GraphError(
            400, 100, "Invalid appsecret_proof provided in the API argument", type="GraphMethodException"
        )
    return token


def _usage(request: Request, account: str) -> dict[str, str]:
    calls = request.state.window("instagram", 3600)
    percent = min(100, calls * 100 // HOURLY)
    usage = {"call_count": percent, "total_time": percent // 3, "total_cputime": percent // 4}
    if calls > HOURLY:
        raise GraphError(
            400,
            4,
            "(#4) Application request limit reached",
            is_transient=True,
            headers={"x-app-usage": json.dumps(usage)},
        )
    return {"x-app-usage": json.dumps(usage)}


def _handle(request: Request) -> Response:
    if request.path.rstrip("/") in ("/refresh_access_token", "/access_token"):
        return _exchange(request)
    match = _PATH.match(request.path)
    if match is None:
        raise GraphError(404, 2500, f"Unknown path components: {request.path}", type="OAuthException")
    if match["node"] == "oauth" and match["edge"] == "access_token":
        return _exchange(request)
    token = _token(request)
    headers = _usage(request, token.account)
    if request.method != "GET":
        raise GraphError(400, 100, "(#100) Unsupported request in the sandbox")
    graph = Graph(request)
    node, edge = match["node"], match["edge"] or ""
    if node == "me":
        node = token.account
    body, shape = _node(graph, token, node, edge)
    return Response(200, body, {**headers, "facebook-api-version": match["version"]}, shape)


def _node(graph: Graph, token: tokens.Token, node: str, edge: str) -> tuple[dict[str, Any], str]:
    request, state = graph.request, graph.state
    fields = parse_fields(request.query.get("fields", "") or "id")
    if token.account == tokens.AGENCY_IG_ID and node == "ig_hashtag_search":
        return _hashtag_search(graph)
    if token.account == tokens.AGENCY_IG_ID and node in state.hashtag_numbers:
        return _hashtag_media(graph, state.hashtag_numbers[node], fields, edge)
    if node == tokens.AGENCY_IG_ID and token.account == node:
        return _agency(graph, fields, edge)
    account = state.by_id("instagram", node)
    if account is not None:
        request.meet("instagram", account.handle, account.external_id)
        if request.struck("private"):
            raise not_found()
        if token.account != node:
            raise GraphError(400, 10, "(#10) Application does not have permission for this action")
        return _own_account(graph, account, fields, edge)
    owner = state.by_id("instagram", token.account)
    if owner is not None:
        request.meet("instagram", owner.handle, owner.external_id)
        shown = [*state.posts_of(owner, 400), *state.stories_of(owner)]
        post = next((p for p in shown if p.external_id == node), None)
        if post is not None:
            return _own_media(graph, post, fields, edge)
    raise GraphError(
        400,
        100,
        f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due to missing permissions",
        subcode=33,
        type="GraphMethodException",
    )


def _agency(graph: Graph, fields: list[Selection], edge: str) -> tuple[dict[str, Any], str]:
    if edge:
        raise GraphError(400, 100, "(#100) The sandbox's agency account has no media")
    body: dict[str, Any] = {}
    for selection in fields:
        if selection.name == "business_discovery":
            username = selection.args.get("username", "")
            account = graph.state.by_handle("instagram", username)
            graph.request.meet("instagram", username, account.external_id if account else "")
            if account is None or graph.request.struck("private"):
                raise not_found()
            plain = [s for s in selection.fields if s.name != "media"]
            found = _pick(graph.user(account), plain, USER_FIELDS, "IGUser")
            media = next((s for s in selection.fields if s.name == "media"), None)
            if media is not None:
                found["media"] = graph.media_list(account, media, own=False)
            body["business_discovery"] = found
        elif selection.name in ("mentioned_media", "mentioned_comment"):
            body[selection.name] = _mention(graph, "krm_agency", selection)
        elif selection.name in ("id", "username", "name", "followers_count"):
            values = {
                "id": tokens.AGENCY_IG_ID,
                "username": "krm_agency",
                "name": "KRM",
                "followers_count": 4211,
            }
            body[selection.name] = values[selection.name]
        else:
            raise GraphError(
                400, 100, f"(#100) Tried accessing nonexisting field ({selection.name}) on node type (IGUser)"
            )
    body["id"] = tokens.AGENCY_IG_ID
    return body, "graph.IGUser"


def _own_account(
    graph: Graph, account: Account, fields: list[Selection], edge: str
) -> tuple[dict[str, Any], str]:
    query = graph.request.query
    if edge == "media":
        args: dict[str, str] = {k: query[k] for k in ("limit", "after") if k in query}
        return graph.media_list(account, Selection("media", args, fields), own=True), "graph.IGMedia[]"
    if edge == "insights":
        if "follows_and_unfollows" in query.get("metric", ""):
            _part(graph, "instagram follows", account)
        if "_audience_demographics" in query.get("metric", ""):
            _part(graph, "instagram active", account)
        return graph.account_insights(account, query), "graph.InstagramInsightsResult[]"
    if edge == "stories":
        _part(graph, "instagram stories", account)
        shown = [] if graph.request.struck("empty_insights") else graph.state.stories_of(account)
        rows = [_pick(graph.media(p, own=True), fields, MEDIA_FIELDS, "IGMedia") for p in shown]
        return {"data": rows}, "graph.IGMedia[]"
    if edge == "tags":
        _part(graph, "instagram tags", account)
        return _tags(graph, account, fields), "graph.IGMedia[]"
    if edge:
        raise GraphError(400, 100, f"(#100) Tried accessing nonexisting field ({edge}) on node type (IGUser)")
    mentions = [s for s in fields if s.name.startswith("mentioned_")]
    body = _pick(graph.user(account), [s for s in fields if s not in mentions], USER_FIELDS, "IGUser")
    for selection in mentions:
        body[selection.name] = _mention(graph, account.handle, selection)
    return body, "graph.IGUser"


def _part(graph: Graph, name: str, account: Account) -> None:
    """Faults of this part alone."""
    graph.request.fault = None
    graph.request.meet(name, account.handle, account.external_id)
    if graph.request.struck("private"):
        raise not_found()


def _tags(graph: Graph, account: Account, fields: list[Selection]) -> dict[str, Any]:
    """Posts of others in which the account is tagged: those that were told to, and name it."""
    limit = min(int(graph.request.query.get("limit", "25")), 50)
    found = []
    for raw in graph.state.posts:
        author = graph.state.by_id("instagram", raw["account"])
        named = f"@{account.handle}".lower() in raw["caption"].lower()
        if author is not None and author.handle != account.handle and named and raw["kind"] != "story":
            found.append(graph.state._added(author, raw))
    found.sort(key=lambda p: p.published_at, reverse=True)
    page = [] if graph.request.struck("empty_insights") else found[:limit]
    return {"data": [_pick(graph.media(p, own=False), fields, TAG_FIELDS, "IGMedia") for p in page]}


def _own_media(graph: Graph, post: Any, fields: list[Selection], edge: str) -> tuple[dict[str, Any], str]:
    if edge == "insights":
        if post.kind == "story":
            _part(graph, "instagram stories", post.account)
        metrics = listed(graph.request.query.get("metric", ""))
        return {"data": graph.media_insights(post, metrics)}, "graph.InstagramInsightsResult[]"
    if edge == "comments":
        graph.request.fault = None
        graph.request.meet("instagram comments", post.account.handle, post.account.external_id)
        return graph.comments(post, fields), "graph.IGComment[]"
    if edge:
        raise GraphError(
            400, 100, f"(#100) Tried accessing nonexisting field ({edge}) on node type (IGMedia)"
        )
    return _pick(graph.media(post, own=True), fields, MEDIA_FIELDS, "IGMedia"), "graph.IGMedia"


def _exchange(request: Request) -> Response:
    """Long-lived tokens: exchange, and refresh of one that is at least a day old and not yet expired."""
    query = request.query
    grant = query.get("grant_type", "")
    raw = query.get("access_token") or query.get("fb_exchange_token") or ""
    token = tokens.read(raw)
    if token is None:
        raise GraphError(400, 190, "Invalid OAuth access token - Cannot parse access token")
    account = request.state.by_id("instagram", token.account)
    request.meet("instagram", token.account, account.handle if account else "")
    if token.account in request.state.revoked:
        raise GraphError(400, 190, "Error validating access token: not authorized application.", subcode=458)
    if grant in ("ig_exchange_token", "fb_exchange_token") and query.get("client_secret") not in (
        APP_SECRET,
        tokens.APPS["instagram_login"][1],
    ):
        raise GraphError(400, 101, "Error validating client secret.")
    if grant not in ("ig_refresh_token", "ig_exchange_token", "fb_exchange_token"):
        raise GraphError(400, 100, "(#100) Invalid grant_type")
    if tokens.expired(token):
        raise expired()
    fresh = tokens.issue("act", "instagram", token.account, serial=str(int(token.serial) + 1))
    return Response(
        200,
        {"access_token": fresh, "token_type": "bearer", "expires_in": tokens.LIFE["instagram"]},
        {},
        "graph.token",
    )
