"""The inbox: store what another system sent once, answer at once, process it later by whoever registered for it.

Payloads are hints. A handler reads the object again from the platform's API before it believes anything.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from krm.connectors.models import InboundEvent, InboundState
from krm.events import enqueue

log = logging.getLogger(__name__)
Handler = Callable[[InboundEvent], None]
MAX_ATTEMPTS = 8
MAX_BODY = 1024 * 1024
DELETION = "meta_deletion"
KEPT_HEADERS = ("content-type", "user-agent")
_handlers: dict[str, Handler] = {}


def handler(vendor: str) -> Callable[[Handler], Handler]:
    """Register who processes a vendor's events. Rooms do it in their `subscribers.py`."""

    def register(function: Handler) -> Handler:
        _handlers[vendor] = function
        return function

    return register


@transaction.atomic
def receive(vendor: str, headers: Mapping[str, str], body: bytes, *, dedupe_key: str = "") -> bool:
    """Store a verified call. False: it is already here."""
    key = dedupe_key or hashlib.sha256(body).hexdigest()
    kept = {k.lower(): v for k, v in headers.items() if k.lower() in KEPT_HEADERS}
    _event, stored = InboundEvent.objects.get_or_create(
        vendor=vendor, dedupe_key=key[:128], defaults={"body": body, "headers": kept}
    )
    if stored:
        enqueue("connectors.process_inbound", once_per_transaction=True)
    return stored


def process(limit: int = 100) -> int:
    """Process waiting events in order. One that fails is tried later, then parked where a person sees it."""
    done = 0
    for _number in range(limit):
        with transaction.atomic():
            event = (
                InboundEvent.objects.select_for_update(skip_locked=True)
                .filter(state=InboundState.NEW)
                .filter(Q(next_try_at=None) | Q(next_try_at__lte=timezone.now()))
                .order_by("id")
                .first()
            )
            if event is None:
                return done
            _process_one(event)
            done += 1
    return done


def _process_one(event: InboundEvent) -> None:
    event.attempts += 1
    try:
        with transaction.atomic():
            function = _handlers.get(event.vendor)
            if function is not None:
                function(event)
        event.state, event.processed_at, event.error = InboundState.DONE, timezone.now(), ""
    except Exception as error:
        log.exception("inbound event %s failed", event.pk)
        event.error = f"{type(error).__name__}: {error}"[:500]
        event.next_try_at = timezone.now() + timedelta(seconds=min(30 * 2**event.attempts, 3600))
        if event.attempts >= MAX_ATTEMPTS:
            event.state = InboundState.PARKED
    event.save(update_fields=["attempts", "state", "processed_at", "error", "next_try_at"])


def retry_parked() -> int:
    return InboundEvent.objects.filter(state=InboundState.PARKED).update(
        state=InboundState.NEW, attempts=0, next_try_at=None, error=F("error")
    )


def forget(days: int = 30) -> int:
    before = timezone.now() - timedelta(days=days)
    over = InboundEvent.objects.filter(state=InboundState.DONE, received_at__lt=before)
    # The person who asked for deletion may look up what became of it for a year.
    deleted, _ = over.exclude(vendor=DELETION, received_at__gt=before - timedelta(days=335)).delete()
    return deleted
