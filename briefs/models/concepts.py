"""Two or three ideas per deliverable; at most one of them is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from briefs.models import scoping
from krm.accounts.scope import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from krm.accounts.scope import Scope


CONCEPT_MOVES = [
    ("submitted", "changes_requested"),
    ("changes_requested", "submitted"),
    ("submitted", "chosen"),
    ("submitted", "rejected"),
    ("changes_requested", "rejected"),
    ("rejected", "submitted"),
]


class ConceptQuerySet(ScopedQuerySet["Concept"]):
    def _scoped(self, scope: Scope) -> ConceptQuerySet:
        # Ideas are worked out between agency and KOL; the client sees content.
        return self.filter(scoping.staff_or_creator(scope, "deliverable__partnership"))

    def open(self) -> ConceptQuerySet:
        return self.filter(state__in=[Concept.State.SUBMITTED, Concept.State.CHANGES_REQUESTED])


@pghistory.track()
class Concept(FSMModelMixin, ScopedModel):
    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Submitted")
        CHANGES_REQUESTED = "changes_requested", _("Changes asked for")
        CHOSEN = "chosen", _("Chosen")
        REJECTED = "rejected", _("Not chosen")

    deliverable = models.ForeignKey("campaigns.Deliverable", models.CASCADE, related_name="concepts")
    number = models.PositiveSmallIntegerField(_("Number"))
    revision = models.PositiveSmallIntegerField(_("Revision"), default=1)
    title = models.CharField(_("Title"), max_length=160)
    body = models.TextField(_("Idea"))
    format = models.CharField(_("Format and style"), max_length=160, blank=True)
    references = models.JSONField(_("References"), default=list, blank=True)
    state = FSMField(
        _("State"),
        max_length=20,
        choices=State.choices,
        default=State.SUBMITTED,
        protected=True,
        db_index=True,
    )
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("Submitted"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("Decided"), null=True, blank=True)

    objects = ConceptQuerySet.as_manager()

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        ordering = ["deliverable_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["deliverable", "number"], name="briefs_concept_number_once"),
            models.UniqueConstraint(
                fields=["deliverable"],
                condition=models.Q(state="chosen"),
                name="briefs_one_chosen_concept",
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="briefs_concept_number_from_one"),
        ]
        triggers = [
            pgtrigger.FSM(name="concept_moves", field="state", transitions=CONCEPT_MOVES),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("briefs:concepts", args=[self.deliverable_id])

    @transition(field=state, source=State.SUBMITTED, target=State.CHOSEN)
    def choose(self) -> None: ...

    @transition(field=state, source=[State.SUBMITTED, State.CHANGES_REQUESTED], target=State.REJECTED)
    def reject(self) -> None: ...

    @transition(field=state, source=State.SUBMITTED, target=State.CHANGES_REQUESTED)
    def request_changes(self) -> None: ...

    @transition(field=state, source=[State.CHANGES_REQUESTED, State.REJECTED], target=State.SUBMITTED)
    def resubmit(self) -> None: ...
