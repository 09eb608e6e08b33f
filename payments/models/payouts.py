"""Money that left the bank for an invoice."""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from krm.accounts.scope import ScopedModel
from krm.money.fields import AmountField, CurrencyField
from payments.models.invoices import Invoice, InvoicePartQuerySet
from payments.models.triggers import refuse_delete_unless


class PayoutQuerySet(InvoicePartQuerySet):
    def standing(self) -> Any:
        return self.filter(state="succeeded")


@pghistory.track()
class Payout(FSMModelMixin, ScopedModel):
    """A payment as the bank did it. Success is not the end: a transfer can come back later."""

    class State(models.TextChoices):
        SUCCEEDED = "succeeded", _("Paid")
        REVERSED = "reversed", _("Came back")

    class Method(models.TextChoices):
        BI_FAST = "bi_fast", _("BI-FAST")
        ONLINE = "online", _("Online transfer")
        SKN = "skn", _("SKN")
        RTGS = "rtgs", _("RTGS")
        SAME_BANK = "same_bank", _("Same bank")
        OTHER = "other", _("Other")

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="payouts")
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    method = models.CharField(_("method"), max_length=12, choices=Method.choices, default=Method.BI_FAST)
    bank_code = models.CharField(_("paid from bank"), max_length=40)
    reference = models.CharField(_("bank reference"), max_length=80)
    paid_on = models.DateField(_("paid on"))
    proof = models.FileField(_("proof"), upload_to="payments/proofs/%Y/%m/")
    proof_name = models.CharField(max_length=200, blank=True, editable=False)
    proof_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    account_last4 = models.CharField(
        max_length=4, blank=True, editable=False
    )  # where it went, as it was then
    payee_version = models.PositiveIntegerField(default=1, editable=False)
    state = FSMField(_("state"), default="succeeded", choices=State.choices, protected=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reversed_on = models.DateField(_("came back on"), null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    reversed_reason = models.TextField(_("why it came back"), blank=True)
    is_demo = models.BooleanField(default=False, db_index=True, editable=False)

    objects = PayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["-paid_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_positive"),
            models.CheckConstraint(
                condition=Q(state__in=["succeeded", "reversed"]), name="payout_state_known"
            ),
            models.UniqueConstraint("bank_code", Lower("reference"), name="payout_reference_once_per_bank"),
            models.CheckConstraint(
                condition=~Q(state="reversed")
                | (Q(reversed_on__isnull=False, reversed_by__isnull=False) & ~Q(reversed_reason="")),
                name="payout_reversed_says_why",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="payout_moves", field="state", transitions=[("succeeded", "reversed")]),
            pgtrigger.ReadOnly(
                name="payout_frozen",
                fields=[
                    "invoice",
                    "amount",
                    "currency",
                    "bank_code",
                    "reference",
                    "paid_on",
                    "recorded_by",
                    "account_last4",
                    "payee_version",
                    "proof",
                    "is_demo",
                ],
            ),
            refuse_delete_unless("payout_kept", "OLD.is_demo"),
            pgtrigger.Trigger(
                # Never more than approved, also under concurrency: the invoice row is the lock.
                name="payout_within_open_amount",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("bill", "RECORD"), ("paid", "NUMERIC")],
                func="""
                    SELECT net, currency, state, is_demo INTO bill
                    FROM payments_invoice WHERE id = NEW.invoice_id FOR UPDATE;
                    IF bill.state NOT IN ('approved', 'scheduled') THEN
                        RAISE EXCEPTION 'payments: a % invoice cannot be paid', bill.state;
                    END IF;
                    IF bill.currency <> NEW.currency THEN
                        RAISE EXCEPTION 'payments: the invoice is in %, not in %', bill.currency, NEW.currency;
                    END IF;
                    SELECT COALESCE(SUM(amount), 0) INTO paid FROM payments_payout
                    WHERE invoice_id = NEW.invoice_id AND state = 'succeeded';
                    IF paid + NEW.amount > bill.net THEN
                        RAISE EXCEPTION 'payments: % is more than the open amount %', NEW.amount, bill.net - paid;
                    END IF;
                    NEW.is_demo := bill.is_demo;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_code} {self.reference}"

    def get_absolute_url(self) -> str:
        return self.invoice.get_absolute_url()

    @property
    def bank_name(self) -> str:
        from payments.banks import bank_name

        return bank_name(self.bank_code)

    @transition(field=state, source="succeeded", target="reversed")
    def to_reversed(self) -> None: ...
