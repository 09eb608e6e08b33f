"""Scores in the database: bulk, history, idempotence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.timezone import now

from creators import benchmarks, profiles, scoring_runs
from creators.models import BenchmarkRow, PeerSample, Score, SocialAccount
from krm.events.models import Event
from tests.creators.factories import PostFactory, SocialAccountFactory

pytestmark = pytest.mark.django_db


def population(count: int = 40) -> list[SocialAccount]:
    made = []
    for n in range(count):
        account = SocialAccountFactory.with_history([10_000 + 10 * k + n for k in range(8)])
        for k in range(8):
            PostFactory(
                account=account,
                likes=300 + n,
                comments=10 + n % 3,
                published_at=now() - timedelta(days=3 + k),
            )
        made.append(account)
    return made


def test_accounts_get_scores_reasons_and_headlines() -> None:
    accounts = population()
    written = scoring_runs.score_accounts([a.pk for a in accounts])
    assert written == Score.objects.filter(is_current=True).count() >= 40 * 2

    account = SocialAccount.objects.select_related("creator", "tier").get(pk=accounts[5].pk)
    assert account.engagement_rate == pytest.approx((305 + 10 + 5 % 3) / account.followers)
    assert (account.tier.name, account.sparkline[-1], account.engagement_basis) == (
        "Micro",
        10_075,
        "followers",
    )
    assert account.authenticity is not None
    assert account.creator.authenticity == account.authenticity
    assert account.creator.engagement_rate == account.engagement_rate
    score = Score.objects.get(account=account, kind="authenticity", is_current=True)
    parts = profiles.parts_of(score, "en")
    assert {part.name for part in parts} == {"growth", "normality"}
    assert sum(part.weight for part in parts) == pytest.approx(1)
    assert score.value == pytest.approx(100 * sum(part.weight * part.value for part in parts), abs=1e-3)
    assert all(part.sentence for part in [*parts, *profiles.parts_of(score, "id")])
    assert (score.as_of, score.source) == (date(2026, 9, 8), "platform_public")
    assert PeerSample.objects.get(platform="instagram", format="").count == 40
    assert BenchmarkRow.objects.filter(metric="er", tier="Micro").exists()
    assert Event.objects.filter(name="creators.scores_updated").count() == 40


def test_scoring_again_writes_nothing_and_new_figures_keep_history() -> None:
    accounts = population(25)
    ids = [a.pk for a in accounts]
    scoring_runs.score_accounts(ids)
    assert scoring_runs.score_accounts(ids) == 0
    PostFactory(account=accounts[0], likes=900, comments=50, published_at=now() - timedelta(days=3))
    written = scoring_runs.score_accounts(ids)
    assert written == Score.objects.filter(account=accounts[0], is_current=False).count() > 1
    rows = Score.objects.filter(account=accounts[0], kind="engagement")
    assert (rows.count(), rows.filter(is_current=True).count()) == (2, 1)
    found = profiles.explain([accounts[0]])[accounts[0].pk]["engagement"]
    assert found.changed is not None


def test_an_account_of_which_nothing_is_known_has_no_score() -> None:
    account = SocialAccountFactory(followers=None)
    scoring_runs.score_accounts([account.pk])
    score = Score.objects.get(account=account, kind="authenticity")
    assert (score.value, score.confidence, score.components) == (None, 0, [])


def test_the_sample_is_the_same_for_the_same_population() -> None:
    population(25)
    benchmarks.rebuild()
    first = list(PeerSample.objects.order_by("pk").values_list("format", "figures"))
    benchmarks.rebuild()
    assert list(PeerSample.objects.order_by("pk").values_list("format", "figures")) == first
