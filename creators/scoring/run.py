"""All scores of a batch of accounts in one go: the only door the rest of the room uses."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from . import authenticity, engagement, figures, growth
from .peers import METRICS, PeerTable

PEER_DIGITS = 2  # peers move a little every night; only a real move is a new input


@dataclass(frozen=True)
class Batch:
    """`scores`: account_id, kind, value, confidence, formula_version, inputs, inputs_hash. `components`: long."""

    figures: pd.DataFrame
    growth: pd.DataFrame
    scores: pd.DataFrame
    components: pd.DataFrame


def score(
    accounts: pd.DataFrame,
    posts: pd.DataFrame,
    snapshots: pd.DataFrame,
    tables: dict[str, PeerTable],
    now: datetime,
) -> Batch:
    """Score every account of `accounts`; the order of rows in any frame does not matter."""
    rows = figures.build(accounts, posts, snapshots, now)
    grown = growth.judge(snapshots, accounts.set_index("account_id")["platform"])
    grown = grown.reindex(rows.index)
    rates = engagement.rates(rows, tables)
    parts = authenticity.components(rows, rates, grown, tables)
    combined = authenticity.combine(parts)
    why_rate = engagement.components(rows, rates).assign(kind="engagement")
    why_auth = authenticity.explain(parts, combined).assign(kind="authenticity")
    inputs = _inputs(rows, rates, grown)
    scores = pd.concat(
        [
            pd.DataFrame(
                {"account_id": rows.index, "kind": "engagement", "value": rates["rate"].to_numpy(),
                 "confidence": rates["confidence"].to_numpy(), "formula_version": engagement.VERSION,
                 "basis": rates["er_basis"].to_numpy(), "inputs": inputs}
            ),
            pd.DataFrame(
                {"account_id": rows.index, "kind": "authenticity", "value": combined["value"].to_numpy(),
                 "confidence": combined["confidence"].to_numpy(), "formula_version": authenticity.VERSION,
                 "basis": rates["er_basis"].to_numpy(), "inputs": inputs}
            ),
        ],
        ignore_index=True,
    )  # fmt: skip
    scores["inputs_hash"] = [
        inputs_hash(version, given)
        for version, given in zip(scores["formula_version"], scores["inputs"], strict=True)
    ]
    why = pd.concat([frame for frame in (why_rate, why_auth) if not frame.empty], ignore_index=True) if (
        len(why_rate) or len(why_auth)
    ) else pd.DataFrame(columns=["account_id", "name", "value", "weight", "percentile", "evidence", "sentence_en",
                                 "sentence_id", "kind"])  # fmt: skip
    return Batch(rows, grown, scores, why)


def peer_frame(rows: pd.DataFrame, grown: pd.DataFrame) -> pd.DataFrame:
    """What a PeerTable is built from: followers and the METRICS as log10."""
    rate, _ = figures.canonical(rows)
    monthly = (
        grown.reindex(rows.index)["growth_30d"].astype(float)
        if len(grown)
        else pd.Series(np.nan, index=rows.index)
    )
    from .peers import log10

    return pd.DataFrame(
        {
            "platform": rows["platform"],
            "followers": rows["followers"],
            "er": log10(rate),
            "likes_per_comment": log10(authenticity.likes_per_comment(rows)),
            "view_rate": log10(rows["view_rate"]),
            "growth_30d": log10(1.0 + monthly),
        },
        index=rows.index,
    )[["platform", "followers", *METRICS]]


INPUT_COLUMNS = [
    "followers", "following", "n_posts", "basis", "likes", "comments", "shares", "views", "er_followers", "er_views",
    "er_reach", "view_rate", "authentic_ratio",
]  # fmt: skip
GROWTH_INPUTS = ["intervals", "flagged", "worst_z", "worst_on", "growth_30d"]


def _inputs(rows: pd.DataFrame, rates: pd.DataFrame, grown: pd.DataFrame) -> list[dict[str, Any]]:
    table = rows[INPUT_COLUMNS].copy()
    table["peer_median"] = [_round(value, PEER_DIGITS) for value in rates["peer_median"]]
    for column in GROWTH_INPUTS:
        table[column] = grown.get(column, np.nan)
    return [{key: plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _round(value: float, digits: int) -> float | None:
    if value is None or math.isnan(value) or value == 0:
        return None
    return float(f"{value:.{digits}g}")


def plain(value: Any) -> Any:
    """A JSON value; NaN becomes null, floats keep ten significant digits."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, float | np.floating):
        return None if math.isnan(value) or math.isinf(value) else float(f"{value:.10g}")
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, str | int | bool):
        return value
    return str(value)[:10]


def inputs_hash(version: str, inputs: dict[str, Any]) -> str:
    """The same inputs under the same formula give the same hash, whatever the order of keys."""
    return hashlib.sha256(f"{version}|{json.dumps(inputs, sort_keys=True)}".encode()).hexdigest()
