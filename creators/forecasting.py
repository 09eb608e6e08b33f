"""Forecasts of next posts, kept: one open forecast an account, format and metric, bound to the post that comes.

The numbers are those of the current `prediction` score. A forecast is never changed once its post was published, so
"forecast and reached" is honest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from creators.models import PostForecast, Score, ScoreKind
from creators.models.forecasts import FORMS
from creators.scoring.prediction import definition

RIPE = timedelta(
    days=7
)  # as the statement below says: a post is compared when most of its audience has seen it
CHUNK = 2_000

_FORM = "CASE WHEN p.kind = 'video' AND p.duration_seconds >= 1200 THEN 'long' ELSE p.kind END"


def keep(account_ids: Iterable[int], *, at: datetime | None = None) -> int:
    """Bind open forecasts to posts that came, then write the new ones; safe to run twice. Returns forecasts open."""
    at = at or now()
    ids = sorted(set(account_ids))
    count = 0
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with transaction.atomic():
            _bind(part)
            count += _write(part, at)
    return count


def _bind(ids: Sequence[int]) -> None:
    """The first post of the format after the forecast was made is the one that it was about."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE creators_postforecast f SET post_id = found.post_id, updated_at = now()
            FROM (
                SELECT o.id, (
                    SELECT p.id FROM creators_post p
                    WHERE p.account_id = o.account_id AND NOT p.is_deleted AND p.published_at > o.made_at
                      AND {_FORM} = o.kind
                    ORDER BY p.published_at, p.id LIMIT 1
                ) AS post_id
                FROM creators_postforecast o WHERE o.post_id IS NULL AND o.account_id = ANY(%s)
            ) found
            WHERE f.id = found.id AND found.post_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM creators_postforecast t WHERE t.post_id = found.post_id
                              AND t.metric = f.metric AND t.formula_version = f.formula_version)
            """,  # noqa: S608
            [list(ids)],
        )


def _write(ids: Sequence[int], at: datetime) -> int:
    scores = Score.objects.filter(
        account_id__in=ids, kind=ScoreKind.PREDICTION, formula_version=definition.VERSION, is_current=True
    )
    rows = [
        PostForecast(
            account_id=score.account_id, kind=form, metric=metric, low=int(low), mid=int(mid), high=int(high),
            posts=int(posts), formula_version=score.formula_version, made_at=at,
        )
        for score in scores.order_by("account_id")
        for form, metrics in score.inputs.get("forecasts", {}).items()
        for metric, (low, mid, high, posts) in metrics.items()
    ]  # fmt: skip
    held = {
        (one.account_id, one.kind, one.metric): one
        for one in PostForecast.objects.filter(
            account_id__in=ids, post=None, formula_version=definition.VERSION
        )
    }
    fresh, moved = [], []
    for row in rows:
        old = held.get((row.account_id, row.kind, row.metric))
        if old is None:
            fresh.append(row)
        elif (old.low, old.mid, old.high, old.posts) != (row.low, row.mid, row.high, row.posts):
            old.low, old.mid, old.high, old.posts, old.made_at = row.low, row.mid, row.high, row.posts, at
            moved.append(old)
    PostForecast.objects.bulk_create(fresh, ignore_conflicts=True)
    PostForecast.objects.bulk_update(moved, ["low", "mid", "high", "posts", "made_at"], batch_size=1_000)
    return len(rows)


def compare(*, at: datetime | None = None, limit: int = 20_000) -> int:
    """Write what ripe posts reached beside what was forecast. Returns forecasts compared."""
    at = at or now()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE creators_postforecast f SET compared_at = %(at)s, updated_at = now(), actual = CASE f.metric
                WHEN 'views' THEN p.views
                WHEN 'likes' THEN p.likes
                ELSE CASE WHEN p.likes IS NULL THEN NULL ELSE p.likes + coalesce(p.comments, 0)
                    + CASE WHEN p.platform IN ('tiktok', 'x', 'facebook') THEN coalesce(p.shares, 0) ELSE 0 END
                    + CASE WHEN p.platform = 'tiktok' THEN coalesce(p.saves, 0) ELSE 0 END END
                END
            FROM creators_post p
            WHERE p.id = f.post_id AND f.id IN (
                SELECT o.id FROM creators_postforecast o JOIN creators_post q ON q.id = o.post_id
                WHERE o.compared_at IS NULL AND q.published_at <= %(ripe)s
                  AND coalesce(q.observed_at, q.updated_at) >= q.published_at + interval '7 days'
                ORDER BY o.id LIMIT %(limit)s FOR UPDATE OF o SKIP LOCKED
            )
            """,
            {"at": at, "ripe": at - RIPE, "limit": limit},
        )
        return int(cursor.rowcount)


@dataclass(frozen=True)
class Accuracy:
    """How forecasts of an account did: of `count`, how many landed inside, and the median distance."""

    count: int
    inside: int
    typical_error: float | None


def accuracy(account_ids: Iterable[int]) -> dict[int, Accuracy]:
    """By account, over the compared forecasts of its main metric; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT account_id, count(*), count(*) FILTER (WHERE actual BETWEEN low AND high),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(mid - actual)::float / greatest(actual, 1))
            FROM creators_postforecast
            WHERE account_id = ANY(%s) AND actual IS NOT NULL AND metric = 'engagement' GROUP BY account_id
            """,
            [list(account_ids)],
        )
        return {row[0]: Accuracy(row[1], row[2], row[3]) for row in cursor.fetchall()}


def shown(account_ids: Sequence[int], *, past: int = 12) -> dict[int, dict[str, Any]]:
    """What a page shows by account: open forecasts by format and metric, the newest compared ones; three queries."""
    labels = dict(FORMS)
    ids = list(account_ids)
    rows = PostForecast.objects.filter(account_id__in=ids)
    out: dict[int, dict[str, Any]] = {pk: {"ahead": [], "past": [], "accuracy": None} for pk in ids}
    opened: dict[tuple[int, str], dict[str, Any]] = {}
    for one in rows.filter(post=None, formula_version=definition.VERSION).order_by(
        "-posts", "kind", "metric"
    ):
        key = (one.account_id, one.kind)
        if key not in opened:
            opened[key] = {
                "form": labels.get(one.kind, one.kind),
                "kind": one.kind,
                "posts": one.posts,
                "by": {},
            }
            out[one.account_id]["ahead"].append(opened[key])
        opened[key]["by"][one.metric] = one
    for entry in opened.values():
        entry["metrics"] = [entry["by"].get(metric) for metric in definition.METRICS]
    done = rows.filter(actual__isnull=False).select_related("post").order_by("-compared_at", "-pk")
    for one in done[: past * len(ids)]:
        if len(out[one.account_id]["past"]) < past:
            out[one.account_id]["past"].append(one)
    for pk, found in accuracy(ids).items():
        out[pk]["accuracy"] = found
    return out
