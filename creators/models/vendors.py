"""Reports on an audience that are bought from a vendor, and the credits they cost.

Credits are kept twice: as entries that are only ever added, and as a running balance under a lock, which the database
refuses to let fall below zero.
"""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .accounts import SocialAccount
from .people import StaffOnly
from .snapshots import AudienceSnapshot


class Vendor(models.TextChoices):
    HYPEAUDITOR = "hypeauditor", "HypeAuditor"
    MODASH = "modash", "Modash"


class ReportState(models.TextChoices):
    PENDING = "pending", _("Asked for")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class CreditKind(models.TextChoices):
    GRANT = "grant", _("Bought")
    RESERVE = "reserve", _("Set aside")
    SPEND = "spend", _("Spent")
    RELEASE = "release", _("Given back")


class AudienceReport(ScopedModel):
    """One report of one vendor about one account. It takes the vendor minutes to hours, so it is asked for, then read."""

    account = models.ForeignKey(
        SocialAccount, models.CASCADE, related_name="audience_reports", verbose_name=_("account")
    )
    vendor = models.CharField(_("vendor"), max_length=20, choices=Vendor.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=ReportState.choices, default=ReportState.PENDING
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("asked for by"),
    )  # fmt: skip
    requested_at = models.DateTimeField(_("asked for"))
    ready_at = models.DateTimeField(_("ready"), null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)  # when the vendor is asked again
    attempts = models.PositiveSmallIntegerField(default=0)
    credits = models.DecimalField(_("credits"), max_digits=10, decimal_places=2, default=Decimal(0))
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # why it failed or is late
    as_of = models.DateField(_("figures of"), null=True, blank=True)
    # fake_share, real_share, mass_share, influencer_share, suspicious_share, credibility, score, er, followers …
    quality = models.JSONField(_("quality"), default=dict, blank=True)
    audience = models.ForeignKey(
        AudienceSnapshot, models.SET_NULL, null=True, blank=True, related_name="reports",
        verbose_name=_("audience"),
    )  # fmt: skip
    raw_ref = models.CharField(max_length=200, blank=True)  # where the archive keeps the answer as it came

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("audience report")
        verbose_name_plural = _("audience reports")
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="pending"), name="creators_report_due"),
            models.Index(fields=["account", "vendor", "-ready_at"], name="creators_report_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "vendor"], condition=Q(state="pending"), name="creators_report_asked_once"
            ),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="creators_report_state"),
            models.CheckConstraint(condition=Q(vendor__in=Vendor.values), name="creators_report_vendor"),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False, as_of__isnull=False),
                name="creators_report_ready_has_dates",
            ),
            models.CheckConstraint(condition=Q(credits__gte=0), name="creators_report_credits"),
        ]

    def __str__(self) -> str:
        return f"{self.get_vendor_display()} {self.account}"


class VendorBudget(ScopedModel):
    """How many credits are left at a vendor, and the rules for spending them. Rows are locked by every verb."""

    vendor = models.CharField(_("vendor"), max_length=20, choices=Vendor.choices, unique=True)
    balance = models.DecimalField(_("credits left"), max_digits=12, decimal_places=2, default=Decimal(0))
    reserved = models.DecimalField(_("set aside"), max_digits=12, decimal_places=2, default=Decimal(0))
    report_credits = models.DecimalField(
        _("credits a report"), max_digits=8, decimal_places=2, default=Decimal(1),
        help_text=_("What your contract with the vendor says one report costs."),
    )  # fmt: skip
    monthly_credits = models.DecimalField(
        _("credits a month"), max_digits=12, decimal_places=2, null=True, blank=True,
        help_text=_("No more than this is spent in a calendar month. Empty: no limit."),
    )  # fmt: skip
    cache_days = models.PositiveSmallIntegerField(
        _("days a report is used again"), default=30,
        help_text=_("A report younger than this is shown again and costs nothing."),
    )  # fmt: skip

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("vendor credits")
        verbose_name_plural = _("vendor credits")
        constraints = [
            models.CheckConstraint(condition=Q(balance__gte=0), name="creators_budget_balance"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(reserved__lte=F("balance")), name="creators_budget_reserved"
            ),
            models.CheckConstraint(condition=Q(report_credits__gt=0), name="creators_budget_price"),
            models.CheckConstraint(
                condition=Q(monthly_credits=None) | Q(monthly_credits__gte=0), name="creators_budget_month"
            ),
            models.CheckConstraint(condition=Q(vendor__in=Vendor.values), name="creators_budget_vendor"),
        ]

    def __str__(self) -> str:
        return self.get_vendor_display()

    @property
    def available(self) -> Decimal:
        return self.balance - self.reserved


class VendorCredit(models.Model):
    """One movement of credits. Rows are only ever added."""

    vendor = models.CharField(_("vendor"), max_length=20, choices=Vendor.choices)
    kind = models.CharField(_("kind"), max_length=8, choices=CreditKind.choices)
    credits = models.DecimalField(_("credits"), max_digits=12, decimal_places=2)
    report = models.ForeignKey(
        AudienceReport, models.SET_NULL, null=True, blank=True, related_name="movements",
        verbose_name=_("report"),
    )  # fmt: skip
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("by"),
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("credit movement")
        verbose_name_plural = _("credit movements")
        indexes = [models.Index(fields=["vendor", "at"], name="creators_credit_when")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CreditKind.values), name="creators_credit_kind"),
            models.CheckConstraint(condition=Q(credits__gt=0), name="creators_credit_positive"),
            models.UniqueConstraint(
                fields=["report"], condition=Q(kind="reserve"), name="creators_credit_reserved_once"
            ),
            models.UniqueConstraint(
                fields=["report"], condition=Q(kind__in=["spend", "release"]), name="creators_credit_settled_once"
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(
                name="vendor_credit_as_written",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("vendor", "kind", "credits", "note", "at"),
            ),
            pgtrigger.Protect(name="vendor_credit_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.kind} {self.credits}"
