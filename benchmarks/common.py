"""What the benchmarks share: their database of 100,000 creators, a clock, a table, a server with four processes."""

from __future__ import annotations

import logging
import math
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
DATABASE = os.environ.get("KRM_BENCH_DB", "krm_bench")
ROWS = 100_000

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def setup(database: str = DATABASE) -> None:
    """Django on the benchmarks' own database beside the one of the settings; made and migrated where missing."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.INFO)
    create(database)
    given = urlsplit(os.environ.get("DATABASE_URL", "postgres://krm@127.0.0.1:5432/krm"))
    os.environ["DATABASE_URL"] = urlunsplit(
        given._replace(path=f"/{database}")
    )  # for processes that we start
    from django.db import connection

    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database
    call_command("migrate", verbosity=0)


def connect(database: str) -> None:
    """Django in a process of its own, on a database that `setup` made."""
    import django
    from django.conf import settings
    from django.db import connection

    django.setup()
    logging.disable(logging.INFO)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = database


def truncate(tables: Sequence[str]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def drop(database: str) -> None:
    """A benchmark's own database, once it is done."""
    from django.conf import settings
    from django.db import connection

    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = DATABASE
    create(DATABASE)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def create(database: str, *, anew: bool = False) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if anew:
            cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{database}"')


def person() -> Any:
    """The administrator who reads."""
    from krm.accounts.models import User

    return User.objects.filter(email="bench@krm.example").first() or User.objects.create_superuser(
        "bench@krm.example", None, name="Bench"
    )


def browser(user: Any = None) -> Any:
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user or person(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def ok(answer: Any) -> Any:
    if answer.status_code != 200:
        raise SystemExit(f"answered {answer.status_code}: {answer.content[:300]!r}")
    return answer


# -- the clock ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Times:
    """Seconds of each run; `cpu` is what this process itself worked in all of them."""

    runs: Sequence[float]
    cpu: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.runs)

    @property
    def p95(self) -> float:
        return sorted(self.runs)[max(0, math.ceil(len(self.runs) * 0.95) - 1)]

    @property
    def cpu_each(self) -> float:
        return self.cpu / len(self.runs)


def timed(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def measure(reads: Sequence[Callable[[], Any]], runs: int) -> Times:
    """Each of `reads` in turn, `runs` times in all, after one turn that does not count."""
    for read in reads[:5]:
        read()
    cpu = time.process_time()
    times = [timed(reads[n % len(reads)]) for n in range(runs)]
    return Times(times, time.process_time() - cpu)


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f}"


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A table that reads well in a terminal and pastes into a Markdown file."""
    cells = [[str(part) for part in row] for row in [headings, *rows]]
    widths = [max(len(row[n]) for row in cells) for n in range(len(headings))]
    print(f"\n{title}\n")
    for number, row in enumerate(cells):
        parts = [
            part.ljust(w) if n == 0 else part.rjust(w)
            for n, (part, w) in enumerate(zip(row, widths, strict=True))
        ]
        print("| " + " | ".join(parts) + " |")
        if number == 0:
            print("|" + "|".join("-" * (w + 1) + (":" if n else "-") for n, w in enumerate(widths)) + "|")
    sys.stdout.flush()


# -- the machine -------------------------------------------------------------------------


def machine() -> str:
    """Cores, memory and versions; no name, no path."""
    from django.db import connection

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0].split()[0]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{cores} cores, {memory:.0f} GiB, Python {platform.python_version()}, PostgreSQL {server}, "
        f"load average {load:.1f} before the run"
    )


def resident(pid: int) -> float:
    """MiB of a process and its children that are its own: proportional share where the kernel tells it."""
    total = 0
    for one in [pid, *children(pid)]:
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


def children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                found += [int(child), *children(int(child))]
    except OSError:
        pass
    return found


# -- a server ----------------------------------------------------------------------------


@contextmanager
def server(processes: int = 4, **environment: str) -> Iterator[tuple[str, int]]:
    """`uvicorn` with that many processes on a free port of this machine; its address and pid."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    # fmt: off
    command = [sys.executable, "-m", "uvicorn", "krm.asgi:application", "--host", "127.0.0.1", "--port", str(port),
               "--workers", str(processes), "--lifespan", "off", "--no-access-log", "--log-level", "error",
               "--timeout-graceful-shutdown", "2"]
    # fmt: on
    env = {**os.environ, "KRM_LOG_LEVEL": "WARNING", **environment}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"{address}/healthz", process)
        yield address, process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own loopback address
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def worked(pid: int) -> float:
    """Seconds of processor time of a process and its children."""
    ticks = 0
    for one in [pid, *children(pid)]:
        try:
            parts = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += int(parts[11]) + int(parts[12])
    return ticks / os.sysconf("SC_CLK_TCK")
