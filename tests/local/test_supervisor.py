"""What `make run` does when a program falls, a port is taken, or it is started twice."""

from __future__ import annotations

import io
import os
import socket
import sys
import time
from collections.abc import Callable

import pytest

from krm.local import processes, supervisor
from krm.local.paths import Failure
from krm.local.services import Services
from krm.local.supervisor import Console, Program, Supervisor


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def program(code: str, out: io.StringIO) -> Program:
    return Program("demo", [sys.executable, "-u", "-c", code], dict(os.environ), Console(out))


def test_a_fallen_program_comes_back_later_each_time() -> None:
    out = io.StringIO()
    fallen = program("print('hello'); raise SystemExit(3)", out)
    fallen.start()
    for pause in ("1 s", "2 s", "4 s"):
        until(lambda: fallen.process is not None and fallen.process.poll() is not None)
        fallen.check()
        assert (
            f"demo stopped by itself (exit code 3), its last lines stand above; starting it again in {pause}"
            in out.getvalue()
        )
        fallen.again_at = 0.0  # the pause is over
        fallen.check()
    fallen.stop(5.0)
    assert out.getvalue().count("demo    | hello") >= 3


def test_stopping_takes_children_of_children_along() -> None:
    out = io.StringIO()
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal, time; "
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)'])\n"
        "print(child.pid); time.sleep(600)\n"
    )
    parent = program(code, out)
    parent.start()
    until(lambda: "|" in out.getvalue())
    child = int(out.getvalue().split("|")[1])
    parent.ask_to_stop()
    parent.stop(1.0)
    until(lambda: not processes.alive(child))


def test_a_port_in_use_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("KRM_PORT", str(port))
        with pytest.raises(Failure, match=f"Port {port} is in use .* make run PORT={port + 10}"):
            Supervisor(Services("run")).check_port()


def test_a_number_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRM_PORT", "eighty")
    with pytest.raises(Failure, match="KRM_PORT must be a whole number, not 'eighty'"):
        Supervisor(Services("run"))


def test_what_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(supervisor, "LOCAL", tmp_path)
    monkeypatch.setattr(supervisor, "find_spec", lambda name: None)
    planned = {each.name: " ".join(each.command) for each in Supervisor(Services("run")).plan({})}
    assert set(planned) == {"web", "worker", "jobs", "beat"}
    assert "-Q default" in planned["worker"] and "-Q pulls,jobs" in planned["jobs"]
