# ruff: noqa: S608  the statement within is what Django compiled
"""Lookalikes: accounts that write about the same things as some seeds, with the shared terms as the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from creators.finding import similar_math as maths
from creators.finding import words
from creators.finding.relevance import Ranking, rarity, understand, vector
from creators.finding.statements import SETTINGS, compiled
from creators.models import DiscoveryRow, DiscoveryTerm, DiscoveryText

MOST_SEEDS = 20
QUERY_TERMS = 60  # of the seeds' mean
LEADING = 12  # its heaviest terms, by which candidates are found
CANDIDATES = 8_000
COMMON = 0.2  # a term that more accounts have than this finds nobody in particular


@dataclass(frozen=True)
class Lookalike:
    account_id: int
    score: float  # cosine, 0..1
    shared: tuple[str, ...]


def ranking(seeds: Sequence[int], rows: QuerySet[DiscoveryRow], about: str = "", most: int = 200) -> Ranking:
    """Of these accounts those nearest to the seeds' centroid; the seeds and their creators' other accounts are left out."""
    ids = list(dict.fromkeys(int(pk) for pk in seeds))
    if not 1 <= len(ids) <= MOST_SEEDS:
        raise ValidationError({"like": _("Give one to %(most)s accounts.") % {"most": MOST_SEEDS}})
    held = DiscoveryText.objects.filter(pk__in=ids).values_list("vector", flat=True)
    vectors = [maths.unpack(bytes(raw)) for raw in held]
    query = maths.centroid([v for v in vectors if len(v[0])], QUERY_TERMS)
    if about:
        concepts, _unknown = understand(about)
        query = (
            maths.centroid([query, vector(concepts, *rarity(concepts))], QUERY_TERMS) if concepts else query
        )
    if not len(query[0]):
        return Ranking([], False, query)
    read = {pk: maths.unpack(raw) for pk, raw in candidates(leading(query[0].tolist()), ids, rows)}
    ranked = maths.rank(query, list(read), read.values(), most, maths.BREADTH)
    keys = [int(pk) for pk in ranked.keys]
    scores = {pk: min(float(score), 1.0) for pk, score in zip(keys, ranked.scores, strict=True)}
    return Ranking(keys, len(read) > most, query, vectors={pk: read[pk] for pk in keys}, scores=scores)


def lookalikes(seeds: Sequence[int], rows: QuerySet[DiscoveryRow], *, most: int = 50) -> list[Lookalike]:
    """The same as a list, each with the terms it shares with the seeds."""
    found = ranking(seeds, rows, most=most)
    why = found.why(found.keys, 5)
    return [Lookalike(pk, found.scores[pk], tuple(why.get(pk, []))) for pk in found.keys]


def leading(terms: list[int]) -> list[int]:
    """The heaviest terms that say anything: not those that everybody writes."""
    documents = words.documents()
    counts = dict(DiscoveryTerm.objects.filter(pk__in=terms).values_list("pk", "accounts"))
    telling = [pk for pk in terms if counts.get(pk, 0) <= max(50, COMMON * documents)]
    return (telling or terms)[:LEADING]


def candidates(terms: list[int], seeds: list[int], rows: QuerySet[DiscoveryRow]) -> list[tuple[int, bytes]]:
    """Accounts that are mostly about one of the terms first, then those that mention one."""
    own = DiscoveryRow.objects.filter(pk__in=seeds, creator__isnull=False).values_list("creator", flat=True)
    within, values = compiled(
        rows.exclude(pk__in=seeds).exclude(creator__in=list(own)).order_by().values_list("pk")
    )
    found: dict[int, bytes] = {}
    for numbers in ([-pk for pk in terms], terms):
        with connection.cursor() as cursor:
            cursor.execute(
                SETTINGS + f"SELECT x.account_id, x.vector FROM {DiscoveryText._meta.db_table} x"
                f" WHERE x.terms && %s::int[] AND x.account_id IN ({within}) LIMIT {CANDIDATES}",
                [numbers, *values],
            )
            for pk, raw in cursor.fetchall():
                found.setdefault(pk, bytes(raw))
        if len(found) >= CANDIDATES // 2:
            break
    return list(found.items())
