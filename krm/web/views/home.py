from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from krm.web.access import area_of
from krm.web.pages import Page
from krm.web.panels import panels_for

PLACES = {"staff": "home", "portal": "portal.home", "client": "client.home"}


class Home(Page):
    """The first page after login: the panels of the person's role, each loading by itself."""

    area = "any"
    template_name = "web/home.html"

    def get_title(self) -> Any:
        hour = timezone.localtime().hour
        user: Any = self.request.user
        name = user.get_short_name()
        if hour < 11:
            return _("Good morning, %(name)s") % {"name": name}
        if hour < 18:
            return _("Good afternoon, %(name)s") % {"name": name}
        return _("Good evening, %(name)s") % {"name": name}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = PLACES.get(area_of(request.user), "home")
        return self.render(panels=panels_for(place, request.user))
