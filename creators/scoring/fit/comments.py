"""Fit and grade the spam flags of comments.

    python -m creators.scoring.fit.comments [--data ../shared/data] [--out creators/scoring/params/comments.json]

TubeSpam (CC BY 4.0) fits it: a ridge logistic over named flags. Flags are drawn by hand with the set in view, so the
figures are slightly optimistic.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from creators.scoring.audience import comments as score
from creators.scoring.fit.boosting import folds
from creators.scoring.fit.followers import DATA, auc

VERSION = "comments-1.0"
RIDGE = 1.0


def tubespam(data: Path = DATA) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Texts, 1 for spam, and the video each is under."""
    files = sorted((data / "tubespam").glob("*.csv"))
    rows = pd.concat([pd.read_csv(path).assign(video=n) for n, path in enumerate(files)], ignore_index=True)
    return rows["CONTENT"].astype(str).tolist(), rows["CLASS"].to_numpy(float), rows["video"].to_numpy(int)


def logistic(
    x: np.ndarray, y: np.ndarray, ridge: float = RIDGE, rounds: int = 50
) -> tuple[float, np.ndarray]:
    """Newton's method; the base is not shrunk."""
    with_base = np.column_stack([np.ones(len(x)), x])
    shrink = np.diag([0.0] + [ridge] * x.shape[1])
    beta = np.zeros(with_base.shape[1])
    for _ in range(rounds):
        p = 1.0 / (1.0 + np.exp(-with_base @ beta))
        slope = with_base.T @ (y - p) - shrink @ beta
        bend = (with_base * (p * (1 - p))[:, None]).T @ with_base + shrink
        step = np.linalg.solve(bend, slope)
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return float(beta[0]), beta[1:]


def _graded(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    said = p >= score.SPAM
    tp, fp, fn = (said & (y == 1)).sum(), (said & (y == 0)).sum(), (~said & (y == 1)).sum()
    tn = (~said & (y == 0)).sum()
    spam, ham = 2 * tp / (2 * tp + fp + fn), 2 * tn / (2 * tn + fp + fn)
    return {
        "f1": float(spam),
        "macro_f1": float((spam + ham) / 2),
        "auc": auc(y, p),
        "acc": float((tp + tn) / len(y)),
    }


def grade(data: Path = DATA) -> dict[str, dict[str, float]]:
    """Leave one video out, and ten folds. Repeats are looked for inside each part alone."""
    texts, y, video = tubespam(data)
    out: dict[str, dict[str, float]] = {}
    for name, fold in (("leave_video_out", video), ("10_fold", folds(y, 10, 0))):
        p = np.zeros(len(y))
        for k in np.unique(fold):
            here = fold == k
            rest = score.flags([text for text, mine in zip(texts, here, strict=True) if not mine])
            mine = score.flags([text for text, its in zip(texts, here, strict=True) if its])
            base, weights = logistic(rest, y[~here])
            p[here] = 1.0 / (1.0 + np.exp(-(base + mine @ weights)))
        out[name] = _graded(y, p)
    return out


def parameters(data: Path = DATA) -> dict[str, Any]:
    texts, y, _video = tubespam(data)
    base, weights = logistic(score.flags(texts), y)
    return {
        "version": VERSION,
        "fitted_on": f"tubespam, {len(y)} comments, {int(y.sum())} spam; CC BY 4.0, Alberto, Lochter and Almeida 2015",
        "command": "manage.py fit_comments",
        "base": round(base, 4),
        "weights": {name: round(float(weight), 4) for name, weight in zip(score.NAMES, weights, strict=True)},
    }


def write(target: Path = score.PARAMS, data: Path = DATA) -> dict[str, Any]:
    held = parameters(data)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(held, indent=1) + "\n")
    score.model.cache_clear()
    return held


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--out", type=Path, default=score.PARAMS)
    given = options.parse_args()
    held = write(given.out, given.data)
    sys.stdout.write(f"{given.out}: {held['version']}, {held['fitted_on']}\n")


if __name__ == "__main__":
    main()
