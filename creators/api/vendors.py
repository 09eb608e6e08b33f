"""REST: reports of vendors and the credits they cost."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as S
from rest_framework.request import Request

from creators.api.serializers import AudienceOut
from creators.models import AudienceReport, SocialAccount, Vendor, VendorBudget, VendorCredit
from creators.vendors import batch, credits, reports
from krm.api.fields import Exact
from krm.api.viewsets import ReadViewSet, StaffOnly, WriteViewSet, action

SCOPES = ("creators:read", "creators:write")


class ReportOut(S.ModelSerializer[AudienceReport]):
    audience = AudienceOut(allow_null=True, read_only=True)

    class Meta:
        model = AudienceReport
        fields: ClassVar[Any] = [
            "id", "account", "vendor", "state", "requested_at", "ready_at", "credits", "reason", "as_of", "quality",
            "audience",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class ReportIn(S.Serializer[Any]):
    account = S.PrimaryKeyRelatedField(queryset=SocialAccount.objects.all())
    vendor = S.ChoiceField(choices=Vendor.choices)
    agreed_credits = Exact(
        max_digits=10,
        decimal_places=2,
        min_value=0,
        help_text="The price you agree to; see `quote`. A higher one: 409.",
    )


class ReportQuoteIn(S.Serializer[Any]):
    account = S.PrimaryKeyRelatedField(queryset=SocialAccount.objects.all())
    vendor = S.ChoiceField(choices=Vendor.choices)


class ReportQuoteOut(S.Serializer[Any]):
    vendor = S.CharField()
    credits = S.DecimalField(max_digits=10, decimal_places=2, help_text="0: a young report is used again.")
    available = S.DecimalField(max_digits=12, decimal_places=2)
    left_this_month = S.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    affordable = S.BooleanField()
    existing = S.IntegerField(
        source="existing.pk", default=None, allow_null=True, help_text="The report used again."
    )


class BatchIn(S.Serializer[Any]):
    creators = S.ListField(child=S.IntegerField(min_value=1), max_length=batch.MOST, min_length=1)
    vendor = S.ChoiceField(choices=Vendor.choices)
    at_most = Exact(max_digits=10, decimal_places=2, min_value=0)


class JobOut(S.Serializer[Any]):
    id = S.IntegerField()
    title = S.CharField()


class ReportFilter(df.FilterSet):
    class Meta:
        model = AudienceReport
        fields: ClassVar[Any] = ["account", "vendor", "state"]


class AudienceReportViewSet(StaffOnly, WriteViewSet):
    """Reports bought from HypeAuditor and Modash. POST asks for one; it is read when the vendor has made it."""

    model = AudienceReport
    serializer_class = ReportOut
    write_serializer_class = ReportIn
    filterset_class = ReportFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.buy_reports",
        "quote": "creators.buy_reports",
        "batch": "creators.buy_reports",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("audience")

    def perform_create(self, serializer: Any) -> None:
        values = serializer.validated_data
        serializer.instance = reports.request_report(
            values["account"], values["vendor"], by=self.request.user, agreed=values["agreed_credits"]
        )

    @action(
        detail=False,
        methods=["post"],
        serializer_class=ReportQuoteIn,
        response=ReportQuoteOut,
        summary="Price of a report",
    )
    def quote(self, request: Request) -> Any:
        """What asking would cost now. Nothing is spent."""
        values = self.input()
        return reports.quote(values["account"], values["vendor"])

    @action(
        detail=False,
        methods=["post"],
        serializer_class=BatchIn,
        response=JobOut,
        summary="Ask for many reports",
    )
    def batch(self, request: Request) -> Any:
        """A job for the largest account of each creator; it stops before it would spend more than `at_most`."""
        values = self.input()
        return batch.start(
            values["creators"],
            values["vendor"],
            at_most=values["at_most"],
            by=request.user,  # type: ignore[arg-type]
        )


class BudgetOut(S.ModelSerializer[VendorBudget]):
    available = S.DecimalField(max_digits=12, decimal_places=2, read_only=True)

    class Meta:
        model = VendorBudget
        fields: ClassVar[Any] = [
            "id", "vendor", "balance", "reserved", "available", "report_credits", "monthly_credits", "cache_days",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = ["id", "vendor", "balance", "reserved", "available"]


class GrantIn(S.Serializer[Any]):
    vendor = S.ChoiceField(choices=Vendor.choices)
    credits = Exact(max_digits=10, decimal_places=2)
    note = S.CharField(required=False, max_length=200, allow_blank=True)


class CreditOut(S.ModelSerializer[VendorCredit]):
    class Meta:
        model = VendorCredit
        fields: ClassVar[Any] = ["id", "vendor", "kind", "credits", "report", "by", "note", "at"]
        read_only_fields: ClassVar[Any] = fields


class VendorBudgetViewSet(StaffOnly, WriteViewSet):
    """Credits left at each vendor and the rules for spending them."""

    model = VendorBudget
    serializer_class = BudgetOut
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {"grant": "creators.vendor_credits"}

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = credits.set_rules(
            serializer.instance.vendor, by=self.request.user, **serializer.validated_data
        )

    @action(
        detail=False, methods=["post"], serializer_class=GrantIn, response=CreditOut, summary="Enter bought credits",
        schema={"examples": [OpenApiExample("Bought", value={"vendor": "modash", "credits": "50"}, request_only=True)]},
    )  # fmt: skip
    def grant(self, request: Request) -> Any:
        """Credits you bought from the vendor."""
        values = self.input()
        return credits.grant(values.pop("vendor"), by=request.user, **values)


class CreditFilter(df.FilterSet):
    class Meta:
        model = VendorCredit
        fields: ClassVar[Any] = ["vendor", "kind", "report"]


class VendorCreditViewSet(StaffOnly, ReadViewSet):
    """Every movement of credits, newest first. Rows are never changed."""

    model = VendorCredit
    serializer_class = CreditOut
    filterset_class = CreditFilter
    scopes = SCOPES
