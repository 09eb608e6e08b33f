"""Scores: values worked by hand, and what must hold for all inputs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creators.scoring import authenticity, engagement, figures, growth, run, tiers
from creators.scoring.definition import Frames, Peers, Result
from creators.scoring.peers import PeerTable, compare

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OLD = [authenticity.DEFINITION, engagement.DEFINITION]


def accounts(**fields: Any) -> pd.DataFrame:
    return pd.DataFrame(
        [{"account_id": 1, "platform": "instagram", "followers": 10_000.0, "following": 500.0, **fields}]
    )


def posts(rows: list[dict[str, Any]]) -> pd.DataFrame:
    base = {"account_id": 1, "is_deleted": False, "kind": "image", "views": np.nan, "reach": np.nan, "shares": np.nan,
            "saves": np.nan, "published_at": NOW - timedelta(days=5)}  # fmt: skip
    return pd.DataFrame([{**base, **row} for row in rows], columns=figures.POST_COLUMNS)


def snapshots(rows: list[dict[str, Any]]) -> pd.DataFrame:
    base = dict.fromkeys(figures.SNAPSHOT_COLUMNS, np.nan) | {
        "account_id": 1, "source": "platform_public", "definition": "", "as_of": date(2026, 11, 1),
    }  # fmt: skip
    return pd.DataFrame([{**base, **row} for row in rows], columns=figures.SNAPSHOT_COLUMNS)


NONE = snapshots([])
NO_POSTS = posts([])


def test_instagram_is_the_median_of_likes_and_comments_by_followers() -> None:
    rows = [{"likes": likes, "comments": 10} for likes in (90, 190, 290, 390, 490, 4990)]
    found = figures.build(accounts(), posts(rows), NONE, NOW).loc[1]
    # medians of 100, 200, 300, 400, 500, 5000 = 350; 350 / 10,000
    assert found["er_followers"] == pytest.approx(0.035, abs=1e-12)
    assert found["n_posts"] == 6


def test_tiktok_is_a_ratio_of_sums() -> None:
    rows = [
        {"likes": 100, "comments": 10, "shares": 5, "saves": 5, "views": 1_000},
        {"likes": 50, "comments": 5, "views": 9_000},
    ]
    found = figures.build(accounts(platform="tiktok"), posts(rows), NONE, NOW).loc[1]
    assert found["er_views"] == pytest.approx((120 + 55) / 10_000, abs=1e-12)  # not (0.12 + 0.0061) / 2


def test_reach_counts_saves_and_only_posts_with_reach() -> None:
    rows = [{"likes": 80, "comments": 10, "saves": 10, "reach": 1_000}, {"likes": 900, "comments": 0}]
    found = figures.build(accounts(), posts(rows), NONE, NOW).loc[1]
    assert found["er_reach"] == pytest.approx(0.1, abs=1e-12)


def test_young_deleted_and_story_posts_do_not_count() -> None:
    rows = [
        {"likes": 100, "comments": 0},
        {"likes": 9_999, "comments": 0, "published_at": NOW - timedelta(hours=47)},
        {"likes": 9_999, "comments": 0, "is_deleted": True},
        {"likes": 9_999, "comments": 0, "kind": "story"},
    ]
    found = figures.build(accounts(), posts(rows), NONE, NOW).loc[1]
    assert (found["n_posts"], found["er_followers"]) == (1, pytest.approx(0.01))


def test_only_the_last_twelve_posts_count() -> None:
    rows = [{"likes": 100, "comments": 0, "published_at": NOW - timedelta(days=3 + n)} for n in range(12)]
    rows += [
        {"likes": 9_999, "comments": 0, "published_at": NOW - timedelta(days=100 + n)} for n in range(12)
    ]
    found = figures.build(accounts(), posts(rows), NONE, NOW).loc[1]
    assert (found["n_posts"], found["er_followers"]) == (12, pytest.approx(0.01))


def test_vendor_averages_stand_in_where_there_are_no_posts() -> None:
    rows = [{"definition": "per_post_average", "source": "vendor_estimate", "followers": 409_800_000,
             "engagement_avg": 23_400_000, "authentic_engagement": 17_800_000}]  # fmt: skip
    found = figures.build(accounts(followers=409_800_000.0), NO_POSTS, snapshots(rows), NOW).loc[1]
    assert found["er_followers"] == pytest.approx(23.4 / 409.8, abs=1e-9)
    assert found["authentic_ratio"] == pytest.approx(17.8 / 23.4, abs=1e-9)
    assert found["basis"] == "averages"


def test_hidden_likes_are_not_zero() -> None:
    rows = [
        {
            "definition": "per_post_average",
            "source": "vendor_estimate",
            "views": 21_700,
            "likes": 0,
            "comments": 111,
        }
    ]
    found = figures.build(accounts(platform="youtube"), NO_POSTS, snapshots(rows), NOW).loc[1]
    assert np.isnan(found["er_views"])


def test_a_zero_denominator_is_undefined() -> None:
    found = figures.build(
        accounts(followers=0.0), posts([{"likes": 5, "comments": 1, "views": 0}]), NONE, NOW
    ).loc[1]
    assert np.isnan(found["er_followers"])
    assert np.isnan(found["er_views"])


def peer_table(rate: float = 0.03, count: int = 200) -> PeerTable:
    size = np.full(count, 4.0)
    spread = np.linspace(-0.2, 0.2, count)
    return PeerTable(
        "instagram", size,
        {"er": np.log10(rate) + spread, "likes_per_comment": np.log10(30) + spread, "view_rate": np.full(count, np.nan),
         "growth_30d": np.log10(1.02) + spread / 20},
    )  # fmt: skip


def test_few_posts_shrink_to_the_peers() -> None:
    rows = figures.build(accounts(), posts([{"likes": 590, "comments": 10}] * 2), NONE, NOW)
    rates = engagement.rates(rows, {"instagram": peer_table(0.03)}).loc[1]
    # raw 6 %, peers' median 3 %: (2 x .06 + 4 x .03) / 6
    assert rates["raw"] == pytest.approx(0.06)
    assert rates["rate"] == pytest.approx((2 * 0.06 + 4 * 0.03) / 6, rel=1e-9)
    assert rates["confidence"] == pytest.approx(2 / 6)


def test_robust_z_and_percentile_by_hand() -> None:
    table = PeerTable("x", np.arange(21.0), {"er": np.arange(21.0)})
    found = compare(table, "er", np.array([1e10]), np.array([20.0]))
    # all 21 peers: median 10, MAD 5, so z = 10 / (1.4826 x 5); 20 below, itself level
    assert found.median[0] == 10
    assert found.z[0] == pytest.approx(10 / 7.413)
    assert found.percentile[0] == pytest.approx(20.5 / 21)


def test_without_enough_peers_nothing_is_said() -> None:
    table = PeerTable("x", np.arange(19.0), {"er": np.arange(19.0)})
    assert np.isnan(compare(table, "er", np.array([10.0]), np.array([1.0])).z[0])


def test_component_curves_by_hand() -> None:
    assert authenticity.tail(np.array([0.0, 2.5, 5.0]), 2.5).tolist() == [1.0, 0.5, pytest.approx(1 / 17)]
    assert authenticity.share_value(np.array([0.3, 0.6, 0.74, 0.9])).tolist() == pytest.approx(
        [0, 0.5, 0.85, 1]
    )
    assert authenticity.following_value(np.array([0.0, 0.1, 3.0, 10.0])).tolist() == pytest.approx(
        [1, 1, 0, 0]
    )


def test_the_score_is_the_weighted_mean_of_what_is_known() -> None:
    index = pd.Index([1], name="account_id")
    value = {
        "growth": 0.8,
        "authentic_share": 0.5,
        "engagement": np.nan,
        "likes_per_comment": 1.0,
        "following": np.nan,
    }
    trust = {
        "growth": 0.5,
        "authentic_share": 0.7,
        "engagement": 0.0,
        "likes_per_comment": 0.6,
        "following": 0.0,
    }
    parts = {
        name: pd.DataFrame({"value": [value[name]], "trust": [trust[name]]}, index=index)
        for name in authenticity.WEIGHTS
    }
    found = authenticity.combine(parts).loc[1]
    assert found["value"] == pytest.approx(100 * (0.25 * 0.8 + 0.25 * 0.5 + 0.2 * 1.0) / 0.7)
    assert found["confidence"] == pytest.approx(0.25 * 0.5 + 0.25 * 0.7 + 0.2 * 0.6)


def series(counts: list[int], platform: str = "instagram") -> pd.DataFrame:
    return snapshots(
        [{"followers": c, "as_of": date(2026, 9, 1) + timedelta(days=n)} for n, c in enumerate(counts)]
    )


def judged(counts: list[int], platform: str = "instagram") -> pd.Series:
    return growth.judge(series(counts), pd.Series({1: platform})).loc[1]


def test_steady_growth_is_clean() -> None:
    found = judged([10_000 + 10 * n for n in range(30)])
    assert (found["growth"], found["flagged"], found["intervals"]) == (1.0, 0, 29)


def test_a_bought_jump_is_flagged_by_its_share() -> None:
    counts = [10_000 + 10 * n + (5_000 if n >= 15 else 0) for n in range(30)]
    found = judged(counts)
    # 28 steps of 10 and one of 5,010: 5,000 of 5,290 adds are suspicious
    assert found["flagged"] == 1
    assert found["growth"] == pytest.approx(1 - 5_000 / 5_290)
    assert str(found["worst_on"])[:10] == "2026-09-16"


def test_rounded_youtube_counts_are_no_anomaly() -> None:
    counts = [
        123_000 + 1_000 * (n // 10) for n in range(40)
    ]  # three significant digits: one step in ten days
    assert judged(counts, "youtube")["flagged"] == 0


def test_growth_over_thirty_days() -> None:
    rows = snapshots(
        [{"followers": 1_000, "as_of": date(2026, 9, 30)}, {"followers": 1_100, "as_of": date(2026, 10, 30)}]
    )
    assert growth.judge(rows, pd.Series({1: "instagram"})).loc[1, "growth_30d"] == pytest.approx(0.1)


def test_a_vendors_estimate_is_never_mixed_into_a_platforms_series() -> None:
    rows = series([10_000 + n for n in range(5)])
    vendor = snapshots([{"followers": 99_000, "source": "vendor_estimate", "as_of": date(2026, 9, 3)}])
    found = growth.one_series(pd.concat([rows, vendor]))
    assert found["followers"].max() == 10_004


def test_tiers() -> None:
    ladder = [(1, 500_000, None), (2, 50_000, 500_000), (3, 10_000, 50_000), (4, 1_000, 10_000)]
    found = tiers.assign(np.array([999, 1_000, 49_999, 50_000, 500_000, np.nan]), ladder)
    assert found.tolist() == [-1, 4, 3, 2, 1, -1]


counts = st.one_of(st.none(), st.integers(min_value=0, max_value=10**9))
row_of_post = st.fixed_dictionaries(
    {"likes": counts, "comments": counts, "shares": counts, "saves": counts, "views": counts, "reach": counts,
     "published_at": st.integers(0, 400).map(lambda d: NOW - timedelta(days=d)), "is_deleted": st.booleans()}
)  # fmt: skip
row_of_snapshot = st.fixed_dictionaries(
    {"as_of": st.integers(0, 300).map(lambda d: date(2026, 1, 1) + timedelta(days=d)), "followers": counts, "likes": counts,
     "comments": counts, "views": counts, "engagement_avg": counts, "authentic_engagement": counts,
     "source": st.sampled_from(["platform_public", "vendor_estimate", "manual"]),
     "definition": st.sampled_from(["", "per_post_average"])}
)  # fmt: skip
platform_names = st.sampled_from(["instagram", "tiktok", "youtube", "x", "facebook"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(row_of_post, max_size=15),
    st.lists(row_of_snapshot, max_size=15, unique_by=lambda r: (r["as_of"], r["source"])),
    platform_names,
    counts,
    counts,
    st.randoms(use_true_random=False),
)
def test_bounded_and_blind_to_the_order_of_rows(
    some: list[dict[str, Any]],
    held: list[dict[str, Any]],
    platform: str,
    followers: Any,
    following: Any,
    random: Any,
) -> None:
    who = accounts(platform=platform, followers=followers, following=following)
    who[["followers", "following"]] = who[["followers", "following"]].astype(float)

    def scored(p: list[dict[str, Any]], s: list[dict[str, Any]]) -> dict[str, Result]:
        frame_p, frame_s = posts(p), snapshots(s)
        for frame in (frame_p, frame_s):
            for column in ("likes", "comments", "shares", "saves", "views", "reach", "followers", "engagement_avg",
                           "authentic_engagement"):  # fmt: skip
                if column in frame:
                    frame[column] = frame[column].astype(float)
        frames = Frames(accounts=who, posts=frame_p, snapshots=frame_s)
        batch = run.score(frames, Peers({("instagram", ""): peer_table()}), NOW, OLD)
        assert not batch.failures
        return {kind: result for (kind, _), result in batch.results.items()}

    first = scored(some, held)
    value = first["authenticity"].scores["value"].dropna()
    assert ((value >= 0) & (value <= 100)).all()
    for result in first.values():
        assert result.scores["confidence"].between(0, 1).all()
        assert result.long()["value"].dropna().between(0, 1).all()
    random.shuffle(some)
    random.shuffle(held)
    again = scored(some, held)
    for kind, result in first.items():
        assert run.inputs_of(again[kind]) == run.inputs_of(result)
        np.testing.assert_allclose(
            again[kind].scores["value"].astype(float), result.scores["value"].astype(float), rtol=1e-9
        )


@given(st.floats(0, 20), st.floats(0, 20))
def test_further_from_the_peers_is_never_better(a: float, b: float) -> None:
    near, far = sorted((a, b))
    assert authenticity.tail(np.array([far]), 2.5)[0] <= authenticity.tail(np.array([near]), 2.5)[0]


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_authentic_engagement_is_never_worse(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert authenticity.share_value(np.array([low]))[0] <= authenticity.share_value(np.array([high]))[0]


@given(st.sets(st.sampled_from(sorted(authenticity.WEIGHTS)), min_size=1))
def test_missing_components_lower_confidence(missing: set[str]) -> None:
    index = pd.Index([1])

    def parts(gone: set[str]) -> dict[str, pd.DataFrame]:
        return {
            name: pd.DataFrame(
                {"value": [np.nan if name in gone else 0.9], "trust": [0.0 if name in gone else 0.8]},
                index=index,
            )
            for name in authenticity.WEIGHTS
        }

    whole, part = authenticity.combine(parts(set())).loc[1], authenticity.combine(parts(missing)).loc[1]
    assert part["confidence"] < whole["confidence"]
    assert np.isnan(part["value"]) or part["value"] == pytest.approx(whole["value"])


def test_the_same_inputs_hash_alike_whatever_their_order() -> None:
    def given(**columns: Any) -> str:
        return run.inputs_of(Result(pd.DataFrame({"value": [1.0], **columns}, index=[7])))[0]

    assert given(a=[1], b=[np.nan]) == given(b=[None], a=[1.0]) == '{"a":1.0}'
    assert run.inputs_hash("v", given(a=[1])) != run.inputs_hash("w", given(a=[1]))


def test_scoring_imports_no_django() -> None:
    import subprocess
    import sys

    code = "import sys; import creators.scoring.registry, creators.scoring.run; sys.exit(any(m.split('.')[0] == 'django' for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
