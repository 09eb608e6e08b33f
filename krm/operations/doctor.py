"""What is wrong, in plain words, and how to mend it."""

from __future__ import annotations

import json
import shutil
import smtplib
import zoneinfo
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection
from django.db import DatabaseError, connection

from krm.connectors import vault
from krm.operations import backups, health


class State(StrEnum):
    GOOD = "ok"
    LOOK = "look"  # works, but someone should look at it
    BAD = "bad"


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was looked at."""

    state: State
    subject: str
    finding: str
    remedy: str = ""


def good(subject: str, finding: str) -> Diagnosis:
    return Diagnosis(State.GOOD, subject, finding)


def look(subject: str, finding: str, remedy: str) -> Diagnosis:
    return Diagnosis(State.LOOK, subject, finding, remedy)


def bad(subject: str, finding: str, remedy: str) -> Diagnosis:
    return Diagnosis(State.BAD, subject, finding, remedy)


def check_mode() -> Iterator[Diagnosis]:
    if settings.LOCAL:
        yield look(
            "Mode",
            "KRM runs for one developer's machine: known secret key, plain HTTP, mail to a folder.",
            "For an agency's server set KRM_LOCAL=False and what docs/operations.md lists.",
        )
    else:
        yield good("Mode", f"Production, for {', '.join(settings.ALLOWED_HOSTS) or 'no host'}.")
    if settings.DEBUG and not settings.LOCAL:
        yield bad("Mode", "KRM_DEBUG is True: error pages show secrets.", "Remove KRM_DEBUG and restart.")


def check_database() -> Iterator[Diagnosis]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0]) // 10_000
            cursor.execute("SELECT extname FROM pg_extension")
            extensions = {row[0] for row in cursor.fetchall()}
            cursor.execute("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
            used, allowed = cursor.fetchone()
            cursor.execute("SELECT now()")
            skew = abs((datetime.now(UTC) - cursor.fetchone()[0]).total_seconds())
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        yield bad("Database", f"It does not answer: {reason}", "Start PostgreSQL, or correct DATABASE_URL.")
        return
    if version < 15:
        yield bad("Database", f"PostgreSQL {version} is too old.", "Move to PostgreSQL 15 or newer.")
    else:
        yield good("Database", f"PostgreSQL {version} answers, {used} of {allowed} connections are in use.")
    for name in sorted({"pg_trgm", "btree_gist"} - extensions):
        yield bad("Database", f"The extension {name} is missing.", f"As its owner: CREATE EXTENSION {name};")
    if used > 0.8 * allowed:
        yield look(
            "Database", "Connections are nearly used up.", "Raise max_connections, or run fewer processes."
        )
    if skew > 5:
        yield bad("Clock", f"This machine and the database disagree by {skew:.0f} s.", "Turn on NTP on both.")


def check_migrations() -> Iterator[Diagnosis]:
    found = health.migrations()
    yield (
        good("Schema", found.detail) if found.ok else bad("Schema", found.detail, "Run `manage.py migrate`.")
    )


def check_redis() -> Iterator[Diagnosis]:
    try:
        client = health.redis_client()
        memory = client.info("memory")
        waiting = {queue: client.llen(queue) for queue in settings.QUEUES}
    except redis.RedisError as error:
        yield bad(
            "Redis",
            f"It does not answer: {error}",
            "Start Redis, or correct REDIS_URL. Pages work meanwhile.",
        )
        return
    yield good("Redis", f"It answers and uses {memory['used_memory_human']}.")
    if memory.get("maxmemory_policy") != "noeviction":
        yield bad(
            "Redis",
            f"maxmemory-policy is {memory.get('maxmemory_policy')}: queued work may be thrown away.",
            "Set maxmemory-policy noeviction in redis.conf.",
        )
    for queue, length in waiting.items():
        if length > 1000:
            yield look("Queue", f"{length} tasks wait in {queue}.", "Start more workers for that queue.")


def check_workers() -> Iterator[Diagnosis]:
    for subject, found, remedy in (
        (
            "Workers",
            health.worker(),
            "Start `celery -A krm worker -Q default,pulls,jobs`, or look at its log.",
        ),
        ("Scheduler", health.scheduler(), "Start `celery -A krm beat` (one is enough), or look at its log."),
    ):
        yield good(subject, found.detail) if found.ok else bad(subject, found.detail, remedy)


def check_relay() -> Iterator[Diagnosis]:
    found = health.relay()
    if not found.ok:
        yield bad(
            "Events", found.detail, "Workers run `events.relay`; see Workers above and the log of krm.events."
        )
        return
    yield good("Events", found.detail)
    parked = int(health.relay_state()["parked"])
    if parked:
        yield look(
            "Events",
            f"{parked} deliveries were given up.",
            "Look at them under Admin, Deliveries, and try them again.",
        )


def check_keys() -> Iterator[Diagnosis]:
    try:
        ring = vault.keyring()
    except (ImproperlyConfigured, OSError) as error:
        yield bad("Vault", f"Its keys cannot be read: {error}", "Make one with `manage.py vault_key`.")
        return
    yield good("Vault", f"{len(ring.ciphers)} keys; new secrets are sealed with {ring.current}.")


def check_mail() -> Iterator[Diagnosis]:
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield good("Mail", f"Kept in {settings.LOCAL_MAIL_FOLDER}, nothing is sent.")
        return
    try:
        mail = get_connection()
        mail.open()
        mail.close()
    except (OSError, smtplib.SMTPException) as error:
        yield bad(
            "Mail",
            f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} does not take mail: {error}",
            "Correct KRM_MAIL_URL.",
        )
        return
    yield good("Mail", f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} takes mail.")


def check_files() -> Iterator[Diagnosis]:
    media = Path(settings.MEDIA_ROOT)
    try:
        media.mkdir(parents=True, exist_ok=True)
        probe = media / ".doctor"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        yield bad(
            "Files", f"{media} cannot be written: {error.strerror}", "Give it to the user that runs KRM."
        )
        return
    free = shutil.disk_usage(media).free / 1e9
    if free < 2:
        yield bad(
            "Files",
            f"Only {free:.1f} GB are free on the disk of {media}.",
            "Make room, or move KRM_MEDIA_ROOT.",
        )
    else:
        yield good("Files", f"{media} can be written, {free:.0f} GB are free.")
    if not settings.LOCAL and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield bad(
            "Assets", "Styles and scripts are not collected.", "Run `manage.py collectstatic --no-input`."
        )
    compiled = Path(settings.LOCALE_PATHS[0]) / "id" / "LC_MESSAGES" / "django.mo"
    if not compiled.exists():
        yield bad("Language", "Bahasa Indonesia is not compiled.", "Run `manage.py translations --compile`.")


def check_time_zone() -> Iterator[Diagnosis]:
    try:
        zoneinfo.ZoneInfo(settings.TIME_ZONE)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        yield bad(
            "Time zone",
            f"{settings.TIME_ZONE} is unknown.",
            "Set KRM_TIME_ZONE to a name such as Asia/Jakarta.",
        )


def check_backups() -> Iterator[Diagnosis]:
    found = backups.backups(Path(settings.BACKUP_ROOT))
    if not found:
        if not settings.LOCAL:
            yield bad(
                "Backups", f"None in {settings.BACKUP_ROOT}.", "Run `manage.py backup` each night (cron)."
            )
        return
    made = datetime.fromisoformat(json.loads((found[-1] / backups.MANIFEST).read_text())["made_at"])
    days = (datetime.now(UTC) - made).total_seconds() / 86_400
    if days > 2 and not settings.LOCAL:
        yield bad(
            "Backups", f"The newest is {days:.0f} days old.", "Look why `manage.py backup` does not run."
        )
    else:
        yield good("Backups", f"{len(found)}, the newest {days:.1f} days old.")


CHECKS: tuple[Callable[[], Iterator[Diagnosis]], ...] = (
    check_mode,
    check_database,
    check_migrations,
    check_redis,
    check_workers,
    check_relay,
    check_keys,
    check_mail,
    check_files,
    check_time_zone,
    check_backups,
)


def examine() -> list[Diagnosis]:
    """Look at everything; what a broken database makes impossible is left out, not reported twice."""
    found: list[Diagnosis] = []
    database_works = True
    for check in CHECKS:
        if check in (check_migrations, check_relay) and not database_works:
            continue
        results = list(check())
        if check is check_database:
            database_works = not any(each.finding.startswith("It does not answer") for each in results)
        found += results
    return found
