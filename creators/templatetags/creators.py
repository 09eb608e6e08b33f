"""`{% load creators %}`: names of this room's closed lists."""

from __future__ import annotations

from typing import Any

from django import template

from creators.importing.mapping import BY_KEY

register = template.Library()


@register.filter
def import_field(key: str) -> Any:
    field = BY_KEY.get(key)
    return field.label if field else key
