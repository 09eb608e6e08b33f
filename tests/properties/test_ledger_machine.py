"""Invoices, payments and books as a state machine against a model in plain Python.

After every step the invariants of the reference hold: I1 balance, I2 legs, I3 append-only, I4 one mirror,
I5 payable = documents, I7 never more than approved, I9 closed months, I10 trial balance zero, I11 one key one
posting, I12 whole minor units.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from krm.errors import Conflict, Denied
from payments import invoices, ledger, payouts, periods
from payments.models import Invoice, LedgerEntry, LedgerPeriod, LedgerTransaction, Payout
from tests.payments.factories import Cast
from tests.properties.machines import run_machine

REFUSED = (Conflict, Denied, ValidationError)
AMOUNTS = [3_000_000, 20_000_000, 90_000_000, 150_000_001, 7_777_777]
EXAMPLES = int(os.environ.get("KRM_MACHINE_EXAMPLES", "12"))
STEPS = int(os.environ.get("KRM_MACHINE_STEPS", "30"))


def bracket_tax(base: Decimal) -> Decimal:
    """Article 17, written a second time and differently: the sum over the bands of what lies above each floor."""
    floors = [(0, 5), (60_000_000, 10), (250_000_000, 10), (500_000_000, 5), (5_000_000_000, 5)]
    return sum((max(base - floor, Decimal(0)) * step / 100 for floor, step in floors), Decimal(0))


def half_up(value: Decimal) -> int:
    return int((value + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR"))


class Oracle:
    """What must be true of one invoice."""

    def __init__(self, gross: int, makers: set[int]) -> None:
        self.gross, self.makers = gross, makers
        self.state, self.withheld, self.paid = "draft", 0, 0
        self.ok = True

    @property
    def net(self) -> int:
        return self.gross - self.withheld


class Machine(RuleBasedStateMachine):
    """One KOL, five milestones, two in finance and an administrator."""

    cast: Cast

    @initialize()
    def start(self) -> None:
        self.cast = Cast(AMOUNTS)
        self.people = {
            "finance": self.cast.finance,
            "finance2": self.cast.finance2,
            "admin": self.cast.admin,
            "kol": self.cast.kol,
        }
        self.free = {
            claim["claim"]: amount for claim, amount in zip(self.cast.claims(), AMOUNTS, strict=True)
        }
        self.claim_of: dict[int, str] = {}
        self.known: dict[int, Oracle] = {}
        self.order: list[int] = []  # approved, in order: tax of a month adds up
        self.keys: dict[str, int] = {}
        self.closed = False
        self.posted = 0

    def pick(self, index: int, *states: str) -> tuple[Invoice, Oracle] | None:
        found = [pk for pk, oracle in self.known.items() if not states or oracle.state in states]
        if not found:
            return None
        pk = found[index % len(found)]
        return Invoice.objects.get(pk=pk), self.known[pk]

    @contextmanager
    def expect_refusal(self) -> Iterator[None]:
        """The verb refuses and nothing at all is written."""
        before = self.fingerprint()
        with pytest.raises((*REFUSED, DatabaseError)), transaction.atomic():
            yield
        assert self.fingerprint() == before

    def fingerprint(self) -> tuple[Any, ...]:
        return (
            LedgerTransaction.objects.count(),
            LedgerEntry.objects.count(),
            tuple(Invoice.objects.order_by("pk").values_list("pk", "state", "net")),
            tuple(Payout.objects.order_by("pk").values_list("pk", "state")),
        )

    def month_gross(self) -> tuple[int, int]:
        live = [self.known[pk] for pk in self.order]
        return sum(o.gross for o in live), sum(o.withheld for o in live)

    # Steps

    @rule(
        index=st.integers(0, 9),
        error=st.sampled_from([0, 0, 0, 1, -1, 500_000]),
        sender=st.sampled_from(["kol", "finance"]),
    )
    def submit(self, index: int, error: int, sender: str) -> None:
        if not self.free:
            return
        key = sorted(self.free)[index % len(self.free)]
        amount = self.free[key] + error
        by = self.people[sender]
        invoice = self.cast.draft(by=by, lines=[{"claim": key, "amount": Decimal(amount)}])
        invoice = invoices.submit(invoice, by=by)
        oracle = Oracle(amount, {by.pk})
        oracle.ok = error == 0
        oracle.state = "matched" if oracle.ok else "mismatch"
        self.known[invoice.pk], self.claim_of[invoice.pk] = oracle, key
        del self.free[key]
        assert invoice.state == oracle.state

    @rule(index=st.integers(0, 9))
    def submit_twice(self, index: int) -> None:
        found = self.pick(index, "matched", "approved", "paid")
        if found:
            with self.expect_refusal():
                invoices.submit(found[0], by=self.cast.kol)

    @rule(index=st.integers(0, 9))
    def same_work_twice(self, index: int) -> None:
        found = self.pick(index, "mismatch", "matched", "approved", "paid", "rejected")
        if found:
            with self.expect_refusal():
                self.cast.draft(lines=[{"claim": self.claim_of[found[0].pk]}])

    @rule(index=st.integers(0, 9), who=st.sampled_from(["finance", "finance2"]))
    def match(self, index: int, who: str) -> None:
        found = self.pick(index, "matched", "mismatch")
        if found:
            invoice, oracle = found
            invoices.match(invoice, by=self.people[who])
            # only the last person who matched is on the invoice
            oracle.makers = {
                m for m in oracle.makers if m in (invoice.created_by_id, invoice.submitted_by_id)
            } | {self.people[who].pk}

    @rule(index=st.integers(0, 9), who=st.sampled_from(["finance", "finance2", "admin", "kol"]))
    def approve(self, index: int, who: str) -> None:
        found = self.pick(index)
        if not found:
            return
        invoice, oracle = found
        person = self.people[who]
        if oracle.state != "matched" or person.pk in oracle.makers or who == "kol":
            with self.expect_refusal():
                invoices.approve(invoice, by=person)
            return
        before, withheld = self.month_gross()
        invoices.approve(invoice, by=person)
        month = half_up(Decimal(before + oracle.gross) / 2)
        oracle.withheld = half_up(bracket_tax(Decimal(month))) - withheld
        oracle.state = "approved"
        self.order.append(invoice.pk)
        self.posted += 1

    @rule(index=st.integers(0, 9))
    def reject(self, index: int) -> None:
        found = self.pick(index, "matched", "mismatch")
        if found:
            invoices.reject(found[0], by=self.cast.finance, reason="not like this")
            found[1].state = "rejected"

    @rule(index=st.integers(0, 9))
    def void(self, index: int) -> None:
        found = self.pick(index)
        if not found:
            return
        invoice, oracle = found
        last = self.order and self.order[-1] == invoice.pk
        possible = oracle.state in ("matched", "mismatch", "rejected") or (
            oracle.state == "approved" and last and oracle.paid == 0
        )
        if not possible:
            with self.expect_refusal():
                invoices.void(invoice, by=self.cast.finance, reason="redo")
            return
        invoices.void(invoice, by=self.cast.finance, reason="redo")
        if oracle.state == "approved":
            self.order.remove(invoice.pk)
            self.posted += 1
        oracle.state = "void"
        key = self.claim_of[invoice.pk]
        self.free[key] = self.agreed(key)

    def agreed(self, key: str) -> int:
        from campaigns.models import Milestone

        return int(Milestone.objects.get(pk=int(key[1:])).amount)

    @rule(index=st.integers(0, 9), share=st.sampled_from([1, 2, 3]), over=st.sampled_from([0, 0, 0, 1]))
    def pay(self, index: int, share: int, over: int) -> None:
        found = self.pick(index)
        if not found:
            return
        invoice, oracle = found
        left = oracle.net - oracle.paid
        amount = max(left // share, 1) + (left if over else 0)
        if oracle.state != "approved" or amount > left:
            with self.expect_refusal():
                self.cast.pay(invoice, amount)
            return
        reference = f"R{len(self.keys)}"
        payout = self.cast.pay(invoice, amount, reference=reference)
        assert self.cast.pay(invoice, amount, reference=reference).pk == payout.pk  # told twice, done once
        self.keys[reference] = payout.pk
        oracle.paid += amount
        self.posted += 1
        if oracle.paid == oracle.net:
            oracle.state = "paid"

    @rule(index=st.integers(0, 9))
    def comes_back(self, index: int) -> None:
        standing = list(Payout.objects.filter(state="succeeded", invoice_id__in=self.known).order_by("pk"))
        if not standing:
            return
        payout = standing[index % len(standing)]
        payouts.reverse_payment(payout, by=self.cast.finance, reason="account closed")
        oracle = self.known[payout.invoice_id]
        oracle.paid -= int(payout.amount)
        oracle.state = "approved"
        self.posted += 1
        with self.expect_refusal():
            payouts.reverse_payment(payout, by=self.cast.finance, reason="again")

    @precondition(lambda self: not self.closed)
    @rule()
    def close_last_month(self) -> None:
        if not LedgerPeriod.objects.filter(month=date(2026, 10, 1), is_closed=True).exists():
            first = timezone.localdate().replace(day=1)
            last_month = (first - timedelta(days=1)).replace(day=1)
            periods.close(last_month, by=self.cast.finance)
        self.closed = True

    @precondition(lambda self: self.closed)
    @rule(index=st.integers(0, 9))
    def pay_into_closed_month(self, index: int) -> None:
        found = self.pick(index, "approved")
        if found:
            day = timezone.localdate().replace(day=1) - timedelta(days=1)
            with self.expect_refusal():
                self.cast.pay(found[0], 1, paid_on=day)

    @rule(statement=st.sampled_from([
        "UPDATE payments_ledgerentry SET amount_minor = amount_minor + 1",
        "DELETE FROM payments_ledgerentry",
        "DELETE FROM payments_ledgertransaction",
        "UPDATE payments_payout SET amount = amount + 1",
        "UPDATE payments_invoice SET approved_by_id = created_by_id WHERE state IN ('approved', 'paid')",
        "UPDATE payments_invoice SET state = 'paid' WHERE state = 'matched'",
    ]))  # fmt: skip
    def tamper(self, statement: str) -> None:
        """Raw SQL changes no posted row: refused, or it found no row."""
        before = self.fingerprint(), LedgerEntry.objects.aggregate(sum=Sum("amount_minor"))
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
                assert cursor.rowcount == 0
        except DatabaseError:
            pass
        assert (self.fingerprint(), LedgerEntry.objects.aggregate(sum=Sum("amount_minor"))) == before

    # Invariants

    @invariant()
    def deferred_checks_pass(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    @invariant()
    def documents_are_as_the_model_says(self) -> None:
        if not hasattr(self, "cast"):
            return
        for invoice in Invoice.objects.filter(pk__in=self.known).prefetch_related("payouts"):
            oracle = self.known[invoice.pk]
            assert invoice.state == oracle.state, (invoice.pk, invoice.state, oracle.state)
            if oracle.state in ("approved", "paid"):
                assert (int(invoice.withheld), int(invoice.net)) == (oracle.withheld, oracle.net)
            paid = sum(p.amount for p in invoice.payouts.all() if p.state == "succeeded")
            assert paid == oracle.paid <= oracle.net

    @invariant()
    def i1_i2_i10_books_balance(self) -> None:
        for row in LedgerEntry.objects.values("transaction_id", "currency").annotate(
            total=Sum("amount_minor"), legs=Count("id")
        ):
            assert row["total"] == 0 and row["legs"] >= 2
        assert not LedgerEntry.objects.filter(amount_minor=0).exists()
        assert sum(row.balance for row in ledger.trial_balance()) == 0

    @invariant()
    def i5_payable_is_what_the_documents_say(self) -> None:
        if not hasattr(self, "cast"):
            return
        owed = sum(o.net - o.paid for o in self.known.values() if o.state in ("approved", "paid"))
        assert ledger.payable_to(self.cast.payee, "IDR") == owed
        assert ledger.audit() == []

    @invariant()
    def i4_i11_one_posting_a_key_one_mirror_an_original(self) -> None:
        if not hasattr(self, "cast"):
            return
        assert LedgerTransaction.objects.count() == self.posted
        mirrors = LedgerTransaction.objects.exclude(reverses=None).values_list("reverses_id", flat=True)
        assert len(mirrors) == len(set(mirrors))

    @invariant()
    def i9_nothing_lies_in_a_closed_month(self) -> None:
        for period in LedgerPeriod.objects.filter(is_closed=True):
            assert not LedgerTransaction.objects.filter(
                occurred_on__year=period.month.year, occurred_on__month=period.month.month
            ).exists()

    @invariant()
    def i12_rupiah_are_whole(self) -> None:
        for values in Invoice.objects.values_list("gross", "vat", "withheld", "net"):
            assert all(value == value.to_integral_value() for value in values)


@pytest.mark.django_db
def test_invoice_and_ledger_machine() -> None:
    run_machine(Machine, examples=EXAMPLES, steps=STEPS)
