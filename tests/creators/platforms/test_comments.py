"""Comments: written once, newest word counts, no names, forgotten in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from creators import ingest
from creators.ingest import CommentReading
from creators.models import Post, PostComment, SocialAccount
from creators.pulling import schedule
from krm.connectors import archive
from krm.connectors.models import OutcomeCount, RawResponse
from tests.sandbox import Running, demo

T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def post(db: None) -> Post:
    account = SocialAccount.objects.create(platform="instagram", handle="rani", external_id="1")
    return Post.objects.create(account=account, platform="instagram", external_id="p1", comments=3)


def reading(post: Post, key: str = "c1", *, minute: int = 0, **more: Any) -> CommentReading:
    values: dict[str, Any] = {
        "account_id": post.account_id,
        "platform": "instagram",
        "post_external_id": post.external_id,
        "external_id": key,
        "author_key": ingest.author_key("instagram", "budi"),
        "text": "Keren\tbanget\nkak \\N",
        "source": "platform_authorised",
        "observed_at": T0 + timedelta(minutes=minute),
        **more,
    }
    return CommentReading(**values)


def test_the_newest_word_counts_and_the_language_survives_a_second_reading(post: Post) -> None:
    assert ingest.write_comments([reading(post), reading(post, "c2", author={"followers": 12})]) == 2
    PostComment.objects.update(language="id")
    assert (
        ingest.write_comments([reading(post, likes=4, minute=5), reading(post, "c2", text="Beda", minute=5)])
        == 0
    )
    assert ingest.write_comments([reading(post, likes=1, minute=1)]) == 0  # older than what we have
    first, second = PostComment.objects.order_by("external_id")
    assert (first.likes, first.language, first.text) == (4, "id", "Keren\tbanget\nkak \\N")
    assert (second.text, second.language, second.account_id) == ("Beda", "", post.account_id)


def test_a_comment_under_a_post_of_another_account_or_of_none_is_left_out(post: Post) -> None:
    other = SocialAccount.objects.create(platform="instagram", handle="sari", external_id="2")
    assert (
        ingest.write_comments([reading(post, account_id=other.pk), reading(post, post_external_id="nowhere")])
        == 0
    )


def test_who_wrote_is_a_key_of_this_installation() -> None:
    key = ingest.author_key("youtube", "UCabc")
    assert len(key) == 32 and "UCabc" not in key
    assert key == ingest.author_key("youtube", " UCabc ") != ingest.author_key("tiktok", "UCabc")
    assert key != ingest.author_key("youtube", "UCABC")


def test_comments_are_forgotten_in_batches(post: Post) -> None:
    ingest.write_comments(reading(post, f"c{n}", minute=n) for n in range(7))
    assert ingest.forget_comments(T0 + timedelta(minutes=5), batch=2) == 5
    assert set(PostComment.objects.values_list("external_id", flat=True)) == {"c5", "c6"}


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(0, 99)),
        max_size=12,
        unique_by=lambda r: r[:2],
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_any_split_give_the_same_rows(post: Post, rows: list[tuple[int, int, int]]) -> None:
    def state() -> list[Any]:
        return list(
            PostComment.objects.order_by("external_id").values_list("external_id", "likes", "observed_at")
        )

    def readings(order: list[tuple[int, int, int]]) -> list[CommentReading]:
        return [reading(post, f"c{n}", minute=minute, likes=likes) for n, minute, likes in order]

    PostComment.objects.all().delete()
    ingest.write_comments(readings(rows))
    whole = state()
    PostComment.objects.all().delete()
    for row in reversed(rows):
        ingest.write_comments(readings([row]))
    assert state() == whole
    assert ingest.write_comments(readings(rows)) == 0
    assert state() == whole


WHERE = [("instagram", "insights", ""), ("tiktok", "business", "business"), ("youtube", None, "")]


@pytest.mark.parametrize(("platform", "wanted", "flavour"), WHERE, ids=[w[0] for w in WHERE])
def test_a_pull_brings_comments_without_names(
    connected: Running, account: Any, consent: Any, pull: Any, platform: str, wanted: str | None, flavour: str
) -> None:
    source = demo(platform, consent=wanted)
    row = account(source)
    if wanted:
        consent(source, flavour=flavour)
    schedule.set_cadence([row.pk], "warm")

    assert pull(row)[row.pk].ok

    found = list(PostComment.objects.filter(account=row))
    assert len(found) > 20
    assert all(c.author_key and c.published_at and c.likes is not None for c in found)
    assert any(c.by_owner and c.is_reply for c in found) and not all(c.by_owner for c in found)
    written = [c for p in source.newest_posts(now(), 10) for c in p.comments(now(), 400)]
    names = {c.user for c in written} | {c.user_id for c in written}
    stored = " ".join(f"{c.text} {c.author} {c.author_key}" for c in found)
    assert not any(name in stored for name in names)
    assert any("@user" in c.text for c in found)
    kept = RawResponse.objects.filter(endpoint__in=("comments", "commentThreads"))
    assert kept and all(archive.read(answer).startswith(b"(not kept") for answer in kept)

    calls = RawResponse.objects.count()
    pull(row)
    again = RawResponse.objects.filter(endpoint__in=("comments", "commentThreads")).count()
    assert again == kept.count() and RawResponse.objects.count() > calls  # read again after three days


def test_a_channel_in_the_file_costs_no_units_for_comments(
    connected: Running, account: Any, pull: Any
) -> None:
    row = account(demo("youtube"))
    assert pull(row)[row.pk].ok
    assert not PostComment.objects.exists()


def test_switched_off_comments_are_no_failure(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("youtube", story="fading"))
    schedule.set_cadence([row.pk], "live")
    assert pull(row)[row.pk].ok
    row.refresh_from_db()
    assert row.state == "active"
    assert OutcomeCount.objects.get(endpoint="commentThreads").outcome == "unavailable"


def test_without_the_scope_for_comments_the_pull_is_still_good(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("instagram", consent="insights", nth=1)
    row = account(source)
    consent(source)
    connected.fault("instagram comments", "scope", source.handle)
    assert pull(row)[row.pk].ok
    assert not PostComment.objects.exists()
    assert OutcomeCount.objects.get(endpoint="comments").outcome == "scope_missing"
    assert OutcomeCount.objects.get(endpoint="comments").count == 1  # the next posts are not tried
