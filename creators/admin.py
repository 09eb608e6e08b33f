"""Django's admin: for looking things up; changes go through the verbs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from creators.models import (
    AudienceReport,
    BrandMention,
    Consent,
    Creator,
    CreatorImport,
    CreatorTask,
    CustomField,
    FollowerSample,
    FoundPost,
    PeerSample,
    PostComment,
    PostForecast,
    PostText,
    SafetyFlag,
    SafetyPack,
    Score,
    Segment,
    SocialAccount,
    Tag,
    Tier,
    TrackedHashtag,
    VendorCredit,
)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Creator)
class CreatorAdmin(ReadOnly):
    list_display = ("id", "name", "status", "country", "followers", "tier")
    list_select_related = ("tier",)
    search_fields = ("search_text",)
    list_filter = ("status", "is_demo")


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnly):
    list_display = ("id", "platform", "handle", "external_id", "state", "followers", "last_ok_at")
    search_fields = ("handle", "external_id")
    list_filter = ("platform", "state", "is_demo")


@admin.register(Score)
class ScoreAdmin(ReadOnly):
    list_display = (
        "id",
        "account_id",
        "kind",
        "value",
        "low",
        "high",
        "confidence",
        "verdict",
        "as_of",
        "formula_version",
        "computed_at",
        "is_current",
    )
    list_filter = ("kind", "formula_version", "is_current")


@admin.register(CreatorImport)
class CreatorImportAdmin(ReadOnly):
    list_display = ("id", "filename", "platform", "as_of", "state", "row_count", "created_at")


@admin.register(PeerSample)
class PeerSampleAdmin(ReadOnly):
    list_display = ("platform", "format", "as_of", "count", "population")
    exclude = ("figures",)


@admin.register(CustomField)
class CustomFieldAdmin(ReadOnly):
    list_display = ("key", "label", "kind", "required", "filterable", "archived_at")


@admin.register(CreatorTask)
class CreatorTaskAdmin(ReadOnly):
    list_display = ("id", "title", "creator_id", "assignee", "due_on", "done_at")
    list_select_related = ("assignee",)
    search_fields = ("title",)


admin.site.register(PostComment, ReadOnly)
admin.site.register(TrackedHashtag, ReadOnly)
admin.site.register(FoundPost, ReadOnly)
admin.site.register(Tag, ReadOnly)
admin.site.register(Tier, ReadOnly)


@admin.register(FollowerSample)
class FollowerSampleAdmin(ReadOnly):
    list_display = ("id", "account", "as_of", "source", "size", "left_out")
    list_select_related = ("account",)
    list_filter = ("source",)
    exclude = ("features",)


@admin.register(AudienceReport)
class AudienceReportAdmin(ReadOnly):
    list_display = ("id", "account_id", "vendor", "state", "credits", "requested_at", "ready_at")
    list_filter = ("vendor", "state")


@admin.register(VendorCredit)
class VendorCreditAdmin(ReadOnly):
    list_display = ("id", "vendor", "kind", "credits", "report_id", "by", "at")
    list_filter = ("vendor", "kind")


@admin.register(Consent)
class ConsentAdmin(ReadOnly):
    list_display = ("id", "creator_id", "account_id", "program", "state", "answered_at", "withdrawn_at")
    list_filter = ("program", "state")
    exclude = ("verifier", "held", "state_hash")


@admin.register(SafetyFlag)
class SafetyFlagAdmin(ReadOnly):
    list_display = (
        "id",
        "account_id",
        "category",
        "severity",
        "place",
        "origin",
        "source",
        "state",
        "is_current",
        "found_at",
    )
    list_filter = ("category", "severity", "state", "origin")
    raw_id_fields = ("post", "account", "decided_by")


@admin.register(SafetyPack)
class SafetyPackAdmin(ReadOnly):
    list_display = ("key", "version", "label", "enabled", "is_current", "changed_by", "created_at")
    list_select_related = ("changed_by",)


@admin.register(BrandMention)
class BrandMentionAdmin(ReadOnly):
    list_display = ("id", "account_id", "brand", "sponsored", "published_at")
    list_filter = ("sponsored",)
    search_fields = ("brand",)


@admin.register(PostText)
class PostTextAdmin(ReadOnly):
    list_display = (
        "post_id",
        "account_id",
        "language",
        "sentiment",
        "comments_read",
        "scanned_at",
        "scanned_with",
    )


@admin.register(PostForecast)
class PostForecastAdmin(ReadOnly):
    list_display = (
        "account_id",
        "kind",
        "metric",
        "low",
        "mid",
        "high",
        "actual",
        "made_at",
        "formula_version",
    )
    list_filter = ("metric", "kind")


@admin.register(Segment)
class SegmentAdmin(ReadOnly):
    list_display = ("name", "owner", "shared", "created_at")
    list_select_related = ("owner",)
    search_fields = ("name",)
