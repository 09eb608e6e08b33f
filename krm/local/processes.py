"""Starting, watching and stopping processes by their id, as this user or (from root) as a lesser one."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from krm.local.paths import LOCAL, ROOT, Failure

PR_SET_PDEATHSIG = 1
# Servers outlive the objects that started them; Python warns of a running process that it forgets.
SERVERS: list[subprocess.Popen[str]] = []
# Loaded here rather than between fork and exec, where importing is not safe.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


@dataclass(frozen=True)
class Account:
    """A system user that a server is run as."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """Who PostgreSQL runs as: this user; from root, who may not run it, an existing user without rights."""
    if os.geteuid() != 0:
        return None
    owner = ROOT.stat().st_uid
    wanted = os.environ.get("KRM_LOCAL_USER")
    names = [wanted] if wanted else ["postgres", "nobody"]
    try:
        entries = [pwd.getpwuid(owner)] if owner and not wanted else []
    except KeyError:
        entries = []
    for name in names:
        try:
            entries.append(pwd.getpwnam(name))
        except KeyError:
            continue
    for entry in entries:
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Failure(
        "PostgreSQL does not run as root, and this machine has none of the users it could run as "
        f"({', '.join(names)}). Name an existing one in KRM_LOCAL_USER, or run make as an ordinary user."
    )


def as_account(account: Account | None) -> dict[str, object]:
    """Arguments for `subprocess` that drop to the account for good."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def can(account: Account | None, test: str, path: Path) -> bool:
    """Whether the account may read (`-r`), write (`-w`) or enter (`-x`) a path, asked of the system itself."""
    result = subprocess.run(
        ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)], cwd="/", **as_account(account)
    )  # type: ignore[call-overload]
    return bool(result.returncode == 0)


def die_with_parent(with_signal: int) -> Callable[[], None] | None:
    """On Linux a child gets this signal when its parent is gone, even by kill -9."""
    if LIBC is None:
        return None
    libc = LIBC

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)

    return arrange


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    account: Account | None = None,
    output: IO[str] | int | None = None,
    tied: int | None = None,
    cwd: Path = ROOT,
) -> subprocess.Popen[str]:
    """Start a process in a group of its own; with `tied` it dies (by that signal) with this process."""
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        list(command),
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=die_with_parent(tied) if tied is not None else None,
        text=True,
        errors="replace",
        cwd=str(cwd),
        **as_account(account),
    )


def alive(pid: int) -> bool:
    """Whether a process exists and has not ended (a zombie has)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def command_of(pid: int) -> str:
    """The command line of a process, empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        pass
    result = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return result.stdout.strip()


def stop(pid: int, *, first: int = signal.SIGTERM, patience: float = 15.0, group: bool = False) -> None:
    """Ask a process (or its group) to end; after `patience` seconds, make it."""
    send = os.killpg if group else os.kill
    for number, wait in ((first, patience), (signal.SIGKILL, 5.0)):
        try:
            send(pid, number)
        except (ProcessLookupError, PermissionError):
            return
        end = time.monotonic() + wait
        while time.monotonic() < end:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass
            if not (group_alive(pid) if group else alive(pid)):
                return
            time.sleep(0.05)


def reap() -> None:
    """Note the end of servers that were stopped by their id."""
    SERVERS[:] = [server for server in SERVERS if server.poll() is None]


def group_alive(pgid: int) -> bool:
    try:
        os.killpg(pgid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def port_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def tail(path: Path, lines: int = 3) -> str:
    try:
        return " | ".join(path.read_text(errors="replace").strip().splitlines()[-lines:])
    except OSError:
        return ""


def own(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)


def ensure_local() -> Path:
    LOCAL.mkdir(parents=True, exist_ok=True)
    return LOCAL
