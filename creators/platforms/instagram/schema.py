"""Instagram's answers as readings. What is absent is None."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from creators.ingest import (
    AccountReading,
    ActiveAudienceReading,
    AudienceReading,
    CommentReading,
    PostReading,
    author_key,
)
from creators.listening.finds import Find
from creators.platforms import text
from creators.platforms.base import averages, interactions

PUBLIC_PROFILE = ("id", "username", "name", "biography", "followers_count", "follows_count", "media_count")
MEDIA = (
    "id", "caption", "permalink", "timestamp", "media_type", "media_product_type", "like_count", "comments_count",
    "view_count",
)  # fmt: skip
OWN_MEDIA = (
    "id",
    "caption",
    "permalink",
    "timestamp",
    "media_type",
    "media_product_type",
    "like_count",
    "comments_count",
)
# Valid for feed posts and reels alike: one metric a media type lacks fails the whole call.
MEDIA_METRICS = ("reach", "views", "likes", "comments", "saved", "shares", "total_interactions")
ACCOUNT_METRICS = (
    "reach", "views", "accounts_engaged", "total_interactions", "likes", "comments", "shares", "saves", "replies",
)  # fmt: skip
FOLLOWS = "follows_and_unfollows"  # alone: it needs a breakdown that the others do not have
STORY_MEDIA = ("id", "caption", "permalink", "timestamp", "media_type", "media_product_type", "like_count")
STORY_METRICS = ("reach", "views", "replies", "shares")
STORY_LIFE = timedelta(hours=24)
# A hashtag's posts come without their author, and without views.
HASHTAG_MEDIA = ("id", "caption", "permalink", "timestamp", "media_type", "like_count", "comments_count")
MENTIONED_MEDIA = (*HASHTAG_MEDIA, "username", "media_product_type")
TAGGED_MEDIA = (*HASHTAG_MEDIA, "username", "media_product_type")
COMMENT = ("id", "text", "timestamp", "username", "like_count", "from", "parent_id")
REPLIES = 10
DEMOGRAPHICS = "follower_demographics"
TIMEFRAME = "last_30_days"
ACTIVE = {"reached": "reached_audience_demographics", "engaged": "engaged_audience_demographics"}
BREAKDOWNS = ("age", "gender", "country", "city")
AUTHORISED = "platform_authorised"
_GENDERS = {"F": "female", "M": "male", "U": "unknown"}


FIGURES = ("reach", "views", "impressions", "likes", "comments", "shares", "saves", "replies")


def kind_of(node: Mapping[str, Any]) -> str:
    if node.get("media_product_type") == "REELS":
        return "reel"
    if node.get("media_product_type") == "STORY":
        return "story"
    return {"IMAGE": "image", "CAROUSEL_ALBUM": "carousel", "VIDEO": "video"}.get(
        node.get("media_type", ""), "image"
    )


def moment(stamp: str | None) -> datetime | None:
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S%z") if stamp else None


def post(node: Mapping[str, Any], account_id: int, source: str, now: datetime) -> PostReading:
    caption = node.get("caption") or ""
    figures: dict[str, int | None] = {
        "likes": node.get("like_count"),
        "comments": node.get("comments_count"),
        "views": node.get("view_count"),
    }
    for entry in (node.get("insights") or {}).get("data", []):
        name = {"saved": "saves"}.get(entry["name"], entry["name"])
        value = entry["values"][0].get("value") if entry.get("values") else None
        if name in FIGURES and value is not None:
            figures[name] = value
    return PostReading(
        account_id=account_id,
        platform="instagram",
        external_id=str(node["id"]),
        source=source,
        as_of=timezone.localdate(now),
        observed_at=now,
        url=node.get("permalink") or "",
        caption=caption,
        kind=kind_of(node),
        published_at=moment(node.get("timestamp")),
        hashtags=text.hashtags(caption),
        mentions=text.mentions(caption),
        is_sponsored=text.disclosed(caption),
        views=figures.get("views"),
        reach=figures.get("reach"),
        impressions=figures.get("impressions"),  # of an older version; never in one series with views
        likes=figures.get("likes"),
        comments=figures.get("comments"),
        shares=figures.get("shares"),
        saves=figures.get("saves"),
        replies=figures.get("replies"),
        definition="impressions" if "impressions" in figures and figures.get("views") is None else "views",
    )


def account(
    node: Mapping[str, Any], account_id: int, source: str, now: datetime, posts: list[PostReading]
) -> AccountReading:
    """With consent the activity figures are filled by `add_insights`; in public they are averages of the posts read."""
    shown = averages(posts, "views", "likes", "comments", "shares")
    return AccountReading(
        account_id=account_id,
        source=source,
        as_of=timezone.localdate(now),
        observed_at=now,
        followers=node.get("followers_count"),
        following=node.get("follows_count"),
        posts_count=node.get("media_count"),
        engagement_avg=interactions(posts),
        definition="per_post_average" if posts else "",
        **shown,
    )


def add_insights(reading: AccountReading, body: Mapping[str, Any]) -> None:
    """Four weeks of the whole account. No data means not given: the figures become None, never 0."""
    given = {e["name"]: e.get("total_value", {}).get("value") for e in body.get("data", [])}
    for name in ("views", "reach", "likes", "comments", "shares"):
        setattr(reading, name, given.get(name))
    reading.definition = "last_28_days"
    if given.get("views") is None and given.get("impressions") is not None:
        # an installation that pins an older version: another measure, a series of its own
        reading.views, reading.definition = given["impressions"], "last_28_days_impressions"


def story(
    node: Mapping[str, Any], insights: Mapping[str, Any] | None, account_id: int, now: datetime
) -> PostReading:
    """A story while it is shown. Its replies are private answers, never comments."""
    reading = post(
        {**node, "media_product_type": "STORY", "insights": insights or {}}, account_id, AUTHORISED, now
    )
    reading.comments = None
    return reading


def add_follows(reading: AccountReading, body: Mapping[str, Any]) -> None:
    """Who followed and who left in the four weeks. `follow_type` says which: followers now, and those who are not."""
    for entry in body.get("data", []):
        if entry.get("name") != FOLLOWS:
            continue
        for breakdown in entry.get("total_value", {}).get("breakdowns", []):
            found = {r["dimension_values"][0]: r["value"] for r in breakdown.get("results", [])}
            reading.followers_gained = found.get("FOLLOWER")
            reading.followers_lost = found.get("NON_FOLLOWER")


def demographic(body: Mapping[str, Any]) -> tuple[dict[str, float], int]:
    """Shares by group, and how many people were counted."""
    for entry in body.get("data", []):
        for breakdown in entry.get("total_value", {}).get("breakdowns", []):
            counts = {r["dimension_values"][0]: r["value"] for r in breakdown.get("results", [])}
            total = sum(counts.values())
            if total:
                return {_GENDERS.get(k, k): round(v / total, 4) for k, v in counts.items()}, total
    return {}, 0


def audience(
    bodies: Mapping[str, Mapping[str, Any]], account_id: int, now: datetime
) -> AudienceReading | None:
    parts = {name: demographic(body) for name, body in bodies.items()}
    if not any(shares for shares, _total in parts.values()):
        return None
    return AudienceReading(
        account_id=account_id,
        source="platform_authorised",
        as_of=timezone.localdate(now),
        observed_at=now,
        sample_size=max(total for _shares, total in parts.values()),
        age=parts["age"][0],
        gender=parts["gender"][0],
        countries=parts["country"][0],
        cities=parts["city"][0],
        definition=DEMOGRAPHICS,
    )


def active_audience(
    people: str, bodies: Mapping[str, Mapping[str, Any]], account_id: int, now: datetime
) -> ActiveAudienceReading | None:
    """Nothing where fewer than a hundred people were reached or engaged: Instagram says nothing then."""
    parts = {name: demographic(body) for name, body in bodies.items()}
    if not any(shares for shares, _total in parts.values()):
        return None
    return ActiveAudienceReading(
        account_id=account_id,
        people=people,
        timeframe=TIMEFRAME,
        source=AUTHORISED,
        as_of=timezone.localdate(now),
        observed_at=now,
        sample_size=max(total for _shares, total in parts.values()),
        age=parts["age"][0],
        gender=parts["gender"][0],
        countries=parts["country"][0],
        cities=parts["city"][0],
    )


def comment_fields() -> str:
    inner = ",".join(COMMENT)
    return f"{inner},replies.limit({REPLIES}){{{inner}}}"


def comments(body: Mapping[str, Any], post: PostReading, owner: str, now: datetime) -> list[CommentReading]:
    """Comments and their replies under an own post. One without an author (a deleted user's) is left out."""

    def nodes() -> Iterator[tuple[Mapping[str, Any], bool]]:
        for node in body.get("data", []):
            yield node, bool(node.get("parent_id"))
            for reply in (node.get("replies") or {}).get("data", []):
                yield reply, True

    found = []
    for node, is_reply in nodes():
        who = str((node.get("from") or {}).get("id") or node.get("username") or "")
        if not who:
            continue
        found.append(
            CommentReading(
                account_id=post.account_id,
                platform="instagram",
                post_external_id=post.external_id,
                external_id=str(node["id"]),
                author_key=author_key("instagram", who),
                text=text.without_handles(node.get("text") or ""),
                source="platform_authorised",
                observed_at=now,
                likes=node.get("like_count"),
                published_at=moment(node.get("timestamp")),
                is_reply=is_reply,
                by_owner=who == owner,
            )
        )
    return found


def find(node: Mapping[str, Any], *, comment_id: str = "", comment: str = "") -> Find:
    return Find(
        external_id=str(node["id"]),
        url=node.get("permalink") or "",
        caption=node.get("caption") or "",
        kind=kind_of(node),
        likes=node.get("like_count"),
        comments=node.get("comments_count"),
        published_at=moment(node.get("timestamp")),
        author=str(node.get("username") or "").lower(),
        comment_id=comment_id,
        comment=comment,
    )
