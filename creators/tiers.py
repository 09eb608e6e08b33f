"""The ladder of size bands; editing it re-tiers every account in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from creators.models import Tier
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import enqueue, record


class Step(TypedDict):
    name: str
    floor: int


def ladder() -> list[tuple[int, int, int | None]]:
    """(id, floor, ceiling), largest first."""
    return list(Tier.objects.order_by("-floor").values_list("pk", "floor", "ceiling"))


def set_ladder(steps: Sequence[Step], *, by: User) -> list[Tier]:
    """Replace the ladder by name and floor; each band ends where the next one begins, so there are no gaps."""
    check(by, "creators.tiers")
    clean: list[Step] = [{"name": s["name"].strip(), "floor": int(s["floor"])} for s in steps]
    clean.sort(key=lambda step: -step["floor"])
    if not clean:
        raise ValidationError({"floor": _("Keep at least one tier.")})
    if any(not step["name"] for step in clean):
        raise ValidationError({"name": _("Give every tier a name.")})
    names = [step["name"].casefold() for step in clean]
    if len(set(names)) < len(names):
        raise ValidationError({"name": _("Two tiers have the same name. Rename one.")})
    floors = [step["floor"] for step in clean]
    if len(set(floors)) < len(floors):
        raise ValidationError({"floor": _("Two tiers begin at the same number. Change one.")})
    if min(floors) < 0:
        raise ValidationError({"floor": _("A tier cannot begin below zero.")})
    with transaction.atomic():
        held = {tier.name.casefold(): tier for tier in Tier.objects.select_for_update()}
        kept: list[Tier] = []
        gone = Tier.objects.exclude(pk__in=[held[n].pk for n in names if n in held])
        try:
            gone.delete()
        except ProtectedError as error:
            raise Conflict(
                _("A campaign plans with a tier that you take away. Rename it instead.")
            ) from error
        # park the floors first: two bands may swap their numbers
        for offset, tier in enumerate(Tier.objects.all()):
            Tier.objects.filter(pk=tier.pk).update(floor=10**15 + offset, ceiling=None)
        ceiling: int | None = None
        for step in clean:
            name, floor = step["name"], step["floor"]
            tier = held.get(name.casefold()) or Tier()
            tier.name, tier.floor, tier.ceiling = name, floor, ceiling
            tier.save()
            kept.append(tier)
            ceiling = floor
        record("creators.tiers_changed", kept[0], actor=by, data={"floors": floors})
        enqueue("creators.retier")
    return kept


def retier() -> int:
    """Put every account and creator into its band of the current ladder; rows changed."""
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("creators_socialaccount", "creators_creator"):
            cursor.execute(
                f"UPDATE {table} x SET tier_id = t.id FROM {table} y LEFT JOIN creators_tier t"  # noqa: S608
                " ON y.followers >= t.floor AND (t.ceiling IS NULL OR y.followers < t.ceiling)"
                " WHERE x.id = y.id AND x.tier_id IS DISTINCT FROM t.id"
            )
            changed += cursor.rowcount
    return changed
