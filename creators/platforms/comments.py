"""Comments under a pull's newest posts: which posts are asked for, and when to leave it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from creators.ingest import CommentReading, PostReading
from krm.connectors.outcomes import Failed, Kind

POSTS = 5  # the newest ones with comments
PER_POST = 50
# After these the next post would end the same way. Whatever happens here, the pull itself went well.
HOPELESS = frozenset(
    {Kind.RATE_LIMITED, Kind.QUOTA_SPENT, Kind.AUTH_EXPIRED, Kind.AUTH_REVOKED, Kind.SCOPE_MISSING}
)


def gather(
    posts: Sequence[PostReading], fetch: Callable[[PostReading], list[CommentReading]], *, limit: int = POSTS
) -> list[CommentReading]:
    """The comments `fetch` brings for the newest posts that have any; a post that does not answer is passed over."""
    found: list[CommentReading] = []
    for post in [p for p in posts if p.comments][:limit]:
        try:
            found += fetch(post)
        except Failed as failed:
            if failed.outcome.kind in HOPELESS:
                break
    return found
