"""Every address of KRM: the ground floor, then each room under its own prefix.

A room's `urls.py` has `app_name`, `urlpatterns` (staff), and where it serves guests `portal_urlpatterns`,
`client_urlpatterns` and `public_urlpatterns`; names share the room's namespace.
"""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

ROOMS = {
    "creators": "creators/",
    "campaigns": "campaigns/",
    "briefs": "briefs/",
    "payments": "payments/",
    "reporting": "reports/",
}


def room_patterns(room: str, prefix: str) -> list[URLPattern | URLResolver]:
    """All addresses of one room under one namespace, so that names stay `room:name` in every area."""
    module = import_module(f"{room}.urls")
    patterns: list[URLPattern | URLResolver] = [path(prefix, include(list(module.urlpatterns)))]
    for attribute, area in (
        ("portal_urlpatterns", "portal/"),
        ("client_urlpatterns", "room/"),
        ("public_urlpatterns", ""),
    ):
        found = getattr(module, attribute, None)
        if found:
            patterns.append(path(area, include(list(found))))
    return [path("", include((patterns, room)))]


urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("", include("krm.accounts.urls")),
    path("", include("krm.events.urls")),
    path("", include("krm.connectors.urls")),
    path("api/", include("krm.api.urls")),
    path("", include("krm.web.urls")),
    path("", include("krm.operations.urls")),
]
if settings.LOCAL:
    urlpatterns.append(path("dev/", include("krm.local.urls")))
for _room, _prefix in ROOMS.items():
    if apps.is_installed(_room):
        urlpatterns += room_patterns(_room, _prefix)

handler403 = "krm.web.errors.denied"
handler404 = "krm.web.errors.missing"
handler500 = "krm.web.errors.broken"
