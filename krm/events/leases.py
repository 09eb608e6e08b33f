"""A periodic job runs once a period, however many schedulers there are."""

from __future__ import annotations

from krm.events.models import Lease


def once(name: str, period: str) -> bool:
    """True for the first caller of (name, period), False for every later one."""
    _, created = Lease.objects.get_or_create(name=name, period=period)
    return created
