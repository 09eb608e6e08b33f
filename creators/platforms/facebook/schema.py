"""A Page's answers as readings. What Meta retired is another measure: it is read, and kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from creators.ingest import AccountReading, AudienceReading, CommentReading, PostReading, author_key
from creators.platforms import text
from creators.platforms.base import averages, interactions

PAGE = ("id", "name", "username", "followers_count", "fan_count", "verification_status", "link")
POST = ("id", "message", "created_time", "permalink_url", "status_type", "shares")
EDGES = ("reactions.limit(0).summary(total_count)", "comments.limit(0).summary(total_count)")
COMMENT = ("id", "message", "created_time", "like_count", "from", "parent")
PAGE_METRICS = ("page_media_view", "page_views_total", "page_post_engagements")
AUDIENCE_METRICS = ("page_follows_country", "page_follows_city")
POST_METRICS = ("post_media_view", "post_total_media_view_unique")
# Meta answers with an error to these since November 2025 (the unique ones June 2025): never asked for.
GONE_PREFIXES = ("page_impressions", "post_impressions", "page_fans", "page_engaged_users")
_KINDS = {
    "added_photos": "image",
    "added_video": "video",
    "mobile_status_update": "text",
    "wall_post": "text",
    "created_note": "text",
}


def moment(stamp: str | None) -> datetime | None:
    return datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S%z") if stamp else None


def _total(node: Mapping[str, Any], edge: str) -> int | None:
    count = ((node.get(edge) or {}).get("summary") or {}).get("total_count")
    return None if count is None else int(count)


def latest(body: Mapping[str, Any] | None) -> dict[str, Any]:
    """The newest value of each metric an insights answer gives."""
    return {
        entry["name"]: entry["values"][-1].get("value")
        for entry in (body or {}).get("data", [])
        if entry.get("values")
    }


def summed(body: Mapping[str, Any]) -> dict[str, int]:
    """Daily values of the range added up; a metric without a single value is not there."""
    out: dict[str, int] = {}
    for entry in body.get("data", []):
        values = [v["value"] for v in entry.get("values", []) if isinstance(v.get("value"), int)]
        if values:
            out[entry["name"]] = sum(values)
    return out


def post(node: Mapping[str, Any], account_id: int, source: str, now: datetime) -> PostReading:
    words = node.get("message") or ""
    given = latest(node.get("insights"))
    old = "post_media_view" not in given and "post_impressions" in given
    return PostReading(
        account_id=account_id,
        platform="facebook",
        external_id=str(node["id"]),
        source=source,
        as_of=timezone.localdate(now),
        observed_at=now,
        url=node.get("permalink_url") or "",
        caption=words,
        kind=_KINDS.get(node.get("status_type") or "", "image"),
        published_at=moment(node.get("created_time")),
        hashtags=text.hashtags(words),
        mentions=text.mentions(words),
        is_sponsored=text.disclosed(words),
        views=given.get("post_media_view"),
        reach=given.get("post_impressions_unique" if old else "post_total_media_view_unique"),
        impressions=given.get("post_impressions") if old else None,
        likes=_total(node, "reactions"),
        comments=_total(node, "comments"),
        shares=(node.get("shares") or {}).get("count", 0) if _total(node, "reactions") is not None else None,
        definition="impressions" if old else "views",
    )


def account(
    node: Mapping[str, Any], account_id: int, source: str, now: datetime, posts: Sequence[PostReading]
) -> AccountReading:
    """`followers_count`; `fan_count` is another measure and never stands in for it."""
    return AccountReading(
        account_id=account_id,
        source=source,
        as_of=timezone.localdate(now),
        observed_at=now,
        followers=node.get("followers_count"),
        engagement_avg=interactions(posts),
        definition="per_post_average" if posts else "",
        **averages(posts, "views", "likes", "comments", "shares"),
    )


def add_insights(reading: AccountReading, body: Mapping[str, Any]) -> None:
    """Four weeks of the whole Page. Impressions, where an older version still gives them, are a series of their own."""
    given = summed(body)
    old = "page_media_view" not in given and "page_impressions" in given
    reading.views = given.get("page_impressions" if old else "page_media_view")
    reading.reach = None  # people of single days do not add up to people of four weeks
    reading.likes = reading.comments = reading.shares = None
    reading.definition = "last_28_days_impressions" if old else "last_28_days"


def audience(body: Mapping[str, Any], account_id: int, now: datetime) -> AudienceReading | None:
    """Countries and cities of followers; Meta gives neither age nor gender of a Page any more."""
    given = latest(body)
    countries, cities = (_shares(given.get(name)) for name in AUDIENCE_METRICS)
    if not countries and not cities:
        return None
    total = sum((given.get("page_follows_country") or {}).values())
    return AudienceReading(
        account_id=account_id,
        source="platform_authorised",
        as_of=timezone.localdate(now),
        observed_at=now,
        sample_size=total or None,
        countries=countries,
        cities=cities,
        definition="page_follows",
    )


def _shares(counts: Any) -> dict[str, float]:
    total = sum(counts.values()) if isinstance(counts, dict) else 0
    return {name: round(count / total, 4) for name, count in counts.items()} if total else {}


def comments(body: Mapping[str, Any], post: PostReading, owner: str, now: datetime) -> list[CommentReading]:
    found = []
    for node in body.get("data", []):
        who = str((node.get("from") or {}).get("id") or "")
        if not who:  # a person who did not agree to be shown to the Page's app
            continue
        found.append(
            CommentReading(
                account_id=post.account_id,
                platform="facebook",
                post_external_id=post.external_id,
                external_id=str(node["id"]),
                author_key=author_key("facebook", who),
                text=text.without_handles(node.get("message") or ""),
                source="platform_authorised",
                observed_at=now,
                likes=node.get("like_count"),
                published_at=moment(node.get("created_time")),
                is_reply=bool(node.get("parent")),
                by_owner=who == owner,
            )
        )
    return found
