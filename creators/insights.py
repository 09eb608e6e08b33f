"""What an account's owner let us read of it: four weeks of figures, and whom it reaches beside its followers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.timezone import localdate

from creators.models import (
    AccountSnapshot,
    ActiveAudience,
    ActivePeople,
    AudienceSnapshot,
    Definition,
    SocialAccount,
    Source,
)

FRESH = timedelta(days=45)  # older figures of "the last four weeks" mislead
SHOWN = 5
GROUPS = ("age", "gender", "countries", "cities")


@dataclass
class Owner:
    """One account's. `rows`: group of people, then its share among followers, reached and engaged (None: not given)."""

    weeks: AccountSnapshot | None = None
    active: dict[str, ActiveAudience] = field(default_factory=dict)
    rows: list[tuple[str, str, list[float | None]]] = field(default_factory=list)

    @property
    def newest(self) -> ActiveAudience | None:
        return max(self.active.values(), key=lambda one: one.as_of, default=None)


def of_owners(
    accounts: Sequence[SocialAccount], followers: Mapping[int, AudienceSnapshot]
) -> dict[int, Owner]:
    """For accounts with anything of this kind; `followers`: the newest audience of each."""
    ids, since = [account.pk for account in accounts], localdate() - FRESH
    found: dict[int, Owner] = {}
    weeks = AccountSnapshot.objects.filter(
        account_id__in=ids, source=Source.AUTHORISED, definition=Definition.DAYS_28, as_of__gte=since
    )
    for row in weeks.order_by("account_id", "-as_of").distinct("account_id"):
        found.setdefault(row.account_id, Owner()).weeks = row
    active = ActiveAudience.objects.filter(account_id__in=ids, as_of__gte=since)
    for one in active.order_by("account_id", "people", "-as_of").distinct("account_id", "people"):
        found.setdefault(one.account_id, Owner()).active[one.people] = one
    for pk, owner in found.items():
        if owner.active:
            owner.rows = _beside(followers.get(pk), owner.active)
    return found


def _beside(
    followers: AudienceSnapshot | None, active: Mapping[str, ActiveAudience]
) -> list[tuple[str, str, list[float | None]]]:
    columns: list[Any] = [followers, *(active.get(people) for people in ActivePeople.values)]
    rows = []
    for group in GROUPS:
        shares: list[dict[str, float] | None] = [
            getattr(one, group) or None if one else None for one in columns
        ]
        weight: dict[str, float] = {}
        for given in shares:
            for name, share in (given or {}).items():
                weight[name] = max(weight.get(name, 0.0), float(share))
        names = sorted(weight, key=lambda name: -weight[name])
        names = sorted(names) if group == "age" else names[:SHOWN]
        rows += [
            (group, name, [None if given is None else float(given.get(name, 0.0)) for given in shares])
            for name in names
        ]
    return rows
