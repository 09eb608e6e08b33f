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

from creators.models import AccountSchedule, AccountState, Cadence, SocialAccount
from creators.platforms.registry import CONNECTORS
from krm.connectors.outcomes import Kind, Outcome

LEASE = timedelta(minutes=10)
JITTER = (0.85, 1.15)
RANKS = {Cadence.LIVE: 0, Cadence.SHORTLISTED: 1, Cadence.WARM: 2, Cadence.COLD: 3}
INTERVALS: Mapping[str, timedelta] = {
    Cadence.LIVE: timedelta(hours=6),
    Cadence.SHORTLISTED: timedelta(days=1),
    Cadence.WARM: timedelta(days=7),
    Cadence.COLD: timedelta(days=30),  # YouTube's policy: public data is refreshed or deleted within 30 days
}
LONGEST = timedelta(days=30)
PAUSING = frozenset({Kind.AUTH_REVOKED, Kind.SCOPE_MISSING})
BAD_REQUESTS_ALLOWED = 5
HANDS_FULL = 500  # accounts taken in one tick, at most


@dataclass(frozen=True)
class Taken:
    """Accounts one pull has leased."""

    platform: str
    account_ids: list[int]
    token: str


def interval(cadence: str) -> timedelta:
    """How long until the next pull; settings may say otherwise (a laptop with the sandbox wants to see movement)."""
    chosen: Mapping[str, float] = getattr(settings, "KRM_PULL_SECONDS", {})
    return timedelta(seconds=chosen[cadence]) if cadence in chosen else INTERVALS[cadence]


def jittered(span: timedelta) -> timedelta:
    return span * random.uniform(*JITTER)


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
    due = timezone.now() + interval(cadence)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE creators_accountschedule SET cadence = %s, rank = %s, due_at = LEAST(due_at, %s)"
            " WHERE account_id = ANY(%s) AND cadence <> %s",
            [cadence, RANKS[Cadence(cadence)], due, list(account_ids), cadence],
        )
        return int(cursor.rowcount)


def take_due(platform: str, *, limit: int, batch: int, now: datetime | None = None) -> list[Taken]:
    """Lease up to `limit` due accounts, the important and the longest waiting first, in batches."""
    now = now or timezone.now()
    if limit <= 0:
        return []
    with transaction.atomic():
        rows = list(
            AccountSchedule.objects.select_for_update(skip_locked=True)
            .filter(platform=platform, paused_reason="", due_at__lte=now)
            .exclude(lease_until__gt=now)
            .order_by("rank", "due_at")
            .values_list("pk", flat=True)[: min(limit, HANDS_FULL)]
        )
        taken = []
        for start in range(0, len(rows), batch):
            token = secrets.token_hex(12)
            ids = rows[start : start + batch]
            AccountSchedule.objects.filter(pk__in=ids).update(
                lease_until=now + LEASE, lease_token=token, last_attempt_at=now
            )
            taken.append(Taken(platform, ids, token))
        return taken


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


def finish(row: AccountSchedule, outcome: Outcome, now: datetime) -> AccountState | None:
    """Settle one pull on its schedule row (saved by the caller) and say the account's new state, if it changes."""
    row.lease_until, row.lease_token = None, ""
    row.last_outcome, row.last_reason = outcome.kind.value, outcome.reason[:300]
    kind = outcome.kind
    if kind is Kind.OK:
        row.fail_count, row.paused_reason, row.last_ok_at = 0, "", now
        row.due_at = now + jittered(interval(row.cadence))
        return AccountState.ACTIVE
    if kind in (Kind.RATE_LIMITED, Kind.QUOTA_SPENT):
        until = outcome.until or now + timedelta(minutes=15)
        row.due_at = until + timedelta(seconds=random.uniform(1, 60))
        return None
    row.fail_count = min(row.fail_count + 1, 1000)
    if kind in PAUSING:
        row.paused_reason = kind.value
        row.due_at = now + LONGEST
        return AccountState.NEEDS_CONSENT
    if kind is Kind.UNAVAILABLE:
        row.due_at = now + min(timedelta(days=1) * 2 ** min(row.fail_count - 1, 10), LONGEST)
        return AccountState.UNAVAILABLE
    if kind is Kind.BAD_REQUEST:
        row.due_at = now + timedelta(days=1)
        if row.fail_count >= BAD_REQUESTS_ALLOWED:
            row.paused_reason = kind.value
            return AccountState.PAUSED
        return None
    # transient, or a token that could not be renewed just now
    base = timedelta(hours=1) if kind is Kind.AUTH_EXPIRED else timedelta(minutes=2)
    row.due_at = now + min(jittered(base * 2 ** min(row.fail_count - 1, 10)), timedelta(hours=6))
    return None


FINISHED = (
    "lease_until", "lease_token", "last_outcome", "last_reason", "fail_count", "paused_reason", "last_ok_at", "due_at",
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


def hurry(account_ids: Sequence[int]) -> int:
    """Something happened to these accounts: they are due now, unless paused."""
    now = timezone.now()
    return AccountSchedule.objects.filter(pk__in=list(account_ids), paused_reason="", due_at__gt=now).update(
        due_at=now
    )
