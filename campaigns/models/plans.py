from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from campaigns.models.brands import Brand
from campaigns.models.scoping import client_q, my_creators, staff_q
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField, CurrencyField


class Objective(models.TextChoices):
    AWARENESS = "awareness", _("Awareness")
    ENGAGEMENT = "engagement", _("Engagement and consideration")
    CONVERSION = "conversion", _("Conversion and sales")
    LOYALTY = "loyalty", _("Loyalty")


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PLANNING = "planning", _("Planning")
    CLIENT_REVIEW = "client_review", _("Client review")
    ACTIVE = "active", _("Active")
    REPORTING = "reporting", _("Reporting")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


CAMPAIGN_MOVES = [
    ("draft", "planning"),
    ("planning", "client_review"),
    ("client_review", "planning"),
    ("planning", "active"),
    ("client_review", "active"),
    ("active", "reporting"),
    ("reporting", "active"),
    ("reporting", "closed"),
    ("draft", "cancelled"),
    ("planning", "cancelled"),
    ("client_review", "cancelled"),
    ("active", "cancelled"),
]


class CampaignQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> CampaignQuerySet:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "brand__"))
        if scope.kind == "client":
            return self.filter(client_q(scope, "brand__")).exclude(state="draft")
        if scope.kind == "portal":
            partnership: Any = self.model._meta.get_field("partnerships").related_model
            joined = partnership.objects.filter(creator_id__in=my_creators(scope))
            return self.filter(pk__in=joined.values("campaign_id")).exclude(state="draft")
        return self.none()


@pghistory.track()
class Campaign(FSMModelMixin, ScopedModel):
    State = CampaignState

    brand = models.ForeignKey(
        Brand, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("brand")
    )
    product = models.ForeignKey(
        "campaigns.Product",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("product"),
    )
    name = models.CharField(_("name"), max_length=160)
    code = models.CharField(_("code"), max_length=24, unique=True)
    objective = models.CharField(_("objective"), max_length=12, choices=Objective.choices)
    state = FSMField(
        _("state"), default="draft", choices=CampaignState.choices, protected=True, db_index=True
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    currency = CurrencyField(_("currency"), default="IDR")
    budget = AmountField(_("budget"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="owned_campaigns",
        verbose_name=_("owner"),
    )
    hashtags = ArrayField(
        models.CharField(max_length=100), verbose_name=_("hashtags"), default=list, blank=True
    )
    mentions = ArrayField(
        models.CharField(max_length=100), verbose_name=_("mentions"), default=list, blank=True
    )
    summary = models.TextField(_("summary"), blank=True)
    internal_note = models.TextField(_("internal note"), blank=True)
    submitted_at = models.DateTimeField(_("shortlist submitted at"), null=True, blank=True)
    is_demo = models.BooleanField(default=False, db_index=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(condition=Q(budget__gt=0), name="campaign_budget_positive"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="campaign_dates_ordered"
            ),
            models.CheckConstraint(condition=Q(state__in=CampaignState.values), name="campaign_state_known"),
        ]
        indexes = [
            models.Index(fields=["brand", "state"], name="campaign_brand_state"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="campaign_name_trgm"),
        ]
        triggers = [pgtrigger.FSM(name="campaign_moves", field="state", transitions=CAMPAIGN_MOVES)]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state not in ("closed", "cancelled")

    @transition(field=state, source="draft", target="planning")
    def start_planning(self) -> None: ...

    @transition(field=state, source="planning", target="client_review")
    def to_client(self) -> None: ...

    @transition(field=state, source="client_review", target="planning")
    def back_to_planning(self) -> None: ...

    @transition(field=state, source=["planning", "client_review"], target="active")
    def activate(self) -> None: ...

    @transition(field=state, source="active", target="reporting")
    def to_reporting(self) -> None: ...

    @transition(field=state, source="reporting", target="active")
    def reopen(self) -> None: ...

    @transition(field=state, source="reporting", target="closed")
    def close(self) -> None: ...

    @transition(field=state, source=["draft", "planning", "client_review", "active"], target="cancelled")
    def cancel(self) -> None: ...


class CampaignPartQuerySet(ScopedQuerySet):
    """Parts of a plan that only staff see."""

    def _scoped(self, scope: Scope) -> Any:
        return self.filter(staff_q(scope, "campaign__brand__")) if scope.kind == "staff" else self.none()


class KpiQuerySet(CampaignPartQuerySet):
    def _scoped(self, scope: Scope) -> Any:
        if scope.kind == "client":
            return self.filter(client_q(scope, "campaign__brand__")).exclude(campaign__state="draft")
        return super()._scoped(scope)


class Metric(models.TextChoices):
    REACH = "reach", _("Reach")
    IMPRESSIONS = "impressions", _("Impressions")
    VIEWS = "views", _("Views")
    ENGAGEMENTS = "engagements", _("Engagements")
    ENGAGEMENT_RATE = "engagement_rate", _("Engagement rate")
    COMMENTS = "comments", _("Comments")
    SHARES = "shares", _("Shares")
    SAVES = "saves", _("Saves")
    CLICKS = "clicks", _("Clicks")
    CONVERSIONS = "conversions", _("Conversions")
    REVENUE = "revenue", _("Revenue")
    POSTS = "posts", _("Posts")
    CPM = "cpm", _("Cost per thousand views")
    CPE = "cpe", _("Cost per engagement")
    CPA = "cpa", _("Cost per acquisition")
    ROAS = "roas", _("Return on spend")
    EMV = "emv", _("Earned media value")
    REPEAT_COLLABORATIONS = "repeat_collaborations", _("Repeat collaborations")


@pghistory.track()
class Kpi(ScopedModel):
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="kpis")
    metric = models.CharField(_("metric"), max_length=24, choices=Metric.choices)
    target = models.DecimalField(_("target"), max_digits=19, decimal_places=4)

    objects = KpiQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("KPI")
        verbose_name_plural = _("KPIs")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "metric"], name="kpi_once_per_metric"),
            models.CheckConstraint(condition=Q(target__gt=0), name="kpi_target_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_metric_display()}: {self.target}"


class BudgetKind(models.TextChoices):
    FEES = "fees", _("KOL fees and production")
    AMPLIFICATION = "amplification", _("Amplification")
    MANAGEMENT = "management", _("Management and optimisation")
    CONTINGENCY = "contingency", _("Contingency")


@pghistory.track()
class BudgetLine(ScopedModel):
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="budget_lines")
    kind = models.CharField(_("line"), max_length=16, choices=BudgetKind.choices)
    planned = AmountField(_("planned"))

    objects = CampaignPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "kind"], name="budget_line_once"),
            models.CheckConstraint(condition=Q(planned__gte=0), name="budget_line_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.planned}"


@pghistory.track()
class BudgetWaiver(ScopedModel):
    """An administrator's permission to commit beyond the fees line, with the reason."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="budget_waivers")
    amount = AmountField(_("amount above the line"))
    reason = models.TextField(_("reason"))
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = CampaignPartQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("budget waiver")
        verbose_name_plural = _("budget waivers")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_waiver_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="budget_waiver_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


@pghistory.track()
class Spend(ScopedModel):
    """Money that has left: paid fees (written by the payments room), media, tools. `key` makes it once."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="spends")
    kind = models.CharField(_("line"), max_length=16, choices=BudgetKind.choices)
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    occurred_on = models.DateField(_("date"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    key = models.CharField(max_length=80, unique=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CampaignPartQuerySet.as_manager()

    class Meta:
        ordering = ["-occurred_on", "-id"]
        verbose_name = _("spend")
        verbose_name_plural = _("spends")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount} {self.currency}"


@pghistory.track()
class TierPlan(ScopedModel):
    """How many KOLs of a tier, what for, and which share of the fees line (percent)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="tier_plans")
    tier = models.ForeignKey(
        "creators.Tier", on_delete=models.PROTECT, related_name="+", verbose_name=_("tier")
    )
    role = models.CharField(_("role"), max_length=160, blank=True)
    count = models.PositiveIntegerField(_("number of KOLs"), default=0)
    share = models.DecimalField(_("share of fees (%)"), max_digits=5, decimal_places=2, default=0)

    objects = CampaignPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("tier plan")
        verbose_name_plural = _("tier plans")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "tier"], name="tier_plan_once"),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=100), name="tier_plan_share_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.tier} × {self.count}"
