"""How long the migration chain takes from nothing, how long the demo agency, and which of its pages are the slowest.

    python benchmarks/setting_up.py [--pages 12] [--without-demo]

In databases of its own, made anew. The baseline of the same run is `CREATE DATABASE` alone. Every page that the
administrator, a creator and a client reach by links from their home is read twice; the second reading counts.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common

DATABASE = "krm_bench_demo"
LINK = re.compile(rb'(?:href|hx-get)="(/[^"#?]*)"')
NOT_PAGES = (
    "/static/",
    "/media/",
    "/account/",
    "/api/",
    "/admin",
    "/events/stream",
    "/dev/",
    "/language",
    "/style",
)
MOST = 250  # pages a person


def crawl(user: Any) -> list[tuple[float, float, int, str]]:
    """Seconds, of them in the database, its queries and the route of each page reached from the home page."""
    import time

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = common.browser(user)
    found: list[tuple[float, float, int, str]] = []
    seen, kinds = {"/"}, Counter[str]()
    waiting = ["/"]
    while waiting and len(seen) < MOST:
        url = waiting.pop(0)
        answer = client.get(url)
        if answer.status_code in (301, 302) and answer["Location"].startswith("/"):
            links = [answer["Location"].split("?")[0]]
        elif (
            answer.status_code == 200
            and "text/html" in answer.get("Content-Type", "")
            and not answer.streaming
        ):
            links = [part.decode() for part in LINK.findall(answer.content)]
            with CaptureQueriesContext(connection) as captured:
                started = time.perf_counter()
                client.get(url)
                seconds = time.perf_counter() - started
            database = sum(float(query["time"]) for query in captured.captured_queries)
            found.append(
                (
                    seconds,
                    database,
                    len(captured),
                    f"{user.role}: /{answer.wsgi_request.resolver_match.route}",
                )
            )
        else:
            continue
        for link in links:
            kind = re.sub(r"\d+", "#", link)
            if link in seen or link.startswith(NOT_PAGES) or kinds[kind] >= 3:
                continue
            kinds[kind] += 1
            seen.add(link)
            waiting.append(link)
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--pages", type=int, default=12)
    options.add_argument("--without-demo", action="store_true")
    given = options.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.MEDIA_ROOT = tempfile.mkdtemp()
    base = common.timed(lambda: common.create(f"{DATABASE}_empty", anew=True))
    common.create(DATABASE, anew=True)
    chain = common.timed(lambda: common.setup(DATABASE))
    lines: list[tuple[Any, ...]] = [
        ("CREATE DATABASE", f"{base:.2f}", "1"),
        ("migration chain from nothing", f"{chain:.1f}", f"{chain / base:,.0f}"),
        ("migrate with nothing to do", *seconds(lambda: call_command("migrate", verbosity=0), base)),
    ]
    if not given.without_demo:
        lines.append(("demo agency", *seconds(demo, base)))
    common.table("Setting up", ("", "seconds", "x CREATE DATABASE"), lines)
    if given.without_demo:
        return
    from krm.accounts.models import User

    pages: dict[str, list[tuple[float, float, int]]] = {}
    for role in ("administrator", "creator", "client_approver"):
        user = User.objects.filter(is_demo=True, role=role, is_active=True).order_by("pk").first()
        for took, database, queries, route in crawl(user) if user else ():
            pages.setdefault(route, []).append((took, database, queries))
    slowest = sorted(((max(times), route, len(times)) for route, times in pages.items()), reverse=True)
    common.table(
        f"The slowest of {len(pages)} demo pages",
        ("", "ms", "of it database", "queries", "read"),
        [
            (route, common.ms(took), common.ms(database), queries, count)
            for (took, database, queries), route, count in slowest[: given.pages]
        ],
    )


def seconds(run: Any, base: float) -> tuple[str, str]:
    took = common.timed(run)
    return f"{took:.1f}", f"{took / base:,.0f}"


def demo() -> None:
    from celery import current_app
    from django.db import transaction

    from krm.local.demo.load import load
    from krm.local.sandbox.state import State

    current_app.conf.broker_url = "memory://"  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        load(State.open(Path(folder) / "sandbox.json"), lambda text: None)


if __name__ == "__main__":
    main()
