"""Fit and grade the follower curves.

    python -m creators.scoring.fit.followers [--data ../shared/data] [--out creators/scoring/params/followers.json]

Only SRF's labelled followers (CC BY-SA 4.0) fit what ships. The other sets grade the same algorithm by
cross-validation, and the pool of two Instagram sets the third; none of them leaves a parameter behind.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from creators.scoring.audience import followers as score
from creators.scoring.fit import boosting

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
VERSION = "followers-1.0"
FITTED = list(score.FITTED)
SIGNS = [direction for _, direction in score.FITTED.values()]
COLUMNS = [score.VARIABLES.index(name) for name in FITTED]
TWEETS_A_POST = 10.0

# Judgement, not fitted: (edges, values in log-odds). Drawn after published rules (Modash: no picture, no bio, account
# age; Cresci 2015 table 8: in a list, no bio); only 9 of SRF's rows have no picture. They count where they are given.
JUDGED: dict[str, tuple[list[float], list[float]]] = {
    "picture": ([0.5], [1.0, -0.02]),
    "bio": ([0.5, 10.5, 40.5], [0.5, 0.1, -0.3, -0.5]),
    "age": ([30.5, 90.5, 365.5, 1095.5, 2000.5], [1.1, 0.8, 0.4, 0.0, -0.4, -0.7]),
    "link": ([0.5], [0.1, -0.5]),
    "lists": ([0.5], [0.4, -0.7]),
}
# `posts_scale`: posts that weigh like one of Instagram's; `base`: shift of the log-odds; `confidence`: how far a
# curve of Instagram is believed there. Judgement.
PLATFORMS: dict[str, dict[str, float]] = {
    "instagram": {"posts_scale": 1.0, "base": 0.0, "confidence": 0.95},
    "x": {"posts_scale": TWEETS_A_POST, "base": 1.3, "confidence": 0.7},
    "": {"posts_scale": 1.0, "base": 0.0, "confidence": 0.6},
}


# -- the sets, in the columns that scoring reads -----------------------------------------------


def srf(data: Path) -> tuple[pd.DataFrame, np.ndarray]:
    rows = pd.read_csv(data / "srf_instagram" / "labelled_975.csv")
    return rows.drop(columns=["is_fake", "row_id"]), rows["is_fake"].to_numpy(float)


def instafake(data: Path) -> tuple[pd.DataFrame, np.ndarray]:
    rows = pd.concat(
        [pd.read_csv(data / "instafake" / name) for name in ("fakeAccountData.csv", "realAccountData.csv")],
        ignore_index=True,
    )
    names = {
        "userFollowerCount": "followers", "userFollowingCount": "following", "userBiographyLength": "bio_len",
        "userMediaCount": "posts", "userHasProfilPic": "has_pic", "userIsPrivate": "is_private",
        "usernameDigitCount": "username_digits", "usernameLength": "username_len",
    }  # fmt: skip
    return rows.rename(columns=names), rows["isFake"].to_numpy(float)


def kaggle(data: Path) -> tuple[pd.DataFrame, np.ndarray]:
    rows = pd.concat(
        [pd.read_csv(data / "kaggle_insta_fake" / name) for name in ("train.csv", "test.csv")],
        ignore_index=True,
    )
    names = {
        "profile pic": "has_pic", "nums/length username": "digit_share", "description length": "bio_len",
        "external URL": "has_url", "private": "is_private", "#posts": "posts", "#followers": "followers",
        "#follows": "following",
    }  # fmt: skip
    return rows.rename(columns=names), rows["fake"].to_numpy(float)


def cresci(data: Path) -> tuple[pd.DataFrame, np.ndarray]:
    rows = pd.read_csv(data / "cresci2015" / "e13_int_features.csv")
    names = {"statuses": "posts", "friends": "following", "screen_name_len": "username_len",
             "screen_name_digits": "username_digits"}  # fmt: skip
    return (
        rows.rename(columns=names).assign(has_pic=1 - rows["default_profile_image"]),
        rows["is_fake"].to_numpy(float),
    )


SETS: dict[str, tuple[Callable[[Path], tuple[pd.DataFrame, np.ndarray]], str]] = {
    "srf_instagram": (srf, "instagram"),
    "instafake": (instafake, "instagram"),
    "kaggle_insta_fake": (kaggle, "instagram"),
    "cresci2015": (cresci, "x"),
}
# Where a set has fakes enough for it: finer curves, more rounds. SRF has 69 and keeps the plain ones.
FINE: dict[str, Any] = {"bags": 10, "rounds": 400, "ridge": 2.0, "least": 4, "cuts": (48,)}
# With labels of the set itself the directions of the judged variables are fitted too.
LEARNT = (*FITTED, *score.JUDGED)


def matrix(rows: pd.DataFrame, names: list[str] | tuple[str, ...] = FITTED, scale: float = 1.0) -> np.ndarray:
    x = score.variables(score.fields(rows), scale)[:, [score.VARIABLES.index(name) for name in names]]
    for place, name in enumerate(names):
        if name in ("bio", "age", "lists"):
            x[:, place] = np.log10(np.maximum(x[:, place], 0.0) + 1.0)
    return x


def directions(names: list[str] | tuple[str, ...]) -> list[int]:
    return [score.FITTED[name][1] if name in score.FITTED else score.JUDGED[name][1] for name in names]


# -- grading -----------------------------------------------------------------------------------


def auc(y: np.ndarray, p: np.ndarray) -> float:
    rank = pd.Series(p).rank().to_numpy()
    positive = y == 1
    n = positive.sum()
    return float((rank[positive].sum() - n * (n + 1) / 2) / (n * (len(y) - n)))


def average_precision(y: np.ndarray, p: np.ndarray) -> float:
    order = np.argsort(-p, kind="stable")
    hits, scores = y[order], p[order]
    last = np.flatnonzero(np.append(np.diff(scores) != 0, True))
    true = np.cumsum(hits)[last]
    precision, recall = true / (last + 1), true / y.sum()
    return float((np.diff(np.append(0.0, recall)) * precision).sum())


def figures(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    def counts(cut: float) -> tuple[float, float, float, float]:
        said = p >= cut
        return (
            float((said & (y == 1)).sum()), float((said & (y == 0)).sum()), float((~said & (y == 1)).sum()),
            float((~said & (y == 0)).sum()),
        )  # fmt: skip

    def f1(cut: float) -> float:
        tp, fp, fn, _ = counts(cut)
        return 2 * tp / (2 * tp + fp + fn) if tp else 0.0

    tp, fp, fn, tn = counts(0.5)
    below = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    cuts = np.linspace(0.02, 0.95, 94)
    return {
        "auc": auc(y, p),
        "ap": average_precision(y, p),
        "f1_30": f1(0.3),
        "f1_best": max(f1(cut) for cut in cuts),
        "acc": (tp + tn) / len(y),
        "acc_best": max((counts(cut)[0] + counts(cut)[3]) / len(y) for cut in cuts),
        "mcc": (tp * tn - fp * fn) / below if below else 0.0,
        "mcc_best": max(_mcc(*counts(cut)) for cut in cuts),
        "brier": float(((p - y) ** 2).mean()),
    }


def _mcc(tp: float, fp: float, fn: float, tn: float) -> float:
    below = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return float((tp * tn - fp * fn) / below) if below else 0.0


def cross_validate(
    name: str, data: Path = DATA, repeats: int = 2, count: int = 5, **options: Any
) -> dict[str, float]:
    """Stratified folds; every fold fitted from nothing on the others."""
    read, platform = SETS[name]
    options = {**({} if name == "srf_instagram" else FINE), **options}
    rows, y = read(data)
    x = matrix(rows, LEARNT, PLATFORMS[platform]["posts_scale"])
    found = []
    for seed in range(repeats):
        fold = boosting.folds(y, count, seed)
        p = np.zeros(len(y))
        for k in range(count):
            held = boosting.fit(x[fold != k], y[fold != k], directions(LEARNT), **options)
            p[fold == k] = held.probability(x[fold == k])
        found.append(figures(y, p))
    return {key: float(np.mean([one[key] for one in found])) for key in found[0]}


def leave_one_out(data: Path = DATA, **options: Any) -> dict[str, dict[str, float]]:
    """Two Instagram sets together fit, the third grades: all the curves of `cross_validate`, as fine as for one set."""
    options = {**FINE, **options}
    names = ["srf_instagram", "instafake", "kaggle_insta_fake"]
    held = {name: SETS[name][0](data) for name in names}
    out = {}
    for left in names:
        x = np.concatenate([matrix(held[name][0], LEARNT) for name in names if name != left])
        y = np.concatenate([held[name][1] for name in names if name != left])
        model = boosting.fit(x, y, directions(LEARNT), **options)
        out[left] = figures(held[left][1], model.probability(matrix(held[left][0], LEARNT)))
    return out


def shipped(data: Path = DATA) -> dict[str, dict[str, float]]:
    """What the shipped curves say about sets they never saw (and about SRF, which they did)."""
    out = {}
    for name, (read, platform) in SETS.items():
        rows, y = read(data)
        out[name] = figures(y, score.judge(rows, platform)["fake_probability"].to_numpy())
    return out


# -- fitting -----------------------------------------------------------------------------------


def parameters(data: Path = DATA) -> dict[str, Any]:
    rows, y = srf(data)
    x = matrix(rows)
    held = boosting.thinned(boosting.fit(x, y, SIGNS))
    spread = held.parts(x).std(axis=0)
    return {
        "version": VERSION,
        "fitted_on": f"srf_instagram/labelled_975.csv, {len(y)} rows, {int(y.sum())} fake; CC BY-SA 4.0, SRF Data 2017",
        "command": "manage.py fit_followers",
        "base": held.base,
        "share": round(float(y.mean()), 6),
        "fitted": {
            name: {"edges": held.edges[j].tolist(), "values": held.values[j].tolist(), "weight": round(float(spread[j]), 4)}
            for j, name in enumerate(FITTED)
        },
        "judged": {
            name: {"edges": edges, "values": values, "weight": round(float(np.std(values)), 4)}
            for name, (edges, values) in JUDGED.items()
        },
        "platforms": PLATFORMS,
    }  # fmt: skip


def write(target: Path = score.PARAMS, data: Path = DATA) -> dict[str, Any]:
    held = parameters(data)
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = json.dumps(held, indent=1)
    target.write_text(_compact(lines) + "\n")
    score.model.cache_clear()
    return held


def _compact(text: str) -> str:
    """Lists on one line: a diff of the file shows curves, not figures."""
    import re

    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--out", type=Path, default=score.PARAMS)
    given = options.parse_args()
    held = write(given.out, given.data)
    sys.stdout.write(f"{given.out}: {held['version']}, {held['fitted_on']}\n")


if __name__ == "__main__":
    main()
