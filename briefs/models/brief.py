"""The creative brief: one working text per campaign, and the immutable versions made from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from briefs.models import scoping
from campaigns.models import Partnership
from krm.accounts.scope import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from krm.accounts.scope import Scope

MIN_PILLARS, MAX_PILLARS = 3, 5


def empty_guardrails() -> dict[str, list[str]]:
    return {"do": [], "dont": [], "banned_words": [], "banned_claims": []}


def empty_mandatory() -> dict[str, Any]:
    return {"hashtags": [], "mentions": [], "disclosure": {"labels": [], "place": "start"}, "ctas": []}


class BriefContent(models.Model):
    """The six parts. Working brief and version share them, so that publishing is a plain copy."""

    PARTS = ("story", "narrative", "pillars", "guardrails", "freedom", "mandatory")

    story = models.TextField(_("Brand story core"), blank=True)
    narrative = models.TextField(_("Campaign narrative"), blank=True)
    pillars = models.JSONField(_("Messaging pillars"), default=list, blank=True)
    guardrails = models.JSONField(_("Guardrails"), default=empty_guardrails, blank=True)
    freedom = models.TextField(_("Freedom framework"), blank=True)
    mandatory = models.JSONField(_("Mandatory elements"), default=empty_mandatory, blank=True)

    class Meta:
        abstract = True

    def content(self) -> dict[str, Any]:
        return {part: getattr(self, part) for part in self.PARTS}


class BriefQuerySet(ScopedQuerySet["Brief"]):
    def _scoped(self, scope: Scope) -> BriefQuerySet:
        # The working text is the agency's desk; KOLs and clients read published versions.
        return self.filter(scoping.staff(scope, "campaign"))


@pghistory.track()
class Brief(BriefContent, ScopedModel):
    campaign = models.OneToOneField("campaigns.Campaign", models.CASCADE, related_name="brief")
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = BriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("brief")
        verbose_name_plural = _("briefs")

    def __str__(self) -> str:
        return f"{self.campaign}"

    def get_absolute_url(self) -> str:
        return reverse("briefs:campaign_brief", args=[self.campaign_id])

    @property
    def current(self) -> BriefVersion | None:
        return self.versions.order_by("-number").first()


class BriefVersionQuerySet(ScopedQuerySet["BriefVersion"]):
    def _scoped(self, scope: Scope) -> BriefVersionQuerySet:
        if scope.is_portal:
            mine = Partnership.objects.visible_to(scope.user).filter(state__in=scoping.BRIEFED)
            return self.filter(brief__campaign__in=mine.order_by().values("campaign_id"))
        if scope.is_client:
            return self.filter(scoping.client(scope, "brief__campaign"))
        return self.filter(scoping.staff(scope, "brief__campaign"))


class BriefVersion(BriefContent, ScopedModel):
    """What was published, word for word. A trigger refuses every later change."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("Version"), validators=[MinValueValidator(1)])
    note = models.CharField(_("What changed"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("Published"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.RESTRICT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64)

    objects = BriefVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("brief version")
        verbose_name_plural = _("brief versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="briefs_version_number_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="briefs_version_number_from_one"),
            models.CheckConstraint(
                condition=models.Q(
                    GreaterThanOrEqual(
                        models.Func(
                            models.F("pillars"),
                            function="jsonb_array_length",
                            output_field=models.IntegerField(),
                        ),
                        MIN_PILLARS,
                    )
                )
                & models.Q(
                    LessThanOrEqual(
                        models.Func(
                            models.F("pillars"),
                            function="jsonb_array_length",
                            output_field=models.IntegerField(),
                        ),
                        MAX_PILLARS,
                    )
                ),
                name="briefs_version_three_to_five_pillars",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="version_is_immutable", exclude=["updated_at"])]

    def __str__(self) -> str:
        return f"{self.brief} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("briefs:version", args=[self.pk])


class BriefReceiptQuerySet(ScopedQuerySet["BriefReceipt"]):
    def _scoped(self, scope: Scope) -> BriefReceiptQuerySet:
        return self.filter(scoping.staff_or_creator(scope, "partnership"))


class BriefReceipt(ScopedModel):
    """First time the KOL's side opened a version; and when they said 'I have understood'."""

    version = models.ForeignKey(BriefVersion, models.CASCADE, related_name="receipts")
    partnership = models.ForeignKey("campaigns.Partnership", models.CASCADE, related_name="brief_receipts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    read_at = models.DateTimeField(_("Read"))
    acknowledged_at = models.DateTimeField(_("Acknowledged"), null=True, blank=True)

    objects = BriefReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("read receipt")
        verbose_name_plural = _("read receipts")
        constraints = [
            models.UniqueConstraint(fields=["version", "partnership"], name="briefs_receipt_once"),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at__isnull=True)
                | models.Q(acknowledged_at__gte=models.F("read_at")),
                name="briefs_receipt_read_before_acknowledged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.partnership}"


class BriefingCallQuerySet(ScopedQuerySet["BriefingCall"]):
    def _scoped(self, scope: Scope) -> BriefingCallQuerySet:
        if scope.is_portal:
            invited = BriefingAttendance.objects.filter(scoping.creator(scope, "partnership"))
            return self.filter(pk__in=invited.values("call_id"))
        return self.filter(scoping.staff(scope, "campaign"))


@pghistory.track()
class BriefingCall(ScopedModel):
    """Step one of the collaboration: the call where the brief is explained."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    campaign = models.ForeignKey("campaigns.Campaign", models.CASCADE, related_name="briefing_calls")
    title = models.CharField(_("Title"), max_length=160)
    starts_at = models.DateTimeField(_("Starts"))
    minutes = models.PositiveSmallIntegerField(_("Minutes"), default=45)
    place = models.CharField(_("Place or link"), max_length=300, blank=True)
    guests = models.CharField(_("Other guests"), max_length=500, blank=True)
    agenda = models.TextField(_("Agenda"), blank=True)
    notes = models.TextField(_("Notes"), blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    host = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = BriefingCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("briefing call")
        verbose_name_plural = _("briefing calls")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minutes__gte=5, minutes__lte=480), name="briefs_call_length"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("briefs:campaign_brief", args=[self.campaign_id])


class BriefingAttendance(models.Model):
    call = models.ForeignKey(BriefingCall, models.CASCADE, related_name="attendances")
    partnership = models.ForeignKey(
        "campaigns.Partnership", models.CASCADE, related_name="briefing_attendances"
    )
    attended = models.BooleanField(_("Attended"), null=True, blank=True)

    class Meta:
        verbose_name = _("briefing attendance")
        verbose_name_plural = _("briefing attendances")
        constraints = [models.UniqueConstraint(fields=["call", "partnership"], name="briefs_attendance_once")]

    def __str__(self) -> str:
        return f"{self.call} · {self.partnership}"
