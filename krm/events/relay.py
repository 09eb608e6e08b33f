"""Bring events to their subscribers: at least once, in order per subject, parked after too many tries."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from krm.accounts.models import User
from krm.accounts.permissions import add_perm, check, is_administrator
from krm.errors import Conflict
from krm.events.models import Delivery, Event
from krm.events.queue import enqueue
from krm.events.subscribing import listening, subscriber

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 8
BATCH = 200
TOGETHER = 25  # deliveries of one transaction …
SECONDS = 0.25  # … which ends after this time: what handlers wrote is locked until then

add_perm(
    "events.retry_deliveries",
    is_administrator,
    reason=gettext_lazy("Only administrators retry parked deliveries."),
)


def fan_out() -> int:
    """Write one delivery a subscriber for events not relayed yet."""
    with transaction.atomic():
        events = list(
            Event.objects.select_for_update(skip_locked=True).filter(relayed_at=None).order_by("pk")[:BATCH]
        )
        subscribers = listening() if events else []
        rows = [
            Delivery(event=event, subscriber=s.name)
            for event in events
            for s in subscribers
            if s.wants(event.name)
        ]
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
        Event.objects.filter(pk__in=[event.pk for event in events]).update(relayed_at=timezone.now())
    return len(events)


def deliver_some() -> int:
    """Bring the oldest due deliveries in one transaction; how many it brought.

    None of them waits for an earlier delivery of its subject at the same subscriber, so no two are of one subject there.
    What a handler writes stands and falls with its savepoint; where the process dies, the whole transaction never was,
    and all of it is brought again.
    """
    with transaction.atomic():
        due = list(
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(state=Delivery.State.PENDING, due_at__lte=timezone.now())
            .extra(  # an earlier event of the same subject, still pending at this subscriber, goes first
                where=[
                    """NOT EXISTS (SELECT 1 FROM events_delivery d2 JOIN events_event e2 ON e2.id = d2.event_id
                    WHERE d2.subscriber = events_delivery.subscriber AND d2.state = 'pending'
                    AND d2.event_id < events_delivery.event_id
                    AND e2.subject_type = events_event.subject_type AND e2.subject_id = events_event.subject_id)"""
                ]
            )
            .order_by("event_id", "pk")[:TOGETHER]
        )
        began, brought, tried = time.monotonic(), [], 0
        for delivery in due:
            tried += 1
            if bring(delivery):
                brought.append(delivery.pk)
            else:
                delivery.save(update_fields=["state", "attempts", "due_at", "error"])
            if time.monotonic() - began > SECONDS:
                break  # the rest is due still
        if brought:
            Delivery.objects.filter(pk__in=brought).update(
                state=Delivery.State.DONE, done_at=timezone.now(), error="", attempts=F("attempts") + 1
            )
    return tried


def bring(delivery: Delivery) -> bool:
    """Whether the subscriber took it; where not, when it is tried again, or that a person must look."""
    found = subscriber(delivery.subscriber)
    try:
        if found is not None:
            with transaction.atomic():
                found.handler(delivery.event)
    except Exception as error:
        logger.warning(
            "subscriber %s failed on event %s", delivery.subscriber, delivery.event_id, exc_info=True
        )
        delivery.attempts += 1
        delivery.error = f"{type(error).__name__}: {error}"[:2000]
        delivery.due_at = timezone.now() + timedelta(seconds=min(5 * 2**delivery.attempts, 600))
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = Delivery.State.PARKED
        return False
    return True


def retry(delivery: Delivery, *, by: User) -> Delivery:
    """A person looked at a parked delivery and wants it tried again."""
    check(by, "events.retry_deliveries", delivery)
    if delivery.state != Delivery.State.PARKED:
        raise Conflict(
            _("This delivery is %(state)s; only a parked one is tried again by hand.")
            % {"state": delivery.get_state_display().lower()}
        )
    with transaction.atomic():
        delivery.state, delivery.attempts, delivery.due_at = Delivery.State.PENDING, 0, timezone.now()
        delivery.save(update_fields=["state", "attempts", "due_at"])
        enqueue("events.relay", once_per_transaction=True)
    return delivery


def run() -> None:
    """Relay until nothing is due."""
    while fan_out():
        pass
    while deliver_some():
        pass
