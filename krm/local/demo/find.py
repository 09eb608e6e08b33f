"""The demo agency can be searched at once: rows, words, sketches, and a segment that colleagues share."""

from __future__ import annotations

from creators.finding import segments, sketches, table, words
from creators.models import Segment
from krm.accounts.models import User


def load(manager: User) -> None:
    for ids in table.batches():
        table.refresh(ids)
        sketches.refresh(ids)
    words.rebuild()
    if not Segment.objects.filter(owner=manager, name="Beauty, micro, Jakarta").exists():
        segments.create(
            by=manager, name="Beauty, micro, Jakarta", shared=True, description="For the next skincare launch",
            filters={"category": ["beauty"], "city": ["Jakarta"], "followers_min": ["10k"], "followers_max": ["50k"]},
        )  # fmt: skip
