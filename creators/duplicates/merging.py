"""Merge two records of one person, and take a merge back.

The merged record stays where it is, empty but for what could not move, and points at the one that is kept. Since
every row that changed hands is written down, undoing is moving exactly those back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators import summary
from creators.duplicates.movers import Pointer, pointer_of, pointers
from creators.models import (
    Creator,
    CreatorAccess,
    CreatorTag,
    CustomField,
    DuplicatePair,
    MergeRecord,
    PairState,
    SocialAccount,
)
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.deferred import checked_at_once
from krm.errors import Conflict
from krm.events import record

KEPT, GONE, BOTH = "kept", "gone", "both"
TEXTS = (
    "name",
    "display_name",
    "email",
    "phone",
    "city",
    "country",
    "bio",
    "owner_id",
    "status",
    "status_reason",
)
LISTS = ("languages", "categories")
NAMED = 5
MOST = 20  # entries of a list
LABELS = {
    "name": gettext_lazy("Name"), "display_name": gettext_lazy("Display name"), "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"), "city": gettext_lazy("City"), "country": gettext_lazy("Country"),
    "bio": gettext_lazy("Bio"), "owner_id": gettext_lazy("Owner"), "status": gettext_lazy("Status"),
    "languages": gettext_lazy("Languages"), "categories": gettext_lazy("Categories"),
}  # fmt: skip
CUSTOM = "custom:"


@dataclass
class FieldRow:
    """One line of the side-by-side."""

    name: str
    label: Any
    kept: Any
    gone: Any
    choice: str
    options: tuple[str, ...] = (KEPT, GONE)

    @property
    def differs(self) -> bool:
        return bool(self.kept != self.gone)


@dataclass
class Moving:
    label: Any
    count: int
    names: list[str]


@dataclass
class Preview:
    kept: Creator
    gone: Creator
    rows: list[FieldRow]
    moves: list[Moving]
    stays: list[dict[str, Any]]
    refusals: list[str]


@dataclass
class _Done:
    moved: list[dict[str, Any]] = field(default_factory=list)
    stayed: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)  # a few, for people
    counts: dict[str, int] = field(default_factory=dict)
    labels: dict[str, Any] = field(default_factory=dict)


def field_rows(kept: Creator, gone: Creator, choices: Mapping[str, str] | None = None) -> list[FieldRow]:
    """Field by field: what each record says and which one is proposed."""
    chosen = choices or {}
    rows = []
    for name in TEXTS:
        if name == "status_reason":  # goes with the status
            continue
        mine, theirs = getattr(kept, name), getattr(gone, name)
        proposal = GONE if mine in ("", None) and theirs not in ("", None) else KEPT
        rows.append(FieldRow(name, LABELS[name], mine, theirs, chosen.get(name, proposal)))
    for name in LISTS:
        mine, theirs = list(getattr(kept, name)), list(getattr(gone, name))
        rows.append(FieldRow(name, LABELS[name], mine, theirs, chosen.get(name, BOTH), (KEPT, GONE, BOTH)))
    labels = dict(CustomField.objects.values_list("key", "label"))
    for key in sorted(set(kept.custom) | set(gone.custom)):
        mine, theirs = kept.custom.get(key), gone.custom.get(key)
        name = CUSTOM + key
        proposal = KEPT if key in kept.custom else GONE
        rows.append(FieldRow(name, labels.get(key, key), mine, theirs, chosen.get(name, proposal)))
    return rows


def preview(kept: Creator, gone: Creator, *, by: User, choices: Mapping[str, str] | None = None) -> Preview:
    """What a merge would do, found by doing it and taking everything back."""
    check(by, "creators.merge", kept)
    _check_pair(kept, gone)
    rows = field_rows(kept, gone, choices)
    try:
        with transaction.atomic():
            done = _move(kept, gone)
            raise _TakeBack
    except _TakeBack:
        pass
    moves = [
        Moving(done.labels[name], count, done.names[name]) for name, count in done.counts.items() if count
    ]
    return Preview(kept, gone, rows, moves, done.stayed, done.refusals)


class _TakeBack(Exception):
    """Ends the transaction of a preview without a trace."""


def merge(kept: Creator, gone: Creator, *, by: User, choices: Mapping[str, str] | None = None) -> MergeRecord:
    """Make one of two. `choices`: field → kept, gone or (lists) both; what is not named is as the preview proposes."""
    check(by, "creators.merge", kept)
    with transaction.atomic():
        held = {
            c.pk: c
            for c in Creator.objects.select_for_update(of=("self",))
            .filter(pk__in=[kept.pk, gone.pk])
            .order_by("pk")
        }
        kept, gone = held[kept.pk], held[gone.pk]
        _check_pair(kept, gone)
        rows = field_rows(kept, gone, choices)
        _check_choices(rows, choices or {})
        before = _values(kept)
        _apply(kept, gone, rows)
        after = _values(kept)
        done = _move(kept, gone)
        if done.refusals:
            raise Conflict(" ".join(done.refusals))
        kept.save(update_fields=[*TEXTS_SAVED, *LISTS, "custom", "updated_at"])
        gone.merged_into = kept
        gone.save(update_fields=["merged_into", "updated_at"])
        _summaries(kept.pk, gone.pk)
        moment = now()
        merged = MergeRecord.objects.create(
            kept=kept, gone=gone, choices={row.name: row.choice for row in rows}, before=before, after=after,
            moved=done.moved, stayed=done.stayed, merged_by=by, merged_at=moment,
            undo_until=moment + timedelta(days=settings.KRM_MERGE_UNDO_DAYS),
        )  # fmt: skip
        first, second = sorted((kept.pk, gone.pk))
        DuplicatePair.objects.filter(first_id=first, second_id=second).update(
            state=PairState.MERGED, decided_by=by, decided_at=moment, updated_at=moment
        )
        record(
            "creators.creators_merged", kept, actor=by,
            data={"creator_id": kept.pk, "merged_id": gone.pk, "merge_id": merged.pk, "account_ids": _accounts(merged)},
        )  # fmt: skip
    return merged


def undo(merged: MergeRecord, *, by: User) -> MergeRecord:
    """Everything back as it was before. What was added since stays with the creator that was kept."""
    check(by, "creators.merge", merged.kept)
    with transaction.atomic():
        held = MergeRecord.objects.select_for_update(of=("self",)).get(pk=merged.pk)
        people = {
            c.pk: c
            for c in Creator.objects.select_for_update(of=("self",))
            .filter(pk__in=[held.kept_id, held.gone_id])
            .order_by("pk")
        }
        kept, gone = people[held.kept_id], people[held.gone_id]
        if held.undone_at is not None:
            raise Conflict(_("This merge is undone already."))
        if now() > held.undo_until:
            raise Conflict(_("The time to undo this merge is over. Add the second creator by hand."))
        if kept.merged_into_id is not None:
            raise Conflict(
                _("%(name)s was merged into another creator since. Undo that merge first.") % {"name": kept}
            )
        if gone.merged_into_id != kept.pk:
            raise Conflict(_("The merged record points elsewhere by now. Nothing was changed."))
        _refuse_changed_fields(held, kept)
        _move_back(held, kept, gone)
        for name, value in held.before.items():
            setattr(kept, name, value)
        kept.save(update_fields=[*TEXTS_SAVED, *LISTS, "custom", "updated_at"])
        gone.merged_into = None
        gone.save(update_fields=["merged_into", "updated_at"])
        _summaries(kept.pk, gone.pk)
        held.undone_by, held.undone_at = by, now()
        held.save(update_fields=["undone_by", "undone_at", "updated_at"])
        first, second = sorted((kept.pk, gone.pk))
        DuplicatePair.objects.filter(first_id=first, second_id=second).update(
            state=PairState.DISMISSED, decided_by=by, decided_at=now(), updated_at=now()
        )
        record(
            "creators.merge_undone", kept, actor=by,
            data={"creator_id": kept.pk, "merged_id": gone.pk, "merge_id": held.pk, "account_ids": _accounts(held)},
        )  # fmt: skip
    merged.refresh_from_db()
    return merged


def survivor(creator: Creator) -> Creator:
    """The record that stands for this person now."""
    seen = {creator.pk}
    while creator.merged_into_id is not None and creator.merged_into_id not in seen:
        seen.add(creator.merged_into_id)
        creator = creator.merged_into  # type: ignore[assignment]
    return creator


# The parts --------------------------------------------------------------------------------------------------------

TEXTS_SAVED = [name.removesuffix("_id") for name in TEXTS]


def _check_pair(kept: Creator, gone: Creator) -> None:
    if kept.pk == gone.pk:
        raise ValidationError({"other": _("Choose another creator.")})
    for creator in (kept, gone):
        if creator.merged_into_id is not None:
            raise Conflict(_("%(name)s is merged into another creator already.") % {"name": creator})


def _check_choices(rows: list[FieldRow], choices: Mapping[str, str]) -> None:
    known = {row.name: row for row in rows}
    errors = {}
    for name, choice in choices.items():
        if name not in known:
            errors[name] = _("There is no such field.")
        elif choice not in known[name].options:
            errors[name] = _("Choose one of the two.")
    name_row = known["name"]
    if not (name_row.kept if name_row.choice == KEPT else name_row.gone):
        errors["name"] = _("Enter a name.")
    if errors:
        raise ValidationError(errors)


def _values(creator: Creator) -> dict[str, Any]:
    names = (*TEXTS, *LISTS, "custom")
    return {name: _copy(getattr(creator, name)) for name in names}


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, list | dict) else value


def _apply(kept: Creator, gone: Creator, rows: list[FieldRow]) -> None:
    custom = dict(kept.custom)
    for row in rows:
        if row.name.startswith(CUSTOM):
            key = row.name.removeprefix(CUSTOM)
            value = row.kept if row.choice == KEPT else row.gone
            custom.pop(key, None)
            if value is not None:
                custom[key] = value
        elif row.name in LISTS:
            setattr(kept, row.name, _list(row))
        elif row.choice == GONE:
            setattr(kept, row.name, row.gone)
            if row.name == "status":
                kept.status_reason = gone.status_reason
    kept.custom = custom


def _list(row: FieldRow) -> list[str]:
    if row.choice != BOTH:
        return list(row.kept if row.choice == KEPT else row.gone)
    found = list(row.kept)
    held = {entry.casefold() for entry in found}
    found += [entry for entry in row.gone if entry.casefold() not in held]
    return found[:MOST]


@checked_at_once()
def _move(kept: Creator, gone: Creator) -> _Done:
    """Point every row at the kept creator; rows that a rule of the database holds back stay, with the reason."""
    done = _Done()
    for pointer in pointers():
        rows = {
            row.pk: row for row in pointer.model._base_manager.filter(**{pointer.field: gone}).order_by("pk")
        }
        if not rows:
            continue
        moved = list(rows) if _repoint(pointer, list(rows), kept.pk) else []
        if not moved:
            moved = [pk for pk in rows if _repoint(pointer, [pk], kept.pk)]
        if moved:
            done.moved.append({"model": pointer.name, "field": pointer.field, "pks": moved})
        done.labels[pointer.name] = pointer.mover.label
        done.counts[pointer.name] = done.counts.get(pointer.name, 0) + len(moved)
        done.names.setdefault(pointer.name, []).extend(_named(rows[pk]) for pk in moved[:NAMED])
        for pk in rows:
            if pk not in moved:
                refuse, reason = _collision(pointer, rows[pk], kept)
                done.stayed.append(
                    {"model": pointer.name, "pk": pk, "kind": str(pointer.mover.label), "label": _named(rows[pk]),
                     "reason": str(reason)}
                )  # fmt: skip
                if refuse:
                    done.refusals.append(str(reason))
    return done


def _repoint(pointer: Pointer, pks: list[Any], creator_id: int) -> bool:
    try:
        with transaction.atomic():
            pointer.model._base_manager.filter(pk__in=pks).update(**{pointer.field: creator_id})
    except IntegrityError:
        return False
    return True


def _collision(pointer: Pointer, row: models.Model, kept: Creator) -> tuple[bool, Any]:
    if pointer.mover.collision is not None:
        return pointer.mover.collision(row, kept)
    return False, _("%(name)s has the same already.") % {"name": kept}


def _named(row: models.Model) -> str:
    if isinstance(row, CreatorTag):
        return str(row.tag)
    if isinstance(row, CreatorAccess):
        return row.user.name or row.user.email
    if isinstance(row, SocialAccount):
        return f"{row.get_platform_display()} {row}"
    return str(row)


@checked_at_once()
def _move_back(held: MergeRecord, kept: Creator, gone: Creator) -> None:
    for part in reversed(held.moved):
        pointer = pointer_of(part["model"], part["field"])
        rows = pointer.model._base_manager.filter(pk__in=part["pks"], **{pointer.field: kept})
        found = rows.count()
        if found != len(part["pks"]):
            raise Conflict(
                _(
                    "%(count)s of “%(kind)s” were deleted or given to somebody else since. Undoing would not be exact."
                )
                % {"count": len(part["pks"]) - found, "kind": pointer.mover.label}
            )
        if not _repoint(pointer, part["pks"], gone.pk):
            raise Conflict(
                _("“%(kind)s” cannot go back: the merged record has the same by now.")
                % {"kind": pointer.mover.label}
            )


def _refuse_changed_fields(held: MergeRecord, kept: Creator) -> None:
    """What the merge changed must still read as it left it; what it did not touch is kept as it reads now."""
    current = _values(kept)
    changed = [
        name for name, after in held.after.items() if after != held.before[name] and current[name] != after
    ]
    if changed:
        labels = ", ".join(str(LABELS.get(name, name)) for name in changed)
        raise Conflict(
            _("Changed since the merge: %(names)s. Put it back first, then undo.") % {"names": labels}
        )
    for name, after in held.after.items():
        if after == held.before[name]:
            held.before[name] = current[name]


def _summaries(*creator_ids: int) -> None:
    summary.refresh_creators(creator_ids)


def _accounts(merged: MergeRecord) -> list[int]:
    return [
        int(pk) for part in merged.moved if part["model"] == "creators.SocialAccount" for pk in part["pks"]
    ]


def label_of(name: str) -> Any:
    """A field of a creator as people call it; a custom one by its key's label."""
    return LABELS.get(
        name, _("Reason") if name == "status_reason" else _("Custom fields") if name == "custom" else name
    )
