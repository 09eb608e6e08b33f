"""One door to every task: texts in, a label, a probability and reasons out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from creators.text import abuse, english, lexicon, spam
from creators.text.linear import Linear, load
from creators.text.wording import language

TASKS = ("sentiment", "abusive", "hate", "spam")
LABELS = {
    "sentiment": ("negative", "neutral", "positive"),
    "abusive": ("not_abusive", "abusive"),
    "hate": ("not_hate", "hate"),
    "spam": ("not_spam", "spam"),
}
VERSIONS = {
    ("sentiment", "id"): "sentiment-id-1.0",
    ("sentiment", "en"): "sentiment-en-1.1",
    ("abusive", "id"): abuse.VERSION,
    ("hate", "id"): abuse.VERSION,
    ("abusive", "en"): "offence-en-1.0",
    ("hate", "en"): "offence-en-1.0",
    ("spam", "id"): "spam-1.0",
    ("spam", "en"): "spam-1.0",
}
REASONS = 4


@dataclass(frozen=True, slots=True)
class Answer:
    label: str
    probability: float  # of the label given
    reasons: tuple[str, ...]
    positive: float  # probability of the task's last class: positive, abusive, hate, spam


def sentiment(texts: Sequence[str], lang: str = "auto", reasons: bool = True) -> pd.DataFrame:
    return classify("sentiment", texts, lang, reasons=reasons)


def classify(task: str, texts: Sequence[str], lang: str = "auto", *, reasons: bool = True) -> pd.DataFrame:
    """label, probability (of that label), reasons and language, one row a text."""
    given = list(texts)
    languages = [lang] * len(given) if lang in ("id", "en") else [language(text) or "id" for text in given]
    found = answers(task, given, languages, reasons=reasons)
    return pd.DataFrame(
        {
            "label": [one.label for one in found],
            "probability": [one.probability for one in found],
            "reasons": [list(one.reasons) for one in found],
            "language": languages,
        }
    )


def answers(
    task: str, texts: Sequence[str], languages: Sequence[str], *, reasons: bool = True
) -> list[Answer]:
    """Each text by the model of its language; `mixed` asks both and keeps the stronger finding."""
    if task not in TASKS:
        raise ValueError(f"No task {task!r}: choose one of {', '.join(TASKS)}.")
    found: list[Answer | None] = [None] * len(texts)
    for lang in ("id", "en"):
        rows = [i for i, given in enumerate(languages) if given == lang or (given != "en" and lang == "id")]
        for i, answer in zip(rows, _one(task, lang, [texts[i] for i in rows], reasons), strict=True):
            found[i] = answer
    mixed = [i for i, given in enumerate(languages) if given == "mixed"]
    if mixed:
        for i, other in zip(mixed, _one(task, "en", [texts[i] for i in mixed], reasons), strict=True):
            mine = found[i]
            assert mine is not None
            if task == "sentiment":
                better = other.label != "neutral" and other.probability > mine.probability
            else:
                better = other.positive > mine.positive
            if better:
                found[i] = other
    return [one if one is not None else _nothing(task) for one in found]


def _one(task: str, lang: str, texts: list[str], reasons: bool) -> list[Answer]:
    if not texts:
        return []
    read = [text if text.strip() else "" for text in (str(text) for text in texts)]
    result = _READERS[task, lang](read, reasons)
    return [answer if text else _nothing(task) for text, answer in zip(read, result, strict=True)]


def _nothing(task: str) -> Answer:
    """A text without words."""
    return Answer("neutral" if task == "sentiment" else LABELS[task][0], 1.0, (), 0.0)


def warm() -> None:
    """Read every parameter file now."""
    for key in _READERS:
        _READERS[key](["halo"], False)


@cache
def _sentiment_id() -> Linear:
    return load("sentiment_id")


@cache
def _sentiment_en() -> Linear:
    return load("sentiment_en", english.with_pairs)


@cache
def _offence_en() -> Linear:
    return load("offence_en", offence_features)


@cache
def _spam() -> Linear:
    return load("spam", spam.features)


OFFENCE_GROUPS = ("obscene", "insult", "slur", "group", "hostile")
OFFENCE_NAMES = (*[f"list: {name}" for name in OFFENCE_GROUPS], "retweet", "length", "addressed")


def offence_features(texts: Sequence[str]) -> np.ndarray:
    matcher = lexicon.matcher("abuse_en")
    rows = np.zeros((len(texts), len(OFFENCE_NAMES)))
    for i, raw in enumerate(texts):
        text = str(raw)
        for hit in matcher.find(text):
            rows[i, OFFENCE_GROUPS.index(hit.group)] += 1
        rows[i, 5] = "RT " in text
        rows[i, 6] = np.log1p(len(text.split()))
        rows[i, 7] = "@" in text
    rows[:, :5] = np.minimum(rows[:, :5], 3)
    return rows


def _linear(model: Linear, task: str) -> Callable[[list[str], bool], list[Answer]]:
    def read(texts: list[str], reasons: bool) -> list[Answer]:
        p = model.probabilities(texts)
        best = p.argmax(axis=1)
        return [
            Answer(
                model.classes[k], round(float(p[i, k]), 4),
                tuple(word for word, _ in model.reasons(text, int(k), REASONS)) if reasons else (),
                round(float(p[i, -1]), 4),
            )
            for i, (text, k) in enumerate(zip(texts, best.tolist(), strict=True))
        ]  # fmt: skip

    return read


def _read_sentiment_en(texts: list[str], reasons: bool) -> list[Answer]:
    found = _linear(_sentiment_en(), "sentiment")(texts, False)
    if not reasons:
        return found
    sign = {"negative": -1, "neutral": 0, "positive": 1}
    return [
        replace(one, reasons=tuple(word for word, _ in english.charged(text, sign[one.label], REASONS)))
        for one, text in zip(found, texts, strict=True)
    ]


def _read_offence(task: str) -> Callable[[list[str], bool], list[Answer]]:
    def read(texts: list[str], reasons: bool) -> list[Answer]:
        model = _offence_en()  # classes: hate, offensive, neither
        p = model.probabilities(texts)
        yes = p[:, 0] if task == "hate" else p[:, 0] + p[:, 1]
        if task == "hate":
            # hate is what it says most about, not what it says more than half about: it is rare and torn
            chosen = p.argmax(axis=1) == 0
        else:
            chosen = p.argmax(axis=1) != 2
        found = []
        for i, text in enumerate(texts):
            is_yes = bool(chosen[i])
            share = float(yes[i] if is_yes else 1 - yes[i])
            target = (0 if task == "hate" else int(p[i, :2].argmax())) if is_yes else 2
            why = tuple(word for word, _ in model.reasons(text, target, REASONS)) if reasons else ()
            found.append(Answer(LABELS[task][is_yes], round(share, 4), why, round(float(yes[i]), 4)))
        return found

    return read


def _read_abuse_id(task: str) -> Callable[[list[str], bool], list[Answer]]:
    def read(texts: list[str], reasons: bool) -> list[Answer]:
        found = []
        for judged in abuse.judge_all(texts):
            margin = judged.abusive if task == "abusive" else judged.hate
            yes = margin > 0
            p = abuse.probability(margin)
            gave = {word: a if task == "abusive" else h for word, a, h in judged.words}
            why = [word for word in sorted(gave, key=lambda one: -gave[one]) if gave[word] > 0.2]
            found.append(
                Answer(LABELS[task][yes], round(p if yes else 1 - p, 4), tuple(why[:REASONS]), round(p, 4))
            )
        return found

    return read


_READERS: dict[tuple[str, str], Callable[[list[str], bool], list[Answer]]] = {
    ("sentiment", "id"): lambda texts, why: _linear(_sentiment_id(), "sentiment")(texts, why),
    ("sentiment", "en"): lambda texts, why: _read_sentiment_en(texts, why),
    ("abusive", "id"): _read_abuse_id("abusive"),
    ("hate", "id"): _read_abuse_id("hate"),
    ("abusive", "en"): _read_offence("abusive"),
    ("hate", "en"): _read_offence("hate"),
    ("spam", "id"): lambda texts, why: _linear(_spam(), "spam")(texts, why),
    ("spam", "en"): lambda texts, why: _linear(_spam(), "spam")(texts, why),
}
