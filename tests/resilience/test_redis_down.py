"""Redis is gone: pages open, people work on, and what waits for Redis says so."""

from __future__ import annotations

import re
import socket
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.utils import timezone

from tests.browser import child_env, session_of, start, stop, wait_for
from tests.campaigns import factories as f
from tests.payments.factories import Cast

pytestmark = pytest.mark.django_db(transaction=True)

SLOW = 30.0  # seconds on a machine that runs a whole suite; who waits for Redis again and again is as good as down


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def site(tmp_path: Any) -> Iterator[str]:
    """A server whose Redis answers nobody."""
    port, log = closed_port(), tmp_path / "server.log"
    process = start(
        [sys.executable, "-m", "uvicorn", "krm.asgi:application", "--host", "127.0.0.1", "--port", str(port),
         "--log-level", "warning", "--timeout-graceful-shutdown", "1"],
        log,
        child_env(REDIS_URL=f"redis://127.0.0.1:{closed_port()}/0", KRM_SITE_URL=f"http://127.0.0.1:{port}"),
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process, log, seconds=120)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)
        print(log.read_text()[-4000:])  # noqa: T201


def browser(site: str, user: Any) -> httpx.Client:
    return httpx.Client(
        base_url=site,
        cookies={settings.SESSION_COOKIE_NAME: session_of(user)},
        trust_env=False,
        timeout=SLOW,
        headers={"Referer": site + "/"},
    )


def post(client: httpx.Client, url: str, data: dict[str, Any]) -> httpx.Response:
    """Fill in a form as a browser does: with the token of the page."""
    page = client.get(url)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, f"no form on {url}: {page.status_code}"
    return client.post(url, data={**data, "csrfmiddlewaretoken": token[1]})


def test_pages_open_and_work_goes_on(site: str) -> None:
    from campaigns.models import Brand, Offer
    from krm.accounts import apikeys
    from krm.events.models import Event

    cast = Cast()
    invoice = cast.approved()
    offer = f.make_offer()
    kol = f.portal_for(offer.partnership.creator)
    campaign = offer.partnership.campaign
    wrong = []

    def look(client: httpx.Client, *addresses: str) -> None:
        for address in addresses:
            began = time.monotonic()
            try:
                answer = client.get(address, follow_redirects=True)
            except httpx.HTTPError as error:
                wrong.append(f"{address}: {type(error).__name__}")
                continue
            if answer.status_code != 200:
                wrong.append(f"{address}: {answer.status_code}")
            if time.monotonic() - began > SLOW:
                wrong.append(f"{address}: {time.monotonic() - began:.0f} s")

    with browser(site, cast.admin) as admin:
        look(
            admin, "/", "/creators/", f"/creators/{offer.partnership.creator_id}/", "/creators/connectors/", "/campaigns/",
            campaign.get_absolute_url(), offer.partnership.get_absolute_url(), "/payments/", invoice.get_absolute_url(),
            "/reports/", "/jobs/", "/notifications/", "/settings/security/", "/creators/?q=Creator",
        )  # fmt: skip
        # a verb that queues a job and tells open pages
        made = admin.post(
            "/api/v1/brands",
            json={
                "name": "Made without Redis",
                "team": cast.team.pk,
                "category": "beauty",
                "currency": "IDR",
            },
            headers=api_key(apikeys, cast.admin) | {"Idempotency-Key": "redis-down-1"},
        )
        assert made.status_code == 201, made.text
        with admin.stream("GET", "/events/stream") as stream:
            assert stream.status_code == 200
            assert "updates wait" in "".join(stream.iter_text())
    with browser(site, kol) as phone:
        look(phone, "/", f"/portal/campaigns/{offer.partnership_id}/", "/notifications/")
    with httpx.Client(base_url=site, trust_env=False, timeout=SLOW) as visitor:
        look(visitor, "/account/login/", "/healthz")
        login = post(
            visitor, "/account/login/", {"login": cast.admin.email, "password": "correct horse battery"}
        )
        if login.status_code not in (200, 302):
            wrong.append(f"login: {login.status_code}")
        ready = visitor.get("/readyz")
        assert ready.status_code == 503 and "Redis" in ready.text
    assert not wrong, "\n".join(wrong)

    # What was done is done, and what it should set off is kept for when Redis is back.
    assert Brand.objects.filter(name="Made without Redis").exists()
    assert Offer.objects.get(pk=offer.pk).state == "sent"
    event = Event.objects.filter(name="campaigns.brand_created").latest("pk")
    assert event.relayed_at is None
    assert timezone.now() - event.occurred_at < timedelta(minutes=5)


def api_key(apikeys: Any, user: Any) -> dict[str, str]:
    _key, secret = apikeys.create(
        user, by=user, name="test", scopes=("*",), expires_at=timezone.now() + timedelta(days=1)
    )
    return {"Authorization": f"Bearer {secret}"}
