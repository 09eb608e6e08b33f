"""Pulls over HTTP from the strict sandbox: what each platform brings, and what is stored of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from creators.models import AccountSnapshot, AccountState, AudienceSnapshot, Post, PostSnapshot
from creators.pulling import runner, schedule
from krm.connectors.models import Credential, OutcomeCount, RawResponse
from krm.connectors.outcomes import Kind
from krm.events.models import Event
from tests.sandbox import Running, demo


def test_instagram_public_profile_and_posts(connected: Running, account: Any, pull: Any) -> None:
    source = demo("instagram")
    row = account(source, known=False)

    outcomes = pull(row)

    assert outcomes[row.pk].kind is Kind.OK
    row.refresh_from_db()
    assert row.external_id == source.external_id
    assert row.last_ok_at is not None
    snapshot = AccountSnapshot.objects.get(account=row)
    assert (snapshot.source, snapshot.definition) == ("platform_public", "per_post_average")
    assert abs(snapshot.followers - source.followers_at(timezone.now())) <= 5
    assert row.followers == snapshot.followers
    posts = Post.objects.filter(account=row)
    assert posts.count() == PostSnapshot.objects.filter(account=row).count() == 25
    newest = source.newest_posts(timezone.now(), 1)[0]
    stored = posts.get(external_id=newest.external_id)
    assert (stored.caption, stored.url, stored.published_at) == (
        newest.caption,
        newest.url,
        newest.published_at,
    )
    assert stored.reach is None and stored.saves is None  # public data has neither: unknown, not zero


def test_instagram_with_consent_brings_reach_and_audience(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("instagram", consent="insights")
    row = account(source)
    consent(source)

    pull(row)

    snapshot = AccountSnapshot.objects.get(account=row)
    assert (snapshot.source, snapshot.definition) == ("platform_authorised", "last_28_days")
    assert snapshot.reach is not None and snapshot.views is not None and snapshot.views >= snapshot.reach
    audience = AudienceSnapshot.objects.get(account=row)
    assert set(audience.gender) == {"female", "male", "unknown"}
    assert audience.countries["ID"] == max(audience.countries.values())
    assert sum(audience.age.values()) == pytest.approx(1, abs=0.01)
    assert Post.objects.filter(account=row, reach=None).count() == 0


def test_the_audience_is_asked_once_a_week(connected: Running, account: Any, consent: Any, pull: Any) -> None:
    source = demo("instagram", consent="insights")
    row = account(source)
    consent(source)
    pull(row)
    pull(row)
    assert OutcomeCount.objects.get(endpoint="demographics", outcome="ok").count == 4


def test_hidden_likes_are_unknown_not_zero(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("instagram", story="hidden_likes"))
    pull(row)
    assert not Post.objects.filter(account=row).exclude(likes=None).exists()
    assert AccountSnapshot.objects.get(account=row).engagement_avg is None


def test_tiktok_display(connected: Running, account: Any, consent: Any, pull: Any) -> None:
    source = demo("tiktok", consent="display")
    row = account(source, known=False)
    consent(source)

    outcomes = pull(row)

    assert outcomes[row.pk].kind is Kind.OK
    row.refresh_from_db()
    assert row.external_id == source.external_id
    assert Post.objects.filter(account=row).count() == 20
    assert Post.objects.filter(account=row, shares=None).count() == 0
    assert AccountSnapshot.objects.get(account=row).source == "platform_authorised"


def test_tiktok_business_is_preferred_and_brings_audience(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("tiktok", consent="business")
    row = account(source)
    consent(source, flavour="display")
    consent(source, flavour="business")

    pull(row)

    assert AccountSnapshot.objects.get(account=row).definition == "last_28_days"
    assert AudienceSnapshot.objects.get(account=row).age["18-24"] > 0
    assert Post.objects.filter(account=row, reach=None).count() == 0
    assert not OutcomeCount.objects.filter(endpoint="user_info").exists()


def test_tiktok_renews_an_old_token_and_keeps_the_next_refresh_token(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("tiktok", consent="display", nth=1)
    row = account(source)
    long_ago = (timezone.now() - timedelta(days=3)).timestamp()
    old = consent(source, issued=long_ago)

    outcomes = pull(row)

    assert outcomes[row.pk].kind is Kind.OK
    fresh = Credential.objects.get(pk=old.pk)
    assert fresh.refresh_token != old.refresh_token
    assert fresh.version == old.version + 1
    assert fresh.expires_at is not None and fresh.expires_at > timezone.now() + timedelta(hours=23)


def test_youtube_batches_channels_and_videos(connected: Running, account: Any, pull: Any) -> None:
    rows = [account(demo("youtube", nth=n)) for n in range(10)]

    outcomes = pull(*rows)

    assert {o.kind for o in outcomes.values()} == {Kind.OK}
    calls = {c.endpoint: c.count for c in OutcomeCount.objects.filter(platform="youtube")}
    assert calls == {"channels": 1, "playlistItems": 20, "videos": 5}  # the first time the Shorts too
    row = rows[0]
    row.refresh_from_db()
    assert len(str(row.followers).rstrip("0")) <= 3  # the public sees three figures
    assert Post.objects.filter(account=row).exclude(kind__in=("video", "short")).count() == 0
    assert Post.objects.filter(account=row, is_sponsored=None).count() == 0


def test_youtube_saves_the_playlist_call_when_nothing_was_uploaded(
    connected: Running, account: Any, pull: Any
) -> None:
    row = account(demo("youtube"))
    pull(row)
    pull(row)
    calls = {c.endpoint: c.count for c in OutcomeCount.objects.filter(platform="youtube")}
    assert calls == {"channels": 2, "playlistItems": 2, "videos": 2}  # uploads and Shorts, once each


def test_youtube_asks_for_the_playlist_again_when_something_was_uploaded(
    connected: Running, account: Any, pull: Any
) -> None:
    source = demo("youtube")
    row = account(source)
    pull(row)
    made = connected.publish(source, "Video baru #ad")
    pull(row)
    assert Post.objects.get(external_id=made["id"]).caption == "Video baru #ad"


def test_youtube_finds_a_channel_by_handle_and_keeps_its_id(
    connected: Running, account: Any, pull: Any
) -> None:
    source = demo("youtube", nth=2)
    row = account(source, known=False)
    pull(row)
    row.refresh_from_db()
    assert row.external_id == source.external_id


def test_a_published_post_is_news(connected: Running, account: Any, pull: Any) -> None:
    source = demo("instagram")
    row = account(source)
    pull(row)
    before = set(Event.objects.filter(name="creators.post_seen").values_list("pk", flat=True))

    made = connected.publish(source, "Kolaborasi bareng @kopikita.id #ad #kopikita", minutes_ago=90)
    pull(row)

    post = Post.objects.get(external_id=made["id"])
    assert post.url == made["url"]
    assert (
        post.hashtags == ["ad", "kopikita"] and post.mentions == ["kopikita.id"] and post.is_sponsored is True
    )
    assert post.views is not None and post.views > 0
    event = Event.objects.filter(name="creators.post_seen").exclude(pk__in=before).get()
    assert event.data == {"post_id": post.pk, "account_id": row.pk}


def test_a_post_taken_down_is_marked(connected: Running, account: Any, pull: Any) -> None:
    source = demo("instagram")
    row = account(source)
    made = connected.publish(source, "sebentar saja")
    pull(row)
    connected.clear()

    pull(row)

    assert Post.objects.get(external_id=made["id"]).is_deleted
    assert Post.objects.filter(account=row, is_deleted=True).count() == 1


def test_pulling_twice_stores_once(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("instagram"))
    pull(row)
    counts = (AccountSnapshot.objects.count(), Post.objects.count(), PostSnapshot.objects.count())
    pull(row)
    assert (AccountSnapshot.objects.count(), Post.objects.count(), PostSnapshot.objects.count()) == counts


def test_the_task_delivered_again_does_nothing(connected: Running, account: Any) -> None:
    row = account(demo("instagram"))
    taken = schedule.take_one(row.pk)
    assert taken is not None
    assert runner.pull(taken.account_ids, taken.token)[row.pk].ok
    calls = RawResponse.objects.count()
    assert runner.pull(taken.account_ids, taken.token) == {}
    assert RawResponse.objects.count() == calls
    assert Event.objects.filter(name="creators.accounts_pulled").count() == 1


def test_a_lease_that_was_taken_over_stores_nothing(connected: Running, account: Any) -> None:
    row = account(demo("instagram"))
    first = schedule.take_one(row.pk)
    assert first is not None
    later = timezone.now() + schedule.LEASE + timedelta(seconds=1)
    second = schedule.take_one(row.pk, now=later)
    assert second is not None and second.token != first.token
    assert runner.pull(first.account_ids, first.token) == {}
    assert AccountSnapshot.objects.count() == 0


def test_the_event_says_how_it_ended(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("instagram"))
    pull(row, interactive=True)
    event = Event.objects.get(name="creators.accounts_pulled")
    assert event.subject_id == row.pk
    assert event.data["outcomes"] == {str(row.pk): "ok"}
    assert event.data["interactive"] is True


def test_answers_are_archived_without_secrets(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("instagram", consent="insights")
    row = account(source)
    credential = consent(source)
    pull(row)
    rows = list(RawResponse.objects.all())
    assert {r.endpoint for r in rows} == {
        "profile", "media", "account_insights", "follows", "demographics", "active_audience", "comments",
    }  # fmt: skip
    assert not any(credential.access_token in r.url for r in rows)
    assert all("appsecret_proof=***" in r.url for r in rows)


def test_two_rows_of_one_account_are_told_apart(connected: Running, account: Any, pull: Any) -> None:
    source = demo("instagram")
    known = account(source)
    known.handle = "an_old_handle"
    known.save()
    twin = account(source, known=False)

    pull(twin)

    twin.refresh_from_db()
    assert twin.external_id is None
    assert (twin.state, twin.schedule.paused_reason) == (AccountState.PAUSED, "duplicate")
