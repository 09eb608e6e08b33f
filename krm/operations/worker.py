"""What happens around every task: its id in the logs, its figures, the worker's heartbeat."""

from __future__ import annotations

import logging
import time
from typing import Any

import redis
from celery import Task, signals

from krm.events.context import current_request_id, set_request_id
from krm.operations import health, metrics

logger = logging.getLogger("krm.tasks")
BEAT_EVERY = 10.0
HEADER = "krm_request_id"
_began: dict[str, float] = {}
_last_beat = 0.0


@signals.before_task_publish.connect
def carry_request_id(headers: dict[str, Any] | None = None, **kwargs: Any) -> None:
    """A task queued by a request carries its id, so that both stand together in the logs."""
    if headers is not None and current_request_id():
        headers.setdefault(HEADER, current_request_id())


@signals.task_prerun.connect
def begin(task_id: str, task: Task[Any, Any], **kwargs: Any) -> None:
    set_request_id(getattr(task.request, HEADER, None) or task_id)
    _began[task_id] = time.perf_counter()


@signals.task_postrun.connect
def end(task_id: str, task: Task[Any, Any], state: str | None = None, **kwargs: Any) -> None:
    seconds = time.perf_counter() - _began.pop(task_id, time.perf_counter())
    outcome = (state or "unknown").lower()
    fields = {"task": task.name, "task_id": task_id, "outcome": outcome, "ms": round(seconds * 1000, 1)}
    level = logging.INFO if (outcome == "success" and seconds > 1) or outcome != "success" else logging.DEBUG
    logger.log(level, "%s %s", task.name, outcome, extra={"fields": fields})
    metrics.observe_task(task.name, outcome, seconds)
    set_request_id("")


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def beat(sender: Any = None, **kwargs: Any) -> None:
    """Celery's own heartbeat, written where the health page and the doctor find it."""
    global _last_beat
    now = time.monotonic()
    if now - _last_beat < BEAT_EVERY:
        return
    _last_beat = now
    name = (
        getattr(sender, "hostname", None)
        or getattr(getattr(sender, "eventer", None), "hostname", None)
        or "worker"
    )
    try:
        health.redis_client().zadd(health.HEARTBEATS, {str(name): time.time()})
    except redis.RedisError:
        logger.debug("heartbeat not written, Redis is away")


@signals.worker_shutting_down.connect
def leave(sender: Any = None, **kwargs: Any) -> None:
    try:
        health.redis_client().zrem(health.HEARTBEATS, str(sender))
    except redis.RedisError:
        logger.debug("heartbeat not taken back, Redis is away")
