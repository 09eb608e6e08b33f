"""The doctor names what is wrong and how to mend it."""

from __future__ import annotations

import json
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from krm.operations import doctor, health
from krm.operations.doctor import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def well(settings: Any, tmp_path: Path) -> Any:
    """An installation where everything works."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.BACKUP_ROOT = tmp_path / "backups"
    client = health.redis_client()
    client.zadd(health.HEARTBEATS, {"default@here": time.time()})
    client.set(health.PULSE, time.time())
    yield
    client.delete(health.HEARTBEATS, health.PULSE)


def wrong() -> dict[str, doctor.Diagnosis]:
    return {each.subject: each for each in doctor.examine() if each.state is State.BAD}


def test_nothing_wrong() -> None:
    assert wrong() == {}


def no_redis(settings: Any, tmp_path: Path) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


def no_worker(settings: Any, tmp_path: Path) -> None:
    health.redis_client().delete(health.HEARTBEATS)


def no_scheduler(settings: Any, tmp_path: Path) -> None:
    health.redis_client().set(health.PULSE, time.time() - 3600)


def no_mail_server(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def media_is_a_file(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"


def debug_in_production(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL, settings.DEBUG = False, True


def broken_vault(settings: Any, tmp_path: Path) -> None:
    settings.KRM_VAULT_KEYS = "k1:notbase64!"


@pytest.mark.parametrize(
    ("spoil", "subject", "remedy"),
    [
        (no_redis, "Redis", "Start Redis"),
        (no_worker, "Workers", "celery -A krm worker"),
        (no_scheduler, "Scheduler", "celery -A krm beat"),
        (no_mail_server, "Mail", "KRM_MAIL_URL"),
        (media_is_a_file, "Files", "Give it to the user"),
        (debug_in_production, "Mode", "Remove KRM_DEBUG"),
        (broken_vault, "Vault", "vault_key"),
    ],
)
def test_each_fault_has_its_remedy(
    settings: Any, tmp_path: Path, spoil: Any, subject: str, remedy: str
) -> None:
    spoil(settings, tmp_path)
    found = wrong()
    assert remedy in found[subject].remedy


def test_an_unknown_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Settings:
        TIME_ZONE = "Asia/Djakarta"

    monkeypatch.setattr(doctor, "settings", Settings)  # Django itself would stumble over the real one
    (found,) = doctor.check_time_zone()
    assert found.remedy == "Set KRM_TIME_ZONE to a name such as Asia/Jakarta."


def test_migrations_missing() -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="events").latest("id").delete()
    assert wrong()["Schema"].remedy == "Run `manage.py migrate`."


def test_the_command_speaks_and_ends_with_1() -> None:
    health.redis_client().delete(health.HEARTBEATS)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    assert "BAD  Workers: No worker has given a sign of life" in out.getvalue()
    assert "need mending" in out.getvalue()


def test_the_command_for_programs() -> None:
    out = StringIO()
    call_command("doctor", json=True, stdout=out)
    assert {entry["state"] for entry in json.loads(out.getvalue())} <= {"ok", "look"}
