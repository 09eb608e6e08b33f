"""A report: numbers of one campaign, locked on a day."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import client_q, staff_q
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet


class ReportQuerySet(ScopedQuerySet["Report"]):
    def _scoped(self, scope: Scope) -> ReportQuerySet:
        if scope.is_staff:
            return self.filter(staff_q(scope, "campaign__brand__"))
        if scope.is_client:
            return self.filter(client_q(scope, "campaign__brand__"), state=Report.State.SHARED)
        return self.none()


@pghistory.track(exclude=["numbers"])
class Report(ScopedModel):
    """Draft reports follow the live numbers; a locked one keeps what it said, with the hash that proves it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LOCKED = "locked", _("Locked")
        SHARED = "shared", _("Shared with client")

    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="reports")
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("What happened and what to do next, in your words.")
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    numbers = models.JSONField(null=True, blank=True)
    numbers_sha256 = models.CharField(max_length=64, blank=True)
    formula_version = models.CharField(max_length=20, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    shared_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", numbers__isnull=True)
                | (Q(numbers__isnull=False) & ~Q(numbers_sha256="")),
                name="report_locked_has_numbers",
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="locked_numbers_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__numbers__isnull=False)
                & (
                    pgtrigger.Q(old__numbers_sha256__df=pgtrigger.F("new__numbers_sha256"))
                    | pgtrigger.Q(old__numbers__df=pgtrigger.F("new__numbers"))
                ),
            ),
            pgtrigger.FSM(
                name="state_moves",
                field="state",
                transitions=[("draft", "locked"), ("locked", "shared"), ("shared", "locked")],
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("reporting:report", args=[self.pk])
