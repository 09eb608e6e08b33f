# ruff: noqa: S608  the statement within is what Django compiled
"""Describe who you need: a text against what accounts write, best first, with the words that matched.

Each word of the description stands for a family (skincare, perawatan, kulit); a word nobody writes is read as the
nearest one somebody does.  Accounts that meet all families come first, then those that meet all but one, those mostly about
some of them, and those that mention any; within each the order is the cosine of the weighted terms, and the shared terms are the reason shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from creators.finding import hints, tokens, words
from creators.finding import similar_math as maths
from creators.finding.statements import SETTINGS, compiled, estimate
from creators.models import DiscoveryRow, DiscoveryTerm, DiscoveryText

MOST = 1_000  # accounts a description ranks
CANDIDATES = 3_000  # of those that meet every word
NEARLY = 1_500  # of those that meet all but one
WEAKER = 1_000  # of those that meet some: which of them come first says little
NARROW = 5_000  # accounts that filters are expected to leave
WIDE = 200_000
ENOUGH = 50  # a page full: weaker matches need not be looked for
SYNONYM = 0.7
PAIR = 1.3
NEAR = 0.45  # likeness of a mistyped word
FAR = 0.2  # below it two words have nothing in common; between the two, letters that differ are counted


Way = list[list[int]]  # lists of terms; an account goes this way that has one of each


@dataclass
class Concept:
    word: str
    terms: dict[int, float]  # number of the term: how much it stands for the word
    read_as: str = ""


@dataclass
class Ranking:
    keys: list[int]
    capped: bool
    query: tuple[np.ndarray, np.ndarray]
    concepts: list[Concept] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    vectors: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)

    def missing(self, keys: list[int]) -> dict[int, list[str]]:
        """Of each account the words of the description that it does not meet."""
        found = {}
        for pk in keys:
            held = set(self.vectors[pk][0].tolist()) if pk in self.vectors else set()
            found[pk] = [c.read_as or c.word for c in self.concepts if not held & c.terms.keys()]
        return found

    def why(self, keys: list[int], most: int = 4) -> dict[int, list[str]]:
        """Of each account the terms that matched, what weighs most first."""
        shared = {pk: maths.shared(self.query, self.vectors[pk], most) for pk in keys if pk in self.vectors}
        names = words.names(term for parts in shared.values() for term, _part in parts)
        return {pk: [names[term] for term, _part in parts if term in names] for pk, parts in shared.items()}


def understand(
    text: str, tiers: Callable[[], list[tuple[str, str]]] | None = None
) -> tuple[list[Concept], list[str]]:
    """The text as concepts, and the words that nobody writes. Words that name a filter are left to the filters."""
    text = hints.without(text, hints.read(text, tiers() if tiers else []))
    single = list(dict.fromkeys(tokens.joined(tokens.words(text))))[:8]
    if not single:
        return [], []
    families = {word: tokens.family(word) for word in single}
    pairs = [term for term in tokens.terms(text) if " " in term]
    wanted = {member for family in families.values() for member in family} | set(pairs)
    numbers = dict(DiscoveryTerm.objects.filter(term__in=wanted).values_list("term", "pk"))
    missing = [word for word in single if not any(member in numbers for member in families[word])]
    spelled = {word: known for word in missing if (known := meant(word))}
    if spelled:
        families |= {word: tokens.family(known) for word, known in spelled.items()}
        others = {member for word in spelled for member in families[word]}
        numbers |= dict(DiscoveryTerm.objects.filter(term__in=others).values_list("term", "pk"))
    near = alike([word for word in missing if not any(member in numbers for member in families[word])])
    concepts, unknown = [], []
    for word in single:
        terms = {
            numbers[member]: 1.0 if member == word else SYNONYM
            for member in families[word]
            if member in numbers
        }
        read_as = spelled.get(word, "") if terms else ""
        if not terms and word in near:
            pk, read_as = near[word]
            terms = {pk: 1.0}
        if terms:
            concepts.append(Concept(word, terms, read_as))
        else:
            unknown.append(word)
    for pair in pairs:
        for concept in concepts:
            if pair in numbers and concept.word == pair.split()[0]:
                concept.terms.setdefault(numbers[pair], PAIR)
    return concepts, unknown


def alike(missing: list[str]) -> dict[str, tuple[int, str]]:
    """Words that nobody writes: the nearest one that somebody does, by shared trigrams, else by letters that differ."""
    if not missing:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT set_config('pg_trgm.similarity_threshold', '{FAR}', true);"
            " SELECT w, t.id, t.term, t.alike FROM unnest(%s::text[]) w CROSS JOIN LATERAL ("
            " SELECT id, term, similarity(term, w) AS alike, accounts FROM creators_discoveryterm"
            " WHERE term %% w AND position(' ' in term) = 0"
            " ORDER BY similarity(term, w) DESC, accounts DESC LIMIT 12) t ORDER BY w, t.alike DESC, t.accounts DESC",
            [missing],
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', '0.3', true)")
    found: dict[str, tuple[int, str]] = {}
    nearest: dict[str, int] = {}
    for word, pk, term, likeness in rows:
        apart = distance(word, term)
        close = likeness >= NEAR or (word[0] == term[0] and apart <= slips(word))
        if close and apart < nearest.get(word, 99):
            found[word], nearest[word] = (pk, term), apart
    return found


def slips(word: str) -> int:
    """Letters that may be wrong in a word for it to be read as another: in a short one none."""
    return (0, 0, 0, 0, 0, 1, 2)[len(word)] if len(word) < 7 else 3


def meant(word: str) -> str:
    """A word that has its like in the other language and is nearly this one, though nobody may write it so."""
    near = [(distance(word, known), known) for known in tokens.vocabulary() if known[0] == word[0]]
    apart, known = min(near, default=(99, ""))
    return known if apart <= min(slips(word), 2) else ""


def distance(one: str, other: str) -> int:
    """Letters to change, add, drop or swap."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def rank(
    text: str, rows: QuerySet[DiscoveryRow], tiers: Callable[[], list[tuple[str, str]]] | None = None
) -> Ranking:
    """Of these accounts those whose words meet the text."""
    concepts, unknown = understand(text, tiers)
    if not concepts:
        return Ranking([], False, (np.empty(0, maths.IDS), np.empty(0)), [], unknown)
    df, documents = rarity(concepts)
    query = vector(concepts, df, documents)
    keys: list[int] = []
    vectors: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    scores: dict[int, float] = {}
    capped = False
    asked = stages(concepts, df)
    within, values = compiled(rows.order_by().values_list("pk"))
    expected = estimate(within, values)
    narrow = read_once(asked, within, values) if expected < NARROW else None
    for stage, (ways, most) in enumerate(asked):
        found = (
            narrow.get(stage, [])
            if narrow is not None
            else candidates(ways, within, values, most, expected >= WIDE)
        )
        capped = capped or len(found) > most
        fresh = {pk: raw for pk, raw in found[:most] if pk not in vectors}
        read = {pk: maths.unpack(raw) for pk, raw in fresh.items()}
        ranked = maths.rank(query, list(read), read.values(), MOST)
        vectors.update(read)
        keys += ranked.keys.tolist()
        scores.update(zip(ranked.keys.tolist(), ranked.scores.tolist(), strict=True))
        if len(keys) >= ENOUGH:
            break
    capped = capped or len(keys) > MOST
    keys = keys[:MOST]
    return Ranking(keys, capped, query, concepts, unknown, {pk: vectors[pk] for pk in keys}, scores)


def stages(concepts: list[Concept], df: dict[int, int]) -> list[tuple[list[Way], int]]:
    """What accounts are asked to meet, the strictest first, and how many of them are ranked."""
    common = sorted(concepts, key=lambda concept: -sum(df.get(pk, 0) for pk in concept.terms))
    lists = [list(concept.terms) for concept in common]
    every = sorted({pk for terms in lists for pk in terms})
    found: list[tuple[list[Way], int]] = [([lists], CANDIDATES)]
    if len(lists) > 2:  # all but one; those that do without the commonest word are few, and come first
        found.append(([[*lists[:n], *lists[n + 1 :]] for n in range(len(lists))], NEARLY))
    if len(lists) > 1:
        found.append(([[[-pk for pk in every]]], WEAKER))
        found.append(([[every]], WEAKER))
    return found


def rarity(concepts: list[Concept]) -> tuple[dict[int, int], int]:
    """How many accounts use each of the terms, and of how many."""
    return words.frequencies(pk for concept in concepts for pk in concept.terms)


def vector(concepts: list[Concept], df: dict[int, int], documents: int) -> tuple[np.ndarray, np.ndarray]:
    weights: dict[int, float] = {}
    for concept in concepts:
        for pk, share in concept.terms.items():
            weights[pk] = max(weights.get(pk, 0.0), share)
    ids = np.fromiter(weights, maths.IDS, len(weights))
    rare = maths.idf(np.array([df.get(int(pk), 1) for pk in ids], float), documents)
    return maths.unit(ids, np.fromiter(weights.values(), float, len(weights)) * rare)


def meeting(ways: list[Way]) -> tuple[str, list[list[int]]]:
    """The condition that an account goes one of these ways, and its values."""
    text = " OR ".join("(" + " AND ".join("x.terms && %s::int[]" for _ in way) + ")" for way in ways)
    return f"({text})", [terms for way in ways for terms in way]


Found = list[tuple[int, bytes]]  # accounts and their vectors


def candidates(ways: list[Way], within: str, values: list[Any], most: int, apart: bool) -> Found:
    """Accounts that go any of the ways; one more than `most` at most. `apart`: the first way before the second …, which
    asks for the filters anew each time."""
    parts, given = [], []
    for some in [[way] for way in ways] if apart else [ways]:
        meets, terms = meeting(some)
        parts.append(
            f"(SELECT x.account_id, x.vector FROM {DiscoveryText._meta.db_table} x"
            f" WHERE {meets} AND x.account_id IN ({within}) LIMIT {most + 1})"
        )
        given += [*terms, *values]
    with connection.cursor() as cursor:
        cursor.execute(
            SETTINGS + f"SELECT * FROM ({' UNION ALL '.join(parts)}) found LIMIT {most + 1}", given
        )
        return [(pk, bytes(raw)) for pk, raw in cursor.fetchall()]


def read_once(asked: list[tuple[list[Way], int]], within: str, values: list[Any]) -> dict[int, Found]:
    """By stage, where filters leave few accounts: those are read once, and not again for every weaker stage."""
    cases, given = "", []
    for number, (ways, _most) in enumerate(asked):
        meets, terms = meeting(ways)
        cases += f" WHEN {meets} THEN {number}"
        given += terms
    meets, terms = meeting(asked[-1][0])  # the weakest: who meets any other meets it
    found: dict[int, Found] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            SETTINGS + f"SELECT x.account_id, x.vector, CASE{cases} END FROM {DiscoveryText._meta.db_table} x"
            f" WHERE {meets} AND x.account_id IN ({within}) ORDER BY 3 LIMIT {CANDIDATES + 1}",
            [*given, *terms, *values],
        )
        for pk, raw, stage in cursor.fetchall():
            found.setdefault(stage, []).append((pk, bytes(raw)))
    return found
