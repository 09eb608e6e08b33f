"""Overlap of audiences and reach without doubles, from sketches (datasketch) of people that were seen. No Django.

A sketch keeps MinHash values (k = 256, likeness of two audiences), HyperLogLog registers (p = 14, size of a union) and
the 1,024 smallest hashes, with which small audiences are compared exactly.  Only a part of an audience was seen:
`fraction` of A and of B.  A person of both was seen twice with probability fA·fB, hence |A ∩ B| ≈ hits / (fA·fB).
Intervals are 95 %: chance of the sample and of the sketch together.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

K, P, BOTTOM = 256, 14, 1_024
Z = 1.959964
CHUNK = 2_000


@dataclass(frozen=True)
class Sketch:
    minhash: np.ndarray  # uint64
    registers: np.ndarray  # int8
    bottom: np.ndarray  # uint64, ascending; all of them where there are fewer than BOTTOM
    people: int

    @property
    def complete(self) -> bool:
        return self.people <= BOTTOM

    def minhash_bytes(self) -> bytes:
        return self.minhash.astype("<u8").tobytes()

    def registers_bytes(self) -> bytes:
        return zlib.compress(self.registers.astype("i1").tobytes(), 6)

    def bottom_bytes(self) -> bytes:
        return self.bottom.astype("<u8").tobytes()

    @classmethod
    def load(cls, minhash: Any, registers: Any, bottom: Any, people: int) -> Sketch:
        return cls(
            np.frombuffer(bytes(minhash), "<u8"),
            np.frombuffer(zlib.decompress(bytes(registers)), "i1"),
            np.frombuffer(bytes(bottom), "<u8"),
            people,
        )


@dataclass(frozen=True)
class Sample:
    """People seen of one audience; `fraction` of it, None where nobody can say (taken as all of it)."""

    sketch: Sketch
    people: int
    fraction: float | None = None

    @property
    def share(self) -> float:
        return self.fraction if self.fraction else 1.0

    @property
    def size(self) -> float:
        return self.people / self.share


@dataclass(frozen=True)
class Estimate:
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Pair:
    a: int
    b: int
    common: Estimate  # people of both
    of_smaller: Estimate  # |A ∩ B| / min(|A|, |B|)
    jaccard: Estimate
    exact: bool  # no sketch and no sample stands between


@dataclass(frozen=True)
class Overlap:
    pairs: tuple[Pair, ...]
    sizes: Mapping[int, float]
    union: Estimate
    exclusive: Mapping[int, float]  # share of an audience that no other one of the set has
    seen: int  # different people seen in all samples, by HyperLogLog
    sampled: bool

    @property
    def total(self) -> float:
        return sum(self.sizes.values())

    @property
    def unique_share(self) -> float | None:
        return self.union.value / self.total if self.total else None


def sketch(keys: Iterable[str]) -> Sketch:
    """Of different people, each by a key that says nothing about them."""
    from datasketch import HyperLogLogPlusPlus, MinHash
    from datasketch.hashfunc import sha1_hash64

    raw = [key.encode() for key in dict.fromkeys(keys)]
    likeness = MinHash(num_perm=K, scheme="legacy")
    for start in range(0, len(raw), CHUNK):
        likeness.update_batch(raw[start : start + CHUNK])
    size = HyperLogLogPlusPlus(p=P)
    for key in raw:
        size.update(key)
    hashes = np.sort(np.fromiter((sha1_hash64(key) for key in raw), np.uint64, len(raw)))[:BOTTOM]
    return Sketch(np.asarray(likeness.hashvalues, np.uint64), np.asarray(size.reg, np.int8), hashes, len(raw))


def union_size(sketches: Sequence[Sketch]) -> float:
    """Different people in all of them."""
    from datasketch import HyperLogLogPlusPlus

    if all(one.complete for one in sketches):
        return float(len(np.unique(np.concatenate([one.bottom for one in sketches])))) if sketches else 0.0
    registers = np.maximum.reduce([one.registers for one in sketches])
    return float(HyperLogLogPlusPlus(p=P, reg=registers).count())


def likeness(a: Sketch, b: Sketch) -> tuple[float, int]:
    """Jaccard of what was seen, and how many hashes it stands on; 0: counted one by one.

    Large audiences are compared twice, by MinHash and by the smallest hashes of their union (KMV); the two are
    independent, so their mean by size is as good as one sketch of 1,280.
    """
    if a.complete and b.complete:
        both = len(np.intersect1d(a.bottom, b.bottom, assume_unique=True))
        either = a.people + b.people - both
        return (both / either if either else 0.0), 0
    smallest = np.union1d(a.bottom, b.bottom)[:BOTTOM]
    shared = np.isin(smallest, a.bottom, assume_unique=True) & np.isin(smallest, b.bottom, assume_unique=True)
    equal = int((a.minhash == b.minhash).sum())
    return (int(shared.sum()) + equal) / (len(smallest) + K), len(smallest) + K


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n."""
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def pair(key_a: int, a: Sample, key_b: int, b: Sample) -> Pair:
    jaccard, hashes = likeness(a.sketch, b.sketch)
    people = a.people + b.people
    worst, best = wilson(jaccard, hashes) if hashes else (jaccard, jaccard)
    hits, least, top = (j / (1 + j) * people for j in (jaccard, worst, best))
    seen = a.share * b.share
    # of the people in both, each was seen in both with probability `seen`; none met leaves room for three
    kept = math.sqrt(1 - seen)
    down = kept * (hits - max(math.sqrt(hits) - Z / 2, 0.0) ** 2)
    up = kept * ((math.sqrt(hits + 1) + Z / 2) ** 2 - hits) if hits else (3.0 if kept else 0.0)
    low, high = hits - math.hypot(hits - least, down), hits + math.hypot(top - hits, up)
    most = min(a.size, b.size)

    def cut(value: float) -> float:
        return min(max(value, 0.0), most)

    common = Estimate(cut(hits / seen), cut(low / seen), cut(high / seen))
    either = a.size + b.size
    return Pair(
        key_a,
        key_b,
        common,
        Estimate(*(x / most if most else 0.0 for x in (common.value, common.low, common.high))),
        Estimate(*(x / (either - x) if either > x else 0.0 for x in (common.value, common.low, common.high))),
        exact=hashes == 0 and seen == 1,
    )


def compare(samples: Mapping[int, Sample]) -> Overlap:
    """Every pair, the union and each one's own share. Order of the samples does not matter."""
    keys = sorted(samples, key=lambda key: (-samples[key].size, key))
    pairs = tuple(pair(a, samples[a], b, samples[b]) for a, b in combinations(sorted(samples), 2))
    common = {frozenset((p.a, p.b)): p.common for p in pairs}
    sizes = {key: samples[key].size for key in keys}
    sampled = any(samples[key].share < 1 for key in keys)
    seen = union_size([samples[key].sketch for key in keys])

    def kept(key: int, others: Iterable[int]) -> float:
        """Share of an audience outside the others, as if they met it independently."""
        share = 1.0
        for other in others:
            share *= 1 - common[frozenset((key, other))].value / sizes[key] if sizes[key] else 1
        return max(share, 0.0)

    if sampled:
        value = sum(sizes[key] * kept(key, keys[:place]) for place, key in enumerate(keys))
        total = sum(sizes.values())
        low = total - sum(one.high for one in common.values())
        # each one but the first is lessened by one overlap only: no union can be larger (Hunter, 1976)
        high = total - sum(
            max((common[frozenset((key, other))].low for other in keys[:place]), default=0.0)
            for place, key in enumerate(keys)
        )
        floor = max(sizes.values(), default=0.0)
        union = Estimate(
            min(max(value, floor), total), min(max(low, floor), value), max(min(high, total), value)
        )
    else:
        error = 0.0 if all(samples[k].sketch.complete for k in keys) else Z * 1.04 / math.sqrt(2**P)
        union = Estimate(seen, seen * (1 - error), seen * (1 + error))
    return Overlap(pairs, sizes, union, _exclusive(samples, keys, kept, sampled), round(seen), sampled)


def _exclusive(
    samples: Mapping[int, Sample], keys: Sequence[int], kept: Any, sampled: bool
) -> dict[int, float]:
    if sampled or not all(samples[key].sketch.complete for key in keys):
        return {key: kept(key, [other for other in keys if other != key]) for key in keys}
    found = {}
    for key in keys:
        others = [samples[other].sketch.bottom for other in keys if other != key]
        mine = samples[key].sketch.bottom
        alone = len(np.setdiff1d(mine, np.concatenate(others))) if others else len(mine)
        found[key] = alone / len(mine) if len(mine) else 0.0
    return found
