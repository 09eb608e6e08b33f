"""Double-entry books: accounts, transactions, entries. What is posted stays.

The database holds the invariants, not this code: every transaction balances in each currency and has at
least two legs, none zero (deferred constraint trigger); rows are never updated, deleted or truncated; an
original is reversed once, by its exact mirror; a closed month takes no postings.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.amounts import from_minor
from payments.models.scoping import sees_books, staff_q
from payments.models.triggers import refuse_delete_unless, refuse_truncate

# One check of a whole transaction, run at commit for the transaction row and for each of its entries.
WHOLE = """
    SELECT id, leg_count, reverses_id INTO tx FROM payments_ledgertransaction WHERE id = {id};
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT COUNT(*) INTO legs FROM payments_ledgerentry WHERE transaction_id = tx.id;
    IF legs < 2 OR legs <> tx.leg_count THEN
        RAISE EXCEPTION 'payments: transaction % has % legs, % were announced', tx.id, legs, tx.leg_count
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM 1 FROM payments_ledgerentry WHERE transaction_id = tx.id
        GROUP BY currency HAVING SUM(amount_minor) <> 0;
    IF FOUND THEN
        RAISE EXCEPTION 'payments: transaction % does not balance', tx.id USING ERRCODE = 'check_violation';
    END IF;
    IF tx.reverses_id IS NOT NULL THEN
        PERFORM 1 FROM payments_ledgertransaction WHERE id = tx.reverses_id AND reverses_id IS NOT NULL;
        IF FOUND THEN
            RAISE EXCEPTION 'payments: a reversal is not reversed; post anew' USING ERRCODE = 'check_violation';
        END IF;
        PERFORM 1 FROM (
            SELECT account_id, payee_id, currency, amount_minor FROM payments_ledgerentry
                WHERE transaction_id = tx.reverses_id
            UNION ALL
            SELECT account_id, payee_id, currency, amount_minor FROM payments_ledgerentry
                WHERE transaction_id = tx.id
        ) AS both_sides GROUP BY account_id, payee_id, currency HAVING SUM(amount_minor) <> 0;
        IF FOUND THEN
            RAISE EXCEPTION 'payments: transaction % is not the mirror of %', tx.id, tx.reverses_id
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
"""


# The chart that migration 0002 seeds, said here so that it is translated.
SEEDED_NAMES = (
    gettext_noop("Bank"),
    gettext_noop("Receivable from clients"),
    gettext_noop("PPN paid to suppliers"),
    gettext_noop("Receivable from KOLs"),
    gettext_noop("Payable to KOLs"),
    gettext_noop("PPh 21 withheld"),
    gettext_noop("PPh 23 withheld"),
    gettext_noop("PPh 26 withheld"),
    gettext_noop("Other tax withheld"),
    gettext_noop("PPN charged to clients"),
    gettext_noop("Opening balance"),
    gettext_noop("Campaign income"),
    gettext_noop("Campaign cost: KOL fees"),
    gettext_noop("Campaign cost: media and production"),
    gettext_noop("Bank charges"),
    gettext_noop("Exchange differences"),
)


class LedgerAccount(ScopedModel):
    """One account of the chart. Seeded by migration; the agency may add its own."""

    class Type(models.TextChoices):
        ASSET = "asset", _("Asset")
        LIABILITY = "liability", _("Liability")
        EQUITY = "equity", _("Equity")
        INCOME = "income", _("Income")
        EXPENSE = "expense", _("Expense")

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=10, choices=Type.choices)
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("Empty: any currency."))
    is_active = models.BooleanField(_("takes postings"), default=True)

    class AccountQuerySet(ScopedQuerySet["LedgerAccount"]):
        def _scoped(self, scope: Scope) -> Any:
            return self if sees_books(scope) else self.none()

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.shown_name}"

    @property
    def shown_name(self) -> str:
        """Accounts that come with KRM are named in the reader's language, the agency's own as it named them."""
        return gettext(self.name)

    def get_absolute_url(self) -> str:
        return reverse("payments:account_detail", args=[self.pk])

    @property
    def is_debit_side(self) -> bool:
        return self.type in (self.Type.ASSET, self.Type.EXPENSE)


class TransactionQuerySet(ScopedQuerySet["LedgerTransaction"]):
    def _scoped(self, scope: Scope) -> Any:
        if not sees_books(scope):
            return self.none()
        return (
            self
            if scope.all_teams
            else self.filter(staff_q(scope, "invoice__partnership__campaign__brand__"))
        )


class LedgerTransaction(models.Model):
    """One posting. `key` makes it happen once; `fingerprint` tells a repeat from another thing under the same key."""

    class Kind(models.TextChoices):
        INVOICE_APPROVED = "invoice_approved", _("Invoice approved")
        INVOICE_VOIDED = "invoice_voided", _("Approved invoice voided")
        PAYOUT = "payout", _("Payment")
        PAYOUT_REVERSED = "payout_reversed", _("Payment came back")
        REVERSAL = "reversal", _("Reversal")
        MANUAL = "manual", _("Manual")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    key = models.CharField(max_length=120, unique=True)
    fingerprint = models.CharField(max_length=64)
    occurred_on = models.DateField(_("date"), db_index=True)
    memo = models.CharField(_("memo"), max_length=300, blank=True)
    leg_count = models.PositiveSmallIntegerField()
    invoice = models.ForeignKey(
        "payments.Invoice",
        on_delete=models.CASCADE,
        related_name="ledger_transactions",
        null=True,
        blank=True,
    )
    payout = models.ForeignKey(
        "payments.Payout", on_delete=models.CASCADE, related_name="ledger_transactions", null=True, blank=True
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.CASCADE, related_name="reversed_by", null=True, blank=True
    )
    posted_at = models.DateTimeField(_("posted at"), default=timezone.now)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    is_demo = models.BooleanField(default=False)

    objects = TransactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(leg_count__gte=2), name="ledger_two_legs"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reverses=models.F("id")),
                name="ledger_not_its_own_reversal",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="ledger_tx_append_only", operation=pgtrigger.Update),
            refuse_delete_unless("ledger_tx_kept", "OLD.is_demo"),
            refuse_truncate("ledger_tx_no_truncate", "payments_ledgertransaction"),
            pgtrigger.Trigger(
                name="ledger_tx_open_period",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    PERFORM 1 FROM payments_ledgerperiod
                    WHERE month = date_trunc('month', NEW.occurred_on)::date AND is_closed;
                    IF FOUND THEN
                        RAISE EXCEPTION 'payments: the books of % are closed', to_char(NEW.occurred_on, 'YYYY-MM')
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ledger_tx_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("tx", "RECORD"), ("legs", "INTEGER")],
                func=WHOLE.format(id="NEW.id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.occurred_on}"

    def get_absolute_url(self) -> str:
        return reverse("payments:transaction_detail", args=[self.pk])


class EntryQuerySet(ScopedQuerySet["LedgerEntry"]):
    def _scoped(self, scope: Scope) -> Any:
        if not sees_books(scope):
            return self.none()
        if scope.all_teams:
            return self
        return self.filter(staff_q(scope, "transaction__invoice__partnership__campaign__brand__"))


class LedgerEntry(models.Model):
    """One leg: debit is positive, credit negative, in minor units of the currency."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.CASCADE, related_name="entries")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    payee = models.ForeignKey(
        "payments.PayeeProfile",
        on_delete=models.PROTECT,
        related_name="ledger_entries",
        null=True,
        blank=True,
    )
    is_demo = models.BooleanField(default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["transaction_id", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="ledger_entry_not_zero"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="ledger_entry_currency"),
        ]
        indexes = [
            models.Index(fields=["account", "currency"], name="ledger_entry_account"),
            models.Index(
                fields=["payee", "account"], name="ledger_entry_payee", condition=Q(payee__isnull=False)
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="ledger_entry_append_only", operation=pgtrigger.Update),
            refuse_delete_unless("ledger_entry_kept", "OLD.is_demo"),
            refuse_truncate("ledger_entry_no_truncate", "payments_ledgerentry"),
            pgtrigger.Trigger(
                name="ledger_entry_fits_account",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("acc", "RECORD")],
                func="""
                    SELECT currency, is_active INTO acc FROM payments_ledgeraccount WHERE id = NEW.account_id;
                    IF acc.currency <> '' AND acc.currency <> NEW.currency THEN
                        RAISE EXCEPTION 'payments: the account takes %, not %', acc.currency, NEW.currency
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT acc.is_active THEN
                        RAISE EXCEPTION 'payments: the account takes no postings' USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT is_demo INTO NEW.is_demo FROM payments_ledgertransaction WHERE id = NEW.transaction_id;
                    NEW.is_demo := COALESCE(NEW.is_demo, FALSE);
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ledger_entry_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[("tx", "RECORD"), ("legs", "INTEGER")],
                func=WHOLE.format(id="NEW.transaction_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Decimal:
        return from_minor(self.amount_minor, self.currency)

    @property
    def size(self) -> Decimal:
        return abs(self.amount)


@pghistory.track()
class LedgerPeriod(ScopedModel):
    """A month of the books. No row, or not closed: open."""

    month = models.DateField(_("month"), unique=True)  # its first day
    is_closed = models.BooleanField(_("closed"), default=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class PeriodQuerySet(ScopedQuerySet["LedgerPeriod"]):
        def _scoped(self, scope: Scope) -> Any:
            return self if sees_books(scope) else self.none()

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="ledger_period_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
