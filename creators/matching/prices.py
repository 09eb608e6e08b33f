"""Fair price of one piece: own deals and asked prices read, converted to one currency, judged by `scoring.price`.

Deals belong to a brand's team: a staff member outside it sees that there was one, not whose. Nothing of this reaches
a client or the portal. Amounts are Decimal here; logarithms live inside the pure module only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection
from django.utils.timezone import localdate

from creators import records
from creators.models import PLATFORM_FORMATS, Creator, Platform, RateFormat, SocialAccount
from creators.scoring import price as rule
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.money.amounts import exponent
from krm.money.rates import rate_on

YEARS = 3
WIDEST = 16.0  # comparables have at most so many times more or fewer followers
MOST = 3_000
SHOWN = 6


@dataclass(frozen=True)
class Comparable:
    """A deal or an asked price that was used, and what it would be at this creator's size."""

    kind: str  # deal, ask
    creator: str  # blank: of another team's brand
    creator_id: int | None
    format: str
    format_label: str
    followers: int
    price: Decimal
    currency: str
    adjusted: Decimal
    day: date | None
    weight: float


@dataclass(frozen=True)
class FairPrice:
    platform: str
    format: str
    format_label: str
    followers: int | None
    currency: str
    low: Decimal | None
    mid: Decimal | None
    high: Decimal | None
    confidence: float
    deals: int
    asks: int
    creators: int
    same_format: int
    asked: Decimal | None  # what this creator asks now
    comparables: list[Comparable]
    version: str = rule.VERSION

    @property
    def platform_label(self) -> str:
        return str(Platform(self.platform).label)

    @property
    def enough(self) -> bool:
        return self.mid is not None

    @property
    def count(self) -> int:
        return self.deals + self.asks

    @property
    def verdict(self) -> str:
        """How what is asked stands to the interval: below, within, above; blank where either is unknown."""
        if self.asked is None or self.low is None or self.high is None:
            return ""
        return "below" if self.asked < self.low else "above" if self.asked > self.high else "within"


_ASKS = """
SELECT r.id, r.creator_id, r.format, a.followers, a.engagement_rate, coalesce(c.categories[1], ''), r.price, r.currency,
       greatest(r.valid_from, coalesce(least(r.valid_to, %(today)s), r.valid_from))
FROM creators_ratecard r JOIN creators_creator c ON c.id = r.creator_id
JOIN LATERAL (
    SELECT followers, engagement_rate FROM creators_socialaccount s
    WHERE s.creator_id = r.creator_id AND s.platform = r.platform AND s.followers IS NOT NULL
    ORDER BY s.followers DESC LIMIT 1
) a ON true
WHERE r.platform = %(platform)s AND r.creator_id <> %(creator)s AND r.price > 0 AND r.format <> 'bundle'
  AND a.followers BETWEEN %(low)s AND %(high)s AND r.valid_from <= %(today)s
  AND coalesce(r.valid_to, %(today)s) >= %(since)s
ORDER BY abs(ln(a.followers::float / %(followers)s)), r.id LIMIT %(most)s
"""


def of_creator(
    creator: Creator, *, by: User, currency: str = "IDR", platform: str = "", formats: tuple[str, ...] = ()
) -> list[FairPrice]:
    """A fair price for each format of each of the creator's accounts, largest account first."""
    check(by, "creators.view", creator)
    accounts: dict[str, SocialAccount] = {}
    mine = creator.accounts.filter(followers__gt=0).order_by("-followers", "pk")
    for account in mine.filter(platform=platform) if platform else mine:
        accounts.setdefault(account.platform, account)
    out = []
    for name, account in accounts.items():
        rows, details = observations(creator, account, currency)
        asked = _asked(creator, name, currency)
        for form in formats or [f for f in PLATFORM_FORMATS[name] if f not in ("bundle", "live")]:
            if form in PLATFORM_FORMATS[name]:
                out.append(_one(creator, account, form, currency, rows, details, asked.get(form), by))
    return out


def _one(
    creator: Creator, account: SocialAccount, form: str, currency: str, rows: pd.DataFrame, details: dict[str, Any],
    asked: Decimal | None, by: User,
) -> FairPrice:  # fmt: skip
    question = rule.Asked(
        form, float(account.followers or 0), account.engagement_rate, frozenset(map(str, creator.categories))
    )
    found = rule.estimate(question, rows)
    seen = set(records.visible(details["deals"], by)["key"]) if len(details["deals"]) else set()
    names = details["names"]
    used = found.used.sort_values(["weight", "key"], ascending=[False, True])
    own_deals = used[used["kind"] == "deal"].head(SHOWN // 2)  # what was paid tells more than what was asked
    rest = used.drop(own_deals.index).head(SHOWN - len(own_deals))
    used = pd.concat([own_deals, rest]).sort_values(["weight", "key"], ascending=[False, True])
    labels = dict(RateFormat.choices)
    comparables = []
    for row in used.itertuples():
        open_ = row.kind == "ask" or row.key in seen
        price, their = details["money"][row.key]
        comparables.append(
            Comparable(
                row.kind, names.get(row.creator_id, "") if open_ else "", row.creator_id if open_ else None, row.format,
                str(labels.get(row.format, row.format)), int(row.followers), price, their,
                rounded(row.adjusted, currency), details["days"].get(row.key), float(row.weight),
            )
        )  # fmt: skip
    low, mid, high = (None if v is None else rounded(v, currency) for v in (found.low, found.mid, found.high))
    return FairPrice(
        account.platform, form, str(labels[form]), account.followers, currency, low, mid, high, found.confidence,
        found.deals, found.asks, found.creators, found.same_format, asked, comparables,
    )  # fmt: skip


def rounded(value: float, currency: str) -> Decimal:
    """Three significant digits, and never finer than the currency's minor unit."""
    amount = Decimal(repr(float(value)))
    digits = max(amount.adjusted() - 2, -exponent(currency))
    return amount.quantize(Decimal(1).scaleb(digits), rounding=ROUND_HALF_UP).quantize(
        Decimal(1).scaleb(-exponent(currency))
    )


class Rates:
    """Exchange rates asked once a currency and month; None where nobody recorded any."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.held: dict[tuple[str, int, int], Decimal | None] = {}

    def convert(self, price: Decimal, currency: str, day: date) -> Decimal | None:
        if currency == self.currency:
            return price
        key = (currency, day.year, day.month)
        if key not in self.held:
            try:
                self.held[key] = rate_on(currency, self.currency, day).rate
            except Conflict:
                self.held[key] = None
        rate = self.held[key]
        return None if rate is None else price * rate


def observations(
    creator: Creator, account: SocialAccount, currency: str
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """COLUMNS of the pure module for a platform, without the creator's own; and what a page shows of them."""
    today = localdate()
    since = today - timedelta(days=365 * YEARS)
    followers = float(account.followers or 1)
    with connection.cursor() as cursor:
        cursor.execute(
            _ASKS,
            {"today": today, "platform": account.platform, "creator": creator.pk, "low": followers / WIDEST,
             "high": followers * WIDEST, "since": since, "followers": followers, "most": MOST},
        )  # fmt: skip
        asks = cursor.fetchall()
    deals = records.record("deals")
    deals = deals[
        (deals["platform"] == account.platform)
        & (deals["creator_id"] != creator.pk)
        & (deals["format"] != "bundle")
    ]
    deals = deals.loc[
        np.array([day is not None and day >= since for day in deals["agreed_on"]], bool)
    ].reset_index(drop=True)
    deals = deals.assign(key=[f"deal:{n}:{p}" for n, p in enumerate(deals["partnership_id"])])
    sizes = _sizes(account.platform, deals["creator_id"].unique().tolist()) if len(deals) else {}
    rates = Rates(currency)
    out: list[tuple[Any, ...]] = []
    money: dict[str, tuple[Decimal, str]] = {}
    days: dict[str, date] = {}

    def add(
        key: str,
        who: int,
        kind: str,
        form: str,
        size: Any,
        rate: Any,
        category: str,
        price: Decimal,
        their: str,
        day: date,
    ) -> None:
        worth = rates.convert(price, their, day)
        if worth is None or worth <= 0 or not size:
            return
        money[key], days[key] = (price, their), day
        out.append((key, who, kind, form, float(size), np.nan if rate is None else float(rate), category, float(worth),
                    float((today - day).days)))  # fmt: skip

    for pk, who, form, size, rate, category, price, their, day in asks:
        add(f"ask:{pk}", who, "ask", form, size, rate, category, price, their, day)
    for row in deals.itertuples():
        size, rate, category = sizes.get(row.creator_id, (None, None, ""))
        if size and followers / WIDEST <= size <= followers * WIDEST:
            add(
                row.key,
                row.creator_id,
                "deal",
                row.format,
                size,
                rate,
                category,
                row.price,
                row.currency,
                row.agreed_on,
            )
    rows = pd.DataFrame(out, columns=rule.COLUMNS)
    near = (
        rows.assign(away=(np.log(rows["followers"] / followers)).abs()).nsmallest(400, "away")
        if len(rows)
        else rows
    )
    names = (
        dict(Creator.objects.filter(pk__in=near["creator_id"].unique().tolist()).values_list("pk", "name"))
        if len(near)
        else {}
    )
    return rows, {"deals": deals[["key", "team_id"]], "money": money, "days": days, "names": names}


def _sizes(platform: str, creator_ids: list[int]) -> dict[int, tuple[int, float | None, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (a.creator_id) a.creator_id, a.followers, a.engagement_rate, coalesce(c.categories[1], '')"
            " FROM creators_socialaccount a JOIN creators_creator c ON c.id = a.creator_id"
            " WHERE a.creator_id = ANY(%s) AND a.platform = %s AND a.followers IS NOT NULL"
            " ORDER BY a.creator_id, a.followers DESC",
            [creator_ids, platform],
        )
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}


def _asked(creator: Creator, platform: str, currency: str) -> dict[str, Decimal]:
    """What the creator asks now, by format, in that currency where a rate is known."""
    today = localdate()
    rates = Rates(currency)
    found: dict[str, Decimal] = {}
    for card in creator.rate_cards.filter(platform=platform, valid_from__lte=today):
        if card.valid_to is None or card.valid_to >= today:
            worth = rates.convert(card.price, card.currency, today)
            if worth is not None:
                found[card.format] = min(worth, found.get(card.format, worth))
    return found
