"""The formulas of a report, as pure functions. Imports no Django.

Counts are integers or None; None means the platform gave nothing and is never taken as 0. Money is Decimal.
A ratio with a zero or unknown denominator is None, never 0 (reference: scoring notes 1.1, 1.7, 1.8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

FORMULA_VERSION = "results-1"
COUNTS = ("views", "reach", "impressions", "likes", "comments", "shares", "saves")
# What counts as an engagement where the platform shows it: likes and comments everywhere, shares and saves where given.
ENGAGEMENT_PARTS = ("likes", "comments", "shares", "saves")


@dataclass(frozen=True)
class PostNumbers:
    """Latest numbers of one published post. Units: counts; None where the platform gave nothing."""

    platform: str
    followers: int | None = None
    views: int | None = None
    reach: int | None = None
    impressions: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None

    @property
    def engagements(self) -> int | None:
        """Sum of the parts the platform gave; None when it gave none of them."""
        parts = [value for name in ENGAGEMENT_PARTS if (value := getattr(self, name)) is not None]
        return sum(parts) if parts else None


@dataclass(frozen=True)
class Rate:
    """`value` money for every `per` of a metric on a platform."""

    platform: str
    metric: str
    per: int
    value: Decimal


@dataclass
class Totals:
    """Sums over posts. `known[name]` says how many of `posts` gave that count, so a sum never hides a gap."""

    posts: int = 0
    counts: dict[str, int | None] = field(default_factory=lambda: dict.fromkeys(COUNTS))
    known: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    engagements: int | None = None
    engagements_with_views: int = 0
    views_of_engaged: int = 0
    engagements_with_reach: int = 0
    reach_of_engaged: int = 0
    engagements_with_followers: int = 0
    followers_of_engaged: int = 0


def add_up(posts: Iterable[PostNumbers]) -> Totals:
    """Totals of posts; rates are ratios of sums over the posts that gave both numbers."""
    totals = Totals()
    for post in posts:
        totals.posts += 1
        for name in COUNTS:
            value = getattr(post, name)
            if value is not None:
                totals.counts[name] = (totals.counts[name] or 0) + value
                totals.known[name] += 1
        engaged = post.engagements
        if engaged is None:
            continue
        totals.engagements = (totals.engagements or 0) + engaged
        if post.views:
            totals.engagements_with_views += engaged
            totals.views_of_engaged += post.views
        if post.reach:
            totals.engagements_with_reach += engaged
            totals.reach_of_engaged += post.reach
        if post.followers:
            totals.engagements_with_followers += engaged
            totals.followers_of_engaged += post.followers
    return totals


def ratio(top: Decimal | int | None, bottom: Decimal | int | None) -> Decimal | None:
    if top is None or not bottom:
        return None
    return Decimal(top) / Decimal(bottom)


def engagement_rates(totals: Totals) -> dict[str, Decimal | None]:
    """Engagement rate by views, by reach and by followers, as shares (0.034 is 3.4 %)."""
    return {
        "views": ratio(totals.engagements_with_views, totals.views_of_engaged),
        "reach": ratio(totals.engagements_with_reach, totals.reach_of_engaged),
        "followers": ratio(totals.engagements_with_followers, totals.followers_of_engaged),
    }


def cpm(cost: Decimal | None, impressions: int | None) -> Decimal | None:
    """Cost of a thousand impressions (or views, where impressions are not given)."""
    per_one = ratio(cost, impressions)
    return None if per_one is None else per_one * 1000


def cpe(cost: Decimal | None, engagements: int | None) -> Decimal | None:
    return ratio(cost, engagements)


def cpv(cost: Decimal | None, views: int | None) -> Decimal | None:
    return ratio(cost, views)


def cpa(cost: Decimal | None, conversions: int) -> Decimal | None:
    return ratio(cost, conversions)


def roas(revenue: Decimal | None, spend: Decimal | None) -> Decimal | None:
    """Attributed revenue for each unit of spend."""
    return ratio(revenue, spend)


def roi(revenue: Decimal | None, cost: Decimal | None) -> Decimal | None:
    """(revenue - cost) / cost. EMV is never part of it: it is no revenue."""
    if revenue is None or not cost:
        return None
    return (Decimal(revenue) - Decimal(cost)) / Decimal(cost)


def emv(posts: Iterable[PostNumbers], rates: Iterable[Rate]) -> Decimal | None:
    """Earned media value: sum over posts and metrics of count / per * value.

    None when no rate applies to any given count. A metric without a rate adds nothing.
    """
    table: Mapping[tuple[str, str], Rate] = {(rate.platform, rate.metric): rate for rate in rates}
    total: Decimal | None = None
    for post in posts:
        for metric in ("views", "likes", "comments", "shares", "saves"):
            count, rate = getattr(post, metric), table.get((post.platform, metric))
            if count is None or rate is None:
                continue
            total = (total or Decimal(0)) + Decimal(count) / rate.per * rate.value
    return total


def progress(actual: Decimal | int | None, target: Decimal | int | None) -> Decimal | None:
    """Share of the target reached; None without a target or a number."""
    return ratio(actual, target)
