"""How many events a second are recorded and brought to their subscribers, and what an open page costs while nothing happens.

    python benchmarks/events.py [--events 1000] [--streams 100]

The baseline of the same run is inserting rows with the same content and nothing else. One
subscriber looks and does nothing. What it makes is removed.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common


async def hold(
    address: str, cookies: list[str], count: int, pid: int, seconds: float
) -> tuple[int, float, float]:
    """Open `count` streams, wait, and see what the server worked and took meanwhile."""
    import httpx

    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60, trust_env=False) as client:
        opened = 0
        done = asyncio.Event()

        async def listen(cookie: str) -> None:
            nonlocal opened
            async with client.stream("GET", "/events/stream", headers={"Cookie": cookie}) as answer:
                async for _line in answer.aiter_lines():
                    if not done.is_set():
                        opened += 1
                    break
                await done.wait()

        before = common.resident(pid)
        listeners = [asyncio.create_task(listen(cookies[n % len(cookies)])) for n in range(count)]
        end = time.monotonic() + 60
        while opened < count and time.monotonic() < end:
            await asyncio.sleep(0.1)
        worked = common.worked(pid)
        await asyncio.sleep(seconds)
        worked = common.worked(pid) - worked
        taken = common.resident(pid) - before
        done.set()
        await asyncio.gather(*listeners, return_exceptions=True)
        return opened, worked / seconds, taken


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--events", type=int, default=1000)
    options.add_argument("--streams", type=int, default=100)
    given = options.parse_args()
    common.setup()
    from celery import current_app
    from django.conf import settings
    from django.db import connection, transaction

    from creators.models import Creator
    from krm.accounts.models import User
    from krm.events import record, relay, subscribe
    from krm.events.models import Delivery, Event

    current_app.conf.broker_url = "memory://"  # type: ignore[misc]
    by = common.person()
    subjects = list(Creator.objects.all()[:200]) or [by]
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    relay.run()
    subscribe("creators.creator_updated", name="bench.look")(lambda event: None)

    def insert() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE bench_event (id bigserial PRIMARY KEY, name text, data jsonb)"
            )
            for n in range(given.events):
                cursor.execute(
                    "INSERT INTO bench_event (name, data) VALUES (%s, %s)", ["bench.counted", f'{{"n": {n}}}']
                )

    def write() -> None:
        for n in range(given.events):
            with transaction.atomic():
                record("creators.creator_updated", subjects[n % len(subjects)], actor=by, data={"n": n})

    try:
        base = common.timed(insert)
        writing = common.timed(write)
        fanning = common.timed(lambda: [None for _ in iter(relay.fan_out, 0)])
        deliveries = Delivery.objects.filter(event__pk__gt=last).count()
        bringing = common.timed(lambda: [None for _ in iter(relay.deliver_some, 0)])
        rows = [
            ("bare INSERT", given.events, base),
            ("record, a transaction each", given.events, writing),
            ("relay: find subscribers", given.events, fanning),
            ("relay: bring to subscribers", deliveries, bringing),
        ]
        common.table(
            f"{given.events:,} events, one process",
            ("", "rows", "seconds", "a second", "x bare"),
            [
                (
                    name,
                    f"{n:,}",
                    f"{s:.2f}",
                    f"{n / s:,.0f}" if n else "",
                    f"{s / n / (base / given.events):.1f}" if n else "",
                )
                for name, n, s in rows
            ],
        )
    finally:
        Delivery.objects.filter(event__pk__gt=last).delete()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events_event DISABLE TRIGGER USER")
            Event.objects.filter(pk__gt=last)._raw_delete("default")
            cursor.execute("ALTER TABLE events_event ENABLE TRIGGER USER")

    people = [
        User.objects.filter(email=f"bench{n}@krm.example").first()
        or User.objects.create_user(f"bench{n}@krm.example", None, name=f"Bench {n}", role="viewer")
        for n in range(max(1, given.streams // 4))
    ]
    name = settings.SESSION_COOKIE_NAME
    cookies = [f"{name}={common.browser(person).session.session_key}" for person in people]
    with common.server(2) as (address, pid):
        opened, worked, taken = asyncio.run(hold(address, cookies, given.streams, pid, 20.0))
    print(
        f"\n{opened} open streams, two processes, 20 s without an event: {worked * 100:.1f} % of one core, "
        f"{taken / max(1, opened) * 1024:,.0f} KiB each"
    )


if __name__ == "__main__":
    main()
