"""PostgreSQL and Redis of a developer's machine: start, sudden death, second start, several users."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from krm.local import processes, services
from krm.local.paths import Failure
from krm.local.services import Services


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of its own for the servers, and no servers from outside."""
    folder = tmp_path_factory.mktemp("krm-local")
    folder.chmod(0o755)
    monkeypatch.setattr(services, "LOCAL", folder)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    yield folder
    for profile in ("run", "test"):
        Services(profile).remove()


def ask(environment: dict[str, str], question: str) -> Any:
    with closing(psycopg2.connect(environment["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        connection.commit()
        return cursor.fetchone() if cursor.description else None


def test_servers_survive_sudden_death(here: Path) -> None:
    first = Services("run")  # the one whose data counts
    environment = first.start()
    try:
        assert first.start() == environment  # a second start finds them
        ask(environment, "CREATE TABLE kept AS SELECT 'ä' || upper('ö') AS text")
        assert ask(environment, "SELECT text FROM kept") == ("äÖ",)
        with redis.Redis.from_url(environment["REDIS_URL"]) as client:
            client.set("a", 1)

        for server in (first.postgres, first.redis):
            assert server is not None
            pid = server.pid()
            assert pid is not None
            os.kill(pid, signal.SIGKILL)

        assert first.revive() == ["PostgreSQL", "Redis"]
        assert ask(environment, "SELECT text FROM kept") == ("äÖ",)
    finally:
        first.release()
    assert [text for _name, text in first.status()] == ["stopped", "stopped"]


def test_a_stale_pid_file_of_another_program_is_no_server(here: Path) -> None:
    mine = Services("test")
    mine.start()
    mine.release()
    assert mine.postgres is not None
    (mine.postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{mine.postgres.data}\n")
    processes.own(mine.postgres.data / "postmaster.pid", mine.postgres.account)
    environment = mine.start()
    try:
        assert ask(environment, "SELECT 1") == (1,)
    finally:
        mine.release()


def test_the_last_to_leave_turns_them_off(here: Path) -> None:
    mine = Services("test")
    mine.start()
    other = mine.holders / str(os.getppid())  # a process that lives and works with them too
    other.touch()
    mine.release()
    assert mine.status()[0][1].startswith("runs on port")
    with pytest.raises(Failure, match=f"Process {os.getppid()} still uses"):
        mine.down()
    other.unlink()
    mine.down()
    assert mine.status()[0] == ("PostgreSQL", "stopped")


def test_a_wrong_password_is_refused(here: Path) -> None:
    mine = Services("test")
    environment = mine.start()
    try:
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(environment["DATABASE_URL"].replace("krm:", "krm:x"))
        with pytest.raises(redis.AuthenticationError), redis.Redis(port=mine.redis.port) as client:  # type: ignore[union-attr]
            client.ping()
        assert mine.state_file.stat().st_mode & 0o077 == 0
    finally:
        mine.release()


def test_servers_elsewhere_stand_in(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u@db.example/krm")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example/0")
    mine = Services("test")
    assert mine.start() == {
        "DATABASE_URL": "postgres://u@db.example/krm",
        "REDIS_URL": "redis://redis.example/0",
    }
    assert mine.status() == [
        ("PostgreSQL", "outside, from the environment"),
        ("Redis", "outside, from the environment"),
    ]
    mine.release()


def test_a_configured_port_that_is_taken_is_said(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("KRM_PG_PORT", str(taken.getsockname()[1]))
        mine = Services("run")
        with pytest.raises(Failure, match=r"KRM_PG_PORT=\d+ cannot be used"):
            mine.start()
    mine.release()
