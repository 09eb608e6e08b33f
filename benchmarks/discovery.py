"""Finding accounts among 1,000,000: pages with 1, 4 and 8 filters, with text, counts per value, API list, page.

    python benchmarks/discovery.py [--rows 1000000] [--runs 60] [--keep]

The baseline of the same run is DuckDB: the same rows in memory, column by column, asked the same predicates (the very
statements, count and page).  Goals: p95 of a search ≤ 150 ms, the page ≤ 250 ms, the API list of 50 ≤ 6 queries and
≤ 40 ms.
"""

from __future__ import annotations

import argparse
import io
import random
import struct
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from benchmarks import common

DATABASE = "krm_bench_discovery"
PLATFORMS = ["instagram", "tiktok", "youtube", "x", "facebook"]
COUNTRIES = ["ID", "MY", "SG", "PH", "TH", "VN", "IN", "US"]
CITIES = [
    "Jakarta",
    "Surabaya",
    "Bandung",
    "Medan",
    "Bekasi",
    "Semarang",
    "Makassar",
    "Depok",
    "Tangerang",
    "Palembang",
    "Yogyakarta",
    "Denpasar",
    "Malang",
    "Bogor",
    "Padang",
    "Samarinda",
    "Balikpapan",
    "Pontianak",
    "Manado",
    "Solo",
    "Ende",
    "Kupang",
    "Ambon",
    "Sorong",
]
CATEGORIES = [
    "beauty",
    "food",
    "travel",
    "fashion",
    "gaming",
    "parenting",
    "comedy",
    "tech",
    "fitness",
    "finance",
    "music",
    "education",
    "automotive",
    "home",
    "pets",
    "religion",
    "photography",
    "books",
    "football",
    "coffee",
]
LANGUAGES, FORMATS = (
    ["id", "en", "jv", "ms"],
    ["image", "video", "reel", "story", "short", "carousel", "text"],
)
BRANDS, TAGS, VOCABULARY, TERMS = 2_000, 30, 50_000, 24
STEPS = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=60)
    options.add_argument("--keep", action="store_true", help="keep the database for another run")
    given = options.parse_args()
    common.setup(DATABASE)
    rng = np.random.default_rng(2026)
    from creators.models import DiscoveryRow

    started = time.perf_counter()
    columns = draw(rng, given.rows)
    if DiscoveryRow.objects.count() != given.rows:
        load(columns, rng, given.rows)
        print(f"made {given.rows:,} accounts in {time.perf_counter() - started:.0f} s", flush=True)
    memory = columnar(columns)
    measure_search(memory, given.runs)
    measure_facets(memory, given.runs // 3)
    measure_pages(given.runs // 2)
    if not given.keep:
        drop()


# -- rows --------------------------------------------------------------------------------------------------------


def label_numbers() -> dict[tuple[str, str, int], int]:
    found: dict[tuple[str, str, int], int] = {}
    for kind, values in (("category", CATEGORIES), ("language", LANGUAGES), ("format", FORMATS),
                         ("tag", [str(n + 1) for n in range(TAGS)]), ("brand", [f"brand{n}" for n in range(BRANDS)])):  # fmt: skip
        for value in values:
            found[(kind, value, 0)] = len(found) + 1
    for kind, values in (("aud_country", COUNTRIES), ("aud_city", [c.lower() for c in CITIES])):
        for value in values:
            for step in STEPS:
                found[(kind, value, step)] = len(found) + 1
    return found


def draw(rng: Any, n: int) -> dict[str, Any]:
    """Columns as they are in a real agency's database: skewed, correlated, and often not known."""

    def some(values: Any, share: float) -> Any:
        return np.where(rng.random(n) < share, values, np.nan)

    zipf = 1 / np.arange(1, 40) ** 1.1
    followers = (10 ** rng.normal(4.2, 0.7, n)).astype(np.int64)
    country = rng.choice(len(COUNTRIES), n, p=[0.72, 0.08, 0.04, 0.05, 0.04, 0.03, 0.02, 0.02])
    city = rng.choice(len(CITIES), n, p=zipf[: len(CITIES)] / zipf[: len(CITIES)].sum())
    rate = np.exp(rng.normal(-3.4, 0.7, n)) * (followers / 15_000) ** -0.12
    home = np.clip(rng.beta(8, 2, n), 0.02, 0.99)
    female = np.clip(rng.beta(5, 4, n), 0.02, 0.98)
    known = rng.random(n) < 0.6
    ages = rng.dirichlet([1.2, 4, 3.5, 1.5, 0.8], n)
    price = followers * np.exp(rng.normal(4, 0.5, n))
    priced = rng.random(n) < 0.2
    worked = rng.random(n) < 0.03
    columns: dict[str, Any] = {
        "account_id": np.arange(1, n + 1), "creator_id": np.arange(1, n + 1), "followers": followers,
        "tier": np.searchsorted([10_000, 50_000, 500_000], followers, side="right"),
        "is_main": rng.random(n) < 0.7, "is_demo": np.zeros(n, bool), "has_email": rng.random(n) < 0.35,
        "has_phone": rng.random(n) < 0.2, "last_post_days": np.minimum(rng.exponential(30, n), 900).astype(int),
        "engagement_rate": some(rate, 0.9), "engagement_percentile": some(rng.random(n).round(3), 0.9),
        "er_followers": some(rate, 0.85), "er_views": some(rate * 1.7, 0.5), "er_reach": some(rate * 1.2, 0.05),
        "growth_30d": some(rng.normal(0.02, 0.05, n), 0.8),
    }  # fmt: skip
    for kind, share in (("authenticity", 0.85), ("audience_quality", 0.3), ("growth", 0.7), ("comment_quality", 0.4),
                        ("pods", 0.3), ("consistency", 0.8), ("formats", 0.8), ("innovation", 0.6), ("prediction", 0.7),
                        ("safety", 0.4), ("reliability", 0.03)):  # fmt: skip
        columns[kind] = some(np.clip(rng.normal(70, 15, n), 0, 100).round(2), share)
    columns |= {
        "audience_female": np.where(known, female, np.nan), "audience_male": np.where(known, 1 - female, np.nan),
        **{f"audience_{name}": np.where(known, ages[:, place], np.nan)
           for place, name in enumerate(("13_17", "18_24", "25_34", "35_44", "45_up"))},
        "price_low": np.where(priced, price, np.nan), "price_high": np.where(priced, price * 2.5, np.nan),
        "deals": np.where(worked, rng.integers(0, 9, n), -1),
        "platform": rng.choice(len(PLATFORMS), n, p=[0.45, 0.3, 0.15, 0.05, 0.05]),
        "country": country, "city": np.where(country == 0, city, -1), "known": known,
        "home": home, "city_share": np.clip(rng.beta(2, 6, n), 0.01, 0.9), "audience_city": city,
        "safety_band": np.where(rng.random(n) < 0.4, rng.choice(5, n, p=[0.7, 0.15, 0.1, 0.04, 0.01]), -1),
        "standing": np.where(worked, rng.integers(0, 6, n), -1),
        "category": rng.choice(len(CATEGORIES), (n, 2), p=zipf[:20] / zipf[:20].sum()),
        "language": rng.choice(len(LANGUAGES), n, p=[0.75, 0.17, 0.05, 0.03]),
        "format": rng.integers(0, len(FORMATS), (n, 2)), "tag": np.where(rng.random(n) < 0.1, rng.integers(0, TAGS, n), -1),
        "brand": np.where(rng.random((n, 3)) < 0.25, np.minimum(rng.zipf(1.4, (n, 3)), BRANDS) - 1, -1),
    }  # fmt: skip
    return columns


def frame(columns: dict[str, Any]) -> Any:
    import pandas as pd

    plain = {k: v for k, v in columns.items() if getattr(v, "ndim", 1) == 1}
    return pd.DataFrame(plain)


BANDS, STANDINGS = (
    ["clear", "low", "medium", "high", "floor"],
    ["working", "negotiating", "invited", "worked", "declined", "cancelled"],
)
_memory: Any = None


def columnar(columns: dict[str, Any]) -> Any:
    """The table in DuckDB's memory, under the same names; made once."""
    global _memory
    if _memory is not None:
        return _memory
    import duckdb
    from faker.providers.person.id_ID import Provider

    numbers = label_numbers()
    first = {kind: numbers[(kind, value, step)] for kind, value, step in (
        ("category", CATEGORIES[0], 0), ("language", LANGUAGES[0], 0), ("format", FORMATS[0], 0), ("tag", "1", 0),
        ("brand", "brand0", 0), ("aud_country", "ID", 1), ("aud_city", CITIES[0].lower(), 1))}  # fmt: skip
    db = duckdb.connect(":memory:")
    db.execute("SET threads TO 4")
    flat = frame(columns)
    for name in ("category", "format", "brand"):
        for place in range(columns[name].shape[1]):
            values = columns[name][:, place]
            flat[f"{name}{place}"] = np.where(values < 0, -1, values + first[name])
    db.register("drawn", flat)

    def pick(name: str, values: list[str]) -> str:
        listed = ", ".join(f"'{value}'" for value in values)
        return f"CASE WHEN {name} < 0 THEN NULL ELSE ([{listed}])[{name} + 1] END"

    steps = "[" + ", ".join(map(str, STEPS)) + "]"
    share = "list_transform(list_filter(range(1, {count} + 1), lambda s: {steps}[s] <= {share} * 100), lambda s: {base} + s - 1)"
    country = share.format(
        count=len(STEPS), steps=steps, share="home", base=f"{first['aud_country']} + country * {len(STEPS)}"
    )
    city = share.format(
        count=len(STEPS),
        steps=steps,
        share="city_share",
        base=f"{first['aud_city']} + audience_city * {len(STEPS)}",
    )
    firsts, lasts = Provider.first_names, Provider.last_names
    db.execute("CREATE TABLE firsts AS SELECT unnest($1) AS name", [[*firsts]])
    db.execute("CREATE TABLE lasts AS SELECT unnest($1) AS name", [[*lasts]])
    names = f"""(SELECT list(name) FROM firsts)[account_id % {len(firsts)} + 1] || ' ' ||
        (SELECT list(name) FROM lasts)[(account_id * 7919) % {len(lasts)} + 1]"""
    numeric = [
        k
        for k, v in columns.items()
        if getattr(v, "dtype", None) == np.float64 and k not in ("home", "city_share")
    ]
    db.execute(f"""
        CREATE TABLE creators_discoveryrow AS
        SELECT account_id::bigint account_id, creator_id::bigint creator_id, now() refreshed_at, followers, tier::bigint + 1 AS tier, is_main,
            is_demo, has_email, has_phone, (current_date - last_post_days::int)::date last_post_on, current_date figures_on,
            {", ".join(f"CASE WHEN isnan({k}) THEN NULL ELSE {k} END AS {k}" for k in numeric)},
            CASE WHEN deals < 0 THEN NULL ELSE deals::int END deals, {pick("platform", PLATFORMS)} platform,
            'prospect' status, 'active' state, {pick("country", COUNTRIES)} country, coalesce({pick("city", CITIES)}, '') city,
            CASE WHEN known THEN {pick("country", COUNTRIES)} END audience_country, {pick("safety_band", BANDS)} safety_band,
            {pick("standing", STANDINGS)} standing,
            lower({names} || ' ' || replace({names}, ' ', '.') || account_id) search_text,
            list_sort(list_distinct(list_filter([category0, category1, format0, format1, language + {first["language"]},
                CASE WHEN tag < 0 THEN -1 ELSE tag + {first["tag"]} END, brand0, brand1, brand2], lambda x: x > 0)
                || CASE WHEN known THEN {country} || {city} ELSE [] END))::int[] AS labels,
            NULL::varchar AS custom
        FROM drawn""")  # fmt: skip
    _memory = db
    return db


def load(columns: dict[str, Any], rng: Any, n: int) -> None:
    """By COPY, indexes afterwards; triggers and foreign keys rest meanwhile."""
    from django.db import connection

    from creators.finding import table, words

    print(f"making {n:,} accounts …", flush=True)
    memory = columnar(columns)
    tables = ("creators_discoveryrow", "creators_discoverytext")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute("TRUNCATE creators_discoveryrow, creators_discoverytext, creators_discoverylabel,"
                       " creators_discoveryterm, creators_creator, creators_socialaccount CASCADE")  # fmt: skip
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN %s AND indexname NOT LIKE '%%pkey'",
            [tables],
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        numbers = label_numbers()
        cursor.executemany(
            "INSERT INTO creators_discoverylabel (kind, value, step, id) VALUES (%s, %s, %s, %s)",
            [(*key, pk) for key, pk in numbers.items()],
        )
        names = ["account_id", "refreshed_at", *table.COLUMNS]
        cast = {"labels": "'{' || array_to_string(labels, ',') || '}' AS labels"}
        path = Path(sys.argv[0]).resolve().parent / ".discovery.csv"
        try:
            memory.execute(
                f"COPY (SELECT {', '.join(cast.get(k, k) for k in names)} FROM creators_discoveryrow) TO '{path}' (HEADER false)"
            )
            with path.open() as file:
                cursor.copy_expert(
                    f"COPY creators_discoveryrow ({', '.join(names)}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (country, city, search_text))",
                    file,
                )
        finally:
            path.unlink(missing_ok=True)
        cursor.execute(ACCOUNTS)
        cursor.execute(CREATORS)
        copy_words(cursor, columns, rng, n)
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT")
        for name in ("creators_discoveryrow", "creators_discoverytext", "creators_socialaccount", "creators_creator",
                     "creators_discoverylabel"):  # fmt: skip
            cursor.execute(f"VACUUM ANALYZE {name}")
    words.count_accounts()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE creators_discoveryterm")


ACCOUNTS = """
INSERT INTO creators_socialaccount (id, created_at, updated_at, creator_id, platform, handle, url, state, state_reason,
    is_demo, followers, engagement_rate, engagement_basis, authenticity, sparkline, figures_source, figures_as_of)
SELECT account_id, now(), now(), creator_id, platform, split_part(search_text, ' ', 3), '', 'active', '', false,
    followers, engagement_rate, 'followers', authenticity, '{}', 'platform_public', current_date
FROM creators_discoveryrow
"""
CREATORS = """
INSERT INTO creators_creator (id, created_at, updated_at, name, display_name, email, phone, city, country, languages,
    categories, bio, status, status_reason, is_demo, primary_account_id, followers, platforms, sparkline, search_text)
SELECT creator_id, now(), now(), initcap(split_part(search_text, ' ', 1) || ' ' || split_part(search_text, ' ', 2)), '',
    '', '', city, country, '{id}', '{}', '', 'prospect', '', false, account_id, followers, ARRAY[platform], '{}', ''
FROM creators_discoveryrow
"""


def copy_words(cursor: Any, columns: dict[str, Any], rng: Any, n: int) -> None:
    """Each account's terms: some of its category's own thousand, the rest of all, frequent ones more often."""
    cursor.executemany(
        "INSERT INTO creators_discoveryterm (id, term, accounts) VALUES (%s, %s, 0)",
        [
            (k + 1, CATEGORIES[k] if k < 20 else CITIES[k - 20].lower() if k < 44 else f"term{k}")
            for k in range(VOCABULARY)
        ],
    )
    strong = 6
    row = np.dtype([
        ("fields", ">i2"), ("l1", ">i4"), ("account", ">i8"), ("l2", ">i4"), ("dims", ">i4"), ("nulls", ">i4"), ("oid", ">i4"),
        ("length", ">i4"), ("lower", ">i4"), ("terms", [("l", ">i4"), ("v", ">i4")], (TERMS + strong,)), ("l3", ">i4"),
        ("ids", "<i4", (TERMS,)), ("weights", "<f4", (TERMS,)), ("l4", ">i4"), ("l5", ">i4"), ("at", ">i8"),
    ])  # fmt: skip
    weights = 1 / np.arange(1, VOCABULARY + 1) ** 0.9
    ladder = np.cumsum(weights) / weights.sum()
    for start in range(0, n, 50_000):
        part = slice(start, min(n, start + 50_000))
        size = part.stop - part.start
        terms = np.searchsorted(ladder, rng.random((size, TERMS))) + 1
        category = columns["category"][part, 0]
        terms[:, 0] = category + 1
        terms[:, 1] = np.maximum(columns["city"][part], 0) + 21
        own = 2_000 + category[:, None] * 1_000 + (rng.random((size, 8)) ** 2 * 1_000).astype(int)
        terms[:, 2:10] = own
        heavy = np.sort(rng.random((size, TERMS)), axis=1)[:, ::-1] + 0.05
        heavy /= np.sqrt((heavy**2).sum(axis=1, keepdims=True))
        order = np.argsort(rng.random((size, TERMS)), axis=1)
        terms = np.take_along_axis(terms, order, axis=1)
        out = np.zeros(size, row)
        out["fields"], out["l1"], out["account"] = 5, 8, np.arange(part.start + 1, part.stop + 1)
        out["l2"], out["dims"], out["oid"] = 20 + 8 * (TERMS + strong), 1, 23
        out["length"], out["lower"] = TERMS + strong, 1
        out["terms"]["l"], out["terms"]["v"] = 4, np.hstack([terms, -terms[:, :strong]])
        out["l3"], out["ids"], out["weights"], out["l4"], out["l5"] = 8 * TERMS, terms, heavy, 0, 8
        head = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
        cursor.copy_expert(
            "COPY creators_discoverytext (account_id, terms, vector, digest, refreshed_at) FROM STDIN (FORMAT binary)",
            io.BytesIO(head + out.tobytes() + struct.pack(">h", -1)),
        )


# -- questions -----------------------------------------------------------------------------------------------------


def pool(rng: random.Random) -> dict[str, Any]:
    """One draw of every filter that a person might set."""
    thousands = rng.choice([5, 10, 20, 50, 100])
    return {
        "platform": {"platform": [rng.choice(PLATFORMS[:3])]},
        "followers": {"followers_min": [f"{thousands}k"], "followers_max": [f"{thousands * 10}k"]},
        "engagement": {"engagement_min": [rng.choice(["1", "2", "3", "5"])]},
        "authenticity": {"authenticity_min": [rng.choice(["50", "60", "70", "80"])]},
        "last_post": {"last_post": [rng.choice(["14", "30", "90"])]},
        "email": {"email": ["true"]},
        "category": {"category": rng.sample(CATEGORIES, rng.choice([1, 2]))},
        "not_category": {"not_category": [rng.choice(CATEGORIES)]},
        "country": {"country": [rng.choice(COUNTRIES[:4])]},
        "city": {"city": [rng.choice(CITIES)]},
        "audience_country": {"audience_country": [rng.choice(COUNTRIES[:3])], "audience_country_share": [rng.choice(["10", "50", "80"])]},
        "audience_female": {"audience_female_min": [rng.choice(["40", "50", "60"])]},
        "audience_18_24": {"audience_18_24_min": [rng.choice(["20", "30", "40"])]},
        "language": {"language": [rng.choice(LANGUAGES[:2])]},
        "not_safety_band": {"not_safety_band": ["high", "floor"]},
        "price": {"price_max": [rng.choice(["1jt", "5jt", "20jt"])]},
        "not_brand": {"not_brand": [f"brand{rng.randrange(20)}"]},
        "brand": {"brand": [f"brand{rng.randrange(50)}"]},
        "consistency": {"consistency_min": ["60"]},
        "growth_30d": {"growth_30d_min": ["0"]},
        "standing": {"standing": ["never"]},
        "tag": {"not_tag": [str(1 + rng.randrange(TAGS))]},
    }  # fmt: skip


SORTS = (
    "-followers",
    "-followers",
    "-engagement_rate",
    "-authenticity",
    "-last_post_on",
    "-consistency",
    "growth_30d",
)


def questions(count: int, filters: int, seed: int) -> list[tuple[dict[str, Any], str]]:
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        drawn = pool(rng)
        chosen = {k: v for key in rng.sample(sorted(drawn), filters) for k, v in drawn[key].items()}
        found.append((chosen, rng.choice(SORTS)))
    return found


def measure_search(memory: Any, runs: int) -> None:
    from creators.finding.search import Search

    by = common.person()
    lines = []
    sets = {
        "no filter": questions(runs, 0, 1), "1 filter": questions(runs, 1, 2), "4 filters": questions(runs, 4, 3),
        "8 filters": questions(runs, 8, 4),
    }  # fmt: skip
    rng = random.Random(5)
    said = [
        {"about": [f"{rng.choice(CATEGORIES)} {rng.choice(CITIES).lower()} term{rng.randrange(50, 20000)}"]}
        for _ in range(runs)
    ]
    sets["text"] = [(words, "") for words in said]
    sets["text and 4 filters"] = [
        ({**words, **chosen}, "") for words, (chosen, _sort) in zip(said, questions(runs, 4, 6), strict=True)
    ]
    names = _names(runs)
    sets["part of a name"] = [({"q": [name]}, "-followers") for name in names[0]]
    sets["mistyped name"] = [({"q": [name]}, "-followers") for name in names[1]]
    slowest: list[tuple[float, Any]] = []
    for title, asked in sets.items():
        mine, theirs, hits = [], [], []
        for params, sort in asked[:5]:
            Search(params, by).page(sort, 50)
        for params, sort in asked:
            search = Search(params, by)
            began = time.perf_counter()
            page = search.page(sort, 50)
            mine.append(time.perf_counter() - began)
            slowest.append((mine[-1], (title, params, sort)))
            hits.append(page.count.number)
            if "about" not in params and title != "mistyped name":
                statement = duck(search)
                key = sort.removeprefix("-")
                way = "DESC" if sort.startswith("-") else "ASC"
                began = time.perf_counter()
                rows = memory.execute(
                    f"SELECT account_id FROM creators_discoveryrow {statement} ORDER BY {key} {way} NULLS LAST, account_id {way} LIMIT 50"
                ).fetchall()
                memory.execute(f"SELECT count(*) FROM creators_discoveryrow {statement}").fetchall()
                theirs.append(time.perf_counter() - began)
                assert [row.pk for row in page.slice.rows] == [pk for (pk,) in rows], (params, sort)
        lines.append(line(title, mine, theirs, hits))
    common.table(
        f"{runs} searches each: a page of 50 with its count",
        ("", "p50 ms", "p95 ms", "DuckDB p50", "DuckDB p95", "x DuckDB", "median matches"), lines,
    )  # fmt: skip
    print(
        "\nslowest: " + "; ".join(f"{common.ms(t)} {q}" for t, q in sorted(slowest, key=lambda s: -s[0])[:5])
    )


def duck(search: Any) -> str:
    """The predicates of a search as they stand in its statement; DuckDB reads the same SQL."""
    from django.db import connection

    from creators.finding.statements import compiled

    statement, values = compiled(search.queryset.order_by().values_list("pk"))
    with connection.cursor() as cursor:
        text = cursor.mogrify(statement, values)
    text = text.decode() if isinstance(text, bytes) else text
    return "WHERE" + text.split("WHERE", 1)[1] if "WHERE" in text else ""


def line(title: str, mine: list[float], theirs: list[float], hits: list[int]) -> tuple[str, ...]:
    ours, other = common.Times(mine), common.Times(theirs) if theirs else None
    return (
        title, common.ms(ours.median), common.ms(ours.p95), common.ms(other.median) if other else "-",
        common.ms(other.p95) if other else "-", f"{ours.median / other.median:.1f}" if other else "-",
        f"{sorted(hits)[len(hits) // 2]:,}",
    )  # fmt: skip


def _names(runs: int) -> tuple[list[str], list[str]]:
    from creators.models import DiscoveryRow

    texts = list(
        DiscoveryRow.objects.filter(pk__in=range(17, 17 + runs * 997, 997)).values_list(
            "search_text", flat=True
        )
    )
    parts = [
        [t.split()[0][:5], t.split()[-1][:9], f"{t.split()[0]} {t.split()[1][:3]}"][n % 3]
        for n, t in enumerate(texts)
    ]
    wrong = []
    for n, text in enumerate(texts):
        first, last = text.split()[:2]
        at = 2 + n % max(1, len(last) - 3)
        wrong.append(
            f"{first} {last[:at]}{last[at]}{last[at:]}"
            if len(last) > 4 and len(first) > 3
            else f"{first}{first[-1]}"
        )
    return parts, wrong


def measure_facets(memory: Any, runs: int) -> None:
    from creators.finding import facets
    from creators.finding.search import Search

    by = common.person()
    lines = []
    for title, asked in (
        ("no filter", questions(runs, 0, 7)),
        ("2 filters", questions(runs, 2, 8)),
        ("6 filters", questions(runs, 6, 9)),
    ):
        mine, theirs = [], []
        for params, _sort in asked:
            search = Search(params, by)
            mine.append(common.timed(lambda s=search: facets.counts(s)))
            where = duck(search)
            theirs.append(common.timed(lambda w=where: [
                memory.execute(f"SELECT {c}, count(*) FROM creators_discoveryrow {w} GROUP BY 1").fetchall()
                for c in ("platform", "tier", "status", "safety_band", "country", "city", "standing", "unnest(labels)")
            ]))  # fmt: skip
        lines.append(line(title, mine, theirs, [0])[:-1])
    common.table(f"{runs} times the counts of all values of eleven filters (DuckDB: exact, each in one scan)",
                 ("", "p50 ms", "p95 ms", "DuckDB p50", "DuckDB p95", "x DuckDB"), lines)  # fmt: skip


def measure_pages(runs: int) -> None:
    from urllib.parse import urlencode

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = common.browser()
    lines = []
    for title, path in (("API list of 50", "/api/v1/discovery"), ("page", "/creators/find/")):
        for filters in (0, 4, 8):
            asked = questions(runs, filters, 11 + filters)
            reads = [
                lambda p=params, s=sort, path=path: common.ok(
                    client.get(
                        f"{path}?{urlencode({**p, **({'ordering': s} if 'api' in path else {'sort': s})}, doseq=True)}"
                    )
                )
                for params, sort in asked
            ]
            times = common.measure(reads, runs)
            with CaptureQueriesContext(connection) as captured:
                reads[0]()
            lines.append(
                (
                    f"{title}, {filters} filters",
                    len(captured),
                    common.ms(times.median),
                    common.ms(times.p95),
                    common.ms(times.cpu_each),
                )
            )
    common.table(
        f"{runs} requests each, one process", ("", "queries", "p50 ms", "p95 ms", "of it our process"), lines
    )


def drop() -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = "postgres"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


if __name__ == "__main__":
    main()
