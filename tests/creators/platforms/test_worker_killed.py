"""A worker killed in the middle of a pull: nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from creators.models import AccountSchedule, AccountSnapshot, Post, PostSnapshot
from creators.pulling import runner, schedule
from krm.events.models import Event
from tests.sandbox import Running, demo

WORKER = """
import django
django.setup()
from creators.pulling import runner
print("pulling", flush=True)
runner.pull([{pk}], "{token}")
"""


@pytest.mark.django_db(transaction=True)
def test_killed_during_a_pull(connected: Running, account: Any) -> None:
    row = account(demo("instagram"))
    taken = schedule.take_one(row.pk)
    assert taken is not None
    connected.fault("instagram", "slow", row.handle, seconds=30, times=1)
    database = connection.settings_dict
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    env = {**os.environ, "DATABASE_URL": url, "KRM_SANDBOX_URL": connected.url}
    env["KRM_VAULT_KEYS"] = settings.KRM_VAULT_KEYS
    code = WORKER.format(pk=row.pk, token=taken.token)
    worker = subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == "pulling"
    for _wait in range(100):  # until the platform has been asked
        if connected.http.get("/_sandbox/faults").json()["faults"] == []:
            break
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=10)
    worker.stdout.close()

    # nothing half-written, and nobody else takes it before the lease has run out
    assert AccountSnapshot.objects.count() == Post.objects.count() == 0
    later = timezone.now() + schedule.LEASE + timedelta(seconds=1)
    AccountSchedule.objects.update(due_at=timezone.now())
    assert schedule.take_due("instagram", limit=9, batch=1) == []

    # the broker delivers the task of the dead worker again, and beat takes the row when the lease is over
    (again,) = schedule.take_due("instagram", limit=9, batch=1, now=later)
    assert runner.pull([row.pk], taken.token) == {}
    assert runner.pull(again.account_ids, again.token)[row.pk].ok
    assert runner.pull(again.account_ids, again.token) == {}
    assert AccountSnapshot.objects.count() == 1
    assert Post.objects.count() == PostSnapshot.objects.count() == 25
    assert Event.objects.filter(name="creators.accounts_pulled").count() == 1
