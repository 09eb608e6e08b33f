"""What the processes of KRM take in memory while nothing happens.

    python benchmarks/memory.py [--seconds 10]

Web with two processes, a worker with two children and the scheduler, as `make run` starts them. MiB are proportional
set sizes: what processes share is divided among them. The baseline of the same run is a bare Python process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=10)
    given = options.parse_args()
    common.setup()
    from django.db import connection

    celery = [sys.executable, "-m", "celery", "-A", "krm", "--quiet"]
    with tempfile.TemporaryDirectory() as folder, common.server(2) as (_address, web):
        # fmt: off
        commands = {
            "bare Python": [sys.executable, "-c", "import time; time.sleep(600)"],
            "worker, two children": [*celery, "worker", "-Q", "bench", "-c", "2", "-n", "bench@%h", "--without-gossip",
                                     "--without-mingle"],
            "scheduler": [*celery, "beat", "--schedule", f"{folder}/beat", "--pidfile=", "--max-interval", "600"],
        }
        # fmt: on
        env = {**os.environ, "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")}
        running = {
            name: subprocess.Popen(
                command, cwd=common.ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for name, command in commands.items()
        }
        try:
            time.sleep(given.seconds)
            pids = {"bare Python": running["bare Python"].pid, "web, two processes": web}
            pids |= {name: process.pid for name, process in running.items() if name not in pids}
            rows = []
            for name, pid in pids.items():
                before, size = common.worked(pid), common.resident(pid)
                time.sleep(2)
                busy = (common.worked(pid) - before) / 2
                rows.append((name, 1 + len(common.children(pid)), f"{size:.0f}", f"{busy * 100:.1f}"))
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                connections = cursor.fetchone()[0] - 1
        finally:
            for process in running.values():
                process.terminate()
            for process in running.values():
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
    common.table("Idle", ("", "processes", "MiB", "% of a core"), rows)
    print(f"\n{connections} connections to the database")


if __name__ == "__main__":
    main()
