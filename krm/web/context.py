"""What every template may use: the layout of the viewer's area, navigation, theme."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from krm.web.access import area_of
from krm.web.nav import COOKIE, groups_for, items_for, remembered

LAYOUTS = {
    "staff": "web/layouts/staff.html",
    "portal": "web/layouts/portal.html",
    "client": "web/layouts/client.html",
    "plain": "web/layouts/plain.html",
}

THEMES = (
    ("auto", _("As the device"), "device-desktop"),
    ("light", _("Light"), "sun"),
    ("dark", _("Dark"), "moon"),
)
LANGUAGES = (("en", "EN", "English"), ("id", "ID", "Bahasa Indonesia"))


def account_links(user: Any) -> list[tuple[Any, str, str]]:
    """What the account menu offers; a page that is not mounted is left out."""
    links = [(_("Account and security"), "accounts:profile", "user-circle")]
    if getattr(user, "is_staff_member", False):
        links.append((_("Jobs"), "web:jobs", "progress-check"))
    if getattr(user, "is_staff", False):
        links.append((_("Style"), "web:style", "palette"))
    shown = []
    for label, name, glyph in links:
        try:
            shown.append((label, reverse(name), glyph))
        except NoReverseMatch:
            continue
    return shown


def furniture(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    area = area_of(user)
    theme = getattr(user, "theme", None) or request.COOKIES.get("theme", "auto")
    htmx = getattr(request, "htmx", False)
    nav = SimpleLazyObject(lambda: items_for(area, user, request.path))
    kept = request.COOKIES.get(COOKIE, "")
    return {
        "krm_area": area,
        "krm_layout": LAYOUTS[area],
        "krm_nav": nav,
        "krm_nav_groups": SimpleLazyObject(lambda: groups_for(area, nav, remembered(kept))),
        "krm_theme": theme if theme in ("auto", "light", "dark") else "auto",
        "krm_themes": THEMES,
        "krm_languages": LANGUAGES,
        "krm_account_links": SimpleLazyObject(lambda: account_links(user)),
        "tab_base": "web/fragment.html" if htmx else "web/tab.html",
    }
