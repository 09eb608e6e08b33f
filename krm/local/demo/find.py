"""The demo agency can be searched at once: rows, words, sketches, and segments, kept for oneself or shared."""

from __future__ import annotations

from creators.finding import segments, sketches, table, words
from creators.models import Segment
from krm.accounts.models import User

SAVED: tuple[tuple[str, str, bool, str, dict[str, list[str]]], ...] = (
    ("manager", "Beauty, micro, Jakarta", True, "For the next skincare launch",
     {"category": ["beauty"], "city": ["Jakarta"], "followers_min": ["10k"], "followers_max": ["50k"]}),
    ("manager", "Kuliner Bandung", False, "Untuk pembukaan gerai kedua", {"category": ["food"], "city": ["Bandung"]}),
    ("manager2", "Teknologi dan gim", True, "Untuk Pintar Pay", {"category": ["technology", "gaming"], "followers_min": ["50k"]}),
)  # fmt: skip


def load(users: dict[str, User]) -> None:
    for ids in table.batches():
        table.refresh(ids)
        sketches.refresh(ids)
    words.rebuild()
    for owner, name, shared, about, filters in SAVED:
        if not Segment.objects.filter(owner=users[owner], name=name).exists():
            segments.create(by=users[owner], name=name, shared=shared, description=about, filters=filters)
