"""PostgreSQL and Redis of this folder, shared by everything that runs in it.

A profile is a pair of servers with their own data: `run` for the agency of `make run`, `test` for `make test`,
`bench` for `make bench`. Who uses a profile leaves a holder file with its pid; the last one to go stops the
servers. `DATABASE_URL` and `REDIS_URL`, where set, stand in for either server.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from krm.local import processes
from krm.local.paths import LOCAL, Failure, outside
from krm.local.postgres import Postgres
from krm.local.redisserver import RedisServer

PROFILES = ("run", "test", "bench")
UP = "up"  # the holder of `python -m krm.local up`, which stays until `down`


class Services:
    def __init__(self, profile: str = "run") -> None:
        if profile not in PROFILES:
            raise Failure(f"There is no profile {profile!r}; choose one of {', '.join(PROFILES)}.")
        self.profile = profile
        self.folder = LOCAL / profile
        self.external_database = os.environ.get("DATABASE_URL", "")
        self.external_redis = os.environ.get("REDIS_URL", "")
        self.held: Path | None = None
        self.postgres: Postgres | None = None
        self.redis: RedisServer | None = None

    # -- what is remembered between runs ----------------------------------------------

    @property
    def state_file(self) -> Path:
        return self.folder / "services.json"

    def read_state(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.state_file.read_text()))
        except (OSError, ValueError):
            return {}

    def write_state(self, state: dict[str, Any]) -> None:
        fresh = self.state_file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(state, indent=1))
        fresh.replace(self.state_file)

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "services.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def describe(self) -> None:
        """Fill in the servers as they were last started."""
        state = self.read_state()
        log = self.folder / "log"
        durable = self.profile != "test"
        if not self.external_database and "postgres_port" in state:
            self.postgres = Postgres(
                self.folder / "postgres",
                state["postgres_port"],
                state["password"],
                log / "postgres.log",
                durable,
            )
        if not self.external_redis and "redis_port" in state:
            self.redis = RedisServer(
                self.folder / "redis", state["redis_port"], state["password"], log / "redis.log", durable
            )

    def choose_ports(self) -> None:
        """Keep the ports of last time unless another program took them; a configured port is obeyed."""
        state = self.read_state()
        state.setdefault("password", secrets.token_hex(16))
        self.write_state(state)
        for name, variable in (("postgres_port", "KRM_PG_PORT"), ("redis_port", "KRM_REDIS_PORT")):
            server = self.postgres if name == "postgres_port" else self.redis
            if server is not None and server.pid() is not None:
                continue
            configured = os.environ.get(variable) if self.profile == "run" else None
            if configured:
                if not configured.isdigit() or not processes.port_free(int(configured)):
                    raise Failure(
                        f"{variable}={configured} cannot be used: it is no port number or another program has it. "
                        "Choose another, or leave the variable out and a free one is taken."
                    )
                state[name] = int(configured)
            elif name not in state or not processes.port_free(state[name]):
                state[name] = processes.free_port()
        self.write_state(state)
        self.describe()

    # -- holders --------------------------------------------------------------------

    @property
    def holders(self) -> Path:
        return self.folder / "holders"

    def hold(self, name: str) -> None:
        self.holders.mkdir(parents=True, exist_ok=True)
        (self.holders / name).touch()

    def others(self) -> list[str]:
        """Live holders other than this process; the files of dead ones are removed."""
        found = []
        for path in self.holders.glob("*") if self.holders.exists() else []:
            if path.name == UP:
                found.append(UP)
            elif not path.name.isdigit() or not processes.alive(int(path.name)):
                path.unlink(missing_ok=True)
            elif int(path.name) != os.getpid():
                found.append(path.name)
        return found

    # -- verbs -----------------------------------------------------------------------

    def start(self, *, stay: bool = False) -> dict[str, str]:
        """Start what is not running; returns the environment for programs that use it."""
        processes.ensure_local()
        with self.lock():
            self.hold(UP if stay else str(os.getpid()))
            self.describe()
            self.choose_ports()
            if self.postgres is not None:
                self.postgres.start(tied=not stay)
                self.postgres.ensure_database()
            if self.redis is not None:
                self.redis.start(tied=not stay)
        return self.environment()

    def revive(self) -> list[str]:
        """Start again a server that died; returns the names of those."""
        revived = []
        with self.lock():
            if self.postgres is not None and self.postgres.pid() is None:
                self.postgres.start(tied=True)
                revived.append("PostgreSQL")
            if self.redis is not None and self.redis.pid() is None:
                self.redis.start(tied=True)
                revived.append("Redis")
        return revived

    def release(self) -> None:
        """Let go; the last holder stops the servers."""
        with self.lock():
            (self.holders / str(os.getpid())).unlink(missing_ok=True)
            if not self.others():
                self.stop_servers()

    def down(self) -> None:
        """Stop the servers that `up` left running, unless someone works with them."""
        with self.lock():
            (self.holders / UP).unlink(missing_ok=True)
            others = self.others()
            if others:
                raise Failure(
                    f"Process {', '.join(others)} still uses the {self.profile} servers; stop it first."
                )
            self.describe()
            self.stop_servers()

    def stop_servers(self) -> None:
        if self.redis is not None:
            self.redis.stop()
        if self.postgres is not None:
            self.postgres.stop()
        processes.reap()

    def remove(self) -> None:
        """Stop the servers and delete their data."""
        self.down()
        if self.postgres is not None:
            self.postgres.remove()
        processes.reap()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(outside(LOCAL) / self.profile, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        self.describe()
        database = self.external_database or (self.postgres.url if self.postgres else "")
        redis = self.external_redis or (self.redis.url if self.redis else "")
        return {"DATABASE_URL": database, "REDIS_URL": redis}

    def status(self) -> list[tuple[str, str]]:
        """Each server with what it is doing, for people."""
        self.describe()
        rows = []
        for name, server, external in (
            ("PostgreSQL", self.postgres, self.external_database),
            ("Redis", self.redis, self.external_redis),
        ):
            if external:
                rows.append((name, "outside, from the environment"))
            elif server is None:
                rows.append((name, "never started"))
            else:
                pid = server.pid()
                rows.append((name, f"runs on port {server.port}, process {pid}" if pid else "stopped"))
        return rows
