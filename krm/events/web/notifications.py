"""What I was told, and how I want to be told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from krm.events import notifications
from krm.events.models import Notification
from krm.web.access import AccessMixin
from krm.web.lists.keyset import Keyset, Order
from krm.web.pages import Page, redirect

PAGE = 50


class Notifications(Page):
    area = "any"
    title = _("Notifications")
    template_name = "events/notifications.html"

    def get_context(self) -> dict[str, Any]:
        rows = Notification.objects.visible_to(self.request.user)  # type: ignore[arg-type]
        page = Keyset(rows, Order("pk")).page(PAGE, after=self.request.GET.get("after") or None)
        return {"rows": page.rows, "next": page.next, "unread": notifications.unread_count(self.request.user)}


class Open(AccessMixin, View):
    """Reading one: mark it and go where it points."""

    area = "any"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        note = Notification.objects.visible_to(request.user).filter(pk=pk).first()  # type: ignore[arg-type]
        if note is None:
            return redirect(request, reverse("events:notifications"))
        notifications.mark_read(request.user, pks=[note.pk])  # type: ignore[arg-type]
        return redirect(request, note.url if note.url.startswith("/") else reverse("events:notifications"))


class ReadAll(AccessMixin, View):
    area = "any"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        notifications.mark_read(request.user)  # type: ignore[arg-type]
        return redirect(request, reverse("events:notifications"))


class Bell(AccessMixin, View):
    """The number beside the bell, as a fragment."""

    area = "any"
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "events/bell_count.html", {"unread": notifications.unread_count(request.user)})


class Preferences(Page):
    area = "any"
    title = _("Notifications")
    template_name = "events/preferences.html"

    def get_context(self) -> dict[str, Any]:
        return {"choices": notifications.preferences_of(self.request.user)}  # type: ignore[arg-type]

    def post(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        in_app, email = set(request.POST.getlist("in_app")), set(request.POST.getlist("email"))
        wanted = {
            kind.name: (kind.name in in_app, kind.name in email) for kind in notifications.kinds_for(user)
        }
        notifications.choose(user, wanted)
        messages.success(request, gettext("Saved."))
        return redirect(request, reverse("events:preferences"))
