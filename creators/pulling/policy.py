"""How often an account is read, and who is read first when budgets do not reach. Arithmetic only: no database.

The benchmark that plays thirty days of a million accounts runs these very functions.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from datetime import timedelta

TICK = 30.0  # seconds between two hand-outs
JITTER = (0.85, 1.15)
LONGEST = timedelta(days=30)  # YouTube's policy: public data is refreshed or deleted within 30 days
RESTLESS, CALM = 0.5, 2.0
# Of what budgets allow, this much belongs to each rank as long as it has something due; the rest goes to the most
# important first. So a live campaign goes first, and the file is still read while budgets are short.
GUARANTEED: Mapping[int, float] = {0: 0.40, 1: 0.30, 2: 0.15, 3: 0.15}
# A tracked post is read often while it is young, then its figures are final.
DECAY: Sequence[tuple[timedelta, timedelta]] = (
    (timedelta(hours=24), timedelta(hours=1)),
    (timedelta(days=4), timedelta(hours=6)),
    (timedelta(days=34), timedelta(hours=24)),
)
BURST = 2.0  # a tick may use this many times its even share, so that a quiet hour is made up for
AHEAD = 3600.0  # seconds that a day's budget may be spent before its time


def jittered(span: timedelta, draw: random.Random | None = None) -> timedelta:
    return span * (draw or random).uniform(*JITTER)


def next_in(base: timedelta, volatility: float = 1.0, post_age: timedelta | None = None) -> timedelta:
    """Time until the next pull, before jitter. `post_age`: of the newest post that is tracked for a campaign."""
    span = min(base * min(max(volatility, RESTLESS), CALM), LONGEST)
    decayed = decay(post_age)
    return span if decayed is None else min(span, decayed)


def decay(post_age: timedelta | None) -> timedelta | None:
    """How often a tracked post of that age is read; None: its figures are final."""
    if post_age is None:
        return None
    return next((every for until, every in DECAY if post_age < until), None)


def stirred(volatility: float, followers_change: float | None, new_posts: int, days: float) -> float:
    """The volatility after a pull: towards 0.5 where much changed since the last one, towards 2 where nothing did.

    `followers_change` is relative (0.02 = two percent), `days` the time between both readings.
    """
    if days <= 0 or followers_change is None:
        return min(max(volatility, RESTLESS), CALM)
    daily = abs(followers_change) / days
    posts = new_posts / days
    if daily >= 0.01 or posts >= 1.0:
        factor = 0.7
    elif daily < 0.0005 and posts < 0.1:
        factor = 1.25
    else:
        return volatility + (1.0 - volatility) * 0.3
    return min(max(volatility * factor, RESTLESS), CALM)


def quotas(limit: int, draw: random.Random | None = None) -> dict[int, int]:
    """What each rank is sure of out of `limit` accounts; they sum to `limit`. Remainders are drawn by lot."""
    if limit <= 0:
        return dict.fromkeys(GUARANTEED, 0)
    exact = {rank: limit * share for rank, share in GUARANTEED.items()}
    sure = {rank: math.floor(value) for rank, value in exact.items()}
    left = limit - sum(sure.values())
    ranks = list(GUARANTEED)
    for _n in range(left):
        weights = [exact[rank] - sure[rank] + 1e-9 for rank in ranks]
        rank = (draw or random).choices(ranks, [max(weight, 0.0) for weight in weights])[0]
        sure[rank] += 1
    return sure


def divide(limit: int, due: Mapping[int, int], draw: random.Random | None = None) -> dict[int, int]:
    """How many accounts of each rank are taken out of `limit`, when so many are due. Never more than either."""
    sure = quotas(limit, draw)
    taken = {rank: min(sure[rank], due.get(rank, 0)) for rank in sorted(sure)}
    left = limit - sum(taken.values())
    for rank in sorted(taken):
        more = min(left, due.get(rank, 0) - taken[rank])
        taken[rank] += more
        left -= more
    return taken


def allowance(
    budget: float,
    used: float,
    seconds: float,
    *,
    elapsed: float | None = None,
    batch: float = 1.0,
    tick: float = TICK,
) -> float:
    """What one tick may spend of a budget of `seconds`, so that pulls are spread over it; never more than is left.

    A budget that is counted from its beginning (`elapsed` seconds ago) may run an hour ahead of the clock; of one
    that counts the last `seconds`, a tick may use `BURST` even shares. `batch` calls may always go together.
    """
    left = max(0.0, budget - used)
    if elapsed is None:
        return min(left, max(budget * tick / seconds * BURST, batch))
    ahead = budget * min(1.0, (elapsed + AHEAD) / seconds) - used
    return min(left, max(ahead, batch)) if ahead > 0 else 0.0


def real_intervals(
    counts: Mapping[int, int], wanted: Mapping[int, float], per_day: float
) -> dict[int, float]:
    """Days between two pulls of an account of each rank when `per_day` accounts can be read.

    `wanted`: days between pulls as the policy promises. Capacity is shared as `divide` does.
    """
    demand = {rank: counts[rank] / wanted[rank] for rank in counts}
    if per_day <= 0:
        return dict.fromkeys(counts, math.inf)
    given = {rank: min(demand[rank], per_day * GUARANTEED[rank]) for rank in counts}
    left = per_day - sum(given.values())
    for rank in sorted(counts):
        more = min(max(left, 0.0), demand[rank] - given[rank])
        given[rank] += more
        left -= more
    return {
        rank: wanted[rank] if not counts[rank] else counts[rank] / given[rank] if given[rank] else math.inf
        for rank in counts
    }
