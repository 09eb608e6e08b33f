"""Authenticity, first version: five named components in [0, 1], weighted, 0 to 100.

A component that cannot be computed is dropped, the others' weights are renormalised and confidence falls. The
weights are judgement. Later versions add audience, comments and pods; both versions stay readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from . import engagement, growth, weights
from .definition import Definition, Frames, Part, Peers, Result, share_of_weight
from .peers import PeerTable, compare, log10

VERSION = "auth-1.0"
WEIGHTS = weights.load(VERSION)
LEAST_WEIGHT = 0.30  # with less than this known there is no score
TAIL = 2.5  # robust z at which a component is worth one half
UPPER_TAIL = 3.5  # unusually much engagement is less suspicious than unusually little
AVERAGES_EVIDENCE = 6  # a vendor's average counts as this many posts
SHARE_FLOOR, SHARE_FULL = 0.4, 0.8  # reference: median .74, fifth percentile .51
FOLLOWING_FULL, FOLLOWING_NONE = 0.1, 3.0


def tail(z: np.ndarray, scale: np.ndarray | float) -> np.ndarray:
    """1 at the peers' median, one half at `scale`, towards 0 beyond; falls as |z| grows."""
    return 1.0 / (1.0 + (np.abs(z) / scale) ** 4)


def likes_per_comment(figures: pd.DataFrame) -> pd.Series:
    """(likes + 1) / (comments + 1), unknown when nobody liked or comments are not given."""
    likes, comments = figures["likes"], figures["comments"]
    return ((likes + 1.0) / (comments + 1.0)).where(likes > 0)


def share_value(ratio: np.ndarray) -> np.ndarray:
    return np.clip((ratio - SHARE_FLOOR) / (SHARE_FULL - SHARE_FLOOR), 0.0, 1.0)


def following_value(ratio: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        place = (np.log10(ratio) - np.log10(FOLLOWING_FULL)) / (
            np.log10(FOLLOWING_NONE) - np.log10(FOLLOWING_FULL)
        )
    return np.where(ratio == 0, 1.0, np.clip(1.0 - place, 0.0, 1.0))


def components(
    figures: pd.DataFrame, rates: pd.DataFrame, growth: pd.DataFrame, tables: Mapping[str, PeerTable]
) -> dict[str, pd.DataFrame]:
    """Per component a frame: value, percentile, evidence, trust (0..1), raw. NaN value: cannot be computed."""
    index = figures.index
    blank = pd.Series(np.nan, index=index)
    growth = growth.reindex(index)
    ratio = likes_per_comment(figures)
    standing_lpc = _stand(figures, tables, "likes_per_comment", ratio)
    monthly = growth["growth_30d"].astype(float) if "growth_30d" in growth else blank
    factor = (1.0 + monthly).where(monthly.notna())
    standing_growth = _stand(figures, tables, "growth_30d", factor)
    posts = figures["n_posts"].astype(float)
    sample = posts.where(posts > 0, np.where(figures["basis"] == "averages", AVERAGES_EVIDENCE, 0.0))

    z = rates["z"].astype(float)
    engagement = pd.Series(tail(z.to_numpy(), np.where(z > 0, UPPER_TAIL, TAIL)), index=index)

    history = growth["growth"].astype(float)
    intervals = growth["intervals"].astype(float).fillna(0.0)
    neighbours = pd.Series(tail(np.maximum(standing_growth["z"].to_numpy(), 0.0), TAIL), index=index)
    by_history = history.notna()
    grown = history.where(by_history, neighbours.where(standing_growth["z"].notna()))
    steps = intervals.where(by_history, np.minimum(intervals.clip(lower=1), 5)).where(grown.notna(), 0.0)

    share = figures["authentic_ratio"].astype(float)
    follow = (figures["following"] / figures["followers"].where(figures["followers"] > 0)).astype(float)

    def frame(
        value: pd.Series, percentile: pd.Series, evidence: pd.Series, trust: pd.Series, raw: pd.Series
    ) -> pd.DataFrame:
        known = value.notna()
        return pd.DataFrame(
            {
                "value": value,
                "percentile": percentile,
                "evidence": evidence.where(known, 0.0).fillna(0.0),
                "trust": trust.where(known, 0.0).fillna(0.0),
                "raw": raw,
            },
            index=index,
        )

    one = pd.Series(1.0, index=index)
    out = {
        "growth": frame(grown, standing_growth["percentile"], steps, steps / (steps + 6.0), monthly),
        "authentic_share": frame(
            pd.Series(share_value(share.to_numpy()), index=index), blank, one, one * 0.7, share
        ),
        "engagement": frame(
            engagement.where(z.notna()), rates["percentile"].astype(float), sample, sample / (sample + 4.0), rates["raw"]
        ),
        "likes_per_comment": frame(
            pd.Series(tail(standing_lpc["z"].to_numpy(), TAIL), index=index),
            standing_lpc["percentile"], sample, sample / (sample + 4.0), ratio,
        ),
        "following": frame(
            pd.Series(following_value(follow.to_numpy()), index=index).where(follow.notna()), blank, one, one * 0.8, follow
        ),
    }  # fmt: skip
    out["growth"]["history"] = by_history
    out["growth"]["flagged"] = growth["flagged"].fillna(0)
    return out


def _stand(
    figures: pd.DataFrame, tables: Mapping[str, PeerTable], metric: str, value: pd.Series
) -> pd.DataFrame:
    out = pd.DataFrame({"z": np.nan, "percentile": np.nan, "median": np.nan}, index=figures.index)
    followers = figures["followers"].to_numpy(float)
    logged = log10(value)
    for platform, table in tables.items():
        rows = np.flatnonzero((figures["platform"] == platform).to_numpy())
        if len(rows):
            standing = compare(table, metric, followers[rows], logged[rows])
            out.iloc[rows, 0] = standing.z
            out.iloc[rows, 1] = standing.percentile
            out.iloc[rows, 2] = 10**standing.median
    return out


def combine(parts: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """value 0..100 (NaN with too little known) and confidence 0..1."""
    index = next(iter(parts.values())).index
    total = pd.Series(0.0, index=index)
    weight = pd.Series(0.0, index=index)
    confidence = pd.Series(0.0, index=index)
    for name, base in WEIGHTS.items():
        part = parts[name]
        known = part["value"].notna()
        total += part["value"].fillna(0.0) * base
        weight += known * base
        confidence += part["trust"] * base
    value = (100.0 * total / weight.where(weight >= LEAST_WEIGHT - 1e-9)).clip(0.0, 100.0)
    return pd.DataFrame(
        {"value": value, "confidence": confidence.clip(0.0, 1.0), "weight": weight}, index=index
    )


GROWTH_INPUTS = ["intervals", "flagged", "worst_z", "worst_on", "growth_30d"]


def growth_of(frames: Frames) -> pd.DataFrame:
    made: pd.DataFrame = frames.once(
        "growth_v1",
        lambda: growth.judge(frames.snapshots, frames.accounts.set_index("account_id")["platform"]),
    )
    return made


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    figures = engagement.figures_of(frames, now)
    grown = growth_of(frames).reindex(figures.index)
    tables = engagement.plain_tables(peers)
    judged = engagement.rates(figures, tables)
    parts = components(figures, judged, grown, tables)
    combined = combine(parts)
    scores = figures[engagement.INPUT_COLUMNS].copy()
    scores["peer_median"] = engagement.rounded(judged["peer_median"])
    for name in GROWTH_INPUTS:
        scores[name] = grown.get(name, np.nan)
    scores["value"], scores["confidence"] = combined["value"], combined["confidence"]
    return Result(scores, explain(parts, combined))


def explain(parts: dict[str, pd.DataFrame], combined: pd.DataFrame) -> list[Part]:
    """The known components with weights renormalised, and the facts their sentences need."""
    known_weight = combined["weight"].to_numpy(float)
    out = []
    for name, base in WEIGHTS.items():
        part = parts[name]
        value = part["value"].to_numpy(float)
        facts: dict[str, object] = {"raw": part["raw"].to_numpy(float)}
        if name == "growth":
            flagged = part["flagged"].to_numpy(float)
            by_history = part["history"].to_numpy(bool)
            facts["flagged"] = flagged
            facts["case"] = np.where(~by_history, "neighbours", np.where(flagged > 0, "flagged", "clean"))
        elif name in ("engagement", "likes_per_comment"):
            facts["case"] = np.where(value >= 0.8, "usual", np.where(value >= 0.5, "odd", "far"))
        out.append(
            Part(
                name, value, share_of_weight(base, known_weight), part["percentile"].to_numpy(float),
                np.floor(part["evidence"].to_numpy(float)), facts,
            )
        )  # fmt: skip
    return out


_HOW = {
    "usual": ("usual", "wajar"),
    "odd": ("somewhat unusual", "agak tidak wajar"),
    "far": ("far from usual", "jauh dari wajar"),
}
SENTENCES = {
    "growth.flagged": (
        "{flagged:count} of {evidence:count} growth steps jump far above the account's own habit.",
        "{flagged:count} dari {evidence:count} langkah pertumbuhan melonjak jauh di atas kebiasaan akun ini.",
    ),
    "growth.clean": (
        "None of {evidence:count} growth steps stands out.",
        "Tidak ada dari {evidence:count} langkah pertumbuhan yang menonjol.",
    ),
    "growth.neighbours": (
        (
            "Grew {raw:percent} in 30 days, more than {percentile:percent} of accounts of its size"
            " (too little history to judge its own habit)."
        ),
        (
            "Tumbuh {raw:percent} dalam 30 hari, di atas {percentile:percent} akun seukurannya"
            " (riwayat terlalu pendek untuk menilai kebiasaannya sendiri)."
        ),
    ),
    "authentic_share": (
        "The vendor believes {raw:percent} of the engagement to be authentic (usual: about 74%).",
        "Menurut vendor, {raw:percent} engagement autentik (umumnya sekitar 74%).",
    ),
    "following": (
        "Follows {raw:number} accounts for each follower.",
        "Mengikuti {raw:number} akun untuk setiap pengikut.",
    ),
    **{
        f"engagement.{case}": (
            f"Engagement of {{raw:percent}} is {en} for its size (above {{percentile:percent}} of peers).",
            f"Engagement {{raw:percent}} {local} untuk ukurannya (di atas {{percentile:percent}} akun setara).",
        )
        for case, (en, local) in _HOW.items()
    },
    **{
        f"likes_per_comment.{case}": (
            f"{{raw:number}} likes per comment is {en} for its size.",
            f"{{raw:number}} suka per komentar, {local} untuk ukurannya.",
        )
        for case, (en, local) in _HOW.items()
    },
}


def peer_figures(frames: Frames, now: datetime) -> pd.DataFrame:
    """What the engagement and growth of an account are compared with."""
    from . import figures as fig

    rows = engagement.figures_of(frames, now)
    grown = growth_of(frames).reindex(rows.index)
    rate, _ = fig.canonical(rows)
    monthly = grown["growth_30d"].astype(float) if "growth_30d" in grown else np.nan
    return pd.DataFrame(
        {
            "er": rate,
            "likes_per_comment": likes_per_comment(rows),
            "view_rate": rows["view_rate"],
            "growth_30d": 1.0 + monthly,
        },
        index=rows.index,
    )


DEFINITION = Definition(
    kind="authenticity",
    version=VERSION,
    compute=compute,
    label=("Authenticity", "Keaslian"),
    unit="points",
    needs=frozenset({"accounts", "posts", "snapshots"}),
    names={
        "growth": ("Follower growth", "Pertumbuhan pengikut"),
        "authentic_share": ("Authentic share of engagement", "Porsi engagement yang autentik"),
        "engagement": ("Engagement for its size", "Engagement untuk ukurannya"),
        "likes_per_comment": ("Likes per comment", "Suka per komentar"),
        "following": ("Accounts followed", "Akun yang diikuti"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "100 × the weighted mean of the known components. Peers are the 200 nearest accounts of the platform by"
            " followers. With less than 30% of the weight known there is no score."
        ),
        (
            "100 × rata-rata tertimbang komponen yang diketahui. Pembandingnya 200 akun terdekat di platform yang sama"
            " menurut jumlah pengikut. Bila kurang dari 30% bobot yang diketahui, tidak ada skor."
        ),
    ),
    weights=WEIGHTS,
    peer_figures=peer_figures,
)
