"""Outgoing webhooks with Standard Webhooks signatures: at least once, retried for days, then parked.

The signing secret is derived from the endpoint's salt and the installation's key, so no secret is stored; a new
salt is a new secret. Sending goes through the egress client of `krm.connectors`, which registers itself here.
"""

from __future__ import annotations

import base64
import fnmatch
import json
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from standardwebhooks import Webhook

from krm.accounts.models import User
from krm.accounts.permissions import add_perm, check, is_campaign_manager
from krm.errors import Conflict
from krm.events.models import Event, WebhookDelivery, WebhookEndpoint
from krm.events.models.webhooks import new_salt
from krm.events.queue import enqueue
from krm.events.recording import record
from krm.events.seeing import visible_subjects

logger = logging.getLogger(__name__)
MINUTE, HOUR = 60, 3600
# The wait before each try after the first, as the Standard Webhooks specification proposes.
WAITS = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
DISABLE_AFTER = timedelta(days=5)
BATCH = 50

Sender = Callable[[str, bytes, dict[str, str]], int]
Checker = Callable[[str], None]
_sender: list[Sender] = []
_checker: list[Checker] = []

add_perm(
    "events.manage_webhooks",
    is_campaign_manager,
    reason=gettext_lazy("Only administrators and campaign managers connect other systems."),
)


def send_with(sender: Sender, checker: Checker) -> None:
    """`sender(url, body, headers)` posts and returns the status or raises; `checker(url)` refuses a bad address."""
    _sender[:], _checker[:] = [sender], [checker]


def secret_of(endpoint: WebhookEndpoint) -> str:
    """`whsec_…`, as the receiver needs it to verify signatures."""
    key = salted_hmac("krm.events.webhooks", f"{endpoint.pk}:{endpoint.salt}", algorithm="sha256").digest()
    return "whsec_" + base64.b64encode(key).decode()


def clean(name: str, url: str, patterns: Iterable[str]) -> tuple[str, str, list[str]]:
    errors: dict[str, str] = {}
    found = sorted({pattern.strip() for pattern in patterns if pattern.strip()})
    if not name.strip():
        errors["name"] = _("Name the system that is told.")
    schemes = ["https", "http"] if settings.LOCAL else ["https"]
    try:
        URLValidator(schemes=schemes)(url)
        for checker in _checker:
            checker(url)
    except Exception:
        errors["url"] = _("Use a public https:// address.")
    if not found:
        errors["patterns"] = _("Choose at least one event, or * for all.")
    elif any(len(p) > 80 or not all(c.isalnum() or c in "._*" for c in p) for p in found):
        errors["patterns"] = _("Write event names such as campaigns.offer_sent or campaigns.*.")
    if errors:
        raise ValidationError(errors)
    return name.strip(), url, found


def create_endpoint(*, by: User, name: str, url: str, patterns: Iterable[str]) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown once."""
    check(by, "events.manage_webhooks")
    name, url, found = clean(name, url, patterns)
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.create(owner=by, name=name, url=url, patterns=found)
        record("events.webhook_created", endpoint, actor=by, data={"patterns": found})
    return endpoint, secret_of(endpoint)


def update_endpoint(
    endpoint: WebhookEndpoint,
    *,
    by: User,
    name: str | None = None,
    url: str | None = None,
    patterns: Iterable[str] | None = None,
    is_active: bool | None = None,
) -> WebhookEndpoint:
    check(by, "events.manage_webhooks", endpoint)
    values = clean(
        endpoint.name if name is None else name,
        endpoint.url if url is None else url,
        endpoint.patterns if patterns is None else patterns,
    )
    with transaction.atomic():
        endpoint.name, endpoint.url, endpoint.patterns = values
        if is_active is not None:
            endpoint.is_active = is_active
            endpoint.failing_since = None if is_active else endpoint.failing_since
        endpoint.save()
        record("events.webhook_updated", endpoint, actor=by)
    return endpoint


def rotate_secret(endpoint: WebhookEndpoint, *, by: User) -> tuple[WebhookEndpoint, str]:
    """A new secret at once; the old one signs nothing any more."""
    check(by, "events.manage_webhooks", endpoint)
    with transaction.atomic():
        endpoint.salt = new_salt()
        endpoint.save(update_fields=["salt", "updated_at"])
        record("events.webhook_secret_rotated", endpoint, actor=by)
    return endpoint, secret_of(endpoint)


def delete_endpoint(endpoint: WebhookEndpoint, *, by: User) -> None:
    check(by, "events.manage_webhooks", endpoint)
    with transaction.atomic():
        record("events.webhook_deleted", endpoint, actor=by, data={"name": endpoint.name})
        endpoint.delete()


def send_test(endpoint: WebhookEndpoint, *, by: User) -> WebhookDelivery:
    """Queue one message of type `krm.test`."""
    check(by, "events.manage_webhooks", endpoint)
    if not endpoint.is_active:
        raise Conflict(_("This webhook is switched off. Switch it on first."))
    with transaction.atomic():
        delivery = WebhookDelivery.objects.create(endpoint=endpoint, event=None)
        enqueue("events.send_webhooks", once_per_transaction=True)
    return delivery


def retry(delivery: WebhookDelivery, *, by: User) -> WebhookDelivery:
    check(by, "events.manage_webhooks", delivery)
    if delivery.state == WebhookDelivery.State.PENDING:
        raise Conflict(_("This delivery is pending already; it is tried by itself."))
    with transaction.atomic():
        delivery.state, delivery.attempts, delivery.due_at = WebhookDelivery.State.PENDING, 0, timezone.now()
        delivery.save(update_fields=["state", "attempts", "due_at"])
        enqueue("events.send_webhooks", once_per_transaction=True)
    return delivery


def fan_out(event: Event) -> int:
    """Write one delivery for each endpoint that wants the event and whose owner may see its subject."""
    wanted = [
        endpoint
        for endpoint in WebhookEndpoint.objects.filter(is_active=True, owner__is_active=True).select_related(
            "owner"
        )
        if any(fnmatch.fnmatchcase(event.name, pattern) for pattern in endpoint.patterns)
        and visible_subjects(endpoint.owner, [(event.subject_type, event.subject_id)])
    ]
    if wanted:
        rows = [WebhookDelivery(endpoint=endpoint, event=event) for endpoint in wanted]
        WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
        enqueue("events.send_webhooks", once_per_transaction=True)
    return len(wanted)


def body_of(delivery: WebhookDelivery) -> bytes:
    event = delivery.event
    if event is None:
        content: dict[str, Any] = {
            "type": "krm.test",
            "timestamp": delivery.created_at.isoformat(),
            "data": {},
        }
    else:
        content = {
            "type": event.name,
            "timestamp": event.occurred_at.isoformat(),
            "data": {
                "event_id": event.pk,
                "subject": {"type": event.subject_type, "id": event.subject_id},
                "actor_id": event.actor_id,
                **event.data,
            },
        }
    return json.dumps(content, separators=(",", ":"), default=str).encode()


def headers_for(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    """`webhook-id` stays the same over retries, so the receiver can drop doubles."""
    message_id = f"evt_{delivery.event_id or f'test_{delivery.pk}'}"
    now = timezone.now()
    signature = Webhook(secret_of(delivery.endpoint)).sign(message_id, now, body.decode())
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def send_one() -> bool:
    """Send the oldest due delivery; what the other side says decides when it is tried again."""
    with transaction.atomic():
        delivery = (
            WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("endpoint", "event")
            .filter(state=WebhookDelivery.State.PENDING, due_at__lte=timezone.now(), endpoint__is_active=True)
            .order_by("due_at", "pk")
            .first()
        )
        if delivery is None or not _sender:
            return False
        delivery.attempts += 1
        delivery.sent_at = timezone.now()
        body = body_of(delivery)
        try:
            delivery.status = _sender[0](delivery.endpoint.url, body, headers_for(delivery, body))
            delivery.error = "" if 200 <= delivery.status < 300 else f"HTTP {delivery.status}"
        except Exception as error:  # whatever the network does is an outcome, not a crash
            delivery.status, delivery.error = None, f"{type(error).__name__}: {error}"[:500]
        settle(delivery)
    return True


def settle(delivery: WebhookDelivery) -> None:
    endpoint = delivery.endpoint
    if not delivery.error:
        delivery.state = WebhookDelivery.State.DONE
        if endpoint.failing_since:
            WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)
    else:
        if delivery.attempts > len(WAITS) or delivery.status == 410:
            delivery.state = WebhookDelivery.State.PARKED
        else:
            delivery.due_at = timezone.now() + timedelta(seconds=WAITS[delivery.attempts - 1])
        note_failure(endpoint, gone=delivery.status == 410)
    delivery.save(update_fields=["state", "attempts", "due_at", "sent_at", "status", "error"])


def note_failure(endpoint: WebhookEndpoint, *, gone: bool) -> None:
    """An address that says 410, or fails for days, is switched off; its owner sees it in the list."""
    now = timezone.now()
    since = endpoint.failing_since or now
    off = gone or now - since > DISABLE_AFTER
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failing_since=since, is_active=not off)
    if off:
        logger.warning("webhook %s switched off", endpoint.pk)


def send_due() -> int:
    sent = 0
    while sent < BATCH and send_one():
        sent += 1
    return sent
