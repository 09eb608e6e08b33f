"""What is usual at this size: the nearest accounts of the same platform by followers.

A `PeerTable` is a platform's population (or a sample of it) sorted by log followers. For each account the window
of its nearest peers is cut out of the sorted arrays at once, so a million accounts need no loop over rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

NEAREST = 200
ENOUGH = 20  # fewer peers than this say nothing
CHUNK = 20_000
NOT_METRICS = ("platform", "format", "followers")
SCALE_FLOOR = 0.05  # in log10: differences under 12 % are never a deviation


@dataclass(frozen=True)
class PeerTable:
    """Sorted by `size` (log10 followers); `values[metric]` holds log10 figures, NaN where unknown."""

    platform: str
    size: np.ndarray
    values: dict[str, np.ndarray] = field(default_factory=dict)

    @classmethod
    def build(cls, platform: str, frame: pd.DataFrame) -> PeerTable:
        """From followers and one column a metric (log10); the order of rows does not matter."""
        known = frame[frame["followers"] > 0]
        columns = {
            str(metric): known[metric].to_numpy(float)
            for metric in sorted(known)
            if metric not in NOT_METRICS
        }
        columns = {metric: values for metric, values in columns.items() if not np.isnan(values).all()}
        size = np.log10(known["followers"].to_numpy(float))
        order = np.lexsort([*columns.values(), size]) if columns else np.argsort(size)
        return cls(platform, size[order], {metric: values[order] for metric, values in columns.items()})


@dataclass(frozen=True)
class Standing:
    """Where each account stands among its peers; NaN without enough of them."""

    median: np.ndarray
    z: np.ndarray
    percentile: np.ndarray
    peers: np.ndarray


def compare(table: PeerTable, metric: str, followers: np.ndarray, value: np.ndarray) -> Standing:
    """Robust z and percentile of `value` (log10) against the nearest peers of that metric."""
    n = len(value)
    blank = np.full(n, np.nan)
    out = Standing(blank.copy(), blank.copy(), blank.copy(), np.zeros(n))
    pool = table.values.get(metric)
    if pool is None or n == 0:
        return out
    known = ~np.isnan(pool)
    size, pool = table.size[known], pool[known]
    if len(pool) < ENOUGH:
        return out
    width = min(NEAREST, len(pool))
    with np.errstate(divide="ignore", invalid="ignore"):
        place = np.log10(np.where(followers > 0, followers, np.nan))
    for start in range(0, n, CHUNK):
        part = slice(start, start + CHUNK)
        usable = ~np.isnan(place[part])
        if not usable.any():
            continue
        left = np.clip(np.searchsorted(size, place[part][usable]) - width // 2, 0, len(pool) - width)
        window = pool[left[:, None] + np.arange(width)]
        median = np.median(window, axis=1)
        spread = 1.4826 * np.median(np.abs(window - median[:, None]), axis=1)
        mine = value[part][usable]
        below = (window < mine[:, None]).mean(axis=1)
        level = (window == mine[:, None]).mean(axis=1)
        rows = np.flatnonzero(usable) + start
        out.median[rows] = median
        out.z[rows] = (mine - median) / np.maximum(spread, SCALE_FLOOR)
        out.percentile[rows] = np.where(np.isnan(mine), np.nan, below + 0.5 * level)
        out.peers[rows] = width
    return out


def log10(values: pd.Series) -> np.ndarray:
    """log10, NaN where not positive."""
    array = values.to_numpy(float, copy=True)
    array[~(array > 0)] = np.nan
    return np.log10(array)


def usual(frame: pd.DataFrame, columns: list[str], metrics: list[str]) -> pd.DataFrame:
    """Quartiles of each metric by `columns`: the rows of our own reference table."""
    rows = []
    for key, group in frame.groupby(columns, sort=True):
        for metric in metrics:
            given = group[metric].dropna()
            if len(given) >= ENOUGH:
                low, mid, high = np.quantile(given.to_numpy(float), [0.25, 0.5, 0.75])
                rows.append({**dict(zip(columns, key, strict=True)), "metric": metric, "p25": low, "median": mid,
                             "p75": high, "count": len(given)})  # fmt: skip
    return pd.DataFrame(rows, columns=[*columns, "metric", "p25", "median", "p75", "count"])
