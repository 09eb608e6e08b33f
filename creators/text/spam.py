"""What a comment that sells something looks like, as named features; both languages in the same lists."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np

from creators.text import wording

NAMES = (
    "link", "asks to visit", "subscribe", "own channel or shop", "call to act", "money or prize", "phone or contact",
    "gambling or sex offer", "polite plea", "markup", "capitals", "exclamation marks", "digits", "length", "repeated words",
    "about the post", "short praise",
)  # fmt: skip


def _load() -> dict[str, re.Pattern[str]]:
    with (wording.DATA / "spam.json").open(encoding="utf-8") as file:
        signs = json.load(file)["signs"]
    return {name: re.compile("|".join(parts), re.IGNORECASE) for name, parts in signs.items()}


_SIGNS = _load()


def features(texts: Sequence[str]) -> np.ndarray:
    rows = np.zeros((len(texts), len(NAMES)))
    for i, raw in enumerate(texts):
        text = str(raw)[: wording.MAX_CHARS]
        letters = [c for c in text if c.isalpha()]
        said = text.lower().split()
        rows[i] = (
            bool(_SIGNS["link"].search(text)),
            bool(_SIGNS["visit"].search(text)),
            bool(_SIGNS["subscribe"].search(text)),
            bool(_SIGNS["own"].search(text)),
            min(3, len(_SIGNS["act"].findall(text))),
            min(3, len(_SIGNS["money"].findall(text))),
            bool(_SIGNS["contact"].search(text)),
            bool(_SIGNS["offer"].search(text)),
            min(3, len(_SIGNS["plea"].findall(text))),
            bool(_SIGNS["markup"].search(text)),
            sum(c.isupper() for c in letters) / len(letters) if len(letters) > 5 else 0.0,
            min(5, text.count("!")),
            min(10, sum(c.isdigit() for c in text)) / 10,
            np.log1p(len(said)),
            1 - len(set(said)) / len(said) if said else 0.0,
            bool(_SIGNS["about"].search(text)),
            bool(_SIGNS["praise"].search(text)) and len(said) <= 8,
        )
    return rows
