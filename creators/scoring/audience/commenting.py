"""Comment quality (comments-1.0): which comments are advertising or hollow, and who wrote them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from creators.scoring import weights
from creators.scoring.definition import Definition, Frames, Part, Peers, Result, share_of_weight, weighted

from . import comments, followers

VERSION = "comments-1.0"
WEIGHTS = weights.load(VERSION)
ENOUGH = 10  # comments; fewer say nothing of a creator
SURE_AT = 30.0
NORMAL, ALARMING = 0.15, 0.50  # HypeAuditor: 1-3 of 20 is normal, half is alarming
HOLLOW_NORMAL, HOLLOW_ALL = 0.5, 0.95
COPIES = 3  # the same words by so many different people


def per_comment(rows: pd.DataFrame, platforms: pd.Series) -> pd.DataFrame:
    """spam, hollow, reasons, bad_account (NaN: author not known), copied, suspicious; owners' own answers left out."""
    out = rows[~rows["by_owner"].astype(bool)].reset_index(drop=True)
    if out.empty:
        return out.assign(spam=0.0, hollow="", reasons="", bad_account=np.nan, copied=False, suspicious=False)
    judged = [
        comments.judge(mine["text"].tolist()).set_index(mine.index) for _, mine in out.groupby("account_id")
    ]
    out = out.join(pd.concat(judged).sort_index())
    out["bad_account"] = _authors(out, platforms)
    prints = out["text"].map(comments.plain).map(comments.fingerprint)
    long = prints.str.count(" ") >= 3
    people = out["author_key"].groupby([out["account_id"], prints]).transform("nunique")
    out["copied"] = long & (people >= COPIES)
    bad = out["bad_account"].fillna(0.0) > 0
    out["suspicious"] = (out["spam"] >= comments.SPAM) | out["copied"] | ((out["hollow"] != "") & bad)
    return out


def _authors(rows: pd.DataFrame, platforms: pd.Series) -> pd.Series:
    """1 where the author's public counts look fake, 0 where not, NaN where the platform gives none."""
    given = [json.loads(text) if isinstance(text, str) and text else {} for text in rows["author"]]
    frame = pd.DataFrame(given, index=rows.index)
    out = pd.Series(np.nan, index=rows.index)
    usable = [name for name in followers.FIELDS if name in frame]
    if not {"followers", "following", "posts"} & set(usable):
        return out
    platform = rows["account_id"].map(platforms)
    for name, mine in frame.groupby(platform):
        fields = mine[usable].apply(pd.to_numeric, errors="coerce")
        known = fields.notna().sum(axis=1) >= 2
        looks = followers.judge(fields[known], str(name))["fake_probability"]
        out.loc[looks.index] = (looks >= comments.BAD_ACCOUNT).astype(float)
    return out


def judged(frames: Frames) -> pd.DataFrame:
    made: pd.DataFrame = frames.once(
        "comments_judged",
        lambda: per_comment(frames.comments, frames.accounts.set_index("account_id")["platform"]),
    )
    return made


def found(frames: Frames) -> pd.DataFrame:
    """One row an account with ten comments or more."""

    def make() -> pd.DataFrame:
        rows = judged(frames)
        names = ["size", "posts", "suspicious", "spam", "copied", "hollow", "hollow_bad", "authors_known"]
        if rows.empty:
            return pd.DataFrame(columns=[*names, "low", "high"], dtype=float)
        by = rows.groupby("account_id")
        out = pd.DataFrame(
            {
                "size": by.size(),
                "posts": by["post_id"].nunique(),
                "suspicious": by["suspicious"].sum(),
                "spam": (rows["spam"] >= comments.SPAM).groupby(rows["account_id"]).sum(),
                "copied": by["copied"].sum(),
                "hollow": (rows["hollow"] != "").groupby(rows["account_id"]).sum(),
                "hollow_bad": ((rows["hollow"] != "") & (rows["bad_account"] == 1))
                .groupby(rows["account_id"])
                .sum(),
                "authors_known": by["bad_account"].count(),
            }
        ).astype(float)
        out["low"], out["high"] = comments.wilson(out["suspicious"].to_numpy(), out["size"].to_numpy())
        return out[out["size"] >= ENOUGH]

    made: pd.DataFrame = frames.once("comments_found", make)
    return made


def genuine(share: Any) -> np.ndarray:
    return np.asarray(np.interp(share, [NORMAL, ALARMING], [1.0, 0.0]))


def components(rows: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    size = rows["size"].to_numpy(float)
    known = rows["authors_known"].to_numpy(float) / np.maximum(size, 1.0)
    sure = size / (size + SURE_AT) * (0.7 + 0.3 * known)
    return {
        "genuine": (genuine(rows["suspicious"].to_numpy(float) / size), sure),
        "substance": (np.interp(rows["hollow"].to_numpy(float) / size, [HOLLOW_NORMAL, HOLLOW_ALL], [1.0, 0.0]), sure),
    }  # fmt: skip


def compute(frames: Frames, peers: Peers, now: datetime) -> Result:
    rows = found(frames)
    parts = components(rows)
    value, confidence, known = weighted(parts, WEIGHTS)
    scores = rows.drop(columns=["low", "high"]).copy()
    scores["value"], scores["confidence"] = 100.0 * value, confidence
    rest = WEIGHTS["substance"] * parts["substance"][0]
    scores["low"] = 100.0 * (WEIGHTS["genuine"] * genuine(rows["high"].to_numpy(float)) + rest)
    scores["high"] = 100.0 * (WEIGHTS["genuine"] * genuine(rows["low"].to_numpy(float)) + rest)
    size = rows["size"].to_numpy(float)
    facts = {
        "genuine": {"suspicious": rows["suspicious"].to_numpy(float), "spam": rows["spam"].to_numpy(float),
                    "low": rows["low"].to_numpy(float), "high": rows["high"].to_numpy(float)},
        "substance": {"hollow": rows["hollow"].to_numpy(float)},
    }  # fmt: skip
    return Result(
        scores,
        [
            Part(
                name,
                parts[name][0],
                share_of_weight(WEIGHTS[name], known),
                evidence=size,
                facts={**given, "size": size},
            )
            for name, given in facts.items()
        ],
    )


SENTENCES = {
    "genuine": (
        (
            "{suspicious:count} of {size:count} comments look bought or are advertising ({low:percent} to {high:percent});"
            " 1 to 3 of 20 is normal."
        ),
        (
            "{suspicious:count} dari {size:count} komentar tampak dibeli atau berupa iklan ({low:percent} sampai"
            " {high:percent}); 1 sampai 3 dari 20 masih wajar."
        ),
    ),
    "substance": (
        "{hollow:count} of {size:count} comments are only emoji, one common word or mentions.",
        "{hollow:count} dari {size:count} komentar hanya emoji, satu kata umum, atau sebutan akun.",
    ),
}
DEFINITION = Definition(
    kind="comment_quality",
    version=VERSION,
    compute=compute,
    label=("Comment quality", "Kualitas komentar"),
    unit="points",
    needs=frozenset({"accounts", "comments"}),
    names={
        "genuine": ("Genuine comments", "Komentar wajar"),
        "substance": ("Comments that say something", "Komentar yang berisi"),
    },
    sentences=SENTENCES,
    formula=(
        (
            "100 × (.70 genuine + .30 substance). A comment is suspicious if it is advertising, the same words come from"
            " three people, or it is hollow and its author looks fake. 15% suspicious costs nothing, half costs all."
        ),
        (
            "100 × (0,70 wajar + 0,30 berisi). Komentar mencurigakan bila berupa iklan, kata yang sama ditulis tiga orang,"
            " atau kosong dan penulisnya tampak palsu. 15% tidak mengurangi nilai, separuh menghabiskannya."
        ),
    ),
    weights=WEIGHTS,
    card="models/comments.md",
)
