"""The audit trail of one object, read from pghistory: who, when, which fields from what to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from krm.accounts.models import User
from krm.web import format

HIDDEN = frozenset({"id", "created_at", "updated_at", "search", "search_vector"})
PAGE = 30


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    at: datetime
    who: str
    what: str
    fields: list[FieldChange]


def event_model_of(model: type[models.Model]) -> type[models.Model] | None:
    for relation in model._meta.related_objects:
        if getattr(relation.related_model, "pgh_tracked_model", None) is model:
            return relation.related_model  # type: ignore[return-value]
    return None


def changes_of(obj: models.Model, before: int | None = None) -> tuple[list[Change], int | None]:
    """The newest changes first, and where the next page starts."""
    model = type(obj)
    event_model: Any = event_model_of(model)
    if event_model is None:
        return [], None
    events = event_model.objects.filter(pgh_obj_id=obj.pk).select_related("pgh_context").order_by("-pgh_id")
    if before:
        events = events.filter(pgh_id__lt=before)
    found = list(events[: PAGE + 1])
    names = _names({_user_of(event) for event in found})
    changes = []
    for index, event in enumerate(found[:PAGE]):
        earlier = found[index + 1] if index + 1 < len(found) else None
        changes.append(
            Change(
                event.pgh_created_at,
                names.get(_user_of(event), _("System")),
                _what(event.pgh_label),
                _fields(model, event, earlier),
            )
        )
    changes = [change for change in changes if change.fields or change.what != _what("update")]
    return changes, (found[PAGE - 1].pgh_id if len(found) > PAGE else None)


def _user_of(event: Any) -> int | None:
    context = event.pgh_context
    user = (context.metadata or {}).get("user") if context is not None else None
    return int(user) if isinstance(user, int | str) and str(user).isdecimal() else None


def _names(keys: set[int | None]) -> dict[int | None, str]:
    wanted = [key for key in keys if key is not None]
    if not wanted:
        return {}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted).only("pk", "name", "email")}


def _what(label: str) -> str:
    return {"insert": _("created"), "update": _("changed"), "delete": _("deleted")}.get(
        label, label.replace("_", " ")
    )


def _fields(model: type[models.Model], event: Any, earlier: Any) -> list[FieldChange]:
    if earlier is None:
        return []
    shown = []
    for field in model._meta.concrete_fields:
        if field.name in HIDDEN or not hasattr(event, field.attname):
            continue
        old, new = getattr(earlier, field.attname), getattr(event, field.attname)
        if old != new:
            shown.append(
                FieldChange(capfirst(str(field.verbose_name)), _value(field, old), _value(field, new))
            )
    return shown


def _value(field: Any, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return format.NONE
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return format.moment(value)
    if isinstance(field, models.DateField):
        return format.day(value)
    if isinstance(field, models.DecimalField):
        return format.number(value)
    if isinstance(value, list) and all(isinstance(part, str | int) for part in value):
        return ", ".join(map(str, value))
    if field.is_relation:
        return f"#{value}"
    text = str(value)
    return text if len(text) <= 200 else text[:200] + "…"
