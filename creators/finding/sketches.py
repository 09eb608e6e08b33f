"""Sketches of who stands under an account's posts, from the keyed authors of comments: no name is kept here either."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.utils.timezone import now

from creators.finding import overlap
from creators.models import AudienceSketch

LEAST = 20  # different people; fewer say nothing about an audience
CHUNK = 200

_COMMENTERS = """
SELECT c.account_id, count(*), array_agg(DISTINCT c.author_key)
FROM creators_postcomment c WHERE c.account_id = ANY(%s) AND NOT c.by_owner
GROUP BY c.account_id HAVING count(DISTINCT c.author_key) >= %s
"""
# all comments under the posts that were read, whether or not the platform let us read each of them
_WHOLE = """
SELECT p.account_id, sum(p.comments) FROM creators_post p
WHERE p.account_id = ANY(%s) AND p.comments IS NOT NULL
  AND EXISTS (SELECT 1 FROM creators_postcomment c WHERE c.post_id = p.id)
GROUP BY p.account_id
"""


def refresh(account_ids: Iterable[int]) -> int:
    """Sketches of these accounts anew; one without enough people has none."""
    ids = sorted({int(pk) for pk in account_ids})
    written = 0
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with connection.cursor() as cursor:
            cursor.execute(_COMMENTERS, [part, LEAST])
            seen = {pk: (read, keys) for pk, read, keys in cursor.fetchall()}
            whole: dict[int, int] = {}
            if seen:
                cursor.execute(_WHOLE, [list(seen)])
                whole = {pk: int(total) for pk, total in cursor.fetchall()}
        at = now()
        rows = []
        for pk, (read, keys) in seen.items():
            sketch = overlap.sketch(keys)
            rows.append(
                AudienceSketch(
                    account_id=pk, origin=AudienceSketch.Origin.COMMENTERS, people=len(keys), observed=read,
                    whole=max(read, whole[pk]) if pk in whole else None, minhash=sketch.minhash_bytes(),
                    registers=sketch.registers_bytes(), bottom=sketch.bottom_bytes(), as_of=at,
                )
            )  # fmt: skip
        AudienceSketch.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["account", "origin"],
            update_fields=["people", "observed", "whole", "minhash", "registers", "bottom", "as_of"],
        )  # fmt: skip
        stale = AudienceSketch.objects.filter(account_id__in=part, origin=AudienceSketch.Origin.COMMENTERS)
        stale.exclude(account_id__in=list(seen)).delete()
        written += len(rows)
    return written


def of(account_ids: Iterable[int]) -> dict[int, overlap.Sample]:
    """The sketches of these accounts, by account."""
    rows = AudienceSketch.objects.filter(
        account_id__in=list(account_ids), origin=AudienceSketch.Origin.COMMENTERS
    )
    return {
        row.account_id: overlap.Sample(
            overlap.Sketch.load(row.minhash, row.registers, row.bottom, row.people),
            people=row.people,
            fraction=min(1.0, row.observed / row.whole) if row.whole else None,
        )
        for row in rows
    }
