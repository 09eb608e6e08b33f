"""Authenticity, first version: five named components in [0, 1], weighted, 0 to 100.

A component that cannot be computed is dropped, the others' weights are renormalised and confidence falls. The
weights are judgement. Later versions add audience, comments and pods; both versions stay readable.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .peers import PeerTable, compare, log10
from .wording import number, percent

VERSION = "auth-1.0"
WEIGHTS = {
    "growth": 0.25,
    "authentic_share": 0.25,
    "engagement": 0.20,
    "likes_per_comment": 0.20,
    "following": 0.10,
}
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
    figures: pd.DataFrame, rates: pd.DataFrame, growth: pd.DataFrame, tables: dict[str, PeerTable]
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
    figures: pd.DataFrame, tables: dict[str, PeerTable], metric: str, value: pd.Series
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


def explain(parts: dict[str, pd.DataFrame], combined: pd.DataFrame) -> pd.DataFrame:
    """Long form: one row a known component, weights renormalised, a sentence in both languages."""
    frames = []
    for name, base in WEIGHTS.items():
        part = parts[name]
        known = part[part["value"].notna()]
        if known.empty:
            continue
        weight = base / combined["weight"].reindex(known.index)
        sentences = [SENTENCES[name](row) for row in known.to_dict("records")]
        frames.append(
            pd.DataFrame(
                {
                    "account_id": known.index,
                    "name": name,
                    "value": known["value"].to_numpy(),
                    "weight": weight.to_numpy(),
                    "percentile": known["percentile"].to_numpy(),
                    "evidence": known["evidence"].astype(int).to_numpy(),
                    "sentence_en": [pair[0] for pair in sentences],
                    "sentence_id": [pair[1] for pair in sentences],
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _growth(row: dict[str, float]) -> tuple[str, str]:
    n = int(row["evidence"])
    if row["history"]:
        flagged = int(row["flagged"])
        if flagged:
            return (
                f"{flagged} of {n} growth steps jump far above the account's own habit.",
                f"{flagged} dari {n} langkah pertumbuhan melonjak jauh di atas kebiasaan akun ini.",
            )
        return (
            f"None of {n} growth steps stands out.",
            f"Tidak ada dari {n} langkah pertumbuhan yang menonjol.",
        )
    return (
        (
            f"Grew {percent(row['raw'], 'en')} in 30 days, more than {percent(row['percentile'], 'en')} of accounts of its size"
            " (too little history to judge its own habit)."
        ),
        (
            f"Tumbuh {percent(row['raw'], 'id')} dalam 30 hari, di atas {percent(row['percentile'], 'id')} akun seukurannya"
            " (riwayat terlalu pendek untuk menilai kebiasaannya sendiri)."
        ),
    )


def _share(row: dict[str, float]) -> tuple[str, str]:
    return (
        f"The vendor believes {percent(row['raw'], 'en')} of the engagement to be authentic (usual: about 74%).",
        f"Menurut vendor, {percent(row['raw'], 'id')} engagement autentik (umumnya sekitar 74%).",
    )


def _engagement(row: dict[str, float]) -> tuple[str, str]:
    how_en, how_id = _usual(row["value"])
    return (
        (
            f"Engagement of {percent(row['raw'], 'en')} is {how_en} for its size"
            f" (above {percent(row['percentile'], 'en')} of peers)."
        ),
        (
            f"Engagement {percent(row['raw'], 'id')} {how_id} untuk ukurannya"
            f" (di atas {percent(row['percentile'], 'id')} akun setara)."
        ),
    )


def _likes(row: dict[str, float]) -> tuple[str, str]:
    how_en, how_id = _usual(row["value"])
    return (
        f"{number(row['raw'], 'en')} likes per comment is {how_en} for its size.",
        f"{number(row['raw'], 'id')} suka per komentar, {how_id} untuk ukurannya.",
    )


def _following(row: dict[str, float]) -> tuple[str, str]:
    return (
        f"Follows {number(row['raw'], 'en')} accounts for each follower.",
        f"Mengikuti {number(row['raw'], 'id')} akun untuk setiap pengikut.",
    )


def _usual(value: float) -> tuple[str, str]:
    if value >= 0.8:
        return "usual", "wajar"
    if value >= 0.5:
        return "somewhat unusual", "agak tidak wajar"
    return "far from usual", "jauh dari wajar"


SENTENCES = {
    "growth": _growth,
    "authentic_share": _share,
    "engagement": _engagement,
    "likes_per_comment": _likes,
    "following": _following,
}
