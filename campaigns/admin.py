"""Django's admin for administrators: to look things up. Changes go through the pages, which call the verbs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from campaigns import models


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(getattr(request.user, "role", "") == "administrator")

    def has_module_permission(self, request: Any) -> bool:
        return self.has_view_permission(request)


def listed(
    model: Any, columns: tuple[str, ...], search: tuple[str, ...] = (), related: tuple[str, ...] = ()
) -> None:
    name = f"{model.__name__}Admin"
    admin.site.register(
        model,
        type(
            name,
            (ReadOnly,),
            {"list_display": columns, "search_fields": search, "list_select_related": related},
        ),
    )


listed(models.Brand, ("name", "team", "category", "is_archived"), ("name",), ("team",))
listed(
    models.Campaign, ("code", "name", "brand", "state", "starts_on", "ends_on"), ("code", "name"), ("brand",)
)
listed(models.Candidate, ("campaign", "creator", "option", "state", "score"), (), ("campaign", "creator"))
listed(models.Partnership, ("campaign", "creator", "state"), (), ("campaign", "creator"))
listed(
    models.Offer,
    ("partnership", "number", "side", "state", "total"),
    (),
    ("partnership__campaign", "partnership__creator"),
)
listed(models.Agreement, ("number", "state", "total", "signed_at"), ("number",))
listed(
    models.Deliverable,
    ("title", "partnership", "state", "publish_on"),
    ("title",),
    ("partnership__campaign", "partnership__creator"),
)
listed(
    models.ExclusivityWindow,
    ("creator", "brand", "category", "during", "released_at"),
    (),
    ("creator", "brand"),
)
listed(models.ApprovalLimit, ("role", "currency", "amount"))
listed(
    models.PartnershipRating,
    ("partnership", "rated_by", "score", "updated_at"),
    (),
    ("partnership__creator", "partnership__campaign", "rated_by"),
)
