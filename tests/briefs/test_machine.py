"""The review machine under random hands: whatever people try, these hold."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from briefs import drafts, review
from briefs.models import ApprovalStep, Draft, Review
from krm.errors import Conflict, Denied
from tests.briefs import factories
from tests.briefs.conftest import Cast

WHO = st.sampled_from(
    [
        "kol",
        "talent",
        "reviewer",
        "manager",
        "client",
        "looker",
        "viewer",
        "other_kol",
        "other_client",
        "other_staff",
    ]
)
MAKERS = {"kol", "talent", "manager"}
REVIEWERS = {"reviewer", "manager"}


@pytest.mark.parametrize("legal", [False, True])
def test_no_way_around_the_chain(drafting: Cast, legal: bool) -> None:
    if legal:
        review.save_settings(drafting.campaign, by=drafting.manager, legal_step=True)

    class Machine(RuleBasedStateMachine):
        """One deliverable; a model of it beside the real one."""

        def __init__(self) -> None:
            super().__init__()
            self.deliverable = factories.add_deliverable(drafting.partnership, state="drafting", rounds=2)
            self.state = "none"
            self.changes = 0
            self.granted = 0

        def latest(self) -> Draft | None:
            return Draft.objects.filter(deliverable=self.deliverable).order_by("-version").first()

        def attempt(self, verb: Any, allowed: bool) -> bool:
            """Run a verb; it must succeed exactly when the model says so."""
            try:
                verb()
            except (Denied, Conflict, ValidationError) as refusal:
                assert not allowed, refusal
                return False
            assert allowed, "a verb went through that the model forbids"
            return True

        @rule(who=WHO)
        def submit(self, who: str) -> None:
            may = who in MAKERS and self.state in ("none", "changes")
            if self.attempt(
                lambda: factories.submitted_draft(
                    self.deliverable, getattr(drafting, who), link="https://x.example/v"
                ),
                may,
            ):
                self.state = "agency"

        @rule(who=WHO)
        def approve(self, who: str) -> None:
            draft = self.latest()
            if draft is None:
                return
            may = (self.state in ("agency", "legal") and who in REVIEWERS) or (
                self.state == "client" and who == "client"
            )
            if self.attempt(lambda: review.approve(draft, by=getattr(drafting, who), comment="ok"), may):
                self.state = {
                    "agency": "client",
                    "client": "legal" if legal else "approved",
                    "legal": "approved",
                }[self.state]

        @rule(who=WHO)
        def ask_for_changes(self, who: str) -> None:
            draft = self.latest()
            if draft is None:
                return
            turn = (self.state in ("agency", "legal") and who in REVIEWERS) or (
                self.state == "client" and who == "client"
            )
            may = turn and self.changes < 2 + self.granted
            if self.attempt(
                lambda: review.ask_for_changes(draft, by=getattr(drafting, who), comment="lagi"), may
            ):
                self.state, self.changes = "changes", self.changes + 1

        @rule(who=WHO)
        def withdraw(self, who: str) -> None:
            draft = self.latest()
            if draft is None:
                return
            may = who in MAKERS and self.state == "agency"
            if self.attempt(lambda: drafts.withdraw(draft, by=getattr(drafting, who)), may):
                self.state = "none"

        @rule(who=WHO)
        def grant(self, who: str) -> None:
            if self.attempt(
                lambda: review.grant_round(self.deliverable, by=getattr(drafting, who), reason="x"),
                who == "manager",
            ):
                self.granted += 1

        @invariant()
        def approval_has_every_step(self) -> None:
            for draft in Draft.objects.filter(deliverable=self.deliverable, state="approved"):
                kinds = set(
                    Review.objects.filter(draft=draft, decision="approved").values_list(
                        "step__kind", flat=True
                    )
                )
                assert kinds == ({"agency", "client", "legal"} if legal else {"agency", "client"})
                assert draft.approved_at is not None

        @invariant()
        def one_live_draft_and_one_open_step(self) -> None:
            live = Draft.objects.filter(deliverable=self.deliverable, state__in=Draft.IN_REVIEW)
            opened = ApprovalStep.objects.filter(draft__deliverable=self.deliverable, state="open")
            assert live.count() == opened.count() == (1 if self.state in ("agency", "client", "legal") else 0)

        @invariant()
        def rounds_are_kept(self) -> None:
            used = review.rounds(self.deliverable)
            assert (used.used, used.extra) == (self.changes, self.granted)
            assert used.used <= used.allowed

        @invariant()
        def the_deliverable_follows(self) -> None:
            self.deliverable.refresh_from_db()
            expected = {"none": "drafting", "changes": "drafting", "approved": "approved"}.get(
                self.state, "in_review"
            )
            assert self.deliverable.state == expected
            assert self.deliverable.revisions == self.changes

        @invariant()
        def the_client_sees_nothing_early(self) -> None:
            seen = Draft.objects.visible_to(drafting.client).filter(deliverable=self.deliverable)
            assert not seen.filter(state__in=["submitted", "agency_changes", "withdrawn"]).exists()
            assert (
                not Draft.objects.visible_to(drafting.other_client)
                .filter(deliverable=self.deliverable)
                .exists()
            )
            assert (
                not Draft.objects.visible_to(drafting.other_kol).filter(deliverable=self.deliverable).exists()
            )

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
