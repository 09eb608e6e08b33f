"""What a score is: a versioned definition of named components, computed over data frames.

A definition takes the frames it asks for by name and gives one row an account: a value, an interval, how sure it is,
the inputs it stands on, and components with facts. Sentences are templates beside the definition; they are filled
with the facts when somebody reads, in the reader's language. No Django here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from .peers import PeerTable, compare, log10

Pair = tuple[str, str]  # English, Bahasa Indonesia
Sentence = Pair | Callable[[Mapping[str, Any]], Pair]
SCORE_COLUMNS = ("value", "low", "high", "confidence", "verdict", "as_of", "source", "inputs")
COMPONENT_COLUMNS = ["account_id", "name", "value", "percentile", "weight", "evidence", "facts"]


class Frames:
    """The data frames of a batch, by name and as attributes; what is derived from them is made once."""

    def __init__(self, **frames: pd.DataFrame) -> None:
        self._frames = frames
        self._made: dict[str, Any] = {}

    def __getattr__(self, name: str) -> pd.DataFrame:
        try:
            return self.__dict__["_frames"][name]
        except KeyError:
            raise AttributeError(
                f"The frame {name!r} was not loaded: name it in `needs` of the definition."
            ) from None

    def __contains__(self, name: str) -> bool:
        return name in self._frames

    def names(self) -> list[str]:
        return sorted(self._frames)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """A table several definitions work on, made by the first that asks."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]


@dataclass(frozen=True)
class Peers:
    """What is usual at each size, by platform and post format ("" is all formats together)."""

    tables: Mapping[tuple[str, str], PeerTable] = field(default_factory=dict)

    def standing(
        self, metric: str, accounts: pd.DataFrame, value: pd.Series, formats: str | pd.Series = ""
    ) -> pd.DataFrame:
        """median (of the metric itself), z and percentile of `value` among the nearest 200, and how many there are.

        `accounts` has platform and followers on the same index as `value`; NaN where there are too few peers.
        """
        out = pd.DataFrame(
            {"median": np.nan, "z": np.nan, "percentile": np.nan, "peers": 0.0}, index=value.index
        )
        if value.empty:
            return out
        platforms = accounts["platform"].to_numpy(dtype=object)
        kinds = (
            np.full(len(value), formats, dtype=object)
            if isinstance(formats, str)
            else formats.reindex(value.index).to_numpy(dtype=object)
        )
        followers = accounts["followers"].to_numpy(float)
        logged = log10(value.astype(float))
        columns = {name: out[name].to_numpy(copy=True) for name in out}
        for (platform, kind), table in self.tables.items():
            rows = np.flatnonzero((platforms == platform) & (kinds == kind))
            if not len(rows):
                continue
            found = compare(table, metric, followers[rows], logged[rows])
            columns["median"][rows] = 10**found.median
            columns["z"][rows] = found.z
            columns["percentile"][rows] = found.percentile
            columns["peers"][rows] = found.peers
        return pd.DataFrame(columns, index=value.index)

    def of(self, platform: str) -> dict[str, PeerTable]:
        return {kind: table for (name, kind), table in self.tables.items() if name == platform}


@dataclass(frozen=True)
class Part:
    """One component of all accounts at once: arrays in the order of `Result.scores`.

    A component that cannot be computed is NaN and left out; `known` says otherwise where a component has something
    to tell although it has no value. `facts["case"]` chooses the sentence `name.case`.
    """

    name: str
    value: Any
    weight: Any = 0.0
    percentile: Any = np.nan
    evidence: Any = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    known: Any = None


@dataclass(frozen=True)
class Result:
    """`scores`: indexed by account_id; value, confidence [0, 1], and low, high, verdict, as_of, source where known.

    Every other column is an input: stored with the score and hashed, so that the same inputs are never written
    twice. (Or one column `inputs` of dicts.) Components come as `parts` (arrays, quick) or as the long frame
    `components` with the columns of COMPONENT_COLUMNS.
    """

    scores: pd.DataFrame
    parts: Sequence[Part] = ()
    components: pd.DataFrame | None = None

    def inputs(self) -> pd.DataFrame:
        return self.scores[[name for name in self.scores if name not in SCORE_COLUMNS]]

    def long(self) -> pd.DataFrame:
        """The components as one row an account and name."""
        if self.components is not None:
            return self.components
        rows = [
            (account, *one)
            for account, found in zip(self.scores.index.tolist(), self.stored(), strict=True)
            for one in found
        ]
        frame = pd.DataFrame(
            rows, columns=["account_id", "name", "value", "weight", "percentile", "evidence", "facts"]
        )
        return frame[COMPONENT_COLUMNS]

    def stored(self) -> list[list[list[Any]]]:
        """Per account the components as they are stored: [name, value, weight, percentile, evidence, facts]."""
        if self.components is not None:
            return _from_long(self.components, self.scores.index)
        return _from_parts(self.parts, len(self.scores))


@dataclass(frozen=True)
class Definition:
    """A version of one kind of score. A new formula is a new version; the old one stays readable."""

    kind: str
    version: str
    compute: Callable[[Frames, Peers, datetime], Result]
    label: Pair
    unit: Literal["rate", "points", "share", "count"] = "points"  # points: 0..100; rate, share: 0..1
    needs: frozenset[str] = frozenset({"accounts"})
    better: Literal["high", "low", "near"] = "high"
    subject: str = "account"
    names: Mapping[str, Pair] = field(default_factory=dict)  # of components
    sentences: Mapping[str, Sentence] = field(default_factory=dict)
    verdicts: Mapping[str, Pair] = field(default_factory=dict)
    formula: Pair = ("", "")
    weights: Mapping[str, float] = field(default_factory=dict)
    card: str = ""  # page of its model card in docs/, where parameters were fitted
    # figures that others of the same size are compared by; index account_id, one column a metric (positive), and
    # `format` where a metric is of one post format
    peer_figures: Callable[[Frames, datetime], pd.DataFrame] | None = None


def weighted(
    parts: Mapping[str, tuple[Any, Any]], weights: Mapping[str, float], least: float = 0.3
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean of the known parts (NaN with less than `least` of the weight known), confidence, and the weight known.

    `parts` is name -> (value in [0, 1], trust in [0, 1]). A part that is not known is dropped: the others' weights
    are renormalised and confidence falls; it is never imputed.
    """
    first = next(iter(parts.values()))[0]
    total, known_weight, sure = (np.zeros(len(first)) for _ in range(3))
    whole = sum(weights[name] for name in parts)
    for name, (given, trust) in parts.items():
        value = np.asarray(given, float)
        known = ~np.isnan(value)
        total += np.where(known, value, 0.0) * weights[name]
        known_weight += known * weights[name]
        sure += np.where(known, np.asarray(trust, float), 0.0) * weights[name]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known_weight >= least * whole - 1e-9, total / known_weight, np.nan)
    return np.clip(mean, 0.0, 1.0), np.clip(sure / whole, 0.0, 1.0), known_weight


def bounds(
    parts: Mapping[str, tuple[Any, Any]], weights: Mapping[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The worst and the best the score could be if all that is not known were worst, or best.

    A part counts for as much as it is trusted; the rest of its weight, and all of a part that is missing, is open.
    So the interval is 1 - confidence wide, holds the weighted mean, and missing data never raises its lower end.
    """
    first = next(iter(parts.values()))[0]
    low, sure = np.zeros(len(first)), np.zeros(len(first))
    whole = sum(weights[name] for name in parts)
    for name, (given, trust) in parts.items():
        value = np.asarray(given, float)
        firm = (
            np.where(np.isnan(value), 0.0, np.clip(np.asarray(trust, float), 0.0, 1.0))
            * weights[name]
            / whole
        )
        low += firm * np.nan_to_num(value)
        sure += firm
    return low, np.minimum(low + (1.0 - sure), 1.0)


def interval(
    parts: Mapping[str, tuple[Any, Any]], weights: Mapping[str, float], mean: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """`bounds` around that mean; NaN where there is none."""
    low, high = bounds(parts, weights)
    return np.where(np.isnan(mean), np.nan, np.fmin(low, mean)), np.where(
        np.isnan(mean), np.nan, np.fmax(high, mean)
    )


def without_interval(definition: Definition, version: str) -> Definition:
    """An earlier version that gave the same value and no interval; its scores stay readable."""

    def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
        found = definition.compute(frames, peers, now)
        return replace(found, scores=found.scores.drop(columns=["low", "high"]))

    return replace(definition, version=version, compute=compute)


def share_of_weight(weight: float, known_weight: np.ndarray) -> np.ndarray:
    """The weight of a component after renormalising over those present."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(known_weight > 0, weight / known_weight, 0.0)


# -- how components are kept ---------------------------------------------------------------


def significant(values: np.ndarray, digits: int = 6) -> np.ndarray:
    """Rounded to so many significant digits; NaN and infinities stay."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        power = np.floor(np.log10(np.abs(values)))
        scale = 10.0 ** (digits - 1 - power)
        rounded = np.round(values * scale) / scale
    return np.where(np.isfinite(rounded), rounded, values)


def column(values: Any, count: int, digits: int = 6) -> list[Any]:
    """A list of plain values of that length: floats rounded, NaN as None."""
    if isinstance(values, pd.Series | pd.Index):
        values = values.to_numpy()
    array = np.asarray(values)
    if array.ndim == 0:
        one = array.item()
        if isinstance(one, float):
            one = None if not np.isfinite(one) else float(f"{one:.{digits}g}")
        return [one] * count
    if array.dtype.kind == "f":
        rounded = significant(array.astype(float), digits)
        out = rounded.astype(object)
        out[~np.isfinite(rounded)] = None
        return list(out.tolist())
    if array.dtype.kind == "M":
        days = np.datetime_as_string(array, unit="D").astype(object)
        days[np.isnat(array)] = None
        return list(days.tolist())
    if array.dtype.kind in "iub":
        return list(array.tolist())
    return [plain(value, digits) for value in array.tolist()]


def plain(value: Any, digits: int = 10) -> Any:
    """A JSON value; NaN becomes null, floats keep `digits` significant digits, days are ISO dates."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, float | np.floating):
        return None if not np.isfinite(value) else float(f"{value:.{digits}g}")
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, str | int | bool | list | dict):
        return value
    return str(value)[:10]


def _from_parts(parts: Sequence[Part], count: int) -> list[list[list[Any]]]:
    out: list[list[list[Any]]] = [[] for _ in range(count)]
    for part in parts:
        value = column(part.value, count)
        weight, percentile = column(part.weight, count), column(part.percentile, count)
        evidence = [
            0 if n is None else int(n)
            for n in (
                column(np.asarray(part.evidence, float), count, 15)
                if np.ndim(part.evidence)
                else [part.evidence] * count
            )
        ]
        given = {name: column(values, count) for name, values in part.facts.items()}
        facts = _facts(given, count)
        known = (
            [v is not None for v in value]
            if part.known is None
            else np.broadcast_to(np.asarray(part.known, bool), (count,)).tolist()
        )
        for place, (is_known, v, w, p, n, f) in enumerate(
            zip(known, value, weight, percentile, evidence, facts, strict=True)
        ):
            if is_known:
                out[place].append([part.name, v, w, p, n, f])
    return out


def _facts(given: Mapping[str, list[Any]], count: int) -> list[dict[str, Any]]:
    """A dict a row, without what is not known."""
    if not given:
        return [{} for _ in range(count)]
    names = list(given)
    rows = zip(*given.values(), strict=True)
    if any(None in values or "" in values for values in given.values()):
        return [{k: v for k, v in zip(names, row, strict=True) if v is not None and v != ""} for row in rows]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _from_long(frame: pd.DataFrame, index: pd.Index) -> list[list[list[Any]]]:
    found: dict[Any, list[list[Any]]] = {account: [] for account in index.tolist()}
    count = len(frame)
    if count:
        columns = [
            frame["account_id"].tolist(), frame["name"].tolist(), column(frame["value"], count),
            column(frame["weight"], count), column(frame["percentile"], count),
            column(frame["evidence"].to_numpy(float), count, 15), frame["facts"].tolist(),
        ]  # fmt: skip
        for account, name, value, weight, percentile, evidence, facts in zip(*columns, strict=True):
            given = facts if isinstance(facts, dict) else {}
            found[account].append(
                [
                    name,
                    value,
                    weight,
                    percentile,
                    int(evidence or 0),
                    {k: plain(v, 6) for k, v in given.items()},
                ]
            )
    return list(found.values())
