"""Administrators look things up here; everything that counts is changed through the verbs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from briefs import models


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """No add, no change, no delete: a verb would be skipped, and with it permission, event and checks."""

    show_full_result_count = False

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


def look(
    model: Any, shown: list[str], filters: list[str] | None = None, search: list[str] | None = None
) -> None:
    related = [f.name for f in model._meta.fields if f.is_relation and f.name in shown]
    attributes = {
        "list_display": shown,
        "list_filter": filters or [],
        "search_fields": search or [],
        "list_select_related": related or False,
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), attributes))


look(models.Brief, ["campaign", "updated_by", "updated_at"], search=["campaign__name"])
look(
    models.BriefVersion, ["brief", "number", "published_at", "published_by"], search=["brief__campaign__name"]
)
look(models.BriefReceipt, ["version", "partnership", "read_at", "acknowledged_at"])
look(models.BriefingCall, ["title", "campaign", "starts_at", "state"], ["state"], ["title"])
look(models.Concept, ["title", "deliverable", "number", "state", "submitted_at"], ["state"], ["title"])
look(
    models.Draft,
    ["deliverable", "version", "state", "submitted_at", "approved_at"],
    ["state"],
    ["deliverable__title"],
)
look(models.ApprovalStep, ["draft", "kind", "state", "assignee", "due_at"], ["kind", "state"])
look(
    models.Review,
    ["step", "decision", "by", "decided_at", "for_client", "late"],
    ["decision", "for_client", "late"],
)
look(
    models.Comment,
    ["draft", "concept", "side", "audience", "author", "created_at"],
    ["side", "audience"],
    ["body"],
)
look(
    models.Asset,
    ["name", "campaign", "kind", "purpose", "size", "scan"],
    ["kind", "purpose", "scan"],
    ["name", "sha256"],
)
look(
    models.UsageRight,
    ["asset", "kind", "channel", "starts", "ends", "ended_on"],
    ["kind"],
    ["channel", "asset__name"],
)
look(models.Upload, ["filename", "user", "state", "offset", "size", "expires_at"], ["state"])
look(models.ReviewSettings, ["campaign", "agency_hours", "client_hours", "legal_step", "for_client"])
look(models.ExtraRound, ["deliverable", "reason", "granted_by", "created_at"])
