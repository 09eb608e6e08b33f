"""Addresses of the connectors: where other systems call us."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from krm.connectors.web import webhooks

app_name = "connectors"
urlpatterns: list[URLPattern | URLResolver] = [
    path("hooks/meta/", webhooks.MetaHook.as_view(), name="hook_meta"),
    path("hooks/meta/deauthorise/", webhooks.MetaDeauthorise.as_view(), name="hook_meta_deauthorise"),
    path("hooks/meta/deletion/", webhooks.MetaDeletion.as_view(), name="hook_meta_deletion"),
    path("hooks/meta/deletion/<slug:code>/", webhooks.DeletionStatus.as_view(), name="deletion_status"),
    path("hooks/tiktok/", webhooks.TikTokHook.as_view(), name="hook_tiktok"),
]
