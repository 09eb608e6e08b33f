"""Fair price: worked by hand, scales with money and size, and says when there is not enough."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creators.matching import prices
from creators.models import Creator, RateCard
from creators.scoring import price as rule
from krm.money import rates
from tests.campaigns import factories as f


def rows(found: list[tuple[float, float]], *, form: str = "reel", kind: str = "deal") -> pd.DataFrame:
    return pd.DataFrame(
        [
            (f"{kind}:{n:03}", n, kind, form, size, 0.03, "beauty", cost, 0.0)
            for n, (size, cost) in enumerate(found)
        ],
        columns=rule.COLUMNS,
    )


ASKED = rule.Asked("reel", 20_000.0, 0.03, frozenset({"beauty"}))


def test_by_hand_equals_at_the_same_size() -> None:
    found = rule.estimate(ASKED, rows([(20_000, 5_000_000)] * 6))
    assert found.mid == pytest.approx(5_000_000)
    assert (found.weight, found.creators, found.deals, found.asks) == (6.0, 6, 6, 0)
    assert found.slope == pytest.approx(rule.SLOPE)  # one size says nothing about how prices grow
    spread = math.sqrt(rule.SPREAD_CASES * rule.SPREAD**2 / (6 + rule.SPREAD_CASES))
    assert found.high == pytest.approx(5_000_000 * math.exp(1.2816 * spread * math.sqrt(7 / 6)))
    assert found.confidence == pytest.approx(6 / 14)


def test_by_hand_an_ask_is_brought_to_what_is_agreed() -> None:
    found = rule.estimate(ASKED, rows([(20_000, 5_000_000)] * 8, kind="ask"))
    assert found.haggle == rule.HAGGLE
    assert found.mid == pytest.approx(5_000_000 * math.exp(rule.HAGGLE))


def test_by_hand_the_weighted_median() -> None:
    assert rule.weighted_median(np.array([1.0, 2.0, 3.0]), np.ones(3)) == pytest.approx(2.0)
    assert rule.weighted_median(np.array([3.0, 1.0]), np.array([1.0, 1.0])) == pytest.approx(2.0)


def test_too_few_is_said_not_guessed() -> None:
    for given_ in (rows([]), rows([(20_000, 1.0)] * 2), rows([(20_000, 5e6)] * 20, form="story")):
        found = rule.estimate(ASKED, given_)
        assert (found.low, found.mid, found.high, found.confidence) == (None, None, None, 0.0)
    one = rows([(20_000, 5e6)] * 12).assign(creator_id=7)
    assert rule.estimate(ASKED, one).mid is None  # one creator's habit is no market


known = st.lists(
    st.tuples(st.integers(5_000, 80_000), st.integers(500_000, 50_000_000)), min_size=8, max_size=30
)


@settings(max_examples=50)
@given(known, st.randoms())
def test_ordered_and_blind_to_the_order_of_rows(found: list[tuple[int, int]], random: Any) -> None:
    frame = rows([(float(a), float(b)) for a, b in found])
    first = rule.estimate(ASKED, frame)
    if first.mid is not None:
        assert 0 < first.low <= first.mid <= first.high
        assert min(frame["price"]) / 20 <= first.mid <= max(frame["price"]) * 20
    order = list(range(len(frame)))
    random.shuffle(order)
    again = rule.estimate(ASKED, frame.iloc[order])
    assert (again.low, again.mid, again.high) == (first.low, first.mid, first.high)


@settings(max_examples=50)
@given(known, st.floats(1.01, 10))
def test_dearer_deals_never_make_it_cheaper_and_currency_only_scales(
    found: list[tuple[int, int]], times: float
) -> None:
    frame = rows([(float(a), float(b)) for a, b in found])
    first, scaled = (
        rule.estimate(ASKED, frame),
        rule.estimate(ASKED, frame.assign(price=frame["price"] * times)),
    )
    if first.mid is not None:
        assert scaled.mid == pytest.approx(first.mid * times)
        assert scaled.high == pytest.approx(first.high * times)


@settings(max_examples=30)
@given(st.integers(8_000, 40_000), st.floats(1.0, 1.9))
def test_a_larger_account_is_never_cheaper(size: int, times: float) -> None:
    frame = rows([(s, 200.0 * s) for s in np.geomspace(5_000, 80_000, 30)])
    small = rule.estimate(rule.Asked("reel", float(size), 0.03), frame)
    large = rule.estimate(rule.Asked("reel", size * times, 0.03), frame)
    assert small.mid is not None and large.mid is not None
    assert large.mid >= small.mid * 0.97


@pytest.mark.django_db
class TestRead:
    def market(self, count: int = 8, currency: str = "IDR", price: int = 4_000_000) -> list[Creator]:
        made = [f.make_creator(followers=50_000 + 1_000 * n) for n in range(count)]
        for creator in made:
            RateCard.objects.create(
                creator=creator,
                platform="instagram",
                format="reel",
                price=price,
                currency=currency,
                valid_from=date(2026, 1, 1),
            )
        return made

    def test_own_deals_and_asks_with_money_as_decimals(self) -> None:
        self.market()
        admin = f.make_admin()
        deal = f.accepted()
        creator = f.make_creator(followers=52_000)
        RateCard.objects.create(
            creator=creator,
            platform="instagram",
            format="reel",
            price=90_000_000,
            valid_from=date(2026, 1, 1),
        )
        found = {p.format: p for p in prices.of_creator(creator, by=admin)}
        reel = found["reel"]
        assert reel.enough and (reel.deals, reel.asks) == (2, 8)  # the story of the deal counts a little too
        assert all(isinstance(v, Decimal) for v in (reel.low, reel.mid, reel.high, reel.asked))
        assert reel.low <= reel.mid <= reel.high and reel.verdict == "above"
        assert any(c.kind == "deal" and c.creator == deal.partnership.creator.name for c in reel.comparables)
        assert not found["carousel"].enough and found["carousel"].count > found["carousel"].same_format == 0

    def test_a_deal_of_another_team_has_no_name(self, staff: Any) -> None:
        self.market(2)
        f.accepted()
        creator = f.make_creator(followers=52_000)
        reel = next(p for p in prices.of_creator(creator, by=staff()) if p.format == "reel")
        assert [c.creator for c in reel.comparables if c.kind == "deal"] == ["", ""]

    def test_another_currency_counts_only_with_a_rate(self) -> None:
        self.market(currency="USD", price=250)
        creator = f.make_creator(followers=52_000)
        admin = f.make_admin()
        before = next(p for p in prices.of_creator(creator, by=admin) if p.format == "reel")
        assert before.count == 0 and not before.enough
        rates.record_rate("USD", "IDR", Decimal(16_000), as_of=date(2026, 1, 1), source="test")
        after = next(p for p in prices.of_creator(creator, by=admin) if p.format == "reel")
        assert after.enough and Decimal(3_000_000) < after.mid < Decimal(4_500_000)

    def test_only_staff(self) -> None:
        creator = f.make_creator()
        from krm.errors import Denied

        with pytest.raises(Denied):
            prices.of_creator(creator, by=f.portal_for(creator))
