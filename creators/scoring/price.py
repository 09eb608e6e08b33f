"""What one piece of content should cost: the nearest deals and asked prices, brought to the creator's size. Pure.

Works on numbers (logarithms of prices); money is Decimal before and after (`creators.matching.prices`). Prices grow
with followers by a power that is learned from the comparables and pulled towards `SLOPE`; an asked price is brought to
what is agreed by the gap seen with creators who have both, pulled towards `HAGGLE`. With too little to go by there is
no price, only the comparables and how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

VERSION = "price-1.0"
# Judgement: pulled towards, by so many imagined observations.
SLOPE, SLOPE_CASES = 0.65, 8.0
SLOPE_RANGE = (0.2, 1.2)
HAGGLE, HAGGLE_CASES = -0.10, 6.0
SPREAD, SPREAD_CASES = 0.45, 5.0
FORMAT_CASES = 4.0
# How much further away a comparable is for what differs, in doublings of followers.
OTHER_FORMAT, OTHER_CATEGORY, ASKED, A_YEAR, ENGAGEMENT = 1.5, 0.5, 0.4, 0.5, 0.4
NEAREST = 40
LEAST = 4.0  # comparables' worth of weight below which we say nothing
LEAST_CREATORS = 3
COLUMNS = ["key", "creator_id", "kind", "format", "followers", "engagement", "category", "price", "age_days"]


@dataclass(frozen=True)
class Asked:
    """One piece by one creator."""

    format: str
    followers: float
    engagement: float | None = None
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Estimate:
    """None of low, mid, high where there is not enough; `used` are the comparables with weight, nearest first."""

    low: float | None
    mid: float | None
    high: float | None
    weight: float  # how many full comparables the estimate is worth
    creators: int
    deals: int
    asks: int
    same_format: int  # of the comparables, how many are of the very format
    slope: float
    haggle: float
    used: pd.DataFrame  # COLUMNS, weight, adjusted (price brought to this creator)

    @property
    def confidence(self) -> float:
        return 0.0 if self.mid is None else float(self.weight / (self.weight + 8.0))


def slope_of(rows: pd.DataFrame, weight: np.ndarray) -> float:
    """Weighted least squares of log price on log followers within formats, pulled towards SLOPE."""
    x, y = np.log(rows["followers"].to_numpy(float)), np.log(rows["price"].to_numpy(float))
    forms = rows["format"].to_numpy(dtype=object)
    for form in set(forms):
        mine = forms == form
        total = weight[mine].sum()
        x[mine] -= (weight[mine] * x[mine]).sum() / total
        y[mine] -= (weight[mine] * y[mine]).sum() / total
    found = ((weight * x * y).sum() + SLOPE_CASES * SLOPE) / ((weight * x * x).sum() + SLOPE_CASES)
    return float(np.clip(found, *SLOPE_RANGE))


def haggle_of(rows: pd.DataFrame) -> float:
    """Mean log of agreed over asked, for creators who have both in a format; pulled towards HAGGLE."""
    logged = rows.assign(log=np.log(rows["price"].to_numpy(float)))
    table = logged.pivot_table(index=["creator_id", "format"], columns="kind", values="log", aggfunc="median")
    if "deal" not in table or "ask" not in table:
        return HAGGLE
    gap = (table["deal"] - table["ask"]).dropna().clip(-1.5, 0.7)
    return float((gap.sum() + HAGGLE_CASES * HAGGLE) / (len(gap) + HAGGLE_CASES))


def estimate(asked: Asked, rows: pd.DataFrame) -> Estimate:
    """`rows`: COLUMNS, of one platform and one currency, without the creator's own."""
    empty = pd.DataFrame(columns=[*COLUMNS, "weight", "adjusted"])
    known = rows[(rows["price"] > 0) & (rows["followers"] > 0)].sort_values("key").reset_index(drop=True)
    if known.empty or not asked.followers > 0:
        return Estimate(None, None, None, 0.0, 0, 0, 0, 0, SLOPE, HAGGLE, empty)
    away = np.abs(np.log2(known["followers"].to_numpy(float) / asked.followers))
    away = away + np.where(known["format"] == asked.format, 0.0, OTHER_FORMAT)
    if asked.categories:
        away = away + np.where(known["category"].isin(asked.categories), 0.0, OTHER_CATEGORY)
    away = away + np.where(known["kind"] == "ask", ASKED, 0.0)
    away = away + A_YEAR * known["age_days"].to_numpy(float).clip(0) / 365.0
    if asked.engagement and asked.engagement > 0:
        rate = known["engagement"].to_numpy(float)
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = np.abs(np.log2(rate / asked.engagement))
        away = away + ENGAGEMENT * np.clip(np.where(np.isfinite(gap), gap, 1.0), 0.0, 3.0)
    order = np.lexsort((known["key"].to_numpy(), away))[:NEAREST]
    near = known.iloc[order].reset_index(drop=True)
    weight = 0.5 ** away[order]
    weight = np.where(weight < 0.02, 0.0, weight)
    keep = weight > 0
    near, weight = near[keep].reset_index(drop=True), weight[keep]
    if near.empty:
        return Estimate(None, None, None, 0.0, 0, 0, 0, 0, SLOPE, HAGGLE, empty)
    # ten posts of one creator are not ten opinions
    times = near.groupby("creator_id")["key"].transform("size").to_numpy(float)
    weight = weight / np.sqrt(times)
    slope, haggle = slope_of(near, weight), haggle_of(known)
    logged = np.log(near["price"].to_numpy(float)) + slope * np.log(
        asked.followers / near["followers"].to_numpy(float)
    )
    logged = logged + np.where(near["kind"] == "ask", haggle, 0.0)
    logged = logged + _format_gaps(near, logged, weight, asked.format)
    total = float(weight.sum())
    used = near.assign(weight=weight, adjusted=np.exp(logged))
    alike = (near["format"] == asked.format).to_numpy()
    counts = (
        int(near["creator_id"].nunique()),
        int((near["kind"] == "deal").sum()),
        int((near["kind"] == "ask").sum()),
        int(alike.sum()),
    )
    same = float(weight[alike].sum())
    if total < LEAST or same < LEAST / 2 or counts[0] < LEAST_CREATORS:
        return Estimate(None, None, None, total, *counts, slope, haggle, used)
    mid = weighted_median(logged, weight)
    spread2 = (weight * (logged - mid) ** 2).sum()
    spread = np.sqrt((spread2 + SPREAD_CASES * SPREAD**2) / (total + SPREAD_CASES))
    reach = 1.2816 * spread * np.sqrt(1.0 + 1.0 / total)
    return Estimate(
        float(np.exp(mid - reach)),
        float(np.exp(mid)),
        float(np.exp(mid + reach)),
        total,
        *counts,
        slope,
        haggle,
        used,
    )


def _format_gaps(near: pd.DataFrame, logged: np.ndarray, weight: np.ndarray, wanted: str) -> np.ndarray:
    """What brings another format's price to the wanted one: the gap of their medians, less of it with few of either."""
    out = np.zeros(len(near))
    forms = near["format"].to_numpy(dtype=object)
    mine = forms == wanted
    if not mine.any():
        return out
    level, own = weighted_median(logged[mine], weight[mine]), weight[mine].sum()
    for form in sorted(set(forms) - {wanted}):
        those = forms == form
        few = min(own, weight[those].sum())
        gap = level - weighted_median(logged[those], weight[those])
        out[those] = gap * few / (few + FORMAT_CASES)
    return out


def weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    """The middle of the cumulated weight; between two values where it falls between them."""
    order = np.argsort(values, kind="stable")
    values, weights = values[order], weights[order]
    place = (np.cumsum(weights) - 0.5 * weights) / weights.sum()
    return float(np.interp(0.5, place, values))
