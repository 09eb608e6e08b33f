"""Authenticator app, recovery codes, and where their secrets lie."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time

from krm.connectors import second_factor, vault

SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery"


def code_now() -> str:
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


@pytest.fixture
def user(staff: Any) -> Any:
    found = staff()
    TOTP.activate(found, SECRET)
    return found


def test_the_password_alone_does_not_open(client: Any, user: Any) -> None:
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/settings/profile/").status_code == 302
    client.post("/account/2fa/authenticate/", {"code": code_now()})
    assert client.get("/settings/profile/").status_code == 200


def test_a_recovery_code_opens_once(client: Any, user: Any) -> None:
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for expected in (200, 302):
        client.post("/account/login/", {"login": user.email, "password": PASSWORD})
        client.post("/account/2fa/authenticate/", {"code": code})
        assert client.get("/settings/profile/").status_code == expected
        client.logout()


def test_a_reset_password_does_not_pass_the_second_factor(client: Any, user: Any) -> None:
    user.set_password("kopi-tubruk-pagi")
    user.save()
    client.post("/account/login/", {"login": user.email, "password": "kopi-tubruk-pagi"})
    assert client.get("/settings/profile/").status_code == 302


def test_the_secret_lies_encrypted_and_turns_with_the_keys(user: Any) -> None:
    row = Authenticator.objects.get(user=user)
    assert SECRET not in str(row.data)
    assert vault.decrypt(row.data["secret"], second_factor.AAD) == SECRET
    assert second_factor.rotate(dry_run=True) == 0


def test_the_page_shows_what_is_on(client_for: Any, user: Any) -> None:
    page = client_for(user).get("/settings/security/").content.decode()
    assert "/account/2fa/totp/deactivate/" in page
    assert "/account/2fa/recovery-codes/generate/" in page
