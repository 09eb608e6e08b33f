"""Engagement er-2.0 and the content scores: values worked by hand, and what must hold for all inputs."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creators.scoring import (
    consistency,
    definition,
    engagement_v2,
    format_strength,
    innovation,
    registry,
    run,
    wording,
)
from creators.scoring.definition import Frames, Peers, Result
from creators.scoring.peers import PeerTable

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FIGURES = (
    "views",
    "reach",
    "impressions",
    "likes",
    "comments",
    "shares",
    "saves",
    "duration_seconds",
    "is_sponsored",
)
EXACT = 1e-9


def accounts(**fields: Any) -> pd.DataFrame:
    row = {"account_id": 1, "platform": "instagram", "followers": 10_000.0, "following": 500.0,
           "figures_as_of": pd.Timestamp("2026-11-21"), "figures_source": "platform_public"}  # fmt: skip
    return pd.DataFrame([{**row, **fields}])


def posts(rows: list[dict[str, Any]]) -> pd.DataFrame:
    base = {"account_id": 1, "is_deleted": False, "kind": "image", "published_at": NOW - timedelta(days=5)}
    columns = ["account_id", "post_id", "published_at", "is_deleted", "kind", *FIGURES]
    frame = pd.DataFrame([{**base, "post_id": n, **row} for n, row in enumerate(rows)], columns=columns)
    frame[list(FIGURES)] = frame[list(FIGURES)].astype(float)
    return frame


def snapshots(rows: list[dict[str, Any]] | None = None) -> pd.DataFrame:
    from creators.scoring import figures

    base = dict.fromkeys(figures.SNAPSHOT_COLUMNS, np.nan) | {
        "account_id": 1, "source": "vendor_estimate", "definition": "per_post_average", "as_of": date(2026, 11, 1),
    }  # fmt: skip
    return pd.DataFrame([{**base, **row} for row in rows or []], columns=figures.SNAPSHOT_COLUMNS)


def tags(rows: list[tuple[int, str, str, int]] | None = None) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "account_id": 1,
                "post_id": post,
                "sign": sign,
                "tag": tag,
                "published_at": NOW - timedelta(days=days),
            }
            for post, sign, tag, days in rows or []
        ],
        columns=["account_id", "post_id", "published_at", "sign", "tag"],
    )


def frames(
    some: list[dict[str, Any]], held: list[dict[str, Any]] | None = None, marks: Any = None, **account: Any
) -> Frames:
    return Frames(
        accounts=accounts(**account), posts=posts(some), snapshots=snapshots(held), tags=tags(marks)
    )


def table(platform: str = "instagram", rate: float = 0.03, **more: float) -> PeerTable:
    spread = np.linspace(-0.2, 0.2, 200)
    values = {name: np.log10(middle) + spread for name, middle in {"rate": rate, **more}.items()}
    return PeerTable(platform, np.full(200, 4.0), values)


NONE = Peers()


def one(result: Result) -> Any:
    return result.scores.loc[1]


def part(result: Result, name: str) -> dict[str, Any]:
    long = result.long()
    row = long[long["name"] == name].iloc[0]
    return {**row.to_dict(), **row["facts"]}


def days(n: float) -> datetime:
    return NOW - timedelta(days=n)


def test_instagram_by_followers_is_the_median_of_the_last_twelve() -> None:
    rows = [{"likes": likes, "comments": 10, "published_at": days(3 + n)} for n, likes in
            enumerate((90, 190, 290, 390, 490, 4_990, 90, 190, 290, 390, 490, 4_990, 99_999, 99_999))]  # fmt: skip
    found = one(engagement_v2.compute(frames(rows), NONE, NOW))
    # twelve sums: twice 100, 200, 300, 400, 500, 5,000; the middle two are 300 and 400
    assert found["value"] == pytest.approx(350 / 10_000, abs=EXACT)
    assert found["n_posts"] == 12
    assert found["confidence"] == pytest.approx(12 / 16, abs=EXACT)
    # MAD: |300-350| = 50 twice, 150 four times, 250 twice, 4650 twice → ordered middle is 150
    half = engagement_v2.Z_90 * engagement_v2.MEDIAN_SE * 1.4826 * 150 / (math.sqrt(12) * 10_000)
    assert found["low"] == pytest.approx(0.035 - half, abs=EXACT)
    assert found["high"] == pytest.approx(0.035 + half, abs=EXACT)


def test_tiktok_is_a_ratio_of_sums_with_shares_and_saves() -> None:
    rows = [
        {"kind": "video", "likes": 100, "comments": 10, "shares": 5, "saves": 5, "views": 1_000},
        {"kind": "video", "likes": 50, "comments": 5, "views": 9_000},
    ]
    result = engagement_v2.compute(frames(rows, platform="tiktok"), NONE, NOW)
    found = one(result)
    rate = (120 + 55) / 10_000  # not (.12 + .0061) / 2
    assert found["value"] == pytest.approx(rate, abs=EXACT)
    # residuals 120 - .0175 x 1,000 = 102.5 and 55 - .0175 x 9,000 = -102.5
    error = math.sqrt(2 * 102.5**2 * 2 / 1) / 10_000
    assert found["high"] == pytest.approx(rate + engagement_v2.Z_90 * error, abs=EXACT)
    assert found["low"] == 0.0
    assert found["er_basis"] == "views"
    assert part(result, "by_followers")["rate"] == pytest.approx(87.5 / 10_000, abs=1e-6)


def test_reach_and_impressions_count_saves_and_only_posts_that_have_them() -> None:
    rows = [
        {"likes": 80, "comments": 10, "saves": 10, "reach": 1_000, "impressions": 2_000},
        {"likes": 900, "comments": 0},
    ]
    found = one(engagement_v2.compute(frames(rows), NONE, NOW))
    assert found["er_reach"] == pytest.approx(0.1, abs=EXACT)
    assert found["er_impressions"] == pytest.approx(0.05, abs=EXACT)


def test_x_goes_by_impressions_else_views_else_followers() -> None:
    def basis(**figures: float) -> tuple[str, float]:
        found = one(
            engagement_v2.compute(
                frames([{"kind": "text", "likes": 50, "comments": 10, **figures}], platform="x"), NONE, NOW
            )
        )
        return found["er_basis"], found["value"]

    assert basis(impressions=6_000, views=3_000) == ("impressions", pytest.approx(0.01, abs=EXACT))
    assert basis(views=3_000) == ("views", pytest.approx(0.02, abs=EXACT))
    assert basis() == ("followers", pytest.approx(0.006, abs=EXACT))


def test_shorts_and_long_form_are_never_mixed() -> None:
    rows = [
        {"kind": "short", "likes": 900, "comments": 100, "views": 10_000, "published_at": days(3 + n)}
        for n in range(4)
    ]
    rows += [
        {
            "kind": "video",
            "duration_seconds": 45,
            "likes": 900,
            "comments": 100,
            "views": 10_000,
            "published_at": days(8),
        }
    ]
    rows += [
        {
            "kind": "video",
            "duration_seconds": 900,
            "likes": 200,
            "comments": 0,
            "views": 10_000,
            "published_at": days(9),
        }
    ]
    result = engagement_v2.compute(frames(rows, platform="youtube"), NONE, NOW)
    assert (one(result)["format"], one(result)["value"]) == ("short", pytest.approx(0.1, abs=EXACT))
    assert part(result, "format:short")["evidence"] == 5  # a video of 45 seconds is a Short
    assert part(result, "format:video")["rate"] == pytest.approx(0.02, abs=1e-6)


def test_young_deleted_and_story_posts_do_not_count() -> None:
    rows = [
        {"likes": 100, "comments": 0},
        {"likes": 9_999, "comments": 0, "published_at": NOW - timedelta(hours=47, minutes=59)},
        {"likes": 9_999, "comments": 0, "is_deleted": True},
        {"likes": 9_999, "comments": 0, "kind": "story"},
    ]
    found = one(engagement_v2.compute(frames(rows), NONE, NOW))
    assert (found["n_posts"], found["value"]) == (1, pytest.approx(0.01, abs=EXACT))
    assert np.isnan(found["low"])  # one post has no spread


def test_under_six_posts_a_rate_is_drawn_to_its_peers_of_that_format() -> None:
    rows = [{"kind": "reel", "likes": 590, "comments": 10}] * 2 + [
        {"kind": "image", "likes": 190, "comments": 10}
    ] * 3
    peers = Peers({("instagram", ""): table(rate=0.03), ("instagram", "reel"): table(rate=0.05)})
    result = engagement_v2.compute(frames(rows), peers, NOW)
    assert one(result)["value"] == pytest.approx((5 * 0.02 + 4 * 0.03) / 9, rel=1e-9)
    assert part(result, "format:reel")["rate"] == pytest.approx((2 * 0.06 + 4 * 0.05) / 6, rel=1e-5)
    assert part(result, "format:reel")["median"] == pytest.approx(0.05, rel=1e-5)
    assert part(result, "format:image")["rate"] == pytest.approx(0.02, rel=1e-5)  # no peers: as it is


@pytest.mark.parametrize(("likes", "verdict"), [(40, "low"), (280, "usual"), (2_000, "high")])
def test_both_tails_are_flagged(likes: int, verdict: str) -> None:
    rows = [{"likes": likes, "comments": 20, "published_at": days(3 + n)} for n in range(8)]
    result = engagement_v2.compute(frames(rows), Peers({("instagram", ""): table(rate=0.03)}), NOW)
    assert one(result)["verdict"] == verdict
    flag = part(result, "for_size")
    assert (flag["value"] < 0.5) == (verdict != "usual")
    # robust z by hand: spread .4 over 200 points: MAD .1 of log10
    z = (math.log10((likes + 20) / 10_000) - math.log10(0.03)) / (1.4826 * 0.1)
    assert flag["value"] == pytest.approx(1 / (1 + (abs(z) / 2.5) ** 4), rel=0.02)


def test_a_vendors_averages_stand_in_where_there_are_no_posts() -> None:
    held = [{"followers": 409_800_000, "engagement_avg": 23_400_000}]
    found = one(engagement_v2.compute(frames([], held, followers=409_800_000.0), NONE, NOW))
    assert found["value"] == pytest.approx(23.4 / 409.8, abs=EXACT)
    assert (found["basis"], found["confidence"]) == ("averages", 0.5)


def test_sentences_in_both_languages() -> None:
    rows = [{"likes": 340, "comments": 2, "published_at": days(3 + n)} for n in range(12)]
    peers = Peers({("instagram", ""): table(rate=0.03)})
    stored = engagement_v2.compute(frames(rows), peers, NOW).stored()[0]
    by_followers = next(one for one in stored if one[0] == "by_followers")
    assert wording.sentence(engagement_v2.DEFINITION, by_followers, "en") == (
        "Interactions are 3.4% of followers over 12 posts, above 64% of the 200 nearest accounts by size (usual: 3.0%)."
    )
    assert wording.sentence(engagement_v2.DEFINITION, by_followers, "id") == (
        "Interaksi 3,4% dari pengikut pada 12 unggahan, di atas 64% dari 200 akun yang paling dekat ukurannya (umumnya 3,0%)."
    )


def test_every_definition_has_words_for_every_component_in_both_languages() -> None:
    for one_definition in registry.DEFINITIONS:
        for name, pair in {**one_definition.names, **one_definition.verdicts}.items():
            assert all(pair), (one_definition.version, name)
        stems = {name.split(":")[0] for name in one_definition.names}
        told = {name.split(".")[0].split(":")[0] for name in one_definition.sentences}
        assert stems <= told, one_definition.version
        assert all(one_definition.label), one_definition.version
        assert all(one_definition.formula), one_definition.version


def test_cadence_rhythm_silence_and_topic_by_hand() -> None:
    # every third day for 90 days, known until now: 30 gaps of 3 days
    rows = [{"likes": 1, "published_at": days(2 + 3 * n)} for n in range(30)]
    marks = [(n, "#", "food" if n < 15 else "travel", 2 + 3 * n) for n in range(30)] + [
        (n, "#", "jkt", 2 + 3 * n) for n in range(30)
    ]
    result = consistency.compute(frames(rows, marks=marks, figures_as_of=pd.NaT), NONE, NOW)
    found = one(result)
    per_week = 30 * 7 / 90
    assert found["per_week"] == pytest.approx(per_week, abs=EXACT)
    assert found["gap_variation"] == pytest.approx(0, abs=EXACT)
    assert found["longest_silence"] == 3
    # newer half food and jkt, older half travel and jkt, fifteen times each: 15 x 15 / (15² + 15²)
    assert found["topic_match"] == pytest.approx(0.5, abs=EXACT)
    value = 0.35 * per_week / (per_week + 1) + 0.30 * 1 + 0.15 / (1 + (3 / 21) ** 2) + 0.20 * 0.5
    assert found["value"] == pytest.approx(100 * value, abs=1e-7)
    sure = 0.35 * 30 / 34 + 0.30 * 29 / 35 + 0.15 * 30 / 34 + 0.20 * 30 / 36
    assert found["confidence"] == pytest.approx(sure, abs=EXACT)
    assert found["low"] <= found["value"] <= found["high"]
    assert found["high"] - found["low"] == pytest.approx(100 * (1 - sure), abs=1e-7)


def test_format_strength_by_hand() -> None:
    rows = [{"kind": "reel", "likes": 500, "comments": 0, "published_at": days(3 + n)} for n in range(6)]
    rows += [{"kind": "image", "likes": 200, "comments": 0, "published_at": days(3.5 + n)} for n in range(6)]
    rows += [
        {"kind": "carousel", "likes": 900, "comments": 0, "published_at": days(30)}
    ]  # one is too few to judge
    peers = Peers({("instagram", name): table(rate=0.03) for name in ("", "reel", "image", "carousel")})
    result = format_strength.compute(frames(rows), peers, NOW)
    spread = np.log10(0.03) + np.linspace(-0.2, 0.2, 200)
    reel, image, whole = ((spread < np.log10(rate)).mean() for rate in (0.05, 0.02, 0.035))
    assert (reel, image) == (1.0, pytest.approx(0.06))
    assert one(result)["value"] == pytest.approx(
        100 * (0.7 * (0.5 * reel + 0.5 * image) + 0.3 * whole), abs=1e-6
    )
    assert one(result)["verdict"] == "reel"
    assert part(result, "format:reel")["case"] == "over"
    assert part(result, "format:reel")["versus"] == pytest.approx(1.5, rel=1e-5)
    assert part(result, "format:image")["case"] == "under"
    assert "format:carousel" not in set(result.long()["name"])


def test_innovation_by_hand() -> None:
    older = [
        {"kind": "image", "likes": 100, "comments": 0, "is_sponsored": 0, "published_at": days(300 + n)}
        for n in range(12)
    ]
    recent = [
        {"kind": "reel", "likes": 80, "comments": 0, "is_sponsored": n % 2, "published_at": days(3 + n)}
        for n in range(8)
    ]
    marks = [(n, "@", f"friend{n % 5}", 3 + n) for n in range(8)]
    result = innovation.compute(frames(older + recent, marks=marks), NONE, NOW)
    found = one(result)
    entropy = -(0.6 * math.log(0.6) + 0.4 * math.log(0.4))
    assert found["effective_formats"] == pytest.approx(math.exp(entropy), abs=EXACT)
    variety = (math.exp(entropy) - 1) / 2
    # 4 of 20 sponsored (full mix); reels alone are sponsored: 80 against the median of twelve 100 and four 80 = 100
    value = 0.30 * variety + 0.20 * 0.5 + 0.25 * 0.5 + 0.10 * 1.0 + 0.15 * 0.8
    assert found["value"] == pytest.approx(100 * value, abs=1e-7)
    assert part(result, "new_formats")["form"] == "reel"
    assert found["sponsored_answer"] == pytest.approx(0.8, abs=EXACT)


counts = st.one_of(st.none(), st.integers(0, 10**8))
some_post = st.fixed_dictionaries(
    dict.fromkeys(("likes", "comments", "shares", "saves", "views", "reach", "impressions"), counts)
    | {"published_at": st.integers(0, 400 * 24).map(lambda h: NOW - timedelta(hours=h)), "is_deleted": st.booleans(),
       "kind": st.sampled_from(["image", "reel", "video", "short", "carousel", "story", "text"]),
       "is_sponsored": st.sampled_from([None, 0, 1]), "duration_seconds": st.one_of(st.none(), st.integers(1, 4000))}
)  # fmt: skip
MINE = [consistency.DEFINITION, engagement_v2.DEFINITION, format_strength.DEFINITION, innovation.DEFINITION]
PEERS = Peers(
    {(platform, name): table(platform, er_followers=0.02, er_views=0.02, posts_per_week=2.0)
     for platform in ("instagram", "youtube", "x") for name in ("", "reel", "short", "video", "image")}
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    st.lists(some_post, max_size=20),
    st.sampled_from(["instagram", "tiktok", "youtube", "x", "facebook"]),
    counts,
    st.randoms(use_true_random=False),
)
def test_bounded_sure_of_itself_and_blind_to_the_order_of_rows(
    some: list[dict[str, Any]], platform: str, followers: Any, random: Any
) -> None:
    def scored(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Result]:
        numbered = (
            [{"post_id": n, **row} for n, row in enumerate(rows)]
            if rows and "post_id" not in rows[0]
            else rows
        )
        batch = run.score(
            frames(numbered, platform=platform, followers=float(followers or 0)), PEERS, NOW, MINE
        )
        assert not batch.failures, batch.failures
        return batch.results

    numbered = [{"post_id": n, **row} for n, row in enumerate(some)]
    first = scored(numbered)
    for result in first.values():
        row = one(result)
        assert 0 <= row["confidence"] <= 1
        if not np.isnan(row["value"]):
            assert row["value"] >= 0
            if "low" in row and not np.isnan(row["low"]):
                assert row["low"] - 1e-9 <= row["value"] <= row["high"] + 1e-9
        if result is not first[("engagement", "er-2.0")] and not np.isnan(row["value"]):
            assert row["value"] <= 100 + 1e-9
        long = result.long()
        assert long["value"].dropna().between(0, 1).all()
        weights = long.loc[long["value"].notna(), "weight"].sum()
        assert weights == pytest.approx(1, abs=1e-4) or weights == 0
    random.shuffle(numbered)
    for key, result in scored(numbered).items():
        assert run.inputs_of(result) == run.inputs_of(first[key])
        assert run.components_of(result) == run.components_of(first[key])


part_values = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=4, max_size=4)
NAMES4 = dict(zip("abcd", (0.4, 0.3, 0.2, 0.1), strict=True))


@given(part_values, st.sets(st.sampled_from("abcd"), min_size=1, max_size=3))
def test_missing_data_lowers_confidence_and_never_raises_what_is_certain(
    given_parts: list[tuple[float, float]], gone: set[str]
) -> None:
    def both(missing: set[str]) -> tuple[float, float, float, float]:
        parts = {
            name: (np.array([np.nan if name in missing else value]), np.array([trust]))
            for name, (value, trust) in zip("abcd", given_parts, strict=True)
        }
        mean, sure, _ = definition.weighted(parts, NAMES4)
        low, high = definition.bounds(parts, NAMES4)
        return mean[0], sure[0], low[0], high[0]

    whole, less = both(set()), both(gone)
    assert less[1] <= whole[1] + 1e-12
    assert less[2] <= whole[2] + 1e-12  # the lower end never rises
    assert less[3] >= whole[3] - 1e-12
    if not np.isnan(less[0]):
        assert less[2] - 1e-9 <= less[0] <= less[3] + 1e-9
        best = max(value for name, (value, _) in zip("abcd", given_parts, strict=True) if name not in gone)
        assert less[0] <= best + 1e-12  # never better than the best that is known


@given(part_values, st.sampled_from("abcd"), st.floats(0, 1))
def test_a_better_part_is_never_a_worse_score(
    given_parts: list[tuple[float, float]], name: str, better: float
) -> None:
    def mean(values: dict[str, float]) -> float:
        return float(
            definition.weighted({k: (np.array([v]), np.array([1.0])) for k, v in values.items()}, NAMES4)[0][
                0
            ]
        )

    before = {key: value for key, (value, _) in zip("abcd", given_parts, strict=True)}
    after = {**before, name: max(before[name], better)}
    assert mean(after) >= mean(before) - 1e-12


@given(st.floats(0, 50), st.floats(0, 50))
def test_curves_are_monotone(a: float, b: float) -> None:
    low, high = (np.array([v]) for v in sorted((a, b)))
    assert consistency.cadence_value(low) <= consistency.cadence_value(high)
    assert consistency.regularity_value(low) >= consistency.regularity_value(high)
    assert consistency.silence_value(low) >= consistency.silence_value(high)
    assert engagement_v2.for_size(low) >= engagement_v2.for_size(high)
    assert innovation.mix_value(low) >= innovation.mix_value(high)
    assert innovation.variety_value(low, np.array([4.0])) <= innovation.variety_value(high, np.array([4.0]))


def test_more_likes_never_lower_the_rate() -> None:
    def value(likes: int) -> float:
        return float(
            one(engagement_v2.compute(frames([{"likes": likes, "comments": 1}] * 3), PEERS, NOW))["value"]
        )

    rates = [value(likes) for likes in (0, 10, 100, 1_000)]
    assert rates == sorted(rates)
