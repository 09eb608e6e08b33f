"""What an event of this room means for the search table: which accounts to look at again, and when."""

from __future__ import annotations

from typing import Any

from creators.finding import table
from krm.events import enqueue
from krm.events.models import Event

AT_ONCE = 100  # more accounts than these go to a worker
EVERYTHING = ("creators.tiers_changed",)
WORDLESS = ("creators.scores_updated", "creators.creators_tagged", "creators.creators_untagged")
BATCH = 5_000


def after(event: Event) -> None:
    """Idempotent: rows are computed from what is there now, whatever the event says."""
    if event.name in EVERYTHING:
        for ids in table.batches(BATCH):
            enqueue("creators.refresh_discovery", ids, False)
        return
    ids = accounts_in(event.data)
    if not ids:
        return
    words = event.name not in WORDLESS
    if len(ids) <= AT_ONCE:
        table.refresh(ids)
        if not words:
            return
    for start in range(0, len(ids), BATCH):
        enqueue("creators.refresh_discovery", ids[start : start + BATCH], words)


def accounts_in(data: dict[str, Any]) -> list[int]:
    """Accounts that an event names, itself or through their creators."""
    accounts = {*_ids(data, "account_id"), *_ids(data, "account_ids")}
    creators = {
        *_ids(data, "creator_id"),
        *_ids(data, "creator_ids"),
        *_ids(data, "into_id"),
        *_ids(data, "from_id"),
    }
    if creators:
        accounts.update(table.accounts_of(creators))
    return sorted(accounts)


def _ids(data: dict[str, Any], name: str) -> list[int]:
    value = data.get(name)
    found = value if isinstance(value, list) else [value]
    return [pk for pk in found if isinstance(pk, int) and not isinstance(pk, bool)]
