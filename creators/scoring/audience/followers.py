"""Does this follower look fake? A sum of curves over public fields, each read from a table; nothing is hidden.

The curves over counts, privacy and digits in the name are fitted on SRF's labelled Instagram followers
(`docs/models/followers.md`), each in one direction: more posts never make an account more suspicious. Curves for
picture, bio, age, link and lists are judgement, drawn after published rules, and only count where the field is given.
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

FIELDS = (
    "posts", "following", "followers", "has_pic", "is_private", "digit_share", "bio_len", "age_days", "has_url", "listed",
)  # fmt: skip
# variable -> (fields it is made of, direction: +1 more is more suspicious)
FITTED: dict[str, tuple[tuple[str, ...], int]] = {
    "followers": (("followers",), -1),
    "following": (("following",), 1),
    "posts": (("posts",), -1),
    "following_per_follower": (("following", "followers"), 1),
    "posts_per_following": (("posts", "following"), -1),
    "posts_and_followers": (("posts", "followers"), -1),
    "private": (("is_private",), -1),
    "digits": (("digit_share",), 1),
}
JUDGED: dict[str, tuple[str, int]] = {
    "picture": ("has_pic", -1),
    "bio": ("bio_len", -1),
    "age": ("age_days", -1),
    "link": ("has_url", -1),
    "lists": ("listed", -1),
}
VARIABLES = (*FITTED, *JUDGED)

LOOKS_FAKE = 0.3  # SRF's own cut-off
LOW_CUT, HIGH_CUT = 0.35, 0.25  # the band SRF publishes
MASS_FOLLOWING = 1500  # HypeAuditor: follows more than this, hard to reach
INFLUENCER_FOLLOWERS = 5000
ACTIVE_DAYS = 90
TYPES = ("real", "influencer", "mass", "ghost", "suspicious", "unknown")

PARAMS = Path(__file__).resolve().parent.parent / "params" / "followers.json"


@dataclass(frozen=True)
class Model:
    version: str
    base: float
    edges: Mapping[str, np.ndarray]
    values: Mapping[str, np.ndarray]
    weight: Mapping[
        str, float
    ]  # how much a variable tells: the spread of its contribution where it was fitted
    share: float  # of fakes among the rows it was fitted on
    platforms: Mapping[str, Mapping[str, float]]

    def of(self, platform: str) -> Mapping[str, float]:
        return self.platforms.get(platform, self.platforms[""])


@cache
def model(path: Path = PARAMS) -> Model:
    held = json.loads(path.read_text())
    curves = {**held["fitted"], **held["judged"]}
    return Model(
        held["version"], held["base"],
        {name: np.asarray(curve["edges"], float) for name, curve in curves.items()},
        {name: np.asarray(curve["values"], float) for name, curve in curves.items()},
        {name: float(curve["weight"]) for name, curve in curves.items()},
        held["share"], held["platforms"],
    )  # fmt: skip


def fields(rows: pd.DataFrame) -> pd.DataFrame:
    """The ten public fields as floats, NaN where not given. Digits come as a share or as two counts."""
    out = pd.DataFrame(index=rows.index)
    for name in FIELDS:
        out[name] = rows[name].astype(float) if name in rows else np.nan
    if "username_digits" in rows and "username_len" in rows:
        length = rows["username_len"].astype(float)
        share = (rows["username_digits"].astype(float) / length.where(length > 0)).clip(0.0, 1.0)
        out["digit_share"] = out["digit_share"].fillna(share)
    return out


def variables(given: pd.DataFrame, posts_scale: float = 1.0) -> np.ndarray:
    """What the curves are over, a column a variable. `posts_scale`: posts of this platform that weigh like one."""

    def log(values: Any) -> np.ndarray:
        return np.log10(np.maximum(np.asarray(values, float), 0.0) + 1.0)

    posts, following, followers = (
        log(given["posts"] / posts_scale),
        log(given["following"]),
        log(given["followers"]),
    )
    columns = {
        "followers": followers,
        "following": following,
        "posts": posts,
        "following_per_follower": following - followers,
        "posts_per_following": posts - following,
        "posts_and_followers": posts + followers,
        "private": given["is_private"].to_numpy(float),
        "digits": given["digit_share"].to_numpy(float),
        "picture": given["has_pic"].to_numpy(float),
        "bio": given["bio_len"].to_numpy(float),
        "age": given["age_days"].to_numpy(float),
        "link": given["has_url"].to_numpy(float),
        "lists": given["listed"].to_numpy(float),
    }
    return np.column_stack([columns[name] for name in VARIABLES])


def contributions(x: np.ndarray, held: Model) -> np.ndarray:
    """Log-odds each variable adds; 0, what the average account adds, where it is not known."""
    out = np.zeros(x.shape)
    for j, name in enumerate(VARIABLES):
        known = ~np.isnan(x[:, j])
        out[known, j] = held.values[name][np.searchsorted(held.edges[name], x[known, j], side="left")]
    return out


def judge(rows: pd.DataFrame, platform: str = "instagram", held: Model | None = None) -> pd.DataFrame:
    """fake_probability, audience_type, confidence, and `reasons` (names of what weighed most, with + or -)."""
    held = held or model()
    here = held.of(platform)
    given = fields(rows)
    x = variables(given, here["posts_scale"])
    parts = contributions(x, held)
    odds = held.base + here["base"] + parts.sum(axis=1)
    probability = 1.0 / (1.0 + np.exp(-odds))
    weight = np.array([held.weight[name] for name in VARIABLES])
    fitted = np.array([name in FITTED for name in VARIABLES])
    known = ~np.isnan(x)
    told = (known & fitted) @ weight / weight[fitted].sum()
    more = (known & ~fitted) @ weight / weight[~fitted].sum()
    confidence = np.clip(here["confidence"] * (0.85 * told + 0.15 * more), 0.0, 1.0)
    nothing = ~known.any(axis=1)
    out = pd.DataFrame(index=rows.index)
    out["fake_probability"] = np.where(nothing, np.nan, probability)
    out["audience_type"] = types(given, out["fake_probability"].to_numpy(), rows)
    out["confidence"] = np.where(nothing, 0.0, confidence)
    out["reasons"] = reasons(parts, known)
    return out


def types(given: pd.DataFrame, probability: np.ndarray, rows: pd.DataFrame | None = None) -> np.ndarray:
    """real, influencer, mass, ghost, suspicious; unknown where neither counts nor a probability are given.

    A ghost has no post, no picture, or did nothing visible for 90 days: it can be a person, and is kept apart from
    what looks fake.
    """
    followers, following = given["followers"].to_numpy(), given["following"].to_numpy()
    out = np.full(len(given), "real", dtype=object)
    ghost = (given["posts"].to_numpy() == 0) | (given["has_pic"].to_numpy() == 0)
    if rows is not None and "days_since_post" in rows:
        ghost |= rows["days_since_post"].to_numpy(float) > ACTIVE_DAYS
    with np.errstate(invalid="ignore"):
        out[(followers > INFLUENCER_FOLLOWERS) & (following < MASS_FOLLOWING)] = "influencer"
        out[ghost] = "ghost"
        out[following > MASS_FOLLOWING] = "mass"
        out[probability >= LOOKS_FAKE] = "suspicious"
    nothing = np.isnan(probability)
    bare = given[["followers", "following", "posts"]].isna().all(axis=1).to_numpy() & ~ghost
    out[nothing | (bare & (out == "real"))] = "unknown"
    return out


def reasons(parts: np.ndarray, known: np.ndarray, most: int = 3, least: float = 0.15) -> list[str]:
    """The heaviest contributions: `+posts_per_following; +digits; -private`."""
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :most]
    names = np.asarray(VARIABLES, dtype=object)
    out = []
    for row, places in zip(parts, order, strict=True):
        heavy = [j for j in places if abs(row[j]) >= least]
        out.append("; ".join(("+" if row[j] > 0 else "-") + names[j] for j in heavy))
    del known
    return out


# -- the share of a whole audience -----------------------------------------------------------

GRID = 400  # probabilities are counted in this many bins: a sample of any size costs the same


@dataclass(frozen=True)
class Share:
    """How many of those sampled are fake, corrected for how common fakes were where the curves were fitted."""

    value: float
    low: float
    high: float
    counted: int  # look fake at .3
    size: int
    band_low: float  # SRF's uncertainty band: shares at cut-offs .35 and .25
    band_high: float


def prior_shift(counts: np.ndarray, centres: np.ndarray, trained: float, rounds: int = 200) -> np.ndarray:
    """Saerens, Latinne and Decaestecker 2002: the share under which these probabilities explain themselves.

    `counts` is one row a sample (bins of probability); returns one share a row.
    """
    size = counts.sum(axis=1)
    share = (counts @ centres) / size
    for _ in range(rounds):
        up = (share / trained)[:, None] * centres
        down = ((1.0 - share) / (1.0 - trained))[:, None] * (1.0 - centres)
        held = (counts * (up / (up + down))).sum(axis=1) / size
        if np.abs(held - share).max() < 1e-7:
            return np.asarray(held)
        share = np.clip(held, 1e-9, 1.0 - 1e-9)
    return np.asarray(share)


def assumed(platform: str) -> float:
    """The share of fakes that the probabilities of a platform start from."""
    held = model()
    odds = np.log(held.share / (1.0 - held.share)) + held.of(platform)["base"]
    return float(1.0 / (1.0 + np.exp(-odds)))


def fake_share(
    probability: np.ndarray, trained: float | None = None, draws: int = 400, seed: int = 7
) -> Share | None:
    """The prior-corrected share with its 90 % bootstrap interval; None for an empty sample. Order does not matter."""
    p = np.asarray(probability, float)
    p = p[~np.isnan(p)]
    size = len(p)
    if not size:
        return None
    trained = model().share if trained is None else trained
    centres = (np.arange(GRID) + 0.5) / GRID
    counts = np.bincount(np.minimum((p * GRID).astype(int), GRID - 1), minlength=GRID).astype(float)
    value = float(prior_shift(counts[None, :], centres, trained)[0])
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(size, counts / size, draws).astype(float)
    spread = prior_shift(drawn, centres, trained)
    low, high = np.quantile(spread, [0.05, 0.95])
    return Share(
        value, float(min(low, value)), float(max(high, value)), int((p >= LOOKS_FAKE).sum()), size,
        float((p >= LOW_CUT).mean()), float((p >= HIGH_CUT).mean()),
    )  # fmt: skip
