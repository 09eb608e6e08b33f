"""How the updates stand: queues, ages, what the policy promises, what budgets allow, what another policy would cost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import redis
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from creators.models import Cadence, PullPolicy
from creators.platforms.base import Connector
from creators.platforms.registry import CONNECTORS
from creators.pulling import policy, schedule
from krm.accounts.permissions import check
from krm.connectors import budgets, credentials
from krm.connectors.budgets import Bucket
from krm.events import record

HOURS = ("live", "shortlisted", "warm", "cold")
AGES = ("day", "week", "month", "older", "never")
LARGE = 50_000  # from so many accounts on, the counts are remembered for a minute


@dataclass(frozen=True)
class Line:
    """The accounts of one platform and cadence."""

    platform: str
    cadence: str
    total: int
    due: int
    late: int  # due for longer than a whole interval
    leased: int
    paused: int
    ages: Mapping[str, int]  # by time since the last good pull: AGES

    @property
    def rank(self) -> int:
        return schedule.RANKS[Cadence(self.cadence)]

    @property
    def active(self) -> int:
        return self.total - self.paused


_LINES = """
SELECT platform, cadence, count(*),
    count(*) FILTER (WHERE paused_reason = '' AND due_at <= now() AND coalesce(lease_until, due_at) <= now()),
    count(*) FILTER (WHERE paused_reason = '' AND due_at <= now() - make_interval(secs =>
        CASE cadence WHEN 'live' THEN %s WHEN 'shortlisted' THEN %s WHEN 'warm' THEN %s ELSE %s END)),
    count(*) FILTER (WHERE lease_until > now()),
    count(*) FILTER (WHERE paused_reason <> ''),
    count(*) FILTER (WHERE last_ok_at > now() - interval '1 day'),
    count(*) FILTER (WHERE last_ok_at <= now() - interval '1 day' AND last_ok_at > now() - interval '7 days'),
    count(*) FILTER (WHERE last_ok_at <= now() - interval '7 days' AND last_ok_at > now() - interval '30 days'),
    count(*) FILTER (WHERE last_ok_at <= now() - interval '30 days'),
    count(*) FILTER (WHERE last_ok_at IS NULL)
FROM creators_accountschedule GROUP BY platform, cadence ORDER BY platform, min(rank)
"""


def lines() -> list[Line]:
    """How the due table stands; of a large one, how it stood within the last minute."""
    held: list[Line] | None = cache.get("creators.outlook")
    if held is not None:
        return held
    found = lines_now()
    if sum(line.total for line in found) >= LARGE:
        cache.set("creators.outlook", found, 60)
    return found


def lines_now() -> list[Line]:
    """One scan of the due table."""
    spans = schedule.intervals()
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [spans[name].total_seconds() for name in HOURS])
        return [
            Line(
                row[0], row[1], row[2], row[3], row[4], row[5], row[6], dict(zip(AGES, row[7:], strict=True))
            )
            for row in cursor.fetchall()
        ]


@dataclass(frozen=True)
class Capacity:
    """What background work may ask of a platform in a day."""

    platform: str
    bucket: Bucket | None
    calls: float  # a day
    per_account: float  # calls
    price: Decimal | None  # money for one account, where the platform charges
    currency: str

    @property
    def accounts(self) -> float:
        return self.calls / self.per_account


def capacity(platform: str, plan: Connector) -> Capacity | None:
    """None: the platform is not set up, so nothing is read."""
    application = credentials.application(platform)
    if application is None or not plan.ready(application):
        return None
    bucket = next(iter(plan.buckets(application)), None)
    limit = float(bucket.limit) if bucket is not None else math.inf
    if bucket is not None:
        try:
            limit = float(budgets.read(bucket).limit)
        except redis.RedisError:
            pass  # the limit we know of
        seconds = 86_400 if bucket.kind == "day" else bucket.seconds
        limit = bucket.background_limit(int(limit)) * 86_400 / seconds
    return Capacity(
        platform,
        bucket,
        limit,
        plan.cost_per_account,
        getattr(plan, "price_per_account", None),
        getattr(plan, "price_currency", "USD"),
    )


@dataclass(frozen=True)
class Cost:
    """A policy on one platform: what it asks for, and what comes of it."""

    platform: str
    refreshes: float  # a day, as promised
    calls: float  # a day
    capacity: Capacity | None
    money: Decimal | None  # a day
    real_days: Mapping[str, float]  # between two pulls, by cadence; inf: never
    wanted_days: Mapping[str, float]

    @property
    def share(self) -> float | None:
        """Of what background work may ask in a day; over 1: cadences are stretched, the least important most."""
        if self.capacity is None or not self.capacity.calls:
            return None
        return self.calls / self.capacity.calls

    @property
    def stretched(self) -> bool:
        return any(self.real_days[name] > self.wanted_days[name] * 1.001 for name in self.real_days)


def cost(
    hours: Mapping[str, float], found: Sequence[Line], capacities: Mapping[str, Capacity | None]
) -> list[Cost]:
    """What a policy of so many hours by cadence costs, platform by platform."""
    costs = []
    wanted = {schedule.RANKS[Cadence(name)]: hours[name] / 24 for name in HOURS}
    for platform in sorted({line.platform for line in found}):
        mine = [line for line in found if line.platform == platform]
        counts = dict.fromkeys(wanted, 0)
        for line in mine:
            counts[line.rank] += line.active
        refreshes = sum(counts[rank] / wanted[rank] for rank in counts)
        room = capacities.get(platform)
        real = (
            policy.real_intervals(counts, wanted, room.accounts)
            if room is not None
            else dict.fromkeys(wanted, math.inf)
        )
        costs.append(
            Cost(
                platform,
                refreshes,
                refreshes * CONNECTORS[platform].cost_per_account if platform in CONNECTORS else 0.0,
                room,
                None
                if room is None or room.price is None
                else (room.price * Decimal(str(round(refreshes, 3)))).quantize(Decimal("0.01")),
                {name: real[schedule.RANKS[Cadence(name)]] for name in HOURS},
                {name: wanted[schedule.RANKS[Cadence(name)]] for name in HOURS},
            )
        )
    return costs


def capacities() -> dict[str, Capacity | None]:
    return {platform: capacity(platform, plan) for platform, plan in CONNECTORS.items()}


def current_hours() -> dict[str, float]:
    return {name: span.total_seconds() / 3600 for name, span in schedule.intervals().items()}


def current() -> PullPolicy:
    return PullPolicy.objects.first() or PullPolicy()


def checked(hours: Mapping[str, int]) -> dict[str, int]:
    """The four numbers, or an error at the field that does not fit."""
    problems = {}
    before = 1
    for name in HOURS:
        value = int(hours[name])
        if not 1 <= value <= 720:
            problems[name] = _("Between 1 hour and 720 hours (30 days).")
        elif value < before:
            problems[name] = _("Not less than the line above: what matters less is not read more often.")
        before = max(before, value)
    if problems:
        raise ValidationError(problems)
    return {name: int(hours[name]) for name in HOURS}


@transaction.atomic
def change(*, by: Any, **hours: int) -> PullPolicy:
    """Set the hours. Who is due keeps the place in the queue; the new hours count from the next pull on."""
    check(by, "connectors.change")
    values = checked(hours)
    before = {name: getattr(current(), name) for name in HOURS}
    chosen, _made = PullPolicy.objects.update_or_create(pk=1, defaults={**values, "changed_by": by})
    if before != values:
        record("creators.update_policy_changed", chosen, actor=by, data={"before": before, "after": values})
        _hurry(before, values)
    return chosen


def _hurry(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    """A cadence that became faster is due within its new time."""
    for name in HOURS:
        if after[name] < before[name]:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE creators_accountschedule SET due_at = now() + random() * make_interval(hours => %s)"
                    " WHERE cadence = %s AND paused_reason = '' AND due_at > now() + make_interval(hours => %s)",
                    [after[name], name, after[name]],
                )


def settled_by_settings() -> list[str]:
    """Cadences that `KRM_PULL_SECONDS` sets in place of the policy."""
    from django.conf import settings

    return [name for name in HOURS if name in getattr(settings, "KRM_PULL_SECONDS", {})]


def alternatives(found: Sequence[Line], hours: Mapping[str, float]) -> list[tuple[str, list[Cost]]]:
    """The policy in force beside usual ones, with what each costs."""
    rooms = capacities()
    plans: list[tuple[str, Mapping[str, float]]] = [
        (_("In force"), hours),
        (
            _("Usual: 6 hours, a day, a week, 30 days"),
            {"live": 6, "shortlisted": 24, "warm": 168, "cold": 720},
        ),
        (_("Live every hour"), {**hours, "live": min(1.0, hours["live"])}),
        (_("Everything daily"), {name: min(24.0, hours[name]) for name in HOURS}),
        (_("Everything hourly"), dict.fromkeys(HOURS, 1.0)),
    ]
    return [(name, cost(chosen, found, rooms)) for name, chosen in plans]
