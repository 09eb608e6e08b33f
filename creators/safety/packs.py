"""The packs in use: those that came with KRM, with what administrators changed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from creators.models import SafetyPack
from creators.safety import rules
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.events import enqueue, record

# names of packs that are not categories, for the translations
gettext_noop("Alcohol, tobacco, vape and drugs")
gettext_noop("Violence, arms, crime and terrorism")
gettext_noop("Spam, scams and piracy")
_BOOKS: dict[str, rules.RuleBook] = {}


def current() -> list[dict[str, Any]]:
    """Every pack as it is now, switched off ones too: key, label, version, enabled, rules, own."""
    held = {row.key: row for row in SafetyPack.objects.filter(is_current=True).select_related("changed_by")}
    found = []
    for key, pack in rules.shipped().items():
        row = held.pop(key, None)
        if row is None:
            found.append({**pack, "version": str(pack["version"]), "enabled": True, "own": None})
        else:
            found.append(_of(row))
    return found + [_of(row) for row in held.values()]


def _of(row: SafetyPack) -> dict[str, Any]:
    return {
        "key": row.key, "label": row.label, "version": f"{row.version}*", "enabled": row.enabled, "rules": row.rules,
        "own": row,
    }  # fmt: skip


def pack(key: str) -> dict[str, Any] | None:
    return next((one for one in current() if one["key"] == key), None)


def book() -> rules.RuleBook:
    """The rules in use, ready to read with; built again when a pack changes."""
    used = [one for one in current() if one["enabled"]]
    mark = "|".join(f"{one['key']}={one['version']}" for one in used)
    found = _BOOKS.get(mark)
    if found is None:
        found = rules.RuleBook.of(used)
        _BOOKS.clear()
        _BOOKS[mark] = found
    return found


def change_pack(
    key: str,
    *,
    by: User,
    rules_given: list[dict[str, Any]],
    label: str = "",
    enabled: bool = True,
    note: str = "",
) -> SafetyPack:
    """A new version of a pack; posts are read again with it tonight, or at once by a full scan."""
    check(by, "creators.safety_packs")
    wrong = rules.problems(rules_given)
    if wrong:
        raise ValidationError({"rules": wrong})
    with transaction.atomic():
        now_used = pack(key)
        rows = SafetyPack.objects.select_for_update().filter(key=key).order_by("-version")
        newest = rows.first()
        shipped = rules.shipped().get(key)
        number = newest.version + 1 if newest else int(shipped["version"]) + 1 if shipped else 1
        SafetyPack.objects.filter(key=key, is_current=True).update(is_current=False)
        row = SafetyPack.objects.create(
            key=key, version=number, label=label or (now_used or {"label": key})["label"], rules=rules_given,
            enabled=enabled, note=note.strip()[:300], changed_by=by,
        )  # fmt: skip
        record("creators.safety_pack_changed", row, actor=by, data={"key": key, "version": number})
        transaction.on_commit(_BOOKS.clear)
        enqueue("creators.scan_safety_stale")
    return row


def restore_pack(key: str, *, by: User) -> None:
    """Back to the pack that came with KRM."""
    check(by, "creators.safety_packs")
    if key not in rules.shipped():
        raise ValidationError({"key": _("This pack is your own: switch it off instead.")})
    with transaction.atomic():
        row = SafetyPack.objects.filter(key=key, is_current=True).first()
        if row is None:
            return
        SafetyPack.objects.filter(pk=row.pk).update(is_current=False)
        record("creators.safety_pack_restored", row, actor=by, data={"key": key})
        transaction.on_commit(_BOOKS.clear)
        enqueue("creators.scan_safety_stale")
