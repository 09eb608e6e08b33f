"""From the creator's own history to the next post: an additive model in logarithms and a conformal interval.

Parameters are fitted on a GREEN set by `manage.py fit_prediction` and ship in `params.json`; every effect is a
number that can be read ("+15 % with a guest"). Where a format was never seen in training its effects are nought and
the creator's own history decides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import history

VERSION = "forecast-1.1"
PARAMS = Path(__file__).parent / "params.json"
EARLIER = {"forecast-1.0": Path(__file__).parent / "params-1.0.json"}
STRETCH = (
    40  # posts after which an account of the training set counts as another: about what is held of a new one
)
TRAINED_FORMS = ("short", "video", "long")
TERMS = (
    "other_formats", "other_formats_few", *(f"first_{form}" for form in TRAINED_FORMS),
    "drift", "longer", "weekend", "guest", "music",
)  # fmt: skip
ERROR_TRUST = 2.0  # past errors after which an account's own spread counts as much as the usual one
INPUTS = ["account_id", "form", "at", "y", "log_seconds", "weekend", "guest", "music"]


@dataclass(frozen=True)
class Params:
    """Effects in logarithms, usual error and interval (multiples of the expected error) by format."""

    version: str
    effects: Mapping[str, float]
    usual_error: Mapping[str, float]
    interval: Mapping[str, tuple[float, float]]
    adaptive: bool = False  # the ends move with how often this very account was missed

    def spread(self, form: str) -> float:
        return self.usual_error.get(form, self.usual_error["*"])

    def bounds(self, form: str) -> tuple[float, float]:
        return self.interval.get(form, self.interval["*"])


@cache
def params(metric: str = "views", version: str = VERSION) -> Params:
    """Interactions follow the parameters of likes: they are mostly likes."""
    held = json.loads(EARLIER.get(version, PARAMS).read_text())
    given = held["metrics"]["views" if metric == "views" else "likes"]
    return Params(
        held["version"],
        given["effects"],
        given["usual_error"],
        {form: (low, high) for form, (low, high) in given["interval"].items()},
        bool(held.get("adaptive")),
    )


def prepare(posts: pd.DataFrame, value: str) -> pd.DataFrame:
    """INPUTS of the posts that have a value, oldest first; no post is read twice."""
    given = posts[posts[value].notna() & posts["published_at"].notna()]
    seconds = (
        given["duration_seconds"].astype(float)
        if "duration_seconds" in given
        else pd.Series(np.nan, given.index)
    )
    at = pd.to_datetime(given["published_at"], utc=True).dt.tz_localize(None)  # plain: arrays of it are quick
    out = pd.DataFrame(
        {
            "account_id": given["account_id"],
            "form": history.forms(given["kind"], seconds),
            "at": at,
            "y": np.log1p(given[value].astype(float).clip(lower=0)),
            "log_seconds": np.log(seconds.clip(lower=1.0)),
            "weekend": (at.dt.day_of_week >= 5).astype(float),
            "guest": given["guest"].astype(float) if "guest" in given else 0.0,
            "music": given["music"].astype(float) if "music" in given else 0.0,
            "post_id": given.get("post_id", given.index),
        }
    )
    return out.sort_values(["account_id", "at", "post_id"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class Table:
    """A row a forecast: of every post from those before it, then (`is_next`) of the next post of each format."""

    rows: pd.DataFrame  # account_id, form, at, y, base, n, error, seen, is_next, guest_habit, and TERMS


def table(prepared: pd.DataFrame, *, past: bool = True) -> Table:
    """The terms of the model for every post (unless not `past`) and for the next one of every account and format."""
    if prepared.empty:
        return Table(
            pd.DataFrame(
                columns=[
                    "account_id",
                    "form",
                    "at",
                    "y",
                    "base",
                    "n",
                    "error",
                    "seen",
                    "is_next",
                    "lower",
                    "upper",
                    *TERMS,
                ]
            )
        )
    mine = history.series(prepared, ["account_id", "form"], "y")
    whole = history.series(prepared, ["account_id"], "y")
    ahead = history.outlook(mine.values)
    level = history.fading(whole.values, 5.0)
    habits = {}
    for name in ("log_seconds", "weekend", "guest", "music"):
        values = np.full(mine.values.shape, np.nan)
        values[mine.row, mine.place] = prepared[name].to_numpy(float)
        habits[name] = history.fading(values, 5.0)
    frames = []
    if past:
        frames.append(_rows(prepared, mine.row, mine.place, whole.row, whole.place, ahead, level, habits))
    heads = mine.keys.assign(
        at=np.datetime64("NaT", "ns"),
        y=np.nan,
        log_seconds=np.nan,
        weekend=np.nan,
        guest=np.nan,
        music=np.nan,
    )
    accounts = pd.Series(np.arange(len(whole.keys)), index=whole.keys["account_id"])
    of = accounts.reindex(heads["account_id"]).to_numpy()
    upcoming = _rows(heads, np.arange(len(heads)), mine.length, of, whole.length[of], ahead, level, habits)
    frames.append(upcoming.assign(is_next=True))
    return Table(pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0])


def _rows(
    given: pd.DataFrame,
    row: np.ndarray,
    place: np.ndarray,
    whole_row: np.ndarray,
    whole_place: np.ndarray,
    ahead: history.Outlook,
    level: np.ndarray,
    habits: dict[str, np.ndarray],
) -> pd.DataFrame:
    own = ahead.mixed[row, place]
    around = level[whole_row, whole_place]
    first = np.isnan(own)
    base = np.where(first, around, own)
    away = np.where(first, 0.0, around - base)
    form = given["form"].to_numpy(dtype=object)

    def against(name: str, limit: float | None = None) -> np.ndarray:
        """How far the post is from what this creator usually does; unknown or about to come: as usual."""
        gap = given[name].to_numpy(float) - habits[name][row, place]
        return np.nan_to_num(gap if limit is None else np.clip(gap, -limit, limit))

    out = pd.DataFrame(
        {
            "account_id": given["account_id"].to_numpy(),
            "form": form,
            "at": given["at"].to_numpy(),
            "y": given["y"].to_numpy(float),
            "base": base,
            "n": place,
            "error": ahead.error[row, place],
            "seen": ahead.seen[row, place],
            "lower": ahead.lower[row, place],
            "upper": ahead.upper[row, place],
            "is_next": False,
            "other_formats": away,
            "other_formats_few": away / np.sqrt(1.0 + place),
            "drift": ahead.drift[row, place],
            "longer": against("log_seconds", 2.0),
            "weekend": against("weekend"),
            "guest": against("guest"),
            "music": against("music"),
        }
    )
    if "post_id" in given:
        out["post_id"] = given["post_id"].to_numpy()
    for name in TRAINED_FORMS:
        out[f"first_{name}"] = (first & (form == name)).astype(float)
    return out


def forecast(rows: pd.DataFrame, fitted: Params) -> pd.DataFrame:
    """`mid`, `low`, `high` in logarithms and `spread`, the error to expect; on the rows of `table`."""
    mid = rows["base"].to_numpy(float).copy()
    for name in TERMS:
        mid += fitted.effects.get(name, 0.0) * rows[name].to_numpy(float)
    form = rows["form"].to_numpy(dtype=object)
    usual = np.array([fitted.spread(one) for one in form], dtype=float)
    bounds = np.array([fitted.bounds(one) for one in form], dtype=float).reshape(-1, 2)
    seen = rows["seen"].to_numpy(float)
    own = np.where(seen > 0, np.nan_to_num(rows["error"].to_numpy(float)), 0.0)
    spread = (ERROR_TRUST * usual + seen * own) / (ERROR_TRUST + seen)
    if fitted.adaptive:
        bounds = bounds + rows[["lower", "upper"]].to_numpy(float)
    return pd.DataFrame(
        {
            "mid": mid,
            "low": np.maximum(mid + np.minimum(bounds[:, 0], 0.0) * spread, 0.0),
            "high": mid + np.maximum(bounds[:, 1], 0.0) * spread,
            "spread": spread,
        },
        index=rows.index,
    )


# -- fitting, for the command that makes params.json --------------------------------------------


def fit(posts: pd.DataFrame, value: str, *, ridge: float = 5.0) -> dict[str, Any]:
    """Effects by ridge with a Huber loss; the interval from creators left out, met as if they were new.

    Each creator's posts are cut into stretches of STRETCH, each a history of its own, and forecast with the effects
    and usual errors of all the other creators. Every creator counts alike.
    """
    prepared = prepare(posts, value)
    rows = _told(prepared)
    stretch = prepared.groupby("account_id").cumcount() // STRETCH
    who = prepared["account_id"].astype(str)
    short = prepared.assign(account_id=who + "#" + stretch.astype(str)).sort_values(
        ["account_id", "at", "post_id"], kind="stable"
    )
    met = _told(short.reset_index(drop=True))
    of = met["account_id"].str.rsplit("#", n=1).str[0]
    off = np.full(len(met), np.nan)
    for creator in of.unique():
        others, mine = rows[rows["account_id"].astype(str) != creator], (of == creator).to_numpy()
        held_out = Params("", _effects(others, ridge), _errors(others), {"*": (-1.0, 1.0)})
        said = forecast(met[mine], held_out)
        off[mine] = (met.loc[mine, "y"] - said["mid"]) / said["spread"]
    weight = (1.0 / of.map(of.value_counts())).to_numpy(float)
    low = _quantile(off - met["lower"].to_numpy(float), weight, 0.1)
    high = _quantile(off - met["upper"].to_numpy(float), weight, 0.9)
    return {
        "effects": {name: round(float(v), 4) for name, v in _effects(rows, ridge).items()},
        "usual_error": {name: round(v, 4) for name, v in _errors(rows).items()},
        "interval": {"*": [round(low, 4), round(high, 4)]},
        "rows": len(rows),
    }


def _told(prepared: pd.DataFrame) -> pd.DataFrame:
    rows = table(prepared).rows
    return rows[~rows["is_next"] & rows["base"].notna()].reset_index(drop=True)


def _quantile(values: np.ndarray, weight: np.ndarray, share: float) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order]) / weight.sum()
    return float(values[order][min(int(np.searchsorted(reached, share)), len(values) - 1)])


def _errors(rows: pd.DataFrame) -> dict[str, float]:
    off = (rows["y"] - rows["base"]).abs()
    usual = {"*": off.mean(), **{str(f): o.mean() for f, o in off.groupby(rows["form"]) if len(o) >= 50}}
    return {form: float(size) for form, size in usual.items()}


def _effects(rows: pd.DataFrame, ridge: float) -> dict[str, float]:
    """No intercept: without any news the creator's own history is the forecast."""
    given = rows[list(TERMS)].to_numpy(float)
    scale = given.std(axis=0)
    scale[scale == 0] = 1.0
    given = given / scale
    target = (rows["y"] - rows["base"]).to_numpy(float)
    weight = np.ones(len(target))
    beta = np.zeros(given.shape[1])
    for _ in range(8):
        gram = given.T @ (given * weight[:, None]) + ridge * np.eye(given.shape[1])
        beta = np.linalg.solve(gram, given.T @ (target * weight))
        off = np.abs(target - given @ beta)
        weight = np.minimum(1.0, 0.5 / np.maximum(off, 1e-9))
    return dict(zip(TERMS, beta / scale, strict=True))
