"""Reliability: golden values by hand, shrinkage, and the frame from the agency's own history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns import partnerships
from campaigns.models import Deliverable
from creators import profiles, reliability, scoring_runs
from creators.models import Score
from creators.scoring import reliability as rule
from creators.scoring.definition import Frames, Peers
from creators.scoring.run import hashes, inputs_of
from creators.scoring.wording import sentence
from tests.campaigns import factories as f

NOW = datetime(2026, 11, 20, tzinfo=UTC)
GOOD: dict[str, float] = {
    "pieces": 10, "on_time": 9, "no_shows": 0, "delivered": 10, "revisions": 10, "rounds": 20, "offers": 5, "unanswered": 0,
    "hours": 12, "worked": 4, "cancelled": 0, "ratings": 3, "rating": 5, "briefs": 4, "reading_hours": 6, "invoices": 4,
    "clean": 4,
}  # fmt: skip


def judge(*rows: dict[str, Any]) -> Any:
    history = pd.DataFrame([{"account_id": n + 1, **row} for n, row in enumerate(rows)]).reindex(
        columns=rule.COLUMNS
    )
    accounts = pd.DataFrame({"account_id": history["account_id"], "platform": "instagram", "followers": 1.0})
    return rule.compute(Frames(accounts=accounts, history=history), Peers(), NOW)


def parts(result: Any) -> dict[str, float]:
    return {part.name: float(np.asarray(part.value)[0]) for part in result.parts}


def test_by_hand() -> None:
    found = parts(judge(GOOD))
    assert found["on_time"] == pytest.approx((9 + 4 * 0.80) / 14)
    assert found["delivered"] == pytest.approx((10 + 6 * 0.95) / 16)
    assert found["revisions"] == pytest.approx((10 * 0.75 + 3 * 0.70) / 13)  # one round of two a piece
    assert found["answers"] == pytest.approx((5 * np.exp(-12 / 72) + 2 * 0.60) / 7)
    assert found["kept"] == pytest.approx((4 + 4 * 0.95) / 8)
    assert found["rating"] == pytest.approx((3 * 1.0 + 2 * 0.65) / 5)
    assert found["reading"] == pytest.approx((4 * np.exp(-6 / 72) + 2 * 0.60) / 6)
    assert found["invoices"] == pytest.approx((4 + 3 * 0.80) / 7)
    value = judge(GOOD).scores["value"].iloc[0]
    assert value == pytest.approx(100 * sum(rule.WEIGHTS[name] * found[name] for name in rule.WEIGHTS))


def test_one_good_piece_is_not_yet_reliable() -> None:
    once = judge({"pieces": 1, "on_time": 1, "delivered": 1, "revisions": 0, "rounds": 2})
    often = judge({"pieces": 30, "on_time": 30, "delivered": 30, "revisions": 0, "rounds": 60})
    assert once.scores["value"].iloc[0] < often.scores["value"].iloc[0]
    assert once.scores["confidence"].iloc[0] < 0.2 < often.scores["confidence"].iloc[0]


def test_nobody_is_judged_by_a_brief_alone() -> None:
    scores = judge({"briefs": 3, "reading_hours": 2}).scores.iloc[0]
    assert np.isnan(scores["value"]) and scores["confidence"] == 0


@settings(max_examples=40)
@given(st.integers(0, 30), st.integers(0, 30), st.floats(0, 400), st.floats(1, 5))
def test_bounded_and_monotone(on_time: int, late: int, hours: float, rating: float) -> None:
    row = GOOD | {"pieces": on_time + late, "on_time": on_time, "hours": hours, "rating": rating}
    better = row | {"pieces": on_time + late + 1, "on_time": on_time + 1}
    worse = row | {"hours": hours + 24}
    base, up, down = (judge(one).scores.iloc[0] for one in (row, better, worse))
    assert 0 <= base["low"] <= base["value"] <= base["high"] <= 100
    assert up["value"] >= base["value"] - 1e-9 and down["value"] <= base["value"] + 1e-9
    assert 0 <= base["confidence"] <= 1


@pytest.mark.parametrize("gone", [("ratings", "rating"), ("invoices", "clean"), ("briefs", "reading_hours")])
def test_what_is_not_known_lowers_confidence_and_what_is_not_good_is_not_gained(
    gone: tuple[str, str],
) -> None:
    whole = judge(GOOD).scores.iloc[0]
    less = judge({k: v for k, v in GOOD.items() if k not in gone}).scores.iloc[0]
    assert less["confidence"] < whole["confidence"]
    assert less["value"] <= whole["value"] + 100 * 0.02


def test_the_order_of_rows_and_the_hash() -> None:
    one, two = judge(GOOD, GOOD | {"on_time": 2}), judge(GOOD | {"on_time": 2}, GOOD)
    assert one.scores["value"].tolist() == two.scores["value"].tolist()[::-1]
    assert hashes(rule.DEFINITION, inputs_of(one)) == hashes(rule.DEFINITION, inputs_of(two))[::-1]


@pytest.mark.django_db
def test_from_a_partnership_to_a_score_that_says_why() -> None:
    piece = f.deliverable_in("accepted")
    now = timezone.now()
    Deliverable.objects.filter(pk=piece.pk).update(
        publish_on=now - timedelta(days=5), published_at=now - timedelta(days=3)
    )
    partnerships.rate(piece.partnership, by=f.make_admin(), score=5)
    creator, account = piece.partnership.creator, piece.partnership.creator.primary_account
    counted = reliability.of_creators([creator.pk]).iloc[0]
    assert (counted["pieces"], counted.fillna(0)["on_time"], counted["ratings"], counted["offers"]) == (
        1,
        0,
        1,
        1,
    )
    scoring_runs.score_accounts([account.pk])
    score = Score.objects.get(account=account, kind="reliability", is_current=True)
    said = {part.name: part.sentence for part in profiles.parts_of(score, "en")}
    assert (
        said["on_time"]
        == "0 of 1 pieces came on the day agreed; with few pieces, pulled towards the usual 80%."
    )
    assert (
        said["rating"]
        == "Our people gave 5.0 of 5 for professionalism (ratings: 1); with few ratings, pulled towards the usual 65 of 100."
    )
    assert all(part.sentence for part in profiles.parts_of(score, "id"))
    stranger = f.make_creator().primary_account
    scoring_runs.score_accounts([stranger.pk])
    assert not Score.objects.filter(account=stranger, kind="reliability").exists()


@pytest.mark.django_db
def test_a_rating_asks_for_a_new_score(drain_events: Any) -> None:
    partnership = f.signed().partnership
    drain_events()
    partnerships.rate(partnership, by=f.make_admin(), score=4)
    drain_events()
    from krm.events.models import Event

    assert Event.objects.filter(name="campaigns.partnership_rated").exists()


def test_few_cases_say_what_they_are_pulled_towards() -> None:
    """Two of two on time is not 100 %: the sentence beside the value says why, in both languages."""

    def told(pieces: float, lang: str) -> str:
        result = judge({"pieces": pieces, "on_time": pieces, "offers": 2, "hours": 5, "unanswered": 0})
        (part,) = [one for one in result.parts if one.name == "on_time"]
        facts = {key: np.asarray(values)[0] for key, values in part.facts.items()}
        return sentence(rule.DEFINITION, ["on_time", 0.9, 0.28, None, pieces, facts], lang)

    assert (
        told(2, "en")
        == "2 of 2 pieces came on the day agreed; with few pieces, pulled towards the usual 80%."
    )
    assert told(2, "id").endswith("; karena konten masih sedikit, ditarik ke nilai lazim 80%.")
    assert told(12, "en") == "12 of 12 pieces came on the day agreed."
