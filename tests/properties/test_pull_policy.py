"""Who is read when: bounded, fair, never more than budgets allow."""

from __future__ import annotations

import math
import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from creators.pulling import policy

limits = st.integers(0, 700)
due = st.dictionaries(st.integers(0, 3), st.integers(0, 900))
draws = st.integers(0, 10_000).map(random.Random)


@given(limits, due, draws)
def test_a_tick_is_filled_and_never_overfilled(limit: int, due: dict[int, int], draw: random.Random) -> None:
    taken = policy.divide(limit, due, draw)
    assert sum(taken.values()) == min(limit, sum(due.values()))
    assert all(0 <= number <= due.get(rank, 0) for rank, number in taken.items())


@given(st.integers(1, 700), draws)
def test_quotas_are_whole_and_sum_up(limit: int, draw: random.Random) -> None:
    sure = policy.quotas(limit, draw)
    assert sum(sure.values()) == limit
    for rank, share in policy.GUARANTEED.items():
        assert math.floor(limit * share) <= sure[rank]


@given(due, st.integers(100, 700), draws)
def test_nobody_starves(due: dict[int, int], limit: int, draw: random.Random) -> None:
    taken = policy.divide(limit, due, draw)
    for rank, waiting in due.items():
        assert taken[rank] >= min(waiting, math.floor(limit * policy.GUARANTEED[rank]))


@given(
    st.floats(0.1, 720), st.floats(0.0, 9.0), st.one_of(st.none(), st.floats(0, 90)).map(
        lambda days: None if days is None else timedelta(days=days))
)  # fmt: skip
def test_the_next_pull_is_within_thirty_days(hours: float, restless: float, age: timedelta | None) -> None:
    base = timedelta(hours=hours)
    span = policy.next_in(base, restless, age)
    assert timedelta(0) < span <= policy.LONGEST
    assert span <= 2 * base
    if age is not None and age < timedelta(hours=24):
        assert span <= timedelta(hours=1)


@given(
    st.floats(0.5, 2.0), st.one_of(st.none(), st.floats(-1, 5)), st.integers(0, 50), st.floats(0, 60)
)  # fmt: skip
def test_volatility_stays_in_its_bounds_and_more_news_never_slows(
    before: float, change: float | None, posts: int, days: float
) -> None:
    after = policy.stirred(before, change, posts, days)
    assert policy.RESTLESS <= after <= policy.CALM
    assert policy.stirred(before, change, posts + 100, days) <= after + 1e-9


@given(
    st.floats(1, 1e6), st.floats(0, 2e6), st.floats(60, 86_400), st.floats(0, 1), st.booleans(), st.floats(1, 200)
)  # fmt: skip
def test_a_tick_never_spends_more_than_is_left(
    budget: float, used: float, seconds: float, part: float, day: bool, batch: float
) -> None:
    elapsed = seconds * part if day else None
    given = policy.allowance(budget, used, seconds, elapsed=elapsed, batch=batch)
    assert 0 <= given <= max(0.0, budget - used)


def test_a_day_is_spent_evenly_with_an_hour_ahead() -> None:
    assert policy.allowance(2400, 0, 86_400, elapsed=0) == 100
    assert policy.allowance(2400, 1300, 86_400, elapsed=43_200) == 0
    assert policy.allowance(2400, 1290, 86_400, elapsed=43_200, batch=50) == 50
    assert policy.allowance(140, 0, 3600) == 140 * 30 / 3600 * 2
    assert policy.allowance(140, 139.5, 3600) == 0.5


def test_decay_of_a_tracked_post() -> None:
    hours = {1: 1, 23: 1, 25: 6, 95: 6, 97: 24, 33 * 24: 24}
    for age, every in hours.items():
        assert policy.decay(timedelta(hours=age)) == timedelta(hours=every)
    assert policy.decay(timedelta(days=35)) is None


def test_what_a_million_accounts_get_from_too_small_a_budget() -> None:
    counts, wanted = {0: 4_500, 1: 18_000, 2: 67_500, 3: 360_000}, {0: 0.25, 1: 1.0, 2: 7.0, 3: 30.0}
    real = policy.real_intervals(counts, wanted, 14_400 * 0.7)
    used = sum(counts[rank] / real[rank] for rank in counts)
    assert used <= 14_400 * 0.7 + 1e-6
    assert real[0] >= wanted[0] and all(math.isfinite(days) for days in real.values())
    assert policy.real_intervals(counts, wanted, 1e9) == wanted
