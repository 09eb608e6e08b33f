"""What content means for the deliverable: the one place where this room calls `campaigns.tracking`."""

from __future__ import annotations

from briefs.models import Concept
from campaigns import tracking
from campaigns.models import Deliverable, Partnership
from krm.accounts.models import User


def briefed(partnership: Partnership, *, by: User) -> None:
    tracking.mark_briefed(partnership, by=by)


def concepts_in(deliverable: Deliverable, *, by: User) -> None:
    """Something new to look at: the agency's turn."""
    tracking.start_concept(deliverable, by=by)
    tracking.set_turn(deliverable, turn="agency", by=by)


def concept_answered(deliverable: Deliverable, *, by: User) -> None:
    """It is the KOL's turn once no concept waits for the agency any more."""
    if not deliverable.concepts.filter(state=Concept.State.SUBMITTED).exists():
        tracking.set_turn(deliverable, turn="creator", by=by)


def concept_chosen(deliverable: Deliverable, *, by: User) -> None:
    tracking.start_drafting(deliverable, by=by)


def draft_in(deliverable: Deliverable, *, by: User) -> None:
    tracking.submit_for_review(deliverable, by=by)


def next_step(deliverable: Deliverable, *, kind: str, by: User | None) -> None:
    """The agency let it through: the client's turn; the legal step is the agency's."""
    tracking.set_turn(deliverable, turn="client" if kind == "client" else "agency", by=by)


def changes_asked(deliverable: Deliverable, *, by: User | None) -> None:
    tracking.request_changes(deliverable, by=by)


def withdrawn(deliverable: Deliverable, *, by: User) -> None:
    tracking.take_back(deliverable, by=by)


def content_approved(deliverable: Deliverable, *, by: User | None) -> None:
    tracking.content_approved(deliverable, by=by)
