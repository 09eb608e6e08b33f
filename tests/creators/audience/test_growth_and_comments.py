"""Growth steps, comments, pods, and authenticity put together."""

from __future__ import annotations

import io
import sys

import numpy as np
import pandas as pd
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from creators.scoring.audience import commenting, comments, growth, pods
from creators.scoring.definition import weighted
from creators.scoring.weights import load


def series(
    adds: list[float], *, start: float = 100_000, days: int = 1, views: list[float] | None = None
) -> pd.DataFrame:
    at = pd.date_range("2026-01-01", periods=len(adds) + 1, freq=f"{days}D")
    frame = pd.DataFrame({"account_id": 1, "at": at, "followers": start + np.append(0.0, np.cumsum(adds))})
    return frame.assign(views=[np.nan, *views] if views else np.nan)


def judge(frame: pd.DataFrame, platform: str = "x") -> pd.DataFrame:
    return growth.intervals(frame, pd.Series({1: platform}))


def test_z_by_hand() -> None:
    # ten steps of 10 and one of 21 at the end: median 10, deviations 0, so MAD 0; std = sqrt(10 * 1 + 100) / 11 …
    adds = [10.0] * 10 + [21.0]
    spread = np.std(np.array(adds) - 10.0)
    found = judge(series(adds)).iloc[-1]
    assert found["z"] == pytest.approx(11.0 / (0.7 * spread + 1.0))
    assert (found["change"], found["expected"]) == (21, 10)


def test_a_purchase_stands_out_and_melting_away_says_so() -> None:
    adds = [100.0] * 20 + [5_000.0] + [-400.0] * 6 + [100.0] * 20
    found = judge(series(adds))
    assert list(np.flatnonzero(found["anomaly"])) == [20]
    assert found["note"][20] == "melted"
    whole = growth.per_account(found).loc[1]
    assert whole["growth"] == pytest.approx(1 - 4_900 / (100 * 40 + 5_000), abs=0.01)


def test_views_that_rise_too_make_it_viral() -> None:
    adds, views = [100.0 + n % 7 for n in range(40)], [1_000.0 + n % 5 for n in range(40)]
    adds[20] = 3_000.0
    bought = judge(series(adds, views=views)).iloc[20]
    views[20] = 90_000.0
    viral = judge(series(adds, views=views)).iloc[20]
    assert viral["score"] < bought["score"]
    assert (bought["anomaly"], viral["note"]) == (True, "viral")


def test_rounded_counts_are_read_by_the_week() -> None:
    # 1.00M to 1.03M in steps of 10,000, one each twelve days: every step is rounding
    counts = [1_000_000 + 10_000 * (n // 12) for n in range(48)]
    frame = pd.DataFrame(
        {"account_id": 1, "at": pd.date_range("2026-01-01", periods=48), "followers": counts}
    )
    assert not judge(frame, "youtube")["anomaly"].any()
    assert len(judge(frame, "youtube")) == 47


@given(st.lists(st.integers(-500, 5_000), min_size=2, max_size=40), st.randoms())
@settings(max_examples=40, deadline=None)
def test_scores_are_bounded_and_order_does_not_matter(adds: list[int], rng: object) -> None:
    frame = series([float(a) for a in adds])
    found = judge(frame)
    assert found["score"].between(0, 1).all()
    assert (found["suspicious"] <= found["gross"] + 1e-9).all()
    mixed = judge(frame.sample(frac=1, random_state=len(adds)))
    pd.testing.assert_frame_equal(found, mixed)


def test_a_few_readings_are_no_habit() -> None:
    found = judge(series([10.0, 90_000.0, 10.0]))
    assert not found["anomaly"].any()
    assert np.isnan(growth.per_account(found).loc[1, "growth"])


def command(text: str, *options: str) -> tuple[pd.DataFrame, str]:
    out, err = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        call_command("score_growth", *options, "-", "-", stdout=out, stderr=err)
    finally:
        sys.stdin = before
    return pd.read_csv(io.StringIO(out.getvalue())), err.getvalue()


def test_a_list_of_series_gives_a_row_an_interval() -> None:
    lines = ["note,Subscribers,Date,Channel"]
    for n in range(20):
        lines.append(f"a{n},{1_000_000 + n * 1000 + (60_000 if n > 10 else 0)},{n + 1:02d}/03/2026,one")
        lines.append(f"b{n},{(500 + n) / 1000:.3f}M,2026-03-{n + 1:02d},two")
    found, _ = command("\n".join(lines), "--platform", "x")
    assert len(found) == 38
    assert list(found.columns) == ["note", "Subscribers", "Date", "Channel", "from_date", "days", "change",
                                   "anomaly_score", "anomaly", "reason"]  # fmt: skip
    flagged = found[found["anomaly"] == 1]
    assert list(flagged["note"]) == ["a11"]
    assert flagged["anomaly_score"].iloc[0] == found["anomaly_score"].max()
    assert "is usual" in flagged["reason"].iloc[0]


def test_bad_readings_are_named_and_twins_told() -> None:
    with pytest.raises(CommandError, match="2 rows could not be read"):
        command("account,date,followers\na,2026-01-01,1\na,someday,2\na,2026-01-03,x\n")
    found, said = command("account,date,followers\na,2026-01-01,5\na,2026-01-02,9\na,2026-01-02,10\n")
    assert list(found["change"]) == [5]
    assert "1 readings of the same account and date differ" in said


@pytest.mark.parametrize(
    ("text", "spam", "hollow"),
    [
        ("Check out my channel http://spam.example.com and subscribe!", True, ""),
        ("Cek akun aku kak, jual followers murah, WA 081234567890", True, ""),
        ("This made my whole week, the part at the lake is lovely", False, ""),
        ("🔥🔥🔥", False, "emoji"),
        ("Kereeen!!", False, "word"),
        ("@user @user", False, "mention"),
    ],
)
def test_comments(text: str, spam: bool, hollow: str) -> None:
    found = comments.judge([text]).iloc[0]
    assert (found["spam"] >= comments.SPAM, found["hollow"]) == (spam, hollow)


def test_hollow_alone_is_not_suspicious_and_with_a_bad_account_it_is() -> None:
    def row(author: str) -> dict[str, object]:
        return {
            "account_id": 1,
            "post_id": 1,
            "author_key": author,
            "author": author,
            "text": "🔥🔥",
            "by_owner": 0,
        }

    bad, good = (
        '{"followers": 2, "following": 7000, "posts": 0}',
        '{"followers": 500, "following": 300, "posts": 90}',
    )
    rows = pd.DataFrame([row("{}"), row(bad), row(good)])
    found = commenting.per_comment(rows, pd.Series({1: "instagram"}))
    assert list(found["suspicious"]) == [False, True, False]


def test_wilson_by_hand() -> None:
    low, high = comments.wilson(np.array([5.0]), np.array([20.0]), z=1.96)
    assert (low[0], high[0]) == (pytest.approx(0.1119, abs=1e-4), pytest.approx(0.4687, abs=1e-4))


def test_pods_by_hand() -> None:
    # 1, 2 and 3 answer each other; 4 only writes under 1
    found = pods.graph(np.array([1, 2, 1, 3, 2, 3, 4]), np.array([2, 1, 3, 1, 3, 2, 1]))
    assert found.loc[1, ["answered", "commenters"]].tolist() == [2, 3]
    assert found.loc[1, "reciprocity"] == pytest.approx(2 / 8)
    assert found.loc[1, "closure"] == pytest.approx(2 / (2 + 6))
    assert found.loc[4, "indicator"] == 0


def test_the_same_commenters_under_every_post() -> None:
    rows = pd.DataFrame(
        [{"account_id": 1, "post_id": post, "author_key": key} for post in range(3) for key in "abcd"]
    )
    assert pods.recurrence(rows).loc[1, ["jaccard", "posts", "regulars"]].tolist() == [1.0, 3.0, 4.0]


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=5, max_size=5))
def test_what_is_missing_is_never_taken_for_good(values: list[float | None]) -> None:
    weights = load("auth-2.0")
    assert sum(weights.values()) == pytest.approx(1)

    def mean(given_: list[float | None]) -> tuple[float, float]:
        parts = {
            name: (np.array([np.nan if v is None else v]), np.array([0.5]))
            for name, v in zip(weights, given_, strict=True)
        }
        value, sure, _ = weighted(parts, weights, least=0.0)
        return float(value[0]), float(sure[0])

    if all(v is None for v in values):
        return
    value, sure = mean(values)
    best, surer = mean([1.0 if v is None else v for v in values])
    assert 0 <= value <= best + 1e-9
    assert sure <= surer


def test_a_list_too_long_to_hold_is_judged_alike_account_by_account() -> None:
    from creators.lists import growth as listed

    lines = ["account,date,followers,note"]
    for day in range(40):
        for who in range(12):  # the rows of an account lie far apart
            count = 20_000 + 150 * day + 7 * ((day * who) % 5) + (9_000 if who == 3 and day > 20 else 0)
            when = "someday" if (who, day) == (5, 7) else f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}"
            lines.append(f"a{who},{when},{count},{who}/{day}")
    text = "\n".join(lines)

    def judged(at_once: int) -> tuple[pd.DataFrame, int, list[str]]:
        out, said = io.StringIO(), []
        written, problems = listed.run(io.StringIO(text), out, "instagram", said.append, at_once=at_once)
        rows = pd.read_csv(io.StringIO(out.getvalue()))
        assert written == len(rows)
        return rows.sort_values(["account", "date"], ignore_index=True), problems.count, said

    whole, count, said = judged(100_000)
    parts, parts_count, parts_said = judged(60)  # eight portions, thirty-two files
    pd.testing.assert_frame_equal(whole, parts)
    assert (count, said) == (parts_count, parts_said) == (1, said)
    assert "row 91" in said[0]  # named as the spreadsheet counts, in both
    assert parts.loc[parts["anomaly"] == 1, "note"].tolist() == ["3/21"]
    assert len(parts) == 12 * 39 - 1
