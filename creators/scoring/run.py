"""All scores of a batch of accounts in one go, and the rows they are kept as."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from . import registry
from .definition import Definition, Frames, Part, Peers, Result, column
from .peers import log10


@dataclass(frozen=True)
class Batch:
    """What came out, by kind and version; what broke, with its exception."""

    results: dict[tuple[str, str], Result]
    failures: dict[tuple[str, str], Exception] = field(default_factory=dict)


def score(
    frames: Frames, peers: Peers, now: datetime, definitions: Sequence[Definition] | None = None
) -> Batch:
    """Every definition over every account; the order of rows in any frame does not matter.

    A definition that breaks takes nothing from the others.
    """
    results: dict[tuple[str, str], Result] = {}
    failures: dict[tuple[str, str], Exception] = {}
    for one in definitions if definitions is not None else registry.current_definitions().values():
        try:
            found = one.compute(frames, peers, now)
        except Exception as broke:
            failures[(one.kind, one.version)] = broke
            continue
        results[(one.kind, one.version)] = dated(found, frames)
    return Batch(results, failures)


def dated(result: Result, frames: Frames) -> Result:
    """Day and source of the newest figure, from the account where the definition says nothing better."""
    missing = [
        (name, given)
        for name, given in (("as_of", "figures_as_of"), ("source", "figures_source"))
        if name not in result.scores and given in frames.accounts
    ]
    if not missing:
        return result
    accounts = frames.accounts.set_index("account_id")
    added = {name: accounts[given].reindex(result.scores.index) for name, given in missing}
    return Result(result.scores.assign(**added), result.parts, result.components)


def peer_table(
    frames: Frames, now: datetime, definitions: Sequence[Definition] | None = None
) -> pd.DataFrame:
    """The figures others are compared by: platform, format, followers and every metric as log10."""
    tables = []
    for one in definitions if definitions is not None else registry.current_definitions().values():
        if one.peer_figures is None:
            continue
        found = one.peer_figures(frames, now)
        if "format" not in found:
            found = found.assign(format="")
        found.index.name = "account_id"
        tables.append(found.set_index("format", append=True))
    if not tables:
        return pd.DataFrame(columns=["platform", "format", "followers"])
    whole = tables[0]
    for other in tables[1:]:
        whole = whole.join(other[[name for name in other if name not in whole]], how="outer")
    logged = pd.DataFrame({name: log10(whole[name].astype(float)) for name in whole}, index=whole.index)
    logged = logged.reset_index("format")
    accounts = frames.accounts.set_index("account_id")
    logged.insert(0, "platform", accounts["platform"].reindex(logged.index))
    logged.insert(2, "followers", accounts["followers"].reindex(logged.index))
    return logged


# -- rows ----------------------------------------------------------------------------------


def take(result: Result, places: np.ndarray) -> Result:
    """The accounts at these places alone."""
    count = len(result.scores)
    if len(places) == count:
        return result

    def cut(values: Any) -> Any:
        if isinstance(values, pd.Series):
            values = values.to_numpy()
        return np.asarray(values)[places] if np.ndim(values) and len(values) == count else values

    scores = result.scores.iloc[places]
    parts = [
        Part(
            part.name, cut(part.value), cut(part.weight), cut(part.percentile), cut(part.evidence),
            {name: cut(values) for name, values in part.facts.items()}, cut(part.known),
        )
        for part in result.parts
    ]  # fmt: skip
    components = result.components
    if components is not None:
        components = components[components["account_id"].isin(scores.index)]
    return Result(scores, parts, components)


def inputs_of(result: Result) -> list[str]:
    """The inputs of each account as JSON: sorted keys, floats to ten digits, what is not known left out."""
    scores = result.scores
    if "inputs" in scores:
        return [dump({k: _plain(v) for k, v in given.items()}) for given in scores["inputs"]]
    given = result.inputs()
    names = sorted(given)
    count = len(given)
    columns = [column(_settled(given[name]), count, 10) for name in names]
    if not columns:
        return ["{}"] * count
    return [
        dump({name: value for name, value in zip(names, row, strict=True) if value is not None})
        for row in zip(*columns, strict=True)
    ]


def _settled(values: pd.Series) -> Any:
    """One type whatever else is in the batch: numbers are floats, days are texts."""
    if isinstance(values.dtype, np.dtype):
        if values.dtype.kind in "iuf":
            return values.to_numpy(float)
        if values.dtype.kind == "M":
            days = np.datetime_as_string(values.to_numpy(), unit="D").astype(object)
            days[values.isna().to_numpy()] = None
            return days
        if values.dtype.kind == "b":
            return values.to_numpy(bool)
    return np.array([_plain(value) for value in values.tolist()], dtype=object)


def _plain(value: Any) -> Any:
    from .definition import plain

    if isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_):
        return float(value)
    return plain(value)


def dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def inputs_hash(version: str, inputs: str) -> str:
    """The same inputs under the same formula give the same hash."""
    return hashlib.blake2b(f"{version}|{inputs}".encode(), digest_size=12).hexdigest()


def hashes(definition: Definition, inputs: Sequence[str]) -> list[str]:
    return [inputs_hash(definition.version, one) for one in inputs]


def components_of(result: Result) -> list[str]:
    """The components of each account as JSON, largest weight first."""
    dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
    return [
        dumps(sorted(found, key=lambda one: -(one[2] or 0.0)) if len(found) > 1 else found)
        for found in result.stored()
    ]
