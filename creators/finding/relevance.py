# ruff: noqa: S608  the statement within is what Django compiled
"""Describe who you need: a text against what accounts write, best first, with the words that matched.

Each word of the description stands for a family (skincare, perawatan, kulit); a word nobody writes is read as the
nearest one somebody does.  Accounts that meet all families come first, then those that meet all but one, those mostly about
some of them, and those that mention any; within each the order is the cosine of the weighted terms, and the shared terms are the reason shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from creators.finding import similar_math as maths
from creators.finding import tokens, words
from creators.finding.statements import SETTINGS, compiled
from creators.models import DiscoveryRow, DiscoveryTerm, DiscoveryText

MOST = 1_000  # accounts a description ranks
CANDIDATES = 3_000  # of those that meet every word, or all but one
WEAKER = 1_000  # of those that meet some: which of them come first says little
ENOUGH = 50  # a page full: weaker matches need not be looked for
SYNONYM = 0.7
PAIR = 1.3
NEAR = 0.45  # likeness of a mistyped word


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

    def why(self, keys: list[int], most: int = 4) -> dict[int, list[str]]:
        """Of each account the terms that matched, what weighs most first."""
        shared = {pk: maths.shared(self.query, self.vectors[pk], most) for pk in keys if pk in self.vectors}
        names = words.names(term for parts in shared.values() for term, _part in parts)
        return {pk: [names[term] for term, _part in parts if term in names] for pk, parts in shared.items()}


def understand(text: str) -> tuple[list[Concept], list[str]]:
    """The text as concepts, and the words that nobody writes."""
    single = list(dict.fromkeys(tokens.words(text)))[:8]
    if not single:
        return [], []
    families = {word: tokens.family(word) for word in single}
    pairs = [term for term in tokens.terms(text) if " " in term]
    wanted = {member for family in families.values() for member in family} | set(pairs)
    numbers = dict(DiscoveryTerm.objects.filter(term__in=wanted).values_list("term", "pk"))
    missing = [word for word in single if not any(member in numbers for member in families[word])]
    near = alike(missing)
    concepts, unknown = [], []
    for word in single:
        terms = {
            numbers[member]: 1.0 if member == word else SYNONYM
            for member in families[word]
            if member in numbers
        }
        read_as = ""
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
    if not missing:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w, t.id, t.term FROM unnest(%s::text[]) w CROSS JOIN LATERAL ("
            " SELECT id, term FROM creators_discoveryterm WHERE term %% w AND similarity(term, w) >= %s"
            " AND position(' ' in term) = 0 ORDER BY similarity(term, w) DESC, accounts DESC LIMIT 1) t",
            [missing, NEAR],
        )
        return {word: (pk, term) for word, pk, term in cursor.fetchall()}


def rank(text: str, rows: QuerySet[DiscoveryRow]) -> Ranking:
    """Of these accounts those whose words meet the text."""
    concepts, unknown = understand(text)
    if not concepts:
        return Ranking([], False, (np.empty(0, maths.IDS), np.empty(0)), [], unknown)
    query = vector(concepts)
    keys: list[int] = []
    vectors: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    scores: dict[int, float] = {}
    capped = False
    for ways, most in stages(concepts):
        found = candidates(ways, rows, most)
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


def stages(concepts: list[Concept]) -> list[tuple[list[Way], int]]:
    """What accounts are asked to meet, the strictest first, and how many of them are ranked."""
    lists = [list(concept.terms) for concept in concepts]
    every = sorted({pk for terms in lists for pk in terms})
    found: list[tuple[list[Way], int]] = [([lists], CANDIDATES)]
    if len(lists) > 2:
        found.append(([[*lists[:n], *lists[n + 1 :]] for n in range(len(lists))], CANDIDATES))  # all but one
    if len(lists) > 1:
        found.append(([[[-pk for pk in every]]], WEAKER))
        found.append(([[every]], WEAKER))
    return found


def vector(concepts: list[Concept]) -> tuple[np.ndarray, np.ndarray]:
    weights: dict[int, float] = {}
    for concept in concepts:
        for pk, share in concept.terms.items():
            weights[pk] = max(weights.get(pk, 0.0), share)
    df, documents = words.frequencies(weights)
    ids = np.fromiter(weights, maths.IDS, len(weights))
    rare = maths.idf(np.array([df.get(int(pk), 1) for pk in ids], float), documents)
    return maths.unit(ids, np.fromiter(weights.values(), float, len(weights)) * rare)


def candidates(ways: list[Way], rows: QuerySet[DiscoveryRow], most: int) -> list[tuple[int, bytes]]:
    """Accounts that have one of the terms of every list of any way, with their vectors; one more than `most` at most."""
    within, values = compiled(rows.order_by().values_list("pk"))
    meets = " OR ".join("(" + " AND ".join("x.terms && %s::int[]" for _ in way) + ")" for way in ways)
    with connection.cursor() as cursor:
        cursor.execute(
            SETTINGS + f"SELECT x.account_id, x.vector FROM {DiscoveryText._meta.db_table} x"
            f" WHERE ({meets}) AND x.account_id IN ({within}) LIMIT {most + 1}",
            [*(terms for way in ways for terms in way), *values],
        )
        return [(pk, bytes(raw)) for pk, raw in cursor.fetchall()]
