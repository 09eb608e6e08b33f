"""Keeps what platforms answered, and counts how calls ended."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from krm.connectors.http import Reply
from krm.connectors.models import RawResponse
from krm.connectors.outcomes import Outcome
from krm.connectors.redaction import redact_text

KEEP_BYTES = 512 * 1024


@dataclass(frozen=True)
class Call:
    """One finished call, for the archive and the counters."""

    platform: str
    endpoint: str
    subject: str
    outcome: Outcome
    reply: Reply | None
    at: datetime
    private: bool = False  # words and names of people who are nobody's partner: counted, not kept


def keep(calls: Iterable[Call]) -> None:
    """Store answers and count outcomes, one statement each for the whole batch."""
    calls = list(calls)
    if not calls:
        return
    RawResponse.objects.bulk_create(
        [
            RawResponse(
                platform=call.platform,
                endpoint=call.endpoint,
                subject=call.subject[:200],
                url=call.reply.url[:2000],
                status=call.reply.status,
                outcome=call.outcome.kind.value,
                body=zlib.compress(_body(call), 6),
                size=len(call.reply.body),
                fetched_at=call.at,
            )
            for call in calls
            if call.reply is not None
        ],
        batch_size=500,
    )
    counts: Counter[tuple[str, str, str]] = Counter()
    last: dict[tuple[str, str, str], Call] = {}
    for call in calls:
        key = (call.platform, call.endpoint, call.outcome.kind.value)
        counts[key] += 1
        last[key] = call
    with connection.cursor() as cursor:
        for key in sorted(counts):  # one order for all workers: no deadlocks
            call = last[key]
            cursor.execute(
                "INSERT INTO connectors_outcomecount (platform, endpoint, outcome, day, count, last_reason, last_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (platform, day, endpoint, outcome) DO UPDATE SET"
                " count = connectors_outcomecount.count + EXCLUDED.count,"
                " last_reason = EXCLUDED.last_reason, last_at = EXCLUDED.last_at",
                [
                    *key,
                    timezone.localdate(call.at),
                    counts[key],
                    redact_text(call.outcome.reason)[:300],
                    call.at,
                ],
            )


def _body(call: Call) -> bytes:
    assert call.reply is not None
    body = call.reply.body
    if call.private and call.outcome.ok:
        return b"(not kept: holds what other people wrote)"
    if call.endpoint.startswith("oauth") or b"_token" in body[:4096]:
        return b"(not kept: holds tokens)"
    return body[:KEEP_BYTES]


def read(row: RawResponse) -> bytes:
    return zlib.decompress(bytes(row.body))


def forget(now: datetime | None = None, *, batch: int = 5000) -> int:
    """Delete answers older than RAW_RESPONSE_DAYS, in batches that hold no long locks."""
    before = (now or timezone.now()) - timedelta(days=settings.RAW_RESPONSE_DAYS)
    deleted = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM connectors_rawresponse WHERE id IN"
                " (SELECT id FROM connectors_rawresponse WHERE fetched_at < %s LIMIT %s)",
                [before, batch],
            )
            count = cursor.rowcount
        deleted += count
        if count < batch:
            break
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM connectors_outcomecount WHERE day < %s", [(before - timedelta(days=60)).date()]
        )
    return deleted
