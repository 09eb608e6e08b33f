"""Authenticity (auth-2.1): audience .35, growth .20, comments .20, engagement normality .15, pods .10.

Each part is judged where it belongs (`audience/`); here they are only put together. What is not known is left out.
The weights are judgement: no ground truth exists.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from . import engagement, weights
from . import figures as fig
from .audience import commenting, growing, podding, quality
from .authenticity import TAIL, UPPER_TAIL, likes_per_comment, share_value, tail
from .definition import (
    Definition,
    Frames,
    Part,
    Peers,
    Result,
    interval,
    share_of_weight,
    weighted,
    without_interval,
)
from .growth import growth_30d

VERSION = "auth-2.1"
WEIGHTS = weights.load(VERSION)
LEAST = 0.15
NORMAL = ("likes_per_comment", "engagement", "view_rate")


def normality(frames: Frames, peers: Peers, now: datetime) -> pd.DataFrame:
    """Likes per comment, interactions per follower, views per follower: how usual each is at this size, and together."""

    def make() -> pd.DataFrame:
        figures = engagement.figures_of(frames, now)
        accounts = figures[["platform", "followers"]]
        rates = engagement.rates(figures, engagement.plain_tables(peers))
        z = {
            "likes_per_comment": peers.standing("likes_per_comment", accounts, likes_per_comment(figures))[
                "z"
            ],
            "engagement": rates["z"].astype(float),
            "view_rate": peers.standing("view_rate", accounts, figures["view_rate"])["z"],
        }
        out = pd.DataFrame(index=figures.index)
        for name in NORMAL:
            given = z[name].to_numpy(float)
            bar = np.where(given > 0, UPPER_TAIL, TAIL) if name != "likes_per_comment" else TAIL
            out[name] = np.where(np.isnan(given), np.nan, tail(np.nan_to_num(given), bar))
        out["value"] = out[list(NORMAL)].mean(axis=1)
        posts = figures["n_posts"].astype(float).to_numpy()
        sample = np.where(posts > 0, posts, np.where(figures["basis"] == "averages", 6.0, 0.0))
        out["trust"] = sample / (sample + 4.0) * out[list(NORMAL)].notna().sum(axis=1) / len(NORMAL)
        out["posts"] = sample
        out["authentic_ratio"] = figures["authentic_ratio"].astype(float)
        return out

    made: pd.DataFrame = frames.once("normality", make)
    return made


def audience(frames: Frames, index: pd.Index, ratio: pd.Series) -> pd.DataFrame:
    """The audience's quality: a sample, a report, else the share of engagement a vendor calls authentic."""
    held = quality.found(frames)
    out = pd.DataFrame(
        {"value": np.nan, "trust": 0.0, "basis": "", "share": np.nan, "size": 0.0}, index=index
    )
    stand_in = ratio.reindex(index)
    known = stand_in.notna()
    out.loc[known, "value"] = share_value(stand_in[known].to_numpy(float))
    out.loc[known, "trust"] = quality.ENGAGEMENT_TRUST
    out.loc[known, "basis"] = "engagement"
    out.loc[known, "share"] = stand_in[known]
    if len(held):
        value, sure, _known = weighted(quality.components(held), quality.WEIGHTS)
        mine = held.index.intersection(index)
        place = held.index.get_indexer(mine)
        out.loc[mine, "value"], out.loc[mine, "trust"] = value[place], sure[place]
        out.loc[mine, "basis"] = held.loc[mine, "basis"]
        out.loc[mine, "share"] = held.loc[mine, "fake"]
        out.loc[mine, "size"] = held.loc[mine, "size"].fillna(0.0)
    return out


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    normal = normality(frames, peers, now)
    index = normal.index
    people = audience(frames, index, normal["authentic_ratio"])
    grown = growing.found(frames, peers, now).reindex(index)
    said = commenting.found(frames)
    value, sure, _known = weighted(commenting.components(said), commenting.WEIGHTS)
    comments = pd.DataFrame(
        {"value": value, "trust": sure, "suspicious": said["suspicious"].to_numpy(float),
         "size": said["size"].to_numpy(float)}, index=said.index,
    ).reindex(index)  # fmt: skip
    pod = podding.found(frames)
    value, sure, _known = weighted(podding.components(pod), podding.WEIGHTS, least=0.2)
    pods = pd.DataFrame(
        {"value": value, "trust": sure, "size": pod["size"].to_numpy(float)}, index=pod.index
    ).reindex(index)
    given = {
        "audience": people, "growth": grown, "comments": comments, "normality": normal, "pods": pods,
    }  # fmt: skip
    parts = {
        name: (frame["value"].to_numpy(float), frame["trust"].fillna(0.0).to_numpy(float))
        for name, frame in given.items()
    }
    mean, confidence, weight = weighted(parts, WEIGHTS, least=LEAST)
    scores = pd.DataFrame(index=index)
    for name, (values, _trust) in parts.items():
        scores[name] = values
    for name in NORMAL:
        scores[name] = normal[name]
    scores["authentic_ratio"] = normal["authentic_ratio"]
    scores["audience_basis"], scores["growth_basis"] = (
        people["basis"],
        grown["basis"].fillna("").astype(object),
    )
    scores["value"], scores["confidence"] = 100.0 * mean, confidence
    low, high = interval(parts, WEIGHTS, mean)
    scores["low"], scores["high"] = 100.0 * low, 100.0 * high
    flagged = grown["flagged"].astype(float).fillna(0.0).to_numpy()
    by_history = (grown["basis"] == "history").to_numpy()
    facts = {
        "audience": ({"share": people["share"].to_numpy(float), "case": people["basis"].to_numpy(dtype=object)}, people["size"]),
        "growth": (
            {"flagged": flagged, "followers": grown["followers"].to_numpy(float),
             "usual": engagement.rounded(grown["neighbours"]),
             "case": np.where(by_history, np.where(flagged > 0, "flagged", "clean"), "neighbours")},
            grown["intervals"],
        ),
        "comments": ({"suspicious": comments["suspicious"].to_numpy(float)}, comments["size"]),
        "normality": (
            {"case": np.where(normal["value"] >= 0.8, "usual", np.where(normal["value"] >= 0.5, "odd", "far"))},
            normal["posts"],
        ),
        "pods": ({"points": 100.0 * pods["value"].to_numpy(float)}, pods["size"]),
    }  # fmt: skip
    return Result(
        scores,
        [
            Part(
                name,
                parts[name][0],
                share_of_weight(WEIGHTS[name], weight),
                evidence=np.floor(evidence.fillna(0).to_numpy(float)),
                facts=told,
            )
            for name, (told, evidence) in facts.items()
        ],
    )


def peer_figures(frames: Frames, now: datetime) -> pd.DataFrame:
    """What engagement and growth are compared with."""
    rows = engagement.figures_of(frames, now)
    rate, _ = fig.canonical(rows)
    monthly = growth_30d(growing.series_of(frames).rename(columns={"at": "as_of"})).reindex(rows.index)
    return pd.DataFrame(
        {
            "er": rate,
            "likes_per_comment": likes_per_comment(rows),
            "view_rate": rows["view_rate"],
            "growth_30d": 1.0 + monthly,
        },
        index=rows.index,
    )


SENTENCES = {
    "audience.sample": (
        "Of {evidence:count} sampled followers about {share:percent} are fake, corrected for how common fakes are.",
        "Dari {evidence:count} pengikut sampel, sekitar {share:percent} palsu setelah dikoreksi dengan kelazimannya.",
    ),
    "audience.vendor": (
        "The vendor's report calls {share:percent} of the followers fake or suspicious.",
        "Laporan vendor menyebut {share:percent} pengikut palsu atau mencurigakan.",
    ),
    "audience.engagement": (
        "The vendor believes {share:percent} of the engagement to be authentic (usual: about 74%).",
        "Menurut vendor, {share:percent} engagement autentik (umumnya sekitar 74%).",
    ),
    "growth.flagged": (
        "{flagged:count} of {evidence:count} growth steps look bought.",
        "{flagged:count} dari {evidence:count} langkah pertumbuhan tampak dibeli.",
    ),
    "growth.clean": (
        "None of {evidence:count} growth steps stands out.",
        "Tidak ada dari {evidence:count} langkah pertumbuhan yang menonjol.",
    ),
    "growth.neighbours": growing.SENTENCES["organic.neighbours"],
    "comments": (
        "{suspicious:count} of {evidence:count} comments look bought or are advertising.",
        "{suspicious:count} dari {evidence:count} komentar tampak dibeli atau berupa iklan.",
    ),
    "normality.usual": (
        "Likes per comment, interactions and views are usual for its size ({evidence:count} posts).",
        "Suka per komentar, interaksi, dan tayangan wajar untuk ukurannya ({evidence:count} unggahan).",
    ),
    "normality.odd": (
        "Likes per comment, interactions or views are somewhat unusual for its size ({evidence:count} posts).",
        "Suka per komentar, interaksi, atau tayangan agak tidak wajar untuk ukurannya ({evidence:count} unggahan).",
    ),
    "normality.far": (
        "Likes per comment, interactions or views are far from usual for its size ({evidence:count} posts).",
        "Suka per komentar, interaksi, atau tayangan jauh dari wajar untuk ukurannya ({evidence:count} unggahan).",
    ),
    "pods": (
        "Signs of engagement pods: {points:count} of 100, where 100 is none ({evidence:count} comments).",
        "Tanda pod engagement: {points:count} dari 100, 100 berarti tidak ada ({evidence:count} komentar).",
    ),
}
DEFINITION = Definition(
    kind="authenticity",
    version=VERSION,
    compute=compute,
    label=("Authenticity", "Keaslian"),
    unit="points",
    needs=frozenset(
        {"accounts", "posts", "snapshots", "texts", "followers", "reports", "comments", "answers"}
    ),
    names={
        "audience": ("Audience", "Audiens"),
        "growth": ("Follower growth", "Pertumbuhan pengikut"),
        "comments": ("Comments", "Komentar"),
        "normality": ("Engagement for its size", "Engagement untuk ukurannya"),
        "pods": ("Engagement pods", "Pod engagement"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "100 × the mean of the known parts, weighted .35 audience, .20 growth, .20 comments, .15 engagement normality,"
            " .10 pods. With less than 15% of the weight known there is no score."
        ),
        (
            "100 × rata-rata bagian yang diketahui, bobot 0,35 audiens, 0,20 pertumbuhan, 0,20 komentar, 0,15 kewajaran"
            " engagement, 0,10 pod. Bila kurang dari 15% bobot yang diketahui, tidak ada skor."
        ),
    ),
    weights=WEIGHTS,
    peer_figures=peer_figures,
)
FIRST = without_interval(DEFINITION, "auth-2.0")
