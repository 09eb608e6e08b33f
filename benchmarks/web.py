"""Requests a second and their times over HTTP, from four uvicorn processes over 100,000 creators.

    python benchmarks/web.py [--requests 400] [--at-once 8] [--processes 4]

A bounded number of requests a case, then it stops by itself. The baseline of the same run is /healthz, which does
nothing: what HTTP, the middleware and the client cost. The client runs on the same cores as the server and the database.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import common, rows


async def load(
    address: str, paths: list[str], count: int, at_once: int, headers: dict[str, str]
) -> tuple[list[float], float]:
    """`count` requests by `at_once` clients that each wait for their answer; seconds of each, and of all."""
    import httpx

    times: list[float] = []
    left = iter(range(count))
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(
        base_url=address, headers=headers, limits=limits, timeout=30, trust_env=False
    ) as client:

        async def one() -> None:
            for n in left:
                started = time.perf_counter()
                answer = await client.get(paths[n % len(paths)])
                times.append(time.perf_counter() - started)
                if answer.status_code != 200:
                    raise SystemExit(
                        f"{paths[n % len(paths)]} answered {answer.status_code}: {answer.text[:200]}"
                    )

        started = time.perf_counter()
        await asyncio.gather(*(one() for _client in range(at_once)))
        return times, time.perf_counter() - started


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--requests", type=int, default=400)
    options.add_argument("--at-once", type=int, default=8)
    options.add_argument("--processes", type=int, default=4)
    given = options.parse_args()
    common.setup()
    rows.fill()
    from django.conf import settings
    from django.utils.timezone import now

    from creators.models import Creator
    from krm.accounts import apikeys

    by = common.person()
    _key, secret = apikeys.create(
        by, by=by, name="bench", scopes=["*"], expires_at=now() + timedelta(hours=2)
    )
    key = {"Authorization": f"Bearer {secret}"}
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={common.browser(by).session.session_key}"}
    busy = Creator.objects.filter(primary_account__snapshots__isnull=False)[:20]
    terms, wrong = rows.words(40), rows.typos(40)
    cases = {
        "/healthz": (["/healthz"], {}),
        "API list of 50, by key": (["/api/v1/creators?page_size=50"], key),
        "API list of 50, by session": (["/api/v1/creators?page_size=50"], cookie),
        "API search": ([f"/api/v1/creators?search={t}" for t in terms], cookie),
        "API search, mistyped": ([f"/api/v1/creators?search={t}" for t in wrong], cookie),
        "list page": (["/creators/"], cookie),
        "list page, search": ([f"/creators/?q={t}" for t in terms], cookie),
        "profile page": ([f"/creators/{c.pk}/" for c in busy], cookie),
    }
    print(common.machine())
    lines = []
    base = 0.0
    # throttling is measured elsewhere: here one person asks more than a person may
    with common.server(given.processes, KRM_API_PER_MINUTE="1000000", KRM_LOCAL="True") as (address, _pid):
        for name, (paths, headers) in cases.items():
            asyncio.run(load(address, paths, given.at_once * 4, given.at_once, headers))
            alone, _all = asyncio.run(load(address, paths, 40, 1, headers))
            busy_times, seconds = asyncio.run(load(address, paths, given.requests, given.at_once, headers))
            one, many = common.Times(alone), common.Times(busy_times)
            base = base or one.median
            lines.append(
                (name, common.ms(one.median), common.ms(one.p95), f"{one.median / base:.1f}",
                 f"{given.requests / seconds:,.0f}", common.ms(many.median), common.ms(many.p95))
            )  # fmt: skip
    common.table(
        f"{given.processes} processes; one client, then {given.at_once} at once ({given.requests} requests)",
        ("", "median ms", "p95 ms", "x /healthz", "requests/s", f"median, {given.at_once} at once", "p95"),
        lines,
    )


if __name__ == "__main__":
    main()
