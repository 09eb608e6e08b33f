"""The approval chain of a draft: steps with a clock, and decisions that cannot be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from briefs.models import scoping
from briefs.models.drafts import CLIENT_STATES
from krm.accounts.scope import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from krm.accounts.scope import Scope


class ReviewSettingsQuerySet(ScopedQuerySet["ReviewSettings"]):
    def _scoped(self, scope: Scope) -> ReviewSettingsQuerySet:
        return self.filter(scoping.staff(scope, "campaign"))


@pghistory.track()
class ReviewSettings(models.Model):
    """How content of one campaign is reviewed; a campaign without a row has the defaults."""

    campaign = models.OneToOneField("campaigns.Campaign", models.CASCADE, related_name="review_settings")
    agency_hours = models.PositiveSmallIntegerField(_("Agency answers within (hours)"), default=24)
    client_hours = models.PositiveSmallIntegerField(_("Client answers within (hours)"), default=48)
    legal_hours = models.PositiveSmallIntegerField(_("Legal answers within (hours)"), default=48)
    agency_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Agency reviewer"),
    )
    legal_step = models.BooleanField(_("Add a legal step"), default=False)
    legal_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Legal reviewer"),
    )
    for_client = models.BooleanField(
        _("Campaign managers may record the client's decision"),
        default=False,
        help_text=_("For clients who answer by e-mail or chat. The note with the proof is required."),
    )
    concepts_required = models.BooleanField(_("A chosen concept comes before the draft"), default=True)

    objects = ReviewSettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("review settings")
        verbose_name_plural = _("review settings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    agency_hours__range=(1, 720), client_hours__range=(1, 720), legal_hours__range=(1, 720)
                ),
                name="briefs_review_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}"


class ApprovalStepQuerySet(ScopedQuerySet["ApprovalStep"]):
    def _scoped(self, scope: Scope) -> ApprovalStepQuerySet:
        if scope.is_client:
            return self.filter(
                scoping.client(scope, "draft__deliverable__partnership__campaign"),
                kind=ApprovalStep.Kind.CLIENT,
                draft__state__in=CLIENT_STATES,
            )
        return self.filter(scoping.staff_or_creator(scope, "draft__deliverable__partnership"))


@pghistory.track()
class ApprovalStep(ScopedModel):
    class Kind(models.TextChoices):
        AGENCY = "agency", _("Agency")
        CLIENT = "client", _("Client")
        LEGAL = "legal", _("Legal")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OPEN = "open", _("Open")
        APPROVED = "approved", _("Approved")
        CHANGES = "changes", _("Changes asked for")
        CLOSED = "closed", _("Closed")

    draft = models.ForeignKey("briefs.Draft", models.CASCADE, related_name="steps")
    kind = models.CharField(_("Step"), max_length=8, choices=Kind.choices)
    order = models.PositiveSmallIntegerField()
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.WAITING)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    delegated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("Due"), null=True, blank=True)
    # The clock: the task takes rows whose moment has come, so nothing depends on a queue's memory.
    next_action_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    overdue_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    objects = ApprovalStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        ordering = ["draft_id", "order"]
        indexes = [
            models.Index(
                fields=["next_action_at"], condition=models.Q(state="open"), name="briefs_step_clock"
            ),
            models.Index(fields=["assignee"], condition=models.Q(state="open"), name="briefs_step_mine"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["draft", "kind"], name="briefs_step_kind_once"),
            models.UniqueConstraint(
                fields=["draft"], condition=models.Q(state="open"), name="briefs_one_open_step"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="open") | models.Q(opened_at__isnull=False, due_at__isnull=False),
                name="briefs_open_step_has_clock",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft} · {self.get_kind_display()}"


class ReviewQuerySet(ScopedQuerySet["Review"]):
    def _scoped(self, scope: Scope) -> ReviewQuerySet:
        return self.filter(step__in=ApprovalStep.objects.visible_to(scope.user).order_by().values("pk"))


class Review(ScopedModel):
    """One decision on one step. Written once; a trigger refuses any change."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        CHANGES = "changes", _("Changes asked for")

    step = models.OneToOneField(ApprovalStep, models.CASCADE, related_name="review")
    draft = models.ForeignKey("briefs.Draft", models.CASCADE, related_name="reviews")
    decision = models.CharField(_("Decision"), max_length=10, choices=Decision.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+")
    by_name = models.CharField(max_length=200, blank=True)
    for_client = models.BooleanField(default=False)
    comment = models.TextField(_("Comment"), blank=True)
    decided_at = models.DateTimeField(_("Decided"))
    late = models.BooleanField(default=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(decision="changes") | ~models.Q(comment=""),
                name="briefs_changes_say_what",
            ),
            models.CheckConstraint(
                condition=~models.Q(for_client=True) | ~models.Q(comment=""),
                name="briefs_for_client_says_proof",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="decision_is_final"),
            pgtrigger.Protect(
                name="decision_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__decision="approved"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.get_decision_display()}"

    @property
    def kind(self) -> str:
        return self.step.kind
