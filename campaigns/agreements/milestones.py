"""Milestones become ready by signing, acceptance, completion or date; the payments room marks the rest."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from campaigns.models import Milestone
from campaigns.moves import lock, move
from krm.accounts.models import User
from krm.events import record


def mark_ready(milestone: Milestone, *, by: User | None = None) -> Milestone:
    """Ready to invoice; saying it twice changes nothing."""
    with transaction.atomic():
        milestone = lock(milestone)
        if milestone.state == "pending":
            move(milestone, "make_ready")
            milestone.ready_at = timezone.now()
            milestone.save(update_fields=["state", "ready_at", "updated_at"])
            record("campaigns.milestone_ready", milestone, actor=by, data=_facts(milestone))
    return milestone


def _facts(milestone: Milestone) -> dict[str, int]:
    return {
        "milestone_id": milestone.pk,
        "agreement_id": milestone.agreement_id,
        "partnership_id": milestone.agreement.partnership_id,
    }


def _mark(milestone: Milestone, name: str, event: str, by: User | None) -> Milestone:
    with transaction.atomic():
        milestone = lock(milestone)
        move(milestone, name)
        milestone.save(update_fields=["state", "updated_at"])
        record(event, milestone, actor=by, data=_facts(milestone))
    return milestone


def mark_invoiced(milestone: Milestone, *, by: User | None = None) -> Milestone:
    return _mark(milestone, "invoice", "campaigns.milestone_invoiced", by)


def mark_not_invoiced(milestone: Milestone, *, by: User | None = None) -> Milestone:
    """Its invoice was rejected or withdrawn: it can be invoiced again."""
    return _mark(milestone, "uninvoice", "campaigns.milestone_reopened", by)


def mark_paid(milestone: Milestone, *, by: User | None = None) -> Milestone:
    return _mark(milestone, "pay", "campaigns.milestone_paid", by)


def mark_unpaid(milestone: Milestone, *, by: User | None = None) -> Milestone:
    return _mark(milestone, "unpay", "campaigns.milestone_unpaid", by)


def ready_due(today: date | None = None) -> int:
    """Make milestones with a date ready on that day; only of signed agreements."""
    today = today or timezone.localdate()
    due = Milestone.objects.filter(
        trigger="on_date", state="pending", due_on__lte=today, agreement__state="signed"
    ).order_by("pk")
    count = 0
    for milestone in due[:500]:
        count += mark_ready(milestone).state == "ready"
    return count
