"""Two or three ideas per deliverable, worked out together until one is chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs import comments, handover
from briefs.models import Concept
from briefs.models.scoping import BRIEFED
from campaigns.models import Deliverable
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

LEAST, MOST = 2, 3
OPEN_DELIVERABLE = ("planned", "concept")


def clean(data: dict[str, Any]) -> dict[str, Any]:
    title, body = str(data.get("title", "")).strip(), str(data.get("body", "")).strip()
    errors: dict[str, str] = {}
    if not title:
        errors["title"] = _("Give the concept a title.")
    elif len(title) > 160:
        errors["title"] = _("Keep the title under 160 characters.")
    if not body:
        errors["body"] = _("Describe the idea.")
    references = [r.strip() for r in _lines(data.get("references"))]
    if wrong := [r for r in references if not re.match(r"^https?://[^\s]+$", r)]:
        errors["references"] = _("“%(link)s” is not a link: it starts with https://.") % {
            "link": wrong[0][:60]
        }
    if len(references) > 10:
        errors["references"] = _("At most 10 links.")
    if errors:
        raise ValidationError(errors)
    return {
        "title": title,
        "body": body,
        "format": str(data.get("format", "")).strip()[:160],
        "references": references,
    }


def _lines(value: Any) -> list[str]:
    parts = value.splitlines() if isinstance(value, str) else list(value or [])
    return [str(part) for part in parts if str(part).strip()]


@transaction.atomic
def submit(deliverable: Deliverable, *, by: User, concepts: Iterable[dict[str, Any]]) -> list[Concept]:
    """Hand in concepts. The first time at least two; never more than three that are still alive."""
    check(by, "briefs.submit_concept", deliverable)
    deliverable = (
        Deliverable.objects.select_for_update(of=("self",))
        .select_related("partnership")
        .get(pk=deliverable.pk)
    )
    _open(deliverable)
    rows = [clean(data) for data in concepts]
    existing = list(deliverable.concepts.all())
    alive = [c for c in existing if c.state != Concept.State.REJECTED]
    if not rows:
        raise ValidationError({"concepts": _("Write at least one concept.")})
    if len(alive) + len(rows) < LEAST:
        raise ValidationError({"concepts": _("Send two or three concepts, so that there is a choice.")})
    if len(alive) + len(rows) > MOST:
        raise ValidationError(
            {"concepts": _("At most three concepts are open at a time: change one of them instead.")}
        )
    now, number = timezone.now(), max((c.number for c in existing), default=0)
    made = [
        Concept(deliverable=deliverable, number=number + i, submitted_by=by, submitted_at=now, **row)
        for i, row in enumerate(rows, start=1)
    ]
    for concept in made:
        concept.save()
    handover.concepts_in(deliverable, by=by)
    for concept in made:
        record(
            "briefs.concept_submitted",
            concept,
            actor=by,
            data={"deliverable_id": deliverable.pk, "number": concept.number, "revision": 1, "of": len(made)},
        )
    return made


def _open(deliverable: Deliverable) -> None:
    if deliverable.partnership.state not in BRIEFED:
        raise Conflict(_("Concepts can be sent once the agreement is signed."))
    if deliverable.concepts.filter(state=Concept.State.CHOSEN).exists():
        raise Conflict(_("A concept is already chosen: carry on with the draft."))
    if deliverable.state not in OPEN_DELIVERABLE:
        raise Conflict(
            _("The deliverable is “%(state)s”: concepts come before the draft.")
            % {"state": deliverable.get_state_display()}
        )


def _locked(concept: Concept) -> Concept:
    """The deliverable's row is the lock for all its concepts, so that two people cannot choose two."""
    Deliverable.objects.select_for_update().get(pk=concept.deliverable_id)
    return (
        Concept.objects.select_for_update(of=("self",))
        .select_related("deliverable__partnership")
        .get(pk=concept.pk)
    )


def _expect(concept: Concept, *states: str) -> None:
    if concept.state not in states:
        wanted = " / ".join(str(Concept.State(s).label) for s in states)
        raise Conflict(
            _("This concept is “%(state)s”; this can be done while it is “%(wanted)s”.")
            % {"state": concept.get_state_display(), "wanted": wanted}
        )


@transaction.atomic
def revise(concept: Concept, *, by: User, **data: Any) -> Concept:
    """The KOL's next wording of a concept, after the agency asked for changes or to improve what waits."""
    check(by, "briefs.submit_concept", concept.deliverable)
    concept = _locked(concept)
    _open(concept.deliverable)
    _expect(concept, Concept.State.SUBMITTED, Concept.State.CHANGES_REQUESTED, Concept.State.REJECTED)
    if concept.state == Concept.State.REJECTED:
        alive = concept.deliverable.concepts.exclude(state=Concept.State.REJECTED).count()
        if alive >= MOST:
            raise Conflict(_("At most three concepts are open at a time: change one of them instead."))
    current = {
        "title": concept.title,
        "body": concept.body,
        "format": concept.format,
        "references": concept.references,
    }
    for key, value in clean({**current, **data}).items():
        setattr(concept, key, value)
    if concept.state != Concept.State.SUBMITTED:
        concept.resubmit()
    concept.revision += 1
    concept.submitted_at, concept.submitted_by = timezone.now(), by
    concept.decided_at = concept.decided_by = None
    concept.save()
    handover.concepts_in(concept.deliverable, by=by)
    record(
        "briefs.concept_submitted",
        concept,
        actor=by,
        data={
            "deliverable_id": concept.deliverable_id,
            "number": concept.number,
            "revision": concept.revision,
        },
    )
    return concept


@transaction.atomic
def choose(concept: Concept, *, by: User, comment: str = "") -> Concept:
    """This is the one: the others are closed and the KOL goes on to the draft."""
    check(by, "briefs.decide_concept", concept)
    concept = _locked(concept)
    _expect(concept, Concept.State.SUBMITTED)
    if concept.deliverable.state not in OPEN_DELIVERABLE:
        raise Conflict(
            _("The deliverable is “%(state)s”: its concept can no longer be chosen.")
            % {"state": concept.deliverable.get_state_display()}
        )
    concept.choose()
    _decided(concept, by)
    for other in concept.deliverable.concepts.open().exclude(pk=concept.pk):
        other.reject()
        _decided(other, by)
    if comment.strip():
        comments.add(concept, by=by, body=comment, audience=comments.Audience.CREATOR)
    handover.concept_chosen(concept.deliverable, by=by)
    record("briefs.concept_chosen", concept, actor=by, data=_data(concept))
    return concept


@transaction.atomic
def ask_for_changes(concept: Concept, *, by: User, comment: str) -> Concept:
    """Not yet: say what should change. The comment is what the KOL works from."""
    check(by, "briefs.decide_concept", concept)
    concept = _locked(concept)
    _expect(concept, Concept.State.SUBMITTED)
    if not comment.strip():
        raise ValidationError({"comment": _("Say what should change.")})
    concept.request_changes()
    _decided(concept, by)
    comments.add(concept, by=by, body=comment, audience=comments.Audience.CREATOR)
    handover.concept_answered(concept.deliverable, by=by)
    record("briefs.concept_changes_requested", concept, actor=by, data=_data(concept))
    return concept


@transaction.atomic
def reject(concept: Concept, *, by: User, comment: str = "") -> Concept:
    """Close one idea without choosing another."""
    check(by, "briefs.decide_concept", concept)
    concept = _locked(concept)
    _expect(concept, Concept.State.SUBMITTED, Concept.State.CHANGES_REQUESTED)
    concept.reject()
    _decided(concept, by)
    if comment.strip():
        comments.add(concept, by=by, body=comment, audience=comments.Audience.CREATOR)
    handover.concept_answered(concept.deliverable, by=by)
    record("briefs.concept_rejected", concept, actor=by, data=_data(concept))
    return concept


def _decided(concept: Concept, by: User) -> None:
    concept.decided_by, concept.decided_at = by, timezone.now()
    concept.save(update_fields=["state", "decided_by", "decided_at", "updated_at"])


def _data(concept: Concept) -> dict[str, Any]:
    return {"deliverable_id": concept.deliverable_id, "number": concept.number, "revision": concept.revision}
