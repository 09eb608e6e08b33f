"""Tasks of the event room: the relay."""

from __future__ import annotations

from celery import shared_task

from krm.events import relay

SCHEDULE = {"events.relay": 5.0}


@shared_task(name="events.relay")
def run_relay() -> None:
    relay.run()
