"""Engagement, first version (er-1.0): the platform's canonical rate, shrunk to peers when few posts stand behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from . import figures as fig
from .definition import Definition, Frames, Part, Peers, Result
from .peers import PeerTable, compare, log10

VERSION = "er-1.0"
FEW_POSTS = 6
PRIOR_POSTS = 4
AVERAGES_CONFIDENCE = 0.5  # a vendor's average: we do not know over how many posts
BASES = ("followers", "views", "reach")
INPUT_COLUMNS = [
    "followers", "following", "n_posts", "basis", "likes", "comments", "shares", "views", "er_followers", "er_views",
    "er_reach", "view_rate", "authentic_ratio",
]  # fmt: skip
PEER_DIGITS = 2  # peers move a little every night; only a real move is a new input


def rates(figures: pd.DataFrame, tables: Mapping[str, PeerTable]) -> pd.DataFrame:
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


def figures_of(frames: Frames, now: datetime) -> pd.DataFrame:
    """One row an account, made once a batch."""
    made: pd.DataFrame = frames.once(
        "figures", lambda: fig.build(frames.accounts, frames.posts, frames.snapshots, now)
    )
    return made


def plain_tables(peers: Peers) -> dict[str, PeerTable]:
    return {platform: table for (platform, form), table in peers.tables.items() if form == ""}


def rounded(values: pd.Series, digits: int = PEER_DIGITS) -> np.ndarray:
    from .definition import significant

    given = values.to_numpy(float)
    return np.where(given == 0, np.nan, significant(given, digits))


def parts(figures: pd.DataFrame, judged: pd.DataFrame) -> list[Part]:
    """The rates side by side; only the canonical one carries weight, its value is the peer percentile."""
    out = []
    for kind in BASES:
        rate = figures[f"er_{kind}"].to_numpy(float)
        canonical = (judged["er_basis"] == kind).to_numpy()
        standing = np.where(canonical, judged["percentile"].to_numpy(float), np.nan)
        out.append(
            Part(
                f"by_{kind}",
                value=standing,
                weight=canonical.astype(float),
                percentile=standing,
                evidence=np.maximum(judged["n"].fillna(0).to_numpy(float), 1),
                facts={
                    "rate": rate,
                    "peers": judged["peers"].fillna(0).to_numpy(float),
                    "case": np.where(np.isnan(standing), "", "compared"),
                },
                known=~np.isnan(rate),
            )
        )
    return out


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    figures = figures_of(frames, now)
    judged = rates(figures, plain_tables(peers))
    scores = figures[INPUT_COLUMNS].copy()
    scores["peer_median"] = rounded(judged["peer_median"])
    scores["value"], scores["confidence"] = judged["rate"], judged["confidence"]
    scores["er_basis"] = judged["er_basis"].astype(object).where(judged["er_basis"].notna(), "")
    return Result(scores, parts(figures, judged))


_ALONE = ("Interactions are {rate:percent} of {0}.", "Interaksi {rate:percent} dari {0}.")
_COMPARED = (
    "Interactions are {rate:percent} of {0}, above {percentile:percent} of the {peers:count} nearest accounts by size.",
    "Interaksi {rate:percent} dari {0}, di atas {percentile:percent} dari {peers:count} akun yang paling dekat ukurannya.",
)
_WORDS = {
    "followers": ("followers", "pengikut"),
    "views": ("views", "tayangan"),
    "reach": ("accounts reached", "akun terjangkau"),
}
SENTENCES = {
    f"by_{kind}{case}": (pair[0].replace("{0}", words[0]), pair[1].replace("{0}", words[1]))
    for kind, words in _WORDS.items()
    for case, pair in (("", _ALONE), (".compared", _COMPARED))
}
DEFINITION = Definition(
    kind="engagement",
    version=VERSION,
    compute=compute,
    label=("Engagement", "Engagement"),
    unit="rate",
    needs=frozenset({"accounts", "posts", "snapshots"}),
    names={
        "by_followers": ("By followers", "Per pengikut"),
        "by_views": ("By views", "Per tayangan"),
        "by_reach": ("By reach", "Per jangkauan"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "Last twelve posts of at least 48 hours. Instagram, Facebook: median of interactions by followers; TikTok,"
            " YouTube: sum of interactions by sum of views. Under six posts: (n × rate + 4 × peers' median) / (n + 4)."
        ),
        (
            "Dua belas unggahan terakhir yang berumur minimal 48 jam. Instagram, Facebook: median interaksi per pengikut;"
            " TikTok, YouTube: jumlah interaksi dibagi jumlah tayangan. Di bawah enam unggahan: (n × rasio + 4 × median"
            " akun setara) / (n + 4)."
        ),
    ),
    weights={"by_followers": 1.0, "by_views": 1.0, "by_reach": 0.0},
)
