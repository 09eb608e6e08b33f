"""Addresses of the REST API; rooms add theirs through `krm.api.router.register`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from krm.api import docs
from krm.api.router import autodiscover, router

autodiscover()

from krm.api.resources.accounts import Me  # noqa: E402  after the routes, which register the scopes
from krm.api.resources.events import History  # noqa: E402

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("docs/", docs.reference, name="docs"),
    path("v1/schema", docs.schema, name="schema"),
    path("v1/me", Me.as_view(), name="me"),
    re_path(
        r"^v1/history/(?P<app>[a-z_]+)/(?P<model>[a-z_]+)/(?P<id>[0-9]{1,18})$",
        History.as_view(),
        name="history",
    ),
    path("v1/", include(router.urls)),
]
