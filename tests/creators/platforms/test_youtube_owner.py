"""What a channel's owner lets us read, and Shorts told apart from videos."""

from __future__ import annotations

import time
from typing import Any

import pytest

from creators.models import AccountSnapshot, AudienceSnapshot, Post
from creators.platforms.youtube import analytics, schema
from krm.connectors.models import Credential, OutcomeCount
from krm.local import connect
from tests.sandbox import Running, demo


def owner_of(source: Any, *scopes: str) -> Credential:
    given = connect.consent("youtube", source.external_id, source.handle, time.time())
    given.scopes = list(scopes or (analytics.SCOPE,))
    given.save()
    return given


def test_the_owners_figures(connected: Running, account: Any, pull: Any) -> None:
    source = demo("youtube")
    row = account(source)
    owner_of(source)
    assert pull(row)[row.pk].ok
    snapshot = AccountSnapshot.objects.get(account=row)
    assert (snapshot.source, snapshot.definition) == ("platform_authorised", "last_28_days")
    assert snapshot.watch_minutes and snapshot.average_view_seconds == 156 and snapshot.followers
    who = AudienceSnapshot.objects.get(account=row)
    assert who.source == "platform_authorised" and who.definition == "viewers_28_days"
    assert sum(who.age.values()) == pytest.approx(1, abs=0.01) and sum(who.gender.values()) == pytest.approx(
        1, abs=0.01
    )
    assert who.countries["ID"] > 0.8 and "18-24" in who.age


@pytest.mark.parametrize(
    ("fault", "kind"), [("scope", "scope_missing"), ("server_error", "transient"), ("quota", "quota_spent"),
                        ("revoked", "auth_revoked")],
)  # fmt: skip
def test_public_figures_stand_when_the_owners_fail(
    connected: Running, account: Any, pull: Any, fault: str, kind: str
) -> None:
    source = demo("youtube")
    row = account(source)
    owner_of(source)
    connected.fault("youtube analytics", fault)
    assert pull(row)[row.pk].ok
    snapshot = AccountSnapshot.objects.get(account=row)
    assert snapshot.source == "platform_public" and snapshot.watch_minutes is None and snapshot.followers
    if kind != "auth_revoked":  # its refusal is counted as an old token first
        assert OutcomeCount.objects.filter(platform="youtube", endpoint="analytics", outcome=kind).exists()
    else:
        assert Credential.objects.get(purpose="account").status == "revoked"


def test_no_rows_is_no_figure(connected: Running, account: Any, pull: Any) -> None:
    source = demo("youtube")
    row = account(source)
    owner_of(source)
    connected.fault("youtube analytics", "empty_insights")
    pull(row)
    assert AccountSnapshot.objects.get(account=row).watch_minutes is None
    assert not AudienceSnapshot.objects.exists()


def test_without_the_permission_nothing_is_asked(connected: Running, account: Any, pull: Any) -> None:
    source = demo("youtube")
    row = account(source)
    owner_of(source, "https://www.googleapis.com/auth/youtube.readonly")
    pull(row)
    assert AccountSnapshot.objects.get(account=row).source == "platform_public"
    assert not OutcomeCount.objects.filter(endpoint="analytics").exists()


def test_shorts_by_youtubes_own_list(connected: Running, account: Any, pull: Any) -> None:
    source = demo("youtube")
    connected.publish(
        source, "Long enough to be either #shorts", kind="video"
    )  # 45 s, and not in the list of Shorts
    row = account(source)
    pull(row)
    kinds = dict(Post.objects.filter(account=row).values_list("caption", "kind"))
    assert kinds["Long enough to be either #shorts"] == "video"
    assert "short" in kinds.values()
    asked = OutcomeCount.objects.get(endpoint="playlistItems").count
    pull(row)  # nothing new: no list is asked, and what we knew stays
    assert OutcomeCount.objects.get(endpoint="playlistItems").count == asked
    assert dict(Post.objects.filter(account=row).values_list("caption", "kind")) == kinds


def test_shorts_by_length_where_the_list_is_not_to_be_had(
    connected: Running, account: Any, pull: Any
) -> None:
    source = demo("youtube")
    connected.publish(source, "By length", kind="video")
    connected.fault("youtube shorts", "bad_request")
    row = account(source)
    assert pull(row)[row.pk].ok
    assert Post.objects.get(caption="By length").kind == "short"


@pytest.mark.parametrize(
    ("length", "tags", "short"),
    [(None, (), False), (0, ("shorts",), False), (59, (), True), (60, (), True), (61, (), False),
     (61, ("shorts",), True), (180, ("shorts",), True), (181, ("shorts",), False)],
)  # fmt: skip
def test_the_rule_of_thumb(length: int | None, tags: tuple[str, ...], short: bool) -> None:
    assert schema.short_by_length(length, tags) is short
