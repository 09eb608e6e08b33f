"""From staging into the tables, set by set, inside the caller's transaction."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import connection

from creators.models import CreatorImport, CreatorTag
from creators.tagging import ensure_tags
from krm.deferred import checked_at_once

from .mapping import FIGURES

ACTIVITY = ("views", "reach", "likes", "comments", "shares", "engagement_avg", "authentic_engagement")

# Two imports of overlapping lists at once: the second waits, then finds the accounts.
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('creators.import'))"

LARGE = 1_000  # rows from which fresh statistics cost less than a wrong plan

_BY_ID = """
UPDATE creators_importrow r SET account_id = a.id FROM creators_socialaccount a
WHERE r.batch_id = %(batch)s AND r.account_id IS NULL AND r.external_id IS NOT NULL
  AND a.platform = r.platform AND a.external_id = r.external_id
"""
# A handle names one account unless the list's own id contradicts it.
_BY_HANDLE = """
UPDATE creators_importrow r SET account_id = x.id
FROM (
    SELECT DISTINCT ON (r.id) r.id AS row_id, a.id
    FROM creators_importrow r JOIN creators_socialaccount a
      ON a.platform = r.platform AND lower(a.handle) = lower(r.handle)
    WHERE r.batch_id = %(batch)s AND r.account_id IS NULL AND r.handle <> ''
      AND (r.external_id IS NULL OR a.external_id IS NULL OR a.external_id = r.external_id)
    ORDER BY r.id, (a.external_id IS NOT NULL) DESC, a.id
) x
WHERE r.id = x.row_id
"""
_ACCOUNTS = """
INSERT INTO creators_socialaccount
    (created_at, updated_at, platform, handle, external_id, url, state, state_reason, is_demo, engagement_basis,
     sparkline, figures_source)
SELECT now(), now(), platform, handle, external_id, url, 'active', '', false, '', '{}', ''
FROM (
    SELECT DISTINCT ON (platform, coalesce('id ' || external_id, 'handle ' || lower(handle))) *
    FROM creators_importrow WHERE batch_id = %(batch)s AND account_id IS NULL
    ORDER BY platform, coalesce('id ' || external_id, 'handle ' || lower(handle)), line
) x
ON CONFLICT DO NOTHING
"""
_LEARN_IDS = """
UPDATE creators_socialaccount a SET external_id = x.external_id
FROM (
    SELECT DISTINCT ON (account_id) account_id, external_id FROM creators_importrow
    WHERE batch_id = %(batch)s AND external_id IS NOT NULL AND account_id IS NOT NULL ORDER BY account_id, line
) x
WHERE a.id = x.account_id AND a.external_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM creators_socialaccount b WHERE b.platform = a.platform AND b.external_id = x.external_id)
"""

# What the rows of one account say about the person: the first one that says something.
_PEOPLE = """
CREATE TEMPORARY TABLE import_people ON COMMIT DROP AS
WITH first AS (
    SELECT r.account_id, a.creator_id AS owner_id,
           (array_agg(r.name ORDER BY r.line) FILTER (WHERE r.name <> ''))[1] AS name,
           (array_agg(r.email ORDER BY r.line) FILTER (WHERE r.email <> ''))[1] AS email,
           (array_agg(r.phone ORDER BY r.line) FILTER (WHERE r.phone <> ''))[1] AS phone,
           (array_agg(r.city ORDER BY r.line) FILTER (WHERE r.city <> ''))[1] AS city,
           (array_agg(r.country ORDER BY r.line) FILTER (WHERE r.country <> ''))[1] AS country,
           (array_agg(r.bio ORDER BY r.line) FILTER (WHERE r.bio <> ''))[1] AS bio,
           coalesce(nullif(a.handle, ''), a.external_id, a.url) AS fallback, min(r.line) AS line
    FROM creators_importrow r JOIN creators_socialaccount a ON a.id = r.account_id
    WHERE r.batch_id = %(batch)s
    GROUP BY r.account_id, a.id
),
keyed AS (
    SELECT f.*, coalesce(
        'creator ' || f.owner_id,
        'mail ' || lower(f.email),
        CASE WHEN %(same_name)s THEN 'name ' || lower(f.name) END,
        'account ' || f.account_id) AS person
    FROM first f
)
SELECT k.*, NULL::bigint AS creator_id, false AS is_new FROM keyed k
"""
_OWNED = "UPDATE import_people SET creator_id = owner_id WHERE owner_id IS NOT NULL"
_BY_MAIL = """
UPDATE import_people p SET creator_id = x.id
FROM (SELECT lower(email) AS email, min(id) AS id FROM creators_creator
      WHERE email <> '' AND merged_into_id IS NULL GROUP BY lower(email)) x
WHERE p.creator_id IS NULL AND p.email IS NOT NULL AND lower(p.email) = x.email
"""
# MATERIALIZED: a rescan would draw another id for the same person.
_NEW_IDS = """
WITH x AS MATERIALIZED (
    SELECT person, nextval(pg_get_serial_sequence('creators_creator', 'id')) AS id
    FROM (SELECT DISTINCT person FROM import_people WHERE creator_id IS NULL ORDER BY person) d
)
UPDATE import_people p SET creator_id = x.id, is_new = true FROM x WHERE p.creator_id IS NULL AND p.person = x.person
"""
_CREATORS = """
INSERT INTO creators_creator
    (id, created_at, updated_at, name, display_name, email, phone, city, country, languages, categories, bio, status,
     status_reason, is_demo, platforms, sparkline, search_text)
SELECT DISTINCT ON (creator_id) creator_id, now(), now(), left(coalesce(name, fallback), 200), '', coalesce(email, ''),
       coalesce(phone, ''), coalesce(city, ''), coalesce(country, ''), '{}', '{}', coalesce(bio, ''), 'prospect', '',
       false, '{}', '{}', ''
FROM import_people WHERE is_new ORDER BY creator_id, line
"""
_OWN = """
UPDATE creators_socialaccount a SET creator_id = p.creator_id
FROM import_people p WHERE a.id = p.account_id AND a.creator_id IS NULL
"""
# What a colleague typed is never overwritten by a list.
_FILL = """
UPDATE creators_creator c
SET email = coalesce(nullif(c.email, ''), x.email, ''), phone = coalesce(nullif(c.phone, ''), x.phone, ''),
    city = coalesce(nullif(c.city, ''), x.city, ''), country = coalesce(nullif(c.country, ''), x.country, ''),
    bio = coalesce(nullif(c.bio, ''), x.bio, '')
FROM (SELECT DISTINCT ON (creator_id) * FROM import_people WHERE NOT is_new ORDER BY creator_id, line) x
WHERE c.id = x.creator_id
  AND ((c.email = '' AND x.email IS NOT NULL) OR (c.phone = '' AND x.phone IS NOT NULL)
    OR (c.city = '' AND x.city IS NOT NULL) OR (c.country = '' AND x.country IS NOT NULL)
    OR (c.bio = '' AND x.bio IS NOT NULL))
"""
# Likewise the agency's own fields; of several rows the first that says something wins.
_CUSTOM = """
UPDATE creators_creator c SET custom = x.given || c.custom
FROM (
    SELECT creator_id, jsonb_object_agg(key, value) AS given
    FROM (
        SELECT DISTINCT ON (p.creator_id, e.key) p.creator_id, e.key, e.value
        FROM creators_importrow r JOIN import_people p ON p.account_id = r.account_id
        CROSS JOIN LATERAL jsonb_each(r.custom) AS e(key, value)
        WHERE r.batch_id = %(batch)s ORDER BY p.creator_id, e.key, r.line
    ) first GROUP BY creator_id
) x
WHERE c.id = x.creator_id AND NOT c.custom @> x.given AND c.custom IS DISTINCT FROM (x.given || c.custom)
"""
_LISTS = """
UPDATE creators_creator c SET {column} = x.merged
FROM (
    SELECT creator_id, (array_agg(entry ORDER BY old DESC, place))[1:20]::varchar[] AS merged
    FROM (
        SELECT creator_id, min(entry) AS entry, bool_or(old) AS old, min(place) AS place
        FROM (
            SELECT p.creator_id, e.entry, false AS old, r.line * 100 + e.nr AS place
            FROM creators_importrow r JOIN import_people p ON p.account_id = r.account_id
            CROSS JOIN LATERAL jsonb_array_elements_text(r.{column}) WITH ORDINALITY AS e(entry, nr)
            WHERE r.batch_id = %(batch)s
            UNION ALL
            SELECT c.id, e.entry, true, e.nr
            FROM creators_creator c
            CROSS JOIN LATERAL unnest(c.{column}) WITH ORDINALITY AS e(entry, nr)
            WHERE c.id IN (SELECT creator_id FROM import_people)
        ) every GROUP BY creator_id, lower(entry)
    ) known GROUP BY creator_id
) x
WHERE c.id = x.creator_id AND c.{column} IS DISTINCT FROM x.merged
"""


def _first(name: str) -> str:
    return f"(array_agg((r.figures->>'{name}')::bigint ORDER BY r.line) FILTER (WHERE r.figures ? '{name}'))[1] AS {name}"


_SNAPSHOTS = f"""
INSERT INTO creators_accountsnapshot
    (account_id, source, as_of, observed_at, {", ".join(FIGURES)}, definition)
SELECT account_id, %(source)s, as_of, now(), {", ".join(FIGURES)},
       CASE WHEN num_nonnulls({", ".join(ACTIVITY)}) > 0 THEN 'per_post_average' ELSE '' END
FROM (
    SELECT r.account_id, coalesce((r.figures->>'as_of')::date, %(as_of)s) AS as_of, {", ".join(_first(n) for n in FIGURES)}
    FROM creators_importrow r
    WHERE r.batch_id = %(batch)s AND (r.figures - 'as_of') <> '{{}}'::jsonb
    GROUP BY 1, 2
) x
WHERE as_of IS NOT NULL
ON CONFLICT (account_id, source, as_of) DO UPDATE
SET {", ".join(f"{n} = coalesce(EXCLUDED.{n}, creators_accountsnapshot.{n})" for n in FIGURES)},
    observed_at = EXCLUDED.observed_at,
    definition = coalesce(nullif(EXCLUDED.definition, ''), creators_accountsnapshot.definition)
WHERE ({", ".join(f"creators_accountsnapshot.{n}" for n in FIGURES)}) IS DISTINCT FROM
      ({", ".join(f"coalesce(EXCLUDED.{n}, creators_accountsnapshot.{n})" for n in FIGURES)})
"""  # noqa: S608


@checked_at_once()  # audit triggers walk all waiting checks with every row
def swap(batch: CreatorImport) -> dict[str, Any]:
    """Write everything staged for `batch`; counts, and the ids of the accounts the list names."""
    options = batch.options or {}
    values: dict[str, Any] = {
        "batch": batch.pk,
        "source": batch.source,
        "as_of": batch.as_of,
        "same_name": bool(options.get("same_name")),
    }
    with connection.cursor() as cursor:

        def do(statement: str) -> int:
            cursor.execute(statement, values)
            return int(cursor.rowcount)

        cursor.execute(_LOCK)
        before = [_last(cursor, table) for table in _EVENTS]
        cursor.execute("ANALYZE creators_importrow")
        do(_BY_ID)
        do(_BY_HANDLE)
        accounts_created = do(_ACCOUNTS)
        do(_BY_ID)
        do(_BY_HANDLE)
        do(_LEARN_IDS)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.import_people")
        do(_PEOPLE)
        cursor.execute(_OWNED)
        cursor.execute(_BY_MAIL)
        cursor.execute(_NEW_IDS)
        cursor.execute("CREATE INDEX ON import_people (account_id)")
        cursor.execute("ANALYZE import_people")
        cursor.execute(_CREATORS)
        creators_created = int(cursor.rowcount)
        cursor.execute(_OWN)
        cursor.execute(_FILL)
        do(_CUSTOM)
        for column in ("categories", "languages"):
            do(_LISTS.format(column=column))
        snapshots = do(_SNAPSHOTS)
        if snapshots >= LARGE:
            # An autovacuum that passes while this transaction is open counts none of its rows and leaves the planner
            # believing in empty tables: the summary after it then ran 20 minutes instead of seconds.
            cursor.execute("ANALYZE creators_creator, creators_socialaccount, creators_accountsnapshot")
        cursor.execute("SELECT account_id, creator_id FROM import_people ORDER BY account_id")
        pairs = cursor.fetchall()
        tagged = _tag(cursor, batch, [pair[1] for pair in pairs])
        _sign(cursor, batch, before)
    return {
        "accounts": len(pairs),
        "accounts_created": accounts_created,
        "creators_created": creators_created,
        "snapshots": snapshots,
        "tagged": tagged,
        "account_ids": [pair[0] for pair in pairs],
    }


# Who did it, on the audit rows: in one statement, for pghistory's own context is written again with every row.
_EVENTS = {
    "creators_socialaccountevent": "SELECT account_id FROM import_people",
    "creators_creatorevent": "SELECT creator_id FROM import_people",
}


def _last(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT coalesce(max(pgh_id), 0) FROM {table}")  # noqa: S608
    return int(cursor.fetchone()[0])


def _sign(cursor: Any, batch: CreatorImport, before: list[int]) -> None:
    context = uuid.uuid4()
    cursor.execute(
        "INSERT INTO pghistory_context (id, metadata, created_at, updated_at) VALUES (%s, %s, now(), now())",
        [str(context), json.dumps({"user": batch.created_by_id, "creator_import": batch.pk})],
    )
    for (table, mine), last in zip(_EVENTS.items(), before, strict=True):
        cursor.execute(
            f"UPDATE {table} SET pgh_context_id = %s WHERE pgh_id > %s AND pgh_context_id IS NULL AND pgh_obj_id IN ({mine})",  # noqa: S608
            [str(context), last],
        )


def _tag(cursor: Any, batch: CreatorImport, creator_ids: list[int]) -> int:
    """The list's own tag columns, and the tags chosen for the whole list."""
    cursor.execute(
        "SELECT DISTINCT p.creator_id, e.entry FROM creators_importrow r JOIN import_people p ON p.account_id = r.account_id"
        " CROSS JOIN LATERAL jsonb_array_elements_text(r.tags) AS e(entry) WHERE r.batch_id = %s",
        [batch.pk],
    )
    pairs: set[tuple[int, str]] = set(cursor.fetchall())
    pairs |= {(pk, name) for pk in creator_ids for name in (batch.options or {}).get("tags", [])}
    if not pairs:
        return 0
    tags = {tag.name.casefold(): tag.pk for tag in ensure_tags(sorted({name for _pk, name in pairs}))}
    links = {
        (pk, tags[" ".join(name.split()).casefold()])
        for pk, name in pairs
        if " ".join(name.split()).casefold() in tags
    }
    CreatorTag.objects.bulk_create(
        [CreatorTag(creator_id=pk, tag_id=tag) for pk, tag in sorted(links)],
        ignore_conflicts=True,
        batch_size=5000,
    )
    return len(links)
