"""Jobs of the payments room: thin wrappers."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from krm.events.leases import once
from payments import chores

SCHEDULE = {"payments.tell_overdue": 3600.0, "payments.audit_books": 3600.0}


@shared_task(name="payments.mail_bank_change")
def mail_bank_change(change_id: int) -> None:
    chores.mail_bank_change(change_id)


@shared_task(name="payments.tell_overdue")
def tell_overdue() -> None:
    today = timezone.localdate().isoformat()
    if once("payments.tell_overdue", today):
        chores.tell_overdue()


@shared_task(name="payments.audit_books")
def audit_books() -> None:
    today = timezone.localdate().isoformat()
    if once("payments.audit_books", today):
        chores.audit_books()
