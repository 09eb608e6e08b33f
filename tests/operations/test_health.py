"""Health pages, figures and the ids that tie logs together."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client

from krm.operations import health, tasks


@pytest.fixture(autouse=True)
def signs_of_life() -> Iterator[None]:
    """Keys of the health page as if nothing ran, put back afterwards."""
    client = health.redis_client()
    client.delete(health.HEARTBEATS, health.PULSE)
    yield
    client.delete(health.HEARTBEATS, health.PULSE)


@pytest.fixture
def no_redis(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


def test_the_process_lives_without_asking_anyone(client: Client, no_redis: None) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-cache" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_everything_works(client: Client) -> None:
    health.redis_client().zadd(health.HEARTBEATS, {"default@here": time.time() - 5})
    tasks.pulse()
    response = client.get("/readyz")
    parts = response.json()["parts"]
    assert response.status_code == 200, parts
    assert set(parts) == {"database", "migrations", "redis", "worker", "scheduler", "relay"}
    assert 4 <= parts["worker"]["age_seconds"] <= 10


@pytest.mark.django_db
def test_no_worker_is_not_ready_but_the_web_is(client: Client) -> None:
    health.redis_client().zadd(health.HEARTBEATS, {"default@gone": time.time() - 3600})
    tasks.pulse()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["parts"]["worker"] == {
        "ok": False,
        "detail": "No worker has given a sign of life for 60 seconds.",
    }
    assert client.get("/readyz?for=web").status_code == 200


@pytest.mark.django_db
def test_redis_away_is_said_in_words(client: Client, no_redis: None) -> None:
    response = client.get("/readyz")
    parts = response.json()["parts"]
    assert response.status_code == 503
    assert parts["redis"]["detail"] == "Redis does not answer; pages work, background work waits."
    assert parts["database"]["ok"] and parts["migrations"]["ok"]


@pytest.mark.django_db
def test_a_migration_not_applied_is_named(client: Client) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    newest = MigrationRecorder.Migration.objects.filter(app="events").latest("id")
    newest.delete()
    finding = health.migrations()
    assert not finding.ok
    assert f"events.{newest.name}" in finding.detail
    assert client.get("/readyz?for=web").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "headers", "address", "status"),
    [
        ("the machine itself", {}, "127.0.0.1", 200),
        ("someone outside", {}, "203.0.113.9", 404),
        ("someone outside through the proxy", {"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1", 404),
        ("the collector with its token", {"Authorization": "Bearer s3cret-token"}, "203.0.113.9", 200),
        ("a wrong token", {"Authorization": "Bearer other"}, "203.0.113.9", 404),
    ],
)
def test_who_may_read_the_figures(
    client: Client, settings: Any, case: str, headers: dict[str, str], address: str, status: int
) -> None:
    settings.METRICS_TOKEN = "s3cret-token"
    response = client.get("/metrics", headers=headers, REMOTE_ADDR=address)
    assert response.status_code == status, case


@pytest.mark.django_db
def test_figures_name_routes_never_paths(client: Client, staff: Any, settings: Any) -> None:
    client.force_login(staff(), backend="django.contrib.auth.backends.ModelBackend")
    client.get("/jobs/987654321/")
    client.get("/no/such/path/secret-token-1234567890")
    settings.QUEUES = ("test-figures",)  # no worker takes from it
    broker = health.redis_client()
    broker.rpush("test-figures", "one that waits")
    try:
        text = client.get("/metrics").content.decode()
    finally:
        broker.delete("test-figures")
    assert 'route="/jobs/<int:pk>/"' in text
    assert "987654321" not in text and "secret-token" not in text
    assert 'krm_queue_length{queue="test-figures"} 1.0' in text


@pytest.mark.django_db
def test_figures_without_redis_say_that_it_is_away(client: Client, no_redis: None) -> None:
    text = client.get("/metrics").content.decode()
    assert "krm_redis_up 0.0" in text and "krm_database_up 1.0" in text


def test_a_request_keeps_the_proxys_id_or_gets_one(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345678"})["X-Request-ID"] == "abc-12345678"
    made = client.get("/healthz", headers={"X-Request-ID": "bad id\twith spaces"})["X-Request-ID"]
    assert len(made) == 32 and made.isalnum()


@pytest.mark.django_db
def test_a_task_is_counted_and_carries_the_requests_id() -> None:
    from krm.events.context import current_request_id, set_request_id
    from krm.operations import metrics, worker

    class FakeRequest:
        krm_request_id = "request-1"

    class FakeTask:
        name = "tests.counted"
        request = FakeRequest()

    headers: dict[str, Any] = {}
    set_request_id("request-1")
    worker.carry_request_id(headers=headers)
    set_request_id("")
    assert headers == {"krm_request_id": "request-1"}

    worker.begin(task_id="t1", task=FakeTask())  # type: ignore[arg-type]
    assert current_request_id() == "request-1"
    worker.end(task_id="t1", task=FakeTask(), state="SUCCESS")  # type: ignore[arg-type]
    assert current_request_id() == ""
    client = health.redis_client()
    assert client.hget(metrics.RUNS, "tests.counted|success") == b"1"
    client.hdel(metrics.RUNS, "tests.counted|success")
    client.hdel(metrics.SECONDS, "tests.counted")


def test_a_heartbeat_is_written_and_old_ones_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    from krm.operations import worker

    class Heart:
        hostname = "jobs@machine"

    health.redis_client().zadd(health.HEARTBEATS, {"jobs@last-week": time.time() - 7 * 86_400})
    monkeypatch.setattr(worker, "_last_beat", -1e9)
    worker.beat(sender=Heart())
    assert list(health.workers()) == ["jobs@machine"]
    worker.leave(sender="jobs@machine")
    assert health.workers() == {}


def test_redis_errors_never_reach_a_task(no_redis: None) -> None:
    from krm.operations import metrics

    metrics.observe_task("tests.counted", "success", 0.1)
    with pytest.raises(redis.RedisError):
        health.workers()
    assert json.dumps(health.worker().as_json())
