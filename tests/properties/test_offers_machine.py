"""Talks between two sides as a state machine, against a model in plain Python.

Two KOLs talk with two brands that compete: four partnerships under one budget each. After every step: one offer at most
is on the table, both sides read the same figures, nothing is agreed without an accepted offer, a signed agreement says
what it said, no more is promised than the fees line and its waivers allow, and the database refuses what the machine
refuses.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from campaigns import agreements, budget, negotiation
from campaigns.models import Agreement, ExclusivityWindow, Offer, Partnership
from campaigns.models.agreements import AGREEMENT_MOVES
from campaigns.models.negotiation import OFFER_MOVES, PARTNERSHIP_MOVES
from krm.errors import Conflict, Denied
from tests.campaigns import factories as f
from tests.properties.machines import run_machine

REFUSED = (Conflict, Denied, ValidationError)
EXAMPLES = int(os.environ.get("KRM_MACHINE_EXAMPLES", "10"))
STEPS = int(os.environ.get("KRM_MACHINE_STEPS", "30"))
PRICES = [1_000_000, 9_000_000, 14_000_000, 26_000_000]
FEES = 26_000_000  # 65 % of 40 million

SIDES = st.sampled_from(["agency", "creator"])
WHICH = st.integers(0, 3)
PRICE = st.sampled_from(PRICES)
OPEN = ("invited", "negotiating", "declined")
OURS = ("negotiating", "agreed")


class Talks:
    """What must be true of one partnership."""

    def __init__(self, brand: int, kol: int) -> None:
        self.brand, self.kol = brand, kol
        self.state = "invited"
        self.table: tuple[str, int, bool] | None = None  # whose offer, how much, exclusive
        self.accepted: tuple[int, bool] | None = None
        self.paper = ""  # state of the agreement
        self.total = 0
        self.exclusive = False
        self.signed_by: set[str] = set()
        self.window = False

    @property
    def promised(self) -> int:
        if self.state in ("cancelled", "declined"):
            return 0
        if self.paper and self.paper != "cancelled":
            return self.total
        if self.accepted:
            return self.accepted[0]
        return self.table[1] if self.table and self.table[0] == "agency" else 0


class Machine(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.admin = f.make_admin()
        self.kols = [f.make_creator(), f.make_creator()]
        self.people = [f.portal_for(kol) for kol in self.kols]
        brands = [f.make_brand(category="beauty"), f.make_brand(category="beauty")]
        self.campaigns = [
            f.make_campaign(brand, by=self.admin, budget=Decimal(40_000_000)) for brand in brands
        ]
        self.waived = [0, 0]
        self.talks: list[Talks] = []
        self.rows: list[int] = []
        for brand in (0, 1):
            for kol in (0, 1):
                row = negotiation.invite(self.campaigns[brand], by=self.admin, creator=self.kols[kol])
                self.talks.append(Talks(brand, kol))
                self.rows.append(row.pk)
        self.papers: dict[int, dict[str, Any]] = {}  # what signed agreements said

    # What the model allows

    def room(self, which: int) -> int:
        """What is left of the fees line for this partnership, others' promises taken off."""
        talks = self.talks[which]
        others = sum(t.promised for n, t in enumerate(self.talks) if t.brand == talks.brand and n != which)
        return FEES + self.waived[talks.brand] - others

    def forbidden(self, which: int) -> bool:
        """The other brand has this KOL for itself."""
        mine = self.talks[which]
        return any(t.window for t in self.talks if t.kol == mine.kol and t.brand != mine.brand)

    def works_elsewhere(self, which: int) -> bool:
        mine = self.talks[which]
        return any(t.state == "agreed" for t in self.talks if t.kol == mine.kol and t.brand != mine.brand)

    def row(self, which: int) -> Partnership:
        return Partnership.objects.select_related("campaign__brand", "creator").get(pk=self.rows[which])

    def offer(self, which: int) -> Offer | None:
        """The newest offer, whatever became of it: who answers a stale page answers this one."""
        return Offer.objects.filter(partnership=self.rows[which]).order_by("-number").first()

    def person(self, which: int, side: str) -> Any:
        return self.admin if side == "agency" else self.people[self.talks[which].kol]

    @contextmanager
    def expect(self, allowed: bool) -> Iterator[None]:
        """Done where the model allows it; else refused, with nothing at all written."""
        if allowed:
            with transaction.atomic():
                yield
            return
        before = self.fingerprint()
        with pytest.raises(REFUSED), transaction.atomic():
            yield
        assert self.fingerprint() == before

    def fingerprint(self) -> tuple[Any, ...]:
        return (
            tuple(Partnership.objects.order_by("pk").values_list("pk", "state")),
            tuple(Offer.objects.order_by("pk").values_list("pk", "state", "total", "side")),
            tuple(Agreement.objects.order_by("pk").values_list("pk", "state", "total", "document_sha256")),
            tuple(ExclusivityWindow.objects.order_by("pk").values_list("pk", "released_at")),
        )

    # Offers

    @rule(which=WHICH, price=PRICE, exclusive=st.booleans())
    def make_offer(self, which: int, price: int, exclusive: bool) -> None:
        talks = self.talks[which]
        allowed = (
            talks.state in OPEN
            and talks.table is None
            and talks.accepted is None
            and price <= self.room(which)
            and not self.forbidden(which)
        )
        with self.expect(allowed):
            f.make_offer(
                self.row(which), by=self.admin, lines=line(price), exclusivity_days=30 if exclusive else 0
            )
        if allowed:
            talks.state, talks.table = "negotiating", ("agency", price, exclusive)

    @rule(which=WHICH, side=SIDES, price=PRICE)
    def counter(self, which: int, side: str, price: int) -> None:
        offer, talks = self.offer(which), self.talks[which]
        if offer is None:
            return
        allowed = talks.table is not None and talks.table[0] != side
        if side == "agency":
            allowed = allowed and price <= self.room(which) and not self.forbidden(which)
        with self.expect(allowed):
            negotiation.counter(offer, by=self.person(which, side), lines=line(price))
        if allowed:
            assert talks.table is not None
            talks.table = (side, price, talks.table[2])

    @rule(which=WHICH, side=SIDES)
    def accept(self, which: int, side: str) -> None:
        offer, talks = self.offer(which), self.talks[which]
        if offer is None:
            return
        allowed = talks.table is not None and talks.table[0] != side and not self.forbidden(which)
        if side == "agency" and talks.table is not None:
            allowed = allowed and talks.table[1] <= self.room(which)
        with self.expect(allowed):
            negotiation.accept(offer, by=self.person(which, side))
        if allowed:
            assert talks.table is not None
            talks.accepted, talks.table = talks.table[1:], None

    @rule(which=WHICH, side=SIDES)
    def decline(self, which: int, side: str) -> None:
        offer, talks = self.offer(which), self.talks[which]
        if offer is None:
            return
        allowed = talks.table is not None and talks.table[0] != side
        with self.expect(allowed):
            negotiation.decline(offer, by=self.person(which, side))
        if allowed:
            talks.table = None
            if side == "creator":
                talks.state = "declined"

    @rule(which=WHICH, side=SIDES)
    def withdraw(self, which: int, side: str) -> None:
        offer, talks = self.offer(which), self.talks[which]
        if offer is None:
            return
        allowed = talks.table is not None and talks.table[0] == side
        with self.expect(allowed):
            negotiation.withdraw(offer, by=self.person(which, side))
        if allowed:
            talks.table = None

    @rule(which=WHICH)
    def expire(self, which: int) -> None:
        """Its time passes: nobody can accept it any more, and the clock ends it."""
        offer, talks = self.offer(which), self.talks[which]
        if offer is None or talks.table is None:
            return
        Offer.objects.filter(pk=offer.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        offer.refresh_from_db()
        other = "creator" if talks.table[0] == "agency" else "agency"
        with self.expect(False):
            negotiation.accept(offer, by=self.person(which, other))
        assert negotiation.expire_due() == 1
        assert negotiation.expire_due() == 0
        talks.table = None

    @rule(which=WHICH)
    def stranger(self, which: int) -> None:
        """The other KOL answers nothing of it."""
        offer = self.offer(which)
        if offer is None:
            return
        stranger = self.people[1 - self.talks[which].kol]
        for verb in (negotiation.accept, negotiation.decline, negotiation.withdraw):
            with self.expect(False):
                verb(offer, by=stranger)
        assert not Offer.objects.visible_to(stranger).filter(pk=offer.pk).exists()

    # Agreements

    @rule(which=WHICH)
    def draft(self, which: int) -> None:
        talks = self.talks[which]
        allowed = talks.accepted is not None and not talks.paper
        with self.expect(allowed):
            agreements.draft(self.row(which), by=self.admin)
        if allowed:
            assert talks.accepted is not None
            talks.paper, (talks.total, talks.exclusive) = "draft", talks.accepted
            Agreement.objects.get(partnership=self.rows[which]).deliverables.filter(publish_on=None).update(
                publish_on=timezone.now() + timedelta(days=9)
            )

    @rule(which=WHICH)
    def send(self, which: int) -> None:
        talks = self.talks[which]
        agreement = Agreement.objects.filter(partnership=self.rows[which]).first()
        if agreement is None:
            return
        allowed = (
            talks.paper == "draft"
            and talks.state == "negotiating"
            and talks.total <= self.room(which)
            and not self.forbidden(which)
            and not (talks.exclusive and self.works_elsewhere(which))
        )
        with self.expect(allowed):
            agreements.send(agreement, by=self.admin)
        if allowed:
            talks.paper, talks.signed_by = "sent", set()

    @rule(which=WHICH)
    def take_back(self, which: int) -> None:
        talks = self.talks[which]
        agreement = Agreement.objects.filter(partnership=self.rows[which]).first()
        if agreement is None:
            return
        allowed = talks.paper == "sent"
        with self.expect(allowed):
            agreements.take_back(agreement, by=self.admin, reason="a typo")
        if allowed:
            talks.paper = "draft"

    @rule(which=WHICH, side=SIDES)
    def sign(self, which: int, side: str) -> None:
        talks = self.talks[which]
        agreement = Agreement.objects.filter(partnership=self.rows[which]).first()
        if agreement is None:
            return
        last = talks.signed_by == {"agency" if side == "creator" else "creator"}
        allowed = talks.paper == "sent" and side not in talks.signed_by
        if last:
            allowed = (
                allowed
                and not self.forbidden(which)
                and not (talks.exclusive and self.works_elsewhere(which))
            )
        with self.expect(allowed):
            agreements.sign(agreement, by=self.person(which, side), name="Sari Dewi")
        if not allowed:
            return
        talks.signed_by.add(side)
        if talks.signed_by == {"agency", "creator"}:
            talks.paper, talks.state, talks.window = "signed", "agreed", talks.exclusive
            self.papers[agreement.pk] = self.terms(agreement.pk)

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        talks = self.talks[which]
        allowed = talks.state in ("invited", "negotiating", "agreed")
        with self.expect(allowed):
            negotiation.cancel_partnership(self.row(which), by=self.admin, reason="plans changed")
        if allowed:
            talks.state, talks.table, talks.window = "cancelled", None, False
            talks.paper = "cancelled" if talks.paper else ""

    @rule(brand=st.integers(0, 1))
    def waive(self, brand: int) -> None:
        if self.waived[brand] < 10_000_000:
            budget.waive(self.campaigns[brand], by=self.admin, amount=Decimal(5_000_000), reason="launch")
            self.waived[brand] += 5_000_000

    # The database by itself

    @rule(
        which=WHICH,
        into=st.sampled_from(["draft", "sent", "countered", "accepted", "declined", "expired", "withdrawn"]),
    )
    def database_keeps_the_moves_of_offers(self, which: int, into: str) -> None:
        offer = self.offer(which)
        if offer is not None and into != offer.state and (offer.state, into) not in OFFER_MOVES:
            self.refused_by_database(lambda: Offer.objects.filter(pk=offer.pk).update(state=into))

    @rule(
        which=WHICH,
        into=st.sampled_from(["invited", "negotiating", "agreed", "cancelled", "declined", "live"]),
    )
    def database_keeps_the_moves_of_partnerships(self, which: int, into: str) -> None:
        now = self.talks[which].state
        if into != now and (now, into) not in PARTNERSHIP_MOVES:
            self.refused_by_database(
                lambda: Partnership.objects.filter(pk=self.rows[which]).update(state=into)
            )

    @rule(which=WHICH, into=st.sampled_from(["draft", "sent", "signed", "cancelled"]))
    def database_keeps_the_moves_of_agreements(self, which: int, into: str) -> None:
        now = self.talks[which].paper
        if now and into != now and (now, into) not in AGREEMENT_MOVES:
            rows = Agreement.objects.filter(partnership=self.rows[which])
            self.refused_by_database(lambda: rows.update(state=into))

    @rule(which=WHICH)
    def database_keeps_what_was_offered_and_signed(self, which: int) -> None:
        offer = self.offer(which)
        if offer is not None and offer.state != "draft":
            self.refused_by_database(lambda: Offer.objects.filter(pk=offer.pk).update(total=1))
            self.refused_by_database(lambda: offer.lines.update(unit_price=1))
        if self.talks[which].window or self.talks[which].state == "agreed":
            rows = Agreement.objects.filter(partnership=self.rows[which])
            self.refused_by_database(lambda: rows.update(total=1))
            self.refused_by_database(lambda: rows.update(document_sha256="0" * 64))

    def refused_by_database(self, write: Callable[[], Any]) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()

    # What always holds

    @invariant()
    def the_model_is_right(self) -> None:
        if not hasattr(self, "talks"):
            return
        states = dict(Partnership.objects.filter(pk__in=self.rows).values_list("pk", "state"))
        papers = dict(
            Agreement.objects.filter(partnership__in=self.rows).values_list("partnership_id", "state")
        )
        for pk, talks in zip(self.rows, self.talks, strict=True):
            assert states[pk] == talks.state
            assert papers.get(pk, "") == talks.paper

    @invariant()
    def one_offer_is_on_the_table_and_both_read_the_same(self) -> None:
        if not hasattr(self, "talks"):
            return
        for which, talks in enumerate(self.talks):
            rows = list(Offer.objects.filter(partnership=self.rows[which], state__in=["draft", "sent"]))
            assert len(rows) == (1 if talks.table else 0)
            if not talks.table:
                continue
            (offer,) = rows
            assert (offer.side, offer.total) == talks.table[:2]
            for person in (self.admin, self.people[talks.kol]):
                seen = Offer.objects.visible_to(person).get(pk=offer.pk)
                lines = sum(row.amount for row in seen.lines.visible_to(person))
                assert seen.total == lines == talks.table[1]

    @invariant()
    def nothing_is_agreed_without_an_accepted_offer(self) -> None:
        for agreement in Agreement.objects.select_related("offer"):
            assert agreement.offer is not None and agreement.offer.state == "accepted"
            assert agreement.total == agreement.offer.total
            assert sum(m.amount for m in agreement.milestones.all()) == agreement.total

    @invariant()
    def what_is_signed_stays(self) -> None:
        for pk, said in getattr(self, "papers", {}).items():
            assert self.terms(pk) == said

    @invariant()
    def no_more_is_promised_than_allowed(self) -> None:
        if not hasattr(self, "talks"):
            return
        for brand, campaign in enumerate(self.campaigns):
            promised = budget.commitments([campaign.pk]).get(campaign.pk, Decimal(0))
            assert promised == sum(t.promised for t in self.talks if t.brand == brand)
            assert promised <= FEES + self.waived[brand]

    @invariant()
    def windows_are_those_of_signed_exclusive_agreements(self) -> None:
        if not hasattr(self, "talks"):
            return
        open_windows = ExclusivityWindow.objects.filter(released_at=None).values_list(
            "agreement__partnership_id", flat=True
        )
        assert set(open_windows) == {pk for pk, t in zip(self.rows, self.talks, strict=True) if t.window}

    @staticmethod
    def terms(pk: int) -> dict[str, Any]:
        agreement = Agreement.objects.get(pk=pk)
        return {
            "total": agreement.total,
            "clauses": agreement.clauses,
            "document": agreement.document_sha256,
            "signed_at": agreement.signed_at,
            "pieces": list(agreement.deliverables.order_by("pk").values_list("platform", "format", "amount")),
            "milestones": list(agreement.milestones.order_by("pk").values_list("name", "amount", "trigger")),
        }


def line(price: int) -> list[dict[str, Any]]:
    return [{"platform": "instagram", "format": "reel", "quantity": 1, "unit_price": Decimal(price)}]


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_talks_hold_their_promises() -> None:
    run_machine(Machine, examples=EXAMPLES, steps=STEPS)
