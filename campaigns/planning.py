"""Campaigns from draft to closed: create with proposals, change, set targets, move on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import budget as budgets
from campaigns.brands import unique_words
from campaigns.models import Brand, BudgetLine, Campaign, Kpi, Product, TierPlan
from campaigns.models.plans import Metric, Objective
from campaigns.moves import lock, move
from creators.models import Tier
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record
from krm.money.amounts import round_amount

# What each objective is measured by, in order of weight (seed: Goal Setting Framework).
METRICS_OF: dict[str, tuple[str, ...]] = {
    Objective.AWARENESS: ("reach", "impressions", "views", "cpm"),
    Objective.ENGAGEMENT: ("engagements", "engagement_rate", "comments", "shares", "cpe"),
    Objective.CONVERSION: ("clicks", "conversions", "revenue", "roas", "cpa"),
    Objective.LOYALTY: ("repeat_collaborations", "engagement_rate", "posts", "saves"),
}

# Starting assumptions per currency for proposing targets; the person who plans sees and changes the targets.
# Thousand views, one engagement, one click, one order (cost) and the value of an order.
ASSUMED: dict[str, dict[str, Decimal]] = {
    "IDR": {
        "cpm": Decimal(30_000),
        "cpe": Decimal(1_200),
        "cpc": Decimal(4_000),
        "cpa": Decimal(90_000),
        "order": Decimal(200_000),
    },
    "USD": {
        "cpm": Decimal(10),
        "cpe": Decimal("0.25"),
        "cpc": Decimal(1),
        "cpa": Decimal(20),
        "order": Decimal(50),
    },
}

# Role of each tier, by position from the largest (seed: Multi-Tier Strategy), and a starting share of fees.
TIER_ROLES: tuple[tuple[Any, Decimal], ...] = (
    (gettext_lazy("Mass awareness and credibility"), Decimal(35)),
    (gettext_lazy("Community and consideration"), Decimal(35)),
    (gettext_lazy("Authenticity and conversion"), Decimal(20)),
    (gettext_lazy("Niche and local communities"), Decimal(10)),
)

FIELDS = {
    "name",
    "product",
    "objective",
    "starts_on",
    "ends_on",
    "budget",
    "hashtags",
    "mentions",
    "summary",
    "internal_note",
    "owner",
    "code",
}


def propose_kpis(objective: str, budget: Decimal, currency: str) -> list[tuple[str, Decimal | None]]:
    """Metrics of an objective with a first target from the fees share of the budget, where we can say one."""
    assumed = ASSUMED.get(currency)
    fees = budget * budgets.START["fees"] / 100
    found: list[tuple[str, Decimal | None]] = []
    for metric in METRICS_OF[objective]:
        target: Decimal | None = None
        match metric:
            case "engagement_rate":
                target = Decimal("0.04")
            case "repeat_collaborations":
                target = Decimal(3)
            case "posts":
                target = Decimal(12)
            case "roas":
                target = Decimal(2)
            case _ if assumed:
                target = _assumed_target(metric, fees, assumed)
        found.append((metric, target))
    return found


def _assumed_target(metric: str, fees: Decimal, assumed: dict[str, Decimal]) -> Decimal | None:
    views = fees / assumed["cpm"] * 1000
    match metric:
        case "views" | "impressions":
            return _two_digits(views)
        case "reach":
            return _two_digits(views * Decimal("0.7"))
        case "cpm" | "cpe" | "cpa":
            return assumed[metric]
        case "engagements":
            return _two_digits(fees / assumed["cpe"])
        case "comments" | "shares" | "saves":
            return _two_digits(fees / assumed["cpe"] * Decimal("0.05"))
        case "clicks":
            return _two_digits(fees / assumed["cpc"])
        case "conversions":
            return _two_digits(fees / assumed["cpa"])
        case "revenue":
            return _two_digits(fees / assumed["cpa"] * assumed["order"])
    return None


def _two_digits(value: Decimal) -> Decimal:
    """A target is a round number: 1,234,567 is proposed as 1,200,000."""
    whole = int(value)
    if whole < 10:
        return Decimal(max(whole, 1))
    step = 10 ** (len(str(whole)) - 2)
    return Decimal(whole // step * step)


def propose_tiers() -> list[dict[str, Any]]:
    tiers = list(Tier.objects.order_by("-floor")[: len(TIER_ROLES)])
    rows: list[dict[str, Any]] = [
        {"tier": tier, "role": str(role), "count": 0, "share": share}
        for tier, (role, share) in zip(tiers, TIER_ROLES, strict=False)
    ]
    if rows:
        rows[-1]["share"] += Decimal(100) - sum(row["share"] for row in rows)
    return rows


def new_code(brand: Brand, starts_on: date) -> str:
    """BRAN-2611-01: four letters of the brand, year and month, a running number."""
    letters = "".join(c for c in brand.name.upper() if c.isascii() and c.isalnum())[:4].ljust(4, "X")
    stem = f"{letters}-{starts_on:%y%m}-"
    taken = set(Campaign.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for n in range(1, 1000) if (code := f"{stem}{n:02d}") not in taken)


def create_campaign(
    *,
    by: User,
    brand: Brand,
    name: str,
    objective: str,
    starts_on: date,
    ends_on: date,
    budget: Decimal,
    currency: str | None = None,
    code: str = "",
    owner: User | None = None,
    product: Product | None = None,
    hashtags: Iterable[str] | str = (),
    mentions: Iterable[str] | str = (),
    summary: str = "",
    internal_note: str = "",
    is_demo: bool = False,
) -> Campaign:
    """A draft with proposed KPI targets, budget lines and tier plan; all of them may be changed."""
    check(by, "campaigns.manage_campaign")
    if not Brand.objects.visible_to(by).filter(pk=brand.pk, is_archived=False).exists():
        raise ValidationError({"brand": _("Choose a brand of your teams that is not archived.")})
    currency = currency or brand.currency
    campaign = Campaign(
        brand=brand,
        name=name.strip(),
        objective=objective,
        starts_on=starts_on,
        ends_on=ends_on,
        budget=round_amount(budget, currency),
        currency=currency,
        code=code.strip().upper() or new_code(brand, starts_on),
        owner=owner or by,
        product=product,
        hashtags=clean_hashtags(hashtags),
        mentions=clean_mentions(mentions),
        summary=summary,
        internal_note=internal_note,
        is_demo=is_demo,
    )
    _validate(campaign)
    with transaction.atomic():
        _save_unique(campaign)
        parts = budgets.propose(campaign.budget, currency)
        BudgetLine.objects.bulk_create(
            BudgetLine(campaign=campaign, kind=kind, planned=amount) for kind, amount in parts.items()
        )
        Kpi.objects.bulk_create(
            Kpi(campaign=campaign, metric=metric, target=target)
            for metric, target in propose_kpis(objective, campaign.budget, currency)
            if target
        )
        TierPlan.objects.bulk_create(TierPlan(campaign=campaign, **row) for row in propose_tiers())
        record(
            "campaigns.campaign_created",
            campaign,
            actor=by,
            data={"code": campaign.code, "brand_id": brand.pk},
        )
    return campaign


def _validate(campaign: Campaign) -> None:
    errors: dict[str, str] = {}
    if campaign.ends_on < campaign.starts_on:
        errors["ends_on"] = _("The end must not be before the start.")
    elif (campaign.ends_on - campaign.starts_on).days > 730:
        errors["ends_on"] = _("A campaign lasts two years at most; make several.")
    if campaign.budget <= 0:
        errors["budget"] = _("Give a budget above zero.")
    if campaign.product is not None and campaign.product.brand_id != campaign.brand_id:
        errors["product"] = _("Choose a product of this brand.")
    if not campaign.owner.is_staff_member:
        errors["owner"] = _("The owner must be a staff member.")
    if errors:
        raise ValidationError(errors)
    campaign.clean_fields(exclude=["brand", "owner", "product", "state"])


def _save_unique(campaign: Campaign) -> None:
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        if "code" not in str(error):
            raise
        raise ValidationError({"code": _("Another campaign has this code. Choose another one.")}) from error


def update_campaign(campaign: Campaign, *, by: User, **fields: Any) -> Campaign:
    check(by, "campaigns.manage_campaign", campaign)
    unknown = set(fields) - FIELDS
    if unknown:
        raise TypeError(f"unknown campaign fields: {sorted(unknown)}")
    with transaction.atomic():
        campaign = lock(campaign)
        if not campaign.is_open:
            raise Conflict(
                _("This campaign is “%(state)s” and cannot be changed any more.")
                % {"state": campaign.get_state_display()}
            )
        before = campaign.budget
        for key, value in fields.items():
            match key:
                case "hashtags":
                    value = clean_hashtags(value)
                case "mentions":
                    value = clean_mentions(value)
                case "budget":
                    value = round_amount(value, campaign.currency)
                case "code":
                    value = (value or campaign.code).strip().upper()
                case "owner":
                    value = value or campaign.owner
            setattr(campaign, key, value)
        _validate(campaign)
        planned = sum((line.planned for line in campaign.budget_lines.all()), Decimal(0))
        if campaign.budget < before and planned > campaign.budget:
            raise ValidationError(
                {
                    "budget": _("%(planned)s is allocated to lines already; lower the lines first.")
                    % {"planned": budgets.money_text(planned, campaign.currency)}
                }
            )
        _save_unique(campaign)
        record("campaigns.campaign_updated", campaign, actor=by, data={"changed": sorted(fields)})
    return campaign


def set_kpis(campaign: Campaign, *, by: User, targets: dict[str, Decimal | None]) -> Campaign:
    """Replace the KPI targets; a metric without a target is taken off."""
    check(by, "campaigns.manage_campaign", campaign)
    for metric, target in targets.items():
        if metric not in Metric.values:
            raise ValidationError({metric: _("There is no such metric.")})
        if target is not None and target <= 0:
            raise ValidationError({metric: _("A target must be above zero; leave it empty to drop it.")})
    with transaction.atomic():
        campaign = lock(campaign)
        for metric, target in targets.items():
            if target is None:
                Kpi.objects.filter(campaign=campaign, metric=metric).delete()
            else:
                Kpi.objects.update_or_create(campaign=campaign, metric=metric, defaults={"target": target})
        record("campaigns.kpis_set", campaign, actor=by, data={"metrics": sorted(targets)})
    return campaign


def _step(campaign: Campaign, *, by: User, name: str, event: str) -> Campaign:
    check(by, "campaigns.manage_campaign", campaign)
    with transaction.atomic():
        campaign = lock(campaign)
        before = campaign.state
        move(campaign, name)
        campaign.save(update_fields=["state", "updated_at"])
        record(event, campaign, actor=by, data={"from": before, "to": campaign.state})
    return campaign


def start_planning(campaign: Campaign, *, by: User) -> Campaign:
    return _step(campaign, by=by, name="start_planning", event="campaigns.campaign_moved")


def back_to_planning(campaign: Campaign, *, by: User) -> Campaign:
    return _step(campaign, by=by, name="back_to_planning", event="campaigns.campaign_moved")


def activate(campaign: Campaign, *, by: User) -> Campaign:
    check(by, "campaigns.manage_campaign", campaign)
    if not campaign.partnerships.exclude(state__in=["cancelled", "declined"]).exists():
        raise Conflict(_("Invite at least one KOL before you start the campaign."))
    return _step(campaign, by=by, name="activate", event="campaigns.campaign_activated")


def start_reporting(campaign: Campaign, *, by: User) -> Campaign:
    return _step(campaign, by=by, name="to_reporting", event="campaigns.campaign_moved")


def reopen(campaign: Campaign, *, by: User) -> Campaign:
    return _step(campaign, by=by, name="reopen", event="campaigns.campaign_moved")


def close(campaign: Campaign, *, by: User) -> Campaign:
    """Nothing may be open: every partnership completed, cancelled or declined."""
    check(by, "campaigns.manage_campaign", campaign)
    still = campaign.partnerships.exclude(state__in=["completed", "cancelled", "declined"]).count()
    if still:
        raise Conflict(
            _("%(count)d partnerships are still open. Complete or cancel them, then close the campaign.")
            % {"count": still}
        )
    return _step(campaign, by=by, name="close", event="campaigns.campaign_closed")


def cancel_campaign(campaign: Campaign, *, by: User) -> Campaign:
    check(by, "campaigns.manage_campaign", campaign)
    signed = campaign.partnerships.filter(state__in=["agreed", "briefed", "in_production", "live"]).count()
    if signed:
        raise Conflict(
            _("%(count)d agreements are signed. Cancel those partnerships first.") % {"count": signed}
        )
    return _step(campaign, by=by, name="cancel", event="campaigns.campaign_cancelled")


STEPS: dict[str, tuple[tuple[str, Any, str], ...]] = {
    # state: (verb, button, style) in the order in which they are offered
    "draft": (
        ("start_planning", gettext_lazy("Start planning"), "primary"),
        ("cancel", gettext_lazy("Cancel campaign"), ""),
    ),
    "planning": (
        ("activate", gettext_lazy("Start campaign"), "primary"),
        ("cancel", gettext_lazy("Cancel campaign"), ""),
    ),
    "client_review": (
        ("activate", gettext_lazy("Start campaign"), "primary"),
        ("back_to_planning", gettext_lazy("Back to planning"), ""),
        ("cancel", gettext_lazy("Cancel campaign"), ""),
    ),
    "active": (
        ("start_reporting", gettext_lazy("Start reporting"), "primary"),
        ("cancel", gettext_lazy("Cancel campaign"), ""),
    ),
    "reporting": (
        ("close", gettext_lazy("Close campaign"), "primary"),
        ("reopen", gettext_lazy("Reopen"), ""),
    ),
    "closed": (),
    "cancelled": (),
}

VERBS = {
    "start_planning": start_planning,
    "back_to_planning": back_to_planning,
    "activate": activate,
    "start_reporting": start_reporting,
    "reopen": reopen,
    "close": close,
    "cancel": cancel_campaign,
}


def clean_hashtags(values: Iterable[str] | str) -> list[str]:
    """Lower case, without #, as posts keep them; spaces part them too."""
    text = " ".join(values) if not isinstance(values, str) else values
    return [word.lower().lstrip("#") for word in unique_words(text.replace(" ", ",")) if word.strip("#")]


def clean_mentions(values: Iterable[str] | str) -> list[str]:
    text = " ".join(values) if not isinstance(values, str) else values
    return [word.lower().lstrip("@") for word in unique_words(text.replace(" ", ",")) if word.strip("@")]


def days_left(campaign: Campaign) -> int:
    return (campaign.ends_on - timezone.localdate()).days
