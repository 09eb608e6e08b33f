# ruff: noqa: E501  patterns read better on one line
"""Follower growth (growth-1.1): how much of what an account gained looks bought.

With six intervals or more the account's own history judges (`growth`). With fewer, its neighbours: accounts that are
answered as much have about so many followers.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
import pandas as pd

from creators.scoring.authenticity import tail
from creators.scoring.definition import Definition, Frames, Part, Peers, Result, without_interval
from creators.scoring.engagement import figures_of
from creators.scoring.growth import growth_30d, one_series
from creators.scoring.peers import ENOUGH, NEAREST, PeerTable

from . import growth

VERSION = "growth-1.1"
TAIL = 2.5
ALONE_TRUST = 0.35  # what neighbours say is believed this much
SCALE_FLOOR = 0.15  # in log10 followers
GIVEAWAY = re.compile(
    r"\bgive\s?-?away\b|\bgiveaway\w*|\bga\b.{0,30}\bfollow|\bbagi[- ]?bagi\b|\bkuis\b|\bundian\b|\bhadiah\b.{0,40}\bfollow|\bsweepstake\w*|\bwin (?:a|an|this|one)\b.{0,60}\bfollow",
    re.I,
)


def series_of(frames: Frames) -> pd.DataFrame:
    """Follower counts of one kind of source an account."""
    made: pd.DataFrame = frames.once("growth_series", lambda: one_series(frames.snapshots))
    return made.rename(columns={"as_of": "at"})


def notable_posts(frames: Frames) -> pd.DataFrame:
    """Posts with how far each is above the account's usual (by views, else likes), and whether it is a giveaway."""
    posts = frames.posts
    if posts.empty:
        return pd.DataFrame(columns=["account_id", "published_at", "weight", "giveaway"])
    seen = posts["views"].astype(float).where(posts["views"].notna(), posts["likes"].astype(float))
    by = seen.groupby(posts["account_id"])
    middle, spread = by.transform("median"), by.transform("std", ddof=0)
    deviation = (seen - middle).abs().groupby(posts["account_id"]).transform("median")
    scale = 0.3 * deviation + 0.7 * spread
    out = pd.DataFrame(
        {
            "account_id": posts["account_id"],
            "published_at": pd.to_datetime(posts["published_at"], utc=True).dt.tz_localize(None),
            "weight": ((seen - middle) / scale.where(scale > 0)).where(seen >= 3 * middle),
            "giveaway": False,
        }
    )
    if "texts" in frames and not frames.texts.empty and "post_id" in posts:
        gifts = frames.texts.loc[frames.texts["caption"].str.contains(GIVEAWAY), "post_id"]
        out["giveaway"] = posts["post_id"].isin(set(gifts)).to_numpy()
    return out[out["published_at"].notna() & (out["weight"].notna() | out["giveaway"])]


def steps_of(frames: Frames) -> pd.DataFrame:
    """Every interval of every account with its verdict."""

    def make() -> pd.DataFrame:
        platforms = frames.accounts.set_index("account_id")["platform"]
        return growth.intervals(series_of(frames), platforms, notable_posts(frames))

    made: pd.DataFrame = frames.once("growth_steps", make)
    return made


def residual(table: PeerTable, followers: np.ndarray, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Robust z of log followers among the 200 peers with the most similar number of interactions, and their median.

    Far above the neighbours: more followers than so many answers explain.
    """
    z, usual = np.full(len(followers), np.nan), np.full(len(followers), np.nan)
    pool = table.values.get("er")
    if pool is None:
        return z, usual
    known = ~np.isnan(pool)
    if known.sum() < ENOUGH:
        return z, usual
    size = table.size[known]
    answers = size + pool[known]
    order = np.lexsort([size, answers])
    size, answers = size[order], answers[order]
    with np.errstate(divide="ignore", invalid="ignore"):
        mine = np.log10(followers * rate)
        own = np.log10(followers)
    rows = np.flatnonzero(np.isfinite(mine))
    width = min(NEAREST, len(size))
    left = np.clip(np.searchsorted(answers, mine[rows]) - width // 2, 0, len(size) - width)
    window = size[left[:, None] + np.arange(width)]
    middle = np.median(window, axis=1)
    spread = 1.4826 * np.median(np.abs(window - middle[:, None]), axis=1)
    z[rows] = (own[rows] - middle) / np.maximum(spread, SCALE_FLOOR)
    usual[rows] = 10**middle
    return z, usual


def found(frames: Frames, peers: Peers, now: datetime) -> pd.DataFrame:
    """One row an account: what its history says, else its neighbours; value NaN where neither says anything."""

    def make() -> pd.DataFrame:
        figures = figures_of(frames, now)
        out = growth.per_account(steps_of(frames)).reindex(figures.index)
        out["growth_30d"] = growth_30d(one_series(frames.snapshots)).reindex(figures.index)
        out["residual_z"], out["neighbours"] = np.nan, np.nan
        rate = figures["er_followers"].astype(float)
        for platform, table in {p: t for (p, form), t in peers.tables.items() if form == ""}.items():
            rows = np.flatnonzero((figures["platform"] == platform).to_numpy())
            if len(rows):
                z, usual = residual(table, figures["followers"].to_numpy(float)[rows], rate.to_numpy()[rows])
                out.iloc[rows, out.columns.get_loc("residual_z")] = z
                out.iloc[rows, out.columns.get_loc("neighbours")] = usual
        out["followers"] = figures["followers"].astype(float)
        intervals = out["intervals"].astype(float).fillna(0.0)
        alone = pd.Series(tail(np.maximum(out["residual_z"].to_numpy(float), 0.0), TAIL), index=out.index)
        by_history = out["growth"].notna()
        out["value"] = out["growth"].astype(float).where(by_history, alone)
        out["basis"] = np.where(by_history, "history", np.where(alone.notna(), "neighbours", ""))
        out["trust"] = np.where(by_history, intervals / (intervals + 6.0), ALONE_TRUST)
        out["intervals"] = intervals
        return out

    made: pd.DataFrame = frames.once("growth_found", make)
    return made


INPUTS = ["intervals", "flagged", "worst", "worst_at", "worst_change", "gross", "suspicious", "span_days", "drops", "viral",
          "giveaways", "growth_30d", "neighbours", "followers", "basis"]  # fmt: skip


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    rows = found(frames, peers, now)
    rows = rows[rows["value"].notna()]
    scores = rows[INPUTS].copy()
    from creators.scoring.engagement import rounded

    scores["neighbours"] = rounded(rows["neighbours"])
    sure = rows["trust"].astype(float)
    scores["value"], scores["confidence"] = 100.0 * rows["value"], sure
    # what the history is too short to tell counts as worst and as best
    scores["low"] = 100.0 * rows["value"] * sure
    scores["high"] = np.fmax(scores["value"], scores["low"] + 100.0 * (1.0 - sure))
    flagged = rows["flagged"].astype(float).fillna(0.0).to_numpy()
    by_history = (rows["basis"] == "history").to_numpy()
    case = np.where(by_history, np.where(flagged > 0, "flagged", "clean"), "neighbours")
    parts = [
        Part(
            "organic", rows["value"].to_numpy(float), 1.0, evidence=rows["intervals"].to_numpy(float),
            facts={
                "flagged": flagged, "gained": rows["gross"].to_numpy(float), "bought": rows["suspicious"].to_numpy(float),
                "worst_at": rows["worst_at"].to_numpy(), "worst_change": rows["worst_change"].to_numpy(float),
                "followers": rows["followers"].to_numpy(float), "usual": rounded(rows["neighbours"]), "case": case,
            },
        ),
        *(
            Part(
                name, np.full(len(rows), np.nan), 0.0, evidence=rows[name].fillna(0).to_numpy(float),
                facts={"n": rows[name].fillna(0).to_numpy(float)}, known=(rows[name].fillna(0) > 0).to_numpy(),
            )
            for name in ("viral", "giveaways", "drops")
        ),
    ]  # fmt: skip
    return Result(scores, parts)


SENTENCES = {
    "organic.flagged": (
        (
            "{flagged:count} of {evidence:count} steps look bought: {bought:count} of {gained:count} followers gained."
            " The sharpest ended on {worst_at:day} with {worst_change:count}."
        ),
        (
            "{flagged:count} dari {evidence:count} langkah tampak dibeli: {bought:count} dari {gained:count} pengikut baru."
            " Yang paling tajam berakhir {worst_at:day} dengan {worst_change:count}."
        ),
    ),
    "organic.clean": (
        "None of {evidence:count} steps stands out from the account's own habit.",
        "Tidak ada dari {evidence:count} langkah yang menyimpang dari kebiasaan akun ini.",
    ),
    "organic.neighbours": (
        (
            "Too little history. Accounts that are answered as much have about {usual:count} followers; this one has"
            " {followers:count}."
        ),
        (
            "Riwayat terlalu pendek. Akun dengan interaksi serupa punya sekitar {usual:count} pengikut; akun ini"
            " {followers:count}."
        ),
    ),
    "viral": (
        "{n:count} jumps came with a post or views that rose too: rather viral than bought.",
        "{n:count} lonjakan terjadi bersama unggahan atau tayangan yang ikut naik: lebih mungkin viral daripada dibeli.",
    ),
    "giveaways": (
        "{n:count} jumps came around a giveaway: such followers often leave again.",
        "{n:count} lonjakan terjadi di sekitar giveaway: pengikut seperti itu sering pergi lagi.",
    ),
    "drops": (
        "{n:count} sudden losses: the platform removed accounts, or bought followers fell away.",
        "{n:count} penurunan mendadak: platform menghapus akun, atau pengikut yang dibeli hilang.",
    ),
}
DEFINITION = Definition(
    kind="growth",
    version=VERSION,
    compute=compute,
    label=("Follower growth", "Pertumbuhan pengikut"),
    unit="points",
    needs=frozenset({"accounts", "posts", "snapshots", "texts"}),
    names={
        "organic": ("Organic growth", "Pertumbuhan organik"),
        "viral": ("Viral posts", "Unggahan viral"),
        "giveaways": ("Giveaways", "Giveaway"),
        "drops": ("Sudden losses", "Penurunan mendadak"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "100 × (1 − suspicious adds / gross adds). z = (adds − usual) / (.3 MAD + .7 standard deviation + rounding);"
            " more where a jump stands alone or melts away, less where views rose. Under six intervals: the residual of"
            " log followers among the 200 accounts answered as much."
        ),
        (
            "100 × (1 − tambahan mencurigakan / tambahan kotor). z = (tambahan − biasanya) / (0,3 MAD + 0,7 simpangan baku"
            " + pembulatan); lebih besar bila lonjakan berdiri sendiri atau menyusut lagi, lebih kecil bila tayangan naik."
            " Di bawah enam interval: residual log pengikut terhadap 200 akun dengan interaksi serupa."
        ),
    ),
    weights={"organic": 1.0},
)
FIRST = without_interval(DEFINITION, "growth-1.0")
