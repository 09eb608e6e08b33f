"""Addresses of events."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from krm.events.web import live, notifications, parked, webhooks

app_name = "events"
urlpatterns: list[URLPattern | URLResolver] = [
    path("events/stream", live.stream, name="stream"),
    path("events/parked/", parked.Parked.as_view(), name="parked"),
    path("events/parked/<int:pk>/retry/", parked.retry, name="parked_retry"),
    path("notifications/", notifications.Notifications.as_view(), name="notifications"),
    path("notifications/bell/", notifications.Bell.as_view(), name="bell"),
    path("notifications/read-all/", notifications.ReadAll.as_view(), name="read_all"),
    path("notifications/<int:pk>/open/", notifications.Open.as_view(), name="notification_open"),
    path("settings/notifications/", notifications.Preferences.as_view(), name="preferences"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/new/", webhooks.WebhookCreate.as_view(), name="webhook_create"),
    path("webhooks/<int:pk>/", webhooks.WebhookPage.as_view(), name="webhook"),
    path("webhooks/<int:pk>/edit/", webhooks.WebhookEdit.as_view(), name="webhook_edit"),
    path("webhooks/<int:pk>/secret/", webhooks.WebhookRotate.as_view(), name="webhook_rotate"),
    path("webhooks/<int:pk>/test/", webhooks.test, name="webhook_test"),
    path("webhooks/<int:pk>/delete/", webhooks.delete, name="webhook_delete"),
    path("webhooks/deliveries/<int:pk>/retry/", webhooks.retry, name="webhook_retry"),
]
