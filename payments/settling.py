"""An invoice is settled: nothing of it is open any more. Called by verbs that hold the lock of the invoice."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from campaigns import budget
from payments import milestones
from payments.models import Invoice


def settle(invoice: Invoice, *, on: date, key: str) -> None:
    invoice.paid_at = timezone.now()
    invoice.to_paid()
    invoice.save(update_fields=["state", "paid_at", "updated_at"])
    milestones.mark(_milestones(invoice), "paid")
    _spend(invoice, on, key, 1)


def unsettle(invoice: Invoice, *, on: date, key: str) -> None:
    _spend(invoice, on, key, -1)
    invoice.paid_at = None
    invoice.scheduled_on = None
    invoice.back_to_approved()
    invoice.save(update_fields=["state", "paid_at", "scheduled_on", "updated_at"])
    milestones.mark(_milestones(invoice), "invoiced")


def _milestones(invoice: Invoice) -> list[int]:
    return [pk for pk in invoice.lines.values_list("milestone_id", flat=True) if pk is not None]


def _spend(invoice: Invoice, on: date, key: str, sign: int) -> None:
    """The campaign's budget counts an invoice as spent once it is wholly paid: fee and PPN, tax withheld included."""
    campaign = invoice.partnership.campaign
    if invoice.currency != campaign.currency:
        return  # a budget in another currency is not guessed at
    budget.record_spend(
        campaign,
        by=None,
        kind="fees",
        amount=sign * (invoice.gross + invoice.vat),
        occurred_on=on,
        key=key,
        note=f"{invoice.number} · {invoice.partnership.creator}"[:200],
        currency=invoice.currency,
    )
