"""TikTok's answers as readings, Display and Business alike. What is absent is None."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from creators.ingest import AccountReading, AudienceReading, CommentReading, PostReading, author_key
from creators.platforms import text
from creators.platforms.base import averages, interactions

COMMENTS_PER_PAGE = 30  # the most TikTok gives at once
SOURCE = "platform_authorised"  # TikTok shows nothing without the owner's consent
USER_FIELDS = (
    "open_id",
    "username",
    "display_name",
    "follower_count",
    "following_count",
    "likes_count",
    "video_count",
)
VIDEO_FIELDS = (
    "id", "create_time", "share_url", "video_description", "duration", "cover_image_url", "like_count", "comment_count",
    "share_count", "view_count",
)  # fmt: skip
BUSINESS_FIELDS = (
    "username", "followers_count", "following_count", "total_likes", "videos_count", "video_views", "unique_video_views",
    "likes", "comments", "shares", "daily_new_followers", "daily_lost_followers",
)  # fmt: skip
AUDIENCE_FIELDS = ("audience_ages", "audience_genders", "audience_countries", "audience_cities")
BUSINESS_VIDEO_FIELDS = (
    "item_id", "caption", "share_url", "create_time", "video_duration", "thumbnail_url", "video_views", "reach", "likes",
    "comments", "shares", "favorites",
)  # fmt: skip


def _post(
    account_id: int, now: datetime, external_id: str, caption: str, created: Any, **more: Any
) -> PostReading:
    return PostReading(
        account_id=account_id,
        platform="tiktok",
        external_id=external_id,
        source=SOURCE,
        as_of=timezone.localdate(now),
        observed_at=now,
        caption=caption,
        kind="video",
        published_at=datetime.fromtimestamp(int(created), UTC) if created else None,
        hashtags=text.hashtags(caption),
        mentions=text.mentions(caption),
        is_sponsored=text.disclosed(caption),
        **more,
    )


def video(node: Mapping[str, Any], account_id: int, now: datetime) -> PostReading:
    return _post(
        account_id,
        now,
        str(node["id"]),
        node.get("video_description") or "",
        node.get("create_time"),
        url=node.get("share_url") or "",
        duration_seconds=node.get("duration"),
        thumbnail_url=node.get("cover_image_url") or "",
        views=node.get("view_count"),
        likes=node.get("like_count"),
        comments=node.get("comment_count"),
        shares=node.get("share_count"),
    )


def business_video(node: Mapping[str, Any], account_id: int, now: datetime) -> PostReading:
    duration = node.get("video_duration")
    return _post(
        account_id,
        now,
        str(node["item_id"]),
        node.get("caption") or "",
        node.get("create_time"),
        url=node.get("share_url") or "",
        duration_seconds=None if duration is None else round(duration),
        thumbnail_url=node.get("thumbnail_url") or "",
        views=node.get("video_views"),
        reach=node.get("reach"),
        likes=node.get("likes"),
        comments=node.get("comments"),
        shares=node.get("shares"),
        saves=node.get("favorites"),
    )


def account(
    user: Mapping[str, Any], account_id: int, now: datetime, posts: Sequence[PostReading]
) -> AccountReading:
    return AccountReading(
        account_id=account_id,
        source=SOURCE,
        as_of=timezone.localdate(now),
        observed_at=now,
        followers=user.get("follower_count"),
        following=user.get("following_count"),
        posts_count=user.get("video_count"),
        engagement_avg=interactions(posts),
        definition="per_post_average" if posts else "",
        **averages(posts, "views", "likes", "comments", "shares"),
    )


def business_account(
    data: Mapping[str, Any], account_id: int, now: datetime, posts: Sequence[PostReading]
) -> AccountReading:
    """Activity is the sum of the last 28 days where TikTok gives days; otherwise it was not given."""
    days = data.get("metrics") or []

    def total(name: str) -> int | None:
        values = [day[name] for day in days if day.get(name) is not None]
        return sum(values) if values else None

    return AccountReading(
        account_id=account_id,
        source=SOURCE,
        as_of=timezone.localdate(now),
        observed_at=now,
        followers=data.get("followers_count"),
        following=data.get("following_count"),
        posts_count=data.get("videos_count"),
        views=total("video_views"),
        likes=total("likes"),
        comments=total("comments"),
        shares=total("shares"),
        followers_gained=total("daily_new_followers"),
        followers_lost=total("daily_lost_followers"),
        engagement_avg=interactions(posts),
        definition="last_28_days",
    )


def audience(data: Mapping[str, Any], account_id: int, now: datetime) -> AudienceReading | None:
    def shares(name: str, key: str) -> dict[str, float]:
        return {
            str(i[key]): float(i["percentage"])
            for i in data.get(name) or []
            if i.get("percentage") is not None
        }

    genders = {"Female": "female", "Male": "male", "Other": "unknown"}
    reading = AudienceReading(
        account_id=account_id,
        source=SOURCE,
        as_of=timezone.localdate(now),
        observed_at=now,
        age=shares("audience_ages", "age"),
        gender={genders.get(k, k.lower()): v for k, v in shares("audience_genders", "gender").items()},
        countries=shares("audience_countries", "country"),
        cities=shares("audience_cities", "city_name"),
        definition="followers",
    )
    return reading if reading.age or reading.gender or reading.countries else None


def comments(data: Mapping[str, Any], post: PostReading, now: datetime) -> list[CommentReading]:
    """Comments under an own video. Hidden ones are there too; what nobody sees says nothing of the audience."""
    found = []
    for node in data.get("comments", []):
        who = str(node.get("user_id") or node.get("unique_identifier") or "")
        if not who or node.get("status") == "HIDDEN":
            continue
        found.append(
            CommentReading(
                account_id=post.account_id,
                platform="tiktok",
                post_external_id=post.external_id,
                external_id=str(node["comment_id"]),
                author_key=author_key("tiktok", who),
                text=text.without_handles(node.get("text") or ""),
                source=SOURCE,
                observed_at=now,
                likes=node.get("likes"),
                published_at=datetime.fromtimestamp(int(node["create_time"]), UTC)
                if node.get("create_time")
                else None,
                is_reply=bool(node.get("parent_comment_id")),
                by_owner=bool(node.get("owner")),
            )
        )
    return found
