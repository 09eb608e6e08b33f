"""The money plan: four lines with guard rails, what is committed, what was earned, what was spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from campaigns.models import (
    Agreement,
    BudgetLine,
    BudgetWaiver,
    Campaign,
    Deliverable,
    Offer,
    Partnership,
    Spend,
    TierPlan,
)
from campaigns.models.plans import BudgetKind
from campaigns.moves import lock
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record
from krm.money.amounts import round_amount, split
from krm.web.format import money

# Percent of the budget: lower and upper end of the band the trade works in, and where a new plan starts.
BANDS: dict[str, tuple[Decimal, Decimal]] = {
    "fees": (Decimal(60), Decimal(70)),
    "amplification": (Decimal(15), Decimal(20)),
    "management": (Decimal(10), Decimal(15)),
    "contingency": (Decimal(5), Decimal(10)),
}
START: dict[str, Decimal] = {
    "fees": Decimal(65),
    "amplification": Decimal(15),
    "management": Decimal("12.5"),
    "contingency": Decimal("7.5"),
}


def propose(
    budget: Decimal, currency: str, shares: Mapping[str, Decimal] | None = None
) -> dict[str, Decimal]:
    """Split a budget by shares so that the parts add up exactly (largest remainder)."""
    shares = shares or START
    kinds = list(BANDS)
    whole = sum((Decimal(shares.get(kind, 0)) for kind in kinds), Decimal(0))
    if whole > 100:
        raise ValidationError(
            _("The shares add up to %(sum)s %%; take some away.") % {"sum": whole.normalize()}
        )
    weights = [Decimal(shares.get(kind, 0)) for kind in kinds]
    if any(weight < 0 for weight in weights):
        raise ValidationError(_("A share cannot be negative."))
    parts = split(round_amount(budget, currency), [*weights, Decimal(100) - whole], currency)
    return dict(zip(kinds, parts, strict=False))


@dataclass(frozen=True)
class Line:
    kind: str
    label: Any
    planned: Decimal
    committed: Decimal
    earned: Decimal
    actual: Decimal
    share: Decimal  # percent of the budget
    low: Decimal
    high: Decimal

    @property
    def in_band(self) -> bool:
        return self.low <= self.share <= self.high

    @property
    def left(self) -> Decimal:
        return self.planned - max(self.committed, self.actual)

    @property
    def over(self) -> bool:
        return self.left < 0


@dataclass(frozen=True)
class Status:
    budget: Decimal
    currency: str
    lines: list[Line]
    waived: Decimal
    warnings: list[str] = field(default_factory=list)

    def line(self, kind: str) -> Line:
        return next(line for line in self.lines if line.kind == kind)

    @property
    def planned(self) -> Decimal:
        return sum((line.planned for line in self.lines), Decimal(0))

    @property
    def unallocated(self) -> Decimal:
        return self.budget - self.planned

    @property
    def committed(self) -> Decimal:
        return sum((line.committed for line in self.lines), Decimal(0))

    @property
    def earned(self) -> Decimal:
        return sum((line.earned for line in self.lines), Decimal(0))

    @property
    def actual(self) -> Decimal:
        return sum((line.actual for line in self.lines), Decimal(0))


def commitments(campaigns: Iterable[int], *, without: int | None = None) -> dict[int, Decimal]:
    """What is promised to KOLs per campaign: an agreement, else the accepted offer, else our offer on the table."""
    agreed = (
        Agreement.objects.filter(partnership=OuterRef("pk")).exclude(state="cancelled").values("total")[:1]
    )
    accepted = Offer.objects.filter(partnership=OuterRef("pk"), state="accepted").values("total")[:1]
    on_table = Offer.objects.filter(partnership=OuterRef("pk"), state="sent", side="agency").values("total")[
        :1
    ]
    rows = (
        Partnership.objects.filter(campaign_id__in=list(campaigns))
        .exclude(state__in=["cancelled", "declined"])
        .exclude(pk=without or 0)
        .annotate(promised=Coalesce(Subquery(agreed), Subquery(accepted), Subquery(on_table), Decimal(0)))
        .values("campaign_id")
        .annotate(sum=Sum("promised"))
        .order_by()
    )
    return {row["campaign_id"]: row["sum"] or Decimal(0) for row in rows}


def status(campaign: Campaign) -> Status:
    return status_many([campaign])[campaign.pk]


def status_many(campaigns: Iterable[Campaign]) -> dict[int, Status]:
    """Five queries, however many campaigns."""
    campaigns = list(campaigns)
    ids = [campaign.pk for campaign in campaigns]
    planned: dict[tuple[int, str], Decimal] = {
        (row.campaign_id, row.kind): row.planned for row in BudgetLine.objects.filter(campaign_id__in=ids)
    }
    actual = {
        (row["campaign_id"], row["kind"]): row["sum"]
        for row in Spend.objects.filter(campaign_id__in=ids)
        .values("campaign_id", "kind")
        .annotate(sum=Sum("amount"))
        .order_by()
    }
    earned = {
        row["partnership__campaign_id"]: row["sum"]
        for row in Deliverable.objects.filter(partnership__campaign_id__in=ids, state="accepted")
        .values("partnership__campaign_id")
        .annotate(sum=Sum("amount"))
        .order_by()
    }
    waived = {
        row["campaign_id"]: row["sum"]
        for row in BudgetWaiver.objects.filter(campaign_id__in=ids)
        .values("campaign_id")
        .annotate(sum=Sum("amount"))
        .order_by()
    }
    promised = commitments(ids)
    zero = Decimal(0)
    found = {}
    for campaign in campaigns:
        lines = []
        for kind, (low, high) in BANDS.items():
            plan = planned.get((campaign.pk, kind), zero)
            spent = actual.get((campaign.pk, kind), zero)
            fees = kind == "fees"
            lines.append(
                Line(
                    kind=kind,
                    label=BudgetKind(kind).label,
                    planned=plan,
                    committed=promised.get(campaign.pk, zero) if fees else spent,
                    earned=earned.get(campaign.pk, zero) if fees else spent,
                    actual=spent,
                    share=(plan * 100 / campaign.budget).quantize(Decimal("0.01")),
                    low=low,
                    high=high,
                )
            )
        found[campaign.pk] = Status(
            budget=campaign.budget,
            currency=campaign.currency,
            lines=lines,
            waived=waived.get(campaign.pk, zero),
            warnings=warnings(lines, campaign.budget),
        )
    return found


def warnings(lines: list[Line], budget: Decimal) -> list[str]:
    """Guard rails: sentences for lines outside their band, over their plan, and money without a line."""
    found = []
    for line in lines:
        if not line.in_band:
            found.append(
                _("%(line)s is %(share)s %% of the budget; %(low)s–%(high)s %% is usual.")
                % {
                    "line": line.label,
                    "share": f"{line.share.normalize():f}",
                    "low": f"{line.low:f}",
                    "high": f"{line.high:f}",
                }
            )
        if line.over:
            found.append(_("%(line)s is over its plan.") % {"line": line.label})
    if sum((line.planned for line in lines), Decimal(0)) < budget:
        found.append(_("Part of the budget has no line yet."))
    return found


def allocate(campaign: Campaign, *, by: User, amounts: Mapping[str, Decimal]) -> Campaign:
    """Set the four lines. More than the budget is refused; outside a band is only warned about."""
    check(by, "campaigns.manage_budget", campaign)
    with transaction.atomic():
        campaign = lock(campaign)
        _set_lines(campaign, amounts)
        record("campaigns.budget_allocated", campaign, actor=by, data={k: str(v) for k, v in amounts.items()})
    return campaign


def _set_lines(campaign: Campaign, amounts: Mapping[str, Decimal]) -> None:
    errors: dict[str, str] = {}
    clean: dict[str, Decimal] = {}
    for kind in BANDS:
        amount = Decimal(amounts.get(kind, 0))
        if amount < 0:
            errors[kind] = _("An amount cannot be negative.")
        clean[kind] = round_amount(amount, campaign.currency)
    total = sum(clean.values(), Decimal(0))
    if total > campaign.budget:
        errors["__all__"] = _(
            "The lines add up to %(total)s, which is %(over)s more than the budget of %(budget)s. Lower a line or "
            "raise the budget."
        ) % {
            "total": money_text(total, campaign.currency),
            "over": money_text(total - campaign.budget, campaign.currency),
            "budget": money_text(campaign.budget, campaign.currency),
        }
    waived = BudgetWaiver.objects.filter(campaign=campaign).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    promised = commitments([campaign.pk]).get(campaign.pk, Decimal(0))
    if clean["fees"] + waived < promised:
        errors["fees"] = _("%(amount)s is promised to KOLs already; the line cannot be lower.") % {
            "amount": money_text(promised, campaign.currency)
        }
    if errors:
        raise ValidationError(errors)
    for kind, amount in clean.items():
        BudgetLine.objects.update_or_create(campaign=campaign, kind=kind, defaults={"planned": amount})


def check_commitment(campaign: Campaign, amount: Decimal, *, without: Partnership | None = None) -> None:
    """Refuse a promise that the fees line (and waivers) cannot carry. Holds the campaign row: two at once queue."""
    campaign = lock(campaign)
    line = BudgetLine.objects.filter(campaign=campaign, kind="fees").first()
    planned = line.planned if line else Decimal(0)
    waived = BudgetWaiver.objects.filter(campaign=campaign).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    promised = commitments([campaign.pk], without=without.pk if without else None).get(
        campaign.pk, Decimal(0)
    )
    over = promised + amount - planned - waived
    if over > 0:
        raise Conflict(
            _(
                "This would promise %(over)s more than the fees line holds: %(promised)s of %(planned)s is promised "
                "already. Lower the offer, move budget to fees, or ask an administrator for a waiver."
            )
            % {
                "over": money_text(over, campaign.currency),
                "promised": money_text(promised, campaign.currency),
                "planned": money_text(planned + waived, campaign.currency),
            }
        )


def waive(campaign: Campaign, *, by: User, amount: Decimal, reason: str) -> BudgetWaiver:
    """Let commitments pass the fees line by `amount`; administrators only, never past the whole budget."""
    check(by, "campaigns.waive", campaign)
    if amount <= 0:
        raise ValidationError({"amount": _("Give an amount above zero.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; the reason stays in the history.")})
    with transaction.atomic():
        campaign = lock(campaign)
        state = status(campaign)
        if state.line("fees").planned + state.waived + amount > campaign.budget:
            raise ValidationError(
                {
                    "amount": _("Fees may never pass the whole budget of %(budget)s.")
                    % {"budget": money_text(campaign.budget, campaign.currency)}
                }
            )
        waiver = BudgetWaiver.objects.create(
            campaign=campaign,
            amount=round_amount(amount, campaign.currency),
            reason=reason.strip(),
            granted_by=by,
        )
        record(
            "campaigns.budget_waived",
            campaign,
            actor=by,
            data={"amount": str(amount), "waiver_id": waiver.pk},
        )
    return waiver


def record_spend(
    campaign: Campaign,
    *,
    by: User | None,
    kind: str,
    amount: Decimal,
    occurred_on: date,
    key: str,
    note: str = "",
    currency: str | None = None,
) -> Spend:
    """Write down money that left; the same `key` twice writes once. The payments room calls it with `by=None`."""
    if by is not None:
        check(by, "campaigns.record_spend", campaign)
    if kind not in BANDS:
        raise ValidationError({"kind": _("Choose one of the four budget lines.")})
    if amount == 0 or (by is not None and amount < 0):
        raise ValidationError({"amount": _("Give an amount above zero.")})
    currency = currency or campaign.currency
    if currency != campaign.currency:
        raise ValidationError(
            {"currency": _("This campaign is kept in %(currency)s.") % {"currency": campaign.currency}}
        )
    with transaction.atomic():
        campaign = lock(campaign)
        known = Spend.objects.filter(key=key).first()
        if known is not None:
            return known
        if by is not None:
            spent = Spend.objects.filter(campaign=campaign).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
            if spent + amount > campaign.budget:
                raise Conflict(
                    _(
                        "This would bring spending to %(spent)s, above the budget of %(budget)s. Raise the budget first."
                    )
                    % {
                        "spent": money_text(spent + amount, campaign.currency),
                        "budget": money_text(campaign.budget, campaign.currency),
                    }
                )
        spend = Spend.objects.create(
            campaign=campaign,
            kind=kind,
            amount=round_amount(amount, currency),
            currency=currency,
            occurred_on=occurred_on,
            key=key,
            note=note,
            recorded_by=by,
        )
        record("campaigns.spend_recorded", campaign, actor=by, data={"spend_id": spend.pk, "line": kind})
    return spend


def plan_tiers(campaign: Campaign, *, by: User, rows: list[dict[str, Any]]) -> list[TierPlan]:
    """Set the tier plan: rows of {tier, role, count, share}. Shares may not pass 100 %."""
    check(by, "campaigns.manage_campaign", campaign)
    total = sum((Decimal(row.get("share") or 0) for row in rows), Decimal(0))
    if total > 100:
        raise ValidationError(
            _("The tiers' shares add up to %(sum)s %%; together they may be 100 %% at most.")
            % {"sum": f"{total.normalize():f}"}
        )
    with transaction.atomic():
        campaign = lock(campaign)
        kept = []
        for row in rows:
            plan, _created = TierPlan.objects.update_or_create(
                campaign=campaign,
                tier=row["tier"],
                defaults={
                    "role": (row.get("role") or "").strip(),
                    "count": row.get("count") or 0,
                    "share": row.get("share") or 0,
                },
            )
            kept.append(plan)
        TierPlan.objects.filter(campaign=campaign).exclude(pk__in=[plan.pk for plan in kept]).delete()
        record("campaigns.tiers_planned", campaign, actor=by, data={"tiers": len(kept)})
    return kept


def tier_amounts(campaign: Campaign, plans: list[TierPlan]) -> dict[int, Decimal]:
    """What each tier may cost, from its share of the fees line; adds up exactly."""
    line = next((line for line in campaign.budget_lines.all() if line.kind == "fees"), None)
    if line is None or not plans:
        return {}
    rest = Decimal(100) - sum((plan.share for plan in plans), Decimal(0))
    if rest == 100:
        return {plan.pk: Decimal(0) for plan in plans}
    parts = split(line.planned, [*(plan.share for plan in plans), max(rest, Decimal(0))], campaign.currency)
    return {plan.pk: part for plan, part in zip(plans, parts, strict=False)}


def money_text(amount: Decimal, currency: str) -> str:
    """An amount as a sentence shows it, in the reader's language."""
    return money(amount, currency)
