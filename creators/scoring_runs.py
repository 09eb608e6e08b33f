"""Score accounts in bulk: read frames, judge, write what changed, tell whoever listens."""

from __future__ import annotations

import io
import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.utils.timezone import now

from creators import benchmarks, frames, summary
from creators.models import Creator, SocialAccount
from creators.scoring import registry, run
from creators.scoring.definition import Definition, Result, column
from krm.events import record

CHUNK = 4_000
ONE_EVENT_EACH = 50  # up to this many creators every profile that is open hears of it on its own

log = logging.getLogger(__name__)


class ScoringFailed(Exception):
    """Some definitions broke; what the others found is written."""


@dataclass
class Written:
    """What a run did, by kind and version."""

    rows: int = 0
    by_version: dict[str, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, version: str, count: int) -> None:
        self.rows += count
        self.by_version[version] = self.by_version.get(version, 0) + count


def score_accounts(
    account_ids: Iterable[int],
    *,
    at: datetime | None = None,
    definitions: Sequence[Definition] | None = None,
) -> int:
    """Score these accounts by every current definition; a new row only where inputs or formula changed.

    Returns scores written. A definition that breaks is reported at the end: the others' scores are kept.
    """
    ids = sorted(set(account_ids))
    if not ids:
        return 0
    at = at or now()
    done = Written()
    benchmarks_ready = False
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        summary.refresh_accounts(part)
        if not benchmarks_ready:
            benchmarks.ensure()
            benchmarks_ready = True
        score_chunk(part, at, done, definitions)
    if done.failures:
        raise ScoringFailed("; ".join(f"{version}: {why}" for version, why in sorted(done.failures.items())))
    return done.rows


def score_chunk(
    ids: Sequence[int], at: datetime, done: Written, definitions: Sequence[Definition] | None = None
) -> None:
    """One transaction: a worker that dies leaves nothing half written, and a second run writes nothing twice."""
    chosen = list(definitions if definitions is not None else registry.current_definitions().values())
    with transaction.atomic():
        # two workers with the same account: the second waits, then finds nothing left to write
        locked = list(
            SocialAccount.objects.select_for_update(no_key=True)
            .filter(pk__in=ids)
            .order_by("pk")
            .values_list("pk", "platform")
        )
        if not locked:
            return
        held = frames.load([pk for pk, _ in locked], registry.needed(chosen))
        peers = benchmarks.tables(sorted({platform for _, platform in locked}))
        batch = run.score(held, peers, at, chosen)
        for (kind, version), broke in batch.failures.items():
            log.error("score %s %s broke", kind, version, exc_info=broke)
            done.failures[version] = f"{type(broke).__name__}: {broke}"
        touched: set[int] = set()
        by_key = {(one.kind, one.version): one for one in chosen}
        for key, result in batch.results.items():
            fresh = write(by_key[key], result, at)
            done.add(key[1], len(fresh))
            touched.update(fresh)
        _headlines(batch)
        summary.refresh_creators(summary.creators_of([pk for pk, _ in locked]))
        if touched:
            _announce(sorted(touched))


def write(definition: Definition, result: Result, at: datetime) -> list[int]:
    """Rows of one definition where inputs changed; the accounts they are of."""
    ids = [int(pk) for pk in result.scores.index]
    inputs = run.inputs_of(result)
    digests = run.hashes(definition, inputs)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, inputs_hash FROM creators_score"
            " WHERE is_current AND kind = %s AND formula_version = %s AND account_id = ANY(%s)",
            [definition.kind, definition.version, ids],
        )
        held = dict(cursor.fetchall())
        places = np.array(
            [n for n, (pk, digest) in enumerate(zip(ids, digests, strict=True)) if held.get(pk) != digest],
            int,
        )
        if not len(places):
            return []
        fresh = [ids[n] for n in places]
        replaced = [pk for pk in fresh if pk in held]
        if replaced:
            cursor.execute(
                "UPDATE creators_score SET is_current = false"
                " WHERE is_current AND kind = %s AND formula_version = %s AND account_id = ANY(%s)",
                [definition.kind, definition.version, replaced],
            )
        _copy(
            cursor,
            definition,
            run.take(result, places),
            [inputs[n] for n in places],
            [digests[n] for n in places],
            at,
        )
    return fresh


COLUMNS = (
    "account_id", "value", "low", "high", "confidence", "verdict", "as_of", "source", "inputs_hash", "inputs", "components",
    "kind", "formula_version", "computed_at", "is_current",
)  # fmt: skip


def _copy(
    cursor: Any, definition: Definition, result: Result, inputs: list[str], digests: list[str], at: datetime
) -> None:
    scores = result.scores
    count = len(scores)

    def given(name: str) -> list[str]:
        if name not in scores:
            return ["\\N"] * count
        return [
            repr(value) if math.isfinite(value) else "\\N" for value in scores[name].to_numpy(float).tolist()
        ]

    def days(name: str) -> list[str]:
        if name not in scores:
            return ["\\N"] * count
        found = column(pd.to_datetime(scores[name]).to_numpy("datetime64[ns]"), count)
        return ["\\N" if value is None else value for value in found]

    def words(name: str) -> list[str]:
        if name not in scores:
            return [""] * count
        return ["" if _missing(value) else str(value) for value in scores[name].tolist()]

    constant = f"{definition.kind}\t{definition.version}\t{at.isoformat()}\tt"
    lines = zip(
        map(str, scores.index.tolist()), given("value"), given("low"), given("high"), given("confidence"), words("verdict"),
        days("as_of"), words("source"), digests, map(_escaped, inputs), map(_escaped, run.components_of(result)),
        [constant] * count, strict=True,
    )  # fmt: skip
    buffer = io.StringIO("\n".join(map("\t".join, lines)) + "\n")
    cursor.copy_expert(f"COPY creators_score ({', '.join(COLUMNS)}) FROM STDIN", buffer)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\") if "\\" in text else text


def _missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


_RATE = """
UPDATE creators_socialaccount a SET engagement_rate = x.rate, engagement_basis = x.basis
FROM unnest(%s::bigint[], %s::float[], %s::text[]) AS x(id, rate, basis)
WHERE a.id = x.id AND (a.engagement_rate, a.engagement_basis) IS DISTINCT FROM (x.rate, x.basis)
"""
_HONEST = """
UPDATE creators_socialaccount a SET authenticity = x.value, authenticity_confidence = x.sure
FROM unnest(%s::bigint[], %s::float[], %s::float[]) AS x(id, value, sure)
WHERE a.id = x.id AND (a.authenticity, a.authenticity_confidence) IS DISTINCT FROM (x.value, x.sure)
"""
_BOTH = """
UPDATE creators_socialaccount a SET engagement_rate = x.rate, engagement_basis = x.basis,
    authenticity = x.value, authenticity_confidence = x.sure
FROM unnest(%s::bigint[], %s::float[], %s::text[], %s::float[], %s::float[]) AS x(id, rate, basis, value, sure)
WHERE a.id = x.id AND (a.engagement_rate, a.engagement_basis, a.authenticity, a.authenticity_confidence)
    IS DISTINCT FROM (x.rate, x.basis, x.value, x.sure)
"""


def _headlines(batch: run.Batch) -> None:
    """The values of the versions in force, on the accounts themselves; one write where both are here."""
    current = {(one.kind, one.version) for one in registry.current_definitions().values()}
    found = {key[0]: result.scores for key, result in batch.results.items() if key in current}
    rate, honest = found.get("engagement"), found.get("authenticity")
    if rate is not None and honest is not None:
        honest = honest.reindex(rate.index)
    given: list[Any] = []
    if rate is not None:
        given += [
            _nullable(rate["value"]),
            ["" if _missing(value) else str(value) for value in rate["er_basis"]],
        ]
    if honest is not None:
        given += [_nullable(honest["value"]), _nullable(honest["confidence"])]
    table = rate if rate is not None else honest
    if table is None:
        return
    statement = _BOTH if len(given) == 4 else _RATE if rate is not None else _HONEST
    with connection.cursor() as cursor:
        cursor.execute(statement, [[int(pk) for pk in table.index], *given])


def _nullable(values: pd.Series) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in values.to_numpy(float)]


def _announce(account_ids: list[int]) -> None:
    owners: dict[int, list[int]] = {}
    rows = SocialAccount.objects.filter(pk__in=account_ids, creator__isnull=False).order_by("pk")
    for creator_id, account_id in rows.values_list("creator_id", "pk"):
        if creator_id is not None:
            owners.setdefault(creator_id, []).append(account_id)
    if len(owners) <= ONE_EVENT_EACH:
        for creator in Creator.objects.filter(pk__in=owners).order_by("pk"):
            record(
                "creators.scores_updated",
                creator,
                data={"creator_ids": [creator.pk], "account_ids": owners[creator.pk]},
            )
        return
    record(
        "creators.scores_updated",
        SocialAccount.objects.get(pk=account_ids[0]),
        data={"creator_ids": sorted(owners), "account_ids": account_ids},
    )


def due_for_scoring(*, after: int = 0, limit: int = 20_000) -> list[int]:
    """The next accounts by id, for the nightly run that walks all of them."""
    return list(
        SocialAccount.objects.filter(pk__gt=after, followers__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)[:limit]
    )
