"""Money budgets: a platform that sells its answers is asked only within what the agency allows in a month.

`reserve` holds the most a call can cost before it is made, `settle` puts in what it did cost.  X counts a user or post
once in a UTC day however often it is read: what was paid for today is remembered in Redis; where that memory is lost
we count too much, never too little.  A worker that dies between the two leaves its reservation held: the cap stands.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Sum

from krm.connectors import budgets
from krm.connectors.models import Spending

INTERACTIVE_SHARE = Decimal("0.30")  # of the month, kept for people who press a button


@dataclass(frozen=True)
class Purse:
    """What may be spent at a platform in a calendar month (UTC), in US dollars."""

    name: str
    monthly: Decimal


@dataclass(frozen=True)
class Charge:
    """What a call will cost: so many things of a kind at a price. `ids` where they are known before."""

    purse: Purse
    kind: str
    price: Decimal
    most: int
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hold:
    charge: Charge
    day: date
    amount: Decimal


@dataclass(frozen=True)
class Spent:
    """A purse as it stands, for the connectors page."""

    purse: Purse
    month: Decimal
    held: Decimal
    today: Decimal
    reads: dict[str, int]

    @property
    def left(self) -> Decimal:
        """What background work may still spend this month."""
        return self.purse.monthly * (1 - INTERACTIVE_SHARE) - self.month - self.held

    @property
    def share(self) -> float:
        return float((self.month + self.held) / self.purse.monthly) if self.purse.monthly else 0.0


class PurseEmpty(Exception):
    def __init__(self, purse: Purse, until: datetime) -> None:
        super().__init__(f"The {purse.name} budget of ${purse.monthly} a month is used up")
        self.purse = purse
        self.until = until


def next_month(day: date) -> datetime:
    return datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=UTC)


def tomorrow(day: date) -> datetime:
    """When an empty purse is looked into again: somebody may have filled it."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def _seen_key(charge: Charge, day: date) -> str:
    return f"{budgets.PREFIX}paid:{charge.purse.name}:{charge.kind}:{day:%Y%m%d}"


def _not_yet_paid(charge: Charge, day: date) -> int:
    if not charge.ids:
        return charge.most
    flags: Sequence[Any] = budgets._redis().smismember(_seen_key(charge, day), list(charge.ids))
    return sum(not flag for flag in flags)


def _remember(charge: Charge, day: date, ids: Sequence[str]) -> int:
    """How many of these had not been paid for today."""
    if not ids:
        return 0
    pipe = budgets._redis().pipeline()
    key = _seen_key(charge, day)
    pipe.sadd(key, *ids)
    pipe.expire(key, 30 * 3600)
    return int(pipe.execute()[0])


def _month(purse: str, day: date) -> Decimal:
    first = day.replace(day=1)
    found = Spending.objects.filter(purse=purse, day__gte=first, day__lt=next_month(day).date()).aggregate(
        spent=Sum(F("amount") + F("held"))
    )
    return Decimal(found["spent"] or 0)


def reserve(charge: Charge, *, now: datetime, interactive: bool = False) -> Hold:
    """Hold the most this call can cost, or raise `PurseEmpty` with the time to come back."""
    day = now.astimezone(UTC).date()
    amount = charge.price * _not_yet_paid(charge, day)
    cap = charge.purse.monthly if interactive else charge.purse.monthly * (1 - INTERACTIVE_SHARE)
    with transaction.atomic():
        with connection.cursor() as cursor:  # one spender at a time: two must not both find the last cent
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)",
                [zlib.crc32(b"connectors.spending") - 2**31, zlib.crc32(charge.purse.name.encode()) - 2**31],
            )
        if amount and _month(charge.purse.name, day) + amount > cap:
            raise PurseEmpty(charge.purse, tomorrow(day))
        row, _made = Spending.objects.get_or_create(purse=charge.purse.name, day=day, kind=charge.kind)
        Spending.objects.filter(pk=row.pk).update(held=F("held") + amount)
    return Hold(charge, day, amount)


def settle(hold: Hold, ids: Sequence[str]) -> int:
    """The call is made and brought these; none where it failed. Returns how many had to be paid for."""
    new = _remember(hold.charge, hold.day, list(dict.fromkeys(ids)))
    Spending.objects.filter(purse=hold.charge.purse.name, day=hold.day, kind=hold.charge.kind).update(
        held=F("held") - hold.amount, amount=F("amount") + hold.charge.price * new, reads=F("reads") + new
    )
    return new


def read(purse: Purse, now: datetime) -> Spent:
    day = now.astimezone(UTC).date()
    rows = list(
        Spending.objects.filter(purse=purse.name, day__gte=day.replace(day=1), day__lt=next_month(day).date())
    )
    reads: dict[str, int] = {}
    for row in rows:
        reads[row.kind] = reads.get(row.kind, 0) + row.reads
    return Spent(
        purse,
        sum((row.amount for row in rows), Decimal(0)),
        sum((row.held for row in rows), Decimal(0)),
        sum((row.amount for row in rows if row.day == day), Decimal(0)),
        reads,
    )
