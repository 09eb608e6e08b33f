"""What the API takes and gives."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.models import Campaign, Partnership
from reporting.models import Conversion, EmvRate, PromoCode, Report, TrackingLink


class VisiblePartnership(serializers.PrimaryKeyRelatedField):
    def get_queryset(self) -> Any:
        request = self.context.get("request")
        found = Partnership.objects.visible_to(getattr(request, "user", None))
        return found.select_related("campaign__brand", "creator", "account")


class VisibleCampaign(serializers.PrimaryKeyRelatedField):
    def get_queryset(self) -> Any:
        request = self.context.get("request")
        return Campaign.objects.visible_to(getattr(request, "user", None)).select_related("brand")


class TrackingLinkSerializer(serializers.ModelSerializer[TrackingLink]):
    creator = serializers.CharField(source="partnership.creator.name", read_only=True)

    class Meta:
        model = TrackingLink
        fields = (
            "id", "partnership", "creator", "code", "target_url", "utm_source", "utm_medium", "utm_campaign",
            "utm_content", "is_active", "clicks_count", "visitors_count", "last_click_at", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class TrackingLinkIn(serializers.Serializer[Any]):
    partnership = VisiblePartnership()
    target_url = serializers.URLField(max_length=1000)
    code = serializers.RegexField(r"^[A-Za-z0-9_-]{3,40}$", required=False, default="", allow_blank=True)
    utm_source = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    utm_content = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)


class PromoCodeSerializer(serializers.ModelSerializer[PromoCode]):
    creator = serializers.CharField(source="partnership.creator.name", read_only=True)

    class Meta:
        model = PromoCode
        fields = ("id", "partnership", "creator", "code", "note", "created_at")
        read_only_fields = fields


class PromoCodeIn(serializers.Serializer[Any]):
    partnership = VisiblePartnership()
    code = serializers.RegexField(r"^[A-Za-z0-9_-]{2,40}$")
    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ConversionSerializer(serializers.ModelSerializer[Conversion]):
    code = serializers.CharField(source="promo_code.code", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Conversion
        fields = (
            "id",
            "source",
            "order_ref",
            "partnership",
            "code",
            "ordered_at",
            "amount",
            "currency",
            "is_new_customer",
        )
        read_only_fields = fields


class ConversionImportIn(serializers.Serializer[Any]):
    campaign = VisibleCampaign()
    source = serializers.CharField(max_length=60)  # type: ignore[assignment]
    file = serializers.FileField()


class JobRef(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.CharField()


class EmvRateSerializer(serializers.ModelSerializer[EmvRate]):
    class Meta:
        model = EmvRate
        fields = ("id", "platform", "metric", "per", "value", "currency", "valid_from", "source")
        validators: list[Any] = []  # the verb and the database refuse a second rate of a day


class ReportSerializer(serializers.ModelSerializer[Report]):
    class Meta:
        model = Report
        fields = (
            "id", "campaign", "title", "summary", "state", "numbers_sha256", "formula_version", "locked_at",
            "shared_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class ReportIn(serializers.Serializer[Any]):
    campaign = VisibleCampaign()
    title = serializers.CharField(max_length=160)
    summary = serializers.CharField(required=False, default="", allow_blank=True)


class ReportEdit(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=160, required=False)
    summary = serializers.CharField(required=False, allow_blank=True)


@extend_schema_field(OpenApiTypes.OBJECT)
class AnyObject(serializers.JSONField):
    """A numbers document: see docs/reporting.md for its fields."""


class NumbersSerializer(serializers.Serializer[Any]):
    formula_version = serializers.CharField()
    as_of = serializers.DateTimeField()
    campaign = AnyObject()
    totals = AnyObject()
    kols = serializers.ListField(child=AnyObject())
    tiers = serializers.ListField(child=AnyObject())
    posts = serializers.ListField(child=AnyObject())
    targets = serializers.ListField(child=AnyObject())
    budget = serializers.ListField(child=AnyObject(), required=False)
    delivery = AnyObject()
    emv_rates = serializers.ListField(child=AnyObject())

    def to_representation(self, instance: Any) -> Any:
        return instance
