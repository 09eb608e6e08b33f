"""Forecasts of next posts: golden values by hand, honest errors, and what may never happen."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creators import forecasting, scoring_runs
from creators.models import Post, PostForecast, Score
from creators.scoring.definition import Frames, Peers
from creators.scoring.prediction import definition, history, model
from creators.scoring.run import hashes, inputs_of
from tests.creators.factories import PostFactory, SocialAccountFactory

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def posts(likes: list[float | None], *, account: int = 1, kind: str = "reel", **columns: Any) -> pd.DataFrame:
    count = len(likes)
    return pd.DataFrame(
        {
            "account_id": account, "post_id": [1000 * account + n for n in range(count)],
            "published_at": [NOW - timedelta(days=3 + count - n) for n in range(count)],
            "is_deleted": False, "kind": kind, "duration_seconds": np.nan, "views": [None if v is None else 10 * v for v in likes],
            "reach": np.nan, "likes": likes, "comments": [None if v is None else v / 10 for v in likes], "shares": np.nan,
            "saves": np.nan, "mentions": 0, "is_sponsored": np.nan, **columns,
        }
    )  # fmt: skip


def frames(given: pd.DataFrame) -> Frames:
    ids = sorted(given["account_id"].unique())
    accounts = pd.DataFrame({"account_id": ids, "platform": "instagram", "followers": 20_000.0})
    return Frames(accounts=accounts, posts=given)


class TestByHand:
    def test_the_six_forecasters(self) -> None:
        said = history.forecasters(np.log1p(np.array([[1.0, 3.0, 7.0]])))[:, 0, 3]
        a, b, c = math.log(2), math.log(4), math.log(8)
        decay = 0.5 ** (1 / 5)
        by_name = dict(zip(history.FORECASTERS, said, strict=True))
        assert by_name["fade_5"] == pytest.approx((c + decay * b + decay**2 * a) / (1 + decay + decay**2))
        assert by_name["median_10"] == pytest.approx(b)
        assert by_name["mean_5"] == pytest.approx(math.log(1 + 11 / 3))
        assert by_name["max_20"] == pytest.approx(c)

    def test_nothing_is_forecast_from_itself(self) -> None:
        said = history.forecasters(np.log1p(np.array([[100.0, 5.0]])))
        assert np.isnan(said[:, 0, 0]).all()
        assert said[:, 0, 1] == pytest.approx(math.log(101))

    def test_a_steady_account_gets_what_it_always_got(self) -> None:
        table = definition.forecasts(posts([99.0] * 12), frames(posts([99.0] * 12)).accounts, NOW)
        likes = table[table["metric"] == "likes"].iloc[0]
        assert (likes["mid"], likes["posts"]) == (99, 12)
        assert likes["low"] <= 99 <= likes["high"]
        views = table[table["metric"] == "views"].iloc[0]
        assert views["mid"] == 990
        engaged = table[table["metric"] == "engagement"].iloc[0]
        assert engaged["mid"] == 109  # 99 likes and 9.9 comments

    def test_spread_mixes_the_usual_error_with_its_own(self) -> None:
        fitted = model.Params("t", {}, {"*": 0.4}, {"*": (-1.0, 2.0)})
        rows = pd.DataFrame(
            {
                "base": [3.0],
                "form": ["reel"],
                "seen": [6.0],
                "error": [0.2],
                **dict.fromkeys(model.TERMS, 0.0),
            }
        )
        said = model.forecast(rows, fitted).iloc[0]
        assert said["spread"] == pytest.approx((2 * 0.4 + 6 * 0.2) / 8)
        assert (said["low"], said["high"]) == pytest.approx((3 - 0.25, 3 + 0.5))

    def test_long_videos_are_a_format_of_their_own(self) -> None:
        kinds = history.forms(pd.Series(["video", "video", "reel"]), pd.Series([60, 1200, 5000]))
        assert kinds.tolist() == ["video", "long", "reel"]


class TestAlways:
    def result(self, given: pd.DataFrame) -> Any:
        return definition.compute(frames(given), Peers(), NOW)

    @settings(max_examples=25)
    @given(st.lists(st.integers(0, 10**7), min_size=5, max_size=30), st.randoms())
    def test_bounded_ordered_and_blind_to_the_order_of_rows(self, likes: list[int], random: Any) -> None:
        given = posts([float(v) for v in likes])
        first = self.result(given)
        row = first.scores.iloc[0]
        assert 0 <= row["low"] <= row["mid" if "mid" in row else "value"] <= row["high"]
        assert 0 <= row["confidence"] <= 1
        for part in first.parts:
            value = np.asarray(part.value, float)
            assert np.all(np.isnan(value) | ((value >= 0) & (value <= 1)))
        order = list(range(len(given)))
        random.shuffle(order)
        again = self.result(given.iloc[order])
        assert hashes(definition.DEFINITION, inputs_of(first)) == hashes(
            definition.DEFINITION, inputs_of(again)
        )
        assert again.scores["value"].tolist() == first.scores["value"].tolist()

    @settings(max_examples=25)
    @given(st.lists(st.integers(1, 10**6), min_size=8, max_size=20), st.integers(2, 50))
    def test_more_likes_everywhere_never_lower_the_forecast(self, likes: list[int], times: int) -> None:
        low = self.result(posts([float(v) for v in likes])).scores["value"].iloc[0]
        high = self.result(posts([float(v * times) for v in likes])).scores["value"].iloc[0]
        assert high >= low

    def test_fewer_posts_are_surer_of_nothing(self) -> None:
        many = self.result(posts([100.0, 120.0, 90.0, 110.0] * 5)).scores["confidence"].iloc[0]
        few = self.result(posts([100.0, 120.0, 90.0, 110.0, 100.0])).scores["confidence"].iloc[0]
        assert few < many
        none = self.result(posts([100.0] * 4)).scores.iloc[0]
        assert none["confidence"] == 0 and np.isnan(none["value"])

    def test_a_figure_that_was_not_given_is_not_nought(self) -> None:
        hidden = definition.forecasts(posts([None] * 10), frames(posts([None] * 10)).accounts, NOW)
        assert hidden.empty

    def test_deleted_and_young_posts_do_not_count(self) -> None:
        given = posts([100.0] * 8)
        given.loc[7, "published_at"] = NOW - timedelta(hours=20)
        given.loc[6, "is_deleted"] = True
        assert definition.forecasts(given, frames(given).accounts, NOW)["posts"].unique().tolist() == [6]


@pytest.mark.django_db
class TestKept:
    def test_forecast_then_post_then_compared(self) -> None:
        account = SocialAccountFactory()
        start = datetime.now(UTC) - timedelta(days=40)
        for n in range(10):
            PostFactory(
                account=account,
                kind="reel",
                likes=500 + n,
                comments=20,
                published_at=start + timedelta(days=n),
            )
        scoring_runs.score_accounts([account.pk])
        assert Score.objects.get(account=account, kind="prediction").value == pytest.approx(525, abs=10)
        made = start + timedelta(days=12)
        assert forecasting.keep([account.pk], at=made) == 2  # likes and interactions: views were not given
        assert forecasting.keep([account.pk], at=made) == 2
        assert PostForecast.objects.filter(post=None).count() == 2
        post = PostFactory(
            account=account, kind="reel", likes=512, comments=18, published_at=made + timedelta(days=1),
            observed_at=datetime.now(UTC),
        )  # fmt: skip
        PostFactory(account=account, kind="image", likes=9, published_at=made + timedelta(hours=3))
        forecasting.keep([account.pk])
        bound = PostForecast.objects.filter(post=post)
        assert bound.count() == 2 and PostForecast.objects.filter(post=None).count() == 2
        assert forecasting.compare() == 2
        assert dict(bound.values_list("metric", "actual")) == {"likes": 512, "engagement": 530}
        assert forecasting.compare() == 0
        assert forecasting.accuracy([account.pk])[account.pk].inside == 1
        assert len(forecasting.shown([account.pk])[account.pk]["past"]) == 2

    def test_a_post_seen_too_early_waits(self) -> None:
        account = SocialAccountFactory()
        made = datetime.now(UTC) - timedelta(days=20)
        post = PostFactory(
            account=account, kind="reel", likes=5, published_at=made, observed_at=made + timedelta(days=2)
        )
        PostForecast.objects.create(
            account=account, kind="reel", metric="likes", low=1, mid=2, high=3, posts=5, formula_version="t",
            made_at=made, post=post,
        )  # fmt: skip
        assert forecasting.compare() == 0
        Post.objects.filter(pk=post.pk).update(observed_at=made + timedelta(days=8))
        assert forecasting.compare() == 1
