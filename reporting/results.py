"""What a campaign achieved, as one plain document: pages, PDF, XLSX, API and locked reports all read it.

`campaign_numbers` asks a fixed number of queries whatever the size of the campaign. Amounts are decimal strings,
shares are numbers (0.034 is 3.4 %), a number that is not known is None.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from campaigns.models import Campaign, Deliverable, Partnership, Spend
from krm.money.amounts import round_amount
from reporting import measures
from reporting.measures import PostNumbers, Rate, Totals
from reporting.models import Conversion, EmvRate, TrackingLink

if TYPE_CHECKING:
    from datetime import date


LIVE = ("published", "accepted")
# What a client never sees: everything that follows from what the agency pays.
COST_KEYS = frozenset({"cost", "cpm", "cpe", "cpv", "cpa", "roas", "roi", "budget", "spend"})
COST_METRICS = frozenset({"cpm", "cpe", "cpa", "roas"})


@dataclass
class Group:
    """Numbers of one KOL, tier or the whole campaign while they are added up."""

    label: str
    posts: list[PostNumbers] = field(default_factory=list)
    cost: Decimal = Decimal(0)
    clicks: int = 0
    visitors: int = 0
    conversions: int = 0
    revenue: Decimal = Decimal(0)
    new_customers: int = 0

    def add(self, other: Group) -> None:
        self.posts += other.posts
        for name in ("cost", "clicks", "visitors", "conversions", "revenue", "new_customers"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def current_rates(currency: str, on: date) -> list[Rate]:
    """The EMV rates in force on a day, one a platform and metric."""
    rows: dict[tuple[str, str], EmvRate] = {}
    for row in EmvRate.objects.filter(currency=currency, valid_from__lte=on).order_by("valid_from"):
        rows[row.platform, row.metric] = row
    return [Rate(r.platform, r.metric, r.per, r.value) for r in rows.values()]


def money(value: Decimal | None, currency: str) -> str | None:
    return None if value is None else str(round_amount(value, currency))


def share(value: Decimal | None) -> float | None:
    return None if value is None else round(float(value), 6)


def summary(group: Group, rates: list[Rate], currency: str) -> dict[str, Any]:
    """The row of one group: counts, rates, costs and returns."""
    totals: Totals = measures.add_up(group.posts)
    er = measures.engagement_rates(totals)
    seen = totals.counts["impressions"] or totals.counts["views"]
    revenue = group.revenue if group.conversions else None
    return {
        "label": group.label,
        "posts": totals.posts,
        **totals.counts,
        "known": totals.known,
        "engagements": totals.engagements,
        "er_views": share(er["views"]),
        "er_reach": share(er["reach"]),
        "er_followers": share(er["followers"]),
        "emv": money(measures.emv(group.posts, rates), currency),
        "clicks": group.clicks,
        "visitors": group.visitors,
        "conversions": group.conversions,
        "new_customers": group.new_customers,
        "revenue": money(group.revenue, currency),
        "cost": money(group.cost, currency),
        "cpm": money(measures.cpm(group.cost or None, seen), currency),
        "cpe": money(measures.cpe(group.cost or None, totals.engagements), currency),
        "cpv": money(measures.cpv(group.cost or None, totals.counts["views"]), currency),
        "cpa": money(measures.cpa(group.cost or None, group.conversions), currency),
        "roas": share(measures.roas(revenue, group.cost or None)),
        "roi": share(measures.roi(revenue, group.cost or None)),
    }


# Read as plain rows: a campaign of 300 KOLs would make 2,400 model objects, and those took half of the page's time.
PARTNERSHIP = (
    "pk", "state", "creator__name", "creator__display_name", "account__handle", "account__platform",
    "account__tier__name", "agreement__state", "agreement__total",
)  # fmt: skip
DELIVERABLE = (
    "pk", "partnership_id", "state", "title", "platform", "format", "amount", "revisions", "publish_on", "published_at",
    "post_url", "post_id", "post__account_id", "post__url", "post__is_deleted", "post__source", "post__observed_at",
    "account__followers", *(f"post__{name}" for name in measures.COUNTS),
)  # fmt: skip


def post_numbers(row: dict[str, Any]) -> PostNumbers:
    return PostNumbers(
        platform=row["platform"],
        followers=row["account__followers"],
        **{name: row[f"post__{name}"] for name in measures.COUNTS},
    )


def campaign_numbers(campaign: Campaign) -> dict[str, Any]:
    """Every figure of the campaign as of now. Queries: 9, whatever its size."""
    currency, today = campaign.currency, timezone.localdate()
    rates = current_rates(currency, today)
    partnerships = list(
        Partnership.objects.filter(campaign=campaign)
        .exclude(state__in=["declined", "invited"])
        .order_by("pk")
        .values(*PARTNERSHIP)
    )
    deliverables = list(
        Deliverable.objects.filter(partnership__campaign=campaign)
        .exclude(state="cancelled")
        .order_by("published_at", "pk")
        .values(*DELIVERABLE)
    )
    groups = {
        p["pk"]: Group(
            label=p["creator__display_name"] or p["creator__name"],
            cost=p["agreement__total"] if p["agreement__state"] == "signed" else Decimal(0),
        )
        for p in partnerships
    }
    posts: list[dict[str, Any]] = []
    for row in deliverables:
        group = groups.get(row["partnership_id"])
        if row["post_id"] is None or row["state"] not in LIVE or group is None:
            continue
        numbers = post_numbers(row)
        group.posts.append(numbers)
        posts.append(_post_row(row, numbers, group.label, rates, currency))
    _add_clicks(campaign, groups)
    _add_conversions(campaign, groups)

    tiers: dict[str, Group] = {}
    everything = Group(label="")
    kols = []
    for p in partnerships:
        group = groups[p["pk"]]
        tier = p["account__tier__name"] or ""
        tiers.setdefault(tier, Group(label=tier)).add(group)
        everything.add(group)
        kols.append(
            {
                "partnership_id": p["pk"],
                "handle": p["account__handle"] or "",
                "platform": p["account__platform"] or "",
                "tier": tier,
                "state": p["state"],
                **summary(group, rates, currency),
            }
        )
    budget, other_spend = _budget(campaign, everything.cost)
    everything.cost += other_spend
    totals = summary(everything, rates, currency)
    return {
        "formula_version": measures.FORMULA_VERSION,
        "as_of": timezone.now().isoformat(timespec="seconds"),
        "campaign": {
            "id": campaign.pk,
            "name": campaign.name,
            "code": campaign.code,
            "brand": campaign.brand.name,
            "objective": campaign.objective,
            "currency": currency,
            "starts_on": campaign.starts_on.isoformat(),
            "ends_on": campaign.ends_on.isoformat(),
        },
        "totals": totals,
        "kols": kols,
        "tiers": [summary(group, rates, currency) for _name, group in sorted(tiers.items())],
        "posts": posts,
        "targets": _targets(campaign, totals),
        "budget": budget,
        "delivery": _delivery(deliverables),
        "emv_rates": [
            {"platform": r.platform, "metric": r.metric, "per": r.per, "value": str(r.value)} for r in rates
        ],
    }


def for_client(numbers: dict[str, Any]) -> dict[str, Any]:
    """The same document without anything that follows from what the agency pays."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: clean(inner) for key, inner in value.items() if key not in COST_KEYS}
        if isinstance(value, list):
            return [clean(inner) for inner in value]
        return value

    cleaned: dict[str, Any] = clean(numbers)
    cleaned["targets"] = [t for t in cleaned["targets"] if t["metric"] not in COST_METRICS]
    for kol in cleaned["kols"]:
        kol.pop("state", None)
    return cleaned


def _post_row(
    row: dict[str, Any], numbers: PostNumbers, kol: str, rates: list[Rate], currency: str
) -> dict[str, Any]:
    one = measures.engagement_rates(measures.add_up([numbers]))
    published, observed = row["published_at"], row["post__observed_at"]
    return {
        "deliverable_id": row["pk"],
        "post_id": row["post_id"],
        "account_id": row["post__account_id"],
        "kol": kol,
        "title": row["title"],
        "platform": row["platform"],
        "format": row["format"],
        "url": row["post__url"] or row["post_url"],
        "published_on": timezone.localdate(published).isoformat() if published else None,
        **{name: getattr(numbers, name) for name in measures.COUNTS},
        "engagements": numbers.engagements,
        "er_views": share(one["views"]),
        "emv": money(measures.emv([numbers], rates), currency),
        "is_deleted": row["post__is_deleted"],
        "source": row["post__source"],
        "observed_at": observed.isoformat(timespec="seconds") if observed else None,
        "cost": money(row["amount"], currency),
    }


def _add_clicks(campaign: Campaign, groups: dict[int, Group]) -> None:
    for row in (
        TrackingLink.objects.filter(partnership__campaign=campaign)
        .values("partnership_id")
        .annotate(clicks=Sum("clicks_count"), visitors=Sum("visitors_count"))
    ):
        group = groups.get(row["partnership_id"])
        if group is not None:
            group.clicks, group.visitors = row["clicks"], row["visitors"]


def _add_conversions(campaign: Campaign, groups: dict[int, Group]) -> None:
    for row in (
        Conversion.objects.filter(partnership__campaign=campaign, currency=campaign.currency)
        .values("partnership_id")
        .annotate(orders=Count("pk"), revenue=Sum("amount"), new=Count("pk", filter=Q(is_new_customer=True)))
    ):
        group = groups.get(row["partnership_id"])
        if group is not None:
            group.conversions, group.revenue, group.new_customers = row["orders"], row["revenue"], row["new"]


def _budget(campaign: Campaign, committed_fees: Decimal) -> tuple[list[dict[str, Any]], Decimal]:
    """Lines with plan, commitment and spend; and what was spent beside fees."""
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for row in (
        Spend.objects.filter(campaign=campaign, currency=campaign.currency)
        .values("kind")
        .annotate(sum=Sum("amount"))
    ):
        spent[row["kind"]] = row["sum"]
    rows = []
    for line in campaign.budget_lines.all():
        committed = committed_fees if line.kind == "fees" else spent[line.kind]
        rows.append(
            {
                "kind": line.kind,
                "planned": money(line.planned, campaign.currency),
                "committed": money(committed, campaign.currency),
                "spent": money(spent[line.kind], campaign.currency),
                "used": share(measures.ratio(committed, line.planned)),
            }
        )
    return rows, sum((amount for kind, amount in spent.items() if kind != "fees"), Decimal(0))


# KPI metric → where its actual stands in the totals.
ACTUALS = {
    "engagement_rate": "er_views",
    "revenue": "revenue",
    "emv": "emv",
}
LOWER_IS_BETTER = frozenset({"cpm", "cpe", "cpa"})


def _targets(campaign: Campaign, totals: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for kpi in campaign.kpis.all():
        found = totals.get(ACTUALS.get(kpi.metric, kpi.metric))
        actual = None if found is None else Decimal(str(found))
        target = kpi.target
        reached = measures.progress(actual, target)
        if kpi.metric in LOWER_IS_BETTER:
            reached = measures.progress(target, actual)
        rows.append(
            {
                "metric": kpi.metric,
                "target": f"{target.normalize():f}",
                "actual": None if actual is None else str(actual),
                "progress": share(reached),
                "lower_is_better": kpi.metric in LOWER_IS_BETTER,
            }
        )
    return rows


def _delivery(deliverables: list[dict[str, Any]]) -> dict[str, Any]:
    """How the collaboration went: content published, on time, without extra rounds."""
    live = [d for d in deliverables if d["state"] in LIVE]
    dated = [d for d in live if d["publish_on"] and d["published_at"]]
    on_time = [
        d for d in dated if timezone.localdate(d["published_at"]) <= timezone.localdate(d["publish_on"])
    ]
    return {
        "planned": len(deliverables),
        "published": len(live),
        "on_time": share(measures.ratio(len(on_time), len(dated))),
        "revisions_average": share(measures.ratio(sum(d["revisions"] for d in live), len(live))),
        "first_time_right": share(measures.ratio(sum(1 for d in live if not d["revisions"]), len(live))),
    }


def posts_of(user: Any) -> list[Deliverable]:
    """Published content a portal user may see, newest first, with its numbers. One query."""
    return list(
        Deliverable.objects.visible_to(user)
        .filter(state__in=LIVE, post__isnull=False)
        .select_related("post", "partnership__campaign__brand", "partnership__creator")
        .order_by("-published_at", "-pk")[:100]
    )
