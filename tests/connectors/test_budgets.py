"""Budgets: however calls are mixed, no window and no day ever holds more than its limit."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krm.connectors import budgets
from krm.connectors.budgets import Bucket, BudgetSpent

START = 1_795_000_000.0
STEPS = st.lists(
    st.tuples(st.floats(0, 30), st.integers(1, 4), st.booleans(), st.sampled_from(["keep", "none", "half"])),
    max_size=60,
)


@pytest.fixture
def key() -> Iterator[str]:
    name = uuid.uuid4().hex
    yield name
    connection = budgets._redis()
    found = list(connection.scan_iter(f"{budgets.PREFIX}*:{name}*"))
    if found:
        connection.delete(*found)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(5, 20), st.sampled_from([6, 60, 90]))
def test_no_window_holds_more_than_the_limit(
    steps: list[tuple[float, int, bool, str]], limit: int, seconds: int
) -> None:
    bucket, key = Bucket("test.window", limit=limit, seconds=seconds), uuid.uuid4().hex
    now, spent = START, []
    for wait, cost, interactive, ending in steps:
        now += wait
        try:
            lease = budgets.reserve(bucket, key, cost, interactive=interactive, now=now)
        except BudgetSpent as refused:
            assert refused.until.timestamp() > now
            continue
        actual = {"keep": cost, "none": 0, "half": cost // 2}[ending]
        budgets.commit(lease, actual)
        spent.append((now, actual))
        assert sum(c for at, c in spent if at > now - seconds) <= limit
        if not interactive:
            assert sum(c for at, c in spent if at > now - seconds) <= int(limit * 0.7 + 1e-6)
    budgets.reset(bucket, key)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 20_000), st.integers(1, 3), st.booleans()), max_size=60))
def test_no_day_holds_more_than_the_limit_and_days_are_cut_in_the_zone(
    steps: list[tuple[float, int, bool]],
) -> None:
    bucket, key = Bucket("test.day", limit=10, kind="day", zone="America/Los_Angeles"), uuid.uuid4().hex
    now, spent = START, {}
    for wait, cost, interactive in steps:
        now += wait
        day, end = budgets._day(bucket, now)
        try:
            budgets.reserve(bucket, key, cost, interactive=interactive, now=now)
        except BudgetSpent as refused:
            assert refused.until == datetime.fromtimestamp(end, UTC)
            continue
        spent[day] = spent.get(day, 0) + cost
        assert spent[day] <= 10
    budgets.reset(bucket, key)


def test_many_workers_at_once_never_overspend(key: str) -> None:
    bucket, granted = Bucket("test.race", limit=50, seconds=600), []

    def work() -> None:
        for _n in range(30):
            try:
                budgets.reserve(bucket, key, interactive=True)
            except BudgetSpent:
                return
            granted.append(1)

    workers = [threading.Thread(target=work) for _n in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(granted) == 50


def test_thirty_percent_is_kept_for_people(key: str) -> None:
    bucket = Bucket("test.share", limit=10, seconds=60)
    for _n in range(7):
        budgets.reserve(bucket, key, now=START)
    with pytest.raises(BudgetSpent):
        budgets.reserve(bucket, key, now=START)
    for _n in range(3):
        budgets.reserve(bucket, key, interactive=True, now=START)
    with pytest.raises(BudgetSpent) as refused:
        budgets.reserve(bucket, key, interactive=True, now=START)
    assert 60 <= refused.value.until.timestamp() - START <= 62
    budgets.reserve(bucket, key, now=START + 62)


def test_a_worker_that_dies_leaves_its_reservation_counted(key: str) -> None:
    bucket = Bucket("test.dead", limit=1, seconds=60)
    budgets.reserve(bucket, key, interactive=True, now=START)
    with pytest.raises(BudgetSpent):
        budgets.reserve(bucket, key, interactive=True, now=START + 30)


def test_what_was_not_spent_comes_back(key: str) -> None:
    bucket = Bucket("test.back", limit=2, seconds=60)
    lease = budgets.reserve(bucket, key, 2, interactive=True, now=START)
    budgets.commit(lease, 0)
    assert budgets.read(bucket, key, now=START).used == 0


def test_the_platform_knows_better(key: str) -> None:
    bucket = Bucket("test.truth", limit=100, seconds=60)
    budgets.reserve(bucket, key, now=START)
    budgets.observe(bucket, key, used=69, limit=90, now=START)
    reading = budgets.read(bucket, key, now=START)
    assert (reading.used, reading.limit) == (69, 90)
    with pytest.raises(BudgetSpent):
        budgets.reserve(bucket, key, now=START)
    budgets.observe(bucket, key, used=3, now=START)  # it never lowers what we counted ourselves
    assert budgets.read(bucket, key, now=START).used == 69


def test_a_percent_header_stops_background_first_and_then_everybody(key: str) -> None:
    bucket = Bucket("test.percent", limit=1000, seconds=3600)
    budgets.observe(bucket, key, percent=60, now=START)
    with pytest.raises(BudgetSpent):
        budgets.reserve(bucket, key, now=START + 1)
    budgets.reserve(bucket, key, interactive=True, now=START + 1)
    budgets.observe(bucket, key, percent=95, now=START + 2)
    with pytest.raises(BudgetSpent):
        budgets.reserve(bucket, key, interactive=True, now=START + 3)
    budgets.reserve(bucket, key, now=START + 303)  # a reading is believed for five minutes
    assert budgets.read(bucket, key, now=START + 4).percent == 95


def test_the_breaker(key: str) -> None:
    bucket = Bucket("test.breaker", limit=100, seconds=60)
    until = datetime.fromtimestamp(START, UTC) + timedelta(minutes=5)
    budgets.block(bucket, key, until)
    with pytest.raises(BudgetSpent) as refused:
        budgets.reserve(bucket, key, interactive=True, now=START + 1)
    assert refused.value.until == until
    assert budgets.read(bucket, key, now=START + 1).blocked_until == until
    budgets.reserve(bucket, key, now=START + 301)
    budgets.unblock(bucket, key)
    budgets.reserve(bucket, key, now=START + 1)


def test_credentials_do_not_share_a_purse(key: str) -> None:
    bucket = Bucket("test.keys", limit=1, seconds=60)
    budgets.reserve(bucket, f"{key}a", interactive=True)
    budgets.reserve(bucket, f"{key}b", interactive=True)
    for suffix in "ab":
        budgets.reset(bucket, key + suffix)
