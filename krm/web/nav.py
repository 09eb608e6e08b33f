"""The left rail (staff), the bottom bar (portal) and the top bar (client room).

Rooms register groups and entries; an entry whose permission a person lacks is not there for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse

from krm.accounts.permissions import allowed
from krm.web.registry import Registry

COOKIE = "rail"  # groups a person opened or closed: `creators:1.agency:0`
HOME = "h"  # the letter of the first page of every area
FITS = 25  # lines of the rail in a window of 900 px; of a longer rail the last groups start closed


@dataclass(frozen=True)
class NavGroup:
    key: str
    label: Any
    order: int = 50


@dataclass(frozen=True)
class NavItem:
    key: str
    label: Any
    url_name: str
    icon: str = "circle"
    order: int = 50
    perm: str | None = None
    group: str = ""  # key of a group
    shortcut: str = ""  # letter after `g`
    args: tuple[Any, ...] = ()
    covers: tuple[str, ...] = ()  # further pages that count as this one
    listed: bool = True  # False: only the command palette finds it


_groups: Registry[NavGroup] = Registry()
_nav: Registry[NavItem] = Registry()


def register_group(area: str, *, key: str, label: Any, order: int = 50) -> NavGroup:
    return _groups.add(area, NavGroup(key, label, order))


def register_nav(
    area: str,
    *,
    key: str,
    label: Any,
    url_name: str,
    icon: str = "circle",
    order: int = 50,
    perm: str | None = None,
    group: str = "",
    shortcut: str = "",
    args: tuple[Any, ...] = (),
    covers: tuple[str, ...] = (),
    listed: bool = True,
) -> NavItem:
    return _nav.add(
        area,
        NavItem(key, label, url_name, icon, order, perm, group, shortcut, args, covers, listed),
    )


@dataclass(frozen=True)
class ShownItem:
    key: str
    label: Any
    url: str
    icon: str
    group: str
    shortcut: str
    active: bool


@dataclass
class ShownGroup:
    key: str
    label: Any = ""  # blank: entries that stand by themselves
    items: list[ShownItem] = field(default_factory=list)
    open: bool = True

    @property
    def active(self) -> bool:
        return any(item.active for item in self.items)


def _placed(area: str) -> list[NavItem]:
    """Entries group by group; an entry without a group stands where its own order says."""
    places = {group.key: group.order for group in _groups.get(area)}

    def place(item: NavItem) -> tuple[int, str, int, str]:
        known = item.group in places
        return places[item.group] if known else item.order, item.group if known else "", item.order, item.key

    return sorted(_nav.get(area), key=place)


def letters(area: str) -> dict[str, str]:
    """The letter of each listed entry, the same whatever a person may see; a letter leads to one page only."""
    items = [item for item in _placed(area) if item.listed]
    taken = {HOME, *(item.shortcut for item in items if item.shortcut)}
    found: dict[str, str] = {}
    for item in items:
        letter = item.shortcut
        if not letter:
            letter = next((c for c in item.key if c.isascii() and c.isalpha() and c not in taken), "")
            taken.add(letter)
        found[item.key] = letter
    return found


def items_for(area: str, user: Any, path: str, *, everything: bool = False) -> list[ShownItem]:
    """What this person may open; `everything` brings what only the command palette lists."""
    items: list[tuple[NavItem, str]] = []
    covered: list[tuple[str, str]] = []  # the beginning of an address, and the entry it belongs to
    for item in _placed(area):
        if not (item.listed or everything) or (item.perm and not allowed(user, item.perm)):
            continue
        try:
            url = reverse(item.url_name, args=item.args)
            covered += [(reverse(name), item.key) for name in item.covers]
        except NoReverseMatch:  # a room that is not mounted must not take every page down
            continue
        items.append((item, url))
        covered.append((url, item.key))
    matching = [(url, key) for url, key in covered if path == url or (url != "/" and path.startswith(url))]
    active = max(matching, key=lambda pair: len(pair[0]), default=("", ""))[1]
    letter = letters(area)
    return [
        ShownItem(
            item.key, item.label, url, item.icon, item.group, letter.get(item.key, ""), item.key == active
        )
        for item, url in items
    ]


def group_labels(area: str) -> dict[str, Any]:
    return {group.key: group.label for group in _groups.get(area)}


def remembered(cookie: str) -> dict[str, bool]:
    pairs = (part.partition(":") for part in cookie[:400].split("."))
    return {key: state == "1" for key, _colon, state in pairs if key and state in ("0", "1")}


def groups_for(area: str, items: Iterable[ShownItem], kept: Mapping[str, bool]) -> list[ShownGroup]:
    """The entries under their groups. That of the open page is open; else as the person left it, or as there is room."""
    labels = group_labels(area)
    found: list[ShownGroup] = []
    for item in items:
        key = item.group if item.group in labels else ""
        if not found or found[-1].key != key:
            found.append(ShownGroup(key, labels.get(key, "")))
        found[-1].items.append(item)
    for group in found:
        group.open = group.active or kept.get(group.key, True)
    lines = 1 + sum(bool(group.key) + len(group.items) * group.open for group in found)
    for group in reversed(found):
        if lines > FITS and group.key and group.open and not group.active and group.key not in kept:
            group.open = False
            lines -= len(group.items)
    return found
