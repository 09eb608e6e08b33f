from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from krm.connectors import credentials
from krm.local.sandbox import tokens
from tests.sandbox import Running, sandbox, sandbox_process  # noqa: F401

SET_UP = ("instagram", "instagram_login", "tiktok", "tiktok_business", "youtube", "x", "facebook")
_HIDDEN = re.compile(r'<input type="(hidden|checkbox)" name="([^"]*)"(?: value="([^"]*)")?')


@pytest.fixture
def doors(db: None, sandbox: Running) -> Running:  # noqa: F811
    """Every platform's registration filled in."""
    for platform in SET_UP:
        client_id, secret = tokens.APPS[platform]
        credentials.save_application(
            platform, by=None, client_id=client_id, client_secret=secret,
            api_key=tokens.YOUTUBE_KEY if platform == "youtube" else "",
            own_account_id=tokens.AGENCY_IG_ID if platform == "instagram" else "",
        )  # fmt: skip
    return sandbox


@pytest.fixture
def screen(doors: Running) -> Callable[..., str]:
    """`screen(url, account)`: the owner at the platform's page; returns the address they are sent back to."""

    def at(url: str, account: str, *, deny: bool = False, untick: str = "") -> str:
        page = doors.http.get(url)
        assert page.status_code == 200, page.text
        form = {unescape(n): unescape(v) or "on" for _t, n, v in _HIDDEN.findall(page.text)}
        form = {k: v for k, v in form.items() if not (untick and k.startswith("scope:") and untick in k)}
        form["account"] = account
        form["deny" if deny else "allow"] = "1"
        back = doors.http.post(urlsplit(url).path, data=form)
        assert back.status_code == 302, back.text
        return str(back.headers["location"])

    return at


@pytest.fixture
def through(client_for: Any, screen: Any) -> Callable[..., Any]:
    """`through(browser, creator, program, handle, account=row)`: the whole way; returns the last page."""

    def go(browser: Any, creator: Any, program: str, handle: str, *, account: Any = None, **more: Any) -> Any:
        path = f"/portal/profile/{creator.pk}/connect/{program}/go/" + (
            f"?account={account.pk}" if account else ""
        )
        away = browser.get(path)
        assert away.status_code == 302, away.content
        back = urlsplit(screen(away["location"], handle, **more))
        return browser.get(back.path, dict(parse_qsl(back.query)), follow=True)

    return go
