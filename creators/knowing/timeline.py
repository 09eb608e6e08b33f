"""What happened with a creator, newest first: events, deals, dossiers, and the followers at the end of each month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

import pandas as pd
from django.db.models import Q
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators import profiles, records
from creators.models import Creator, SocialAccount
from krm.accounts.models import User
from krm.events.models import Event
from krm.web import format

KINDS: dict[str, Any] = {
    "work": gettext_lazy("Work together"), "figures": gettext_lazy("Figures"), "profile": gettext_lazy("Profile"),
    "notes": gettext_lazy("Notes and tasks"), "vetting": gettext_lazy("Vetting and safety"),
}  # fmt: skip
WORDS: dict[str, tuple[str, Any]] = {
    "creator_created": ("profile", gettext_lazy("Creator added")), "creator_updated": ("profile", gettext_lazy("Profile changed")),
    "creator_blocked": ("profile", gettext_lazy("Blocked")), "creator_archived": ("profile", gettext_lazy("Archived")),
    "creator_restored": ("profile", gettext_lazy("Restored")), "account_linked": ("profile", gettext_lazy("Account linked")),
    "account_unlinked": ("profile", gettext_lazy("Account unlinked")),
    "account_state_changed": ("profile", gettext_lazy("State of an account changed")),
    "creators_merged": ("profile", gettext_lazy("Merged with another record")),
    "merge_undone": ("profile", gettext_lazy("Merge undone")), "access_invited": ("profile", gettext_lazy("Invited to the portal")),
    "access_granted": ("profile", gettext_lazy("Portal access granted")),
    "access_revoked": ("profile", gettext_lazy("Portal access revoked")),
    "creators_tagged": ("profile", gettext_lazy("Tagged")), "creators_untagged": ("profile", gettext_lazy("Tags taken off")),
    "note_added": ("notes", gettext_lazy("Note added")), "note_changed": ("notes", gettext_lazy("Note changed")),
    "note_deleted": ("notes", gettext_lazy("Note deleted")), "file_added": ("notes", gettext_lazy("File added")),
    "file_deleted": ("notes", gettext_lazy("File deleted")), "task_added": ("notes", gettext_lazy("Task added")),
    "task_changed": ("notes", gettext_lazy("Task changed")), "task_done": ("notes", gettext_lazy("Task done")),
    "task_reopened": ("notes", gettext_lazy("Task opened again")), "task_deleted": ("notes", gettext_lazy("Task deleted")),
    "rate_added": ("work", gettext_lazy("Rate added")), "rate_changed": ("work", gettext_lazy("Rate changed")),
    "rate_deleted": ("work", gettext_lazy("Rate deleted")),
    "scores_updated": ("figures", gettext_lazy("Scores computed anew")),
    "accounts_pulled": ("figures", gettext_lazy("Figures read from the platform")),
    "dossier_started": ("vetting", gettext_lazy("Vetting begun")),
    "dossier_signed": ("vetting", gettext_lazy("Vetting dossier signed")),
    "dossier_expired": ("vetting", gettext_lazy("Vetting dossier over")),
    "dossier_ground_changed": ("vetting", gettext_lazy("Ground of the dossier changed")),
    "profile_shared": ("profile", gettext_lazy("Profile shared with a client")),
    "profile_share_revoked": ("profile", gettext_lazy("Profile link revoked")),
}  # fmt: skip
SHOWN = 200


@dataclass(frozen=True)
class Entry:
    at: datetime
    kind: str
    title: Any
    detail: str = ""
    who: str = ""
    url: str = ""


def entries(creator: Creator, viewer: User, *, kind: str = "") -> list[Entry]:
    """At most SHOWN of one kind or of all; a fixed number of queries."""
    accounts = profiles.accounts_of(creator)
    found = [
        *_events(creator, accounts),
        *(_deals(creator, viewer) if kind in ("", "work") else []),
        *(_months(accounts) if kind in ("", "figures") else []),
    ]
    if kind:
        found = [entry for entry in found if entry.kind == kind]
    return sorted(found, key=lambda entry: entry.at, reverse=True)[:SHOWN]


def _events(creator: Creator, accounts: Sequence[SocialAccount]) -> list[Entry]:
    dossiers = list(creator.dossiers.values_list("pk", flat=True))  # type: ignore[attr-defined]
    about = Q(subject_type="creators.creator", subject_id=creator.pk) | Q(
        subject_type="creators.socialaccount", subject_id__in=[a.pk for a in accounts]
    )
    if dossiers:
        about |= Q(subject_type="creators.dossier", subject_id__in=dossiers)
    rows = Event.objects.filter(about).select_related("actor").order_by("-pk")[: 2 * SHOWN]
    out = []
    for event in rows:
        known = WORDS.get(event.name.removeprefix("creators."))
        if known is None:
            continue
        fields = event.data.get("fields") if isinstance(event.data, dict) else None
        detail = ", ".join(_field(name) for name in fields) if fields else str(event.data.get("number", ""))
        out.append(
            Entry(event.occurred_at, known[0], known[1], detail, str(event.actor) if event.actor else "")
        )
    return out


def _field(name: str) -> str:
    from creators.duplicates.merging import label_of

    return str(label_of(name)) if not name.startswith("custom") else _("Custom fields")


def _deals(creator: Creator, viewer: User) -> list[Entry]:
    rows = records.visible(records.record("deals", [creator.pk]), viewer)
    out = []
    for row in rows.to_dict("records"):
        if row["agreed_on"] is None or pd.isna(row["agreed_on"]):
            continue
        price = format.money(row["price"], row["currency"])
        out.append(
            Entry(_at(row["agreed_on"]), "work", _("Deal with %(brand)s") % {"brand": row["brand"]},
                  f"{row['quantity']} × {row['format']}, {price}")
        )  # fmt: skip
    return out


def _months(accounts: Sequence[SocialAccount]) -> list[Entry]:
    names = {a.pk: f"{a.get_platform_display()} {a}" for a in accounts}
    last: dict[tuple[int, str], Any] = {}
    for snapshot in profiles.history(accounts):
        if snapshot.followers is not None:
            last[(snapshot.account_id, f"{snapshot.as_of:%Y-%m}")] = snapshot
    return [
        Entry(_at(s.as_of), "figures", _("%(n)s followers") % {"n": format.count(s.followers)},
              f"{names[s.account_id]} · {s.get_source_display()}")
        for s in last.values()
    ]  # fmt: skip


def _at(day: Any) -> datetime:
    if isinstance(day, datetime):
        return day if is_aware(day) else day.replace(tzinfo=UTC)
    return datetime.combine(day, time(12), tzinfo=UTC)
