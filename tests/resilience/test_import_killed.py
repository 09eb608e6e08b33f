"""A worker killed with -9 in the middle of an import: the next one does it whole, nothing is there twice."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.test import Client
from django.utils.timezone import now

from creators.importing import uploads
from creators.jobs import start_import
from creators.models import AccountSnapshot, Creator, CreatorImport, ImportRow, SocialAccount
from krm.events.models import Event
from krm.web import jobs
from krm.web.models import Job
from tests.campaigns.factories import make_admin
from tests.resilience import world

ROWS, BAD = 10_000, 10
PATIENCE = 60  # seconds on a busy machine

pytestmark = pytest.mark.django_db(transaction=True)


def listed() -> bytes:
    lines = ["handle,followers,name"]
    for nr in range(ROWS):
        handle = "" if nr % (ROWS // BAD) == 7 else f"killed{nr:05d}"
        lines.append(f"{handle},{1000 + nr},Creator {nr:05d}")
    return "\n".join(lines).encode()


def killed(job: Job, ready: Callable[[], bool]) -> None:
    """A process of its own takes the job; SIGKILL as soon as it is `ready`."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        try:
            from krm.celery import app

            app.conf.broker_url = settings.REDIS_URL
            jobs.run(job.pk)
        finally:
            os._exit(0)
    deadline = time.monotonic() + PATIENCE
    try:
        while not ready():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "it was done before it was killed"
    Job.objects.filter(pk=job.pk).update(heartbeat_at=now() - timedelta(hours=1))


def rescued() -> list[tuple[int, ...]]:
    """What the scheduler's rescue hands to the next worker."""
    with world.queue() as sent:
        jobs.rescue()
    return [args for name, args in sent if name == "web.run_job"]


def rescue_and_run() -> int:
    found = rescued()
    with world.queue():
        for (pk,) in found:
            jobs.run(pk)
    return len(found)


def writing() -> bool:
    """Somebody else is in the middle of the one transaction that brings everything in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE relation = 'creators_socialaccount'::regclass"
            # tables of databases that were copied from one have the same number
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0])


def test_killed_while_reading_and_while_writing() -> None:
    admin = make_admin()
    batch = uploads.receive(ContentFile(listed(), name="instagram.csv"), by=admin)
    mapping = {"handle": "handle", "followers": "followers", "name": "name"}
    batch = uploads.configure(
        batch, by=admin, mapping_=mapping, platform="instagram", as_of=date(2026, 11, 1)
    )
    with world.queue():
        job = start_import(batch, by=admin)

    killed(job, lambda: ImportRow.objects.filter(batch_id=batch.pk).count() >= 4_000)
    job.refresh_from_db()
    assert job.state == "running" and ImportRow.objects.filter(batch_id=batch.pk).count() < ROWS
    assert not Creator.objects.exists()  # halfway is nowhere

    assert rescued() == [(job.pk,)]
    killed(job, writing)
    assert not Creator.objects.exists()
    assert not Event.objects.filter(name="creators.import_finished").exists()

    assert rescue_and_run() == 1
    assert rescue_and_run() == 0
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done, job.error_count) == ("done", 3, ROWS, BAD)
    once = ROWS - BAD
    assert Creator.objects.count() == SocialAccount.objects.count() == AccountSnapshot.objects.count() == once
    assert SocialAccount.objects.values("handle").distinct().count() == once
    assert not ImportRow.objects.exists()
    assert CreatorImport.objects.get().state == "done"
    assert Event.objects.filter(name="creators.import_finished").count() == 1

    browser = Client()
    browser.force_login(admin)
    answer = browser.get(f"/jobs/{job.pk}/errors.csv")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"].startswith("attachment") and len(lines) == 1 + BAD
    assert lines[1].startswith("9,")  # the row in the file: a header, and seven good ones before it
