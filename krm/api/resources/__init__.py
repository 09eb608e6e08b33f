"""REST endpoints of the ground floor itself; they stand here because accounts and events are below the API."""

from __future__ import annotations

from krm.api.resources import accounts, events
from krm.api.router import register

register("teams", accounts.BrandTeamViewSet)
register("users", accounts.UserViewSet)
register("invitations", accounts.InvitationViewSet)
register("api-keys", accounts.ApiKeyViewSet)
register("events", events.EventViewSet)
register("notifications", events.NotificationViewSet)
register("webhooks", events.WebhookViewSet)
register("webhook-deliveries", events.WebhookDeliveryViewSet)
register("jobs", events.JobViewSet)
