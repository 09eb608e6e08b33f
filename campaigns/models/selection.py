from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from campaigns.models.plans import Campaign, CampaignPartQuerySet
from campaigns.models.scoping import client_q, staff_q
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField


class Option(models.TextChoices):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


class CandidateState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    SUBMITTED = "submitted", _("With the client")
    CLIENT_APPROVED = "client_approved", _("Approved by client")
    CLIENT_REJECTED = "client_rejected", _("Rejected by client")
    DROPPED = "dropped", _("Dropped")


CANDIDATE_MOVES = [
    ("proposed", "submitted"),
    ("submitted", "proposed"),
    ("submitted", "client_approved"),
    ("submitted", "client_rejected"),
    ("client_approved", "client_rejected"),
    ("client_rejected", "client_approved"),
    ("client_rejected", "proposed"),
    ("proposed", "dropped"),
    ("submitted", "dropped"),
    ("client_rejected", "dropped"),
    ("client_approved", "dropped"),
    ("dropped", "proposed"),
]


class CandidateQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> CandidateQuerySet:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "campaign__brand__"))
        if scope.kind == "client":
            return (
                self.filter(client_q(scope, "campaign__brand__"))
                .filter(state__in=["submitted", "client_approved", "client_rejected"])
                .exclude(campaign__state="draft")
            )
        return self.none()


@pghistory.track()
class Candidate(FSMModelMixin, ScopedModel):
    """A creator proposed for a campaign, in one option. Buy figures and notes are for staff only."""

    State = CandidateState

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="candidates")
    creator = models.ForeignKey("creators.Creator", on_delete=models.PROTECT, related_name="candidacies")
    account = models.ForeignKey(
        "creators.SocialAccount", on_delete=models.PROTECT, null=True, blank=True, related_name="candidacies"
    )
    option = models.CharField(_("option"), max_length=1, choices=Option.choices, default="A")
    state = FSMField(
        _("state"), default="proposed", choices=CandidateState.choices, protected=True, db_index=True
    )
    deliverables = models.CharField(_("planned content"), max_length=200, blank=True)
    sell_price = AmountField(_("price to the client"), null=True, blank=True)
    buy_estimate = AmountField(_("expected fee"), null=True, blank=True)
    reason = models.TextField(_("why this KOL"), blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    forecast_low = models.BigIntegerField(_("forecast views, low"), null=True, blank=True)
    forecast_mid = models.BigIntegerField(_("forecast views"), null=True, blank=True)
    forecast_high = models.BigIntegerField(_("forecast views, high"), null=True, blank=True)
    forecast_posts = models.PositiveIntegerField(default=0)
    score = models.DecimalField(_("selection score"), max_digits=5, decimal_places=2, null=True, blank=True)
    assessed_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_by_name = models.CharField(max_length=160, blank=True)
    client_comment = models.TextField(_("client's comment"), blank=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["option", "-score", "id"]
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "creator", "option"], name="candidate_once_per_option"
            ),
            models.CheckConstraint(
                condition=(Q(sell_price__isnull=True) | Q(sell_price__gte=0))
                & (Q(buy_estimate__isnull=True) | Q(buy_estimate__gte=0)),
                name="candidate_prices_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CandidateState.values), name="candidate_state_known"
            ),
        ]
        triggers = [pgtrigger.FSM(name="candidate_moves", field="state", transitions=CANDIDATE_MOVES)]

    def __str__(self) -> str:
        return f"{self.creator} ({self.option})"

    @transition(field=state, source="proposed", target="submitted")
    def submit(self) -> None: ...

    @transition(field=state, source=["submitted", "client_rejected"], target="client_approved")
    def approve(self) -> None: ...

    @transition(field=state, source=["submitted", "client_approved"], target="client_rejected")
    def reject(self) -> None: ...

    @transition(field=state, source=["submitted", "client_rejected", "dropped"], target="proposed")
    def repropose(self) -> None: ...

    @transition(
        field=state, source=["proposed", "submitted", "client_rejected", "client_approved"], target="dropped"
    )
    def drop(self) -> None: ...


class Layer(models.TextChoices):
    AUTHENTICITY = "authenticity", _("Authenticity")
    PERFORMANCE = "performance", _("Performance")
    BRAND_SAFETY = "brand_safety", _("Brand safety")
    CREATIVE = "creative", _("Creative fit")
    RELATIONSHIP = "relationship", _("Relationship")


class AssessmentQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Any:
        return (
            self.filter(staff_q(scope, "candidate__campaign__brand__"))
            if scope.kind == "staff"
            else self.none()
        )


class Assessment(ScopedModel):
    """One of the five layers. `explanation` is a list of {code, params}; `selection.explain` renders it."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="assessments")
    layer = models.CharField(_("layer"), max_length=16, choices=Layer.choices)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=0)
    explanation = models.JSONField(default=list)
    formula_version = models.CharField(max_length=12, default="1")
    computed_at = models.DateTimeField(null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        constraints = [
            models.UniqueConstraint(fields=["candidate", "layer"], name="assessment_once_per_layer"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100),
                name="assessment_score_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_layer_display()}: {self.score}"


class ShareScope(models.TextChoices):
    VIEW = "view", _("View")
    APPROVE = "approve", _("View and approve")


class ShareCovers(models.TextChoices):
    SHORTLIST = "shortlist", _("The shortlist")
    CONTENT = "content", _("The content")
    BOTH = "both", _("Shortlist and content")


@pghistory.track(exclude=["token_hash"])
class ShareLink(ScopedModel):
    """A link for a client without an account. Only the SHA-256 of its token is kept."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="share_links")
    label = models.CharField(_("for whom"), max_length=160)
    scope = models.CharField(_("may"), max_length=8, choices=ShareScope.choices, default="view")
    covers = models.CharField(
        _("shows"), max_length=10, choices=ShareCovers.choices, default="shortlist", db_default="shortlist"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    views = models.PositiveIntegerField(_("times opened"), default=0)
    last_viewed_at = models.DateTimeField(null=True, blank=True)

    objects = CampaignPartQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("share link")
        verbose_name_plural = _("share links")
        constraints = [
            models.CheckConstraint(
                condition=Q(covers__in=ShareCovers.values), name="share_link_covers_known"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def shows_shortlist(self) -> bool:
        return self.covers in (ShareCovers.SHORTLIST, ShareCovers.BOTH)

    @property
    def shows_content(self) -> bool:
        return self.covers in (ShareCovers.CONTENT, ShareCovers.BOTH)


class ShareLinkViewQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Any:
        return (
            self.filter(staff_q(scope, "link__campaign__brand__")) if scope.kind == "staff" else self.none()
        )


class ShareLinkView(models.Model):
    """Log of openings and decisions through a share link; the address is kept as a keyed hash."""

    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(auto_now_add=True)
    action = models.CharField(max_length=40, default="viewed")
    address_hash = models.CharField(max_length=64, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    objects = ShareLinkViewQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("share link view")
        verbose_name_plural = _("share link views")

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"
