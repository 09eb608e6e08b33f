"""The promised date, the steps to it, and chores around it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from krm.events.models import Lease, Notification
from payments import chores, duedates, invoices, promise, tasks
from payments.models import Invoice
from tests.payments.factories import Cast


@pytest.mark.parametrize(
    ("submitted", "days", "due"),
    [
        (date(2026, 11, 2), 14, date(2026, 11, 16)),
        (date(2026, 11, 6), 1, date(2026, 11, 9)),  # Saturday
        (date(2026, 11, 6), 2, date(2026, 11, 9)),  # Sunday
        (date(2026, 12, 11), 14, date(2026, 12, 28)),  # Christmas on a Friday
        (date(2026, 8, 3), 14, date(2026, 8, 18)),  # Independence Day
    ],
)
def test_due_on_the_next_working_day(submitted: date, days: int, due: date) -> None:
    assert duedates.due_date(submitted, days) == due


@pytest.mark.django_db
def test_steps_name_whose_turn_it_is(cast: Cast) -> None:
    def turn(invoice: Invoice) -> tuple[str, str, str]:
        told = promise.of(Invoice.objects.get(pk=invoice.pk))
        assert told is not None and told.current is not None
        return told.current.key, told.current.state, told.current.owner

    draft = cast.draft()
    assert turn(draft) == ("sent", "current", "kol")
    sent = invoices.submit(draft, by=cast.kol)
    assert turn(sent) == ("approved", "current", "finance")
    approved = invoices.approve(sent, by=cast.finance)
    assert turn(approved) == ("paid", "current", "finance")
    paid = cast.pay(approved).invoice
    told = promise.of(Invoice.objects.get(pk=paid.pk))
    assert told is not None and told.current is None and told.days_late == 0


@pytest.mark.django_db
def test_a_mismatch_is_the_turn_of_who_can_mend_it(make_cast: Any) -> None:
    wrong = make_cast().submitted
    cast = make_cast()
    wrong = cast.submitted(lines=[cast.claims()[0] | {"amount": Decimal(1)}])
    unaccepted = make_cast([1_000_000], accepted=False).submitted()
    owners = [promise.of(Invoice.objects.get(pk=i.pk)).current.owner for i in (wrong, unaccepted)]
    assert owners == ["kol", "manager"]


@pytest.mark.django_db
def test_days_late_are_counted_until_it_is_paid(cast: Cast) -> None:
    invoice = cast.approved()
    assert invoice.due_on is not None
    told = promise.of(invoice, today=invoice.due_on + timedelta(days=5))
    assert told is not None and told.days_late == 5
    assert promise.of(invoice, today=invoice.due_on).days_late == 0


@pytest.mark.django_db
def test_overdue_is_told_once_a_day(cast: Cast) -> None:
    Invoice.objects.filter(pk=cast.approved().pk).update(due_on=date(2026, 1, 5))
    tasks.tell_overdue()
    tasks.tell_overdue()
    Lease.objects.all().delete()
    tasks.tell_overdue()
    assert Notification.objects.filter(user=cast.finance, kind="payments.invoice_overdue").count() == 1


@pytest.mark.django_db
def test_books_are_looked_at_and_breaks_told(cast: Cast) -> None:
    cast.paid()
    assert chores.audit_books() == []
    from payments import ledger

    ledger.post(
        key="odd",
        kind="manual",
        occurred_on=date(2026, 11, 20),
        entries=[
            ledger.debit("5100", Decimal(7), "IDR"),
            ledger.credit("2100", Decimal(7), "IDR", cast.payee),
        ],
    )
    tasks.audit_books()
    tasks.audit_books()
    assert Notification.objects.filter(user=cast.finance, kind="payments.books_break").count() == 1
