"""X's answers as readings. X has two sets of names, post and tweet; both are read, whichever was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from creators.ingest import AccountReading, PostReading
from creators.platforms import text
from creators.platforms.base import averages, interactions

SOURCE = "platform_public"
USER_FIELDS = ("created_at", "description", "protected", "public_metrics", "verified")
POST_FIELDS = ("created_at", "entities", "paid_partnership", "attachments", "public_metrics")
EXCLUDE = ("replies", "retweets")


def either(metrics: Mapping[str, Any], *names: str) -> int | None:
    """The first of these names the answer has."""
    return next((int(metrics[name]) for name in names if metrics.get(name) is not None), None)


def account(
    user: Mapping[str, Any], account_id: int, now: datetime, posts: Sequence[PostReading]
) -> AccountReading:
    metrics = user.get("public_metrics") or {}
    return AccountReading(
        account_id=account_id,
        source=SOURCE,
        as_of=timezone.localdate(now),
        observed_at=now,
        followers=either(metrics, "followers_count"),
        following=either(metrics, "following_count"),
        posts_count=either(metrics, "post_count", "tweet_count"),
        engagement_avg=interactions(posts),
        definition="per_post_average" if posts else "",
        **averages(posts, "views", "likes", "comments", "shares"),
    )


def _shares(metrics: Mapping[str, Any]) -> int | None:
    passed_on = either(metrics, "repost_count", "retweet_count")
    quoted = either(metrics, "quote_count")
    return None if passed_on is None else passed_on + (quoted or 0)


def post(node: Mapping[str, Any], account_id: int, handle: str, now: datetime) -> PostReading:
    words = node.get("text") or ""
    metrics = node.get("public_metrics") or {}
    paid = node.get("paid_partnership")
    return PostReading(
        account_id=account_id,
        platform="x",
        external_id=str(node["id"]),
        source=SOURCE,
        as_of=timezone.localdate(now),
        observed_at=now,
        url=f"https://x.com/{handle}/status/{node['id']}",
        caption=words,
        kind="image" if (node.get("attachments") or {}).get("media_keys") else "text",
        published_at=datetime.fromisoformat(node["created_at"]) if node.get("created_at") else None,
        hashtags=text.hashtags(words),
        mentions=text.mentions(words),
        is_sponsored=paid if paid is not None else text.disclosed(words),
        views=either(metrics, "impression_count"),  # X's word for: how often it was viewed
        likes=either(metrics, "like_count"),
        comments=either(metrics, "reply_count"),
        shares=_shares(metrics),
        saves=either(metrics, "bookmark_count"),
        definition="views",
    )
