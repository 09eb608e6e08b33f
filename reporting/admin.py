"""Admin of this room: look, do not touch; the pages have the verbs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from reporting.models import Conversion, EmvRate, PromoCode, Report, TrackingLink


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are changed through verbs only."""

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(TrackingLink)
class TrackingLinkAdmin(ReadOnly):
    list_display = ("code", "partnership", "target_url", "clicks_count", "is_active")
    list_select_related = ("partnership__creator", "partnership__campaign")


@admin.register(PromoCode)
class PromoCodeAdmin(ReadOnly):
    list_display = ("code", "partnership", "note")
    list_select_related = ("partnership__creator", "partnership__campaign")


@admin.register(Conversion)
class ConversionAdmin(ReadOnly):
    list_display = ("source", "order_ref", "partnership", "amount", "currency", "ordered_at")
    list_select_related = ("partnership__creator", "partnership__campaign")


@admin.register(EmvRate)
class EmvRateAdmin(ReadOnly):
    list_display = ("platform", "metric", "value", "per", "currency", "valid_from", "source")


@admin.register(Report)
class ReportAdmin(ReadOnly):
    list_display = ("title", "campaign", "state", "locked_at")
    list_select_related = ("campaign",)
    exclude = ("numbers",)
