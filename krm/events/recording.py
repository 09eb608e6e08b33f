"""`record`: write down what happened, in the transaction in which it happened."""

from __future__ import annotations

from typing import Any

from django.db import connection, models, transaction

from krm.events.context import current_request_id
from krm.events.models import Event
from krm.events.publishing import publish
from krm.events.queue import enqueue


def subject_type(subject: models.Model) -> str:
    """`app_label.model` of an object, as events, live updates and audit name it."""
    return subject._meta.label_lower


def record(
    name: str, subject: models.Model, *, actor: Any = None, data: dict[str, Any] | None = None
) -> Event:
    """Write an event (which is also the outbox row) and wake the relay after commit.

    `data` holds ids and plain values: it is read by subscribers, webhooks and the audit page, so never put
    secrets, personal or bank data in it. Must be called inside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f"record({name!r}) belongs inside the verb's transaction"
        )
    event = Event.objects.create(
        name=name,
        subject_type=subject_type(subject),
        subject_id=subject.pk,
        actor=actor if actor is not None and actor.pk else None,
        data=data or {},
        request_id=current_request_id(),
    )
    enqueue("events.relay", once_per_transaction=True)
    publish(
        {"id": event.pk, "name": name, "subject_type": event.subject_type, "subject_id": event.subject_id}
    )
    return event
