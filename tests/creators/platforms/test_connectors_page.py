"""The connectors page: what it says, who may change it, and that a secret never comes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from creators.models import AccountSchedule
from krm.connectors import budgets
from krm.connectors.models import Application, Credential, InboundEvent
from krm.events.models import Event
from krm.local.sandbox import tokens
from tests.sandbox import Running, demo

PAGE = "/creators/connectors/"


def test_it_says_what_is_set_up(connected: Running, client_for: Any, staff: Any) -> None:
    text = client_for(staff()).get(PAGE).content.decode()
    assert text.count(">Set up<") == 6
    assert "documents only" in text  # TikTok is not tested against anything of the vendor's
    assert connected.url in text
    assert "Check the connection" not in text  # a campaign manager only looks


def test_before_anything_is_set_up(sandbox: Running, db: None, client_for: Any, admin_user: Any) -> None:
    text = client_for(admin_user).get(PAGE).content.decode()
    assert text.count("Not set up") == 5
    assert Application.objects.count() == 0


def test_errors_budgets_and_queue_are_shown(
    connected: Running, account: Any, pull: Any, client_for: Any, staff: Any
) -> None:
    row = account(demo("instagram"))
    connected.fault("instagram", "rate_limited", row.handle, seconds=120)
    pull(row)
    text = client_for(staff()).get(PAGE).content.decode()
    assert "Asked too often" in text and "Application request limit reached" in text
    assert "Stopped by the platform" in text


def test_the_page_stands_when_redis_is_down(
    connected: Running, client_for: Any, staff: Any, monkeypatch: Any
) -> None:
    import redis

    def down(*args: Any, **kwargs: Any) -> Any:
        raise redis.ConnectionError("down")

    monkeypatch.setattr(budgets, "_run", down)
    answer = client_for(staff()).get(PAGE)
    assert answer.status_code == 200
    assert "Redis is not reachable" in answer.content.decode()


def test_settings_are_saved_and_secrets_never_shown(
    sandbox: Running, db: None, client_for: Any, admin_user: Any
) -> None:
    browser = client_for(admin_user)
    url = reverse("creators:connector", args=["instagram"])
    client_id, secret = tokens.APPS["instagram"]
    data = {
        "enabled": "on",
        "client_id": client_id,
        "client_secret": secret,
        "own_account_id": tokens.AGENCY_IG_ID,
        "access_token": tokens.issue("act", "instagram", tokens.AGENCY_IG_ID),
        "daily_users": "7",
    }
    answer = browser.post(url, data)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    row = Application.objects.get()
    assert (row.client_secret, row.daily_users) == (secret, 7)
    credential = Credential.objects.get()
    assert (credential.purpose, credential.external_account_id) == ("agency", tokens.AGENCY_IG_ID)
    text = browser.get(url).content.decode() + browser.get(PAGE).content.decode()
    assert secret not in text and credential.access_token not in text

    answer = browser.post(url, {**data, "client_secret": "", "access_token": "", "daily_users": "9"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.client_secret, row.daily_users) == (secret, 9)
    assert not any(secret in str(e.data) for e in Event.objects.all())

    answer = browser.post(reverse("creators:connector_check", args=["instagram"]), follow=True)
    assert "Instagram answers: @krm_agency" in answer.content.decode()


def test_what_is_missing_is_said_at_the_field(
    sandbox: Running, db: None, client_for: Any, admin_user: Any
) -> None:
    answer = client_for(admin_user).post(reverse("creators:connector", args=["youtube"]), {"enabled": "on"})
    assert answer.status_code == 422
    assert "developer page shows it" in answer.content.decode()
    assert not Application.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize(
    ("fault", "words"), [("expired_token", "refused the key"), ("server_error", "did not answer")]
)
def test_a_check_says_what_is_wrong(
    connected: Running, client_for: Any, admin_user: Any, fault: str, words: str
) -> None:
    connected.fault("youtube", fault)
    answer = client_for(admin_user).post(reverse("creators:connector_check", args=["youtube"]), follow=True)
    assert words in answer.content.decode()


def test_staff_may_look_and_not_change(connected: Running, client_for: Any, staff: Any) -> None:
    browser = client_for(staff())
    assert browser.get(reverse("creators:connector", args=["youtube"])).status_code == 403
    assert browser.post(reverse("creators:connector_check", args=["youtube"])).status_code == 403
    assert browser.post(reverse("creators:inbound_retry")).status_code == 403
    assert browser.get(reverse("creators:connector", args=["nothing"])).status_code in (403, 404)


def test_parked_calls_can_be_tried_again(db: None, client_for: Any, admin_user: Any) -> None:
    InboundEvent.objects.create(vendor="meta", dedupe_key="1", body=b"{}", state="parked")
    browser = client_for(admin_user)
    assert "1 call of a platform could not be processed" in browser.get(PAGE).content.decode()
    browser.post(reverse("creators:inbound_retry"))
    assert InboundEvent.objects.get().state == "new"


def test_the_page_costs_the_same_with_more_accounts(
    connected: Running, account: Any, client_for: Any, staff: Any, constant_queries: Any
) -> None:
    browser = client_for(staff())

    def grow() -> None:
        from creators.pulling import schedule

        for n in range(6):
            account(demo("youtube", nth=n))
        schedule.add_new()
        assert AccountSchedule.objects.count() == 6

    constant_queries(lambda: browser.get(PAGE), grow)
