"""The engagement score: the platform's canonical rate, shrunk to peers when few posts stand behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import figures as fig
from .peers import PeerTable, compare, log10
from .wording import percent

VERSION = "er-1.0"
FEW_POSTS = 6
PRIOR_POSTS = 4
AVERAGES_CONFIDENCE = 0.5  # a vendor's average: we do not know over how many posts

BASIS_WORDS = {
    "followers": ("followers", "pengikut"),
    "views": ("views", "tayangan"),
    "reach": ("accounts reached", "akun terjangkau"),
}


def rates(figures: pd.DataFrame, tables: dict[str, PeerTable]) -> pd.DataFrame:
    """rate (after shrinkage), raw, basis, n, median and percentile among peers, confidence."""
    raw, basis = fig.canonical(figures)
    out = pd.DataFrame(
        {"raw": raw, "rate": raw, "er_basis": basis, "n": figures["n_posts"]}, index=figures.index
    )
    for column in ("peer_median", "z", "percentile", "peers"):
        out[column] = np.nan
    followers = figures["followers"].to_numpy(float)
    for platform, table in tables.items():
        rows = np.flatnonzero((figures["platform"] == platform).to_numpy())
        if not len(rows):
            continue
        standing = compare(table, "er", followers[rows], log10(raw.iloc[rows]))
        median = 10**standing.median
        n = figures["n_posts"].to_numpy(float)[rows]
        mine = raw.to_numpy(float)[rows]
        shrunk = np.where(
            (n > 0) & (n < FEW_POSTS) & ~np.isnan(median),
            (n * mine + PRIOR_POSTS * median) / (n + PRIOR_POSTS),
            mine,
        )
        out.iloc[rows, out.columns.get_loc("rate")] = shrunk
        out.iloc[rows, out.columns.get_loc("peer_median")] = median
        out.iloc[rows, out.columns.get_loc("z")] = standing.z
        out.iloc[rows, out.columns.get_loc("percentile")] = standing.percentile
        out.iloc[rows, out.columns.get_loc("peers")] = standing.peers
    posts = out["n"].astype(float)
    out["confidence"] = np.where(
        out["raw"].isna(), 0.0, np.where(posts > 0, posts / (posts + PRIOR_POSTS), AVERAGES_CONFIDENCE)
    )
    return out


def components(figures: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """The rates side by side; only the canonical one carries weight, its value is the peer percentile."""
    rows: list[tuple[object, ...]] = []
    for kind in ("followers", "views", "reach"):
        rate = figures[f"er_{kind}"].to_numpy(float)
        known = ~np.isnan(rate)
        if not known.any():
            continue
        is_basis = (judged["er_basis"] == kind).to_numpy()
        percentile = judged["percentile"].to_numpy(float)
        peers = judged["peers"].fillna(0).to_numpy(float)
        evidence = np.maximum(judged["n"].fillna(0).to_numpy(float), 1)
        ids = figures.index.to_numpy()
        words = BASIS_WORDS[kind]
        for i in np.flatnonzero(known):
            standing = percentile[i] if is_basis[i] else np.nan
            en = f"Interactions are {percent(rate[i], 'en')} of {words[0]}"
            local = f"Interaksi {percent(rate[i], 'id')} dari {words[1]}"
            if not np.isnan(standing):
                count = int(peers[i])
                en += f", above {percent(standing, 'en')} of the {count} nearest accounts by size"
                local += f", di atas {percent(standing, 'id')} dari {count} akun yang paling dekat ukurannya"
            rows.append((ids[i], f"by_{kind}", standing, 1.0 if is_basis[i] else 0.0, standing, int(evidence[i]),
                         en + ".", local + "."))  # fmt: skip
    return pd.DataFrame(
        rows,
        columns=[
            "account_id",
            "name",
            "value",
            "weight",
            "percentile",
            "evidence",
            "sentence_en",
            "sentence_id",
        ],
    )
