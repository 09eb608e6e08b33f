"""From tables to the frames the scores are computed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from django.db import connection

HISTORY_DAYS = 400
POSTS_READ = 20  # more than the twelve used: some are too young, deleted or stories


@dataclass(frozen=True)
class Frames:
    accounts: pd.DataFrame
    posts: pd.DataFrame
    snapshots: pd.DataFrame


_ACCOUNTS = """
SELECT id AS account_id, platform, followers, following FROM creators_socialaccount WHERE id = ANY(%s) ORDER BY id
"""
_POSTS = f"""
SELECT p.account_id, p.published_at, p.is_deleted, p.kind, p.views, p.reach, p.likes, p.comments, p.shares, p.saves
FROM unnest(%s::bigint[]) AS wanted(id)
CROSS JOIN LATERAL (
    SELECT * FROM creators_post WHERE account_id = wanted.id AND published_at IS NOT NULL
    ORDER BY published_at DESC LIMIT {POSTS_READ}
) p
"""  # noqa: S608
# The last 400 days before an account's own newest figure: a list of 2022 is judged by what 2022 knew.
_SNAPSHOTS = f"""
SELECT s.account_id, s.as_of, s.source, s.definition, s.followers, s.following, s.views, s.likes, s.comments, s.shares,
       s.engagement_avg, s.authentic_engagement
FROM creators_socialaccount a JOIN creators_accountsnapshot s ON s.account_id = a.id
WHERE a.id = ANY(%s) AND s.as_of > coalesce(a.figures_as_of, 'infinity'::date) - {HISTORY_DAYS}
ORDER BY s.account_id, s.as_of
"""  # noqa: S608


def load(account_ids: Sequence[int]) -> Frames:
    ids = list(account_ids)
    return Frames(_frame(_ACCOUNTS, ids), _frame(_POSTS, ids), _frame(_SNAPSHOTS, ids))


def _frame(statement: str, ids: list[int]) -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        columns = [column[0] for column in cursor.description]
        frame = pd.DataFrame(cursor.fetchall(), columns=columns)
    for column in columns:
        if column in _NUMBERS:
            frame[column] = frame[column].astype(float)
    return frame


_NUMBERS = {
    "followers", "following", "views", "reach", "likes", "comments", "shares", "saves", "engagement_avg",
    "authentic_engagement",
}  # fmt: skip
