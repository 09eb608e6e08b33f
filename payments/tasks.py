"""Jobs of the payments room: thin wrappers."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from krm.events.leases import run_once
from payments import chores

SCHEDULE = {
    "payments.tell_overdue": 3600.0,
    "payments.audit_books": 3600.0,
    "payments.mail_bank_changes": 300.0,
}


@shared_task(name="payments.mail_bank_change")
def mail_bank_change(change_id: int) -> None:
    chores.mail_bank_change(change_id)


@shared_task(name="payments.mail_bank_changes")
def mail_bank_changes() -> None:
    """What a stopped worker or mail server left behind."""
    chores.mail_bank_changes()


@shared_task(name="payments.tell_overdue")
def tell_overdue() -> None:
    run_once("payments.tell_overdue", timezone.localdate().isoformat(), chores.tell_overdue)


@shared_task(name="payments.audit_books")
def audit_books() -> None:
    run_once("payments.audit_books", timezone.localdate().isoformat(), chores.audit_books)
