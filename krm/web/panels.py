"""Panels that rooms put on dashboards and overviews; each loads by itself and fails by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse

from krm.accounts.permissions import allowed
from krm.web.registry import Registry


@dataclass(frozen=True)
class Panel:
    key: str
    url_name: str
    order: int = 50
    roles: frozenset[str] = field(default_factory=frozenset)
    perm: str | None = None
    title: Any = ""
    width: str = "full"  # full | half | third


logger = logging.getLogger(__name__)

_panels: Registry[Panel] = Registry()


def register_panel(
    place: str,
    *,
    key: str,
    url_name: str,
    order: int = 50,
    roles: Iterable[str] = (),
    perm: str | None = None,
    title: Any = "",
    width: str = "full",
) -> Panel:
    """Places: `home`, `campaign.overview`, `creator.overview`, `portal.home`, `client.campaign`, …"""
    return _panels.add(place, Panel(key, url_name, order, frozenset(roles), perm, title, width))


@dataclass(frozen=True)
class ShownPanel:
    key: str
    title: Any
    url: str
    width: str


def panels_for(place: str, user: Any, obj: Any = None, *, key: Any = None) -> list[ShownPanel]:
    """Panels of a place; `key` stands for the object's id where the address names it otherwise (a link's token)."""
    shown = []
    for panel in _panels.get(place):
        if panel.roles and getattr(user, "role", "") not in panel.roles:
            continue
        if panel.perm and not allowed(user, panel.perm, obj):
            continue
        try:
            found = key if key is not None else None if obj is None else obj.pk
            url = reverse(panel.url_name, args=[] if found is None else [found])
        except NoReverseMatch:  # a test checks every name; a page must not fall because one part is missing
            logger.exception("panel %s has no page", panel.key)
            continue
        shown.append(ShownPanel(panel.key, panel.title, url, panel.width))
    return shown
