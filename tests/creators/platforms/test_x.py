"""X: bought by the read, within a monthly budget that is off by default, under either of X's two sets of names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creators.models import AccountSnapshot, Post, SocialAccount
from creators.platforms.x import schema
from creators.platforms.x.client import X
from creators.pulling import runner, schedule
from krm.connectors import credentials, spending
from krm.connectors.models import OutcomeCount, Spending
from krm.connectors.outcomes import Kind
from krm.connectors.spending import Charge, Purse, PurseEmpty
from tests.sandbox import Running, demo

PURSE = Purse("x", Decimal("1.00"))


def options(**values: Any) -> None:
    credentials.save_application("x", by=None, options=values)


def test_one_call_reads_a_hundred_accounts_and_posts_only_of_those_worked_with(
    connected: Running, account: Any, pull: Any
) -> None:
    rows = [account(demo("x", nth=n), known=n % 2 == 0) for n in range(4)]
    schedule.set_cadence([rows[0].pk], "live")

    outcomes = pull(*rows)

    assert all(o.ok for o in outcomes.values())
    counts = dict(OutcomeCount.objects.values_list("endpoint", "count"))
    assert counts == {"users": 2, "timeline": 1}  # by id, by name, one list of posts
    for row in rows:
        row.refresh_from_db()
        assert row.external_id and row.followers is not None and row.last_ok_at is not None
    posts = Post.objects.filter(platform="x")
    assert {p.account_id for p in posts} == {rows[0].pk} and posts.count() == 10
    assert all(p.views and p.likes is not None and p.shares is not None for p in posts)
    assert AccountSnapshot.objects.get(account=rows[1]).definition == ""
    spent = spending.read(X().purse(credentials.application("x")), now())  # type: ignore[arg-type]
    assert spent.reads == {"user": 4, "post": 10}
    assert (spent.month, spent.held) == (Decimal("0.0900"), Decimal(0))


def test_what_was_read_today_is_not_paid_for_again(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("x"))
    pull(row, interactive=True)
    before = Spending.objects.get(kind="user"), Spending.objects.get(kind="post")
    pull(row, interactive=True)
    after = Spending.objects.get(kind="user"), Spending.objects.get(kind="post")
    assert [(r.reads, r.amount) for r in before] == [(r.reads, r.amount) for r in after]


def test_off_until_somebody_sets_a_budget(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("x"))
    options(monthly_usd="0")
    schedule.ensure([row.pk])
    assert runner.hand_out() == 0
    assert pull(row)[row.pk].kind is Kind.BAD_REQUEST
    assert not Spending.objects.exists()
    row.refresh_from_db()
    assert row.state == "active"


def test_an_empty_purse_buys_nothing_and_the_profile_paid_for_stays(
    connected: Running, account: Any, pull: Any
) -> None:
    row = account(demo("x"))
    options(monthly_usd="0.05")  # a user, not ten posts
    assert pull(row, interactive=True)[row.pk].ok
    assert Post.objects.count() == 0 and AccountSnapshot.objects.count() == 1
    options(monthly_usd="0.005")
    other = account(demo("x", nth=1))
    outcome = pull(other, interactive=True)[other.pk]
    assert outcome.kind is Kind.QUOTA_SPENT and "budget" in outcome.reason
    assert runner.hand_out() == 0
    assert Spending.objects.get(kind="user").held == 0


def test_a_failed_call_costs_nothing(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("x"))
    connected.fault("x", "server_error", row.handle)
    pull(row)
    found = Spending.objects.get(kind="user")
    assert (found.reads, found.amount, found.held) == (0, 0, 0)


@pytest.mark.parametrize(("asked", "shape"), [("post", ""), ("tweet", ""), ("post", "tweet")])
def test_either_name_gives_the_same_figures(
    connected: Running, account: Any, pull: Any, asked: str, shape: str
) -> None:
    """What we ask with is a setting; what comes is read under both names."""
    options(monthly_usd="100", names=asked)
    if shape:
        connected.http.post("/_sandbox/shape", json={"platform": "x", "shape": shape})
    row = account(demo("x"))
    assert pull(row, interactive=True)[row.pk].ok
    assert AccountSnapshot.objects.get(account=row).posts_count > 20
    assert all(shares is not None for shares in Post.objects.values_list("shares", flat=True))


def test_posts_for_followers_only(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("x"))
    connected.fault("x timeline", "private", row.handle)
    assert pull(row, interactive=True)[row.pk].kind is Kind.UNAVAILABLE
    assert AccountSnapshot.objects.get(account=row).followers is not None


def test_one_missing_account_does_not_spoil_the_batch(connected: Running, account: Any, pull: Any) -> None:
    rows = [account(demo("x", nth=n)) for n in range(2)]
    rows.append(SocialAccount.objects.create(platform="x", handle="nobody_here"))
    rows.append(SocialAccount.objects.create(platform="x", handle="", external_id="12"))
    outcomes = pull(*rows)
    assert [outcomes[r.pk].kind for r in rows] == [Kind.OK, Kind.OK, Kind.UNAVAILABLE, Kind.UNAVAILABLE]
    assert "nobody_here" in outcomes[rows[2].pk].reason


def test_figures_by_hand() -> None:
    node = {
        "id": "19", "text": "Halo #Kopi @kopikita.id", "created_at": "2026-11-01T03:00:00.000Z",
        "public_metrics": {"impression_count": 1000, "like_count": 20, "reply_count": 3, "quote_count": 2, "retweet_count": 5},
    }  # fmt: skip
    post = schema.post(node, 1, "rani", datetime(2026, 11, 22, tzinfo=UTC))
    assert (post.views, post.likes, post.comments, post.shares, post.saves) == (1000, 20, 3, 7, None)
    assert (post.url, post.kind, post.hashtags) == ("https://x.com/rani/status/19", "text", ["kopi"])
    assert schema.either({}, "post_count", "tweet_count") is None


@pytest.mark.django_db
@given(calls=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 60), st.booleans()), max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_cap_holds_whatever_calls_bring(sandbox: Running, calls: list[tuple[int, int, bool]]) -> None:
    """Held and spent together never pass the cap; background work leaves its share to people; nothing stays held."""
    Spending.objects.all().delete()
    moment = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    for most, brought, interactive in calls:
        charge = Charge(PURSE, "post", Decimal("0.005"), most)
        try:
            hold = spending.reserve(charge, now=moment, interactive=interactive)
        except PurseEmpty as empty:
            assert empty.until == datetime(2026, 12, 1, tzinfo=UTC)
            continue
        state = spending.read(PURSE, moment)
        assert state.month + state.held <= PURSE.monthly * (1 if interactive else Decimal("0.7"))
        ids = [
            uuid4().hex for _n in range(min(brought, most))
        ]  # counted once a day each: never the same again
        assert spending.settle(hold, ids) == len(ids)
    final = spending.read(PURSE, moment)
    assert final.held == 0 and final.month <= PURSE.monthly
    assert final.month == Decimal("0.005") * final.reads.get("post", 0)
    assert spending.read(PURSE, moment + timedelta(hours=1)).month == 0  # the next month begins
