# ruff: noqa: T201 - a tool that reports on the terminal
"""A real browser against a real server: uvicorn as its own process on the test database, Chromium without a head.

Import the fixtures in a folder's conftest: `from tests.browser import *  # noqa: F403`. Tests that use `server`
must be `@pytest.mark.django_db(transaction=True)`: the server only sees what is committed.

    def test_list(page, login, server, admin_user, assert_accessible):
        login(page, admin_user)
        page.goto(server + "/creators/")
        assert_accessible(page)
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from krm.local import browser as chromium

__all__ = [
    "assert_accessible",
    "browser",
    "console_clean",
    "login",
    "new_page",
    "page",
    "phone",
    "sandbox",
    "server",
    "worker",
]

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Messages of the browser that say nothing about our pages: a form answered with its errors (422), a page left while
# it was still fetching.
HARMLESS = ("status of 422", "net::ERR_ABORTED", "ERR_NETWORK_CHANGED", "ERR_INCOMPLETE_CHUNKED_ENCODING")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def child_env(**extra: str) -> dict[str, str]:
    """The environment of a process that works on this test's database."""
    from django.db import connection

    db = connection.settings_dict
    host = f"{db['HOST'] or '127.0.0.1'}:{db['PORT']}" if db["PORT"] else db["HOST"]
    password = f":{db['PASSWORD']}" if db["PASSWORD"] else ""
    env = {
        **os.environ,
        "DATABASE_URL": f"postgres://{db['USER']}{password}@{host}/{db['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "KRM_LOCAL": "True",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        **extra,
    }
    if getattr(settings, "KRM_VAULT_KEYS", ""):
        env.setdefault("KRM_VAULT_KEYS", settings.KRM_VAULT_KEYS)
    return env


def start(command: list[str], log: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )


def stop(process: subprocess.Popen[bytes], grace: float = 5) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} ended:\n{log.read_text()[-3000:]}")
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a uvicorn process on the test database."""
    port, log = _free_port(), tmp_path_factory.mktemp("server") / "uvicorn.log"
    process = start(
        [sys.executable, "-m", "uvicorn", "krm.asgi:application", "--host", "127.0.0.1", "--port", str(port),
         "--log-level", "warning", "--timeout-graceful-shutdown", "1"],
        log,
        child_env(KRM_SITE_URL=f"http://127.0.0.1:{port}", **_sandbox_env()),
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/static/js/theme.js", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)
        text = log.read_text()
        if text:
            print(text[-4000:])


_sandbox: dict[str, str] = {}


def _sandbox_env() -> dict[str, str]:
    return {"KRM_SANDBOX_URL": _sandbox["url"]} if _sandbox else {}


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the sandbox network. Ask for it before `server` and `worker`, so that they are pointed at it."""
    port, log = _free_port(), tmp_path_factory.mktemp("sandbox") / "sandbox.log"
    process = start([sys.executable, "-m", "krm.local.sandbox", "--port", str(port)], log, dict(os.environ))
    try:
        wait_for(f"http://127.0.0.1:{port}/", process, log)
        _sandbox["url"] = f"http://127.0.0.1:{port}"
        yield _sandbox["url"]
    finally:
        _sandbox.clear()
        stop(process)


@pytest.fixture(scope="module")  # it must not work on what the tests of other modules do
def worker(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker with its scheduler on the test database and the real broker."""
    folder = tmp_path_factory.mktemp("worker")
    log = folder / "worker.log"
    process = start(
        [sys.executable, "-m", "celery", "-A", "krm", "worker", "--beat", "--schedule", str(folder / "schedule"),
         "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
        log,
        child_env(**_sandbox_env()),
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while not _worker_answers():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the worker did not start:\n{log.read_text()[-3000:]}")
        yield process
    finally:
        stop(process, 15)


def _worker_answers() -> bool:
    """Asked from outside: this process queues into memory."""
    command = [sys.executable, "-m", "celery", "-A", "krm", "inspect", "ping", "--timeout", "2"]
    return (
        subprocess.run(command, cwd=ROOT, env=child_env(), capture_output=True, check=False).returncode == 0
    )


@pytest.fixture(
    scope="module"
)  # its event loop must not outlive the module: other tests start loops and fork
def browser() -> Iterator[Any]:
    """A Chromium, or a failure that says what to install: a journey is never left out in silence."""
    from playwright.sync_api import sync_playwright

    found = os.environ.get("KRM_CHROMIUM") or next(iter(chromium.candidates()), "")
    if not found:
        pytest.fail(
            "The journeys need a Chromium and found none. Run `make test`, which brings its own, or install one"
            " (`apt-get install chromium`, or `playwright install chromium`), or name one in KRM_CHROMIUM."
        )
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's sync API runs inside an event loop
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-quic", "--disable-background-networking"]
        )
        yield launched
        launched.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


def _watched(page: Any) -> Any:
    """Collect what the console says; `console_clean` reads it."""
    page.krm_console = []

    def note(text: str) -> None:
        if not any(part in text for part in HARMLESS):
            page.krm_console.append(text)

    page.on("console", lambda message: note(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: note(f"pageerror: {error}"))
    page.on("requestfailed", lambda request: note(f"failed: {request.url} {request.failure}"))
    page.set_default_timeout(10_000)
    return page


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """`new_page()` is a desktop window with its own cookies, `new_page(phone=True)` a phone; options go through."""
    contexts = []

    def make(phone: bool = False, **options: Any) -> Any:
        options.setdefault("viewport", NARROW if phone else WIDE)
        options.setdefault("has_touch", phone)
        options.setdefault("reduced_motion", "reduce")
        options.setdefault("timezone_id", "Asia/Jakarta")
        context = browser.new_context(**options)
        contexts.append(context)
        return _watched(context.new_page())

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    return new_page()


@pytest.fixture
def phone(new_page: Callable[..., Any]) -> Any:
    return new_page(phone=True)


@pytest.fixture
def login(server: str) -> Callable[[Any, Any], None]:
    """`login(page, user)` gives the page a session of that user, without the login form."""

    def enter(page: Any, user: Any) -> None:
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": server}]
        )

    return enter


def session_of(user: Any) -> str:
    from importlib import import_module

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


@pytest.fixture
def console_clean() -> Callable[[Any], None]:
    """`console_clean(page)`: no error, warning, CSP report or failed request since the page was opened."""

    def check(page: Any) -> None:
        assert page.krm_console == [], "\n".join(page.krm_console)

    return check


@pytest.fixture
def assert_accessible() -> Callable[..., None]:
    """`assert_accessible(page)`: axe-core finds nothing against WCAG 2.2 AA."""

    def check(page: Any, exclude: tuple[str, ...] = ()) -> None:
        found = violations(page, exclude)
        assert found == [], "\n" + "\n".join(found)

    return check


def violations(page: Any, exclude: tuple[str, ...] = ()) -> list[str]:
    page.wait_for_load_state("load")
    page.evaluate(AXE.read_text())
    result = page.evaluate(
        """([exclude]) => axe.run(exclude.length ? {exclude: exclude.map((s) => [s])} : document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            resultTypes: ["violations"],
        })""",
        [list(exclude)],
    )
    return [
        f"{item['id']} ({item['impact']}): {item['help']}\n    "
        + "\n    ".join(
            node["html"][:180] + "  " + json.dumps(node["failureSummary"])[:300] for node in item["nodes"][:4]
        )
        for item in result["violations"]
    ]
