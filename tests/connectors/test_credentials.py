"""Consents and application keys: written, never shown; renewed once however many ask."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from krm.connectors import credentials
from krm.connectors.credentials import Tokens
from krm.connectors.models import Application, Credential
from krm.connectors.outcomes import Failed, Kind, Outcome
from krm.errors import Denied
from krm.events.models import Event


def make(**fields: Any) -> Credential:
    values: dict[str, Any] = {
        "platform": "tiktok",
        "external_account_id": "1",
        "access_token": "a0",
        "refresh_token": "r0",
    }
    return Credential.objects.create(**{**values, **fields})


@pytest.mark.django_db
def test_only_administrators_change_keys(staff: Any, admin_user: Any) -> None:
    with pytest.raises(Denied):
        credentials.save_application("tiktok", by=staff(), client_id="x")
    assert not Application.objects.exists() and not Event.objects.exists()
    credentials.save_application("tiktok", by=admin_user, client_id="x", client_secret="geheim")
    event = Event.objects.get(name="connectors.application_changed")
    assert event.data == {"platform": "tiktok", "fields": ["client_id", "client_secret"]}


@pytest.mark.django_db
def test_an_empty_secret_keeps_the_stored_one(admin_user: Any) -> None:
    credentials.save_application("tiktok", by=admin_user, client_id="x", client_secret="geheim")
    credentials.save_application("tiktok", by=admin_user, client_id="y", client_secret="")
    row = Application.objects.get()
    assert (row.client_id, row.client_secret) == ("y", "geheim")


@pytest.mark.django_db
def test_a_consent_needs_a_token(admin_user: Any) -> None:
    with pytest.raises(ValidationError):
        credentials.save_credential("tiktok", "1", Tokens(""), by=admin_user)
    assert not Credential.objects.exists()


@pytest.mark.django_db
def test_consent_given_again_replaces_the_old_one(admin_user: Any) -> None:
    row = make(status="revoked", status_reason="gone")
    credentials.save_credential("tiktok", "1", Tokens("a1", "r1"), by=admin_user)
    row.refresh_from_db()
    assert (row.access_token, row.status, row.status_reason, row.version) == ("a1", "active", "", 1)


@pytest.mark.django_db
def test_renewal_keeps_the_refresh_token_where_none_came() -> None:
    row = make()
    renewed = credentials.renew(row, lambda c: Tokens("a1", expires_at=timezone.now()))
    assert (renewed.access_token, renewed.refresh_token, renewed.version) == ("a1", "r0", 1)


@pytest.mark.django_db
def test_a_renewal_that_somebody_else_did_is_used() -> None:
    row = make()
    stale = Credential.objects.get(pk=row.pk)
    credentials.renew(row, lambda c: Tokens("a1", "r1"))
    renewed = credentials.renew(stale, lambda c: pytest.fail("the platform is not asked twice"))
    assert renewed.access_token == "a1"


@pytest.mark.django_db
def test_refused_renewal_ends_the_consent() -> None:
    def refuse(c: Credential) -> Tokens:
        raise Failed(Outcome(Kind.AUTH_REVOKED, "invalid_grant"))

    row = make()
    with pytest.raises(Failed):
        credentials.renew(row, refuse)
    row.refresh_from_db()
    assert (row.status, row.status_reason) == ("revoked", "invalid_grant")
    assert Event.objects.get(name="connectors.credential_revoked").data["platform"] == "tiktok"


@pytest.mark.django_db(transaction=True)
def test_ten_workers_renew_once() -> None:
    """TikTok takes a refresh token once: a second try with the old one would cost the consent."""
    row = make()
    used: list[str] = []
    seen: list[str] = []

    def refresher(c: Credential) -> Tokens:
        used.append(c.refresh_token)
        time.sleep(0.02)
        return Tokens(f"a{len(used)}", f"r{len(used)}")

    def work() -> None:
        try:
            seen.append(credentials.renew(row, refresher).access_token)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert used == ["r0"]
    assert seen == ["a1"] * 10
    assert Credential.objects.get(pk=row.pk).refresh_token == "r1"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "fields", "status"),
    [
        ("fresh", {"expires_at": timedelta(days=50), "refresh_token": ""}, "active"),
        ("a fifth left", {"expires_at": timedelta(days=11), "refresh_token": ""}, "expiring"),
        ("over", {"expires_at": timedelta(seconds=-1), "refresh_token": ""}, "expired"),
        ("over, but it renews itself", {"expires_at": timedelta(seconds=-1), "refresh_token": "r"}, "active"),
        ("no end", {"expires_at": None, "refresh_token": ""}, "active"),
    ],
)
def test_what_runs_out_is_shown(case: str, fields: dict[str, Any], status: str) -> None:
    span = fields["expires_at"]
    row = make(
        platform="instagram", refresh_token=fields["refresh_token"], expires_at=span and timezone.now() + span
    )
    credentials.mark_due()
    credentials.mark_due()
    row.refresh_from_db()
    assert row.status == status


@pytest.mark.django_db
def test_credentials_are_for_administrators_eyes(staff: Any, admin_user: Any) -> None:
    make()
    assert Credential.objects.visible_to(admin_user).count() == 1
    assert Credential.objects.visible_to(staff()).count() == 0
