# ruff: noqa: DTZ001 - naive on purpose: sheets have no zones, or made aware at once
"""Walking a list forwards and backwards shows every row once, in order, whatever ties and NULLs there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from krm.web.lists.keyset import Keyset, Order, decode, encode
from krm.web.models import Job

NOW = timezone.make_aware(datetime(2026, 11, 22, 8, 0, 0, 123456))
ORDERS = ["pk", "title", "total", "heartbeat_at", "by__name", Lower("title"), F("total") + F("done")]

row = st.tuples(
    st.sampled_from(["a", "B", "b", "ä", "", "a b", "'%_"]),
    st.sampled_from([None, None, 0, 1, 2, 10**12]),
    st.sampled_from([None, NOW, NOW + timedelta(microseconds=1), NOW - timedelta(days=400)]),
)


def walk(by: Any, descending: bool, size: int) -> tuple[list[int], list[int]]:
    def keyset() -> Keyset:
        return Keyset(Job.objects.all(), Order(by, descending))

    forwards, part = [], keyset().page(size)
    assert part.previous is None
    while True:
        forwards += [job.pk for job in part.rows]
        if part.next is None:
            break
        assert len(forwards) < 100, f"turning in circles: {forwards}"
        part = keyset().page(size, after=part.next)
    backwards = [job.pk for job in part.rows]
    while part.previous is not None:
        assert len(backwards) < 100, f"turning in circles: {backwards}"
        part = keyset().page(size, before=part.previous)
        backwards = [job.pk for job in part.rows] + backwards
    return forwards, backwards


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(row, max_size=14),
    by=st.sampled_from(ORDERS),
    descending=st.booleans(),
    size=st.integers(1, 5),
)
def test_no_row_is_lost_or_shown_twice(
    db: None, rows: list[Any], by: Any, descending: bool, size: int
) -> None:
    with transaction.atomic():
        Job.objects.bulk_create(
            Job(kind="test", title=title, total=total, heartbeat_at=beat) for title, total, beat in rows
        )
        everything = [job.pk for job in Keyset(Job.objects.all(), Order(by, descending)).ordered()]

        forwards, backwards = walk(by, descending, size)

        assert forwards == everything
        assert backwards == everything
        assert len(set(forwards)) == len(rows)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_nulls_come_last_in_both_directions(db: None) -> None:
    for total in (None, 5, 9):
        Job.objects.create(kind="test", title="t", total=total)

    for descending, expected in ((False, [5, 9, None]), (True, [9, 5, None])):
        rows = Keyset(Job.objects.all(), Order("total", descending)).page(10).rows
        assert [job.total for job in rows] == expected


@pytest.mark.django_db
def test_a_row_added_before_the_page_does_not_shift_it(db: None) -> None:
    for number in range(6):
        Job.objects.create(kind="test", title="t", total=number)
    first = Keyset(Job.objects.all(), Order("total", False)).page(3)
    Job.objects.create(kind="test", title="t", total=0)

    second = Keyset(Job.objects.all(), Order("total", False)).page(3, after=first.next)

    assert [job.total for job in second.rows] == [3, 4, 5]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor", ["", "x", "%%%", "bnVsbA", encode("not a number", 1), encode(1, "x"), "W10"]
)
def test_a_broken_cursor_shows_the_first_page(db: None, cursor: str) -> None:
    Job.objects.create(kind="test", title="t", total=1)

    part = Keyset(Job.objects.all(), Order("total", False)).page(10, after=cursor)

    assert [job.total for job in part.rows] == [1]


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(allow_nan=False)), st.integers(1))
def test_cursors_survive_the_trip(value: Any, pk: int) -> None:
    assert decode(encode(value, pk)) == (value, pk)


@given(st.text())
def test_no_cursor_breaks_the_reader(text: str) -> None:
    decode(text)
