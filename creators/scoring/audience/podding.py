"""Engagement pods (pods-1.1): signs that the same accounts comment by agreement. 100: none."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from creators.scoring import weights
from creators.scoring.definition import (
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

from . import comments, pods
from .commenting import judged

VERSION = "pods-1.1"
WEIGHTS = weights.load(VERSION)
SURE_AT = 30.0
LEAST_COMMENTS = 10
# (nothing to see, everything speaks for it)
RECURRENCE, ANSWERING, HOUR, STYLE = (0.10, 0.50), (0.10, 0.60), (0.60, 0.97), (0.25, 0.80)
POD_WORDS = comments.GENERIC | frozenset(
    [
        "this",
        "so",
        "very",
        "really",
        "such",
        "your",
        "you",
        "are",
        "is",
        "the",
        "a",
        "post",
        "feed",
        "content",
        "shot",
        "picture",
        "photo",
        "vibes",
        "kak",
        "banget",
        "sekali",
        "ini",
    ]
)


def is_pod_style(text: str) -> bool:
    """Three to eight words of praise that fit under any picture: what pods ask of their members."""
    words = comments.fingerprint(comments.MENTION.sub(" ", comments.plain(text))).split()
    return 3 <= len(words) <= 8 and sum(w in POD_WORDS for w in words) >= 0.75 * len(words)


def found(frames: Frames) -> pd.DataFrame:
    """One row an account with ten comments or more, NaN where a sign cannot be seen."""

    def make() -> pd.DataFrame:
        rows = judged(frames)
        names = ["size", "jaccard", "posts", "regulars", "hour", "dated", "style", "answered", "indicator"]
        if rows.empty:
            return pd.DataFrame(columns=names, dtype=float)
        by = rows.groupby("account_id")
        out = pd.DataFrame({"size": by.size().astype(float)})
        out = out[out["size"] >= LEAST_COMMENTS]
        again = pods.recurrence(rows)
        out = out.join(
            again[["jaccard", "posts", "regulars"]]
            if len(again)
            else pd.DataFrame(columns=["jaccard", "posts", "regulars"], dtype=float)
        )
        early = pods.first_hour(rows)
        out["hour"], out["dated"] = early["share"].reindex(out.index), early["comments"].reindex(out.index)
        out["style"] = rows["text"].map(is_pod_style).groupby(rows["account_id"]).mean().reindex(out.index)
        out["answered"], out["indicator"] = np.nan, np.nan
        edges = frames.answers if "answers" in frames else pd.DataFrame()
        if len(edges):
            graph = pods.graph(edges["source_id"].to_numpy(), edges["target_id"].to_numpy())
            mine = graph.reindex(out.index)
            seen = mine["commenters"] > 0
            out["answered"], out["indicator"] = mine["answered"].where(seen), mine["indicator"].where(seen)
        return out[names].astype(float)

    made: pd.DataFrame = frames.once("pods_found", make)
    return made  # fmt: skip


def _falls(values: pd.Series, between: tuple[float, float]) -> np.ndarray:
    given = values.to_numpy(float)
    return np.where(np.isnan(given), np.nan, np.interp(np.nan_to_num(given), between, (1.0, 0.0)))


def components(rows: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    size = rows["size"].to_numpy(float)
    sure = size / (size + SURE_AT)
    posts = rows["posts"].fillna(0).to_numpy(float)
    dated = rows["dated"].fillna(0).to_numpy(float)
    return {
        "recurrence": (_falls(rows["jaccard"], RECURRENCE), posts / (posts + 3.0)),
        "answering": (_falls(rows["indicator"], ANSWERING), np.full(len(rows), 0.7)),
        "first_hour": (_falls(rows["hour"], HOUR), dated / (dated + SURE_AT)),
        "style": (_falls(rows["style"], STYLE), sure),
    }


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    rows = found(frames)
    parts = components(rows)
    value, confidence, known = weighted(parts, WEIGHTS, least=0.2)
    scores = rows.copy()
    scores["value"], scores["confidence"] = 100.0 * value, confidence
    low, high = interval(parts, WEIGHTS, value)
    scores["low"], scores["high"] = 100.0 * low, 100.0 * high
    facts = {
        "recurrence": {
            "share": rows["jaccard"].to_numpy(float),
            "regulars": rows["regulars"].to_numpy(float),
        },
        "answering": {"n": rows["answered"].to_numpy(float)},
        "first_hour": {"share": rows["hour"].to_numpy(float)},
        "style": {"share": rows["style"].to_numpy(float)},
    }
    evidence = {"recurrence": rows["posts"], "answering": rows["answered"], "first_hour": rows["dated"], "style": rows["size"]}  # fmt: skip
    return Result(
        scores,
        [
            Part(
                name, parts[name][0], share_of_weight(WEIGHTS[name], known),
                evidence=evidence[name].fillna(0).to_numpy(float), facts=given,
            )
            for name, given in facts.items()
        ],
    )  # fmt: skip


SENTENCES = {
    "recurrence": (
        (
            "Between two posts {share:percent} of the commenters are the same (over {evidence:count} posts);"
            " {regulars:count} comment under more than half of them."
        ),
        (
            "Di antara dua unggahan, {share:percent} komentatornya sama (dari {evidence:count} unggahan);"
            " {regulars:count} orang berkomentar di lebih dari separuhnya."
        ),
    ),
    "answering": (
        "{n:count} creators KRM knows comment here and are commented on in return.",
        "{n:count} kreator yang dikenal KRM berkomentar di sini dan dibalas komentarnya.",
    ),
    "first_hour": (
        "{share:percent} of {evidence:count} dated comments came within the first hour.",
        "{share:percent} dari {evidence:count} komentar bertanggal masuk dalam satu jam pertama.",
    ),
    "style": (
        "{share:percent} of the comments are praise that fits under any post.",
        "{share:percent} komentar adalah pujian yang cocok di unggahan mana pun.",
    ),
}
DEFINITION = Definition(
    kind="pods",
    version=VERSION,
    compute=compute,
    label=("No engagement pods", "Bebas pod engagement"),
    unit="points",
    needs=frozenset({"accounts", "comments", "answers"}),
    names={
        "recurrence": ("The same commenters again", "Komentator yang berulang"),
        "answering": ("Comments in return", "Saling membalas komentar"),
        "first_hour": ("Burst in the first hour", "Serbuan di jam pertama"),
        "style": ("Pod-style comments", "Komentar gaya pod"),
    },
    sentences=SENTENCES,
    formula=(
        "100 × the weighted mean of the known signs, each 1 where there is nothing to see. Weights are judgement.",
        "100 × rata-rata tertimbang tanda yang diketahui, masing-masing 1 bila tidak ada apa-apa. Bobotnya pertimbangan.",
    ),
    weights=WEIGHTS,
)
FIRST = without_interval(DEFINITION, "pods-1.0")
