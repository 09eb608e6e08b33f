# ruff: noqa: E402
"""How quickly figures arrive: rows a second through `creators.ingest`, against raw COPY of the same rows in the same run.

    python benchmarks/ingest.py [--rows 100000]

Writes into a transaction that is rolled back. Three figures a kind: raw COPY into an empty table of the same columns,
the first arrival (all new), the second arrival (all known, later observed).
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import common

common.setup()

from django.db import connection, transaction

from creators import ingest
from creators.ingest import AccountReading, PostReading
from creators.models import SocialAccount

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAYS = 20


def timed(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def raw_copy(kind: type, rows: list[Any], table: str) -> float:
    names = [f for f in kind.__slots__ if f != "__dict__"]
    with connection.cursor() as cursor:
        columns = ", ".join(f"{n} {ingest._type(n)}" for n in names)
        cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns}) ON COMMIT DROP")

        def copy() -> None:
            text = "".join("\t".join([ingest._cell(getattr(r, n)) for n in names]) + "\n" for r in rows)
            cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(text))

        return timed(copy)


def same_table(kind: type, rows: list[Any]) -> float | None:
    """Raw COPY into the very table, with its key, checks and partitions; rows of a source of their own."""
    if kind is not AccountReading:
        return None
    names = [f for f in kind.__slots__ if f != "__dict__"]
    with connection.cursor() as cursor:
        ingest._ensure_months(cursor, "creators_accountsnapshot", (r.as_of for r in rows))

        def copy() -> None:
            text = "".join(
                ingest.copy_line("manual" if n == "source" else getattr(r, n) for n in names) for r in rows
            )
            cursor.copy_expert(
                f"COPY creators_accountsnapshot ({', '.join(names)}) FROM STDIN", io.StringIO(text)
            )

        return timed(copy)


def account_readings(ids: list[int], minutes: int) -> list[AccountReading]:
    return [
        AccountReading(
            account_id=pk,
            source="platform_public",
            as_of=NOW.date() - timedelta(days=day),
            observed_at=NOW + timedelta(minutes=minutes),
            followers=10_000 + pk % 977 * day,
            following=300,
            posts_count=day,
            likes=120,
            comments=7,
            engagement_avg=127,
            definition="per_post_average",
        )
        for pk in ids
        for day in range(DAYS)
    ]


def post_readings(ids: list[int], minutes: int) -> list[PostReading]:
    return [
        PostReading(
            account_id=pk,
            platform="instagram",
            external_id=f"{pk}-{n}",
            source="platform_public",
            as_of=NOW.date(),
            observed_at=NOW + timedelta(minutes=minutes),
            url=f"https://www.instagram.com/p/{pk}{n}/",
            caption="Review jujur kopi susu gula aren, tanpa endorse. Tag teman kamu! #kopi #fyp",
            kind="reel",
            published_at=NOW - timedelta(days=n),
            hashtags=["kopi", "fyp"],
            views=5_000 + n,
            likes=400,
            comments=12,
        )
        for pk in ids
        for n in range(DAYS)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    with transaction.atomic():
        accounts = SocialAccount.objects.bulk_create(
            [
                SocialAccount(platform="instagram", handle=f"bench{n}", external_id=f"bench{n}")
                for n in range(rows // DAYS)
            ],
            batch_size=5000,
        )
        ids = [a.pk for a in accounts]
        print(f"{len(ids) * DAYS:,} rows of {len(ids):,} accounts")
        for name, make, store, kind in (
            ("account snapshots", account_readings, ingest.account_snapshots, AccountReading),
            ("posts with snapshots", post_readings, ingest.posts, PostReading),
        ):
            first, later = make(ids, 0), make(ids, 5)
            copy = raw_copy(kind, first, f"bench_{kind.__name__.lower()}")
            keyed = same_table(kind, first)
            new = timed(lambda store=store, first=first: store(first))
            known = timed(lambda store=store, later=later: store(later))
            again = timed(lambda store=store, later=later: store(later))
            print(f"{name}:")
            for label, seconds in (
                ("raw COPY", copy),
                ("COPY, same table", keyed),
                ("new", new),
                ("known, newer", known),
                ("known, same", again),
            ):
                if seconds is None:
                    continue
                print(
                    f"  {label:16} {seconds:7.2f} s {len(first) / seconds:10,.0f} rows/s {seconds / copy:6.1f} × COPY"
                    + (f" {keyed / seconds:8.0%} of COPY into the same table" if keyed else "")
                )
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
