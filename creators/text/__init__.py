"""Reads what creators and their audience write: Indonesian, English and the mix of both; no Django here.

Sentiment, abuse, hate and spam with a probability and the words that decided; `params/` holds the fitted weights,
`docs/models/` a card for each. Public: `language`, `sentiment`, `classify`, `tokens`, `TASKS`, `VERSIONS`.
"""

from __future__ import annotations

from .classifying import LABELS, TASKS, VERSIONS, Answer, answers, classify, sentiment
from .wording import language, words

tokens = words

__all__ = ["LABELS", "TASKS", "VERSIONS", "Answer", "answers", "classify", "language", "sentiment", "tokens"]
