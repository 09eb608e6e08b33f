"""The invented world: a pure function of account and time, with the cases scoring must find; and the replay."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from krm.local.sandbox import __main__, replay, tokens, world
from krm.local.sandbox.state import State
from tests.sandbox import demo

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ACCOUNTS = st.sampled_from(world.demo_accounts())


def test_the_cast() -> None:
    creators = world.demo_creators()
    accounts = world.demo_accounts()
    assert len(creators) == 300
    assert len({a.external_id for a in accounts}) == len(accounts)
    assert len({(a.platform, a.handle) for a in accounts}) == len(accounts)
    assert {a.story for a in accounts} == set(world.STORIES)
    assert all(c.email.endswith("@example.com") for c in creators)


def test_every_process_invents_the_same_world() -> None:
    import subprocess
    import sys

    code = (
        "from krm.local.sandbox import world; from datetime import *;"
        "a = world.demo_accounts(); t = datetime(2026, 11, 22, 3, tzinfo=UTC);"
        "print(len(a), a[7].handle, a[7].followers_at(t), a[7].newest_posts(t, 1)[0].counts(t))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    account = world.demo_accounts()[7]
    here = (
        len(world.demo_accounts()),
        account.handle,
        account.followers_at(NOW),
        account.newest_posts(NOW, 1)[0].counts(NOW),
    )
    assert out.strip() == " ".join(map(str, here))


@settings(max_examples=60, deadline=None)
@given(ACCOUNTS, st.integers(0, 200), st.floats(0, 90))
def test_posts_only_gain(account: world.DemoAccount, back: int, hours: float) -> None:
    at = NOW - timedelta(days=back)
    for post in account.newest_posts(at, 3):
        before, after = post.counts(at), post.counts(at + timedelta(hours=hours))
        for name in ("views", "reach", "likes", "comments", "shares", "saves"):
            assert 0 <= getattr(before, name) <= getattr(after, name)


@settings(max_examples=40, deadline=None)
@given(ACCOUNTS, st.integers(1, 120))
def test_windows_of_posts_join(account: world.DemoAccount, days: int) -> None:
    start, middle = NOW - timedelta(days=days), NOW - timedelta(days=days / 2)
    whole = account.posts_between(start, NOW)
    assert whole == account.posts_between(start, middle) + account.posts_between(middle, NOW)
    assert all(p.published_at <= q.published_at for p, q in itertools.pairwise(whole))


@settings(max_examples=40, deadline=None)
@given(ACCOUNTS, st.integers(0, 300))
def test_the_count_of_posts_counts_them(account: world.DemoAccount, back: int) -> None:
    at = NOW - timedelta(days=back)
    begin = at - timedelta(days=30)
    if begin.date() > account.started + timedelta(days=10):
        published = len(account.posts_between(begin + timedelta(seconds=1), at + timedelta(seconds=1)))
        assert account.posts_count_at(at) - account.posts_count_at(begin) == published


def test_bought_followers_come_in_jumps_without_engagement() -> None:
    bought, organic = demo("instagram", story="bought"), demo("instagram")

    def largest_daily_jump(account: world.DemoAccount) -> float:
        days = [NOW.date() - timedelta(days=n) for n in range(430, 0, -1)]
        counts = [account.followers_at(d) for d in days if d > account.started]
        return max((b - a) / a for a, b in itertools.pairwise(counts) if a)

    def likes_per_follower(story: str) -> float:
        same_size = [
            a
            for a in world.demo_accounts()
            if a.story == story and a.size == "micro" and a.platform == "instagram"
        ]
        return mean(
            mean(p.counts(NOW).likes for p in a.newest_posts(NOW - timedelta(days=3), 20))
            / a.followers_at(NOW)
            for a in same_size
        )

    assert largest_daily_jump(bought) > 0.03 > largest_daily_jump(organic)
    assert likes_per_follower("bought") < likes_per_follower("organic") * 0.8
    assert bought.audience["countries"]["ID"] < 0.7 < organic.audience["countries"]["ID"]


def test_a_pod_comments_at_once_and_alike() -> None:
    pod, organic = demo("instagram", story="pod"), demo("instagram")

    def first_hour_share(account: world.DemoAccount) -> float:
        post = account.newest_posts(NOW - timedelta(days=5), 1)[0]
        early = post.counts(post.published_at + timedelta(hours=1)).comments
        return early / max(1, post.counts(NOW).comments)

    assert first_hour_share(pod) > 0.5 > first_hour_share(organic)


def test_deleted_posts_were_there() -> None:
    account = demo("instagram", story="deleting")
    gone = [
        p for p in account.posts_between(NOW - timedelta(days=200), NOW - timedelta(days=30)) if p.deleted_at
    ]
    assert gone
    assert all(p.visible(p.published_at + timedelta(days=1)) and not p.visible(NOW) for p in gone)


def test_added_posts_survive_a_restart(tmp_path: Path) -> None:
    account = demo("tiktok")
    first = State.open(tmp_path / "state.json")
    made = first.add_post(account, caption="halo #ad", minutes_ago=30)
    second = State.open(tmp_path / "state.json")
    assert second.clock.anchor == first.clock.anchor
    found = second.posts_of(account, 1)[0]
    assert (found.external_id, found.caption, found.url) == (made.external_id, "halo #ad", made.url)


def test_a_fast_clock_shows_times_of_ours(tmp_path: Path) -> None:
    state = State.open(None, speed=3600)
    state.clock.anchor = datetime.now(UTC) - timedelta(hours=1)
    ahead = state.clock.now()
    assert ahead - datetime.now(UTC) > timedelta(days=100)
    account = demo("instagram")
    post = state.posts_of(account, 1)[0]
    assert state.clock.shown(post.published_at) <= datetime.now(UTC)


def test_tokens_say_whom_they_are_for_and_cannot_be_made_up() -> None:
    token = tokens.issue("act", "tiktok", "-000abc", issued=1000)
    assert tokens.read(token) == tokens.Token("act", "tiktok", "-000abc", 1000, "0")
    assert tokens.read(token.replace("-000abc", "-000abd")) is None
    assert tokens.expired(tokens.read(token), now=1000 + 86_401)  # type: ignore[arg-type]


REPLAY = __main__.REPLAY
needs_replay = pytest.mark.skipif(not REPLAY.is_dir(), reason="the real lists are not on this machine")


@pytest.mark.parametrize(
    ("text", "number"),
    [("409.8M", 409_800_000), ("7.2K", 7_200), ("1.1B", 1_100_000_000), ("0", 0), ("", None), ("N/A", None)],
)
def test_counts_as_people_write_them(text: str, number: int | None) -> None:
    assert replay.count(text) == number


@needs_replay
def test_replayed_averages_are_exactly_the_files() -> None:
    accounts = replay.load(REPLAY)
    assert len(accounts) > 5_000
    account = accounts["instagram", "acct_ea3e89caa4"]
    posts = account.newest_posts(NOW, 50)
    assert account.followers_at(NOW) == 409_800_000
    assert mean(p.figures.likes + p.figures.comments for p in posts) == 23_400_000  # type: ignore[operator]
    tiktok = accounts["tiktok", "acct_a26aea45f8"]
    assert tiktok.newest[("shares")] == 7_200
    assert mean(p.figures.shares for p in tiktok.newest_posts(NOW, 50)) == 7_200  # type: ignore[type-var]
    assert max(tiktok.months) == date(2022, 12, 31)


@needs_replay
def test_replayed_posts_are_the_same_all_month() -> None:
    account = replay.load(REPLAY)["youtube", "acct_c9c9e089d3"]
    one = account.newest_posts(NOW, 12)
    other = account.newest_posts(NOW + timedelta(days=3), 12)
    assert [(p.external_id, p.published_at, p.figures) for p in one] == [
        (p.external_id, p.published_at, p.figures) for p in other
    ]
