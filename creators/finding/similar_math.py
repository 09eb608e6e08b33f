"""Weights of terms and likeness of accounts. Pure arrays: no database, no Django.

weight = (1 + ln tf) · (ln(1 + N / df) + 2), vectors of length one; likeness is the cosine, so it is a sum of the parts that
two accounts share, and those parts are the explanation.  No rotation of the space (SVD): on public pages it was worse
and its axes have no names (docs/discovery.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

IDS = np.dtype("<i4")
WEIGHTS = np.dtype("<f4")
FLOOR = 2.0  # one rare word shall not outweigh several that many use; measured in benchmarks/quality_find.py
BREADTH = 0.2  # of two equally near accounts the one of whom more words are known comes first


def idf(df: np.ndarray, documents: int) -> np.ndarray:
    found: np.ndarray = np.log(1 + documents / np.maximum(df, 1)) + FLOOR
    return found


def unit(ids: np.ndarray, weights: np.ndarray, most: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Length one, heaviest first, at most `most` terms."""
    order = np.lexsort((ids, -weights))
    if most:
        order = order[:most]
    ids, weights = ids[order], weights[order]
    length = float(np.sqrt((weights**2).sum()))
    return ids, weights / length if length else weights


def weigh(
    counts: Mapping[int, float], df: Mapping[int, int], documents: int, most: int
) -> tuple[np.ndarray, np.ndarray]:
    ids = np.fromiter(counts, IDS, len(counts))
    tf = np.fromiter(counts.values(), float, len(counts))
    known = np.array([df.get(int(pk), 1) for pk in ids], float)
    return unit(ids, (1 + np.log(np.maximum(tf, 1))) * idf(known, documents), most)


def pack(ids: np.ndarray, weights: np.ndarray) -> bytes:
    return ids.astype(IDS).tobytes() + weights.astype(WEIGHTS).tobytes()


def unpack(raw: bytes | memoryview) -> tuple[np.ndarray, np.ndarray]:
    half = len(raw) // 2
    return np.frombuffer(raw[:half], IDS), np.frombuffer(raw[half:], WEIGHTS)


def centroid(
    vectors: Sequence[tuple[np.ndarray, np.ndarray]], most: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The mean of some vectors, of length one again."""
    if not vectors:
        return np.empty(0, IDS), np.empty(0)
    ids = np.concatenate([v[0] for v in vectors])
    weights = np.concatenate([v[1] for v in vectors])
    known, place = np.unique(ids, return_inverse=True)
    return unit(known, np.bincount(place, weights).astype(float) / len(vectors), most)


@dataclass(frozen=True)
class Ranked:
    keys: np.ndarray
    scores: np.ndarray


def rank(
    query: tuple[np.ndarray, np.ndarray],
    keys: Sequence[int],
    vectors: Iterable[tuple[np.ndarray, np.ndarray]],
    most: int,
    breadth: float = 0.0,
) -> Ranked:
    """The keys whose vectors have the largest cosine with the query (times words known ** `breadth`), best first."""
    found = list(vectors)
    if not found or not len(query[0]):
        return Ranked(np.empty(0, int), np.empty(0))
    order = np.argsort(query[0])
    wanted, heavy = query[0][order], query[1][order]
    lengths = np.array([len(v[0]) for v in found])
    ids = np.concatenate([v[0] for v in found])
    weights = np.concatenate([v[1] for v in found])
    place = np.minimum(np.searchsorted(wanted, ids), len(wanted) - 1)
    part = np.where(wanted[place] == ids, heavy[place] * weights, 0.0)
    scores = np.bincount(np.repeat(np.arange(len(found)), lengths), part, len(found))
    named = np.asarray(keys)
    best = np.lexsort((named, -scores * lengths**breadth))[:most]
    best = best[scores[best] > 0]
    return Ranked(named[best], scores[best])


def shared(
    query: tuple[np.ndarray, np.ndarray], vector: tuple[np.ndarray, np.ndarray], most: int
) -> list[tuple[int, float]]:
    """The terms both have, with what each adds to the cosine, largest first."""
    mine = dict(zip(query[0].tolist(), query[1].tolist(), strict=True))
    parts = [
        (int(pk), mine[pk] * w)
        for pk, w in zip(vector[0].tolist(), vector[1].tolist(), strict=True)
        if pk in mine
    ]
    return sorted(parts, key=lambda part: (-part[1], part[0]))[:most]
