"""Own lists of words, matched as people write and disguise them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from creators.text.wording import DATA, MAX_CHARS

# A run without spaces; stars, digits and signs may stand for letters.
_RUN = re.compile(r"[^\W_][\w@$!*#.'’+\-]*[^\W_*#]|[^\W_]+|[^\W_]\*+")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-_*]){3,}[^\W\d_](?!\w)")
_LONG = re.compile(r"(.)\1{2,}")
_LONG_LETTER = re.compile(r"([^\W\d_])\1+")
_INNER = re.compile(r"[.\-_'’+]")
_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "6": "g",
        "7": "t",
        "8": "b",
        "9": "g",
        "@": "a",
        "$": "s",
        "!": "i",
    }
)
_MIXED = re.compile(r"[^\W\d_][0-9@$!]|[0-9@$][^\W\d_]")


@dataclass(frozen=True)
class Hit:
    """A term found: which one, of which group, and where in the text as it was given."""

    term: str
    group: str
    start: int
    end: int
    exact: bool  # written as the list writes it


@dataclass
class Matcher:
    """Many terms at once. A term is a word or words, a trailing * stands for any ending."""

    words: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    prefixes: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    names: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=dict)
    by_shape: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    shortest: int = 3

    @classmethod
    def of(cls, groups: Mapping[str, Iterable[str]]) -> Matcher:
        matcher = cls()
        for group, terms in groups.items():
            for term in terms:
                matcher.add(term, group)
        return matcher

    def add(self, term: str, group: str) -> None:
        parts = tuple(split(term))
        if not parts:
            return
        if parts not in self.names:
            self.names[parts] = []
            first = parts[0]
            if first.endswith("*"):
                self.prefixes.setdefault(first[: self.shortest], []).append(parts)
            else:
                self.words.setdefault(first, []).append(parts)
            if len(parts) == 1:
                bare = first.rstrip("*")
                if len(bare) >= 4:
                    self.by_shape.setdefault((len(bare), bare[0]), []).append(first)
        self.names[parts].append((term, group))

    def find(self, text: str) -> list[Hit]:
        runs = list(read(text[:MAX_CHARS]))
        found: dict[tuple[str, str, int], Hit] = {}
        for i, (forms, start, _end) in enumerate(runs):
            for n, form in enumerate(forms):
                if "*" in form or "#" in form:
                    candidates = self._disguised(form)
                else:
                    candidates = [*self.words.get(form, ()), *self.prefixes.get(form[: self.shortest], ())]
                for parts in candidates:
                    if ("*" not in form and not _fits(parts[0], form)) or i + len(parts) > len(runs):
                        continue
                    if all(
                        any(_fits(part, other) for other in runs[i + k][0])
                        for k, part in enumerate(parts[1:], 1)
                    ):
                        end = runs[i + len(parts) - 1][2]
                        for term, group in self.names[parts]:
                            found.setdefault(
                                (term, group, start), Hit(term, group, start, end, n == 0 and "*" not in form)
                            )
        hits = sorted(found.values(), key=lambda hit: (hit.start, hit.start - hit.end, hit.term))
        if len(text) < 400 and _SPACED.search(text):
            for match in _SPACED.finditer(text):
                joined = re.sub(r"[^\w]|_", "", match[0].lower())
                for parts in [*self.words.get(joined, ()), *self.prefixes.get(joined[: self.shortest], ())]:
                    if len(parts) == 1 and _fits(parts[0], joined):
                        hits += [Hit(t, g, match.start(), match.end(), False) for t, g in self.names[parts]]
        return hits

    def _disguised(self, form: str) -> list[tuple[str, ...]]:
        """`j*di`: every single word of this length that the letters left over agree with."""
        if not 4 <= len(form) <= 24 or sum(c.isalpha() for c in form) < 2:
            return []
        letters = re.sub(r"[*#]+", "*", form)
        found: list[tuple[str, ...]] = []
        for size in {len(form), len(letters)}:
            pattern = re.compile(
                "".join(
                    "[^\\W\\d_]" if c in "*#" else re.escape(c)
                    for c in (form if size == len(form) else letters)
                )
            )
            found += [
                (word,)
                for word in self.by_shape.get((size, form[0]), ())
                if pattern.fullmatch(word.rstrip("*"))
            ]
        return found


def _fits(part: str, form: str) -> bool:
    return form.startswith(part[:-1]) if part.endswith("*") else form == part


def split(term: str) -> list[str]:
    """A term in the words that `read` would see, its closing star kept."""
    star = term.endswith("*")
    found = [forms[0] for forms, _s, _e in read(term.rstrip("*"))]
    if star and found:
        found[-1] += "*"
    return found


def read(text: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Each run of a text with the ways it can be read: as it is, without stretching, without disguise."""
    for match in _RUN.finditer(text):
        raw = match[0].lower()
        if "-" in raw and len(raw) > 3 and all(len(part) > 2 for part in raw.split("-")):
            at = match.start()
            for part in raw.split("-"):
                if part:
                    yield _forms(part), at, at + len(part)
                at += len(part) + 1
            continue
        yield _forms(raw), match.start(), match.end()


def _forms(raw: str) -> tuple[str, ...]:
    forms = [raw.rstrip("!.+'’-")]
    if _LONG.search(raw):
        forms.append(_LONG_LETTER.sub(r"\1", raw))
    if _INNER.search(raw):
        forms.append(_INNER.sub("", raw))
    if _MIXED.search(raw):
        base = raw.rstrip("!")
        forms.append(_INNER.sub("", base).translate(_LEET))
        tail = re.sub(r"2$", "", base)
        if tail != base:
            forms.append(tail)
    return tuple(dict.fromkeys(form for form in forms if form))


@cache
def pack(name: str) -> dict[str, Any]:
    """One of our lists of offensive words with its weights."""
    with (DATA / f"{name}.json").open(encoding="utf-8") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


@cache
def matcher(name: str) -> Matcher:
    return Matcher.of({group: body["terms"] for group, body in pack(name)["groups"].items()})
