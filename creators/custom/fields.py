"""Verbs of custom fields: administrators define them, whoever may change a creator fills them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creators.custom.values import clean_value, is_empty
from creators.models import Creator, CustomField, FieldKind
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

MOST = 50
PREFIX = "custom_"


def live_fields() -> list[CustomField]:
    return list(CustomField.objects.filter(archived_at=None))


def create_field(
    *, by: User, label: str, kind: str, options: Sequence[str] = (), help: str = "", required: bool = False,
    filterable: bool = True, position: int | None = None, key: str = "",
) -> CustomField:  # fmt: skip
    """A new field of every creator. Its key is made from the label and never changes."""
    check(by, "creators.custom_fields")
    field = CustomField(
        key=(key or slug(label)).strip(), label=" ".join(label.split()), kind=kind, options=_options(options),
        help=help.strip(), required=required, filterable=filterable,
        position=position if position is not None else _last() + 10,
    )  # fmt: skip
    _check(field)
    if CustomField.objects.filter(archived_at=None).count() >= MOST:
        raise Conflict(_("There are %(count)s fields already. Archive one first.") % {"count": MOST})
    with transaction.atomic():
        try:
            with transaction.atomic():
                field.save()
        except IntegrityError as error:
            if "key" not in str(error):
                raise
            raise ValidationError({"key": _("There is a field of this key already.")}) from None
        record("creators.custom_field_added", field, actor=by, data={"key": field.key, "kind": field.kind})
    return field


def update_field(field: CustomField, *, by: User, **changes: Any) -> CustomField:
    """Label, help, order, choices, required, filterable. The kind stays: values are kept under it."""
    check(by, "creators.custom_fields")
    unknown = set(changes) - {"label", "options", "help", "required", "filterable", "position"}
    if unknown:
        raise ValidationError({name: _("This cannot be changed later.") for name in sorted(unknown)})
    with transaction.atomic():
        held = CustomField.objects.select_for_update().get(pk=field.pk)
        for name, value in changes.items():
            setattr(held, name, _options(value) if name == "options" else value)
        held.label = " ".join(held.label.split())
        gone = sorted(set(field.options) - set(held.options))
        if gone and held.chooses:
            used = [option for option in gone if used_by(held, option)]
            if used:
                raise ValidationError(
                    {
                        "options": _("Still in use: %(names)s. Change those creators first.")
                        % {"names": ", ".join(used)}
                    }
                )
        _check(held)
        held.save()
        record(
            "creators.custom_field_changed", held, actor=by, data={"key": held.key, "fields": sorted(changes)}
        )
    field.refresh_from_db()
    return field


def archive_field(field: CustomField, *, by: User) -> CustomField:
    """Out of forms and filters; the values stay and come back when the field is restored."""
    check(by, "creators.custom_fields")
    return _archived(field, by, now(), "creators.custom_field_archived")


def restore_field(field: CustomField, *, by: User) -> CustomField:
    check(by, "creators.custom_fields")
    return _archived(field, by, None, "creators.custom_field_restored")


def _archived(field: CustomField, by: User, at: Any, event: str) -> CustomField:
    with transaction.atomic():
        held = CustomField.objects.select_for_update().get(pk=field.pk)
        if (held.archived_at is None) == (at is None):
            raise Conflict(_("This field is so already. Reload the page."))
        held.archived_at = at
        held.save(update_fields=["archived_at", "updated_at"])
        record(event, held, actor=by, data={"key": held.key})
    field.refresh_from_db()
    return field


def used_by(field: CustomField, option: str | None = None) -> int:
    """Creators that have a value of this field, or this very choice."""
    rows = Creator.objects.filter(custom__has_key=field.key)
    if option is not None:
        wanted: Any = [option] if field.kind == FieldKind.CHOICES else option
        rows = Creator.objects.filter(custom__contains={field.key: wanted})
    return rows.count()


def clean_values(
    given: Mapping[str, Any], held: Mapping[str, Any], *, fields: Sequence[CustomField] | None = None,
    complete: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """`held` with `given` put over it. `complete`: a required field may not stay empty. Errors are by `custom_<key>`."""
    known = {field.key: field for field in (fields if fields is not None else live_fields())}
    values = dict(held)
    errors: dict[str, Any] = {}
    for key, value in given.items():
        field = known.get(key)
        if field is None:
            errors[PREFIX + key] = _("There is no such field.")
            continue
        try:
            kept = clean_value(field, value)
        except ValidationError as error:
            errors[PREFIX + key] = error.messages
            continue
        if kept is None:
            values.pop(key, None)
        else:
            values[key] = kept
        if kept is None and field.required:
            errors[PREFIX + key] = _("This field is required.")
    if complete:
        for key, field in known.items():
            if field.required and is_empty(values.get(key)) and PREFIX + key not in errors:
                errors[PREFIX + key] = _("This field is required.")
    if errors:
        raise ValidationError(errors)
    return values


def set_values(creator: Creator, values: Mapping[str, Any], *, by: User) -> Creator:
    """Change some custom values of one creator; an empty one is taken away."""
    check(by, "creators.change", creator)
    with transaction.atomic():
        held = Creator.objects.select_for_update(of=("self",)).get(pk=creator.pk)
        kept = clean_values(values, held.custom)
        changed = sorted(key for key in set(kept) | set(held.custom) if kept.get(key) != held.custom.get(key))
        if changed:
            held.custom = kept
            held.save(update_fields=["custom", "updated_at"])
            record(
                "creators.creator_updated", held, actor=by,
                data={"creator_id": held.pk, "fields": [PREFIX + key for key in changed]},
            )  # fmt: skip
    creator.refresh_from_db()
    return creator


def slug(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    return text if text[:1].isalpha() else f"field_{text}".strip("_")[:40]


def _options(given: Any) -> list[str]:
    parts = given.splitlines() if isinstance(given, str) else list(given or [])
    found: list[str] = []
    for part in parts:
        text = " ".join(str(part).replace("\x00", "").split())
        if text and text.casefold() not in {known.casefold() for known in found}:
            found.append(text)
    return found


def _last() -> int:
    return CustomField.objects.aggregate(last=Max("position"))["last"] or 0


def _check(field: CustomField) -> None:
    errors: dict[str, str] = {}
    if not field.label:
        errors["label"] = _("Enter a name.")
    elif len(field.label) > 60:
        errors["label"] = _("At most %(count)s characters.") % {"count": 60}
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", field.key):
        errors["key"] = _("Use small letters, digits and _; the first is a letter.")
    if field.kind not in FieldKind.values:
        errors["kind"] = _("Choose a kind.")
    elif field.chooses and not field.options:
        errors["options"] = _("Enter at least one choice, one a line.")
    elif not field.chooses and field.options:
        errors["options"] = _("Only fields that choose from a list have choices.")
    if len(field.options) > 100 or any(len(option) > 60 for option in field.options):
        errors["options"] = _("At most 100 choices of 60 characters.")
    if len(field.help) > 200:
        errors["help"] = _("At most %(count)s characters.") % {"count": 200}
    if errors:
        raise ValidationError(errors)
