"""The left rail (staff), the bottom bar (portal) and the top bar (client room)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from krm.accounts.permissions import allowed
from krm.web.registry import Registry


@dataclass(frozen=True)
class NavItem:
    key: str
    label: Any
    url_name: str
    icon: str = "circle"
    order: int = 50
    perm: str | None = None
    group: Any = ""
    shortcut: str = ""  # letter after `g`
    args: tuple[Any, ...] = ()


_nav: Registry[NavItem] = Registry()


def register_nav(
    area: str,
    *,
    key: str,
    label: Any,
    url_name: str,
    icon: str = "circle",
    order: int = 50,
    perm: str | None = None,
    group: Any = "",
    shortcut: str = "",
    args: tuple[Any, ...] = (),
) -> NavItem:
    return _nav.add(area, NavItem(key, label, url_name, icon, order, perm, group, shortcut, args))


@dataclass(frozen=True)
class ShownItem:
    key: str
    label: Any
    url: str
    icon: str
    group: Any
    shortcut: str
    active: bool


def items_for(area: str, user: Any, path: str) -> list[ShownItem]:
    items: list[tuple[NavItem, str]] = []
    for item in _nav.get(area):
        if item.perm and not allowed(user, item.perm):
            continue
        try:
            items.append((item, reverse(item.url_name, args=item.args)))
        except NoReverseMatch:  # a room that is not mounted must not take every page down
            continue
    matching = [url for _, url in items if path == url or (url != "/" and path.startswith(url))]
    active = max(matching, key=len, default=None)
    taken: set[str] = set()
    shown = []
    for item, url in items:
        letter = item.shortcut or next((c for c in item.key if c.isalpha() and c not in taken), "")
        taken.add(letter)
        shown.append(ShownItem(item.key, item.label, url, item.icon, item.group, letter, url == active))
    return shown
