"""TikTok One: creators who connected nothing are read where TikTok lists them; from documents only."""

from __future__ import annotations

from typing import Any

import pytest

from creators import connections
from creators.models import AccountSnapshot, AudienceSnapshot, Post
from krm.connectors import credentials
from krm.connectors.credentials import Tokens
from krm.connectors.models import OutcomeCount
from krm.connectors.outcomes import Kind
from krm.errors import Conflict
from krm.local.sandbox import tokens
from tests.sandbox import Running, demo


@pytest.fixture
def one(connected: Running) -> Running:
    client_id, secret = tokens.APPS["tiktok_one"]
    credentials.save_application(
        "tiktok_one", by=None, client_id=client_id, client_secret=secret, own_account_id=tokens.ONE_ACCOUNT
    )
    credentials.save_credential(
        "tiktok_one", tokens.ONE_ACCOUNT, Tokens(tokens.issue("act", "tiktok_one", tokens.ONE_ACCOUNT)), by=None,
        purpose="agency",
    )  # fmt: skip
    return connected


def test_a_listed_creator_is_read_without_consent(one: Running, account: Any, pull: Any) -> None:
    source = demo("tiktok")
    row = account(source, known=False)
    assert pull(row)[row.pk].ok
    row.refresh_from_db()
    assert row.state == "active" and row.followers
    assert not row.external_id  # the number a consent would give is another one
    posts = Post.objects.filter(account=row)
    assert posts.count() == 20 and all(p.views and p.source == "platform_public" for p in posts)
    assert AccountSnapshot.objects.get(account=row).source == "platform_public"


def test_consent_says_more_and_comes_first(one: Running, account: Any, consent: Any, pull: Any) -> None:
    source = demo("tiktok")
    row = account(source)
    consent(source)
    pull(row)
    assert AccountSnapshot.objects.get(account=row).source == "platform_authorised"


def test_one_that_is_not_listed_is_asked_to_connect(one: Running, pull: Any) -> None:
    from creators.models import SocialAccount

    row = SocialAccount.objects.create(platform="tiktok", handle="tidak.ada")
    outcome = pull(row)[row.pk]
    assert outcome.kind is Kind.SCOPE_MISSING and "does not list" in outcome.reason
    row.refresh_from_db()
    assert row.state == "needs_consent"


@pytest.mark.parametrize(
    ("fault", "kind", "state"),
    [
        ("rate_limited", Kind.RATE_LIMITED, "active"),
        ("server_error", Kind.TRANSIENT, "active"),
        ("truncated", Kind.TRANSIENT, "active"),
        ("bad_request", Kind.BAD_REQUEST, "active"),
        ("expired_token", Kind.AUTH_EXPIRED, "active"),
        ("scope", Kind.SCOPE_MISSING, "needs_consent"),
    ],
)
def test_a_fault(one: Running, account: Any, pull: Any, fault: str, kind: Kind, state: str) -> None:
    row = account(demo("tiktok"))
    one.fault("tiktok one", fault, row.handle, seconds=60)
    assert pull(row)[row.pk].kind is kind
    row.refresh_from_db()
    assert row.state == state


def test_the_check_names_the_account(one: Running, staff: Any) -> None:
    admin = staff("administrator")
    assert tokens.ONE_ACCOUNT in connections.check_now("tiktok_one", by=admin)
    credentials.save_application("tiktok_one", by=None, own_account_id="1")
    with pytest.raises(Conflict, match="permission"):
        connections.check_now("tiktok_one", by=admin)


def test_the_audience_of_a_creator_who_joined(one: Running, account: Any, pull: Any) -> None:
    """Known where the creator joined TikTok One for the agency; of others nothing, and the pull goes on."""
    joined, other = demo("tiktok", consent="business"), demo("tiktok", consent="display")
    row, stranger = account(joined), account(other)

    assert pull(row)[row.pk].ok and pull(stranger)[stranger.pk].ok

    audience = AudienceSnapshot.objects.get()
    assert (audience.account, audience.definition, audience.cities) == (row, "tiktok_one", {})
    assert audience.age and audience.countries
    assert sum(audience.gender.values()) == pytest.approx(1, abs=0.02)
    pull(row)
    assert AudienceSnapshot.objects.count() == 1
    assert OutcomeCount.objects.get(endpoint="one_authorized", outcome="ok").count == 1  # once a week


@pytest.mark.parametrize(
    "fault", ["scope", "rate_limited", "server_error", "bad_request", "truncated", "empty_insights"]
)
def test_an_audience_that_is_refused_never_spoils_the_pull(
    one: Running, account: Any, pull: Any, fault: str
) -> None:
    source = demo("tiktok", consent="business")
    row = account(source)
    one.fault("tiktok one audience", fault, source.handle, seconds=60)
    assert pull(row)[row.pk].ok
    assert not AudienceSnapshot.objects.exists() and Post.objects.filter(account=row).count() == 20
