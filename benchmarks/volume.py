# ruff: noqa: E402
"""Fifty million post snapshots: loading, what a profile reads of them, and that months not asked for are not touched.

    python benchmarks/volume.py [--rows 50000000]

The database is made for this run and dropped at its end (about 10 GB). Rows are written by the server, a connection
a month; the baseline is the same number of rows without key and partition.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import common

DATABASE = "krm_bench_volume"
common.setup(DATABASE)

from django.db import connection, connections

MONTHS = [
    date(2025 + (n + 10) // 12, (n + 10) % 12 + 1, 1) for n in range(12)
]  # November 2025 to October 2026
POSTS_EACH = 25

_ROWS = """
SELECT (n / {each})::bigint + 1, n::bigint + 1, 'platform_public', DATE '{month}' + (n % 28)::int,
    DATE '{month}' + interval '1 hour', (n * 37) % 100000, NULL, NULL, (n * 17) % 9000, n % 300, n % 90, NULL, ''
FROM generate_series(0::bigint, {rows} - 1) n
"""
_COLUMNS = "account_id, post_id, source, as_of, observed_at, views, reach, impressions, likes, comments, shares, saves, definition"


def run(statement: str) -> float:
    started = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SET session_replication_role = replica"
            )  # no accounts and posts behind these rows
            cursor.execute("SET synchronous_commit = off")
            cursor.execute(statement)
    finally:
        connections.close_all()
    return time.perf_counter() - started


def load(rows: int) -> list[list[Any]]:
    with connection.cursor() as cursor:
        for month in MONTHS:
            cursor.execute("SELECT creators_ensure_month('creators_postsnapshot', %s)", [month])
        cursor.execute("CREATE UNLOGGED TABLE bench_bare (LIKE creators_postsnapshot)")
    each = rows // len(MONTHS)
    statements = [
        f"INSERT INTO creators_postsnapshot ({_COLUMNS}) {_ROWS.format(each=POSTS_EACH, month=month, rows=each)}"
        for month in MONTHS
    ]
    bare = run(
        f"INSERT INTO bench_bare ({_COLUMNS}) {_ROWS.format(each=POSTS_EACH, month=MONTHS[0], rows=each)}"
    )
    started = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, statements))
    loaded = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_bare")
        started = time.perf_counter()
        cursor.execute("ANALYZE creators_postsnapshot")
        analysed = time.perf_counter() - started
        cursor.execute(
            "SELECT pg_size_pretty(sum(pg_total_relation_size(inhrelid))) FROM pg_inherits"
            " WHERE inhparent = 'creators_postsnapshot'::regclass"
        )
        size = cursor.fetchone()[0]
    total = each * len(MONTHS)
    return [
        ["bare table, one connection", f"{each:,}", f"{bare:.0f}", f"{each / bare:,.0f}"],
        [
            "partitioned, with its key, four connections",
            f"{total:,}",
            f"{loaded:.0f}",
            f"{total / loaded:,.0f}",
        ],
        [f"statistics ({size})", "", f"{analysed:.0f}", ""],
    ]


READS = {
    "one account, the last 90 days": (
        (
            "SELECT post_id, as_of, views, likes FROM creators_postsnapshot"
            " WHERE account_id = %s AND as_of >= DATE '2026-08-01'"
        ),
        3,
    ),
    "one account, one month": (
        (
            "SELECT post_id, as_of, views, likes FROM creators_postsnapshot"
            " WHERE account_id = %s AND as_of >= DATE '2026-05-01' AND as_of < DATE '2026-06-01'"
        ),
        1,
    ),
    "one account, everything": (
        "SELECT post_id, as_of, views, likes FROM creators_postsnapshot WHERE account_id = %s",
        len(MONTHS),
    ),
}


def scanned(plan: Any) -> set[str]:
    """Partitions with rows that a plan touches."""
    found = {plan["Relation Name"]} if "Relation Name" in plan else set()
    for part in plan.get("Plans", []):
        found |= scanned(part)
    return found


def read(rows: int) -> list[list[Any]]:
    accounts = rows // len(MONTHS) // POSTS_EACH
    table = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'creators_postsnapshot'::regclass")
        partitions = cursor.fetchone()[0]
        filled = {f"creators_postsnapshot_p{month:%Y_%m}" for month in MONTHS}
        for name, (statement, expected) in READS.items():
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", [7])
            plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            touched = scanned(plan[0]["Plan"]) & filled
            assert len(touched) == expected, f"{name}: {sorted(touched)}"
            number = iter(range(1, 10**9, 7919))

            def one(statement: str = statement, number: Any = number) -> None:
                cursor.execute(statement, [next(number) % accounts + 1])
                assert cursor.fetchall()

            times = common.measure([one], 200)
            table.append(
                [name, f"{len(touched)} of {partitions}", common.ms(times.median), common.ms(times.p95)]
            )
    return table


def drop() -> None:
    import psycopg2
    from django.conf import settings

    connections.close_all()
    given = settings.DATABASES["default"]
    admin = psycopg2.connect(
        dbname="postgres",
        user=given["USER"],
        password=given["PASSWORD"],
        host=given["HOST"],
        port=given["PORT"],
    )
    admin.autocommit = True
    with closing(admin), admin.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000_000)
    wanted = parser.parse_args().rows
    try:
        common.table("loading", ["", "rows", "seconds", "rows/s"], load(wanted))
        common.table(
            "reading, 200 accounts each",
            ["what", "partitions in the plan", "median ms", "p95 ms"],
            read(wanted),
        )
    finally:
        drop()
