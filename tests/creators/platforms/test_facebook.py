"""Facebook Pages: public ones, own ones with insights, and the measures Meta retired kept apart from the new ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from creators.models import AccountSnapshot, AudienceSnapshot, Post, PostComment, PostSnapshot
from creators.platforms.facebook import schema
from krm.connectors.models import RawResponse
from krm.local.sandbox import world
from tests.sandbox import Running, demo

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_public_page_has_no_views(connected: Running, account: Any, pull: Any) -> None:
    row = account(demo("facebook", consent=""), known=False)
    assert pull(row)[row.pk].ok
    row.refresh_from_db()
    assert row.external_id and row.followers
    posts = Post.objects.filter(account=row)
    assert posts.count() == 25
    assert not posts.exclude(views=None, reach=None).exists()
    assert all(
        p.likes is not None and p.comments is not None and p.source == "platform_public" for p in posts
    )
    assert AccountSnapshot.objects.get(account=row).definition == "per_post_average"


def test_an_own_page_brings_views_places_and_comments(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    pages = [a for a in world.demo_accounts() if a.platform == "facebook" and a.consent]
    source = max(pages, key=lambda a: a.target)
    row = account(source)
    consent(source)
    assert pull(row)[row.pk].ok
    snapshot = AccountSnapshot.objects.get(account=row)
    assert (snapshot.definition, snapshot.reach) == ("last_28_days", None)
    assert snapshot.views and snapshot.followers
    assert all(p.views and p.reach for p in Post.objects.filter(account=row))
    audience = AudienceSnapshot.objects.get(account=row)
    assert audience.countries["ID"] > 0.3 and audience.cities and audience.age == {} and audience.gender == {}
    comments = PostComment.objects.filter(account=row)
    assert comments.count() > 5 and comments.filter(is_reply=True, by_owner=True).exists()


def test_impressions_of_an_older_version_are_another_series(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("facebook", consent="page")
    row = account(source)
    consent(source)
    connected.http.post("/_sandbox/shape", json={"platform": "facebook", "shape": "old"})
    assert pull(row)[row.pk].ok
    snapshot = AccountSnapshot.objects.get(account=row)
    assert snapshot.definition == "last_28_days_impressions" and snapshot.views
    found = PostSnapshot.objects.filter(account=row)
    assert all(p.views is None and p.impressions and p.definition == "impressions" for p in found)


def test_names_that_meta_retired_are_never_asked_for(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("facebook", consent="page")
    row = account(source)
    consent(source)
    pull(row)
    asked = " ".join(RawResponse.objects.values_list("url", flat=True))
    assert "page_media_view" in asked
    assert not any(name in asked for name in schema.GONE_PREFIXES)


def test_empty_insights_are_unknown_not_zero(
    connected: Running, account: Any, consent: Any, pull: Any
) -> None:
    source = demo("facebook", consent="page")
    row = account(source)
    consent(source)
    connected.fault("facebook", "empty_insights", source.handle)
    assert pull(row)[row.pk].ok
    snapshot = AccountSnapshot.objects.get(account=row)
    assert (snapshot.views, snapshot.likes) == (None, None) and snapshot.followers
    assert not Post.objects.filter(account=row).exclude(views=None).exists()
    assert not AudienceSnapshot.objects.exists()


def test_figures_by_hand() -> None:
    node = {
        "id": "1_2", "message": "Halo #kopi", "created_time": "2026-11-01T03:00:00+0000", "status_type": "added_video",
        "reactions": {"summary": {"total_count": 12}}, "comments": {"summary": {"total_count": 3}},
        "insights": {"data": [{"name": "post_media_view", "values": [{"value": 900}]}]},
    }  # fmt: skip
    post = schema.post(node, 1, "platform_authorised", NOW)
    assert (post.views, post.likes, post.comments, post.shares, post.reach) == (900, 12, 3, 0, None)
    assert (post.kind, post.definition) == ("video", "views")
    hidden = schema.post({"id": "1_3"}, 1, "platform_public", NOW)
    assert (hidden.likes, hidden.comments, hidden.shares) == (None, None, None)
    body = {"data": [{"name": "page_media_view", "values": [{"value": 5}, {"value": 7}, {}]}]}
    assert schema.summed(body) == {"page_media_view": 12}


def test_instagrams_impressions_are_another_series_too() -> None:
    from creators.ingest import AccountReading
    from creators.platforms.instagram import schema as instagram

    def insights(name: str, value: int) -> dict[str, object]:
        return {"data": [{"name": name, "values": [{"value": value}], "total_value": {"value": value}}]}

    old = instagram.post({"id": "1", "insights": insights("impressions", 90)}, 1, "platform_authorised", NOW)
    assert (old.views, old.impressions, old.definition) == (None, 90, "impressions")
    new = instagram.post({"id": "1", "insights": insights("views", 90)}, 1, "platform_authorised", NOW)
    assert (new.views, new.impressions, new.definition) == (90, None, "views")
    reading = AccountReading(1, "platform_authorised", NOW.date(), NOW)
    instagram.add_insights(reading, insights("impressions", 90))
    assert (reading.views, reading.definition) == (90, "last_28_days_impressions")
    instagram.add_insights(reading, insights("views", 120))
    assert (reading.views, reading.definition) == (120, "last_28_days")
