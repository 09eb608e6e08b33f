"""Addresses of the REST API; rooms add theirs through `krm.api.router.register`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from krm.api import docs
from krm.api.router import autodiscover, router

autodiscover()

app_name = "api"
urlpatterns: list[URLPattern | URLResolver] = [
    path("docs/", docs.reference, name="docs"),
    path("v1/schema", docs.Schema.as_view(), name="schema"),
    path("v1/", include(router.urls)),
]
