"""Abuse and hate in Indonesian: our own words and judgement, for no set that may ship teaches it.

A text's margin is a sum of named parts. The weights below are judgement, written down before they were graded; the
labelled Indonesian sets (non-commercial) only graded them. `docs/models/` has how well that does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from creators.text import lexicon

VERSION = "abuse-id-1.0"


@dataclass(frozen=True)
class Judgement:
    abusive: float  # margins: above 0 is yes
    hate: float
    words: tuple[tuple[str, float, float], ...]  # term, what it gave to abusive and to hate


ABUSIVE_BASE = -2.0
HATE_BASE = -2.6
MORE = 0.35  # what each further word of a group counts beside the first


@cache
def _harmless() -> lexicon.Matcher:
    data = lexicon.pack("abuse_id")
    return lexicon.Matcher.of({"harmless": data["harmless"], "soft": data["softeners"]})


def judge(text: str) -> Judgement:
    data = lexicon.pack("abuse_id")["groups"]
    hits = lexicon.matcher("abuse_id").find(text)
    seen: dict[str, dict[str, int]] = {}
    for hit in hits:
        terms = seen.setdefault(hit.group, {})
        terms[hit.term] = terms.get(hit.term, 0) + 1
    if not seen:
        return Judgement(ABUSIVE_BASE, HATE_BASE, ())
    context = {hit.group for hit in _harmless().find(text)} if {"animal", "insult"} & set(seen) else set()
    abusive, hate = ABUSIVE_BASE, HATE_BASE
    words = []
    for group, terms in seen.items():
        a, h = data[group]["abusive"], data[group]["hate"]
        if group == "animal" and "harmless" in context and not seen.keys() & {"obscene", "insult"}:
            a, h = a * 0.2, h * 0.2
        number = 1 + MORE * min(4, sum(terms.values()) - 1)
        abusive, hate = abusive + a * number, hate + h * number
        for term in terms:
            words.append((term.rstrip("*"), a * number / len(terms), h * number / len(terms)))
    rude = bool(seen.keys() & {"insult", "animal", "obscene"})
    if "person" in seen and rude:
        hate += 0.9
    if "group" in seen and (rude or "hostile" in seen or "political_slur" in seen):
        hate += 1.2
    if "political_slur" in seen and rude:
        hate += 0.8
    if "soft" in context and "group" not in seen:
        hate -= 0.6
    words.sort(key=lambda word: -max(word[1], word[2]))
    return Judgement(abusive, hate, tuple(words))


def probability(margin: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))


def judge_all(texts: Sequence[str]) -> list[Judgement]:
    return [judge(text) for text in texts]
