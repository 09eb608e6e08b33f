"""Tasks of operations."""

from __future__ import annotations

import time

from celery import shared_task

from krm.operations import health

SCHEDULE = {"operations.pulse": health.PULSE_EVERY}


@shared_task(name="operations.pulse", acks_late=True)
def pulse() -> None:
    """Proof that scheduler, queue and worker work together; the health page reads its age."""
    health.redis_client().set(health.PULSE, time.time(), ex=86_400)
