"""`{% load creators %}`: names of this room's closed lists."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from creators.importing.mapping import BY_KEY
from creators.models import CreatorStatus

register = template.Library()


@register.filter
def import_field(key: str) -> Any:
    field = BY_KEY.get(key)
    return field.label if field else key


@register.filter
def duplicate_reason(kind: str) -> Any:
    from creators.duplicates.finding import REASONS

    return REASONS.get(kind, kind)


@register.filter
def merge_value(value: Any, name: str) -> Any:
    """A field of a creator in the side-by-side."""
    from krm.accounts.models import User

    if value in (None, "", [], {}):
        return "–"
    if name == "owner_id":
        owner = User.objects.filter(pk=value).first()
        return str(owner) if owner else "–"
    if name == "status":
        return CreatorStatus(value).label
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {part}" for key, part in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value
