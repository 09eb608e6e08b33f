"""Do followers look fake: curves, types, the share of a sample, lists, and samples on a page."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from creators import samples, scoring_runs
from creators.models import FollowerSample, Score
from creators.scoring.audience import followers
from krm.errors import Denied
from krm.web import jobs
from tests.creators.factories import SocialAccountFactory

COUNT = st.integers(0, 10_000_000)


def one(**given_: float) -> pd.Series:
    return followers.judge(pd.DataFrame([given_])).iloc[0]


@given(COUNT, COUNT, COUNT, COUNT)
@settings(max_examples=60, deadline=None)
def test_more_posts_and_followers_never_raise_suspicion_and_more_following_never_lowers_it(
    posts: int, following: int, count: int, more: int
) -> None:
    base = {"posts": posts, "following": following, "followers": count}
    before = one(**base)["fake_probability"]
    assert 0 <= before <= 1
    assert one(**{**base, "posts": posts + more})["fake_probability"] <= before + 1e-12
    assert one(**{**base, "followers": count + more})["fake_probability"] <= before + 1e-12
    assert one(**{**base, "following": following + more})["fake_probability"] >= before - 1e-12


@given(st.sampled_from(["posts", "following", "followers", "has_pic", "is_private", "bio_len"]))
@settings(max_examples=10, deadline=None)
def test_a_missing_field_lowers_confidence_and_is_never_taken_for_good(name: str) -> None:
    whole = {
        "posts": 12.0,
        "following": 400.0,
        "followers": 300.0,
        "has_pic": 1.0,
        "is_private": 1.0,
        "bio_len": 100.0,
    }
    less = one(**{**whole, name: np.nan})
    assert less["confidence"] < one(**whole)["confidence"]
    best = {
        "posts": 1e6,
        "following": 0.0,
        "followers": 1e7,
        "has_pic": 1.0,
        "is_private": 1.0,
        "bio_len": 200.0,
    }
    assert one(**{**best, name: np.nan})["fake_probability"] >= one(**best)["fake_probability"]


def test_a_probability_by_hand() -> None:
    held = followers.Model(
        "t", -2.0, {n: np.array([0.5]) for n in followers.VARIABLES}, {n: np.array([1.0, -0.5]) for n in followers.VARIABLES},
        dict.fromkeys(followers.VARIABLES, 1.0), 0.1, {"": {"posts_scale": 1.0, "base": 0.0, "confidence": 1.0}},
    )  # fmt: skip
    # log10(0 + 1) = 0 is below .5 everywhere: followers, following, posts, two ratios and the sum add 1 each; the rest is unknown
    found = followers.judge(pd.DataFrame([{"posts": 0, "following": 0, "followers": 0}]), "x", held).iloc[0]
    assert found["fake_probability"] == pytest.approx(1 / (1 + np.exp(-(-2.0 + 6.0))))


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("influencer", {"posts": 900, "following": 300, "followers": 80_000}),
        ("mass", {"posts": 900, "following": 1_501, "followers": 3_000}),
        ("ghost", {"posts": 0, "following": 10, "followers": 60, "is_private": 1}),
        ("suspicious", {"posts": 0, "following": 7_400, "followers": 4, "has_pic": 0}),
        ("real", {"posts": 120, "following": 400, "followers": 500}),
    ],
)
def test_types(kind: str, row: dict[str, float]) -> None:
    assert one(**row)["audience_type"] == kind


def test_nothing_known_is_unknown() -> None:
    found = one(posts=np.nan)
    assert (found["audience_type"], found["confidence"]) == ("unknown", 0)
    assert np.isnan(found["fake_probability"])


def test_the_share_is_corrected_for_how_common_fakes_are_and_order_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    trained, true = 0.1, 0.5
    # calibrated at 10 %: P(x | fake), P(x | real) of two normals; then a sample of which half is fake
    x = np.where(rng.random(4000) < true, rng.normal(2, 1, 4000), rng.normal(0, 1, 4000))
    odds = trained / (1 - trained) * np.exp(2 * x - 2)
    p = odds / (1 + odds)
    share = followers.fake_share(p, trained)
    assert share is not None
    assert share.value == pytest.approx(true, abs=0.04)
    assert abs(float((p >= 0.3).mean()) - true) > abs(share.value - true)
    assert share.low <= share.value <= share.high
    assert followers.fake_share(p[::-1], trained) == share


def run(text: str, *options: str) -> tuple[pd.DataFrame, str]:
    out, err = io.StringIO(), io.StringIO()
    import sys

    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        call_command("score_accounts", *options, "-", "-", stdout=out, stderr=err)
    finally:
        sys.stdin = before
    return pd.read_csv(io.StringIO(out.getvalue()), dtype=str, keep_default_na=False), err.getvalue()


def test_a_list_is_scored_under_any_names_and_passes_other_columns_through() -> None:
    plain, _ = run("posts,following,followers,has_pic,is_private\n0,7000,3,0,0\n")
    other, _ = run("note;Private;#FOLLOWERS;Follows;Media count;profile pic\nx;tidak;3;7K;0;no\n")
    assert list(other)[:6] == ["note", "Private", "#FOLLOWERS", "Follows", "Media count", "profile pic"]
    for name in ("fake_probability", "audience_type", "confidence", "reasons"):
        assert list(plain[name]) == list(other[name])
    assert plain["audience_type"][0] == "suspicious"
    fewer, _ = run("posts,following,followers\n0,7000,3\n")
    assert float(fewer["confidence"][0]) < float(plain["confidence"][0])


def test_a_bad_cell_is_named_by_row_and_column_and_the_rest_is_scored() -> None:
    out, err = io.StringIO(), io.StringIO()
    import sys

    before, sys.stdin = sys.stdin, io.StringIO("posts,following,followers\n1,2,3\n1,many,3\n5,6,7\n")
    try:
        with pytest.raises(CommandError, match="1 of 3 rows"):
            call_command("score_accounts", "-", "-", stdout=out, stderr=err)
    finally:
        sys.stdin = before
    assert "row 3, column following" in err.getvalue()
    table = pd.read_csv(io.StringIO(out.getvalue()))
    assert list(table["audience_type"] != "unknown") == [True, False, True]


def test_a_list_without_counts_says_what_is_missing() -> None:
    with pytest.raises(CommandError, match="posts, following or followers"):
        run("a,b\n1,2\n")


@pytest.mark.django_db
def test_an_uploaded_sample_becomes_a_score_and_its_file_is_deleted(staff: Any) -> None:
    from django.core.files.storage import default_storage

    account, by = SocialAccountFactory(followers=10_000), staff("campaign_manager")
    rows = ["username,posts,following,followers,has_pic"]
    rows += ["bot1234567,0,7100,3,0"] * 40 + ["rani,120,400,600,1"] * 60 + ["broken,x,1,1,1"]
    job = samples.upload(account, by=by, file=ContentFile("\n".join(rows).encode(), name="f.csv"))
    path = job.params["path"]
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.errors.count()) == ("done", 1)
    assert not default_storage.exists(path)
    sample = FollowerSample.objects.get(account=account)
    assert (sample.size, sample.left_out) == (100, 1)
    assert "rani" not in str(sample.features)
    scoring_runs.score_accounts([account.pk])
    score = Score.objects.get(account=account, kind="audience_quality", is_current=True)
    facts = {part[0]: part[5] for part in score.components}
    assert facts["real"]["counted"] == 40
    assert score.low <= score.value <= score.high
    samples.remove(sample, by=by)
    assert not Score.objects.filter(account=account, kind="audience_quality", is_current=True).exists()


@pytest.mark.django_db
def test_samples_are_refused_with_the_fix(staff: Any) -> None:
    account = SocialAccountFactory()
    by = staff("campaign_manager")
    with pytest.raises(ValidationError, match="Unknown columns: name"):
        samples.add(account, by=by, features={"posts": [1], "name": [1]})
    with pytest.raises(ValidationError, match="below zero"):
        samples.add(account, by=by, features={"posts": [-1]})
    with pytest.raises(Denied):
        samples.add(account, by=staff("viewer"), features={"posts": [1]})
    once = samples.add(account, by=by, features={"posts": [1, None]})
    assert samples.add(account, by=by, features={"posts": [1, None]}) == once
    assert FollowerSample.objects.count() == 1


@pytest.mark.django_db
def test_the_tab_shows_types_growth_and_says_what_is_missing(client_for: Any, staff: Any) -> None:
    account, by = SocialAccountFactory(followers=10_000), staff("campaign_manager")
    samples.add(account, by=by, features={"posts": [0] * 40 + [90] * 60, "following": [7000] * 40 + [300] * 60,
                                          "followers": [2] * 40 + [500] * 60})  # fmt: skip
    scoring_runs.score_accounts([account.pk])
    page = client_for(by).get(f"/creators/{account.creator_id}/audience/")
    assert page.status_code == 200
    assert "40 of 100 sampled followers look fake" in page.content.decode()


def test_a_list_may_be_scored_into_itself_and_a_bad_one_destroys_nothing(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.csv", tmp_path / "other.csv"
    mine.write_bytes(b"\xef\xbb\xbfposts;following;followers;note\n10;200;300;a\n0;5000;3;b\n")
    call_command("score_accounts", str(mine), str(mine))
    found = pd.read_csv(mine)
    assert found["note"].tolist() == ["a", "b"]
    assert found["audience_type"].tolist() == ["real", "suspicious"]
    before = mine.read_bytes()
    other.write_text("name,age\nx,3\n")
    with pytest.raises(CommandError, match="No column tells posts"):
        call_command("score_accounts", str(other), str(mine))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("score_accounts", str(mine), str(tmp_path / "nowhere" / "out.csv"))
    assert mine.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["mine.csv", "other.csv"]
