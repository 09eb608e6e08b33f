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


@register.filter
def largest(shares: Any, most: int) -> list[tuple[str, float]]:
    """The largest groups of an audience."""
    if not isinstance(shares, dict):
        return []
    return sorted(((k, float(v)) for k, v in shares.items()), key=lambda item: -item[1])[:most]


@register.filter
def first_value(values: dict[str, str]) -> str:
    return next(iter(values.values()), "")


@register.filter
def number_of(value: float) -> str:
    """A count that was estimated: without a fraction."""
    from krm.web.format import number

    return number(round(value))
