"""A periodic job runs once a period, however many schedulers there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from krm.events.models import Lease

T = TypeVar("T")


def once(name: str, period: str) -> bool:
    """True for the first caller of (name, period), False for every later one.

    For jobs whose next period makes good what a killed worker left; where a period may not be lost, use `run_once`.
    """
    _, created = Lease.objects.get_or_create(name=name, period=period)
    return created


def run_once(name: str, period: str, work: Callable[[], T]) -> T | None:
    """Run `work` for the first caller of (name, period); None for every later one.

    The lease and what the work writes stand or fall together: a worker killed half-way, or an error, leaves neither,
    and the task that is delivered again does all of it. A second caller waits for the first to end.
    """
    with transaction.atomic():
        return work() if once(name, period) else None
