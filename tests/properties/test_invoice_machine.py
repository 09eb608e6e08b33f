"""The states of an invoice: every verb tried in every state, and every move tried in the database itself.

The ledger machine follows the money; this one follows drafts, corrections, plans and work that is accepted late,
and holds that a refused verb leaves nothing behind.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django_fsm import TransitionNotAllowed, can_proceed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from campaigns.models import Deliverable, Milestone
from krm.errors import Conflict, Denied
from krm.events.models import Event
from payments import invoices, ledger, payouts
from payments.models import Invoice, InvoiceLine, InvoiceState, LedgerTransaction, MatchResult, Payout
from payments.models.invoices import INVOICE_MOVES
from tests.payments.factories import Cast
from tests.properties.machines import run_machine

EXAMPLES = int(os.environ.get("KRM_MACHINE_EXAMPLES", "8"))
STEPS = int(os.environ.get("KRM_MACHINE_STEPS", "25"))
REFUSED = (Conflict, Denied, ValidationError)

# Written down a second time, from the room's documentation: which verb leads where.
EDITABLE = {"draft", "mismatch", "rejected"}
WAITING = {"submitted", "matched", "mismatch"}
OPEN = {"approved", "scheduled"}
WHO_MAY = {
    "submit": {"kol", "manager", "finance", "finance2", "admin"},
    "change": {"kol", "manager", "finance", "finance2", "admin"},
    "match": {"finance", "finance2", "admin"},
    "approve": {"finance", "finance2", "admin"},
    "reject": {"finance", "finance2", "admin"},
    "void": {"kol", "finance", "finance2", "admin"},
    "schedule": {"finance", "finance2", "admin"},
    "pay": {"finance", "finance2", "admin"},
    "comes_back": {"finance", "finance2", "admin"},
}
PEOPLE = ["kol", "manager", "finance", "finance2", "admin", "stranger"]


class Machine(RuleBasedStateMachine):
    """One invoice at a time, for one piece of work that is accepted or not."""

    @initialize(accepted=st.booleans())
    def start(self, accepted: bool) -> None:
        self.cast = Cast([20_000_000], accepted=accepted)
        self.people: dict[str, Any] = {
            name: getattr(self.cast, name) for name in PEOPLE if name != "stranger"
        }
        self.people["stranger"] = Cast([1_000_000]).kol
        self.accepted = accepted
        self.work = Milestone.objects.get(agreement=self.cast.agreement)
        self.begin()

    def begin(self) -> None:
        self.invoice = self.cast.draft(lines=[{"claim": f"m{self.work.pk}"}])
        self.state, self.right, self.paid = "draft", True, 0
        self.makers = {"kol"}

    def attempt(self, verb: str, who: str, allowed: bool, do: Callable[[Any], Any]) -> bool:
        """Do it, or see it refused with nothing changed at all."""
        person = self.people[who]
        if allowed and who in WHO_MAY[verb]:
            do(person)
            return True
        before = self.fingerprint()
        with pytest.raises(REFUSED), transaction.atomic():
            do(person)
        assert self.fingerprint() == before
        return False

    def fingerprint(self) -> tuple[Any, ...]:
        return (
            tuple(Invoice.objects.order_by("pk").values_list()),
            tuple(InvoiceLine.objects.order_by("pk").values_list()),
            tuple(Milestone.objects.order_by("pk").values_list("pk", "state")),
            MatchResult.objects.count(),
            tuple(Payout.objects.order_by("pk").values_list("pk", "state")),
            LedgerTransaction.objects.count(),
            Event.objects.count(),
        )

    def matched(self) -> str:
        return "matched" if self.right and self.accepted else "mismatch"

    # Verbs, whatever the state

    @rule(who=st.sampled_from(PEOPLE), amount=st.sampled_from([20_000_000, 20_000_001, 19_999_999]))
    def change(self, who: str, amount: int) -> None:
        def do(person: Any) -> None:
            line = {"claim": f"m{self.work.pk}", "amount": Decimal(amount)}
            self.cast.draft(by=person, invoice=self.invoice, lines=[line], number=self.invoice.number)

        if self.attempt("change", who, self.state in EDITABLE, do):
            self.right = amount == 20_000_000
            self.makers.add(who)

    @rule(who=st.sampled_from(PEOPLE))
    def submit(self, who: str) -> None:
        if self.attempt(
            "submit", who, self.state in EDITABLE, lambda by: invoices.submit(self.invoice, by=by)
        ):
            self.state = self.matched()
            self.submitter, self.matcher = who, ""

    @rule(who=st.sampled_from(PEOPLE))
    def match(self, who: str) -> None:
        if self.attempt("match", who, self.state in WAITING, lambda by: invoices.match(self.invoice, by=by)):
            self.state, self.matcher = self.matched(), who

    @rule()
    def work_is_accepted(self) -> None:
        """Late, as it happens: the match runs again on nobody's behalf."""
        if not self.accepted:
            work, now = Deliverable.objects.filter(pk=self.work.deliverable_id), timezone.now()
            work.update(published_at=now, accepted_at=now, post_url="https://post.example/1")
            for state in ("in_review", "approved", "published", "accepted"):
                work.update(state=state)
            self.accepted = True
        invoices.rematch_by_system(self.invoice)
        if self.state == "mismatch":
            self.state = self.matched()

    @rule(who=st.sampled_from(PEOPLE))
    def approve(self, who: str) -> None:
        other = who not in {"kol", getattr(self, "submitter", ""), getattr(self, "matcher", "")} | self.makers
        allowed = self.state == "matched" and self.matched() == "matched" and other
        if self.attempt("approve", who, allowed, lambda by: invoices.approve(self.invoice, by=by)):
            self.state = "approved"

    @rule(who=st.sampled_from(PEOPLE), reason=st.sampled_from(["", "  ", "Not as agreed"]))
    def reject(self, who: str, reason: str) -> None:
        allowed = self.state in WAITING and bool(reason.strip())
        if self.attempt(
            "reject", who, allowed, lambda by: invoices.reject(self.invoice, by=by, reason=reason)
        ):
            self.state = "rejected"

    @rule(who=st.sampled_from(PEOPLE), days=st.sampled_from([-1, 0, 3]))
    def schedule(self, who: str, days: int) -> None:
        day = timezone.localdate() + timedelta(days=days)
        allowed = self.state in OPEN and days >= 0
        if self.attempt("schedule", who, allowed, lambda by: payouts.schedule(self.invoice, by=by, on=day)):
            self.state = "scheduled"

    @rule(who=st.sampled_from(PEOPLE), amount=st.sampled_from([1, 9_750_000, 19_500_000, 19_500_001]))
    def pay(self, who: str, amount: int) -> None:
        allowed = self.state in OPEN and self.paid + amount <= 19_500_000
        if self.attempt("pay", who, allowed, lambda by: self.cast.pay(self.invoice, amount, by=by)):
            self.paid += amount
            if self.paid == 19_500_000:
                self.state = "paid"

    @rule(who=st.sampled_from(PEOPLE))
    def comes_back(self, who: str) -> None:
        payout = Payout.objects.filter(invoice=self.invoice, state="succeeded").order_by("pk").first()
        if payout is None:
            return
        if self.attempt(
            "comes_back", who, True, lambda by: payouts.reverse_payment(payout, by=by, reason="closed")
        ):
            self.paid -= int(payout.amount)
            if self.state == "paid":
                self.state = "approved"

    @rule(who=st.sampled_from(PEOPLE))
    def void(self, who: str) -> None:
        allowed = (
            self.state not in ("paid", "void") and self.paid == 0 and (who != "kol" or self.state in EDITABLE)
        )
        if self.attempt(
            "void", who, allowed, lambda by: invoices.void(self.invoice, by=by, reason="start again")
        ):
            self.state = "void"

    @rule()
    def start_again(self) -> None:
        if self.state == "void":
            for verb in ("submit", "match", "approve"):
                self.attempt(
                    verb, "admin", False, lambda by, verb=verb: getattr(invoices, verb)(self.invoice, by=by)
                )
            self.submitter = self.matcher = ""
            self.begin()

    @rule(target_state=st.sampled_from(InvoiceState.values))
    def move_by_hand(self, target_state: str) -> None:
        """Raw SQL goes where the machine goes, or nowhere."""
        if target_state == self.state or (self.state, target_state) in INVOICE_MOVES:
            return
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE payments_invoice SET state = %s WHERE id = %s", [target_state, self.invoice.pk]
            )

    # Invariants

    @invariant()
    def it_is_where_the_model_says(self) -> None:
        if not hasattr(self, "invoice"):
            return
        found = Invoice.objects.get(pk=self.invoice.pk)
        assert found.state == self.state
        assert found.net == found.gross + found.vat - found.withheld
        if self.state in (*OPEN, "paid"):
            assert found.approved_by_id not in (
                found.created_by_id,
                found.submitted_by_id,
                found.matched_by_id,
            )
            assert ledger.payable_to(self.cast.payee, "IDR") == 19_500_000 - self.paid
        else:
            assert ledger.payable_to(self.cast.payee, "IDR") == 0
        self.work.refresh_from_db()
        expected = {"paid": {"paid"}, "draft": {"pending", "ready"}, "void": {"pending", "ready"}}
        assert self.work.state in expected.get(self.state, {"invoiced"})
        assert ledger.audit() == []


@pytest.mark.django_db
def test_invoice_machine() -> None:
    run_machine(Machine, examples=EXAMPLES, steps=STEPS)


# Every pair of states, without a machine


def model_moves() -> set[tuple[str, str]]:
    moves = set()
    for transition in Invoice(state="draft").get_all_state_transitions():
        moves.add((transition.source, transition.target))
    return moves


def test_the_model_and_the_database_know_the_same_moves() -> None:
    assert model_moves() == set(INVOICE_MOVES)


@pytest.mark.parametrize(("source", "method"), list(product(InvoiceState.values, [
    "to_submitted", "to_matched", "to_mismatch", "to_approved", "to_rejected", "to_scheduled", "to_paid",
    "back_to_approved", "to_void",
])))  # fmt: skip
def test_the_model_refuses_every_other_move(source: str, method: str) -> None:
    invoice = Invoice(state=source)
    move = getattr(invoice, method)
    target = {"back_to_approved": "approved"}.get(method, method.removeprefix("to_"))
    if can_proceed(move):
        move()
        assert (source, target) in INVOICE_MOVES and invoice.state == target
    else:
        with pytest.raises(TransitionNotAllowed):
            move()
        assert invoice.state == source


def in_state(cast: Cast, state: str) -> Invoice:
    if state == "draft":
        return cast.draft()
    if state == "submitted":  # between submit and match, where nobody ever sees it
        invoice = cast.submitted(lines=[cast.claims()[0] | {"amount": Decimal(1)}])
        invoice.to_submitted()
        invoice.save(update_fields=["state"])
        return invoice
    if state == "mismatch":
        return cast.submitted(lines=[cast.claims()[0] | {"amount": Decimal(1)}])
    if state == "matched":
        return cast.submitted()
    if state == "rejected":
        return invoices.reject(cast.submitted(), by=cast.finance, reason="Not as agreed")
    if state == "void":
        return invoices.void(cast.submitted(), by=cast.finance, reason="Twice")
    invoice = cast.approved()
    if state == "scheduled":
        return payouts.schedule(invoice, by=cast.finance, on=timezone.localdate())
    return cast.pay(invoice).invoice if state == "paid" else invoice


@pytest.mark.django_db
@pytest.mark.parametrize("source", InvoiceState.values)
def test_the_database_refuses_every_other_move(source: str) -> None:
    cast = Cast()
    invoice = in_state(cast, source)
    assert invoice.state == source
    for target in InvoiceState.values:
        if target == source or (source, target) in INVOICE_MOVES:
            continue
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE payments_invoice SET state = %s WHERE id = %s", [target, invoice.pk])
    assert Invoice.objects.get(pk=invoice.pk).state == source
