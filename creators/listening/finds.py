"""Writing down posts that were found: each once, with its newest figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from creators.models import FoundBy, FoundPost, Post, SocialAccount, TrackedHashtag


@dataclass(frozen=True)
class Find:
    """A post as a platform describes it; the author where the platform says who it is."""

    external_id: str
    url: str = ""
    caption: str = ""
    kind: str = "image"
    likes: int | None = None
    comments: int | None = None
    published_at: datetime | None = None
    author: str = ""
    comment_id: str = ""
    comment: str = ""


def keep(
    found_by: str,
    found: Sequence[Find],
    now: datetime,
    *,
    platform: str = "instagram",
    hashtag: TrackedHashtag | None = None,
    account: SocialAccount | None = None,
    mentioned_id: str = "",
) -> list[int]:
    """Write them; returns the ids of those not seen before. Running it again changes figures only."""
    known = dict(
        Post.objects.filter(platform=platform, external_id__in=[f.external_id for f in found]).values_list(
            "external_id", "pk"
        )
    )
    new: list[int] = []
    for one in {(f.external_id, f.comment_id): f for f in found}.values():
        key = (
            {"hashtag": hashtag, "external_id": one.external_id, "found_by": found_by}
            if found_by == FoundBy.HASHTAG
            else {
                "platform": platform,
                "mentioned_id": mentioned_id,
                "external_id": one.external_id,
                "comment_id": one.comment_id,
                "found_by": found_by,
            }
        )
        figures = {
            "platform": platform,
            "account": account,
            "post_id": known.get(one.external_id),
            "author": one.author,
            "url": one.url,
            "caption": one.caption,
            "kind": one.kind,
            "likes": one.likes,
            "comments": one.comments,
            "comment": one.comment,
            "published_at": one.published_at,
            "observed_at": now,
        }
        row, made = FoundPost.objects.update_or_create(
            **key, defaults=figures, create_defaults={**figures, "first_seen_at": now}
        )
        if made:
            new.append(row.pk)
    return new
