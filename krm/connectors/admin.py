"""Looking at what the connectors keep. Nothing is changed here, and no secret is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from krm.connectors.models import Application, Credential, InboundEvent, OutcomeCount, RawResponse, Spending


class LookOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Application)
class ApplicationAdmin(LookOnly):
    exclude = ("client_secret", "api_key", "webhook_secret")
    list_display = ("platform", "enabled", "client_id", "own_account_id", "updated_at")


@admin.register(Credential)
class CredentialAdmin(LookOnly):
    exclude = ("access_token", "refresh_token")
    list_display = ("platform", "handle", "flavour", "purpose", "status", "expires_at")
    list_filter = ("platform", "status", "purpose")
    search_fields = ("handle", "external_account_id")


@admin.register(InboundEvent)
class InboundEventAdmin(LookOnly):
    exclude = ("body",)
    list_display = ("vendor", "received_at", "state", "attempts", "error")
    list_filter = ("vendor", "state")


@admin.register(OutcomeCount)
class OutcomeCountAdmin(LookOnly):
    list_display = ("platform", "endpoint", "outcome", "day", "count", "last_reason")
    list_filter = ("platform", "outcome", "day")


@admin.register(RawResponse)
class RawResponseAdmin(LookOnly):
    exclude = ("body",)
    list_display = ("platform", "endpoint", "subject", "status", "outcome", "size", "fetched_at")
    list_filter = ("platform", "outcome")


@admin.register(Spending)
class SpendingAdmin(LookOnly):
    list_display = ("purse", "day", "kind", "reads", "amount", "held")
    list_filter = ("purse", "kind")
