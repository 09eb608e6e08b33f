"""Tell whom it concerns: new serious flags, and a creator whose safety moved to another band."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from creators.models import Creator, Score, ScoreKind, SocialAccount
from creators.scoring import safety
from krm.events import enqueue, notify, record
from krm.events.models import Event
from krm.events.texts import Text

SERIOUS = ("floor", "high")
RECENT = timedelta(days=2)


def after_pull(event: Event) -> None:
    """New posts and comments are read as soon as they are there."""
    ids = _ids(event)
    if ids:
        enqueue("creators.scan_safety", ids)


def tell_owner(event: Event) -> None:
    """The creator's owner hears of what a brand could not stand beside."""
    if event.data.get("worst") not in SERIOUS or not event.data.get("creator_id"):
        return
    creator = Creator.objects.select_related("owner").filter(pk=event.data["creator_id"]).first()
    if creator is None or creator.owner is None or not creator.owner.is_active:
        return
    notify(
        "creators.safety", [creator.owner], creator,
        title=Text(_("Safety: %(who)s"), who=creator), text=_("A new post was flagged and waits for review."),
        url=f"{reverse('creators:detail', args=[creator.pk])}?tab=safety", key=f"safety-flagged-{event.pk}",
    )  # fmt: skip


def after_scores(event: Event) -> None:
    """Records `creators.safety_changed` for each account whose newest score is in another band than the one before."""
    ids = _ids(event)
    if not ids:
        return
    newest = list(
        Score.objects.filter(
            account__in=ids, kind=ScoreKind.SAFETY, is_current=True, formula_version=safety.DEFINITION.version,
            computed_at__gte=now() - RECENT,
        )
    )  # fmt: skip
    if not newest:
        return
    before: dict[int, Score] = {}
    rows = Score.objects.filter(
        account__in=[row.account_id for row in newest], kind=ScoreKind.SAFETY, is_current=False
    )
    for row in rows.order_by("account_id", "computed_at", "pk"):
        before[row.account_id] = row
    told = {
        event_.data.get("score_id")
        for event_ in Event.objects.filter(
            name="creators.safety_changed", data__score_id__in=[row.pk for row in newest]
        )
    }
    accounts = SocialAccount.objects.in_bulk([row.account_id for row in newest])
    for row in newest:
        old = before.get(row.account_id)
        if row.pk in told or row.value is None or old is None or old.value is None:
            continue
        was, is_ = safety.band(old.value), safety.band(row.value)
        if was == is_:
            continue
        account = accounts[row.account_id]
        with transaction.atomic():
            record(
                "creators.safety_changed", account,
                data={
                    "account_id": account.pk, "creator_id": account.creator_id, "score_id": row.pk, "from": was,
                    "to": is_, "value": row.value,
                },
            )  # fmt: skip


def _ids(event: Event) -> list[int]:
    data: dict[str, Any] = event.data or {}
    found = list(data.get("account_ids") or [])
    if data.get("account_id"):
        found.append(data["account_id"])
    return sorted({int(pk) for pk in found})
