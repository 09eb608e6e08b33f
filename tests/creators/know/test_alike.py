"""Alike names: pg_trgm's similarity without everybody against everybody; the whole run as a job."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import pytest
from django.db import connection

from creators.duplicates import alike, finding
from creators.models import DuplicatePair
from krm.errors import Conflict
from krm.web.models import Job
from tests.creators.factories import CreatorFactory

SYLLABLES = (
    "an",
    "di",
    "sa",
    "ri",
    "ka",
    "wi",
    "bu",
    "ta",
    "ma",
    "nur",
    "ha",
    "li",
    "zah",
    "pu",
    "tra",
    "dewi",
)


def names(count: int) -> list[tuple[int, str]]:
    draw = random.Random(7)

    def word() -> str:
        return "".join(draw.choice(SYLLABLES) for _n in range(draw.randint(2, 4)))

    made = [f"{word()} {word()}" for _n in range(count)]
    made += [name + draw.choice("aiueo") for name in draw.sample(made, count // 5)]  # a slip of the pen
    return list(enumerate(made))


@pytest.mark.django_db
def test_the_same_similarity_as_the_database() -> None:
    some = [name for _pk, name in names(12)] + ["Ayu-Lestari", "O'Neil  Budi", "Rani2 Putri"]
    with connection.cursor() as cursor:
        for one, two in combinations(some, 2):
            cursor.execute("SELECT similarity(%s, %s)", [one, two])
            expected = cursor.fetchone()[0]
            assert alike.similarity(alike.trigrams(one), alike.trigrams(two)) == pytest.approx(
                expected, abs=1e-6
            )


def test_nobody_is_lost_beside_comparing_everybody() -> None:
    people = names(200)
    grams = {pk: alike.trigrams(name) for pk, name in people}
    expected = {
        (a, b)
        for (a, one), (b, two) in combinations(people, 2)
        if one != two and alike.similarity(grams[a], grams[b]) >= alike.SIMILAR
    }
    assert len(expected) > 30
    assert {(a, b) for a, b, _value in alike.pairs(people, crowd=10_000)} == expected


def test_a_common_name_says_nothing() -> None:
    people = [(n, f"Andi Saputra{chr(97 + n)}") for n in range(9)] + [
        (20, "Bunga Citrawati"),
        (21, "Bunga Citrawatu"),
    ]
    assert [(a, b) for a, b, _value in alike.pairs(people)] == [(20, 21)]


@pytest.mark.django_db
def test_the_whole_run_is_a_job(staff: Any, client_for: Any, drain_events: Any) -> None:
    first = CreatorFactory(name="Siti Nurhaliza", city="Bandung", country="ID")
    second = CreatorFactory(name="Siti Nurhalizah", city="bandung", country="ID")
    CreatorFactory(name="Siti Nurhalizaa", city="Medan", country="ID")  # another city: not enough
    DuplicatePair.objects.all().delete()
    manager = staff()

    page = client_for(manager).post("/creators/duplicates/search/")

    job = Job.objects.get(kind="creators.find_duplicates")
    assert page.status_code == 302 and str(job.pk) in page["location"]
    with pytest.raises(Conflict):
        from creators import jobs

        jobs.start_duplicates(by=manager)

    from krm.web.jobs import run

    run(job.pk)
    job.refresh_from_db()
    assert job.state == "done" and job.result["new"] == 1
    pair = DuplicatePair.objects.get()
    assert {pair.first, pair.second} == {first, second}
    assert {reason["kind"] for reason in pair.reasons} == {"alike", "place"}
    assert pair.confidence == pytest.approx(0.52)
    assert finding.refresh() == 0  # again: the same
