from __future__ import annotations

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from campaigns.models.agreements import Agreement
from campaigns.models.guards import ChangedWhile
from campaigns.models.negotiation import CLIENT_STATES, Partnership
from campaigns.models.scoping import client_q, portal_q, staff_q
from creators.models.choices import Platform, RateFormat
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField, CurrencyField


class DeliverableState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CONCEPT = "concept", _("Concept")
    DRAFTING = "drafting", _("Drafting")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    ACCEPTED = "accepted", _("Accepted")
    CANCELLED = "cancelled", _("Cancelled")


class Turn(models.TextChoices):
    CREATOR = "creator", _("KOL")
    AGENCY = "agency", _("Agency")
    CLIENT = "client", _("Client")
    NOBODY = "nobody", _("Nobody")


DELIVERABLE_MOVES = [
    ("planned", "concept"),
    ("planned", "drafting"),
    ("concept", "drafting"),
    ("drafting", "in_review"),
    ("in_review", "drafting"),
    ("in_review", "approved"),
    ("drafting", "approved"),
    ("approved", "in_review"),
    ("approved", "published"),
    ("published", "approved"),
    ("published", "accepted"),
    ("planned", "cancelled"),
    ("concept", "cancelled"),
    ("drafting", "cancelled"),
    ("in_review", "cancelled"),
    ("approved", "cancelled"),
]

BEFORE_PUBLISHED = ["planned", "concept", "drafting", "in_review", "approved"]


class DeliverableQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> DeliverableQuerySet:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "partnership__campaign__brand__"))
        if scope.kind == "portal":
            return (
                self.filter(portal_q(scope, "partnership__"))
                .exclude(agreement__state="draft")
                .exclude(partnership__campaign__state="draft")
            )
        if scope.kind == "client":
            return self.filter(
                client_q(scope, "partnership__campaign__brand__"), partnership__state__in=CLIENT_STATES
            ).exclude(state="cancelled")
        return self.none()


@pghistory.track()
class Deliverable(FSMModelMixin, ScopedModel):
    """One piece of content a KOL owes. `amount` is its part of the fee and is never shown to clients."""

    State = DeliverableState

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="deliverables")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="deliverables")
    account = models.ForeignKey(
        "creators.SocialAccount", on_delete=models.PROTECT, null=True, blank=True, related_name="deliverables"
    )
    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    format = models.CharField(_("format"), max_length=12, choices=RateFormat.choices)
    title = models.CharField(_("title"), max_length=160)
    due_on = models.DateField(_("draft due"), null=True, blank=True)
    publish_on = models.DateTimeField(_("publish on"), null=True, blank=True, db_index=True)
    amount = AmountField(_("fee"))
    currency = CurrencyField(_("currency"))
    state = FSMField(
        _("state"), default="planned", choices=DeliverableState.choices, protected=True, db_index=True
    )
    turn = models.CharField(_("whose turn"), max_length=8, choices=Turn.choices, default="creator")
    state_since = models.DateTimeField(_("in this state since"), auto_now_add=True)
    required_hashtags = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    required_mentions = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    post = models.OneToOneField(
        "creators.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="deliverable"
    )
    post_url = models.URLField(_("post link"), max_length=500, blank=True)
    matched_by = models.CharField(max_length=8, blank=True)  # url, tags, manual
    approved_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    revisions = models.PositiveSmallIntegerField(_("revision rounds used"), default=0)
    order = models.PositiveSmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="deliverable_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=DeliverableState.values), name="deliverable_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "accepted"]) | Q(published_at__isnull=False),
                name="deliverable_published_when",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "state"], name="deliverable_account_state"),
            models.Index(fields=["partnership", "order"], name="deliverable_partnership_order"),
        ]
        triggers = [
            pgtrigger.FSM(name="deliverable_moves", field="state", transitions=DELIVERABLE_MOVES),
            pgtrigger.Protect(
                name="deliverable_signed_fixed",
                operation=pgtrigger.Update,
                condition=ChangedWhile(
                    "OLD.locked_at IS NOT NULL",
                    "agreement",
                    "partnership",
                    "platform",
                    "format",
                    "amount",
                    "currency",
                    "locked_at",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaigns:deliverable_detail", args=[self.pk])

    @transition(field=state, source="planned", target="concept")
    def to_concept(self) -> None: ...

    @transition(field=state, source=["planned", "concept", "in_review"], target="drafting")
    def to_drafting(self) -> None: ...

    @transition(field=state, source=["drafting", "approved"], target="in_review")
    def to_review(self) -> None: ...

    @transition(field=state, source=["drafting", "in_review"], target="approved")
    def approve(self) -> None: ...

    @transition(field=state, source="approved", target="published")
    def publish(self) -> None: ...

    @transition(field=state, source="published", target="approved")
    def unpublish(self) -> None: ...

    @transition(field=state, source="published", target="accepted")
    def accept(self) -> None: ...

    @transition(
        field=state, source=["planned", "concept", "drafting", "in_review", "approved"], target="cancelled"
    )
    def cancel(self) -> None: ...
