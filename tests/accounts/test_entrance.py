"""Logging in, sessions, confirming who one is, API keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from krm.accounts import apikeys, tasks
from krm.accounts.models import ApiKey, LoginLink
from krm.errors import Conflict, Denied

PASSWORD = "correct horse battery"


def test_login_page_offers_every_way(client: Any, db: None) -> None:
    page = client.get("/account/login/").content.decode()
    assert "/login-link/" in page
    assert 'id="passkey_login"' in page
    assert 'name="password"' in page


def test_nobody_signs_up_by_themselves(client: Any, db: None) -> None:
    from krm.accounts.models import User

    client.post("/account/signup/", {"email": "eve@evil.example", "password1": PASSWORD})
    assert not User.objects.exists()


def test_wrong_password_and_unknown_user_look_the_same(client: Any, staff: Any) -> None:
    user = staff()
    pages = [
        client.post("/account/login/", {"login": email, "password": "wrong"}).content.decode()
        for email in (user.email, "nobody@krm.example")
    ]
    assert "are not correct" in pages[0]
    assert "are not correct" in pages[1]


def test_guessing_is_slowed_down(client: Any, staff: Any) -> None:
    user = staff()
    for _ in range(6):
        client.post("/account/login/", {"login": user.email, "password": "wrong"})
    page = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert page.status_code != 302, "the right password, too, has to wait"


def test_password_reset_says_nothing_about_strangers(client: Any, staff: Any) -> None:
    answers = [
        client.post("/account/password/reset/", {"email": e}) for e in (staff().email, "nobody@krm.example")
    ]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert len(mail.outbox) == 1


def test_sessions_are_listed_and_ended(client: Any, staff: Any) -> None:
    from django.test import Client

    user = staff()
    other = Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0"})
    for browser in (client, other):
        browser.post("/account/login/", {"login": user.email, "password": PASSWORD})
    page = client.get("/settings/security/").content.decode()
    assert "Chrome, Android" in page
    client.post("/settings/sessions/end-others/")
    assert other.get("/settings/profile/").status_code == 302
    assert client.get("/settings/profile/").status_code == 200


def test_nobody_ends_the_session_of_another(client: Any, client_for: Any, staff: Any) -> None:
    from allauth.usersessions.models import UserSession

    user = staff()
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    session = UserSession.objects.get(user=user)
    assert client_for(staff()).post(f"/settings/sessions/{session.pk}/end/").status_code == 404
    assert client.get("/settings/profile/").status_code == 200


def test_a_sensitive_page_asks_again(client_for: Any, staff: Any) -> None:
    browser = client_for(staff(), confirmed=False)
    answer = browser.get("/settings/api-keys/new/")
    assert answer["Location"].startswith("/account/reauthenticate/")
    answer = browser.post(answer["Location"], {"password": PASSWORD})
    assert answer["Location"] == "/settings/api-keys/new/"
    assert browser.get("/settings/api-keys/new/").status_code == 200


def test_a_guest_without_password_confirms_by_mail(client_for: Any, make_user: Any) -> None:
    user = make_user("creator")
    user.set_unusable_password()
    user.save()
    browser = client_for(user, confirmed=False)
    answer = browser.get("/settings/api-keys/new/")
    assert answer["Location"].startswith("/confirm/by-mail/")
    browser.post(answer["Location"], {"next": "/settings/api-keys/new/"})
    tasks.send_login_link(LoginLink.objects.get().pk)
    link = "/login-link/" + mail.outbox[0].body.split("/login-link/")[1].split()[0]
    assert browser.post(link)["Location"] == "/settings/api-keys/new/"
    assert browser.get("/settings/api-keys/new/").status_code == 200


def test_a_key_is_shown_once(client_for: Any, staff: Any, api_client: Any) -> None:
    user = staff()
    answer = client_for(user).post("/settings/api-keys/new/", {"name": "BI", "scopes": ["*"], "days": "30"})
    key = ApiKey.objects.get(user=user)
    secret = answer.context["secret"]
    assert secret in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert secret not in client_for(user).get("/settings/api-keys/").content.decode()
    assert secret not in str(vars(key))
    assert apikeys.find(secret) == key
    key.refresh_from_db()
    assert key.last_used_at is not None


@pytest.mark.parametrize("end", ["revoked", "expired", "owner gone", "unknown"])
def test_a_dead_key_opens_nothing(staff: Any, end: str) -> None:
    user = staff()
    key, secret = apikeys.create(
        user, by=user, name="BI", scopes=["*"], expires_at=timezone.now() + timedelta(days=1)
    )
    match end:
        case "revoked":
            apikeys.revoke(key, by=user)
        case "expired":
            ApiKey.objects.update(expires_at=timezone.now())
        case "owner gone":
            user.is_active = False
            user.save()
        case "unknown":
            secret += "x"
    assert apikeys.find(secret) is None


def test_a_key_has_bounds(staff: Any) -> None:
    user = staff()
    with pytest.raises(ValidationError) as error:
        apikeys.create(
            user, by=user, name=" ", scopes=["moon:write"], expires_at=timezone.now() + timedelta(days=500)
        )
    assert sorted(error.value.message_dict) == ["expires_at", "name", "scopes"]
    with pytest.raises(Denied):
        apikeys.create(
            user, by=staff(), name="BI", scopes=["*"], expires_at=timezone.now() + timedelta(days=1)
        )
    key, _secret = apikeys.create(
        user, by=user, name="BI", scopes=["*"], expires_at=timezone.now() + timedelta(days=1)
    )
    apikeys.revoke(key, by=user)
    with pytest.raises(Conflict):
        apikeys.revoke(key, by=user)


@pytest.mark.parametrize(
    ("held", "wanted", "fits"),
    [
        (["*"], "payments:write", True),
        (["creators:read"], "creators:read", True),
        (["creators:read"], "creators:write", False),
        (["creators:write"], "creators:read", True),
        (["creators:write"], "campaigns:read", False),
        (["creators:*"], "creators:write", True),
    ],
)
def test_scopes(held: list[str], wanted: str, fits: bool) -> None:
    assert ApiKey(scopes=held).has_scope(wanted) is fits


@pytest.mark.django_db
def test_a_form_that_comes_back_after_confirming_is_sent_to_its_own_page(admin_user: Any) -> None:
    """The repeated request is answered under the address of the question; its form must not go there."""
    browser = Client()
    browser.force_login(admin_user, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("accounts:invite")
    sent = {"email": "baru@krm.example", "role": "viewer", "language": "en"}  # no team: refused
    asked = browser.post(address, sent)
    assert asked.status_code == 302 and "reauthenticate" in asked["Location"]
    answer = browser.post(asked["Location"], {"password": "correct horse battery", "next": address})
    text = answer.content.decode()
    assert answer.status_code == 422 and "baru@krm.example" in text
    assert f'method="post" action="{address}"' in text
