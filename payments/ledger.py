"""Post to the books, reverse what was posted, and read balances.

Debit is positive, credit negative. `key` makes a posting happen once however often and by how many at once it
is asked for; the same key with different content is a Conflict. The database holds the invariants.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BigIntegerField, Case, F, Q, Sum, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from krm import events
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.money.amounts import from_minor, to_minor
from payments.models import (
    Invoice,
    LedgerAccount,
    LedgerEntry,
    LedgerPeriod,
    LedgerTransaction,
    PayeeProfile,
    Payout,
)

BANK = "1100"
VAT_INPUT = "1300"
PAYABLE = "2100"
WITHHOLDING = {"pph21": "2210", "pph23": "2230", "pph26": "2260", "manual": "2290"}
KOL_COST = "5100"


@dataclass(frozen=True)
class Leg:
    account: str
    amount_minor: int
    currency: str
    payee_id: int | None = None


def debit(account: str, amount: Decimal, currency: str, payee: PayeeProfile | None = None) -> Leg:
    return Leg(account, to_minor(amount, currency), currency, payee.pk if payee else None)


def credit(account: str, amount: Decimal, currency: str, payee: PayeeProfile | None = None) -> Leg:
    return Leg(account, -to_minor(amount, currency), currency, payee.pk if payee else None)


def _fingerprint(
    kind: str, occurred_on: date, legs: Iterable[Leg], invoice: Any, payout: Any, reverses: Any
) -> str:
    body = [
        kind,
        occurred_on.isoformat(),
        sorted([leg.account, leg.amount_minor, leg.currency, leg.payee_id or 0] for leg in legs),
        getattr(invoice, "pk", None),
        getattr(payout, "pk", None),
        getattr(reverses, "pk", None),
    ]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def _validate(legs: Sequence[Leg]) -> None:
    if len(legs) < 2:
        raise ValidationError({"entries": _("A transaction needs at least two lines.")})
    sums: dict[str, int] = {}
    for leg in legs:
        if isinstance(leg.amount_minor, bool) or not isinstance(leg.amount_minor, int):
            raise ValidationError({"entries": _("Amounts in the books are whole minor units.")})
        if leg.amount_minor == 0:
            raise ValidationError({"entries": _("A line of the books is never zero. Remove it.")})
        sums[leg.currency] = sums.get(leg.currency, 0) + leg.amount_minor
    off = {currency: total for currency, total in sums.items() if total}
    if off:
        currency, total = next(iter(off.items()))
        raise ValidationError(
            {
                "entries": _("Debit and credit differ by %(amount)s %(currency)s. Make them equal.")
                % {"amount": abs(from_minor(total, currency)), "currency": currency}
            }
        )


def post(
    *,
    key: str,
    entries: Sequence[Leg],
    kind: str,
    occurred_on: date,
    memo: str = "",
    by: User | None = None,
    invoice: Invoice | None = None,
    payout: Payout | None = None,
    reverses: LedgerTransaction | None = None,
    is_demo: bool = False,
) -> LedgerTransaction:
    """Post once per `key`; called by verbs that have checked permission. Returns the transaction, old or new."""
    _validate(entries)
    fingerprint = _fingerprint(kind, occurred_on, entries, invoice, payout, reverses)
    accounts = _accounts({leg.account for leg in entries})
    with transaction.atomic():
        try:
            with transaction.atomic():
                posted = LedgerTransaction.objects.create(
                    kind=kind,
                    key=key,
                    fingerprint=fingerprint,
                    occurred_on=occurred_on,
                    memo=memo[:300],
                    leg_count=len(entries),
                    invoice=invoice,
                    payout=payout,
                    reverses=reverses,
                    posted_by=by,
                    is_demo=is_demo,
                )
        except IntegrityError:
            # Somebody was first with this key (the unique index made us wait for them) or the month is closed.
            known = LedgerTransaction.objects.filter(key=key).first()
            if known is None:
                _explain_refusal(occurred_on, reverses)
                raise
            if known.fingerprint != fingerprint:
                raise Conflict(
                    _("The books hold something else under the key %(key)s.") % {"key": key}
                ) from None
            return known
        LedgerEntry.objects.bulk_create(
            LedgerEntry(
                transaction=posted,
                account=accounts[leg.account],
                amount_minor=leg.amount_minor,
                currency=leg.currency,
                payee_id=leg.payee_id,
            )
            for leg in entries
        )
        return posted


def _accounts(codes: set[str]) -> dict[str, LedgerAccount]:
    found = {account.code: account for account in LedgerAccount.objects.filter(code__in=codes)}
    for code in sorted(codes - found.keys()):
        raise ValidationError({"entries": _("There is no account %(code)s.") % {"code": code}})
    return found


def _explain_refusal(occurred_on: date, reverses: LedgerTransaction | None) -> None:
    require_open(occurred_on)
    if reverses is not None and LedgerTransaction.objects.filter(reverses=reverses).exists():
        raise Conflict(_("This was reversed already."))


def require_open(occurred_on: date) -> None:
    """Raise Conflict where the month of that day is closed."""
    if LedgerPeriod.objects.filter(month=occurred_on.replace(day=1), is_closed=True).exists():
        raise Conflict(
            _(
                "The books of %(month)s are closed. Use a later date, or have an administrator reopen the month."
            )
            % {"month": f"{occurred_on:%Y-%m}"}
        )


def reverse(
    original: LedgerTransaction,
    *,
    key: str,
    occurred_on: date,
    kind: str = LedgerTransaction.Kind.REVERSAL,
    memo: str = "",
    by: User | None = None,
    payout: Payout | None = None,
) -> LedgerTransaction:
    """Post the exact mirror of a transaction; once per original."""
    if original.reverses_id:
        raise Conflict(_("A reversal is not reversed. Post the right transaction anew."))
    legs = [
        Leg(entry.account.code, -entry.amount_minor, entry.currency, entry.payee_id)
        for entry in original.entries.select_related("account")
    ]
    return post(
        key=key,
        entries=legs,
        kind=kind,
        occurred_on=occurred_on,
        memo=memo or original.memo,
        by=by,
        invoice=original.invoice,
        payout=payout or original.payout,
        reverses=original,
        is_demo=original.is_demo,
    )


def post_manual(
    *, by: User, key: str, occurred_on: date, memo: str, entries: Sequence[Leg]
) -> LedgerTransaction:
    """A bookkeeper's own transaction (a tax deposit, a bank charge)."""
    check(by, "payments.post_ledger")
    if not memo.strip():
        raise ValidationError({"memo": _("Say what this is for.")})
    with transaction.atomic():
        posted = post(
            key=f"manual:{key}",
            entries=entries,
            kind=LedgerTransaction.Kind.MANUAL,
            occurred_on=occurred_on,
            memo=memo,
            by=by,
        )
        events.record("payments.ledger_posted", posted, actor=by, data={"kind": posted.kind})
        return posted


def reverse_manual(
    original: LedgerTransaction, *, by: User, occurred_on: date, memo: str
) -> LedgerTransaction:
    """Reverse a manual transaction; those of invoices and payouts are reversed by their own verbs."""
    check(by, "payments.post_ledger")
    if original.kind != LedgerTransaction.Kind.MANUAL:
        raise Conflict(_("Void the invoice or mark the payment as come back; that reverses its posting."))
    if LedgerTransaction.objects.filter(reverses=original).exists():
        raise Conflict(_("This was reversed already."))
    if not memo.strip():
        raise ValidationError({"memo": _("Say why it is reversed.")})
    with transaction.atomic():
        posted = reverse(original, key=f"reversal:{original.pk}", occurred_on=occurred_on, memo=memo, by=by)
        events.record("payments.ledger_reversed", posted, actor=by, data={"reverses": original.pk})
        return posted


# Reading


@dataclass(frozen=True)
class BalanceRow:
    account: LedgerAccount
    currency: str
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        return self.debit - self.credit


def trial_balance(*, until: date | None = None) -> list[BalanceRow]:
    """Debit and credit of every account and currency, up to and with a day."""
    entries = LedgerEntry.objects.all()
    if until is not None:
        entries = entries.filter(transaction__occurred_on__lte=until)
    zero = Case(When(amount_minor__gt=0, then=F("amount_minor")), default=0, output_field=BigIntegerField())
    sums = (
        entries.values("account_id", "currency")
        .annotate(debit=Sum(zero), total=Sum("amount_minor"))
        .order_by("account__code", "currency")
    )
    accounts = LedgerAccount.objects.in_bulk()
    return [
        BalanceRow(
            accounts[row["account_id"]],
            row["currency"],
            from_minor(int(row["debit"]), row["currency"]),
            from_minor(int(row["debit"] - row["total"]), row["currency"]),
        )
        for row in sums
    ]


def payable_to(payee: PayeeProfile, currency: str) -> Decimal:
    """What we owe this payee by the books."""
    total = LedgerEntry.objects.filter(payee=payee, account__code=PAYABLE, currency=currency).aggregate(
        total=Coalesce(Sum("amount_minor"), 0, output_field=BigIntegerField())
    )["total"]
    return -from_minor(int(total), currency)


@dataclass(frozen=True)
class Break:
    """Something that must hold and does not."""

    rule: str
    detail: str


def audit() -> list[Break]:
    """Recompute the books from the documents: what the database cannot say in one constraint."""
    breaks: list[Break] = []
    unbalanced = (
        LedgerEntry.objects.values("transaction_id", "currency")
        .annotate(total=Sum("amount_minor"))
        .exclude(total=0)
    )
    breaks += [
        Break("balances", f"transaction {row['transaction_id']} {row['currency']}") for row in unbalanced
    ]
    owed: dict[tuple[int, str], int] = {}
    for payee_id, currency, net in (
        Invoice.objects.filter(state__in=("approved", "scheduled", "paid"))
        .values_list("payee_id", "currency")
        .annotate(net=Sum("net"))
    ):
        owed[payee_id, currency] = owed.get((payee_id, currency), 0) + to_minor(net, currency)
    for payee_id, currency, paid in (
        Payout.objects.filter(state="succeeded")
        .values_list("invoice__payee_id", "currency")
        .annotate(paid=Sum("amount"))
    ):
        owed[payee_id, currency] = owed.get((payee_id, currency), 0) - to_minor(paid, currency)
    booked = {
        (row["payee_id"], row["currency"]): -int(row["total"])
        for row in LedgerEntry.objects.filter(Q(account__code=PAYABLE, payee__isnull=False))
        .values("payee_id", "currency")
        .annotate(total=Sum("amount_minor"))
    }
    for pair in sorted(set(owed) | set(booked)):
        if owed.get(pair, 0) != booked.get(pair, 0):
            breaks.append(
                Break(
                    "payable",
                    f"payee {pair[0]} {pair[1]}: documents {owed.get(pair, 0)}, books {booked.get(pair, 0)}",
                )
            )
    return breaks
