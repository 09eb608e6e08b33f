"""From a text as people write it to the words and pieces that models and rules read."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
MAX_CHARS = 5_000  # of one text; what comes after is not read
NEGATION_WINDOW = 3

URL = re.compile(r"(?:https?://|www\.)\S+|\bhttp\b", re.IGNORECASE)
USER = re.compile(r"(?<!\w)@\w[\w.]*|\[username\]|<username>", re.IGNORECASE)
ESCAPE = re.compile(r"\\x[0-9a-f]{2}|\\n", re.IGNORECASE)  # bytes that a scraper wrote out
LONG = re.compile(r"([^\W\d_])\1{2,}")
TWICE = re.compile(r"\b([^\W\d_]{2,})(?:2|\")(?=\b|\s|$)")
APOSTROPHE = re.compile(r"(?<=\w)['’`](?=\w)")
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2190-\u21ff\u2b00-\u2bff\u2764\u203c\u2049]"
)
SPACES = re.compile(r"\s+")
TOKEN = re.compile(
    r"[:;=]['-]?[)(dp/\\|*]+|<3|[^\W\d_]+(?:-[^\W\d_]+)*|\d+|[!?]+|"
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2190-\u21ff\u2b00-\u2bff\u2764]",
    re.IGNORECASE,
)


@cache
def _data(name: str) -> dict[str, Any]:
    with (DATA / f"{name}.json").open(encoding="utf-8") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


@cache
def slang() -> dict[str, str]:
    return dict(_data("slang")["words"])


@cache
def _negations() -> tuple[frozenset[str], frozenset[str]]:
    data = _data("slang")
    return frozenset(data["negations"]) | frozenset(data["negations_en"]), frozenset(data["stops"])


def clean(text: str) -> str:
    """Entities, marks of scrapers and invisible characters away; addresses and handles to one word each."""
    text = str(text)[:MAX_CHARS]
    if "&" in text:
        text = html.unescape(text)
    if "\\" in text:
        text = ESCAPE.sub(" ", text)
    text = text.replace("\ufeff", "").replace("\u200b", "").replace("\u200d", "").replace("\ufe0f", "")
    text = USER.sub(" atuser ", URL.sub(" aturl ", text))
    return SPACES.sub(" ", text).strip()


def plain(text: str) -> str:
    """Lower case, with stretched letters drawn together (`bangeeet` → `banget`) and `anak2` → `anak anak`."""
    text = APOSTROPHE.sub("", clean(text).lower())
    text = LONG.sub(r"\1", text)
    if "2" in text:
        text = TWICE.sub(r"\1 \1", text)
    return text


def words(text: str, *, language: str = "id") -> list[str]:
    """The words of a text in plain spelling; emoji and strong punctuation count as words."""
    known = slang() if language != "en" else {}
    found: list[str] = []
    for token in TOKEN.findall(plain(text)):
        if token in known:
            found.extend(known[token].split())
        elif token.isdigit():
            found.append("0")
        elif token[0] in "!?":
            found.append("?" if "?" in token else "!")
        else:
            found.append(token)
    return found


def negated(tokens: list[str]) -> list[str]:
    """Up to three words after a negation carry a mark, until a mark of a new clause."""
    nots, stops = _negations()
    marked, left = [], 0
    for token in tokens:
        if token in nots:
            left = NEGATION_WINDOW
            marked.append(token)
        elif left and (token in stops or not token[0].isalnum()):
            left = 0
            marked.append(token)
        elif left:
            marked.append("~" + token)
            left -= 1
        else:
            marked.append(token)
    return marked


def features(
    text: str, *, language: str = "id", low: int = 2, high: int = 5, bigrams: bool = True
) -> list[str]:
    """Words with negation marks, their neighbours in pairs, and pieces of 2 to 5 letters inside words."""
    tokens = words(text, language=language)
    marked = negated(tokens)
    found = ["w " + token for token in marked]
    if bigrams:
        found += [f"b {a} {b}" for a, b in pairwise(marked)]
    if high:
        for token in tokens:
            padded = f"_{token}_"
            length = len(padded)
            for size in range(low, min(high, length) + 1):
                found += [padded[i : i + size] for i in range(length - size + 1)]
    return found


@cache
def _frequent() -> tuple[frozenset[str], frozenset[str]]:
    data = _data("languages")
    indonesian, english = set(data["id"]) | set(slang()), set(data["en"])
    both = indonesian & english
    return frozenset(indonesian - both), frozenset(english - both)


def language(text: str) -> str:
    """`id`, `en`, `mixed`, or nothing when too little tells."""
    indonesian, english = _frequent()
    found = [token for token in TOKEN.findall(plain(text)) if token[0].isalpha()]
    ids = sum(token in indonesian for token in found)
    ens = sum(token in english for token in found)
    if ids + ens == 0:
        return ""
    share = ids / (ids + ens)
    if min(ids, ens) >= 2 and 0.25 <= share <= 0.75:
        return "mixed"
    return "id" if share >= 0.5 else "en"
