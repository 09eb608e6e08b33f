"""`make run`: everything KRM consists of, started in order, watched, and stopped together."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import IO

from krm.local import processes
from krm.local.paths import LOCAL, LOGINS, Failure
from krm.local.services import Services

COLOURS = {"krm": "1", "web": "36", "worker": "32", "jobs": "33", "beat": "35", "sandbox": "34"}
STEADY = 60.0  # seconds after which a restarted process counts as well again
LONGEST_PAUSE = 30.0


def whole_number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise Failure(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 2


class Console:
    """Lines of many processes on one screen, each with the name of its process."""

    def __init__(self, out: IO[str]) -> None:
        self.out = out
        self.colour = out.isatty() and "NO_COLOR" not in os.environ
        self.lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        label = f"{name:<8}"
        if self.colour:
            label = f"\033[{COLOURS.get(name, '37')}m{label}\033[0m"
        with self.lock:
            try:
                self.out.write(f"{label}| {text}\n")
                self.out.flush()
            except (BrokenPipeError, ValueError):
                pass  # the terminal is gone; the processes are stopped all the same

    def say(self, text: str) -> None:
        self.line("krm", text)


@dataclass
class Program:
    """One process that is kept running."""

    name: str
    command: Sequence[str]
    env: dict[str, str]
    console: Console
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    falls: int = 0
    again_at: float | None = None
    reader: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        self.again_at = None
        self.started = time.monotonic()
        self.process = processes.start(
            self.command, env=self.env, output=subprocess.PIPE, tied=signal.SIGTERM
        )
        self.reader = threading.Thread(target=self.read, args=(self.process,), daemon=True)
        self.reader.start()

    def read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for text in process.stdout:
                self.console.line(self.name, text.rstrip("\n"))

    def check(self) -> None:
        """Bring a process that ended by itself back, later each time it falls again."""
        if self.again_at is not None:
            if time.monotonic() >= self.again_at:
                self.start()
            return
        assert self.process is not None
        code = self.process.poll()
        if code is None:
            return
        if time.monotonic() - self.started > STEADY:
            self.falls = 0
        pause = min(LONGEST_PAUSE, 2.0**self.falls)
        self.falls += 1
        self.again_at = time.monotonic() + pause
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        self.console.line(
            "krm",
            f"{self.name} stopped by itself ({how}), its last lines stand above; starting it again in {pause:.0f} s",
        )

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass

    def stop(self, patience: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            pass
        if processes.group_alive(self.process.pid):  # also what the process left behind in its group
            processes.stop(self.process.pid, first=signal.SIGTERM, patience=1.0, group=True)
        self.process.poll()
        if self.reader is not None:
            self.reader.join(timeout=1.0)


class Supervisor:
    def __init__(self, services: Services) -> None:
        self.services = services
        self.console = Console(sys.stdout)
        self.host = os.environ.get("KRM_HOST", "127.0.0.1")
        self.port = whole_number("KRM_PORT", 8000)
        self.programs: list[Program] = []
        self.stopping = threading.Event()

    @property
    def address(self) -> str:
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        return f"http://{host}:{self.port}"

    # -- before the start ---------------------------------------------------------------

    def check_port(self) -> None:
        if not processes.port_free(self.port, self.host):
            raise Failure(
                f"Port {self.port} is in use by another program. Stop that program, or choose another port: "
                f"make run PORT={self.port + 10}"
            )

    def environment(self, servers: dict[str, str]) -> dict[str, str]:
        env = dict(os.environ, **servers)
        env.setdefault("DJANGO_SETTINGS_MODULE", "krm.settings")
        env.setdefault("KRM_LOCAL", "True")
        env.setdefault("KRM_SITE_URL", self.address)
        env["PYTHONUNBUFFERED"] = "1"
        if (
            os.geteuid() == 0
        ):  # in a container that is usual; celery's page of warning at each start helps nobody
            env["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
        if find_spec("krm.local.sandbox"):
            self.sandbox_port = whole_number("KRM_SANDBOX_PORT", 0) or processes.free_port()
            env.setdefault("KRM_SANDBOX_URL", f"http://127.0.0.1:{self.sandbox_port}")
            env.setdefault(
                "KRM_SANDBOX_SPEED", "24"
            )  # an hour there is two and a half minutes here: figures move
        return env

    def manage(self, env: dict[str, str], *arguments: str, quiet: bool = True) -> None:
        """Run a management command to its end, showing what it prints; a failure ends the start."""
        program = Program(
            "krm" if quiet else arguments[0], [sys.executable, "manage.py", *arguments], env, self.console
        )
        program.start()
        assert program.process is not None
        while program.process.poll() is None:
            if self.stopping.wait(0.05):
                program.ask_to_stop()
                program.stop(5.0)
                raise KeyboardInterrupt
        assert program.reader is not None
        program.reader.join(timeout=2.0)
        if program.process.returncode != 0:
            raise Failure(
                f"`manage.py {' '.join(arguments)}` failed; the reason stands above. "
                "If the local data is of an older version, `make reset` starts afresh."
            )

    def prepare(self, env: dict[str, str]) -> None:
        self.console.say("bringing the database up to date")
        self.manage(env, "prepare")

    # -- what runs --------------------------------------------------------------------

    def plan(self, env: dict[str, str]) -> list[Program]:
        many = cores() >= 4
        children = whole_number("KRM_WORKERS", 2 if many else 1)
        celery = [sys.executable, "-m", "celery", "-A", "krm", "--quiet"]
        worker = [
            *celery,
            "worker",
            "--pool",
            "prefork",
            "--without-gossip",
            "--without-mingle",
        ]
        web = [
            sys.executable,
            "-m",
            "uvicorn",
            "krm.asgi:application",
            "--host",
            self.host,
            "--port",
            str(self.port),
        ]
        web += [
            "--lifespan",
            "off",
            "--no-server-header",
            "--log-level",
            "warning",
            "--timeout-graceful-shutdown",
            "3",
        ]
        web += ["--workers", str(whole_number("KRM_WEB_PROCESSES", 2 if many else 1))]
        schedule = LOCAL / "run" / "beat-schedule"
        programs = [
            ("web", web),
            ("worker", [*worker, "-Q", "default", "-c", str(children), "-n", "default@%h"]),
            ("jobs", [*worker, "-Q", "pulls,jobs", "-c", str(children), "-n", "jobs@%h"]),
            ("beat", [*celery, "beat", "--schedule", str(schedule), "--pidfile="]),
        ]
        if find_spec("krm.local.sandbox"):
            port = str(self.sandbox_port)
            programs.insert(0, ("sandbox", [sys.executable, "-m", "krm.local.sandbox", "--port", port]))
        figures = LOCAL / "run" / "metrics"  # where the web processes put their figures together
        shutil.rmtree(figures, ignore_errors=True)
        figures.mkdir(parents=True)
        web_env = dict(env, PROMETHEUS_MULTIPROC_DIR=str(figures))
        return [
            Program(name, command, web_env if name == "web" else env, self.console)
            for name, command in programs
        ]

    def wait_for_web(self) -> None:
        end = time.monotonic() + 90
        while time.monotonic() < end and not self.stopping.is_set():
            try:
                with urllib.request.urlopen(f"{self.address}/healthz", timeout=5):
                    return
            except urllib.error.HTTPError:
                return  # it answers; what it answers is for its own log
            except OSError:
                self.stopping.wait(0.2)
                for program in self.programs:
                    program.check()
        if not self.stopping.is_set():
            raise Failure(
                f"The web process did not answer at {self.address} within 90 seconds; its lines stand above."
            )

    def banner(self) -> None:
        self.console.say("")
        self.console.say(f"KRM is ready: {self.address}")
        self.console.say(f"Mail that KRM sends is shown at {self.address}/dev/mail/")
        for text in LOGINS.read_text().splitlines() if LOGINS.exists() else []:
            self.console.say(text)
        self.console.say("Ctrl-C stops everything.")
        self.console.say("")

    # -- life ---------------------------------------------------------------------------

    def run(self) -> int:
        LOCAL.mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGINT, self.on_signal)
        signal.signal(signal.SIGTERM, self.on_signal)
        signal.signal(signal.SIGHUP, self.on_signal)
        with (LOCAL / "run.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise Failure(
                    f"KRM already runs in this folder ({lock.read().strip()}). Stop it there first."
                ) from None
            self.check_port()
            lock.truncate(0)
            lock.write(f"process {os.getpid()}, {self.address}")
            lock.flush()
            try:
                self.console.say("starting PostgreSQL and Redis")
                env = self.environment(self.services.start())
                self.prepare(env)
                self.programs = self.plan(env)
                for program in self.programs:
                    program.start()
                self.wait_for_web()
                if not self.stopping.is_set():
                    self.banner()
                self.watch()
            except KeyboardInterrupt:
                pass
            finally:
                self.stop()
        return 0

    def on_signal(self, number: int, frame: object) -> None:
        self.stopping.set()

    def watch(self) -> None:
        while not self.stopping.wait(1.0):
            for name in self.services.revive():
                self.console.say(f"{name} had stopped by itself and was started again")
            for program in self.programs:
                program.check()

    def stop(self) -> None:
        self.console.say("stopping")
        for program in reversed(self.programs):
            program.ask_to_stop()
        end = time.monotonic() + 10.0  # a worker finishes what it has begun, or it is done again later
        for program in reversed(self.programs):
            program.stop(max(0.1, end - time.monotonic()))
        self.services.release()
        self.console.say("everything is stopped")
