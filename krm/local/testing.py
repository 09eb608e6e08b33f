"""`make test`: the whole suite against servers of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from krm.local import browser, processes
from krm.local.paths import ROOT
from krm.local.services import Services
from krm.local.supervisor import cores


def run(arguments: list[str]) -> int:
    """Run pytest with the test servers up; returns its exit code, its closing line is the last output."""
    services = Services("test")
    try:
        env = dict(os.environ, **services.start(), PYTHONUNBUFFERED="1")
        env.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")
        if not services.external_redis:
            env["KRM_TEST_REDIS_EACH"] = "1"  # this Redis has a database for every parallel worker
        env.update(browser.find())
        subprocess.run(
            [sys.executable, "manage.py", "translations", "--compile"], cwd=ROOT, env=env, check=True
        )
        command = [sys.executable, "-m", "pytest"]
        if not any(part.startswith("-n") for part in arguments):
            command += ["-n", os.environ.get("KRM_TEST_WORKERS") or str(cores())]
        process = subprocess.Popen([*command, *arguments], cwd=ROOT, env=env, start_new_session=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return process.wait()
        except KeyboardInterrupt:
            processes.stop(process.pid, first=signal.SIGINT, patience=15, group=True)
            return 130
    finally:
        services.release()
