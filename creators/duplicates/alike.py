"""Alike names among many people: the similarity of PostgreSQL's pg_trgm, worked out within blocks. Knows no database.

Everybody with everybody is a day's work, so only names that share one of their rarest groups of three letters are
compared. For a given similarity that loses nobody, as long as no group is so common that it singles nobody out.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

SIMILAR = 0.6
CROWDED = 60  # a group of letters that so many names of a block have says nothing
_WORD = re.compile(r"[^\W_]+")


def trigrams(name: str) -> frozenset[str]:
    """As pg_trgm has them: of each word, two blanks before and one after."""
    found: set[str] = set()
    for word in _WORD.findall(name.lower()):
        padded = f"  {word} "
        found.update(padded[i : i + 3] for i in range(len(padded) - 2))
    return frozenset(found)


def similarity(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second) if first and second else 0.0


def pairs(
    people: Iterable[tuple[int, str]], *, similar: float = SIMILAR, crowd: int = 6
) -> list[tuple[int, int, float]]:
    """Pairs of one block whose names resemble one another without being the same; a name that is like more than
    `crowd` others is a common one and says nothing."""
    names: dict[str, list[int]] = defaultdict(list)
    for pk, name in people:
        names[" ".join(_WORD.findall(name.lower()))].append(pk)
    texts = sorted(text for text, ids in names.items() if len(text) >= 6 and len(ids) <= crowd)
    grams = [trigrams(text) for text in texts]
    count: dict[str, int] = defaultdict(int)
    for own in grams:
        for gram in own:
            count[gram] += 1
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    seen: dict[str, list[int]] = defaultdict(list)
    for here, own in enumerate(grams):
        keys = _rarest(own, count, similar)
        for there in {other for key in keys for other in seen[key]}:
            value = similarity(own, grams[there])
            if value >= similar:
                found[here].append((there, value))
                found[there].append((here, value))
        for key in keys:
            seen[key].append(here)
    out = []
    for here, others in found.items():
        if len(others) > crowd:
            continue
        for there, value in others:
            if here < there and len(found[there]) <= crowd:
                out += [
                    (min(a, b), max(a, b), value) for a in names[texts[here]] for b in names[texts[there]]
                ]
    return sorted(out)


def _rarest(own: frozenset[str], count: dict[str, int], similar: float) -> Sequence[str]:
    """Two sets of at least that similarity share one of these, whichever the other set is."""
    kept = len(own) - math.ceil(similar * len(own)) + 1
    rare = sorted(own, key=lambda gram: (count[gram], gram))[:kept]
    return [gram for gram in rare if 1 < count[gram] <= CROWDED]
