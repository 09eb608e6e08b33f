"""What other systems tell us: verified over the raw body, stored once, answered at once, processed later."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import time
import zlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from krm.connectors import archive, inbox, signatures, tasks
from krm.connectors.http import Reply
from krm.connectors.models import Application, InboundEvent, OutcomeCount, RawResponse
from krm.connectors.outcomes import OK, Kind, Outcome

BODY = json.dumps(
    {"object": "instagram", "entry": [{"id": "1", "changes": [{"field": "comments"}]}]}
).encode()


@pytest.fixture
def apps(db: None) -> None:
    for platform in ("instagram", "tiktok"):
        Application.objects.create(platform=platform, client_secret="topf", webhook_secret="pruefwort")


def sign(body: bytes, secret: str = "topf") -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def openssl(secret: str, message: bytes) -> str:
    command = ["openssl", "dgst", "-sha256", "-hmac", secret]
    return subprocess.run(command, input=message, capture_output=True, check=True).stdout.decode().split()[-1]


def test_signatures_against_openssl() -> None:
    try:
        meta, tiktok = openssl("topf", BODY), openssl("topf", b"1795000000." + BODY)
    except FileNotFoundError:
        pytest.skip("openssl is not on this machine")
    assert signatures.meta(BODY, f"sha256={meta}", "topf")
    assert signatures.tiktok(BODY, f"t=1795000000,s={tiktok}", "topf", now=1795000010)


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha1=" + "0" * 40, "sha256=" + "0" * 64, sign(BODY, "andere"), sign(b"x")]
)
def test_a_wrong_meta_signature_stores_nothing(apps: None, client: Client, header: str) -> None:
    answer = client.post(
        "/hooks/meta/", BODY, content_type="application/json", headers={"X-Hub-Signature-256": header}
    )
    assert answer.status_code == 401
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("age", [301, -301])
def test_an_old_tiktok_signature_is_refused(apps: None, client: Client, age: int) -> None:
    stamp = str(int(time.time()) - age)
    given = hmac.new(b"topf", stamp.encode() + b"." + BODY, hashlib.sha256).hexdigest()
    answer = client.post(
        "/hooks/tiktok/",
        BODY,
        content_type="application/json",
        headers={"TikTok-Signature": f"t={stamp},s={given}"},
    )
    assert answer.status_code == 401


def test_a_call_is_stored_once_and_processed_once(apps: None, client: Client, monkeypatch: Any) -> None:
    done: list[int] = []
    monkeypatch.setitem(inbox._handlers, "meta", lambda event: done.append(event.pk))
    for _again in range(3):
        answer = client.post(
            "/hooks/meta/", BODY, content_type="application/json", headers={"X-Hub-Signature-256": sign(BODY)}
        )
        assert answer.status_code == 200
    event = InboundEvent.objects.get()
    assert bytes(event.body) == BODY and done == []
    tasks.process_inbound()
    tasks.process_inbound()
    assert done == [event.pk]
    event.refresh_from_db()
    assert event.state == "done"


def test_metas_challenge(apps: None, client: Client) -> None:
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "pruefwort"}
    answer = client.get("/hooks/meta/", query)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"1158201444", "text/plain")
    assert client.get("/hooks/meta/", {**query, "hub.verify_token": "falsch"}).status_code == 403
    assert client.get("/hooks/meta/", {**query, "hub.challenge": "<script>"}).status_code == 403


def test_without_a_secret_nothing_is_believed(db: None, client: Client) -> None:
    Application.objects.create(platform="instagram")
    answer = client.post(
        "/hooks/meta/", BODY, content_type="application/json", headers={"X-Hub-Signature-256": sign(BODY, "")}
    )
    assert answer.status_code == 401
    assert (
        client.get(
            "/hooks/meta/", {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}
        ).status_code
        == 403
    )


def test_a_large_body_is_not_read(apps: None, client: Client) -> None:
    body = b" " * (inbox.MAX_BODY + 1)
    answer = client.post(
        "/hooks/meta/", body, content_type="application/json", headers={"X-Hub-Signature-256": sign(body)}
    )
    assert answer.status_code == 413


def test_a_poison_event_is_parked_and_the_next_goes_on(db: None, monkeypatch: Any) -> None:
    def handle(event: InboundEvent) -> None:
        if b"bad" in bytes(event.body):
            raise ValueError("cannot read this")

    monkeypatch.setitem(inbox._handlers, "meta", handle)
    inbox.receive("meta", {}, b'{"bad": 1}')
    inbox.receive("meta", {}, b'{"good": 1}')
    assert inbox.process() == 2
    bad, good = InboundEvent.objects.order_by("id")
    assert (good.state, bad.state, bad.attempts) == ("done", "new", 1)
    assert inbox.process() == 0  # it waits for its next try
    for _n in range(inbox.MAX_ATTEMPTS):
        InboundEvent.objects.filter(pk=bad.pk).update(next_try_at=None)
        inbox.process()
    bad.refresh_from_db()
    assert (bad.state, bad.error) == ("parked", "ValueError: cannot read this")
    inbox.retry_parked()
    monkeypatch.setitem(inbox._handlers, "meta", lambda event: None)
    assert inbox.process() == 1


def call(
    kind: Kind = Kind.OK, *, body: bytes = b'{"a": 1}', endpoint: str = "media", age: int = 0
) -> archive.Call:
    outcome = OK if kind is Kind.OK else Outcome(kind, "190 access_token=geheim")
    reply = Reply(200, {}, body, "https://x/?access_token=***")
    return archive.Call("instagram", endpoint, "kol1", outcome, reply, timezone.now() - timedelta(days=age))


def test_answers_are_kept_and_counted(db: None) -> None:
    archive.keep([call(), call(), call(Kind.AUTH_EXPIRED)])
    archive.keep([call()])
    assert archive.read(RawResponse.objects.first()) == b'{"a": 1}'  # type: ignore[arg-type]
    counts = {c.outcome: (c.count, c.last_reason) for c in OutcomeCount.objects.all()}
    assert counts == {"ok": (3, ""), "auth_expired": (1, "190 access_token=***")}


def test_answers_that_hold_tokens_are_not_kept(db: None) -> None:
    archive.keep([call(endpoint="oauth_refresh"), call(body=b'{"access_token": "geheim"}')])
    assert all(b"geheim" not in zlib.decompress(bytes(r.body)) for r in RawResponse.objects.all())


def test_old_answers_are_forgotten(db: None) -> None:
    archive.keep([call(age=31), call(age=29)])
    assert archive.forget() == 1
    assert archive.forget() == 0
    assert RawResponse.objects.count() == 1
