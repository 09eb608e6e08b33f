"""A passkey: made in the settings, then used to log in, with a virtual authenticator in a real browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery"


def test_a_passkey_is_made_and_opens_the_door(
    new_page: Any, server: str, make_user: Any, assert_accessible: Any, console_clean: Any
) -> None:
    home = server.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, never to an address
    user = make_user("campaign_manager")
    hasher = PBKDF2PasswordHasher()  # the server reads no password of the tests' quick hasher
    user.password = hasher.encode(PASSWORD, hasher.salt())
    user.save()
    page = new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto(home + "/account/login/")
    page.locator("[name=login]").fill(user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(home + "/")

    page.goto(home + "/settings/security/")
    page.get_by_role("link", name="Add passkey").click()
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("[name=name]")).to_be_visible()
    assert_accessible(page)
    page.locator("[name=name]").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page).to_have_url(re.compile("/recovery-codes/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN).wrap().name == "Laptop"
    page.wait_for_load_state("networkidle")
    console_clean(page)

    page.context.clear_cookies()
    page.goto(home + "/account/login/")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page).to_have_url(home + "/")
    console_clean(page)
