"""Additive monotone curves, fitted by boosting one-variable steps; the average of many is still one table a variable.

Each bag draws its rows (Poisson weights) and how finely each variable is cut; stumps are added where they help the
most, never against the variable's direction. What comes out is a look-up table a variable: `edges` and one value
more than there are edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CUTS = (16,)  # how many bins the bags use, in turn


@dataclass(frozen=True)
class Tables:
    """A fitted model: log-odds = base + the sum of one table value a variable; 0 where the variable is missing."""

    base: float
    edges: list[np.ndarray]
    values: list[np.ndarray]

    def parts(self, x: np.ndarray) -> np.ndarray:
        out = np.zeros(x.shape)
        for j, (edges, values) in enumerate(zip(self.edges, self.values, strict=True)):
            known = ~np.isnan(x[:, j])
            out[known, j] = values[np.searchsorted(edges, x[known, j], side="left")]
        return out

    def log_odds(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(self.base + self.parts(x).sum(axis=1))

    def probability(self, x: np.ndarray) -> np.ndarray:
        return np.asarray(1.0 / (1.0 + np.exp(-self.log_odds(x))))


def cut(x: np.ndarray, bins: int) -> np.ndarray:
    """Edges halfway between values: each value where there are few, else quantiles."""
    known = x[~np.isnan(x)]
    distinct = np.unique(known)
    if len(distinct) <= bins:
        return np.asarray((distinct[1:] + distinct[:-1]) / 2)
    marks = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1]))
    after = np.searchsorted(distinct, marks, side="right")
    after = after[after < len(distinct)]
    return np.unique((distinct[after - 1] + distinct[after]) / 2)


def one_model(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, signs: Sequence[int], bins: int, rounds: int, rate: float,
    ridge: float, least: int,
) -> Tables:  # fmt: skip
    count, width = x.shape
    edges = [cut(x[:, j], bins) for j in range(width)]
    place = [
        np.where(np.isnan(x[:, j]), -1, np.searchsorted(edges[j], x[:, j], side="left")) for j in range(width)
    ]
    known = [p >= 0 for p in place]
    rows = [np.bincount(p[k], weight[k] > 0, len(e) + 1) for p, k, e in zip(place, known, edges, strict=True)]
    tables = [np.zeros(len(e) + 1) for e in edges]
    base = float(np.log((weight * y).sum() / (weight * (1 - y)).sum()))
    score = np.full(count, base)
    for _ in range(rounds):
        p = 1.0 / (1.0 + np.exp(-score))
        gradient, curvature = weight * (y - p), weight * p * (1 - p)
        best: tuple[float, int, int, float, float] | None = None
        for j in range(width):
            size = len(tables[j])
            if size < 2:
                continue
            g = np.bincount(place[j][known[j]], gradient[known[j]], size)
            h = np.bincount(place[j][known[j]], curvature[known[j]], size)
            gl, hl, nl = np.cumsum(g)[:-1], np.cumsum(h)[:-1], np.cumsum(rows[j])[:-1]
            gr, hr, nr = g.sum() - gl, h.sum() - hl, rows[j].sum() - nl
            left, right = gl / (hl + ridge), gr / (hr + ridge)
            gain = gl * left + gr * right
            bad = (nl < least) | (nr < least)
            if signs[j] > 0:
                bad |= right < left
            elif signs[j] < 0:
                bad |= right > left
            gain[bad] = -1.0
            at = int(gain.argmax())
            if gain[at] > 0 and (best is None or gain[at] > best[0]):
                best = (float(gain[at]), j, at, float(left[at]), float(right[at]))
        if best is None:
            break
        _, j, at, low, high = best
        step = np.where(np.arange(len(tables[j])) <= at, low, high) * rate
        tables[j] += step
        score[known[j]] += step[place[j][known[j]]]
    return Tables(base, edges, tables)


def fit(
    x: np.ndarray,
    y: np.ndarray,
    signs: Sequence[int],
    *,
    bags: int = 30,
    rounds: int = 120,
    rate: float = 0.1,
    ridge: float = 5.0,
    least: int = 8,
    seed: int = 0,
    cuts: Sequence[int] = CUTS,
) -> Tables:
    """The average of `bags` models on a common grid, centred: 0 is what the average row contributes."""
    rng = np.random.default_rng(seed)
    models = [
        one_model(x, y, rng.poisson(1.0, len(y)).astype(float), signs, cuts[b % len(cuts)], rounds, rate, ridge, least)
        for b in range(bags)
    ]  # fmt: skip
    base = float(np.mean([m.base for m in models]))
    edges, values = [], []
    for j in range(x.shape[1]):
        grid = np.unique(np.concatenate([m.edges[j] for m in models]))
        probe = np.concatenate([grid, [grid[-1] + 1.0]]) if len(grid) else np.zeros(1)
        table = np.mean(
            [m.values[j][np.searchsorted(m.edges[j], probe, side="left")] for m in models], axis=0
        )
        known = x[~np.isnan(x[:, j]), j]
        centre = float(table[np.searchsorted(grid, known, side="left")].mean()) if len(known) else 0.0
        edges.append(grid)
        values.append(table - centre)
        base += centre
    return Tables(base, edges, values)


def thinned(tables: Tables, digits: int = 3) -> Tables:
    """Edges between equal values are dropped; figures rounded: what the data file holds."""
    edges, values = [], []
    for grid, table in zip(tables.edges, tables.values, strict=True):
        rounded = np.round(table, digits)
        keep = np.flatnonzero(rounded[1:] != rounded[:-1])
        edges.append(np.round(grid[keep], 4))
        values.append(np.concatenate([rounded[:1], rounded[keep + 1]]))
    return Tables(round(tables.base, digits), edges, values)


def folds(y: np.ndarray, count: int, seed: int) -> np.ndarray:
    """A fold number a row, each class spread evenly."""
    rng = np.random.default_rng(seed)
    out = np.zeros(len(y), int)
    for value in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == value))
        out[rows] = np.arange(len(rows)) % count
    return out
