"""What works right now: database, Redis, migrations, workers, scheduler, relay."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q
from django.utils import timezone

from krm.events.models import Delivery, Event

HEARTBEATS = "krm:heartbeats"  # sorted set: worker name -> time of its last heartbeat
PULSE = "krm:pulse"  # when the last task of the scheduler ran
FRESH = 60.0  # seconds after which a heartbeat is old
PULSE_EVERY = 30.0
LATE_RELAY = 120.0


@dataclass(frozen=True)
class Finding:
    """One part of KRM and how it is."""

    ok: bool
    detail: str
    age: float | None = None  # seconds since the last sign of life, where that is what was looked at

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"ok": self.ok, "detail": self.detail}
        return found if self.age is None else {**found, "age_seconds": round(self.age, 1)}


@lru_cache(maxsize=4)
def client_of(url: str) -> Any:
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


def redis_client() -> Any:
    return client_of(settings.REDIS_URL)


def database() -> Finding:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()[0].split()[0]
    except DatabaseError:
        return Finding(False, "The database does not answer.")
    return Finding(True, f"PostgreSQL {version} answers.")


def cache() -> Finding:
    try:
        redis_client().ping()
    except redis.RedisError:
        return Finding(False, "Redis does not answer; pages work, background work waits.")
    return Finding(True, "Redis answers.")


def migrations() -> Finding:
    """Whether the schema is that of this code."""
    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return Finding(False, "The schema cannot be looked at: the database does not answer.")
    if plan:
        first = plan[0][0]
        return Finding(
            False, f"{len(plan)} migrations are not applied, the first is {first.app_label}.{first.name}."
        )
    return Finding(True, "All migrations are applied.")


def workers() -> dict[str, float]:
    """Workers with a fresh heartbeat, by the age of it in seconds."""
    now = time.time()
    client = redis_client()
    client.zremrangebyscore(HEARTBEATS, 0, now - 86_400)  # workers of yesterday's containers
    found = client.zrangebyscore(HEARTBEATS, now - FRESH, "+inf", withscores=True)
    return {name.decode(): max(0.0, now - score) for name, score in found}


def worker() -> Finding:
    try:
        alive = workers()
    except redis.RedisError:
        return Finding(False, "Workers cannot be looked at: Redis does not answer.")
    if not alive:
        return Finding(False, f"No worker has given a sign of life for {FRESH:.0f} seconds.")
    return Finding(True, f"{len(alive)} at work.", min(alive.values()))


def scheduler() -> Finding:
    """Scheduler, queue and worker together: the age of the last task that the scheduler sent and a worker ran."""
    try:
        value = redis_client().get(PULSE)
    except redis.RedisError:
        return Finding(False, "The scheduler cannot be looked at: Redis does not answer.")
    if value is None:
        return Finding(False, "No scheduled task has run yet.")
    age = max(0.0, time.time() - float(value))
    return Finding(age < 4 * PULSE_EVERY, f"The last scheduled task ran {age:.0f} s ago.", age)


def relay_state() -> dict[str, float]:
    """Events on their way to subscribers: how many are due, how late the oldest is, how many were given up."""
    now = timezone.now()
    due = Q(state=Delivery.State.PENDING, due_at__lte=now)
    deliveries = Delivery.objects.filter(~Q(state=Delivery.State.DONE)).aggregate(
        waiting=Count("pk", filter=due),
        parked=Count("pk", filter=Q(state=Delivery.State.PARKED)),
        oldest=Min("due_at", filter=due),
    )
    events = Event.objects.filter(relayed_at=None).aggregate(waiting=Count("pk"), oldest=Min("occurred_at"))
    oldest = min((moment for moment in (deliveries["oldest"], events["oldest"]) if moment), default=now)
    return {
        "waiting": deliveries["waiting"] + events["waiting"],
        "parked": deliveries["parked"],
        "lag": max(0.0, (now - oldest).total_seconds()),
    }


def relay() -> Finding:
    try:
        state = relay_state()
    except DatabaseError:
        return Finding(False, "Events cannot be looked at: the database does not answer.")
    text = f"{state['waiting']:.0f} deliveries due, the oldest {state['lag']:.0f} s late, {state['parked']:.0f} parked."
    return Finding(state["lag"] < LATE_RELAY, text, state["lag"])


FOR_WEB = {"database": database, "migrations": migrations}
FOR_ALL = {**FOR_WEB, "redis": cache, "worker": worker, "scheduler": scheduler, "relay": relay}


def readiness(*, web_only: bool = False) -> tuple[bool, dict[str, Finding]]:
    """Whether everything works, and each part of it."""
    findings = {name: look() for name, look in (FOR_WEB if web_only else FOR_ALL).items()}
    return all(finding.ok for finding in findings.values()), findings
