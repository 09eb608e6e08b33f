"""Bulk arrival: the same rows twice or in any order give the same tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creators import ingest
from creators.ingest import AccountReading, AudienceReading, PostReading
from creators.models import AccountSnapshot, AudienceSnapshot, Post, PostSnapshot, SocialAccount

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SOURCES = ["platform_authorised", "platform_public", "vendor_estimate"]
COUNT = st.one_of(st.none(), st.integers(0, 10**12))
NASTY = st.text(st.characters(blacklist_categories=("Cs",)), max_size=80)


@pytest.fixture
def accounts() -> list[SocialAccount]:
    return [
        SocialAccount.objects.create(platform="instagram", handle=f"kol{n}", external_id=str(n))
        for n in range(3)
    ]


def table(model: Any) -> list[tuple[Any, ...]]:
    names = [
        f.attname
        for f in model._meta.local_fields
        if f.attname not in ("id", "created_at", "updated_at", "post_id", "pk")
    ]
    return sorted(model.objects.values_list(*names), key=str)


@st.composite
def account_rows(draw: Any) -> list[dict[str, Any]]:
    """Rows of a few accounts and days; two never share account, source, day and moment."""
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, 2),
                st.sampled_from(SOURCES),
                st.integers(0, 40),
                st.integers(0, 9),
                COUNT,
                COUNT,
            ),
            max_size=25,
            unique_by=lambda r: r[:4],
        )
    )
    return [
        {"n": r[0], "source": r[1], "day": r[2], "minute": r[3], "followers": r[4], "views": r[5]}
        for r in rows
    ]


def reading(accounts: list[SocialAccount], row: dict[str, Any]) -> AccountReading:
    return AccountReading(
        account_id=accounts[row["n"]].pk,
        source=row["source"],
        as_of=date(2026, 10, 10) + timedelta(days=row["day"]),
        observed_at=T0 + timedelta(minutes=row["minute"]),
        followers=row["followers"],
        views=row["views"],
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=account_rows(), data=st.data())
def test_snapshots_in_any_order_and_cut(
    accounts: list[SocialAccount], rows: list[dict[str, Any]], data: Any
) -> None:
    AccountSnapshot.objects.all().delete()
    ingest.account_snapshots(reading(accounts, r) for r in rows)
    once = table(AccountSnapshot)
    expected: dict[Any, dict[str, Any]] = {}
    for row in rows:
        key = (row["n"], row["source"], row["day"])
        if key not in expected or row["minute"] > expected[key]["minute"]:
            expected[key] = row
    assert len(once) == len(expected)
    ingest.account_snapshots(reading(accounts, r) for r in rows)
    assert table(AccountSnapshot) == once

    AccountSnapshot.objects.all().delete()
    shuffled = data.draw(st.permutations(rows))
    at = data.draw(st.integers(0, len(rows)))
    ingest.account_snapshots(reading(accounts, r) for r in shuffled[:at])
    ingest.account_snapshots(reading(accounts, r) for r in shuffled[at:])
    assert table(AccountSnapshot) == once


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 9), COUNT, NASTY),
        max_size=20,
        unique_by=lambda r: (r[0], r[2]),
    ),
    data=st.data(),
)
def test_posts_in_any_order(accounts: list[SocialAccount], rows: list[Any], data: Any) -> None:
    def readings(chosen: list[Any]) -> list[PostReading]:
        return [
            PostReading(
                account_id=accounts[0].pk,
                platform="instagram",
                external_id=f"p{post}",
                source="platform_public",
                as_of=date(2026, 11, 1) + timedelta(days=day),
                observed_at=T0 + timedelta(minutes=minute),
                caption=caption,
                hashtags=[caption],
                likes=likes,
            )
            for post, day, minute, likes, caption in chosen
        ]

    Post.objects.all().delete()
    ingest.posts(readings(rows))
    posts, snapshots = table(Post), table(PostSnapshot)
    again = ingest.posts(readings(rows))
    assert again.new == frozenset()
    assert (table(Post), table(PostSnapshot)) == (posts, snapshots)
    Post.objects.all().delete()
    new: set[int] = set()
    for row in data.draw(st.permutations(rows)):
        new |= ingest.posts(readings([row])).new
    assert (table(Post), table(PostSnapshot)) == (posts, snapshots)
    assert new == set(Post.objects.values_list("pk", flat=True))
    for post in Post.objects.all():
        latest = max((r for r in rows if f"p{r[0]}" == post.external_id), key=lambda r: r[2])
        assert post.caption == latest[4].replace("\0", "")
        assert post.likes == latest[3]


def test_not_given_stays_unknown(accounts: list[SocialAccount]) -> None:
    ingest.account_snapshots([AccountReading(accounts[0].pk, "platform_public", T0.date(), T0, followers=5)])
    row = AccountSnapshot.objects.get()
    assert (row.followers, row.views, row.likes) == (5, None, None)


def test_the_account_shows_its_newest_figure_tier_and_line(accounts: list[SocialAccount]) -> None:
    days = [T0.date() - timedelta(days=n) for n in range(3)]
    ingest.account_snapshots(
        AccountReading(accounts[0].pk, "platform_public", day, T0, followers=60_000 - 1_000 * n)
        for n, day in enumerate(days)
    )
    account = SocialAccount.objects.get(pk=accounts[0].pk)
    assert (account.followers, account.tier.name, account.sparkline[-3:]) == (
        60_000,
        "Mid",
        [58_000, 59_000, 60_000],
    )  # type: ignore[union-attr]


def test_a_month_without_a_partition_gets_one(accounts: list[SocialAccount]) -> None:
    ingest.account_snapshots(
        [AccountReading(accounts[0].pk, "vendor_estimate", date(2019, 2, 3), T0, followers=5)]
    )
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM creators_accountsnapshot_p2019_02")
        assert cursor.fetchone()[0] == 1
        cursor.execute("SELECT count(*) FROM creators_accountsnapshot_default")
        assert cursor.fetchone()[0] == 0


def test_an_audience_without_shares_is_no_audience(accounts: list[SocialAccount]) -> None:
    empty = AudienceReading(accounts[0].pk, "platform_authorised", T0.date(), T0)
    full = AudienceReading(accounts[1].pk, "platform_authorised", T0.date(), T0, age={"18-24": 0.5})
    assert ingest.audiences([empty, full]) == 1
    older = AudienceReading(
        accounts[1].pk, "platform_authorised", T0.date(), T0 - timedelta(hours=1), age={"18-24": 0.1}
    )
    ingest.audiences([older])
    assert AudienceSnapshot.objects.get().age == {"18-24": 0.5}


def test_a_negative_count_writes_nothing_at_all(accounts: list[SocialAccount]) -> None:
    from django.db import IntegrityError, transaction

    good = AccountReading(accounts[0].pk, "platform_public", T0.date(), T0, followers=5)
    bad = AccountReading(accounts[1].pk, "platform_public", T0.date(), T0, followers=-5)
    with pytest.raises(IntegrityError), transaction.atomic():
        ingest.account_snapshots([good, bad])
    assert not AccountSnapshot.objects.exists()
