# ruff: noqa: E402
"""Thirty days of a million accounts: are budgets kept, does any cadence starve, is the load on the database even?

    python benchmarks/schedule.py [--accounts 1000000] [--days 30]

The simulation runs the very functions that the workers run (`creators.pulling.policy`) tick by tick, with the mix of
platforms and cadences of docs/connectors.md. Pulls succeed; a share of accounts is restless, most are calm. The second
part fills the real due table and takes from it as the scheduler does.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import common

common.setup()

from django.db import connection, transaction

from creators.pulling import policy, schedule

MIX = {"instagram": 0.45, "tiktok": 0.30, "youtube": 0.12, "x": 0.08, "facebook": 0.05}
RANKS = {0: 0.01, 1: 0.04, 2: 0.15, 3: 0.80}
NAMES = {0: "live", 1: "shortlisted", 2: "warm", 3: "cold"}
HOURS = {0: 6.0, 1: 24.0, 2: 168.0, 3: 720.0}
KEPT = 0.70  # 30 % of each budget is for people
HANDS_FULL = schedule.HANDS_FULL


@dataclass
class Platform:
    name: str
    limit: float  # calls in `seconds`
    seconds: float
    day: bool
    cost: float  # calls an account
    batch: int
    heaps: dict[int, list[tuple[float, int]]] = field(default_factory=dict)
    spent: deque[tuple[float, float]] = field(default_factory=deque)
    used: float = 0.0
    highest: float = 0.0

    def renew(self, now: float) -> None:
        if self.day:
            if self.spent and self.spent[0][0] // 86_400 != now // 86_400:
                self.spent.clear()
                self.used = 0.0
            return
        while self.spent and self.spent[0][0] <= now - self.seconds:
            self.used -= self.spent.popleft()[1]

    def room(self, now: float) -> int:
        self.renew(now)
        budget = int(self.limit * KEPT)
        elapsed = now % 86_400 if self.day else None
        calls = policy.allowance(
            budget, self.used, self.seconds, elapsed=elapsed, batch=self.batch * self.cost
        )
        return min(HANDS_FULL, int(calls / self.cost))

    def pay(self, now: float, accounts: int) -> None:
        calls = accounts * self.cost
        self.spent.append((now, calls))
        self.used += calls
        self.highest = max(self.highest, self.used / self.limit)


def platforms(users: int) -> list[Platform]:
    """Budgets of the reference: `users` daily users of the agency's own app decide what Meta allows."""
    return [
        Platform("instagram", 200 * users, 3600, False, 1.0, 1),
        Platform("tiktok", 600, 60, False, 1.0, 1),
        Platform("youtube", 10_000, 86_400, True, 0.32, 50),  # a channel in fifty calls, 25 % changed
        Platform("x", 300, 900, False, 0.01, 100),
        Platform("facebook", 200 * users, 3600, False, 1.0, 1),
    ]


def simulate(accounts: int, days: int, users: int) -> tuple[list[list[Any]], dict[str, Any]]:
    draw = random.Random(20261122)
    fleet = platforms(users)
    rank_of, restless = bytearray(accounts), [1.0] * accounts
    number = 0
    for platform in fleet:
        for rank, share in RANKS.items():
            count = round(accounts * MIX[platform.name] * share)
            span = HOURS[rank] * 3600
            heap = []
            for _n in range(count):
                if number >= accounts:
                    break
                rank_of[number] = rank
                restless[number] = draw.choices((0.5, 1.0, 2.0), (0.1, 0.3, 0.6))[0] if rank > 1 else 1.0
                heap.append((draw.random() * span, number))
                number += 1
            heapq.heapify(heap)
            platform.heaps[rank] = heap
    late: dict[tuple[str, int], list[float]] = {(p.name, r): [] for p in fleet for r in RANKS}
    ticks: list[int] = []
    over = 0
    now, end = 0.0, days * 86_400.0
    while now < end:
        taken_now = 0
        for platform in fleet:
            limit = platform.room(now)
            if limit <= 0:
                continue
            waiting: dict[int, list[tuple[float, int]]] = {}
            for rank, heap in platform.heaps.items():
                found = []
                while heap and heap[0][0] <= now and len(found) < limit:
                    found.append(heapq.heappop(heap))
                waiting[rank] = found
            share = policy.divide(limit, {rank: len(found) for rank, found in waiting.items()}, draw)
            count = 0
            for rank, found in waiting.items():
                heap = platform.heaps[rank]
                for due, account in found[: share[rank]]:
                    wanted = HOURS[rank] * 3600
                    late[platform.name, rank].append((now - due) / wanted)
                    span = policy.next_in(timedelta(hours=HOURS[rank]), restless[account])
                    heapq.heappush(heap, (now + policy.jittered(span, draw).total_seconds(), account))
                for entry in found[share[rank] :]:
                    heapq.heappush(heap, entry)
                count += share[rank]
            platform.pay(now, count)
            over += platform.used > platform.limit * KEPT + platform.cost * platform.batch + 1e-6
            taken_now += count
        ticks.append(taken_now)
        now += policy.TICK
    rows = []
    for platform in fleet:
        for rank in RANKS:
            found = sorted(late[platform.name, rank])
            waiting = platform.heaps[rank]
            oldest = max((end - due for due, _a in waiting), default=0.0) / 86_400
            rows.append(
                [platform.name, NAMES[rank], f"{len(waiting):,}", f"{len(found):,}", part(found, 0.5), part(found, 0.99),
                 f"{max(oldest, 0.0):.1f}"]
            )  # fmt: skip
    load = sorted(ticks)
    hours = [sum(ticks[n : n + 120]) for n in range(0, len(ticks), 120)][24:]
    mean = sum(hours) / len(hours)
    spread = (sum((h - mean) ** 2 for h in hours) / len(hours)) ** 0.5 / mean
    return rows, {
        "over": over,
        "highest": {p.name: p.highest for p in fleet},
        "ticks": (load[len(load) // 2], load[int(len(load) * 0.99)], load[-1]),
        "hours": (mean, max(hours), spread),
        "pulls": sum(ticks),
    }


def part(values: list[float], share: float) -> str:
    return f"{values[min(len(values) - 1, int(len(values) * share))] * 100:,.1f} %" if values else "–"


def play(accounts: int, days: int) -> None:
    for users, said in (
        (20, "twenty daily users"),
        (3, "three daily users: Meta's budgets are far too small"),
    ):
        started = time.perf_counter()
        rows, found = simulate(accounts, days, users)
        common.table(
            f"{accounts:,} accounts, {days} days, {said} ({time.perf_counter() - started:.0f} s to play)",
            [
                "platform",
                "cadence",
                "accounts",
                "pulls",
                "late p50",
                "late p99",
                "longest wait at the end, days",
            ],
            rows,
        )
        ticks, hours = found["ticks"], found["hours"]
        print(f"\nbudget exceeded: {found['over']} times; highest use of the whole budget (70 % is for the background): "
              + ", ".join(f"{name} {share:.0%}" for name, share in found["highest"].items()))  # fmt: skip
        print(
            f"pulls: {found['pulls']:,}; a tick of 30 s takes {ticks[0]} (median), {ticks[1]} (p99), {ticks[2]} (most);"
            f" an hour {hours[0]:,.0f} on average, {hours[1]:,.0f} at most, spread {hours[2]:.1%}"
        )


def take(accounts: int) -> None:
    """The due table itself: what a tick costs with a million rows in it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no accounts behind these rows
        cursor.execute("DELETE FROM creators_accountschedule")
        started = time.perf_counter()
        cursor.execute(
            "INSERT INTO creators_accountschedule (account_id, platform, cadence, rank, due_at, lease_token,"
            " last_outcome, last_reason, fail_count, paused_reason, volatility)"
            " SELECT n, CASE WHEN n %% 100 < 45 THEN 'instagram' WHEN n %% 100 < 75 THEN 'tiktok'"
            " WHEN n %% 100 < 87 THEN 'youtube' WHEN n %% 100 < 95 THEN 'x' ELSE 'facebook' END, c.cadence, c.rank,"
            " now() + (random() - 0.05) * c.span, '', '', '', 0, '', 1.0 FROM generate_series(1, %s) n"
            " CROSS JOIN LATERAL (SELECT CASE WHEN n %% 97 = 0 THEN 0 WHEN n %% 25 = 1 THEN 1 WHEN n %% 7 = 2 THEN 2"
            " ELSE 3 END AS rank) r JOIN (VALUES (0, 'live', interval '6 hours'), (1, 'shortlisted', interval '1 day'),"
            " (2, 'warm', interval '7 days'), (3, 'cold', interval '30 days')) c(rank, cadence, span) ON c.rank = r.rank",
            [accounts],
        )
        filled = time.perf_counter() - started
        cursor.execute("ANALYZE creators_accountschedule")
        reading = common.measure([lambda: _count(cursor)], 5)
        for platform, limit, batch in (("instagram", 33, 1), ("tiktok", 420, 1), ("youtube", 500, 50)):
            times = common.measure(
                [lambda p=platform, n=limit, b=batch: schedule.take_due(p, limit=n, batch=b)], 20
            )
            rows.append([platform, limit, common.ms(times.median), common.ms(times.p95)])
        common.table(
            f"one tick against {accounts:,} rows (filled in {filled:.0f} s; counting them all takes {common.ms(reading.median)} ms)",
            ["platform", "accounts asked for", "median ms", "p95 ms"],
            rows,
        )
        from creators.pulling import outlook

        page = common.measure([outlook.lines_now], 5)
        print(f"\nthe figures of the updates page: {common.ms(page.median)} ms (remembered for a minute)")
        transaction.set_rollback(True)


rows: list[list[Any]] = []


def _count(cursor: Any) -> None:
    cursor.execute("SELECT count(*) FROM creators_accountschedule")
    cursor.fetchone()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=30)
    given = parser.parse_args()
    play(given.accounts, given.days)
    take(given.accounts)
