"""When each account is pulled next. Workers take due rows with a lease; nothing about a pull lives in a process."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
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
    # 0.5: much happens, read twice as often; 2: nothing does. Follows what each pull finds.
    volatility = models.FloatField(default=1.0, db_default=1.0)
    tracked_since = models.DateTimeField(
        null=True, blank=True
    )  # publication of the newest post that is tracked
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
                condition=Q(volatility__gte=0.5, volatility__lte=2.0), name="creators_schedule_volatility"
            ),
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


HOURS = [MinValueValidator(1), MaxValueValidator(720)]


@pghistory.track()
class PullPolicy(models.Model):
    """How many hours lie between two pulls of an account of each cadence. One row, or none: the defaults."""

    live = models.PositiveSmallIntegerField(_("In a live campaign"), default=6, validators=HOURS)
    shortlisted = models.PositiveSmallIntegerField(
        _("Shortlisted or contracted"), default=24, validators=HOURS
    )
    warm = models.PositiveSmallIntegerField(_("Watched"), default=168, validators=HOURS)
    cold = models.PositiveSmallIntegerField(_("In the file"), default=720, validators=HOURS)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("update policy")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="creators_pullpolicy_one_row"),
            models.CheckConstraint(
                condition=Q(
                    live__gte=1,
                    shortlisted__gte=F("live"),
                    warm__gte=F("shortlisted"),
                    cold__gte=F("warm"),
                    cold__lte=720,
                ),
                name="creators_pullpolicy_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.live} h, {self.shortlisted} h, {self.warm} h, {self.cold} h"
