"""VADER's rules for English, as numbers for a model and as reasons for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from creators.text import wording

NAMES = (
    "negative words",
    "neutral words",
    "positive words",
    "balance",
    "strength",
    "length",
    "question",
    "exclamation",
)
FIGURES = NAMES[:5]
PAIRS = tuple((one, other) for place, one in enumerate(FIGURES) for other in FIGURES[place:])
ALL = (*NAMES, *(f"{one} × {other}" for one, other in PAIRS))


@cache
def analyzer() -> Any:
    return SentimentIntensityAnalyzer()


def compound(text: str) -> float:
    """VADER's own figure, -1 to 1, of the text as it was written."""
    return float(analyzer().polarity_scores(str(text)[: wording.MAX_CHARS])["compound"])


def features(texts: Sequence[str]) -> np.ndarray:
    rows = np.zeros((len(texts), len(NAMES)))
    score = analyzer().polarity_scores
    for i, raw in enumerate(texts):
        text = str(raw)[: wording.MAX_CHARS]
        said = score(text)
        rows[i] = (
            said["neg"], said["neu"], said["pos"], said["compound"], abs(said["compound"]),
            np.log1p(len(text.split())), "?" in text, "!" in text,
        )  # fmt: skip
    return rows


def with_pairs(texts: Sequence[str]) -> np.ndarray:
    """The figures and their products: a mild word among many neutral ones is not the same as alone."""
    rows = features(texts)
    places = [(NAMES.index(one), NAMES.index(other)) for one, other in PAIRS]
    return np.column_stack([rows, *(rows[:, one] * rows[:, other] for one, other in places)])


def charged(text: str, sign: int, limit: int = 3) -> list[tuple[str, float]]:
    """Words of VADER's lexicon that a text holds, of one sign, strongest first."""
    lexicon = analyzer().lexicon
    found = {word: lexicon[word] for word in text.lower().split() if word in lexicon}
    for word in wording.plain(text).split():
        bare = word.strip(".,!?:;\"'()")
        if bare in lexicon:
            found[bare] = lexicon[bare]
    return sorted(((w, v) for w, v in found.items() if v * sign > 0), key=lambda pair: -abs(pair[1]))[:limit]
