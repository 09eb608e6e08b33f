"""A creator's own posts as forecasts of the next one, in logarithms, for thousands of accounts at once.

Six simple forecasters look at the posts before: fading means with half-lives of 1.5, 5 and 20 posts, the median of
ten, the mean of five, the highest of twenty. They are mixed by how well each did on this very account; with few posts
the mix is the one of `PRIOR`. Every place of a history is forecast from the posts before it only, so the past errors
that the interval rests on are honest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

HALF_LIVES = {"fade_1": 1.5, "fade_5": 5.0, "fade_20": 20.0}
FORECASTERS = (*HALF_LIVES, "median_10", "mean_5", "max_20")
# Judgement, not fitted: what to trust before an account has shown which of them suits it.
PRIOR = np.array([0.25, 0.20, 0.10, 0.20, 0.10, 0.15])
ETA = 6.0  # how fast a worse forecaster loses its say
TRUST = 5.0  # posts after which the account's own record counts as much as the prior
ERROR_HALF_LIFE = 30.0
# Adaptive conformal inference (Gibbs and Candes 2021): an end of the interval that was missed moves out, one that was
# not moves in a little. The pace was chosen on the VTubers (the smallest interval score of 0, .05, .1, .2, .3, .5).
PACE = 0.05
NOMINAL = 1.5  # multiples of the error from which the ends start to move
TAIL = 0.1
LEAST_ERROR = 0.05

LONG_SECONDS = 1200  # streams and full episodes live a life of their own
FORMS = ("image", "carousel", "text", "story", "reel", "short", "video", "long")


def forms(kind: pd.Series, seconds: pd.Series) -> pd.Series:
    """The format a forecast is for: the kind of post, a video of twenty minutes or more apart."""
    long = (kind == "video") & (seconds.astype(float) >= LONG_SECONDS)
    return kind.where(~long, "long")


@dataclass(frozen=True)
class Series:
    """Posts of one kind of group, a group a row, oldest first; NaN after the last. `place` finds a post's cell."""

    values: np.ndarray  # groups × posts, logarithms
    length: np.ndarray  # posts of each group
    row: np.ndarray  # of every post given
    place: np.ndarray
    keys: pd.DataFrame  # of every row


def series(posts: pd.DataFrame, keys: list[str], value: str) -> Series:
    """`posts` sorted by account and time; every value known."""
    grouped = posts.groupby(keys, sort=False)
    row = grouped.ngroup().to_numpy()
    place = grouped.cumcount().to_numpy()
    length = np.bincount(row, minlength=int(row.max()) + 1 if len(row) else 0)
    values = np.full((len(length), int(length.max()) if len(length) else 0), np.nan)
    values[row, place] = posts[value].to_numpy(float)
    heads = posts[place == 0]
    return Series(values, length, row, place, heads[keys].reset_index(drop=True))


def fading(values: np.ndarray, half_life: float) -> np.ndarray:
    """Mean of the columns before each place (and of all of them at the last), older ones fading."""
    decay = 0.5 ** (1.0 / half_life)
    count, width = values.shape
    total, weight = np.zeros(count), np.zeros(count)
    out = np.full((count, width + 1), np.nan)
    for place in range(width + 1):
        with np.errstate(invalid="ignore", divide="ignore"):
            out[:, place] = np.where(weight > 0, total / weight, np.nan)
        if place < width:
            known = ~np.isnan(values[:, place])
            total = np.where(known, total * decay + np.nan_to_num(values[:, place]), total)
            weight = np.where(known, weight * decay + 1.0, weight)
    return out


def forecasters(values: np.ndarray) -> np.ndarray:
    """forecasters × groups × (posts + 1): what each says of every post from those before it, and of the next one."""
    count, width = values.shape
    out = np.full((len(FORECASTERS), count, width + 1), np.nan)
    for which, half_life in enumerate(HALF_LIVES.values()):
        out[which] = fading(values, half_life)
    for place in range(1, width + 1):
        out[3, :, place] = np.median(values[:, max(0, place - 10) : place], axis=1)
        out[4, :, place] = np.log1p(np.mean(np.expm1(values[:, max(0, place - 5) : place]), axis=1))
        out[5, :, place] = np.max(values[:, max(0, place - 20) : place], axis=1)
    return out


@dataclass(frozen=True)
class Outlook:
    """groups × (posts + 1): the mixed forecast and the mean size of the errors it made before (NaN before any)."""

    mixed: np.ndarray
    error: np.ndarray
    seen: np.ndarray  # how many errors stand behind `error`, fading like it
    drift: (
        np.ndarray
    )  # by how much posts lately came out above the forecast (below: negative), shrunk towards 0
    lower: (
        np.ndarray
    )  # how far the ends of the interval moved with what came before, in multiples of the error
    upper: np.ndarray


def outlook(values: np.ndarray) -> Outlook:
    said = forecasters(values)
    count, width = values.shape
    decay = 0.5 ** (1.0 / ERROR_HALF_LIFE)
    lost = np.zeros((len(FORECASTERS), count))
    weight = np.zeros(count)
    off, off_weight, above = np.zeros(count), np.zeros(count), np.zeros(count)
    mixed = np.full((count, width + 1), np.nan)
    error = np.full((count, width + 1), np.nan)
    seen = np.zeros((count, width + 1))
    drift = np.zeros((count, width + 1))
    lower, upper = np.zeros((count, width + 1)), np.zeros((count, width + 1))
    down, up = np.zeros(count), np.zeros(count)
    for place in range(width + 1):
        now = said[:, :, place]
        with np.errstate(invalid="ignore", divide="ignore"):
            loss = np.where(weight > 0, lost / weight, 0.0)
            usual = PRIOR @ loss
            relative = np.where(usual > 1e-9, loss / np.maximum(usual, 1e-9) - 1.0, 0.0)
            share = PRIOR[:, None] * np.exp(np.clip(-ETA * place / (place + TRUST) * relative, -30.0, 30.0))
            mixed[:, place] = (share * now).sum(axis=0) / share.sum(axis=0)
            error[:, place] = np.where(off_weight > 0, (off / off_weight), np.nan)
        seen[:, place] = off_weight
        drift[:, place] = above / (off_weight + TRUST)
        lower[:, place], upper[:, place] = down, up
        if place < width:
            actual = values[:, place]
            judged = ~np.isnan(actual) & ~np.isnan(now).any(axis=0)
            lost = np.where(judged, lost * decay + np.nan_to_num((actual - now) ** 2), lost)
            weight = np.where(judged, weight * decay + 1.0, weight)
            off = np.where(judged, off * decay + np.nan_to_num(np.abs(actual - mixed[:, place])), off)
            above = np.where(judged, above * decay + np.nan_to_num(actual - mixed[:, place]), above)
            with np.errstate(invalid="ignore"):
                size = (actual - mixed[:, place]) / np.maximum(error[:, place], LEAST_ERROR)
                told = judged & ~np.isnan(size)
                down = np.where(told, down - PACE * ((size < down - NOMINAL) - TAIL), down)
                up = np.where(told, up + PACE * ((size > up + NOMINAL) - TAIL), up)
            off_weight = np.where(judged, off_weight * decay + 1.0, off_weight)
    return Outlook(mixed, error, seen, drift, lower, upper)
