"""When each account is pulled next. Workers take due rows with a lease; nothing about a pull lives in a process."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .accounts import SocialAccount
from .choices import Platform
from .people import OpenToStaff


class Cadence(models.TextChoices):
    """How often: by what hangs on the account."""

    LIVE = "live", _("In a live campaign")
    SHORTLISTED = "shortlisted", _("Shortlisted or contracted")
    WARM = "warm", _("Watched")
    COLD = "cold", _("In the file")


class ScheduleQuerySet(OpenToStaff):
    creator_path = "account__creator_id"


class AccountSchedule(models.Model):
    account = models.OneToOneField(SocialAccount, models.CASCADE, primary_key=True, related_name="schedule")
    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    cadence = models.CharField(_("cadence"), max_length=12, choices=Cadence.choices, default=Cadence.COLD)
    rank = models.PositiveSmallIntegerField(default=3)  # 0 is taken first; follows the cadence
    due_at = models.DateTimeField(_("next update"))
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.CharField(max_length=32, blank=True)
    last_attempt_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    last_ok_at = models.DateTimeField(_("last update"), null=True, blank=True)
    last_outcome = models.CharField(_("last outcome"), max_length=20, blank=True)
    last_reason = models.CharField(_("reason"), max_length=300, blank=True)
    fail_count = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    paused_reason = models.CharField(
        _("paused because"), max_length=20, blank=True
    )  # an outcome, or "" for not

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("account schedule")
        indexes = [
            models.Index(
                fields=["platform", "rank", "due_at"],
                condition=Q(paused_reason=""),
                name="creators_schedule_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(cadence__in=Cadence.values), name="creators_schedule_cadence"),
            models.CheckConstraint(
                condition=Q(platform__in=Platform.values), name="creators_schedule_platform"
            ),
            models.CheckConstraint(
                condition=Q(lease_token="", lease_until=None)
                | (~Q(lease_token="") & Q(lease_until__isnull=False)),
                name="creators_schedule_lease_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.account_id} {self.due_at:%Y-%m-%d %H:%M}"
