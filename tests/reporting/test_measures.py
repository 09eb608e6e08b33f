"""Golden values worked by hand, and what must hold for any input."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import measures
from reporting.measures import PostNumbers, Rate, add_up


def test_emv_matches_the_published_unit_value_example() -> None:
    # 5,000 likes x .30 + 500 comments x .50 + 50,000 views / 1000 x .05 = 1,752.50
    post = PostNumbers("instagram", views=50_000, likes=5_000, comments=500)
    rates = [
        Rate("instagram", "likes", 1, Decimal("0.30")),
        Rate("instagram", "comments", 1, Decimal("0.50")),
        Rate("instagram", "views", 1000, Decimal("0.05")),
    ]
    assert measures.emv([post], rates) == Decimal("1752.50")


def test_rates_are_ratios_of_sums_over_posts_that_gave_both_numbers() -> None:
    totals = add_up(
        [
            PostNumbers("tiktok", views=1000, likes=90, comments=10),
            PostNumbers("tiktok", views=9000, likes=100),
            PostNumbers("tiktok", likes=1_000_000),  # no views: must not raise the rate
        ]
    )
    assert measures.engagement_rates(totals)["views"] == Decimal("0.02")
    assert totals.engagements == 1_000_200
    assert totals.counts["views"] == 10_000 and totals.known["views"] == 2
    assert totals.counts["saves"] is None


@pytest.mark.parametrize(
    ("name", "found", "expected"),
    [
        ("cpm", measures.cpm(Decimal(1_500_000), 100_000), Decimal(15_000)),
        ("cpe", measures.cpe(Decimal(1_500_000), 3_000), Decimal(500)),
        ("cpv", measures.cpv(Decimal(1_000), 4_000), Decimal("0.25")),
        ("cpa", measures.cpa(Decimal(600_000), 12), Decimal(50_000)),
        ("roas", measures.roas(Decimal(9_000_000), Decimal(3_000_000)), Decimal(3)),
        ("roi", measures.roi(Decimal(9_000_000), Decimal(3_000_000)), Decimal(2)),
    ],
)
def test_costs_and_returns(name: str, found: Decimal, expected: Decimal) -> None:
    assert found == expected, name


def test_a_zero_or_unknown_denominator_gives_none_not_zero() -> None:
    assert measures.cpm(Decimal(5), 0) is None
    assert measures.cpe(Decimal(5), None) is None
    assert measures.roas(Decimal(5), Decimal(0)) is None
    assert measures.roi(None, Decimal(1)) is None
    assert measures.emv([PostNumbers("youtube", likes=3)], []) is None


counts = st.none() | st.integers(min_value=0, max_value=10**9)
posts = st.lists(
    st.builds(
        PostNumbers,
        platform=st.sampled_from(["instagram", "tiktok", "youtube"]),
        followers=counts, views=counts, reach=counts, impressions=counts,
        likes=counts, comments=counts, shares=counts, saves=counts,
    ),
    max_size=12,
)  # fmt: skip


@given(posts, st.randoms())
def test_order_does_not_matter(rows: list[PostNumbers], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert add_up(rows) == add_up(shuffled)


@given(posts)
def test_totals_are_the_sum_of_what_was_given(rows: list[PostNumbers]) -> None:
    totals = add_up(rows)
    for name in measures.COUNTS:
        given_values = [v for row in rows if (v := getattr(row, name)) is not None]
        assert totals.counts[name] == (sum(given_values) if given_values else None)
        assert totals.known[name] == len(given_values)


@given(posts)
def test_emv_grows_with_every_post(rows: list[PostNumbers]) -> None:
    rates = [Rate("instagram", "likes", 1, Decimal(300)), Rate("tiktok", "views", 1000, Decimal(20_000))]
    for end in range(len(rows)):
        assert (measures.emv(rows[: end + 1], rates) or 0) >= (measures.emv(rows[:end], rates) or 0)
