"""Payments: whole, in part, twice, too much, to changed bank data, and coming back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from campaigns.models import Milestone, Spend
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from payments import invoices, ledger, payouts, periods
from payments.models import Invoice, LedgerTransaction, PayeeProfile, Payout
from tests.payments.factories import Cast, pdf, png

pytestmark = pytest.mark.django_db


def test_a_payment_with_proof_settles_the_invoice(cast: Cast) -> None:
    payout = cast.pay(cast.approved())
    invoice = Invoice.objects.get()
    assert (invoice.state, payout.state, payout.amount) == ("paid", "succeeded", Decimal(19_500_000))
    assert payout.account_last4 == cast.payee.account_number[-4:]
    assert payout.proof_sha256 and payout.proof.name.endswith(".png")
    assert Milestone.objects.get().state == "paid"
    assert ledger.payable_to(cast.payee, "IDR") == 0
    assert ledger.audit() == []
    assert Notification.objects.filter(user=cast.kol, kind="payments.invoice_paid").count() == 1
    assert Event.objects.filter(name="payments.invoice_paid").count() == 1


def test_parts_add_up_and_no_more(cast: Cast) -> None:
    invoice = cast.approved()
    cast.pay(invoice, 10_000_000)
    assert Invoice.objects.get().state == "approved"
    assert payouts.open_amount(invoice) == Decimal(9_500_000)
    with pytest.raises(ValidationError) as error:
        cast.pay(invoice, 9_500_001)
    assert "Rp9.500.000" in str(error.value)
    cast.pay(invoice, 9_500_000)
    assert Invoice.objects.get().state == "paid"
    with pytest.raises(Conflict):
        cast.pay(invoice, 1)
    assert ledger.audit() == []


def test_the_same_payment_recorded_again_is_the_same_payment(cast: Cast) -> None:
    invoice = cast.approved()
    first = cast.pay(invoice, 5_000_000, reference="FT1")
    again = cast.pay(invoice, 5_000_000, reference="ft1")
    assert first.pk == again.pk
    assert Payout.objects.count() == 1
    assert LedgerTransaction.objects.filter(payout=first).count() == 1


def test_another_payment_under_the_same_bank_reference_is_refused(cast: Cast, make_cast: Any) -> None:
    cast.pay(cast.approved(), 5_000_000, reference="FT1")
    other = make_cast()
    with pytest.raises(ValidationError) as error:
        other.pay(other.approved(), reference="FT1")
    assert "reference" in error.value.message_dict
    other.pay(Invoice.objects.get(payee=other.payee), reference="FT1", bank_code="008")
    assert Payout.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("amount", {"amount": Decimal(0)}),
        ("amount", {"amount": Decimal(-5)}),
        ("amount", {"amount": Decimal("0.5")}),
        ("bank_code", {"bank_code": " "}),
        ("reference", {"reference": " "}),
        ("paid_on", {"paid_on": date(2099, 1, 1)}),
        ("method", {"method": "pigeon"}),
        ("proof", {"proof": None}),
    ],
)
def test_bad_input_says_which_field_and_writes_nothing(
    cast: Cast, field: str, values: dict[str, Any]
) -> None:
    invoice = cast.approved()
    amount = values.pop("amount", invoice.net)
    with pytest.raises(ValidationError) as error:
        cast.pay(invoice, amount, **values)
    assert list(error.value.message_dict) == [field]
    assert not Payout.objects.exists()
    assert LedgerTransaction.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4 cut", b"\x89PNG\r\n\x1a\nrubbish",
     b"%PDF-1.4\n<</S/JavaScript/JS(app.alert(1))>>\n%%EOF", b"\xff\xd8\xffnot a picture", b"GIF89a"],
)  # fmt: skip
def test_proof_must_be_what_it_says(cast: Cast, content: bytes) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    with pytest.raises(ValidationError) as error:
        cast.pay(cast.approved(), proof=SimpleUploadedFile("../../proof.png", content, "image/png"))
    assert "proof" in error.value.message_dict
    assert not Payout.objects.exists()


def test_a_pdf_is_proof_too_and_its_name_loses_its_path(cast: Cast) -> None:
    payout = cast.pay(cast.approved(), proof=pdf("..\\evil/../bukti transfer.pdf"))
    assert payout.proof_name == "bukti transfer.pdf"
    assert ".." not in payout.proof.name


@pytest.mark.parametrize("state", ["draft", "matched", "paid", "void"])
def test_only_an_approved_invoice_is_paid(cast: Cast, state: str) -> None:
    invoice = {
        "draft": cast.draft,
        "matched": cast.submitted,
        "paid": cast.paid,
        "void": lambda: invoices.void(cast.approved(), by=cast.finance, reason="redo"),
    }[state]()
    before = Payout.objects.count()
    with pytest.raises(Conflict):
        cast.pay(invoice, 1000)
    assert Payout.objects.count() == before


def test_nothing_is_paid_to_data_that_cools_off(cast: Cast) -> None:
    invoice = cast.approved()
    PayeeProfile.objects.filter(pk=cast.payee.pk).update(
        state="cooling_off", cooling_until=timezone.now() + timedelta(days=3)
    )
    with pytest.raises(Conflict, match="Cooling off"):
        cast.pay(invoice)
    assert not Payout.objects.exists()


def test_a_closed_month_takes_no_payment(cast: Cast) -> None:
    invoice = cast.approved()
    periods.close(date(2026, 10, 1), by=cast.finance)
    with pytest.raises(Conflict, match="closed"):
        cast.pay(invoice, paid_on=date(2026, 10, 31))
    assert not Payout.objects.exists()


@pytest.mark.parametrize("who", ["manager", "kol"])
def test_only_finance_records_payments(cast: Cast, who: str) -> None:
    with pytest.raises(Denied):
        cast.pay(cast.approved(), by=getattr(cast, who))


# Coming back


def test_a_payment_that_came_back_opens_the_invoice_again(cast: Cast) -> None:
    payout = cast.pay(cast.approved())
    payouts.reverse_payment(payout, by=cast.finance, reason="account closed")
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.paid_at) == ("approved", None)
    assert Milestone.objects.get().state == "invoiced"
    assert ledger.payable_to(cast.payee, "IDR") == Decimal(19_500_000)
    assert ledger.audit() == []
    assert Notification.objects.filter(user=cast.kol, kind="payments.payment_reversed").exists()
    with pytest.raises(Conflict, match="already"):
        payouts.reverse_payment(payout, by=cast.finance, reason="again")
    cast.pay(invoice)
    assert Invoice.objects.get().state == "paid"
    assert ledger.audit() == []


def test_the_campaign_budget_counts_what_is_wholly_paid(cast: Cast) -> None:
    invoice = cast.approved()
    cast.pay(invoice, 9_500_000)
    assert not Spend.objects.exists()
    last = cast.pay(invoice, 10_000_000)
    assert Spend.objects.get().amount == Decimal(20_000_000)
    payouts.reverse_payment(last, by=cast.finance, reason="closed")
    cast.pay(invoice, 10_000_000)
    assert sum(Spend.objects.values_list("amount", flat=True)) == Decimal(20_000_000)


def test_a_part_that_came_back_leaves_the_other_part(cast: Cast) -> None:
    invoice = cast.approved()
    first = cast.pay(invoice, 10_000_000)
    cast.pay(invoice, 9_500_000)
    payouts.reverse_payment(first, by=cast.finance, reason="wrong account")
    assert Invoice.objects.get().state == "approved"
    assert payouts.open_amount(invoice) == Decimal(10_000_000)
    with pytest.raises(Conflict, match="Part of this invoice is paid"):
        invoices.void(invoice, by=cast.finance, reason="redo")


def test_reversal_dates_and_reasons_are_checked(cast: Cast) -> None:
    payout = cast.pay(cast.approved())
    for values in (
        {"reason": " "},
        {"reason": "bank", "on": date(2099, 1, 1)},
        {"reason": "bank", "on": date(2020, 1, 1)},
    ):
        with pytest.raises(ValidationError):
            payouts.reverse_payment(payout, by=cast.finance, **values)  # type: ignore[arg-type]
    assert Payout.objects.get().state == "succeeded"


def test_planned_day_is_kept_and_given_up_when_paid_and_returned(cast: Cast) -> None:
    day = timezone.localdate() + timedelta(days=2)
    invoice = payouts.schedule(cast.approved(), by=cast.finance, on=day)
    assert (invoice.state, invoice.scheduled_on) == ("scheduled", day)
    with pytest.raises(ValidationError):
        payouts.schedule(invoice, by=cast.finance, on=date(2020, 1, 1))
    payout = cast.pay(invoice)
    payouts.reverse_payment(payout, by=cast.finance, reason="closed")
    assert Invoice.objects.get().scheduled_on is None


# What the database refuses


def refused(statement: str, *args: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, args)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


PAYOUT = """
INSERT INTO payments_payout (created_at, updated_at, invoice_id, amount, currency, method, bank_code, reference, paid_on,
  proof, proof_name, proof_sha256, account_last4, payee_version, state, recorded_by_id, reversed_reason, is_demo)
VALUES (now(), now(), %s, %s, %s, 'skn', '014', %s, '2026-11-20', 'x', '', '', '', 1, 'succeeded', %s, '', false)
"""


def test_database_refuses_paying_more_than_approved(cast: Cast) -> None:
    invoice = cast.approved()
    refused(PAYOUT, invoice.pk, 19_500_001, "IDR", "A", cast.finance.pk)
    refused(PAYOUT, invoice.pk, 10, "USD", "A", cast.finance.pk)
    refused(PAYOUT, invoice.pk, -10, "IDR", "A", cast.finance.pk)
    cast.pay(invoice, 19_499_999)
    refused(PAYOUT, invoice.pk, 2, "IDR", "A", cast.finance.pk)


def test_database_refuses_paying_what_is_not_approved(cast: Cast) -> None:
    invoice = cast.submitted()
    refused(PAYOUT, invoice.pk, 10, "IDR", "A", cast.finance.pk)


def test_database_keeps_payouts_as_they_were(cast: Cast) -> None:
    cast.pay(cast.approved())
    refused("UPDATE payments_payout SET amount = 1")
    refused("UPDATE payments_payout SET reference = 'other'")
    refused("DELETE FROM payments_payout")
    refused("UPDATE payments_payout SET state = 'reversed'")  # without who, when and why


def test_database_holds_the_four_eyes(cast: Cast) -> None:
    invoice = cast.submitted()
    set_approved = (
        "UPDATE payments_invoice SET state = 'approved', approved_by_id = %s, approved_at = now(), "
        "tax_month = '2026-11-01' WHERE id = %s"
    )
    refused(set_approved, invoice.created_by_id, invoice.pk)
    invoice = invoices.match(invoice, by=cast.finance)
    refused(set_approved, cast.finance.pk, invoice.pk)
    refused("UPDATE payments_invoice SET state = 'approved' WHERE id = %s", invoice.pk)


@pytest.mark.parametrize(
    "change",
    ["gross = gross + 1, net = net + 1", "payee_id = payee_id + 1", "withheld = 0, net = gross", "number = 'x'", "created_by_id = approved_by_id",
     "approved_by_id = created_by_id", "state = 'draft'", "state = 'matched'", "is_demo = true"],
)  # fmt: skip
def test_database_freezes_an_approved_invoice(cast: Cast, change: str) -> None:
    invoice = cast.approved()
    refused(f"UPDATE payments_invoice SET {change} WHERE id = %s", invoice.pk)
    refused("UPDATE payments_invoiceline SET amount = 1")
    refused("DELETE FROM payments_invoiceline")
    refused("DELETE FROM payments_invoice")


def test_database_refuses_jumps_of_state(cast: Cast) -> None:
    draft = cast.draft()
    for state in ("approved", "paid", "matched", "scheduled"):
        refused("UPDATE payments_invoice SET state = %s WHERE id = %s", state, draft.pk)
    refused("UPDATE payments_invoice SET net = 5 WHERE id = %s", draft.pk)
    refused("UPDATE payments_invoice SET state = 'free' WHERE id = %s", draft.pk)


def test_database_refuses_self_verification(cast: Cast) -> None:
    refused("UPDATE payments_payeeprofile SET verified_by_id = entered_by_id WHERE id = %s", cast.payee.pk)


def test_demo_documents_can_be_removed(make_cast: Any) -> None:
    cast = make_cast()
    cast.campaign.__class__.objects.filter(pk=cast.campaign.pk).update(is_demo=True)
    cast.partnership.campaign.refresh_from_db()
    invoice = cast.paid()
    assert invoice.is_demo and Payout.objects.get().is_demo
    Invoice.objects.filter(is_demo=True).delete()
    assert not LedgerTransaction.objects.exists() and not Payout.objects.exists()


def test_real_documents_cannot(cast: Cast) -> None:
    invoice = cast.paid()
    with pytest.raises(DatabaseError), transaction.atomic():
        invoice.delete()
    assert Payout.objects.count() == 1
    assert png().size
