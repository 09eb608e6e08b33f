from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from krm.web.access import area_of
from krm.web.nav import group_labels, items_for
from krm.web.pages import Page
from krm.web.palette import Hit, search


class Palette(Page):
    """Results of the command palette as a fragment."""

    area = "any"
    template_name = "web/palette.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        term = request.GET.get("q", "").strip().replace("\x00", "")[:80]
        area = area_of(request.user)
        groups_of = group_labels(area)
        pages = [
            Hit(str(item.label), item.url, str(groups_of.get(item.group, "")), item.icon)
            for item in items_for(area, request.user, "", everything=True)
            if term.lower() in str(item.label).lower()
        ]
        groups: list[tuple[Any, list[Hit]]] = [(_("Pages"), pages)] if pages else []
        if len(term) >= 2:
            groups += search(request.user, area, term)
        return self.render(groups=groups, term=term)
