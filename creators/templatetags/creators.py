"""`{% load creators %}`: names of this room's closed lists."""

from __future__ import annotations

from typing import Any

from django import template

from creators.web.wording import COMPONENTS

register = template.Library()


@register.filter
def component(name: str) -> Any:
    return COMPONENTS.get(name, name)
