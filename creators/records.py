"""Facts about creators that the rooms above know, read from here without naming those rooms.

A room registers a provider for a record; a provider takes creator ids (`None`: everybody) and answers with a
data frame in a fixed number of queries. What several rooms know about one record is read as one frame. Rows that
belong to a brand's team carry `team_id`: `visible` cuts a frame to what one staff member may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from krm.accounts.scope import Scope

if TYPE_CHECKING:
    from krm.accounts.models import User

Ids = Sequence[int] | None
Provider = Callable[[Ids], pd.DataFrame]

# What each record has, so that a reader meets the same columns however many rooms have anything to say.
COLUMNS: dict[str, tuple[str, ...]] = {
    # one row a piece of content we bought
    "deliveries": (
        "creator_id", "team_id", "brand_id", "partnership_id", "deliverable_id", "post_id", "platform", "format", "state",
        "publish_on", "published_at", "on_time", "days_late", "revisions", "rounds", "no_show",
    ),
    # one row an offer that we sent
    "offers": (
        "creator_id", "team_id", "partnership_id", "offer_id", "sent_at", "answered_at", "hours", "outcome",
        "currency", "total",
    ),
    # one row a line of a deal: accepted terms, the price of one piece
    "deals": (
        "creator_id", "team_id", "brand_id", "brand", "category", "partnership_id", "agreed_on", "platform", "format",
        "quantity", "price", "currency", "usage", "usage_days", "exclusivity_days", "state",
    ),
    # one row a creator and brand they worked for; `last_on` is the end agreed and may lie ahead, `worked_on` is the
    # day of the last thing done: a piece published or an agreement signed
    "brands": (
        "creator_id", "team_id", "brand_id", "brand", "category", "first_on", "last_on", "worked_on", "partnerships",
        "completed",
    ),
    # one row a time in which a creator may work for one brand only
    "exclusivities": (
        "creator_id", "team_id", "brand_id", "brand", "category", "starts_on", "ends_on",
    ),
    # one row a creator we ever talked with
    "standing": (
        "creator_id", "status", "since", "partnerships", "running", "completed", "cancelled", "declined",
    ),
    # one row a partnership that ended before it was completed
    "cancellations": ("creator_id", "team_id", "partnership_id", "signed", "cancelled_on", "reason"),
    # one row a rating by one of us after working together: 1 to 5
    "ratings": ("creator_id", "team_id", "partnership_id", "score", "rated_on", "remark"),
    # one row a brief that was sent: how long until it was opened
    "reading": ("creator_id", "team_id", "partnership_id", "published_at", "read_at", "hours"),
    # one row an invoice: was it right the first time
    "invoices": ("creator_id", "team_id", "partnership_id", "submitted_at", "state", "clean"),
}  # fmt: skip

_providers: dict[str, dict[str, Provider]] = {}


def register_record(name: str, provider: Provider, *, key: str = "") -> None:
    """Let a room answer for a record; registering the same provider twice counts once."""
    if name not in COLUMNS:
        raise LookupError(f"no record is called {name!r}; there are {', '.join(COLUMNS)}")
    _providers.setdefault(name, {})[key or f"{provider.__module__}.{provider.__qualname__}"] = provider


def record(name: str, creator_ids: Iterable[int] | None = None) -> pd.DataFrame:
    """All that is known of a record; an empty frame with the same columns where nobody knows anything."""
    columns = list(COLUMNS[name])
    ids = None if creator_ids is None else sorted({int(pk) for pk in creator_ids})
    if ids == []:
        return pd.DataFrame(columns=columns)
    frames = []
    for key in sorted(_providers.get(name, {})):
        frame = _providers[name][key](ids)
        unknown = set(frame.columns) - set(columns)
        if unknown:
            raise LookupError(f"{key} gives columns that {name} has not: {sorted(unknown)}")
        if len(frame):
            frames.append(frame.reindex(columns=columns))
    if not frames:
        return pd.DataFrame(columns=columns)
    return pd.concat(frames, ignore_index=True)


def visible(frame: pd.DataFrame, user: User) -> pd.DataFrame:
    """The rows of brands whose team the staff member is in; nothing for guests."""
    scope = Scope.of(user)
    if scope.kind != "staff":
        return frame.iloc[0:0]
    if scope.all_teams or "team_id" not in frame:
        return frame
    return frame[frame["team_id"].isin(scope.team_ids)]


def frame(rows: Iterable[Any], name: str) -> pd.DataFrame:
    """Rows of a query as the record's frame; objects stay objects (a price stays a Decimal)."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS[name]), dtype=object)
