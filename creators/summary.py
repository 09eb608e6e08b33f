"""Headline figures on accounts and creators, computed in the database for many at once.

Lists read these columns and join nothing. Ingestion, import and scoring call `refresh` with the accounts they
touched; calling it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

SPARK_POINTS = 30

# The newest figures, one platform series where there is one (a vendor's estimates are never mixed in), its last
# 30 points, the growth over the step nearest 30 days, and the tier of the current ladder.
_ACCOUNTS = """
WITH wanted AS (SELECT unnest(%(ids)s::bigint[]) AS id),
points AS (
    SELECT s.account_id, s.as_of, s.followers, s.following, s.posts_count, s.source, s.observed_at,
           (s.source LIKE 'platform%%') AS own
    FROM creators_accountsnapshot s JOIN wanted ON wanted.id = s.account_id
    WHERE s.followers IS NOT NULL
),
best AS (
    SELECT account_id, bool_or(own) AND count(*) FILTER (WHERE own) >= 2 AS use_own FROM points GROUP BY account_id
),
series AS (
    SELECT p.*, row_number() OVER (PARTITION BY p.account_id ORDER BY p.as_of DESC, p.source) AS back
    FROM points p JOIN best b USING (account_id)
    WHERE p.own OR NOT b.use_own
),
spark AS (
    SELECT account_id, array_agg(followers ORDER BY as_of, source DESC) AS line
    FROM series WHERE back <= %(points)s GROUP BY account_id
),
newest AS (
    SELECT DISTINCT ON (account_id) account_id, as_of, followers, following, posts_count, source
    FROM points ORDER BY account_id, own DESC, as_of DESC, source
),
before AS (
    SELECT DISTINCT ON (s.account_id) s.account_id, n.followers::float / s.followers AS ratio, n.as_of - s.as_of AS days
    FROM series s JOIN newest n USING (account_id)
    WHERE s.followers > 0 AND n.as_of - s.as_of BETWEEN 20 AND 45
    ORDER BY s.account_id, abs(n.as_of - s.as_of - 30), n.as_of - s.as_of
),
ready AS (
    SELECT n.account_id, n.followers, coalesce(n.following, a.following) AS following,
           coalesce(n.posts_count, a.posts_count) AS posts_count, n.source, n.as_of, spark.line,
           power(before.ratio, 30.0 / before.days) - 1 AS growth, t.id AS tier_id
    FROM newest n JOIN spark USING (account_id) JOIN creators_socialaccount a ON a.id = n.account_id
    LEFT JOIN before USING (account_id)
    LEFT JOIN creators_tier t ON n.followers >= t.floor AND (t.ceiling IS NULL OR n.followers < t.ceiling)
)
UPDATE creators_socialaccount a
SET followers = r.followers, following = r.following, posts_count = r.posts_count, figures_source = r.source,
    figures_as_of = r.as_of, sparkline = r.line, growth_30d = r.growth, tier_id = r.tier_id
FROM ready r
WHERE a.id = r.account_id
  AND (a.followers, a.following, a.posts_count, a.figures_source, a.figures_as_of, a.sparkline, a.growth_30d, a.tier_id)
      IS DISTINCT FROM
      (r.followers, r.following, r.posts_count, r.source, r.as_of, r.line, r.growth, r.tier_id)
"""

_CREATORS = """
WITH wanted AS (SELECT unnest(%(ids)s::bigint[]) AS id),
ranked AS (
    SELECT a.*, row_number() OVER (PARTITION BY a.creator_id ORDER BY a.followers DESC NULLS LAST, a.id) AS place
    FROM creators_socialaccount a JOIN wanted ON wanted.id = a.creator_id
),
whole AS (
    SELECT creator_id, array_agg(DISTINCT platform::text ORDER BY platform::text) AS platforms,
           string_agg(lower(handle), ' ' ORDER BY id) AS handles
    FROM ranked GROUP BY creator_id
),
ready AS (
    SELECT c.id, r.id AS account_id, r.followers, r.tier_id, coalesce(w.platforms, '{}') AS platforms,
           r.engagement_rate, r.authenticity, coalesce(r.sparkline, '{}') AS sparkline,
           coalesce(r.last_ok_at, r.figures_as_of::timestamptz) AS figures_at,
           trim(lower(c.name || ' ' || c.display_name || ' ' || coalesce(w.handles, ''))) AS search_text
    FROM creators_creator c JOIN wanted USING (id)
    LEFT JOIN ranked r ON r.creator_id = c.id AND r.place = 1
    LEFT JOIN whole w ON w.creator_id = c.id
)
UPDATE creators_creator c
SET primary_account_id = r.account_id, followers = r.followers, tier_id = r.tier_id, platforms = r.platforms::varchar[],
    engagement_rate = r.engagement_rate, authenticity = r.authenticity, sparkline = r.sparkline,
    figures_at = r.figures_at, search_text = r.search_text
FROM ready r
WHERE c.id = r.id
  AND (c.primary_account_id, c.followers, c.tier_id, c.platforms::text[], c.engagement_rate, c.authenticity, c.sparkline,
       c.figures_at, c.search_text)
      IS DISTINCT FROM
      (r.account_id, r.followers, r.tier_id, r.platforms, r.engagement_rate, r.authenticity, r.sparkline,
       r.figures_at, r.search_text)
"""

CHUNK = 5_000


def refresh_accounts(account_ids: Iterable[int]) -> int:
    """Newest figures, tier, sparkline and growth of these accounts, from their snapshots; rows changed."""
    return _chunks(_ACCOUNTS, account_ids)


def refresh_creators(creator_ids: Iterable[int]) -> int:
    """Headline figures and search text of these creators, from their accounts; rows changed."""
    return _chunks(_CREATORS, creator_ids)


def refresh(account_ids: Iterable[int]) -> int:
    """Both, for the accounts and the creators they belong to."""
    ids = sorted(set(account_ids))
    changed = refresh_accounts(ids)
    return changed + refresh_creators(creators_of(ids))


def creators_of(account_ids: Iterable[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT creator_id FROM creators_socialaccount WHERE id = ANY(%s) AND creator_id IS NOT NULL",
            [list(account_ids)],
        )
        return [row[0] for row in cursor.fetchall()]


def _chunks(statement: str, given: Iterable[int]) -> int:
    ids = sorted(set(given))
    changed = 0
    with connection.cursor() as cursor:
        for start in range(0, len(ids), CHUNK):
            cursor.execute(statement, {"ids": ids[start : start + CHUNK], "points": SPARK_POINTS})
            changed += cursor.rowcount
    return changed
