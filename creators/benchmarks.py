"""What is usual in our own population: the sample scores compare with, and the reference rows pages show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from django.db import connection, transaction
from django.utils.timezone import localdate, now

from creators.models import BenchmarkRow, PeerSample, SocialAccount
from creators.scoring import peers, registry, run, tiers
from creators.scoring.definition import Peers

from . import frames

SAMPLE = 4_000  # accounts a platform: windows of 200 stay narrow, a table stays under 300 kB
GROWN = 1.5  # an unscheduled rebuild once the population is this much larger

_loaded: dict[tuple[str, str, datetime], peers.PeerTable] = {}


def rebuild(*, at: datetime | None = None) -> dict[str, int]:
    """Draw the sample of every platform afresh and write its quartiles; accounts sampled by platform."""
    at = at or now()
    counts: dict[str, int] = {}
    for platform, population in _populations().items():
        ids = _sample(platform, population)
        if not ids:
            continue
        compared = [one for one in registry.current_definitions().values() if one.peer_figures]
        batch = frames.load(ids, registry.needed(compared))
        figures = run.peer_table(batch, at, compared)
        tables = {
            str(form): peers.PeerTable.build(platform, group) for form, group in figures.groupby("format")
        }
        with transaction.atomic():
            PeerSample.objects.filter(platform=platform).exclude(format__in=tables).delete()
            for form, table in tables.items():
                PeerSample.objects.update_or_create(
                    platform=platform,
                    format=form,
                    defaults={
                        "as_of": at,
                        "count": len(table.size),
                        "population": population,
                        "figures": {
                            "size": _jsonable(table.size),
                            **{name: _jsonable(values) for name, values in table.values.items()},
                        },
                    },
                )
            _write_rows(platform, figures[figures["format"] == ""])
        counts[platform] = len(tables[""].size) if "" in tables else 0
    return counts


def tables(platforms: list[str]) -> Peers:
    """The stored samples, read once a process and version."""
    known: dict[tuple[str, str], peers.PeerTable] = {}
    stamps = {
        (platform, form): stamp
        for platform, form, stamp in PeerSample.objects.filter(platform__in=platforms).values_list(
            "platform", "format", "as_of"
        )
    }
    missing = [key for key, stamp in stamps.items() if (*key, stamp) not in _loaded]
    if missing:
        for row in PeerSample.objects.filter(platform__in={platform for platform, _ in missing}):
            arrays = {
                name: np.array([np.nan if v is None else v for v in values], float)
                for name, values in row.figures.items()
            }
            stamps[(row.platform, row.format)] = row.as_of
            _loaded[(row.platform, row.format, row.as_of)] = peers.PeerTable(
                row.platform, arrays.pop("size"), arrays
            )
    for key, stamp in stamps.items():
        known[key] = _loaded[(*key, stamp)]
    for stale in [key for key in _loaded if key[0] in platforms and stamps.get(key[:2]) != key[2]]:
        _loaded.pop(stale, None)
    return Peers(known)


def ensure() -> None:
    """Build the samples when there are none yet or the population outgrew them."""
    have = dict(PeerSample.objects.filter(format="").values_list("platform", "population"))
    if any(count > GROWN * have.get(platform, 0) for platform, count in _populations().items()):
        rebuild()


def _populations() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT platform, count(*) FROM creators_socialaccount WHERE followers > 0 GROUP BY platform ORDER BY 1"
        )
        return dict(cursor.fetchall())


def _sample(platform: str, population: int) -> list[int]:
    """Every n-th account by id: the same population gives the same sample."""
    step = max(1, -(-population // SAMPLE))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM creators_socialaccount"
            " WHERE platform = %s AND followers > 0) x WHERE n %% %s = 0",
            [platform, step],
        )
        return [row[0] for row in cursor.fetchall()]


def _jsonable(values: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else round(float(value), 5) for value in values]


# what reference rows are called -> the peer metric they are made of
SHOWN = {"er": "rate", "likes_per_comment": "likes_per_comment", "view_rate": "views_per_follower"}


def _write_rows(platform: str, rows: pd.DataFrame) -> None:
    from creators.tiers import ladder

    steps = ladder()
    names = dict(_tier_names())
    placed = tiers.assign(rows["followers"].to_numpy(float), steps)
    table = pd.DataFrame({"tier": [names.get(int(t), "") for t in placed]}, index=rows.index)
    for name, metric in SHOWN.items():
        table[name] = 10 ** rows[metric] if metric in rows else np.nan
    day = localdate()
    quartiles = pd.concat(
        [
            peers.usual(table[table["tier"] != ""], ["tier"], list(SHOWN)),
            peers.usual(table.assign(tier=""), ["tier"], list(SHOWN)),
        ]
    )
    BenchmarkRow.objects.filter(platform=platform, source="own", as_of=day).delete()
    BenchmarkRow.objects.bulk_create(
        [
            BenchmarkRow(platform=platform, source="own", as_of=day, **{str(k): v for k, v in row.items()})
            for row in quartiles.to_dict("records")
        ]
    )


def _tier_names() -> list[tuple[int, str]]:
    from creators.models import Tier

    return list(Tier.objects.values_list("pk", "name"))


def for_account(account: SocialAccount) -> dict[str, BenchmarkRow]:
    """The newest own rows an account compares with: its tier's, else all sizes; by metric."""
    rows: dict[str, Any] = {}
    name = account.tier.name if account.tier_id and account.tier else ""
    for row in BenchmarkRow.objects.filter(platform=account.platform, tier__in=[name, ""]).order_by("as_of"):
        held = rows.get(row.metric)
        if held is None or (row.tier == name and name) or held.tier == row.tier:
            rows[row.metric] = row
    return rows
