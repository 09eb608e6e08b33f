"""Administrators look at the books here; nobody changes them. Payees stay out: their numbers are sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from payments.models import Invoice, LedgerAccount, LedgerEntry, LedgerPeriod, LedgerTransaction, Payout


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EntryInline(admin.TabularInline):  # type: ignore[type-arg]
    model = LedgerEntry
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnly):
    list_display = ("id", "occurred_on", "kind", "memo", "key")
    list_filter = ("kind",)
    search_fields = ("key", "memo")
    inlines = (EntryInline,)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnly):
    list_display = ("code", "name", "type", "is_active")


@admin.register(LedgerPeriod)
class LedgerPeriodAdmin(ReadOnly):
    list_display = ("month", "is_closed", "closed_at")


@admin.register(Invoice)
class InvoiceAdmin(ReadOnly):
    list_display = ("id", "number", "state", "currency", "gross", "net", "due_on")
    list_filter = ("state",)
    search_fields = ("number",)


@admin.register(Payout)
class PayoutAdmin(ReadOnly):
    list_display = ("id", "bank_code", "reference", "amount", "currency", "paid_on", "state")
    search_fields = ("reference",)
