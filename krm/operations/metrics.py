"""Figures for Prometheus: what this web process served, and the state of queues, relay and jobs.

Workers run on other machines, so what they did is counted in Redis (`krm:tasks:*`) and read when asked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from krm.operations import health

logger = logging.getLogger(__name__)
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

own = CollectorRegistry()
requests = Counter("krm_requests_total", "Requests served", ["method", "route", "status"], registry=own)
durations = Histogram(
    "krm_request_seconds", "Time to serve a request", ["method", "route"], buckets=BUCKETS, registry=own
)

RUNS = "krm:tasks:runs"  # hash: "name|outcome" -> count
SECONDS = "krm:tasks:seconds"  # hash: "name" -> seconds


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    method = (
        method if method in METHODS else "OTHER"
    )  # a client invents methods; a figure per invention is a leak
    requests.labels(method, route, str(status)).inc()
    durations.labels(method, route).observe(seconds)


def observe_task(name: str, outcome: str, seconds: float) -> None:
    """Count a finished task; a Redis that is away costs the figure, not the task."""
    try:
        pipe = health.redis_client().pipeline(transaction=False)
        pipe.hincrby(RUNS, f"{name}|{outcome}", 1)
        pipe.hincrbyfloat(SECONDS, name, round(seconds, 3))
        pipe.execute()
    except redis.RedisError:
        logger.debug("task %s not counted, Redis is away", name)


class StateCollector:
    """Read at each scrape; what cannot be read is left out rather than shown as zero."""

    def collect(self) -> Iterator[Metric]:
        try:
            yield from self.of_redis()
        except redis.RedisError:
            yield gauge("krm_redis_up", "Whether Redis answers", 0)
        try:
            yield from self.of_database()
        except DatabaseError:
            yield gauge("krm_database_up", "Whether the database answers", 0)

    def of_redis(self) -> Iterator[Metric]:
        client = health.redis_client()
        lengths = {queue: client.llen(queue) for queue in settings.QUEUES}
        runs: dict[bytes, bytes] = client.hgetall(RUNS)
        spent: dict[bytes, bytes] = client.hgetall(SECONDS)
        yield gauge("krm_redis_up", "Whether Redis answers", 1)
        waiting = GaugeMetricFamily("krm_queue_length", "Tasks that wait in a queue", labels=["queue"])
        for queue, length in lengths.items():
            waiting.add_metric([queue], float(length))
        yield waiting
        finished = CounterMetricFamily("krm_tasks", "Tasks finished", labels=["task", "outcome"])
        for key, count in runs.items():
            finished.add_metric(key.decode().rsplit("|", 1), float(count))
        yield finished
        seconds = CounterMetricFamily("krm_task_seconds", "Time spent in tasks", labels=["task"])
        for key, value in spent.items():
            seconds.add_metric([key.decode()], float(value))
        yield seconds
        workers = health.workers()
        yield gauge("krm_workers", "Workers with a fresh heartbeat", len(workers))

    def of_database(self) -> Iterator[Metric]:
        relay = health.relay_state()
        yield gauge("krm_database_up", "Whether the database answers", 1)
        yield gauge("krm_relay_waiting", "Deliveries of events that are due", relay["waiting"])
        yield gauge("krm_relay_lag_seconds", "Age of the oldest event not yet delivered", relay["lag"])
        yield gauge("krm_relay_parked", "Deliveries given up, for a person to look at", relay["parked"])


def gauge(name: str, text: str, value: Any) -> Metric:
    family = GaugeMetricFamily(name, text)
    family.add_metric([], float(value))
    return family


def exposition() -> bytes:
    """Everything in Prometheus' text format; with several web processes, their sum."""
    state = CollectorRegistry()
    state.register(StateCollector())  # type: ignore[arg-type]
    served: CollectorRegistry = own
    if settings.METRICS_FOLDER:
        served = CollectorRegistry()
        MultiProcessCollector(served, path=str(settings.METRICS_FOLDER))  # type: ignore[no-untyped-call]
    return generate_latest(served) + generate_latest(state)
