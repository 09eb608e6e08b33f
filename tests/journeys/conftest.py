# ruff: noqa: F811, T201 - fixtures by name; what a process said belongs into the report
"""What every journey stands on: processes on the test's own database and queue, and pages that watch themselves."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from playwright.sync_api import expect

from tests import browser as tools
from tests.browser import assert_accessible, browser, console_clean, login, new_page, page, phone  # noqa: F401
from tests.journeys import world as worlds
from tests.sandbox import Running, sandbox_process  # noqa: F401

PANELS = (
    "/portal/campaigns/home/", "/portal/invoices/panel/", "/room/campaigns/home/", "/room/content/panel/", "/notifications/",
)  # fmt: skip
LISTS = tools.ROOT.parent / "shared" / "data" / "top1000_2022"
expect.set_options(timeout=30_000)  # a machine that runs the whole suite is slow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.django_db(transaction=True))
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public monthly lists beside the project; where they are not, small ones of the same shape."""
    if LISTS.exists():
        return LISTS
    folder = tmp_path_factory.mktemp("lists")
    head = [
        "AccountName",
        "Category_1",
        "Subscribers",
        "Country",
        "AuthenticEngagement",
        "EngagementAverage",
        "Category_2",
    ]
    for month, growth in (("Nov", 1.0), ("Dec", 1.02)):
        with (folder / f"Instagram_{month}.csv").open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            for number in range(40):
                size = (400 - 9 * number) * growth
                writer.writerow([f"acct_{number:010x}", "Music", f"{size:.1f}M", "Indonesia",
                                 f"{size / 90:.1f}M", f"{size / 70:.1f}M", ""])  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def server(
    django_db_setup: None,
    sandbox_process: Running,
    lists: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Address of a uvicorn process on the test database, its platforms pointed at the sandbox."""
    port, log = tools._free_port(), tmp_path_factory.mktemp("server") / "uvicorn.log"
    process = tools.start(
        [sys.executable, "-m", "uvicorn", "krm.asgi:application", "--host", "127.0.0.1", "--port", str(port),
         "--log-level", "warning", "--timeout-graceful-shutdown", "1"],
        log,
        _env(sandbox_process, KRM_SITE_URL=f"http://127.0.0.1:{port}"),
    )  # fmt: skip
    try:
        tools.wait_for(f"http://127.0.0.1:{port}/static/js/theme.js", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        tools.stop(process)
        print(log.read_text()[-4000:])


def _env(sandbox: Running, **extra: str) -> dict[str, str]:
    return tools.child_env(KRM_SANDBOX_URL=sandbox.url, KRM_PULL_SECONDS="live=5", **extra)


@pytest.fixture
def sandbox(sandbox_process: Running) -> Iterator[Running]:
    """The sandbox network without faults and without posts that a journey added."""
    sandbox_process.clear()
    yield sandbox_process
    sandbox_process.clear()


@pytest.fixture
def worker(transactional_db: None, sandbox: Running, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker with its scheduler. It ends before the test's tables are emptied."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    for queue in settings.QUEUES:
        broker.delete(queue)  # what an earlier journey left speaks of rows that are gone
    broker.delete("unacked", "unacked_index")
    log = tmp_path / "worker.log"
    process = tools.start(
        [sys.executable, "-m", "celery", "-A", "krm", "worker", "--beat", "--schedule", str(tmp_path / "schedule"),
         "--concurrency", "2", "--queues", ",".join(settings.QUEUES), "--loglevel", "INFO",
         "--without-gossip", "--without-mingle", "--without-heartbeat"],
        log,
        _env(sandbox),
    )  # fmt: skip
    yield process
    text = log.read_text()
    tools.stop(process, 10)
    print(text[-6000:])
    assert "Traceback" not in text, text[text.index("Traceback") - 500 :][:6000]


@pytest.fixture
def world(transactional_db: None) -> worlds.World:
    """Two brands of two teams, two KOLs, their people."""
    return worlds.World.build()


@dataclass
class Person:
    """Somebody at a screen."""

    page: Any
    server: str
    check: Callable[[Any], None]

    def go(self, path: str, *, look: bool = True) -> Any:
        answer = self.page.goto(path if path.startswith("http") else self.server + path)
        assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
        if look:
            self.look()
        return self.page

    def look(self) -> None:
        """axe in both widths, nothing scrolls sideways, the console is silent."""
        self.check(self.page)

    def press(self, name: str, *, within: Any = None, exact: bool = True, role: str | None = None) -> None:
        """The button or link of that name."""
        place = within or self.page
        found = (
            place.get_by_role("button", name=name, exact=exact).or_(
                place.get_by_role("link", name=name, exact=exact)
            )
            if role is None
            else place.get_by_role(role, name=name, exact=exact)
        )
        found.first.click()

    def status(self, path: str) -> int:
        """Of a plain request by this person's browser."""
        return int(self.page.request.get(self.server + path, max_redirects=0).status)


@pytest.fixture
def person(
    new_page: Callable[..., Any],
    login: Callable[..., None],
    server: str,
) -> Iterator[Callable[..., Person]]:
    """`person(user)` at a desktop, `person(user, phone=True)` on a phone; `person(None)` is nobody in particular.

    At the end of the journey nobody's console may have said anything.
    """
    opened: list[Person] = []

    def enter(user: Any, *, phone: bool = False, **options: Any) -> Person:
        window = new_page(phone=phone, **options)
        window.set_default_timeout(30_000)
        if user is not None:
            login(window, user)
        opened.append(Person(window, server, look))
        return opened[-1]

    yield enter
    said = [text for one in opened for text in one.page.krm_console]
    assert said == [], "\n".join(said)


def look(page: Any) -> None:
    page.wait_for_load_state("load")
    expect(page.locator("[hx-trigger~='load'].htmx-request")).to_have_count(0)
    before = page.viewport_size
    for size in (before, tools.NARROW if before["width"] > 500 else tools.WIDE):
        page.set_viewport_size(size)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        # A foot that floats over the page covers whatever is scrolled under it; that is judged where it rests.
        page.evaluate(
            "document.querySelectorAll('.sticky-foot').forEach((e) => { e.style.position = 'static' })"
        )
        found = tools.violations(page)
        page.evaluate("document.querySelectorAll('.sticky-foot').forEach((e) => { e.style.position = '' })")
        assert found == [], f"{page.url} at {size['width']}:\n" + "\n".join(found)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px at {size['width']}"
    page.set_viewport_size(before)
    assert page.krm_console == [], f"{page.url}:\n" + "\n".join(page.krm_console)


@pytest.fixture
def sees_nothing(person: Callable[..., Person]) -> Callable[..., None]:
    """`sees_nothing([users], paths=[…], lists=[…], words=[…])`: 404 by address, and their lists do not name it."""

    def check(people: list[Any], paths: list[str], lists: list[str], words: list[str]) -> None:
        for user in people:
            other = person(user)
            for path in paths:
                assert other.status(path) == 404, f"{user} at {path}: {other.status(path)}"
            for path in [*lists, *PANELS]:
                answer = other.page.request.get(other.server + path)
                if answer.status in (403, 404):
                    continue
                assert answer.status == 200, f"{user} at {path}: {answer.status}"
                text = answer.text()
                for word in words:
                    assert word not in text, f"{user} reads {word!r} at {path}"

    return check
