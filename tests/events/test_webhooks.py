"""Other systems are told, and can prove that it was us."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from krm import events
from krm.errors import Conflict, Denied
from krm.events import relay, webhooks
from krm.events.models import WebhookDelivery, WebhookEndpoint


class Receiver:
    """A real HTTP server on this machine that keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    found = Receiver()
    allowed = f"127.0.0.1:{found.server.server_port}"
    settings.KRM_EGRESS_ALLOW = [allowed]
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def endpoint(receiver: Receiver, admin_user: Any) -> tuple[WebhookEndpoint, str]:
    return webhooks.create_endpoint(by=admin_user, name="ERP", url=receiver.url, patterns=["test.*"])


def happen(subject: Any, name: str = "test.happened", **data: Any) -> None:
    with transaction.atomic():
        events.record(name, subject, data=data)
    relay.run()


def test_a_signed_message_arrives_once(receiver: Receiver, endpoint: Any, team: Any) -> None:
    happen(team, amount=5)
    happen(team, "other.thing")
    webhooks.send_due()
    webhooks.send_due()
    assert len(receiver.got) == 1
    headers, body = receiver.got[0]
    message = Webhook(endpoint[1]).verify(body, headers)
    assert message["type"] == "test.happened"
    assert message["data"]["subject"] == {"type": "accounts.brandteam", "id": team.pk}
    assert message["data"]["amount"] == 5
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint[1]).verify(body + b" ", headers)


def test_a_new_secret_signs_from_now_on(
    receiver: Receiver, endpoint: Any, team: Any, admin_user: Any
) -> None:
    _endpoint, secret = webhooks.rotate_secret(endpoint[0], by=admin_user)
    happen(team)
    webhooks.send_due()
    headers, body = receiver.got[0]
    assert Webhook(secret).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint[1]).verify(body, headers)


def test_a_failure_is_tried_again_with_the_same_id(receiver: Receiver, endpoint: Any, team: Any) -> None:
    receiver.status = 500
    happen(team)
    webhooks.send_due()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.error) == ("pending", 500, "HTTP 500")
    assert delivery.due_at > timezone.now()
    receiver.status = 200
    WebhookDelivery.objects.update(due_at=timezone.now())
    webhooks.send_due()
    assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]
    assert WebhookDelivery.objects.get().state == "done"
    assert WebhookEndpoint.objects.get().failing_since is None


def test_it_is_parked_in_the_end_and_sent_again_by_hand(
    receiver: Receiver, endpoint: Any, team: Any, admin_user: Any, client_for: Any
) -> None:
    receiver.status = 503
    happen(team)
    for _ in range(len(webhooks.WAITS) + 1):
        WebhookDelivery.objects.update(due_at=timezone.now())
        webhooks.send_due()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("parked", len(webhooks.WAITS) + 1)
    receiver.status = 200
    client_for(admin_user).post(f"/webhooks/deliveries/{delivery.pk}/retry/")
    webhooks.send_due()
    assert WebhookDelivery.objects.get().state == "done"


@pytest.mark.parametrize("how", ["410", "five days"])
def test_a_dead_address_is_switched_off(receiver: Receiver, endpoint: Any, team: Any, how: str) -> None:
    receiver.status = 410 if how == "410" else 500
    if how == "five days":
        WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=5, minutes=1))
    happen(team)
    webhooks.send_due()
    assert WebhookEndpoint.objects.get().is_active is False


def test_it_hears_only_what_its_owner_sees(receiver: Receiver, staff: Any, team: Any) -> None:
    from krm.accounts.models import BrandTeam

    webhooks.create_endpoint(by=staff(), name="Chat", url=receiver.url, patterns=["*"])
    happen(BrandTeam.objects.create(name="Another team"))
    happen(team)
    webhooks.send_due()
    subjects = [json.loads(body)["data"]["subject"]["id"] for _headers, body in receiver.got]
    assert team.pk in subjects
    assert len(subjects) == 2, "the webhook's own creation, and what happened to the owner's team"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"url": "ftp://x.example"}, "url"),
        ({"url": "http://169.254.169.254/latest"}, "url"),
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"patterns": []}, "patterns"),
        ({"patterns": ["drop table;"]}, "patterns"),
        ({"name": " "}, "name"),
    ],
)
def test_bad_input(receiver: Receiver, admin_user: Any, fields: dict[str, Any], field: str) -> None:
    values = {"name": "ERP", "url": receiver.url, "patterns": ["*"], **fields}
    with pytest.raises(ValidationError) as error:
        webhooks.create_endpoint(by=admin_user, **values)
    assert list(error.value.message_dict) == [field]
    assert not WebhookEndpoint.objects.exists()


def test_who_may(receiver: Receiver, endpoint: Any, staff: Any, admin_user: Any) -> None:
    with pytest.raises(Denied):
        webhooks.create_endpoint(by=staff("finance"), name="x", url=receiver.url, patterns=["*"])
    webhooks.update_endpoint(endpoint[0], by=admin_user, is_active=False)
    with pytest.raises(Conflict, match="switched off"):
        webhooks.send_test(endpoint[0], by=admin_user)


def test_a_test_message(receiver: Receiver, endpoint: Any, admin_user: Any) -> None:
    webhooks.send_test(endpoint[0], by=admin_user)
    webhooks.send_due()
    assert json.loads(receiver.got[0][1])["type"] == "krm.test"


def test_over_rest_the_secret_is_shown_once(receiver: Receiver, api_for: Any, admin_user: Any) -> None:
    api = api_for(admin_user)
    made = api.post("/api/v1/webhooks", {"name": "ERP", "url": receiver.url, "patterns": ["test.*"]})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    pk = made.json()["endpoint"]["id"]
    assert "secret" not in api.get(f"/api/v1/webhooks/{pk}").json()
    assert api.patch(f"/api/v1/webhooks/{pk}", {"is_active": False}).json()["is_active"] is False
    assert api.delete(f"/api/v1/webhooks/{pk}").status_code == 204
