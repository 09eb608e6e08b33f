# ruff: noqa: S608  the limit is this module's own
"""What the scores of audience, comments and pods read: follower samples, vendors' reports, comments, who answers whom."""

from __future__ import annotations

import pandas as pd
from django.db import connection

from creators.frames import frame, read
from creators.ingest import author_key

COMMENTS_READ = 200  # newest comments an account


@frame("followers")
def followers(ids: list[int]) -> pd.DataFrame:
    """account_id, as_of, source, size, features (JSON by column): the newest sample of each."""
    return read(
        "SELECT DISTINCT ON (account_id) account_id, as_of, source, size, features FROM creators_followersample"
        " WHERE account_id = ANY({ids}) ORDER BY account_id, as_of DESC, id DESC",
        ids,
        numbers=("size",),
        days=("as_of",),
        texts=("source", "features"),
    )


@frame("reports")
def reports(ids: list[int]) -> pd.DataFrame:
    """account_id, vendor, as_of, quality (JSON): the newest report of each that is ready."""
    return read(
        "SELECT DISTINCT ON (account_id) account_id, vendor, as_of, quality FROM creators_audiencereport"
        " WHERE state = 'ready' AND account_id = ANY({ids}) ORDER BY account_id, as_of DESC, id DESC",
        ids,
        days=("as_of",),
        texts=("vendor", "quality"),
    )


@frame("comments")
def comments(ids: list[int]) -> pd.DataFrame:
    """The newest 200 comments of each: who (as a key), what, when, and when its post was published."""
    return read(
        "SELECT c.account_id, c.id AS comment_id, c.post_id, c.author_key, c.author, c.text, c.published_at, c.by_owner::int"
        " AS by_owner, p.published_at AS post_published_at FROM unnest({ids}) AS wanted(id) CROSS JOIN LATERAL ("
        " SELECT * FROM creators_postcomment WHERE account_id = wanted.id ORDER BY published_at DESC NULLS LAST LIMIT "
        + str(COMMENTS_READ)
        + ") c JOIN creators_post p ON p.id = c.post_id ORDER BY c.account_id, c.id",
        ids,
        numbers=("by_owner",),
        moments=("published_at", "post_published_at"),
        texts=("author_key", "author", "text"),
    )


_KEYS = "SELECT id, platform, external_id, handle FROM creators_socialaccount WHERE id = ANY(%s)"
_UNDER = """
SELECT DISTINCT author_key, account_id FROM creators_postcomment
WHERE author_key = ANY(%s) AND NOT by_owner
"""


@frame("answers")
def answers(ids: list[int]) -> pd.DataFrame:
    """source_id commented under a post of target_id: among these accounts and the creators they comment under.

    An author is known only as a key; the keys of our own accounts are computed, nobody else's can be.
    """
    out = _edges(ids)
    partners = sorted({target for _, target in out} - set(ids))
    edges = out | _edges(partners)
    known = set(ids)
    # what partners write elsewhere says nothing here: only edges between those who meet under these accounts
    near = known | set(partners)
    kept = sorted((a, b) for a, b in edges if a in near and b in near)
    return pd.DataFrame(kept, columns=["source_id", "target_id"], dtype="int64")


def _edges(ids: list[int]) -> set[tuple[int, int]]:
    if not ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_KEYS, [ids])
        owner: dict[str, int] = {}
        for account, platform, external_id, handle in cursor.fetchall():
            for who in (external_id, handle, (handle or "").lower()):
                if who:
                    owner[author_key(platform, who)] = account
        cursor.execute(_UNDER, [list(owner)])
        return {(owner[key], target) for key, target in cursor.fetchall() if owner[key] != target}
