"""Queue a task by its name, after commit. Rooms never import tasks."""

from __future__ import annotations

import logging
from typing import Any

from django.db import connection, transaction

logger = logging.getLogger(__name__)


def enqueue(name: str, *args: Any, queue: str | None = None, once_per_transaction: bool = False) -> None:
    """Send task `name` with plain `args` (ids only) when the transaction commits.

    A broker that is down must not fail what was already committed: the periodic tasks find the work later.
    """

    def send() -> None:
        from celery import current_app

        try:
            current_app.send_task(name, args=args, queue=queue, ignore_result=True, retry=False)
        except Exception:
            logger.warning("broker unreachable, %s waits for the periodic run", name, exc_info=True)

    if once_per_transaction and any(
        getattr(entry[1], "_krm_enqueue", None) == (name, args) for entry in connection.run_on_commit
    ):
        return
    send._krm_enqueue = (name, args)  # type: ignore[attr-defined]
    transaction.on_commit(send)
