"""What a partnership can be invoiced for, and whether it is due: one place for match, portal and drafts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from campaigns.models import Agreement, Deliverable, Milestone, Partnership
from payments.models import InvoiceLine


@dataclass
class Claim:
    """One source of an invoice line."""

    key: str  # "m12" or "d7"
    name: str
    amount: Decimal
    currency: str
    milestone: Milestone | None = None
    deliverable: Deliverable | None = None
    due: bool = False
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    line: InvoiceLine | None = None  # the active line that already asks for it

    @property
    def open(self) -> bool:
        return self.due and self.line is None


def is_due(
    milestone: Milestone | None,
    deliverable: Deliverable | None,
    deliverables: Iterable[Deliverable],
    today: date,
) -> tuple[bool, str, dict[str, Any]]:
    """Whether the work behind a line is done, with the code of the reason."""
    if milestone is not None and milestone.trigger == "on_signing":
        return True, "on_signing_ok", {"line": milestone.name}
    if milestone is not None and milestone.trigger == "on_date":
        due_on = milestone.due_on or today
        data = {"line": milestone.name, "date": due_on.isoformat()}
        return (True, "on_date_ok", data) if due_on <= today else (False, "date_not_reached", data)
    if milestone is not None and milestone.trigger == "on_completion":
        owed = [d for d in deliverables if d.state != "cancelled"]
        missing = [d for d in owed if d.state != "accepted"]
        if owed and not missing:
            return True, "delivered_ok", {"line": milestone.name}
        return False, "not_completed", {"open": len(missing), "all": len(owed)}
    work = deliverable or (milestone.deliverable if milestone else None)
    name = milestone.name if milestone else (work.title if work else "")
    if work is not None and work.state == "accepted":
        return True, "delivered_ok", {"line": name}
    return (
        False,
        "not_delivered",
        {"deliverable": work.title if work else name, "state": work.state if work else ""},
    )


def agreement_of(partnership: Partnership) -> Agreement | None:
    return Agreement.objects.filter(partnership=partnership).first()


def claims(partnership: Partnership, *, today: date | None = None) -> list[Claim]:
    """Everything of a signed agreement that can be invoiced, due or not, in order."""
    today = today or timezone.localdate()
    agreement = agreement_of(partnership)
    if agreement is None or agreement.state != "signed":
        return []
    deliverables = list(agreement.deliverables.all())
    milestones = list(agreement.milestones.select_related("deliverable"))
    lines = InvoiceLine.objects.filter(active=True, invoice__partnership=partnership).select_related(
        "invoice"
    )
    by_source = {
        (f"m{line.milestone_id}" if line.milestone_id else f"d{line.deliverable_id}"): line for line in lines
    }
    found = []
    if milestones:
        for milestone in milestones:
            if milestone.amount <= 0:
                continue
            due, reason, data = is_due(milestone, None, deliverables, today)
            found.append(
                Claim(
                    f"m{milestone.pk}",
                    milestone.name,
                    milestone.amount,
                    milestone.currency,
                    milestone,
                    None,
                    due,
                    reason,
                    data,
                )
            )
    else:
        for deliverable in deliverables:
            if deliverable.amount <= 0 or deliverable.state == "cancelled":
                continue
            due, reason, data = is_due(None, deliverable, deliverables, today)
            found.append(
                Claim(
                    f"d{deliverable.pk}", deliverable.title, deliverable.amount, deliverable.currency, None, deliverable,
                    due, reason, data,
                )
            )  # fmt: skip
    for claim in found:
        claim.line = by_source.get(claim.key)
    return found


def open_claims(partnership: Partnership, *, today: date | None = None) -> list[Claim]:
    return [claim for claim in claims(partnership, today=today) if claim.open]


def mark(milestone_ids: Iterable[int], state: str) -> None:
    """Move milestones to `state` (ready, invoiced, paid) along their machine, in id order."""
    path = ["pending", "ready", "invoiced", "paid"]
    forward = {"pending": "make_ready", "ready": "invoice", "invoiced": "pay"}
    backward = {"paid": "unpay", "invoiced": "uninvoice"}
    wanted = path.index(state)
    for milestone in Milestone.objects.select_for_update().filter(pk__in=list(milestone_ids)).order_by("pk"):
        while path.index(milestone.state) < wanted:
            if milestone.state == "pending" and milestone.ready_at is None:
                milestone.ready_at = timezone.now()
            getattr(milestone, forward[milestone.state])()
            milestone.save(update_fields=["state", "ready_at", "updated_at"])
        while path.index(milestone.state) > max(wanted, 1):
            getattr(milestone, backward[milestone.state])()
            milestone.save(update_fields=["state", "updated_at"])
