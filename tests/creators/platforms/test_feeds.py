"""YouTube tells us of uploads: asked for, confirmed, signed, renewed, and only ever a hint."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from creators.models import AccountSchedule, Cadence, ChannelFeed
from creators.pulling import feeds, schedule
from krm.connectors import inbox
from krm.connectors.models import InboundEvent
from krm.local.sandbox import hub
from tests.sandbox import Running, demo


def openssl_sha1(secret: str, message: bytes) -> str:
    return subprocess.run(
        ["openssl", "dgst", "-sha1", "-mac", "HMAC", "-macopt", f"hexkey:{secret.encode().hex()}", "-binary"],
        input=message, capture_output=True, check=True,
    ).stdout.hex()  # fmt: skip


@pytest.fixture
def feed(connected: Running, account: Any) -> ChannelFeed:
    row = account(demo("youtube"), known=True)
    assert feeds.keep() == 0  # nobody watches it
    schedule.set_cadence([row.pk], Cadence.WARM)
    assert feeds.keep() == 1 and feeds.keep() == 0
    return ChannelFeed.objects.select_related("account").get()


def confirmed(feed: ChannelFeed, client: Any, **more: str) -> Any:
    query = {
        "hub.mode": "subscribe", "hub.topic": feeds.topic(feed.account), "hub.challenge": "c-123",
        "hub.lease_seconds": "432000", **more,
    }  # fmt: skip
    return client.get(f"/hooks/websub/{feed.token}/", query)


def test_confirmed_by_the_challenge_and_renewed_before_the_end(feed: ChannelFeed, client: Any) -> None:
    assert confirmed(feed, client, **{"hub.topic": feeds.TOPIC + "UCother"}).status_code == 404
    assert client.get("/hooks/websub/unknown/", {"hub.mode": "subscribe"}).status_code == 404
    answer = confirmed(feed, client)
    assert (answer.status_code, answer.content) == (200, b"c-123")
    feed.refresh_from_db()
    assert feed.state == "active" and feed.lease_until is not None
    now = timezone.now()
    assert timedelta(days=4.9) < feed.lease_until - now <= timedelta(days=5)
    assert timedelta(days=2.9) < feed.next_ask_at - now <= timedelta(days=3)
    assert feeds.keep(now + timedelta(days=2)) == 0 and feeds.keep(now + timedelta(days=3, minutes=1)) == 1
    AccountSchedule.objects.update(cadence=Cadence.COLD)
    assert feeds.keep(now + timedelta(days=9)) == 0
    feed.refresh_from_db()
    assert feed.state == "ended"


def test_a_notice_hurries_the_channel(feed: ChannelFeed, client: Any, connected: Running) -> None:
    confirmed(feed, client)
    later = timezone.now() + timedelta(days=5)
    AccountSchedule.objects.update(due_at=later)
    source = demo("youtube")
    body = hub.notice(source, source.newest_posts(timezone.now(), 1)[0], "2026-11-22T10:00:00+00:00")
    url, mark = f"/hooks/websub/{feed.token}/", openssl_sha1(feed.secret, body)

    def send(signature: str, content: bytes = body) -> int:
        return int(
            client.post(
                url, content, content_type="application/atom+xml", headers={"X-Hub-Signature": signature}
            ).status_code
        )

    assert send("sha1=" + "0" * 40) == 200 and send("") == 200 and send(f"sha1={mark}", body + b" ") == 200
    assert not InboundEvent.objects.exists()  # not believed, and not said
    assert send(f"sha1={mark}") == 200 and send(f"sha1={mark}") == 200
    assert InboundEvent.objects.count() == 1
    assert AccountSchedule.objects.get().due_at == later  # processed later
    inbox.process()
    assert AccountSchedule.objects.get().due_at <= timezone.now()
    feed.refresh_from_db()
    assert feed.heard_at is not None


def test_a_notice_about_another_channel_is_dropped(feed: ChannelFeed, client: Any) -> None:
    later = timezone.now() + timedelta(days=5)
    AccountSchedule.objects.update(due_at=later)
    other = demo("youtube", nth=1)
    body = hub.notice(other, other.newest_posts(timezone.now(), 1)[0], "2026-11-22T10:00:00+00:00")
    mark = openssl_sha1(feed.secret, body)
    client.post(
        f"/hooks/websub/{feed.token}/",
        body,
        content_type="text/xml",
        headers={"X-Hub-Signature": f"sha1={mark}"},
    )
    inbox.process()
    assert AccountSchedule.objects.get().due_at == later


def test_a_hub_that_fails_is_asked_again_later(connected: Running, account: Any) -> None:
    row = account(demo("youtube"), known=True)
    schedule.set_cadence([row.pk], Cadence.LIVE)
    connected.fault("websub", "server_error")
    assert feeds.keep() == 0
    held = ChannelFeed.objects.get()
    assert held.state == "asked" and held.next_ask_at > timezone.now() + timedelta(minutes=50)


def test_only_where_the_hub_can_reach_us(connected: Running, settings: Any) -> None:
    settings.SANDBOX_URL = ""
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert not feeds.ready()
    settings.SITE_URL = "https://krm.example"
    assert feeds.ready()
