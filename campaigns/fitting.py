"""How well creators fit a brand or a campaign of it: what is looked for comes from here, the judging from below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from campaigns.models import Brand, Campaign
from creators.matching.fit import Wanted, fits
from creators.models import SocialAccount
from creators.scoring.brand_fit import GATES, Fits, Target

ALIASES = {"ages": "age", "genders": "gender", "country": "countries", "city": "cities"}
Words = Callable[[int], list[tuple[str, float]]]
_words: dict[str, Words] = {}


def register_words(key: str, provider: Words) -> None:
    """Let a room above add texts about a campaign (its brief) with how much each counts."""
    _words[key] = provider


def wanted(brand: Brand, campaign: Campaign | None = None) -> Wanted:
    """What the brand looks for, narrowed by the campaign where there is one."""
    texts: list[tuple[str, float]] = [(brand.category, 4.0), (brand.trend_notes, 1.0)]
    for product in brand.products.filter(is_active=True)[:20]:
        mine = campaign is not None and campaign.product_id == product.pk
        texts.append((f"{product.name}. {product.description}", 3.0 if mine else 1.0))
    sizes: tuple[tuple[float, float], ...] = ()
    price: Decimal | None = None
    currency = brand.currency
    if campaign is not None:
        texts += [(campaign.summary, 2.0), (" ".join(f"#{tag}" for tag in campaign.hashtags), 2.0)]
        texts += [pair for key in sorted(_words) for pair in _words[key](campaign.pk)]
        plans = list(campaign.tier_plans.filter(count__gt=0).select_related("tier"))
        sizes = tuple((float(p.tier.floor), float(p.tier.ceiling or float("inf"))) for p in plans)
        people = sum(plan.count for plan in plans)
        fees = campaign.budget_lines.filter(kind="fees").aggregate(sum=Sum("planned"))["sum"]
        price = fees / people if fees and people else None
        currency = campaign.currency
    interests = brand.target_audience.get("interests") or []
    texts.append((" ".join(map(str, interests)), 1.0))
    return Wanted(
        Target(
            name=brand.name, category=brand.category,
            audience={
                ALIASES.get(group, group): given
                for group, given in brand.target_audience.items()
                if isinstance(given, list | dict) and given
            },
            sizes=sizes,
        ),
        texts=tuple((text, weight) for text, weight in texts if text.strip()),
        brand_id=brand.pk,
        rivals=tuple(name.lower() for name in brand.competitors) + rivals_of(brand),
        price=price,
        currency=currency,
    )  # fmt: skip


def rivals_of(brand: Brand) -> tuple[str, ...]:
    """Other brands here that name this one as a competitor."""
    rows = (
        Brand.objects.filter(competitors__icontains=brand.name)
        .exclude(pk=brand.pk)
        .values_list("name", "competitors")
    )
    return tuple(
        name.lower() for name, given in rows if brand.name.lower() in {str(c).lower() for c in given}
    )


def fits_of(brand: Brand, account_ids: Iterable[int], campaign: Campaign | None = None) -> Fits:
    """Fit of these accounts; the number of queries does not grow with them."""
    return fits(wanted(brand, campaign), account_ids)


def main_accounts(creator_ids: Iterable[int]) -> dict[int, int]:
    """The largest account of each creator."""
    rows = (
        SocialAccount.objects.filter(creator_id__in=list(creator_ids), followers__isnull=False)
        .order_by("creator_id", "-followers", "pk")
        .distinct("creator_id")
        .values_list("creator_id", "pk")
    )
    return {creator: pk for creator, pk in rows if creator is not None}


def shown(found: Fits, account_id: int, lang: str) -> dict[str, Any] | None:
    """One account's fit as pages and the API give it; None where it was not asked about."""
    if account_id not in found.table.index:
        return None
    row = found.table.loc[account_id]
    gate = str(row["gate"])
    return {
        "account_id": int(account_id),
        "value": None if row["value"] != row["value"] else round(float(row["value"]), 1),
        "confidence": round(float(row["confidence"]), 3),
        "gate": gate,
        "gate_sentence": GATES[gate][1 if lang.startswith("id") else 0] if gate else "",
        "parts": found.of(account_id, lang),
    }
