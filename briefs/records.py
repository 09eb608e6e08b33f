"""What this room knows about creators, for the rooms below: how long until a brief was opened."""

from __future__ import annotations

import pandas as pd
from django.db.models import F, Min

from briefs.models import BriefReceipt, BriefVersion
from campaigns import fitting
from creators.records import Ids, frame, register_record


def reading(ids: Ids) -> pd.DataFrame:
    """The first opening of each partnership's first brief; hours count from when that brief could be read."""
    receipts = BriefReceipt.objects.all()
    if ids is not None:
        receipts = receipts.filter(partnership__creator_id__in=ids)
    rows = (
        receipts.values(
            "partnership_id",
            creator_id=F("partnership__creator_id"),
            team_id=F("partnership__campaign__brand__team_id"),
            invited=F("partnership__created_at"),
            signed=F("partnership__agreement__signed_at"),
        )
        .annotate(read_at=Min("read_at"), published_at=Min("version__published_at"))
        .order_by()
    )
    found = []
    for row in rows:
        agreed = row["signed"] if row["signed"] and row["signed"] <= row["read_at"] else row["invited"]
        since = max(agreed, row["published_at"])
        hours = max(0.0, (row["read_at"] - since).total_seconds() / 3600)
        found.append({**{k: v for k, v in row.items() if k not in ("invited", "signed")}, "hours": hours})
    return frame(found, "reading")


def words(campaign_id: int) -> list[tuple[str, float]]:
    """The newest brief's story, narrative and pillars: what content of this campaign is about."""
    version = BriefVersion.objects.filter(brief__campaign_id=campaign_id).order_by("-number").first()
    if version is None:
        return []
    return [(version.story, 2.0), (version.narrative, 2.0), (" . ".join(map(str, version.pillars)), 2.0)]


def register() -> None:
    fitting.register_words("briefs", words)
    register_record("reading", reading)
