"""Pure parts of discovery: tokens, weights, overlap; golden values by hand and laws for all inputs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creators.finding import overlap, tokens
from creators.finding import similar_math as maths

KEYS = st.sets(st.integers(0, 400), max_size=300)


def test_words_are_what_a_text_is_about() -> None:
    text = "Review jujur skincare-nya @glowlab di Bandung!!! https://x.id/a #RacunSkincare 3rb"
    assert tokens.words(text) == ["review", "jujur", "skincare-nya", "bandung", "racunskincare"]
    assert tokens.words("bagusss bangettt resepnya") == ["bagus", "resep"]
    assert tokens.words("the and yang di untuk") == []


def test_pairs_do_not_cross_punctuation() -> None:
    assert "bandung skincare" not in tokens.terms("kuliner Bandung. Skincare murah")
    assert "kuliner bandung" in tokens.terms("kuliner Bandung. Skincare murah")


def test_a_word_stands_for_its_family_in_both_languages() -> None:
    assert "beauty" in tokens.family("kecantikan")
    assert "kecantikan" in tokens.family("beauty")
    assert tokens.family("zebra") == ("zebra",)


def test_weights_by_hand() -> None:
    """Two terms, tf 1 and e: (1 + 0)·(ln(1 + 4/4) + 2) and (1 + 1)·(ln(1 + 4/1) + 2), then length one."""
    ids, weights = maths.weigh({1: 1.0, 2: math.e}, {1: 4, 2: 1}, 4, 10)
    a, b = math.log(2) + 2, 2 * (math.log(5) + 2)
    length = math.hypot(a, b)
    assert ids.tolist() == [2, 1]
    assert weights == pytest.approx([b / length, a / length])
    again = maths.unpack(maths.pack(ids, weights))
    assert again[0].tolist() == [2, 1] and again[1] == pytest.approx(weights, abs=1e-7)


def test_the_nearest_shares_the_heaviest_terms() -> None:
    query = maths.unit(np.array([1, 2]), np.array([3.0, 4.0]))
    near, far = maths.unit(np.array([2, 9]), np.array([1.0, 1.0])), maths.unit(np.array([8]), np.array([1.0]))
    found = maths.rank(query, [10, 11], [near, far], 5)
    assert found.keys.tolist() == [10]
    assert found.scores[0] == pytest.approx(0.8 * math.sqrt(0.5))
    assert maths.shared(query, near, 3)[0][0] == 2


@settings(max_examples=60)
@given(st.dictionaries(st.integers(1, 50), st.floats(1, 100), min_size=1, max_size=30))
def test_a_vector_has_length_one_and_is_nearest_to_itself(counts: dict[int, float]) -> None:
    vector = maths.weigh(counts, {}, 100, 48)
    assert float((vector[1] ** 2).sum()) == pytest.approx(1)
    found = maths.rank(vector, [5], [vector], 1)
    assert found.scores[0] == pytest.approx(1)


def sample(keys: set[int], fraction: float | None = None) -> overlap.Sample:
    return overlap.Sample(overlap.sketch(f"k{n}" for n in sorted(keys)), len(keys), fraction)


def test_small_audiences_are_compared_exactly() -> None:
    found = overlap.compare(
        {1: sample(set(range(100))), 2: sample(set(range(60, 120))), 3: sample(set(range(300, 330)))}
    )
    pair = next(p for p in found.pairs if (p.a, p.b) == (1, 2))
    assert (pair.common.value, pair.exact) == (40, True)
    assert pair.of_smaller.value == pytest.approx(40 / 60)
    assert pair.jaccard.value == pytest.approx(40 / 120)
    assert found.union.value == 150 and found.union.low == found.union.high == 150
    assert found.exclusive[1] == pytest.approx(0.6) and found.exclusive[3] == 1
    assert found.unique_share == pytest.approx(150 / 190)


def test_a_sample_is_corrected_for_what_was_not_seen() -> None:
    """Twelve met twice, half of one and a quarter of the other audience seen: 12 / (.5 · .25) = 96."""
    a, b = sample(set(range(200)), 0.5), sample(set(range(188, 388)), 0.25)
    found = overlap.pair(1, a, 2, b)
    assert found.common.value == pytest.approx(96)
    assert found.common.low < 96 < found.common.high and not found.exact
    none = overlap.pair(1, sample(set(range(50)), 0.5), 2, sample(set(range(100, 150)), 0.5))
    assert none.common.value == 0 and none.common.high == pytest.approx(12)  # three, seen with .25


@settings(max_examples=40, deadline=None)
@given(st.lists(KEYS, min_size=2, max_size=4), st.randoms())
def test_overlap_keeps_its_bounds_and_does_not_mind_the_order(sets: list[set[int]], rng: object) -> None:
    samples = {n: sample(keys) for n, keys in enumerate(sets)}
    found = overlap.compare(samples)
    turned = overlap.compare(dict(reversed(samples.items())))
    assert found.pairs == turned.pairs and found.union == turned.union
    assert found.union.value == len(set().union(*sets))
    for pair in found.pairs:
        assert 0 <= pair.common.low <= pair.common.value <= pair.common.high
        assert pair.common.value == pytest.approx(len(sets[pair.a] & sets[pair.b]))
        assert 0 <= pair.jaccard.value <= 1 and 0 <= pair.of_smaller.value <= 1


def test_a_sketch_survives_the_database() -> None:
    made = overlap.sketch(f"k{n}" for n in range(2_000))
    back = overlap.Sketch.load(made.minhash_bytes(), made.registers_bytes(), made.bottom_bytes(), made.people)
    assert overlap.likeness(made, back)[0] == 1
    assert overlap.union_size([made, back]) == pytest.approx(2_000, rel=0.02)
