"""What we rely on in pages that are not ours: Django's admin and allauth."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.matrix import ROLES

ALLAUTH_OWN = (
    "/account/2fa/",
    "/account/2fa/webauthn/",
    "/account/password/change/",
    "/account/sessions/",
    "/account/reauthenticate/",
)


@pytest.mark.parametrize("role", ROLES)
def test_the_admin_is_for_administrators(client_for: Any, make_user: Any, role: str) -> None:
    answer = client_for(make_user(role, all_teams=role == "administrator")).get("/admin/")
    assert (answer.status_code == 200) is (role == "administrator")


@pytest.mark.parametrize("url", ["/admin/", *ALLAUTH_OWN])
def test_nobody_without_a_login(client: Any, db: None, url: str) -> None:
    assert "login" in client.get(url)["Location"]


@pytest.mark.parametrize("url", ALLAUTH_OWN)
@pytest.mark.parametrize("role", ["viewer", "creator", "client_viewer"])
def test_they_look_at_home_for_everybody(client_for: Any, make_user: Any, url: str, role: str) -> None:
    page = client_for(make_user(role)).get(url)
    assert page.status_code == 200
    assert "css/krm.css" in page.content.decode() or "css/base.css" in page.content.decode()
    assert "<style" not in page.content.decode()
    assert "unsafe-inline" not in page["Content-Security-Policy"]
