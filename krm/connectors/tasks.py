"""Tasks of the connectors: thin wrappers."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from krm.connectors import archive, credentials, inbox
from krm.events import leases

SCHEDULE = {
    "connectors.process_inbound": 30.0,
    "connectors.housekeeping": 3600.0,
}


@shared_task(name="connectors.process_inbound")
def process_inbound() -> None:
    inbox.process()


@shared_task(name="connectors.housekeeping")
def housekeeping() -> None:
    """Once an hour: warn of tokens that run out, forget old answers."""
    if not leases.once("connectors.housekeeping", f"{timezone.now():%Y-%m-%dT%H}"):
        return
    credentials.mark_due()
    archive.forget()
    inbox.forget()
