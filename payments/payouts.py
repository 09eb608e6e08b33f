"""Payments as the bank did them: plan, record with proof, take back what came back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from krm import events
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.money.amounts import to_minor
from payments import ledger, notices, settling
from payments.files import checked
from payments.invoices import lock as lock_invoice
from payments.invoices import wrong_state
from payments.models import Invoice, LedgerTransaction, Payout


def paid_amount(invoice: Invoice) -> Decimal:
    return invoice.payouts.filter(state="succeeded").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def open_amount(invoice: Invoice) -> Decimal:
    return invoice.net - paid_amount(invoice)


def schedule(invoice: Invoice, *, by: User, on: date) -> Invoice:
    """Plan the payment for a day; the KOL sees that day."""
    check(by, "payments.record_payment", invoice)
    if on < timezone.localdate():
        raise ValidationError({"on": _("Choose today or a later day.")})
    with transaction.atomic():
        invoice = lock_invoice(invoice)
        if invoice.state not in ("approved", "scheduled"):
            raise wrong_state(invoice, _("Only an approved invoice is planned."))
        invoice.scheduled_on = on
        if invoice.state == "approved":
            invoice.to_scheduled()
        invoice.save(update_fields=["state", "scheduled_on", "updated_at"])
        events.record("payments.payment_scheduled", invoice, actor=by, data={"on": str(on)})
        return invoice


def record_payment(
    invoice: Invoice,
    *,
    by: User,
    amount: Decimal,
    bank_code: str,
    reference: str,
    paid_on: date,
    proof: Any,
    method: str = Payout.Method.BI_FAST,
) -> Payout:
    """Record a payment once per bank reference; whole or a part, never more than is open."""
    check(by, "payments.record_payment", invoice)
    reference, bank_code = reference.strip(), bank_code.strip()
    _check_input(invoice, amount, bank_code, reference, paid_on, method)
    known = _same_payment(invoice, amount, bank_code, reference, paid_on)
    if known is not None:
        return known
    if not proof:
        raise ValidationError({"proof": _("Attach the bank's proof as PDF, JPG or PNG.")})
    file = checked(proof, "proof")
    ledger.require_open(paid_on)
    try:
        with transaction.atomic():
            invoice = lock_invoice(invoice)
            known = _same_payment(invoice, amount, bank_code, reference, paid_on)
            if known is not None:
                return known
            if invoice.state not in ("approved", "scheduled"):
                raise wrong_state(invoice, _("Only an approved invoice can be paid."))
            if invoice.payee.state != "verified":
                raise Conflict(
                    _("The payee's data is “%(state)s”. Nothing is paid until finance verified it.")
                    % {"state": invoice.payee.get_state_display()}
                )
            still_open = open_amount(invoice)
            if amount > still_open:
                from krm.web.format import money

                raise ValidationError(
                    {"amount": _("Only %(open)s is open.") % {"open": money(still_open, invoice.currency)}}
                )
            payout = Payout(
                invoice=invoice,
                amount=amount,
                currency=invoice.currency,
                method=method,
                bank_code=bank_code,
                reference=reference,
                paid_on=paid_on,
                proof_name=file.name,
                proof_sha256=file.sha256,
                account_last4=invoice.payee.account_last4,
                payee_version=invoice.payee.version,
                recorded_by=by,
                is_demo=invoice.is_demo,
            )
            payout.proof.save(file.content.name or file.name, file.content, save=False)
            payout.save()
            ledger.post(
                key=f"payout:{payout.pk}",
                kind=LedgerTransaction.Kind.PAYOUT,
                occurred_on=paid_on,
                memo=f"{invoice.number} · {bank_code} {reference}",
                entries=[
                    ledger.debit(ledger.PAYABLE, amount, invoice.currency, invoice.payee),
                    ledger.credit(ledger.BANK, amount, invoice.currency),
                ],
                by=by,
                invoice=invoice,
                payout=payout,
                is_demo=invoice.is_demo,
            )
            if amount == still_open:
                settling.settle(invoice, on=paid_on, key=f"payout:{payout.pk}")
            payout.invoice = invoice
            events.record(
                "payments.invoice_paid" if invoice.state == "paid" else "payments.invoice_part_paid",
                invoice,
                actor=by,
                data={
                    "payout_id": payout.pk,
                    "partnership_id": invoice.partnership_id,
                    "paid_on": str(paid_on),
                },
            )
            notices.paid(payout)
            return payout
    except IntegrityError as error:
        if "payout_reference_once_per_bank" in str(error):
            raise _reference_taken(bank_code, reference) from error
        raise


def _check_input(
    invoice: Invoice, amount: Decimal, bank_code: str, reference: str, paid_on: date, method: str
) -> None:
    errors: dict[str, Any] = {}
    try:
        if to_minor(Decimal(amount), invoice.currency) <= 0:
            errors["amount"] = _("Write an amount above zero.")
    except ValueError:
        errors["amount"] = _("Write the amount without cents: %(currency)s has none.") % {
            "currency": invoice.currency
        }
    if not bank_code:
        errors["bank_code"] = _("Choose the bank you paid from.")
    if not reference:
        errors["reference"] = _("Write the bank's reference of the transfer.")
    elif len(reference) > 80:
        errors["reference"] = _("Write at most 80 characters.")
    if paid_on > timezone.localdate():
        errors["paid_on"] = _("A payment is recorded after it is done. Choose today or an earlier day.")
    if method not in Payout.Method.values:
        errors["method"] = _("Choose a method from the list.")
    if errors:
        raise ValidationError(errors)


def _same_payment(
    invoice: Invoice, amount: Decimal, bank_code: str, reference: str, paid_on: date
) -> Payout | None:
    """The same payment recorded again is one payment; another payment under the same reference is refused."""
    known = (
        Payout.objects.filter(bank_code=bank_code, reference__iexact=reference)
        .select_related("invoice")
        .first()
    )
    if known is None:
        return None
    if (
        known.invoice_id == invoice.pk
        and known.amount == amount
        and known.paid_on == paid_on
        and known.state == "succeeded"
    ):
        return known
    raise _reference_taken(bank_code, reference)


def _reference_taken(bank_code: str, reference: str) -> ValidationError:
    from payments.banks import bank_name

    return ValidationError(
        {
            "reference": _(
                "%(bank)s reference %(reference)s is recorded already for another payment. Check the proof."
            )
            % {"bank": bank_name(bank_code), "reference": reference}
        }
    )


def reverse_payment(payout: Payout, *, by: User, reason: str, on: date | None = None) -> Payout:
    """The bank returned the money: post the mirror, and the invoice is open again."""
    check(by, "payments.reverse_payment", payout.invoice)
    on = on or timezone.localdate()
    errors: dict[str, Any] = {}
    if len(reason.strip()) < 3:
        errors["reason"] = _("Say why the payment came back.")
    if on > timezone.localdate():
        errors["on"] = _("Choose today or an earlier day.")
    if on < payout.paid_on:
        errors["on"] = _("It cannot come back before it was paid.")
    if errors:
        raise ValidationError(errors)
    ledger.require_open(on)
    with transaction.atomic():
        invoice = lock_invoice(payout.invoice)
        payout = Payout.objects.select_for_update().get(pk=payout.pk)
        if payout.state == "reversed":
            raise Conflict(_("This payment came back already; it is reversed."))
        posted = LedgerTransaction.objects.get(key=f"payout:{payout.pk}")
        ledger.reverse(
            posted,
            key=f"payout:{payout.pk}:reversed",
            kind=LedgerTransaction.Kind.PAYOUT_REVERSED,
            occurred_on=on,
            memo=reason.strip(),
            by=by,
        )
        settled_by = (
            invoice.payouts.filter(state="succeeded").order_by("pk").values_list("pk", flat=True).last()
        )
        payout.reversed_on, payout.reversed_by, payout.reversed_reason = on, by, reason.strip()
        payout.to_reversed()
        payout.save(update_fields=["state", "reversed_on", "reversed_by", "reversed_reason", "updated_at"])
        if invoice.state == "paid":
            settling.unsettle(invoice, on=on, key=f"payout:{settled_by}:unsettled:{payout.pk}")
        payout.invoice = invoice
        events.record(
            "payments.payment_reversed",
            invoice,
            actor=by,
            data={"payout_id": payout.pk, "partnership_id": invoice.partnership_id},
        )
        notices.came_back(payout)
        return payout
