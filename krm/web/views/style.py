from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from krm.web.pages import Page


class Style(Page):
    template_name = "web/style.html"
    title = "Style"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render()


def move_card(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def calendar_events(request: HttpRequest) -> HttpResponse:
    return HttpResponse("[]", content_type="application/json")


def move_event(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204)


def panel(request: HttpRequest, kind: str) -> HttpResponse:
    return HttpResponse("")
