# ruff: noqa: S608  names of columns are this module's own; values go through parameters
"""Keep the search table: one row an account, computed in the database for many accounts at once.

`refresh` may be called at any time and any number of times; a row is written only where something changed.  The
pipeline calls it after scores, pulls and edits (`creators.subscribers`), and once a night every account is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.timezone import localdate, now

from creators.records import record
from creators.scoring import registry
from krm.errors import Conflict
from krm.money import rates

CHUNK = 2_000
STEPS = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90)  # "at least so many % of the audience"
KINDS = (
    "authenticity", "audience_quality", "growth", "comment_quality", "pods", "consistency", "formats", "innovation",
    "prediction", "safety", "reliability",
)  # fmt: skip

COLUMNS = (
    "creator_id", "followers", "tier", "is_main", "is_demo", "has_email", "has_phone", "last_post_on", "figures_on",
    "engagement_rate", "engagement_percentile", "er_followers", "er_views", "er_reach", "growth_30d", *KINDS,
    "audience_female", "audience_male", "audience_13_17", "audience_18_24", "audience_25_34", "audience_35_44",
    "audience_45_up", "price_low", "price_high", "deals", "platform", "status", "state", "country", "city",
    "audience_country", "safety_band", "standing", "search_text", "labels", "custom",
)  # fmt: skip

_PIVOT = ",\n           ".join(f"max(s.value) FILTER (WHERE s.kind = '{kind}') AS {kind}" for kind in KINDS)
_RATE = "max((s.inputs ->> '{0}')::float) FILTER (WHERE s.kind = 'engagement') AS {0}"

# The parts that labels and rows are both made of.
_PARTS = """
wanted AS MATERIALIZED (
    SELECT a.*, c.name, c.display_name, c.email, c.phone, coalesce(c.country, '') AS country,
           coalesce(c.city, '') AS city, c.categories, c.languages, coalesce(c.status, '') AS status, c.custom,
           c.primary_account_id
    FROM creators_socialaccount a LEFT JOIN creators_creator c ON c.id = a.creator_id
    WHERE a.id = ANY(%(ids)s)
),
audience AS MATERIALIZED (
    SELECT DISTINCT ON (x.account_id) x.*
    FROM creators_audiencesnapshot x WHERE x.account_id = ANY(%(ids)s)
    ORDER BY x.account_id, (x.source = 'platform_authorised') DESC, x.as_of DESC, x.id DESC
)"""

_LABELS = f"""
WITH {_PARTS},
found AS (
    SELECT w.id AS account_id, 'category' AS kind, lower(v) AS value, 0 AS step FROM wanted w, unnest(w.categories) v
    UNION SELECT w.id, 'language', lower(v), 0 FROM wanted w, unnest(w.languages) v
    UNION SELECT w.id, 'tag', t.tag_id::text, 0 FROM wanted w JOIN creators_creatortag t ON t.creator_id = w.creator_id
    UNION SELECT m.account_id, 'brand', lower(m.brand), 0 FROM creators_brandmention m
        WHERE m.account_id = ANY(%(ids)s) AND m.sponsored IN ('yes', 'likely')
    UNION SELECT w.id, 'client', x.brand_id::text, 0
        FROM unnest(%(client_creators)s::bigint[], %(client_brands)s::bigint[]) AS x(creator_id, brand_id)
        JOIN wanted w ON w.creator_id = x.creator_id
    UNION SELECT w.id, 'format', p.kind, 0 FROM wanted w CROSS JOIN LATERAL (
        SELECT kind FROM creators_post p WHERE p.account_id = w.id AND NOT p.is_deleted AND p.published_at IS NOT NULL
        ORDER BY p.published_at DESC LIMIT 20) p
    UNION SELECT u.account_id, u.kind, left(u.value, 120), step.step
        FROM (
            SELECT account_id, 'aud_country' AS kind, upper(e.key) AS value, e.value::float AS share
            FROM audience, jsonb_each_text(countries) e
            UNION ALL SELECT account_id, 'aud_city', lower(e.key), e.value::float FROM audience, jsonb_each_text(cities) e
            UNION ALL SELECT account_id, 'aud_language', lower(e.key), e.value::float
            FROM audience, jsonb_each_text(languages) e
            UNION ALL SELECT account_id, 'aud_interest', lower(e.key), e.value::float
            FROM audience, jsonb_each_text(interests) e
        ) u JOIN unnest(%(steps)s::int[]) AS step(step) ON u.share * 100 >= step.step - 0.000001
)"""

_NEW_LABELS = f"""
{_LABELS}
INSERT INTO creators_discoverylabel (kind, value, step)
SELECT DISTINCT kind, left(value, 120), step FROM found f
WHERE value <> '' AND NOT EXISTS (
    SELECT 1 FROM creators_discoverylabel l WHERE l.kind = f.kind AND l.value = left(f.value, 120) AND l.step = f.step
)
ON CONFLICT DO NOTHING
"""

_ROWS = f"""
{_LABELS},
label AS (
    SELECT f.account_id, array_agg(DISTINCT l.id::int ORDER BY l.id::int) AS labels
    FROM found f JOIN creators_discoverylabel l ON l.kind = f.kind AND l.value = left(f.value, 120) AND l.step = f.step
    GROUP BY f.account_id
),
score AS (
    SELECT s.account_id, {_PIVOT},
           {_RATE.format("er_followers")}, {_RATE.format("er_views")}, {_RATE.format("er_reach")},
           max((SELECT max((part ->> 3)::float) FROM jsonb_array_elements(s.components) part
                WHERE (part ->> 2)::float > 0)) FILTER (WHERE s.kind = 'engagement') AS engagement_percentile
    FROM creators_score s
    WHERE s.account_id = ANY(%(ids)s) AND s.is_current AND s.formula_version = ANY(%(versions)s)
    GROUP BY s.account_id
),
price AS (
    SELECT w.id AS account_id, min(r.price * fx.factor)::float AS price_low, max(r.price * fx.factor)::float AS price_high
    FROM wanted w JOIN creators_ratecard r ON r.creator_id = w.creator_id AND r.platform = w.platform
    JOIN unnest(%(currencies)s::text[], %(factors)s::numeric[]) AS fx(currency, factor) ON fx.currency = r.currency
    WHERE r.valid_from <= %(today)s AND (r.valid_to IS NULL OR r.valid_to >= %(today)s) AND r.format <> 'bundle'
    GROUP BY w.id
),
flag AS (
    SELECT f.account_id, max(array_position(ARRAY['low', 'medium', 'high', 'floor'], f.severity::text)) AS worst
    FROM creators_safetyflag f
    WHERE f.account_id = ANY(%(ids)s) AND f.is_current AND f.state <> 'dismissed' GROUP BY f.account_id
),
ages AS (
    SELECT account_id,
           sum(e.value::float) FILTER (WHERE e.key ~ '^(45|55|65)') AS audience_45_up
    FROM audience, jsonb_each_text(age) e GROUP BY account_id
),
ready AS (
    SELECT w.id AS account_id, w.creator_id, w.followers, w.tier_id AS tier,
           coalesce(w.primary_account_id = w.id, true) AS is_main, w.is_demo,
           coalesce(w.email, '') <> '' AS has_email, coalesce(w.phone, '') <> '' AS has_phone,
           (post.at AT TIME ZONE %(zone)s)::date AS last_post_on, w.figures_as_of AS figures_on,
           w.engagement_rate, s.engagement_percentile, s.er_followers, s.er_views, s.er_reach, w.growth_30d,
           coalesce(s.authenticity, w.authenticity) AS authenticity,
           {", ".join(f"s.{kind}" for kind in KINDS if kind != "authenticity")},
           (u.gender ->> 'female')::float AS audience_female, (u.gender ->> 'male')::float AS audience_male,
           (u.age ->> '13-17')::float AS audience_13_17, (u.age ->> '18-24')::float AS audience_18_24,
           (u.age ->> '25-34')::float AS audience_25_34, (u.age ->> '35-44')::float AS audience_35_44,
           ages.audience_45_up, price.price_low, price.price_high, us.deals,
           w.platform, w.status, w.state, w.country, w.city,
           (SELECT upper(left(e.key, 2)) FROM jsonb_each_text(u.countries) e ORDER BY e.value::float DESC, e.key LIMIT 1)
               AS audience_country,
           CASE WHEN flag.worst IS NOT NULL THEN (ARRAY['low', 'medium', 'high', 'floor'])[flag.worst]
                WHEN EXISTS (SELECT 1 FROM creators_posttext t WHERE t.account_id = w.id AND t.scanned_at IS NOT NULL)
                THEN 'clear' END AS safety_band,
           us.standing,
           trim(lower(concat_ws(' ', w.name, nullif(nullif(w.display_name, w.name), ''), nullif(w.handle, '')))) AS search_text,
           coalesce(label.labels, '{{}}') AS labels, nullif(w.custom, '{{}}'::jsonb) AS custom
    FROM wanted w
    LEFT JOIN score s ON s.account_id = w.id
    LEFT JOIN audience u ON u.account_id = w.id
    LEFT JOIN ages ON ages.account_id = w.id
    LEFT JOIN price ON price.account_id = w.id
    LEFT JOIN flag ON flag.account_id = w.id
    LEFT JOIN label ON label.account_id = w.id
    LEFT JOIN unnest(%(known)s::bigint[], %(standing)s::text[], %(deals)s::int[]) AS us(creator_id, standing, deals)
        ON us.creator_id = w.creator_id
    LEFT JOIN LATERAL (
        SELECT p.published_at AS at FROM creators_post p
        WHERE p.account_id = w.id AND NOT p.is_deleted AND p.published_at IS NOT NULL
        ORDER BY p.published_at DESC LIMIT 1
    ) post ON true
)
INSERT INTO creators_discoveryrow AS t (account_id, refreshed_at, {", ".join(COLUMNS)})
SELECT account_id, %(now)s, {", ".join(COLUMNS)} FROM ready
ON CONFLICT (account_id) DO UPDATE SET refreshed_at = EXCLUDED.refreshed_at,
    {", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS)}
WHERE ({", ".join(f"t.{name}" for name in COLUMNS)})
    IS DISTINCT FROM ({", ".join(f"EXCLUDED.{name}" for name in COLUMNS)})
"""


def refresh(account_ids: Iterable[int]) -> int:
    """Bring the rows of these accounts up to date; rows written."""
    ids = sorted({int(pk) for pk in account_ids})
    written = 0
    if not ids:
        return 0
    shared = _shared()
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with transaction.atomic(), connection.cursor() as cursor:
            # in one order everywhere, so that two workers with the same accounts wait instead of blocking each other
            cursor.execute(
                "SELECT id, creator_id FROM creators_socialaccount WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
                [part],
            )
            owners = sorted({row[1] for row in cursor.fetchall() if row[1] is not None})
            given = {"ids": part, **shared, **_with_us(owners)}
            cursor.execute(_NEW_LABELS, given)
            cursor.execute(_ROWS, given)
            written += cursor.rowcount
    return written


def refresh_creators(creator_ids: Iterable[int]) -> int:
    """The same for every account of these creators."""
    return refresh(accounts_of(creator_ids))


def forget_unused() -> int:
    """Take away labels that no row carries; they come back with the next row that needs them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM creators_discoverylabel WHERE id NOT IN"
            " (SELECT DISTINCT l FROM creators_discoveryrow, unnest(labels) l)"
        )
        return int(cursor.rowcount)


def accounts_of(creator_ids: Iterable[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM creators_socialaccount WHERE creator_id = ANY(%s) ORDER BY id",
            [sorted({int(pk) for pk in creator_ids})],
        )
        return [row[0] for row in cursor.fetchall()]


def batches(size: int = 5_000) -> Iterable[list[int]]:
    """Every account, by id, in batches: for the nightly check and for building the table anew."""
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM creators_socialaccount WHERE id > %s ORDER BY id LIMIT %s", [after, size]
            )
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return
        yield ids
        after = ids[-1]


def _shared() -> dict[str, Any]:
    currencies, factors = _factors()
    return {
        "versions": registry.current_versions(),
        "today": localdate(),
        "now": now(),
        "zone": settings.TIME_ZONE,
        "steps": list(STEPS),
        "currencies": currencies,
        "factors": factors,
    }


def _factors() -> tuple[list[str], list[Decimal]]:
    """What one unit of each currency on a rate card is worth in the agency's; without a rate it has no price."""
    home = str(settings.DEFAULT_CURRENCY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT currency FROM creators_ratecard")
        used = sorted(row[0] for row in cursor.fetchall())
    found = {home: Decimal(1)}
    for currency in used:
        if currency not in found:
            try:
                found[currency] = rates.rate_on(currency, home, localdate()).rate
            except Conflict:
                continue
    return list(found), list(found.values())


def _with_us(creator_ids: Sequence[int]) -> dict[str, Any]:
    standing = record("standing", creator_ids)
    brands = record("brands", creator_ids)
    deals = record("deals", creator_ids)["creator_id"].value_counts() if len(standing) else {}
    known = [int(pk) for pk in standing["creator_id"]]
    return {
        "known": known,
        "standing": [str(status) for status in standing["status"]],
        "deals": [int(deals.get(pk, 0)) for pk in known],
        "client_creators": [int(pk) for pk in brands["creator_id"]],
        "client_brands": [int(pk) for pk in brands["brand_id"]],
    }
