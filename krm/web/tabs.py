"""Tabs of a detail page. A room above registers its tab on a room below by name and serves it from its own URL.

The tab view gets the object's pk. Its template starts with `{% extends tab_base %}`: an htmx request gets the
fragment, a visit to the address itself gets the whole page with the tab bar.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from krm.accounts.permissions import allowed
from krm.web.registry import Registry


@dataclass(frozen=True)
class Tab:
    key: str
    label: Any
    url_name: str
    order: int = 50
    perm: str | None = None
    count: Any = None  # callable(obj) -> int | None, shown beside the label


logger = logging.getLogger(__name__)

_tabs: Registry[Tab] = Registry()


def register_tab(
    tabset: str,
    *,
    key: str,
    label: Any,
    url_name: str,
    order: int = 50,
    perm: str | None = None,
    count: Any = None,
) -> Tab:
    return _tabs.add(tabset, Tab(key, label, url_name, order, perm, count))


@dataclass(frozen=True)
class ShownTab:
    key: str
    label: Any
    url: str  # the tab's own address
    page_url: str  # the detail page with this tab open
    count: Any = None


def tabs_for(tabset: str, obj: Any, user: Any, page_url: str) -> list[ShownTab]:
    shown = []
    for tab in _tabs.get(tabset):
        if tab.perm and not allowed(user, tab.perm, obj):
            continue
        try:
            url = reverse(tab.url_name, args=[obj.pk])
        except NoReverseMatch:  # a test checks every name; a page must not fall because one part is missing
            logger.exception("tab %s has no page", tab.key)
            continue
        number = tab.count(obj) if tab.count else None
        shown.append(ShownTab(tab.key, tab.label, url, f"{page_url}?tab={tab.key}", number))
    return shown
