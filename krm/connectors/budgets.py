"""Rate budgets, kept in Redis so that every worker on every machine spends from one purse.

`reserve` counts before the call, `commit` puts it right after it, `observe` takes over what the platform's own
headers say.  Background work may use 70 % of a budget; the rest is for a person who presses 'Refresh now'.
A worker that dies between reserve and commit leaves its reservation counted: the limit is never exceeded.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

import redis
from django.conf import settings

SLICES = 60
PREFIX = "krm:budget:"


@dataclass(frozen=True)
class Bucket:
    """One limit of one platform. `window`: calls in any `seconds`; `day`: until midnight in `zone`."""

    name: str
    limit: int
    kind: Literal["window", "day"] = "window"
    seconds: int = 60
    zone: str = "UTC"
    interactive_share: float = 0.30
    percent_stop: float = 60.0  # background stops at this reading of a percent header
    percent_hard: float = 95.0  # everything stops

    def background_limit(self, limit: int) -> int:
        return int(limit * (1 - self.interactive_share))


@dataclass(frozen=True)
class Lease:
    bucket: Bucket
    key: str
    slot: str
    cost: int


class BudgetSpent(Exception):
    def __init__(self, bucket: Bucket, until: datetime) -> None:
        super().__init__(f"{bucket.name} is spent until {until:%Y-%m-%d %H:%M:%S}")
        self.bucket = bucket
        self.until = until


@dataclass(frozen=True)
class Reading:
    """A budget as it stands, for the connectors page."""

    bucket: Bucket
    key: str
    used: int
    limit: int
    percent: float | None
    blocked_until: datetime | None


# One hash a bucket and key. Fields: s<slice> = spent in that slice, limit = learned limit, pct/pct_at = percent
# header and when it was read, until = breaker. Times are milliseconds.
_COMMON = """
local key, now, kind = KEYS[1], tonumber(ARGV[1]), ARGV[2]
local width, slot = tonumber(ARGV[3]), ARGV[4]
if now == 0 then local t = redis.call('TIME'); now = t[1] * 1000 + math.floor(t[2] / 1000) end
if kind == 'window' then slot = 's' .. math.floor(now / width) end
local slices = tonumber(ARGV[5])
local used, oldest = 0, nil
local all = redis.call('HGETALL', key)
local values = {}
for i = 1, #all, 2 do
  local f, v = all[i], all[i + 1]
  values[f] = v
  if kind == 'window' and string.sub(f, 1, 1) == 's' then
    local index = tonumber(string.sub(f, 2))
    if index < math.floor(now / width) - slices then redis.call('HDEL', key, f)
    else
      used = used + tonumber(v)
      if tonumber(v) > 0 and (oldest == nil or index < oldest) then oldest = index end
    end
  elseif f == slot then used = used + tonumber(v) end
end
local limit = tonumber(values['limit'] or ARGV[6])
"""

_RESERVE = (
    _COMMON
    + """
local cost, share, day_end = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local pct_max, pct_ttl, ttl = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
if values['until'] and tonumber(values['until']) > now then return {0, tonumber(values['until']), slot} end
if values['pct'] and tonumber(values['pct']) >= pct_max and tonumber(values['pct_at']) + pct_ttl > now then
  return {0, tonumber(values['pct_at']) + pct_ttl, slot}
end
if used + cost > math.floor(limit * share + 0.000001) then
  local retry = day_end
  if kind == 'window' then retry = ((oldest or math.floor(now / width)) + slices + 1) * width end
  return {0, retry, slot}
end
redis.call('HINCRBY', key, slot, cost)
redis.call('PEXPIRE', key, ttl)
return {1, used + cost, slot}
"""
)

_OBSERVE = (
    _COMMON
    + """
local real_used, new_limit, percent, ttl = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
if new_limit >= 0 then redis.call('HSET', key, 'limit', new_limit) end
if real_used > used then redis.call('HINCRBY', key, slot, real_used - used) end
if percent >= 0 then redis.call('HSET', key, 'pct', tostring(percent), 'pct_at', now) end
redis.call('PEXPIRE', key, ttl)
return used
"""
)

_READ = _COMMON + "return {used, limit, values['pct'] or '', values['pct_at'] or '', values['until'] or ''}"

_COMMIT = """
local v = redis.call('HINCRBY', KEYS[1], ARGV[1], tonumber(ARGV[2]))
if v < 0 then redis.call('HSET', KEYS[1], ARGV[1], 0) end
return v
"""


@lru_cache(maxsize=4)
def _connect(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


def _redis() -> Any:
    return _connect(settings.REDIS_URL)


@lru_cache(maxsize=16)
def _script(url: str, text: str) -> Any:
    return _connect(url).register_script(text)


def _run(text: str, key: str, args: list[Any]) -> Any:
    return _script(settings.REDIS_URL, text)(keys=[key], args=args)


def _width(bucket: Bucket) -> int:
    return max(1, bucket.seconds * 1000 // SLICES)


def _day(bucket: Bucket, now: float) -> tuple[str, float]:
    zone = ZoneInfo(bucket.zone)
    local = datetime.fromtimestamp(now, zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
    return f"d{local:%Y%m%d}", tomorrow.timestamp()


def elapsed(bucket: Bucket, now: float | None = None) -> float | None:
    """Seconds since a day's budget began; None for one that counts the last so many seconds."""
    if bucket.kind != "day":
        return None
    moment = time.time() if now is None else now
    local = datetime.fromtimestamp(moment, ZoneInfo(bucket.zone))
    return moment - datetime.combine(local.date(), datetime.min.time(), ZoneInfo(bucket.zone)).timestamp()


def _key(bucket: Bucket, key: str) -> str:
    return f"{PREFIX}{bucket.name}:{key}"


def _common_args(bucket: Bucket, now: float | None) -> tuple[list[Any], float]:
    moment = time.time() if now is None else now
    slot, day_end = _day(bucket, moment) if bucket.kind == "day" else ("", 0.0)
    clock = 0 if now is None and bucket.kind == "window" else int(moment * 1000)
    return [clock, bucket.kind, _width(bucket), slot, SLICES, bucket.limit], day_end


def _ttl(bucket: Bucket) -> int:
    return 48 * 3600 * 1000 if bucket.kind == "day" else bucket.seconds * 2000 + 3_600_000


def reserve(
    bucket: Bucket, key: str = "app", cost: int = 1, *, interactive: bool = False, now: float | None = None
) -> Lease:
    """Count `cost` now, or raise `BudgetSpent` with the time to come back."""
    args, day_end = _common_args(bucket, now)
    share = 1.0 if interactive else 1 - bucket.interactive_share
    percent = bucket.percent_hard if interactive else bucket.percent_stop
    args += [cost, share, int(day_end * 1000), percent, 300_000, _ttl(bucket)]
    granted, value, slot = _run(_RESERVE, _key(bucket, key), args)
    if not granted:
        raise BudgetSpent(bucket, datetime.fromtimestamp(value / 1000, UTC))
    return Lease(bucket, key, slot.decode() if isinstance(slot, bytes) else slot, cost)


def commit(lease: Lease, actual: int | None = None) -> None:
    """The call is made and cost `actual`; 0 gives the reservation back."""
    if actual is not None and actual != lease.cost:
        _run(_COMMIT, _key(lease.bucket, lease.key), [lease.slot, actual - lease.cost])


def observe(
    bucket: Bucket,
    key: str = "app",
    *,
    used: int | None = None,
    limit: int | None = None,
    percent: float | None = None,
    now: float | None = None,
) -> None:
    """Take over what the platform itself says; it only ever raises our count within the window."""
    args, _ = _common_args(bucket, now)
    args += [
        -1 if used is None else used,
        -1 if limit is None else limit,
        -1 if percent is None else percent,
        _ttl(bucket),
    ]
    _run(_OBSERVE, _key(bucket, key), args)


def block(bucket: Bucket, key: str, until: datetime) -> None:
    """Open the breaker: nobody spends from here before `until`."""
    name = _key(bucket, key)
    pipe = _redis().pipeline()
    pipe.hset(name, "until", int(until.timestamp() * 1000))
    pipe.pexpire(name, _ttl(bucket))
    pipe.execute()


def unblock(bucket: Bucket, key: str = "app") -> None:
    _redis().hdel(_key(bucket, key), "until", "pct", "pct_at")


def reset(bucket: Bucket, key: str = "app") -> None:
    _redis().delete(_key(bucket, key))


def read(bucket: Bucket, key: str = "app", *, now: float | None = None) -> Reading:
    args, _ = _common_args(bucket, now)
    used, limit, percent, percent_at, until = _run(_READ, _key(bucket, key), args)
    moment = time.time() if now is None else now
    fresh = bool(percent) and float(percent_at) / 1000 + 3600 > moment
    blocked = datetime.fromtimestamp(int(until) / 1000, UTC) if until else None
    return Reading(
        bucket=bucket,
        key=key,
        used=int(used),
        limit=int(limit),
        percent=float(percent) if fresh else None,
        blocked_until=blocked if blocked and blocked.timestamp() > moment else None,
    )
