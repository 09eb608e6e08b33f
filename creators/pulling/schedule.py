"""The due table: who is pulled when. Taken with SKIP LOCKED and a lease; a worker that dies lets its lease run out."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from creators.models import AccountSchedule, AccountState, Cadence, PullPolicy, SocialAccount
from creators.platforms.registry import CONNECTORS
from creators.pulling import policy
from krm.connectors.outcomes import Kind, Outcome

LEASE = timedelta(minutes=10)
RANKS = {Cadence.LIVE: 0, Cadence.SHORTLISTED: 1, Cadence.WARM: 2, Cadence.COLD: 3}
PAUSING = frozenset({Kind.AUTH_REVOKED, Kind.SCOPE_MISSING})
LAST_LOOK = timedelta(minutes=30)
BAD_REQUESTS_ALLOWED = 5
HANDS_FULL = 500  # accounts taken in one tick, at most


@dataclass(frozen=True)
class Taken:
    """Accounts one pull has leased."""

    platform: str
    account_ids: list[int]
    token: str


def intervals() -> dict[str, timedelta]:
    """Time between two pulls by cadence: the agency's policy, or what `KRM_PULL_SECONDS` says in its place."""
    policy = PullPolicy.objects.first() or PullPolicy()
    chosen: Mapping[str, float] = getattr(settings, "KRM_PULL_SECONDS", {})
    return {
        cadence: timedelta(seconds=chosen[cadence])
        if cadence in chosen
        else timedelta(hours=getattr(policy, cadence))
        for cadence in Cadence.values
    }


def add_new(limit: int = 5_000) -> int:
    """Give accounts that came since the last time their row: due soon, spread over some minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO creators_accountschedule (account_id, platform, cadence, rank, due_at, lease_token,"
            " last_outcome, last_reason, fail_count, paused_reason)"
            " SELECT a.id, a.platform, 'cold', 3, now() + random() * interval '2 minutes', '', '', '', 0, ''"
            " FROM creators_socialaccount a"
            " WHERE a.platform = ANY(%s)"
            " AND a.id > COALESCE((SELECT max(account_id) FROM creators_accountschedule), 0)"
            " ORDER BY a.id LIMIT %s ON CONFLICT DO NOTHING",
            [sorted(CONNECTORS), limit],
        )
        return int(cursor.rowcount)


def add_missed() -> int:
    """The slow, complete form of `add_new`, for rows that were inserted out of order. Run once an hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO creators_accountschedule (account_id, platform, cadence, rank, due_at, lease_token,"
            " last_outcome, last_reason, fail_count, paused_reason)"
            " SELECT a.id, a.platform, 'cold', 3, now() + random() * interval '10 minutes', '', '', '', 0, ''"
            " FROM creators_socialaccount a LEFT JOIN creators_accountschedule s ON s.account_id = a.id"
            " WHERE s.account_id IS NULL AND a.platform = ANY(%s) ON CONFLICT DO NOTHING",
            [sorted(CONNECTORS)],
        )
        return int(cursor.rowcount)


def ensure(account_ids: Iterable[int]) -> None:
    """Rows for these accounts, now."""
    accounts = SocialAccount.objects.filter(pk__in=list(account_ids), platform__in=CONNECTORS)
    AccountSchedule.objects.bulk_create(
        [
            AccountSchedule(account_id=pk, platform=platform, due_at=timezone.now())
            for pk, platform in accounts.values_list("pk", "platform")
        ],
        ignore_conflicts=True,
    )


def set_cadence(account_ids: Sequence[int], cadence: str) -> int:
    """Rooms above say what hangs on an account. One that became more important is due sooner, never later."""
    ensure(account_ids)
    due = timezone.now() + intervals()[cadence]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE creators_accountschedule SET cadence = %s, rank = %s, due_at = LEAST(due_at, %s)"
            " WHERE account_id = ANY(%s) AND cadence <> %s",
            [cadence, RANKS[Cadence(cadence)], due, list(account_ids), cadence],
        )
        return int(cursor.rowcount)


def track(published: Mapping[int, datetime | None]) -> int:
    """Rooms above say when the newest post they track on an account was published; None: they track none.

    A post that is young is read often (`policy.DECAY`), so its account is due sooner, never later.
    """
    ids = list(published)
    ensure(ids)
    now = timezone.now()
    soon = [_decayed(at, now) for at in published.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE creators_accountschedule s SET tracked_since = x.since,"
            " due_at = LEAST(due_at, COALESCE(x.due, due_at))"
            " FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS x(id, since, due)"
            " WHERE s.account_id = x.id AND s.tracked_since IS DISTINCT FROM x.since",
            [ids, list(published.values()), soon],
        )
        return int(cursor.rowcount)


def _decayed(published: datetime | None, now: datetime) -> datetime | None:
    every = policy.decay(now - published) if published is not None else None
    return None if every is None else now + every


def take_due(platform: str, *, limit: int, batch: int, now: datetime | None = None) -> list[Taken]:
    """Lease up to `limit` due accounts in batches, the longest waiting of each rank first.

    Every rank with something due is sure of its share of `limit`; what it leaves goes to the most important.
    """
    now = now or timezone.now()
    limit = min(limit, HANDS_FULL)
    if limit <= 0:
        return []
    with transaction.atomic():
        rows = _due(platform, limit, now)
        taken = [
            Taken(platform, rows[start : start + batch], secrets.token_hex(12))
            for start in range(0, len(rows), batch)
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE creators_accountschedule s SET lease_until = %s, lease_token = x.token, last_attempt_at = %s"
                " FROM unnest(%s::bigint[], %s::text[]) AS x(id, token) WHERE s.account_id = x.id",
                [now + LEASE, now, rows, [lease.token for lease in taken for _id in lease.account_ids]],
            )
        return taken


_DUE = """
SELECT rank, account_id FROM unnest(%s::smallint[]) AS wanted(r) CROSS JOIN LATERAL (
    SELECT rank, account_id FROM creators_accountschedule
    WHERE platform = %s AND paused_reason = '' AND rank = wanted.r AND due_at <= %s
    AND (lease_until IS NULL OR lease_until <= %s)
    ORDER BY due_at LIMIT %s
) found
"""
_LOCK = """
SELECT account_id FROM creators_accountschedule
WHERE account_id = ANY(%s) AND paused_reason = '' AND due_at <= %s AND (lease_until IS NULL OR lease_until <= %s)
ORDER BY rank, due_at, account_id FOR UPDATE SKIP LOCKED
"""


def _due(platform: str, limit: int, now: datetime) -> list[int]:
    """Up to `limit` accounts, locked. Two callers at once may look at the same rows; each row is locked by one."""
    with connection.cursor() as cursor:
        # twice as many as needed, so that one who comes second still finds some
        cursor.execute(_DUE, [sorted(policy.GUARANTEED), platform, now, now, 2 * limit])
        waiting: dict[int, list[int]] = {}
        for rank, account_id in cursor.fetchall():
            waiting.setdefault(rank, []).append(account_id)
        rows: list[int] = []
        while waiting and len(rows) < limit:
            share = policy.divide(limit - len(rows), {rank: len(ids) for rank, ids in waiting.items()})
            picked = [pk for rank, ids in waiting.items() for pk in ids[: share[rank]]]
            waiting = {rank: rest for rank, ids in waiting.items() if (rest := ids[share[rank] :])}
            cursor.execute(_LOCK, [picked, now, now])
            rows += [row[0] for row in cursor.fetchall()]
        return rows


def take_one(account_id: int, now: datetime | None = None) -> Taken | None:
    """Lease one account for a person who waits; None while another pull has it."""
    now = now or timezone.now()
    ensure([account_id])
    with transaction.atomic():
        row = AccountSchedule.objects.select_for_update().filter(pk=account_id).first()
        if row is None or (row.lease_until is not None and row.lease_until > now):
            return None
        row.lease_until, row.lease_token, row.last_attempt_at = now + LEASE, secrets.token_hex(12), now
        row.save(update_fields=["lease_until", "lease_token", "last_attempt_at"])
        return Taken(row.platform, [account_id], row.lease_token)


def held(account_ids: Sequence[int], token: str) -> list[int]:
    """Which of the accounts this lease still holds; a lease that ran out and was taken again holds none."""
    return list(
        AccountSchedule.objects.filter(pk__in=account_ids, lease_token=token)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def release(account_ids: Sequence[int], token: str, due_at: datetime) -> None:
    """Put accounts back untouched: nothing could be asked for them now."""
    AccountSchedule.objects.filter(pk__in=account_ids, lease_token=token).update(
        lease_until=None, lease_token="", due_at=due_at
    )


def finish(
    row: AccountSchedule, outcome: Outcome, now: datetime, spans: Mapping[str, timedelta]
) -> AccountState | None:
    """Settle one pull on its schedule row (saved by the caller) and say the account's new state, if it changes.

    `spans`: `intervals()`, read once for a batch.
    """
    row.lease_until, row.lease_token = None, ""
    row.last_outcome, row.last_reason = outcome.kind.value, outcome.reason[:300]
    kind = outcome.kind
    if kind is Kind.OK:
        row.fail_count, row.paused_reason, row.last_ok_at = 0, "", now
        age = now - row.tracked_since if row.tracked_since else None
        row.due_at = now + policy.jittered(policy.next_in(spans[row.cadence], row.volatility, age))
        return AccountState.ACTIVE
    if kind in (Kind.RATE_LIMITED, Kind.QUOTA_SPENT):
        until = outcome.until or now + timedelta(minutes=15)
        row.due_at = until + timedelta(seconds=random.uniform(1, 60))
        return None
    row.fail_count = min(row.fail_count + 1, 1000)
    if (
        outcome.ours
    ):  # nothing an account's owner could do, and the same for every account: it waits for the agency
        row.due_at = now + min(timedelta(hours=1) * 2 ** min(row.fail_count - 1, 10), timedelta(hours=6))
        return None
    if kind in PAUSING:
        row.paused_reason = kind.value
        row.due_at = now + policy.LONGEST
        return AccountState.NEEDS_CONSENT
    if kind is Kind.UNAVAILABLE:
        row.due_at = now + min(timedelta(days=1) * 2 ** min(row.fail_count - 1, 10), policy.LONGEST)
        return AccountState.UNAVAILABLE
    if kind is Kind.BAD_REQUEST:
        row.due_at = now + timedelta(days=1)
        if row.fail_count >= BAD_REQUESTS_ALLOWED:
            row.paused_reason = kind.value
            return AccountState.PAUSED
        return None
    # transient, or a token that could not be renewed just now
    base = timedelta(hours=1) if kind is Kind.AUTH_EXPIRED else timedelta(minutes=2)
    row.due_at = now + min(policy.jittered(base * 2 ** min(row.fail_count - 1, 10)), timedelta(hours=6))
    return None


def before(row: AccountSchedule, end: datetime, now: datetime) -> None:
    """Something ends (a story, after a day): an account somebody works with is read once more shortly before."""
    if row.cadence in (Cadence.LIVE, Cadence.SHORTLISTED):
        row.due_at = min(row.due_at, max(end - LAST_LOOK, now + LAST_LOOK / 2))


FINISHED = (
    "lease_until", "lease_token", "last_outcome", "last_reason", "fail_count", "paused_reason", "last_ok_at", "due_at",
    "volatility",
)  # fmt: skip


def resume(account_ids: Sequence[int]) -> int:
    """Consent came (again): what was paused is due now."""
    ids = list(account_ids)
    SocialAccount.objects.filter(pk__in=ids, state=AccountState.NEEDS_CONSENT).update(
        state=AccountState.ACTIVE, state_reason=""
    )
    return (
        AccountSchedule.objects.filter(pk__in=ids)
        .exclude(paused_reason="")
        .update(paused_reason="", fail_count=0, due_at=timezone.now())
    )


def agency_again(platform: str) -> int:
    """The agency entered a new token: what only waited for it is due now."""
    refused = (Kind.AUTH_EXPIRED.value, Kind.AUTH_REVOKED.value, Kind.SCOPE_MISSING.value)
    return AccountSchedule.objects.filter(
        platform=platform, paused_reason="", last_outcome__in=refused, due_at__gt=timezone.now()
    ).update(due_at=timezone.now(), fail_count=0)


def hurry(account_ids: Sequence[int]) -> int:
    """Something happened to these accounts: they are due now, unless paused."""
    now = timezone.now()
    return AccountSchedule.objects.filter(pk__in=list(account_ids), paused_reason="", due_at__gt=now).update(
        due_at=now
    )
