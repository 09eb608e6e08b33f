"""A draft is one version of the content of one deliverable."""

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
    from briefs.models.review import ApprovalStep
    from krm.accounts.scope import Scope

# What the client may know of: nothing before the agency has let it through.
CLIENT_STATES = ["client_review", "client_changes", "legal_review", "legal_changes", "approved"]


DRAFT_MOVES = [
    ("submitted", "agency_changes"),
    ("submitted", "client_review"),
    ("submitted", "withdrawn"),
    ("client_review", "client_changes"),
    ("client_review", "legal_review"),
    ("client_review", "approved"),
    ("legal_review", "legal_changes"),
    ("legal_review", "approved"),
]


class DraftQuerySet(ScopedQuerySet["Draft"]):
    def _scoped(self, scope: Scope) -> DraftQuerySet:
        if scope.is_client:
            return self.filter(
                scoping.client(scope, "deliverable__partnership__campaign"), state__in=CLIENT_STATES
            )
        return self.filter(scoping.staff_or_creator(scope, "deliverable__partnership"))

    def in_review(self) -> DraftQuerySet:
        return self.filter(state__in=Draft.IN_REVIEW)

    def for_cards(self) -> DraftQuerySet:
        """Everything a card or a row of a draft shows, in one query."""
        return self.select_related(
            "asset",
            "submitted_by",
            "deliverable__account",
            "deliverable__partnership__creator",
            "deliverable__partnership__campaign__brand",
        )


@pghistory.track()
class Draft(FSMModelMixin, ScopedModel):
    class State(models.TextChoices):
        SUBMITTED = "submitted", _("Agency review")
        AGENCY_CHANGES = "agency_changes", _("Agency asked for changes")
        CLIENT_REVIEW = "client_review", _("Client review")
        CLIENT_CHANGES = "client_changes", _("Client asked for changes")
        LEGAL_REVIEW = "legal_review", _("Legal review")
        LEGAL_CHANGES = "legal_changes", _("Legal asked for changes")
        APPROVED = "approved", _("Approved")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    IN_REVIEW = [State.SUBMITTED, State.CLIENT_REVIEW, State.LEGAL_REVIEW]
    CHANGES = [State.AGENCY_CHANGES, State.CLIENT_CHANGES, State.LEGAL_CHANGES]

    deliverable = models.ForeignKey("campaigns.Deliverable", models.CASCADE, related_name="drafts")
    version = models.PositiveSmallIntegerField(_("Version"))
    brief_version = models.ForeignKey(
        "briefs.BriefVersion", models.RESTRICT, null=True, blank=True, related_name="drafts"
    )
    asset = models.ForeignKey("briefs.Asset", models.RESTRICT, null=True, blank=True, related_name="drafts")
    link = models.URLField(_("Link"), max_length=500, blank=True)
    caption = models.TextField(_("Caption"), blank=True)
    note = models.TextField(_("Note for the reviewer"), blank=True)
    uses_platform_label = models.BooleanField(
        _("The platform's paid partnership label will be on"), default=False
    )
    override_reason = models.CharField(_("Reason to submit with failed checks"), max_length=300, blank=True)
    checks_failed = models.PositiveSmallIntegerField(default=0)
    checks_warned = models.PositiveSmallIntegerField(default=0)
    state = FSMField(
        _("State"),
        max_length=20,
        choices=State.choices,
        default=State.SUBMITTED,
        protected=True,
        db_index=True,
    )
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("Submitted"))
    approved_at = models.DateTimeField(_("Approved"), null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "submitted_at"], name="briefs_draft_queue")]
        constraints = [
            models.UniqueConstraint(fields=["deliverable", "version"], name="briefs_draft_version_once"),
            models.UniqueConstraint(
                fields=["deliverable"],
                condition=models.Q(state__in=["submitted", "client_review", "legal_review", "approved"]),
                name="briefs_one_live_draft",
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="briefs_draft_version_from_one"),
            models.CheckConstraint(
                condition=models.Q(asset__isnull=False) | ~models.Q(link="") | ~models.Q(caption=""),
                name="briefs_draft_has_content",
            ),
            models.CheckConstraint(
                condition=models.Q(state="approved", approved_at__isnull=False)
                | (~models.Q(state="approved") & models.Q(approved_at__isnull=True)),
                name="briefs_draft_approved_dated",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="draft_moves", field="state", transitions=DRAFT_MOVES),
            # What a reviewer has looked at is what gets approved: a new cut is a new version.
            pgtrigger.ReadOnly(
                name="draft_content_is_fixed",
                fields=["deliverable", "version", "asset", "link", "caption", "submitted_at"],
            ),
            pgtrigger.Protect(
                name="approval_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="approved"),
            ),
            pgtrigger.Protect(
                name="approved_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="approved"),
            ),
            pgtrigger.Trigger(
                name="approval_needs_every_step",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="approved") & ~pgtrigger.Q(old__state="approved"),
                func="""
                    IF (SELECT count(DISTINCT step.kind) FROM briefs_review review
                          JOIN briefs_approvalstep step ON step.id = review.step_id
                         WHERE step.draft_id = NEW.id AND review.decision = 'approved'
                           AND step.kind IN ('agency', 'client')) < 2
                       OR EXISTS (SELECT 1 FROM briefs_approvalstep step
                                   WHERE step.draft_id = NEW.id
                                     AND NOT EXISTS (SELECT 1 FROM briefs_review review
                                                      WHERE review.step_id = step.id
                                                        AND review.decision = 'approved'))
                    THEN
                        RAISE EXCEPTION 'briefs: draft % has not passed every approval step', NEW.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deliverable} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("briefs:draft", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in self.IN_REVIEW

    @property
    def current_step(self) -> ApprovalStep | None:
        return next((s for s in self.steps.all() if s.state == "open"), None)

    @transition(field=state, source=State.SUBMITTED, target=State.CLIENT_REVIEW)
    def pass_agency(self) -> None: ...

    @transition(field=state, source=State.CLIENT_REVIEW, target=State.LEGAL_REVIEW)
    def pass_client(self) -> None: ...

    @transition(field=state, source=[State.CLIENT_REVIEW, State.LEGAL_REVIEW], target=State.APPROVED)
    def approve(self) -> None: ...

    @transition(field=state, source=State.SUBMITTED, target=State.AGENCY_CHANGES)
    def agency_changes(self) -> None: ...

    @transition(field=state, source=State.CLIENT_REVIEW, target=State.CLIENT_CHANGES)
    def client_changes(self) -> None: ...

    @transition(field=state, source=State.LEGAL_REVIEW, target=State.LEGAL_CHANGES)
    def legal_changes(self) -> None: ...

    @transition(field=state, source=State.SUBMITTED, target=State.WITHDRAWN)
    def withdraw(self) -> None: ...


class ChecklistResultQuerySet(ScopedQuerySet["ChecklistResult"]):
    def _scoped(self, scope: Scope) -> ChecklistResultQuerySet:
        return self.filter(draft__in=Draft.objects.visible_to(scope.user).order_by().values("pk"))


class ChecklistResult(ScopedModel):
    """What the machine found in a draft before a person looked at it."""

    class Status(models.TextChoices):
        PASSED = "pass", _("Passed")
        WARNING = "warn", _("Look at this")
        FAILED = "fail", _("Failed")

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="checks")
    code = models.CharField(max_length=40)
    item = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices)
    params = models.JSONField(default=dict, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = ChecklistResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("check result")
        verbose_name_plural = _("check results")
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "code", "item"], name="briefs_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.item}".strip()


class ExtraRound(ScopedModel):
    """A revision round beyond what the agreement counts, granted by a person with a reason."""

    deliverable = models.ForeignKey("campaigns.Deliverable", models.CASCADE, related_name="extra_rounds")
    reason = models.CharField(_("Reason"), max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("extra revision round")
        verbose_name_plural = _("extra revision rounds")

    def __str__(self) -> str:
        return f"{self.deliverable}: {self.reason}"
