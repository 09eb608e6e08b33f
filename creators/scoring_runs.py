"""Score accounts in bulk: read frames, judge, write what changed with its reasons, tell whoever listens."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from django.db import connection, transaction
from django.utils.timezone import now

from creators import benchmarks, frames, summary
from creators.models import SocialAccount
from creators.scoring import run
from krm.events import record

CHUNK = 2_000
ONE_EVENT_EACH = 50  # up to this many creators every profile that is open hears of it on its own


def score_accounts(account_ids: Iterable[int], *, at: datetime | None = None) -> int:
    """Score these accounts; a new row only where inputs or formula changed. Returns scores written."""
    ids = sorted(set(account_ids))
    if not ids:
        return 0
    at = at or now()
    summary.refresh_accounts(ids)
    benchmarks.ensure()
    written = 0
    for start in range(0, len(ids), CHUNK):
        written += _chunk(ids[start : start + CHUNK], at)
    return written


def _chunk(ids: Sequence[int], at: datetime) -> int:
    with transaction.atomic():
        # two workers with the same account: the second waits, then finds nothing left to write
        locked = list(
            SocialAccount.objects.select_for_update(no_key=True)
            .filter(pk__in=ids)
            .order_by("pk")
            .values_list("pk", "platform")
        )
        if not locked:
            return 0
        batch = frames.load([pk for pk, _ in locked])
        tables = benchmarks.tables(sorted({platform for _, platform in locked}))
        result = run.score(batch.accounts, batch.posts, batch.snapshots, tables, at)
        fresh = _changed(result.scores)
        _write(fresh, result.components, at)
        _headlines(result)
        touched = [pk for pk, _ in locked]
        creators = summary.creators_of(touched)
        summary.refresh_creators(creators)
        if len(fresh):
            _announce(sorted(set(fresh["account_id"].tolist())))
    return len(fresh)


def _changed(scores: pd.DataFrame) -> pd.DataFrame:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, kind, formula_version, inputs_hash FROM creators_score"
            " WHERE is_current AND account_id = ANY(%s)",
            [scores["account_id"].astype(int).tolist()],
        )
        held = {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}
    new = [
        held.get((account, kind, version)) != digest
        for account, kind, version, digest in zip(
            scores["account_id"],
            scores["kind"],
            scores["formula_version"],
            scores["inputs_hash"],
            strict=True,
        )
    ]
    return scores[new]


def _write(scores: pd.DataFrame, components: pd.DataFrame, at: datetime) -> None:
    if scores.empty:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE creators_score s SET is_current = false"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS x(account_id, kind, version)"
            " WHERE s.is_current AND s.account_id = x.account_id AND s.kind = x.kind AND s.formula_version = x.version",
            [
                scores["account_id"].astype(int).tolist(),
                scores["kind"].tolist(),
                scores["formula_version"].tolist(),
            ],
        )
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('creators_score', 'id')) FROM generate_series(1, %s)",
            [len(scores)],
        )
        scores = scores.assign(id=[row[0] for row in cursor.fetchall()])
        _copy(
            cursor,
            "creators_score",
            ["id", "account_id", "kind", "value", "confidence", "formula_version", "inputs_hash", "inputs", "computed_at",
             "is_current"],
            (
                (r.id, r.account_id, r.kind, r.value, r.confidence, r.formula_version, r.inputs_hash,
                 json.dumps(r.inputs), at.isoformat(), "t")
                for r in scores.itertuples()
            ),
        )  # fmt: skip
        keys = {(a, k): i for a, k, i in zip(scores["account_id"], scores["kind"], scores["id"], strict=True)}
        _copy(
            cursor,
            "creators_scorecomponent",
            ["score_id", "name", "value", "weight", "percentile", "evidence", "sentence_en", "sentence_id"],
            (
                (keys[(r.account_id, r.kind)], r.name, r.value, r.weight, r.percentile, r.evidence, r.sentence_en,
                 r.sentence_id)
                for r in components[
                    ["account_id", "kind", "name", "value", "weight", "percentile", "evidence", "sentence_en", "sentence_id"]
                ].itertuples(index=False)
                if (r.account_id, r.kind) in keys
            ),
        )  # fmt: skip


def _copy(cursor: Any, table: str, columns: list[str], rows: Iterable[Sequence[Any]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow(["\\N" if _missing(value) else value for value in row])
    buffer.seek(0)
    cursor.copy_expert(
        f"COPY {table} ({', '.join(columns)}) FROM STDIN WITH (FORMAT csv, NULL '\\N')", buffer
    )


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _headlines(result: run.Batch) -> None:
    """The current values on the accounts themselves."""
    by_kind = {kind: group.set_index("account_id") for kind, group in result.scores.groupby("kind")}
    rate, honest = by_kind["engagement"], by_kind["authenticity"].reindex(by_kind["engagement"].index)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE creators_socialaccount a SET engagement_rate = x.rate, engagement_basis = x.basis,"
            " authenticity = x.auth, authenticity_confidence = x.sure"
            " FROM unnest(%s::bigint[], %s::float[], %s::text[], %s::float[], %s::float[]) AS x(id, rate, basis, auth, sure)"
            " WHERE a.id = x.id AND (a.engagement_rate, a.engagement_basis, a.authenticity, a.authenticity_confidence)"
            " IS DISTINCT FROM (x.rate, x.basis, x.auth, x.sure)",
            [
                [int(pk) for pk in rate.index],
                _nullable(rate["value"]),
                ["" if _missing(value) else str(value) for value in rate["basis"]],
                _nullable(honest["value"]),
                _nullable(honest["confidence"]),
            ],
        )


def _nullable(values: pd.Series) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in values.to_numpy(float)]


def _announce(account_ids: list[int]) -> None:
    accounts = list(
        SocialAccount.objects.filter(pk__in=account_ids)
        .select_related("creator")
        .only("id", "creator__id")
        .order_by("pk")
    )
    owners: dict[int, list[int]] = {}
    for account in accounts:
        if account.creator_id:
            owners.setdefault(account.creator_id, []).append(account.pk)
    if len(owners) <= ONE_EVENT_EACH:
        known = {account.creator.pk: account.creator for account in accounts if account.creator}
        for creator_id, mine in owners.items():
            record(
                "creators.scores_updated",
                known[creator_id],
                data={"creator_ids": [creator_id], "account_ids": mine},
            )
        return
    record(
        "creators.scores_updated",
        accounts[0],
        data={"creator_ids": sorted(owners), "account_ids": account_ids},
    )


def due_for_scoring(*, after: int = 0, limit: int = 20_000) -> list[int]:
    """The next accounts by id, for the nightly run that walks all of them."""
    return list(
        SocialAccount.objects.filter(pk__gt=after, followers__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
