"""YouTube's answers as readings. Counts come as digit strings; subscribers are rounded to three figures by YouTube."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from creators.ingest import AccountReading, CommentReading, PostReading, author_key
from creators.platforms import text
from creators.platforms.base import averages, interactions

CHANNEL_PARTS = ("snippet", "statistics", "contentDetails")
VIDEO_PARTS = ("snippet", "statistics", "contentDetails", "paidProductPlacementDetails")
COMMENT_PARTS = ("snippet", "replies")
SHORT_SECONDS = 60  # so short is a Short
SHORT_AT_MOST = 180  # so long may a Short be since October 2024
_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?\Z")


def number(value: str | None) -> int | None:
    return None if value is None else int(value)


def seconds(duration: str | None) -> int | None:
    match = _DURATION.match(duration or "")
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, secs = (int(g or 0) for g in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + secs


def uploads(channel: Mapping[str, Any]) -> str:
    return str(channel.get("contentDetails", {}).get("relatedPlaylists", {}).get("uploads", ""))


def handle(channel: Mapping[str, Any]) -> str:
    return str(channel.get("snippet", {}).get("customUrl", "")).lstrip("@")


def short_by_length(length: int | None, tags: Sequence[str]) -> bool:
    """A rule of thumb, where YouTube's own list of Shorts is not to be had: the API tells neither kind nor shape."""
    if length is None or length <= 0:
        return False
    return length <= SHORT_SECONDS or (length <= SHORT_AT_MOST and bool({"shorts", "short"} & set(tags)))


def mark(post: PostReading, *, short: bool) -> None:
    post.kind = "short" if short else "video"
    post.url = f"https://www.youtube.com/{'shorts/' if short else 'watch?v='}{post.external_id}"


def shorts_list(channel_id: str) -> str:
    """YouTube's list of a channel's Shorts. It is not in the documents, so its absence is no error."""
    return "UUSH" + channel_id.removeprefix("UC")


def video(node: Mapping[str, Any], account_id: int, now: datetime) -> PostReading:
    snippet, statistics = node.get("snippet", {}), node.get("statistics", {})
    caption = snippet.get("description") or snippet.get("title") or ""
    length = seconds(node.get("contentDetails", {}).get("duration"))
    paid = node.get("paidProductPlacementDetails", {}).get("hasPaidProductPlacement")
    title = snippet.get("title") or ""
    short = short_by_length(length, text.hashtags(f"{title} {caption}"))
    return PostReading(
        account_id=account_id,
        platform="youtube",
        external_id=node["id"],
        source="platform_public",
        as_of=timezone.localdate(now),
        observed_at=now,
        url=f"https://www.youtube.com/{'shorts/' if short else 'watch?v='}{node['id']}",
        caption=caption,
        kind="short" if short else "video",
        published_at=datetime.fromisoformat(snippet["publishedAt"]) if snippet.get("publishedAt") else None,
        duration_seconds=length,
        hashtags=text.hashtags(caption),
        mentions=text.mentions(caption),
        is_sponsored=paid if paid is not None else text.disclosed(caption),
        thumbnail_url=snippet.get("thumbnails", {}).get("default", {}).get("url", ""),
        views=number(statistics.get("viewCount")),
        likes=number(statistics.get("likeCount")),
        comments=number(statistics.get("commentCount")),
    )


def account(
    channel: Mapping[str, Any], account_id: int, now: datetime, posts: Sequence[PostReading]
) -> AccountReading:
    statistics = channel.get("statistics", {})
    hidden = statistics.get("hiddenSubscriberCount")
    return AccountReading(
        account_id=account_id,
        source="platform_public",
        as_of=timezone.localdate(now),
        observed_at=now,
        followers=None if hidden else number(statistics.get("subscriberCount")),
        posts_count=number(statistics.get("videoCount")),
        engagement_avg=interactions(posts),
        definition="per_post_average" if posts else "",
        **averages(posts, "views", "likes", "comments"),
    )


def comments(body: Mapping[str, Any], post: PostReading, owner: str, now: datetime) -> list[CommentReading]:
    """Threads and the replies that come with them."""

    def nodes() -> Iterator[tuple[Mapping[str, Any], bool]]:
        for thread in body.get("items", []):
            yield thread["snippet"]["topLevelComment"], False
            for reply in thread.get("replies", {}).get("comments", []):
                yield reply, True

    found = []
    for node, is_reply in nodes():
        snippet = node["snippet"]
        who = str(
            snippet.get("authorChannelId", {}).get("value", "") or snippet.get("authorDisplayName") or ""
        )
        if not who:
            continue
        found.append(
            CommentReading(
                account_id=post.account_id,
                platform="youtube",
                post_external_id=post.external_id,
                external_id=node["id"],
                author_key=author_key("youtube", who),
                text=text.without_handles(snippet.get("textOriginal") or snippet.get("textDisplay") or ""),
                source="platform_public",
                observed_at=now,
                likes=snippet.get("likeCount"),
                published_at=datetime.fromisoformat(snippet["publishedAt"])
                if snippet.get("publishedAt")
                else None,
                is_reply=is_reply,
                by_owner=who == owner,
            )
        )
    return found
