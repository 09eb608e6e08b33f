"""Endpoints of this room; each write calls the verb the page calls."""

from __future__ import annotations

from typing import Any

import django_filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.response import Response

from campaigns.models import Campaign
from krm.accounts.permissions import check
from krm.api.viewsets import KrmViewSet, ReadViewSet, StaffOnly, WriteViewSet, action
from reporting import attribution, jobs, rates, reading, reports, tracking
from reporting.api import serializers as s
from reporting.models import Conversion, EmvRate, PromoCode, Report, TrackingLink

SCOPES = ("reporting:read", "reporting:write")


class LinkFilter(django_filters.FilterSet):
    campaign = django_filters.NumberFilter(field_name="partnership__campaign_id")

    class Meta:
        model = TrackingLink
        fields = ("partnership", "is_active")


class TrackingLinkViewSet(WriteViewSet):
    """Short links that count visits; `/go/<code>` sends visitors on."""

    model = TrackingLink
    scopes = SCOPES
    perms = {"create": "reporting.manage_links"}
    serializer_class = s.TrackingLinkSerializer
    write_serializer_class = s.TrackingLinkIn
    filterset_class = LinkFilter

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership__creator", "partnership__campaign__brand")

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = tracking.create_link(data.pop("partnership"), by=self.request.user, **data)

    @action(detail=True, methods=["post"], summary="Switch a link off")
    def switch_off(self, request: Any, pk: str) -> Any:
        return tracking.switch_off(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"], summary="Switch a link on")
    def switch_on(self, request: Any, pk: str) -> Any:
        return tracking.switch_on(self.get_object(), by=self.request.user)


class PromoCodeFilter(django_filters.FilterSet):
    campaign = django_filters.NumberFilter(field_name="partnership__campaign_id")

    class Meta:
        model = PromoCode
        fields = ("partnership",)


class PromoCodeViewSet(WriteViewSet):
    """Codes that KOLs give to followers."""

    model = PromoCode
    scopes = SCOPES
    perms = {"create": "reporting.manage_links"}
    serializer_class = s.PromoCodeSerializer
    write_serializer_class = s.PromoCodeIn
    filterset_class = PromoCodeFilter

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership__creator", "partnership__campaign__brand")

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = attribution.create_promo_code(
            data.pop("partnership"), by=self.request.user, **data
        )


class ConversionFilter(django_filters.FilterSet):
    campaign = django_filters.NumberFilter(field_name="partnership__campaign_id")

    class Meta:
        model = Conversion
        fields = ("partnership", "source", "currency")


class ConversionViewSet(ReadViewSet):
    """Orders that a promo code brought; the same order of the same shop counts once."""

    model = Conversion
    scopes = SCOPES
    perms = {"import_file": "reporting.import_conversions"}
    serializer_class = s.ConversionSerializer
    filterset_class = ConversionFilter

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("promo_code")

    @action(
        detail=False,
        methods=["post"],
        url_path="import",
        serializer_class=s.ConversionImportIn,
        response=s.JobRef,
        status=202,
        parser_classes=[MultiPartParser, FormParser],
        summary="Import a shop's CSV export",
    )
    def import_file(self, request: Any) -> Any:
        data = self.input()
        return jobs.start_conversion_import(data.pop("campaign"), by=self.request.user, **data)


class EmvRateViewSet(StaffOnly, WriteViewSet):
    """The rate table behind every EMV figure."""

    model = EmvRate
    scopes = SCOPES
    perms = {"create": "reporting.edit_rates"}
    serializer_class = s.EmvRateSerializer
    filterset_fields = ("platform", "metric", "currency")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = rates.set_rate(by=self.request.user, **serializer.validated_data)

    def perform_destroy(self, instance: EmvRate) -> None:
        rates.remove_rate(instance, by=self.request.user)


class ReportViewSet(WriteViewSet):
    """Reports: drafted on live numbers, locked, shared with the client."""

    model = Report
    scopes = SCOPES
    perms = {"create": "reporting.edit_report"}
    serializer_class = s.ReportSerializer
    write_serializer_class = s.ReportIn
    filterset_fields = ("campaign", "state")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand")

    def get_serializer_class(self) -> Any:
        return s.ReportEdit if self.action == "partial_update" else super().get_serializer_class()

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = reports.draft(data.pop("campaign"), by=self.request.user, **data)

    def perform_update(self, serializer: Any) -> None:
        report = serializer.instance
        words = {"title": report.title, "summary": report.summary, **serializer.validated_data}
        serializer.instance = reports.edit(report, by=self.request.user, **words)

    @action(detail=True, methods=["post"], summary="Lock the numbers")
    def lock(self, request: Any, pk: str) -> Any:
        return reports.lock(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"], summary="Share with the client")
    def share(self, request: Any, pk: str) -> Any:
        return reports.share(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"], summary="Take back from the client room")
    def take_back(self, request: Any, pk: str) -> Any:
        return reports.take_back(self.get_object(), by=self.request.user)

    @action(detail=True, response=s.NumbersSerializer, summary="Numbers of the report")
    def numbers(self, request: Any, pk: str) -> Any:
        return reading.visible_numbers(self.get_object(), viewer=self.request.user)

    @action(
        detail=True,
        summary="The report as PDF",
        schema={"responses": {(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY)}},
    )
    def pdf(self, request: Any, pk: str) -> Any:
        return reading.as_file(self.get_object(), "pdf", viewer=self.request.user)

    @action(
        detail=True,
        summary="The report as XLSX",
        schema={
            "responses": {
                (200, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"): OpenApiResponse(
                    OpenApiTypes.BINARY
                )
            }
        },
    )
    def xlsx(self, request: Any, pk: str) -> Any:
        return reading.as_file(self.get_object(), "xlsx", viewer=self.request.user)


class ResultsViewSet(StaffOnly, KrmViewSet):
    """Live results of a campaign, by its id."""

    model = Campaign
    scopes = SCOPES
    serializer_class = s.NumbersSerializer

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brand").prefetch_related("kpis", "budget_lines")

    def retrieve(self, request: Any, pk: str) -> Any:
        campaign = self.get_object()
        check(self.request.user, "reporting.view_results", campaign)
        return Response(reading.live_numbers(campaign, viewer=self.request.user))
