"""Months of the snapshot tables: made ahead, made for history that arrives, retired when old."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection

TABLES = ("creators_accountsnapshot", "creators_postsnapshot")
AHEAD = 3


def _plus(month: date, count: int) -> date:
    total = month.year * 12 + month.month - 1 + count
    return date(total // 12, total % 12 + 1, 1)


def months_back(day: date, count: int) -> date:
    """The first day of the month `count` months before."""
    return _plus(day.replace(day=1), -count)


def ensure(days: Iterable[date], tables: Iterable[str] = TABLES) -> int:
    """Make the partitions these days fall into; how many were made."""
    months = sorted({day.replace(day=1) for day in days})
    made = 0
    with connection.cursor() as cursor:
        for table in tables:
            for month in months:
                cursor.execute("SELECT creators_ensure_month(%s, %s)", [table, month])
                made += int(cursor.fetchone()[0])
    return made


def make_ahead(today: date, ahead: int = AHEAD) -> int:
    """This month and the next ones, and a home for every row that waits in a default partition."""
    days = {_plus(today.replace(day=1), step) for step in range(ahead + 1)}
    return ensure(days | waiting())


def waiting() -> set[date]:
    """Months of rows that came before their partition was made."""
    months: set[date] = set()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT DISTINCT date_trunc('month', as_of)::date FROM {table}_default")  # noqa: S608
            months |= {row[0] for row in cursor.fetchall()}
    return months


def detach_before(month: date, tables: Iterable[str] = TABLES) -> list[str]:
    """Retire whole months before `month` into the schema `archive`; nothing is deleted."""
    gone: list[str] = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT creators_detach_before(%s, %s)", [table, month.replace(day=1)])
            gone += cursor.fetchone()[0]
    return gone
