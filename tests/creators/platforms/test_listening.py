"""Hashtags within thirty a week, mentions told by webhook: each post once, with why it is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import now

from creators.listening import hashtags, mentions
from creators.listening.finds import Find, keep
from creators.models import FoundPost, TrackedHashtag
from krm.accounts.permissions import Denied
from krm.connectors import inbox
from krm.connectors.models import OutcomeCount, RawResponse
from krm.errors import Conflict
from krm.events.models import Event
from tests.sandbox import Running, demo

pytestmark = pytest.mark.django_db


def publish(sandbox: Running, tag: str, count: int = 3) -> list[str]:
    return [
        sandbox.publish(demo("instagram", nth=n), f"Seru banget #{tag}", minutes_ago=30 + n)["id"]
        for n in range(count)
    ]


def test_a_hashtag_is_searched_and_each_post_kept_once(connected: Running, staff: Any) -> None:
    ids = publish(connected, "kopikita")
    tag = hashtags.track("#KopiKita", by=staff(), campaign_id=7)
    assert (tag.term, tag.campaign_id) == ("kopikita", 7)

    assert hashtags.pull_due() == 1

    found = FoundPost.objects.all()
    assert {f.external_id for f in found} == set(ids)
    assert all(f.author == "" and f.url and f.published_at and f.likes is not None for f in found)
    tag.refresh_from_db()
    assert (tag.last_outcome, tag.found_count) == ("ok", 3)
    assert timedelta(hours=5) < tag.due_at - now() < timedelta(hours=7)
    event = Event.objects.get(name="creators.posts_found")
    assert event.data["campaign_id"] == 7 and len(event.data["found_ids"]) == 3

    assert hashtags.pull_due() == 0  # not due
    hashtags.search_now(tag, by=staff())
    assert hashtags.pull_due() == 1
    assert FoundPost.objects.count() == 3
    assert Event.objects.filter(name="creators.posts_found").count() == 1
    assert OutcomeCount.objects.get(endpoint="hashtag").count == 3  # its number is asked for once


def test_more_than_a_page_is_read(connected: Running, staff: Any) -> None:
    publish(connected, "ramairamai", 60)
    hashtags.track("ramairamai", by=staff())
    hashtags.pull_due()
    assert FoundPost.objects.count() == 60


def test_thirty_different_ones_in_seven_days(connected: Running, staff: Any) -> None:
    manager = staff()
    moment = now()
    for n in range(30):
        TrackedHashtag.objects.create(
            term=f"lama{n}",
            due_at=moment,
            active=n % 2 == 0,
            counted_at=moment - timedelta(days=6, minutes=30 * n),
        )
    TrackedHashtag.objects.update(due_at=moment + timedelta(days=1))
    publish(connected, "baru", 1)
    tag = hashtags.track("baru", by=manager)
    assert hashtags.budget().left == 0

    assert hashtags.pull_due() == 0

    tag.refresh_from_db()
    assert tag.last_outcome == hashtags.WAITING and "30" in tag.last_reason
    assert not RawResponse.objects.exists()  # nothing was asked
    oldest = moment - timedelta(days=6, minutes=30 * 29) + timedelta(days=7)
    assert abs(tag.due_at - oldest) < timedelta(seconds=1)
    assert hashtags.pull_due(oldest + timedelta(seconds=1)) == 1


def test_instagrams_own_count_is_heard_and_stops_no_profiles(
    connected: Running, staff: Any, account: Any, pull: Any
) -> None:
    for n in range(30):
        hashtags.track(f"penuh{n}", by=None)
        publish(connected, f"penuh{n}", 1)
    hashtags.pull_due()
    TrackedHashtag.objects.update(counted_at=None)  # somebody else used the same account
    publish(connected, "lebih", 1)
    tag = hashtags.track("lebih", by=staff())
    assert hashtags.pull_due() == 0
    tag.refresh_from_db()
    assert tag.last_outcome == "quota_spent"
    row = account(demo("instagram"))
    assert pull(row)[row.pk].ok


FAULTS = [("rate_limited", "rate_limited"), ("server_error", "transient"), ("truncated", "transient"),
          ("scope", "scope_missing"), ("bad_request", "bad_request"), ("expired_token", "auth_revoked")]  # fmt: skip


@pytest.mark.parametrize(("fault", "outcome"), FAULTS)
def test_a_fault_leaves_the_hashtag_for_later(
    connected: Running, staff: Any, fault: str, outcome: str
) -> None:
    publish(connected, "kopikita", 1)
    tag = hashtags.track("kopikita", by=staff())
    connected.fault("instagram hashtags", fault, seconds=60)
    assert hashtags.pull_due() == 0
    tag.refresh_from_db()
    assert tag.last_outcome == outcome and tag.last_reason and tag.due_at > now()
    assert tag.counted_at is not None  # the platform counted it, so do we


def test_an_unknown_hashtag_and_one_without_news(connected: Running, staff: Any) -> None:
    gone = hashtags.track("tidakadasamasekali", by=staff())
    publish(connected, "kopikita", 1)
    quiet = hashtags.track("kopikita", by=staff())
    connected.fault("instagram hashtags", "empty_insights", "kopikita")
    hashtags.pull_due()
    gone.refresh_from_db()
    quiet.refresh_from_db()
    assert (gone.last_outcome, quiet.last_outcome, quiet.found_count) == ("unavailable", "ok", 0)


def test_rules_of_following(staff: Any) -> None:
    for text in ("", "#", "dua kata", "123", "a" * 101, "kopi-kita"):
        with pytest.raises(ValidationError):
            hashtags.track(text, by=staff())
    with pytest.raises(ValidationError, match="Only Instagram"):
        hashtags.track("kopi", by=staff(), platform="tiktok")
    with pytest.raises(Denied):
        hashtags.track("kopi", by=staff("viewer"))
    tag = hashtags.track("kopi", by=staff())
    with pytest.raises(ValidationError, match="already"):
        hashtags.track("#Kopi", by=staff())
    hashtags.stop(tag, by=staff())
    with pytest.raises(Conflict):
        hashtags.stop(tag, by=staff())
    again = hashtags.track("kopi", by=staff())
    assert again.pk == tag.pk and again.active


def test_a_post_of_a_creator_in_the_file_is_joined(
    connected: Running, account: Any, pull: Any, staff: Any
) -> None:
    source = demo("instagram")
    external = connected.publish(source, "Halo #kopikita", minutes_ago=5)["id"]
    row = account(source)
    pull(row)
    hashtags.track("kopikita", by=staff())
    hashtags.pull_due()
    found = FoundPost.objects.get(external_id=external)
    assert found.post is not None and found.post.account_id == row.pk


@pytest.mark.parametrize("in_comment", [False, True])
def test_a_mention_told_by_webhook(
    connected: Running, client: Any, account: Any, consent: Any, in_comment: bool
) -> None:
    named = demo("instagram", consent="insights")
    row = account(named)
    consent(named)
    author = demo("instagram", nth=3)
    told = connected.http.post(
        "/_sandbox/mention", json={"by": author.handle, "account": named.handle, "in_comment": in_comment}
    ).json()

    answer = client.post(
        "/hooks/meta/",
        told["body"],
        content_type="application/json",
        headers={"x-hub-signature-256": told["signature"]},
    )
    assert answer.status_code == 200
    inbox.process()
    for _twice in range(2):
        mentions.read(named.external_id, told["media_id"], told.get("comment_id", ""))

    found = FoundPost.objects.get()
    assert found.account_id == row.pk and found.url == told["url"]
    if in_comment:
        assert found.found_by == "comment" and named.handle in found.comment and found.comment_id
    else:
        assert (found.found_by, found.author) == ("mention", author.handle)
    assert Event.objects.filter(name="creators.posts_found").count() == 1


def test_a_mention_that_is_gone_or_busy(connected: Running, consent: Any) -> None:
    named = demo("instagram", consent="insights")
    assert mentions.read(named.external_id, "1") == []  # no consent
    consent(named)
    assert mentions.read(named.external_id, "17000000000000000") == []
    connected.fault("instagram", "server_error", named.handle)
    with pytest.raises(mentions.TryLater):
        mentions.read(named.external_id, "17000000000000000")


def test_running_again_changes_figures_only() -> None:
    tag = TrackedHashtag.objects.create(term="kopi", due_at=now())
    first = keep("hashtag", [Find("1", likes=3), Find("1", likes=3)], now(), hashtag=tag)
    assert len(first) == 1
    seen = FoundPost.objects.get().first_seen_at
    assert keep("hashtag", [Find("1", likes=9)], now(), hashtag=tag) == []
    found = FoundPost.objects.get()
    assert (found.likes, found.first_seen_at) == (9, seen)
