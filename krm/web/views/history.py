from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse

from krm.web.history import changes_of
from krm.web.pages import Page, tracked


class History(Page):
    """Who did what when, before → after; staff only, for it shows every column."""

    template_name = "web/history.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            model = apps.get_model(kwargs["app"], kwargs["model"])
        except LookupError as error:
            raise Http404 from error
        manager: Any = getattr(model, "objects", None)
        if not tracked(model) or not hasattr(manager, "visible_to"):
            raise Http404
        obj = manager.visible_to(request.user).filter(pk=kwargs["pk"]).first()
        if obj is None:
            raise Http404
        before = request.GET.get("before", "")
        changes, more = changes_of(obj, before=int(before) if before.isdecimal() else None)
        return self.render(object=obj, changes=changes, more=more, title=str(obj))
