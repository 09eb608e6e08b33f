"""Audience quality (audience-1.0): how much of an audience is real, can be reached, and is awake.

From a sample of followers, each judged by the curves of `followers`, the share of fakes corrected for how common fakes
are; else from a vendor's report. Without either there is no score.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from creators.scoring import weights
from creators.scoring.definition import Definition, Frames, Part, Peers, Result, share_of_weight, weighted

from . import followers

VERSION = "audience-1.0"
WEIGHTS = weights.load(VERSION)
SURE_AT = 100.0  # followers sampled at which half of the certainty is reached
VENDOR_TRUST = 0.6
ENGAGEMENT_TRUST = 0.4  # a vendor's share of authentic engagement stands in for the audience
COLUMNS = [
    "basis", "as_of", "size", "counted", "fake", "fake_low", "fake_high", "band_low", "band_high", "mass", "ghost",
    "influencer", "real", "sure", "vendor",
]  # fmt: skip


def of_sample(features: Mapping[str, Any], platform: str) -> dict[str, Any]:
    """What one sample of followers says: counts by type, and the corrected share of fakes with its interval."""
    rows = pd.DataFrame({name: pd.Series(values, dtype=float) for name, values in features.items()})
    judged = followers.judge(rows, platform)
    known = judged[judged["audience_type"] != "unknown"]
    share = followers.fake_share(judged["fake_probability"].to_numpy(float), followers.assumed(platform))
    if share is None or known.empty:
        return {"basis": "", "size": len(rows)}
    counts = known["audience_type"].value_counts()
    size = len(known)
    return {
        "basis": "sample", "size": float(share.size), "counted": float(share.counted), "fake": share.value,
        "fake_low": share.low, "fake_high": share.high, "band_low": share.band_low, "band_high": share.band_high,
        **{kind: float(counts.get(kind, 0)) / size for kind in ("mass", "ghost", "influencer", "real")},
        "sure": float(known["confidence"].mean()) * share.size / (share.size + SURE_AT),
    }  # fmt: skip


def of_report(quality: Mapping[str, Any]) -> dict[str, Any]:
    """What a vendor's report says; shares it does not give stay unknown."""

    def share(*names: str) -> float:
        for name in names:
            value = quality.get(name)
            if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
                return float(value)
        return np.nan

    fake = share("fake_share", "suspicious_share")
    if np.isnan(fake):
        believed = share("credibility")
        fake = 1.0 - believed if not np.isnan(believed) else np.nan
    real, influencer = share("real_share"), share("influencer_share")
    if np.isnan(fake) and not np.isnan(real):
        fake = max(0.0, 1.0 - real - np.nan_to_num(influencer) - np.nan_to_num(share("mass_share")))
    if np.isnan(fake):
        return {"basis": ""}
    return {
        "basis": "vendor", "fake": fake, "mass": share("mass_share"), "ghost": np.nan, "influencer": influencer,
        "real": real, "sure": VENDOR_TRUST,
    }  # fmt: skip


def found(frames: Frames) -> pd.DataFrame:
    """One row an account of which a sample or a report is held."""

    def make() -> pd.DataFrame:
        platforms = frames.accounts.set_index("account_id")["platform"]
        rows: dict[int, dict[str, Any]] = {}
        if "reports" in frames:
            for row in frames.reports.itertuples():
                rows[row.account_id] = {
                    **of_report(_parsed(row.quality)), "as_of": row.as_of, "vendor": row.vendor,
                }  # fmt: skip
        for row in frames.followers.itertuples():
            if row.account_id in platforms.index:
                mine = of_sample(_parsed(row.features), str(platforms[row.account_id]))
                if mine["basis"]:
                    rows[row.account_id] = {**mine, "as_of": row.as_of, "vendor": ""}
        out = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=COLUMNS)
        out.index.name = "account_id"
        numbers = [name for name in COLUMNS if name not in ("basis", "as_of", "vendor")]
        out[numbers] = out[numbers].astype(float)
        return out[out["basis"].isin(["sample", "vendor"])].sort_index()

    made: pd.DataFrame = frames.once("audience_quality", make)
    return made


def _parsed(given: Any) -> dict[str, Any]:
    return dict(json.loads(given)) if isinstance(given, str) else dict(given)


def components(rows: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    sure = rows["sure"].to_numpy(float)
    return {
        "real": (1.0 - rows["fake"].to_numpy(float), sure),
        "reachable": (1.0 - rows["mass"].to_numpy(float), sure),
        "active": (1.0 - rows["ghost"].to_numpy(float), sure),
    }


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    rows = found(frames)
    parts = components(rows)
    value, confidence, known = weighted(parts, WEIGHTS)
    scores = rows.drop(columns=["sure"]).copy()
    scores["value"], scores["confidence"] = 100.0 * value, confidence
    slope = 100.0 * share_of_weight(WEIGHTS["real"], known)
    scores["low"] = np.clip(100.0 * value - slope * (rows["fake_high"] - rows["fake"]), 0.0, 100.0)
    scores["high"] = np.clip(100.0 * value + slope * (rows["fake"] - rows["fake_low"]), 0.0, 100.0)
    scores["source"] = np.where(rows["basis"] == "vendor", "vendor_estimate", "manual")
    size = rows["size"].fillna(0.0).to_numpy(float)
    basis = rows["basis"].to_numpy(dtype=object)
    numbers = {
        "real": {"counted": rows["counted"].to_numpy(float), "share": rows["fake"].to_numpy(float),
                 "low": rows["fake_low"].to_numpy(float), "high": rows["fake_high"].to_numpy(float)},
        "reachable": {"share": rows["mass"].to_numpy(float)},
        "active": {"share": rows["ghost"].to_numpy(float)},
    }  # fmt: skip
    return Result(
        scores,
        [
            Part(
                name, parts[name][0], share_of_weight(WEIGHTS[name], known), evidence=size,
                facts={**facts, "size": size, "case": basis},
            )
            for name, facts in numbers.items()
        ],
    )  # fmt: skip


SENTENCES = {
    "real.sample": (
        (
            "{counted:count} of {size:count} sampled followers look fake. Corrected for how common fakes are, about"
            " {share:percent} of the audience are ({low:percent} to {high:percent})."
        ),
        (
            "{counted:count} dari {size:count} pengikut sampel terlihat palsu. Setelah dikoreksi dengan kelaziman akun"
            " palsu, sekitar {share:percent} dari audiens ({low:percent} sampai {high:percent})."
        ),
    ),
    "real.vendor": (
        "The vendor's report calls {share:percent} of the followers fake or suspicious.",
        "Laporan vendor menyebut {share:percent} pengikut palsu atau mencurigakan.",
    ),
    "reachable.sample": (
        "{share:percent} of those sampled follow more than 1,500 accounts: hard to reach.",
        "{share:percent} dari sampel mengikuti lebih dari 1.500 akun: sulit dijangkau.",
    ),
    "reachable.vendor": (
        "The report counts {share:percent} mass followers: hard to reach.",
        "Laporan mencatat {share:percent} pengikut massal: sulit dijangkau.",
    ),
    "active.sample": (
        "{share:percent} of those sampled are ghosts: no post or no picture. They can be people.",
        "{share:percent} dari sampel adalah akun hantu: tanpa unggahan atau tanpa foto. Bisa saja orang sungguhan.",
    ),
    "active.vendor": (
        "The report counts {share:percent} ghosts.",
        "Laporan mencatat {share:percent} akun hantu.",
    ),
}
DEFINITION = Definition(
    kind="audience_quality",
    version=VERSION,
    compute=compute,
    label=("Audience quality", "Kualitas audiens"),
    unit="points",
    needs=frozenset({"accounts", "followers", "reports"}),
    names={
        "real": ("Real followers", "Pengikut asli"),
        "reachable": ("Reachable followers", "Pengikut yang terjangkau"),
        "active": ("Active followers", "Pengikut aktif"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "100 × (.50 real + .25 reachable + .25 active). Real: 1 less the share of fakes, corrected by Saerens' prior"
            " shift; the interval is a bootstrap of the sample."
        ),
        (
            "100 × (0,50 asli + 0,25 terjangkau + 0,25 aktif). Asli: 1 dikurangi porsi akun palsu, dikoreksi dengan"
            " pergeseran prior Saerens; rentangnya bootstrap dari sampel."
        ),
    ),
    weights=WEIGHTS,
    card="models/followers.md",
)
