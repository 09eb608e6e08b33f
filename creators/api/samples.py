"""REST: samples of followers, by upload or by column."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as S
from rest_framework.request import Request

from creators import samples
from creators.api.serializers import Started
from creators.models import FollowerSample, SocialAccount
from krm.api.viewsets import StaffOnly, WriteViewSet, action

SCOPES = ("creators:read", "creators:write")


class SampleOut(S.ModelSerializer[FollowerSample]):
    class Meta:
        model = FollowerSample
        fields: ClassVar[Any] = [
            "id", "account", "source", "as_of", "size", "left_out", "filename", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class SampleIn(S.Serializer[Any]):
    account = S.PrimaryKeyRelatedField(queryset=SocialAccount.objects.all())
    as_of = S.DateField(required=False, help_text="Today where it is left out.")
    features = S.DictField(
        child=S.ListField(child=S.FloatField(allow_null=True), max_length=samples.MOST),
        help_text="One column a field, one value a follower; null where it is not known. Names are not taken.",
    )


class SampleFile(S.Serializer[Any]):
    account = S.PrimaryKeyRelatedField(queryset=SocialAccount.objects.all())
    as_of = S.DateField(required=False)
    csv = S.CharField(
        max_length=2_000_000, trim_whitespace=False, help_text="A header and one follower a row."
    )


class SampleFilter(df.FilterSet):
    class Meta:
        model = FollowerSample
        fields: ClassVar[Any] = ["account", "source"]


class FollowerSampleViewSet(StaffOnly, WriteViewSet):
    """Samples of an account's followers. The account is scored again when one arrives."""

    model = FollowerSample
    serializer_class = SampleOut
    write_serializer_class = SampleIn
    filterset_class = SampleFilter
    scopes = SCOPES
    http_method_names = ["get", "post", "delete", "head", "options"]
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.change",
        "destroy": "creators.change",
        "upload": "creators.change",
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().defer("features")

    def perform_create(self, serializer: Any) -> None:
        given = serializer.validated_data
        serializer.instance = samples.add(
            given["account"], by=self.request.user, features=given["features"], as_of=given.get("as_of"),  # type: ignore[arg-type]
        )  # fmt: skip

    def perform_destroy(self, instance: FollowerSample) -> None:
        samples.remove(instance, by=self.request.user)  # type: ignore[arg-type]

    @action(
        detail=False, methods=["post"], serializer_class=SampleFile, response=Started, status=202, summary="Upload a list",
        schema={"examples": [OpenApiExample(
            "Three followers", request_only=True,
            value={"account": 7, "as_of": "2026-11-22", "csv": "posts,following,followers,has_pic\n12,300,250,1\n0,7000,4,0\n"},
        )]},
    )  # fmt: skip
    def upload(self, request: Request) -> Any:
        """A list as text; reading it is a job whose errors name row and column."""
        from django.core.files.base import ContentFile

        given = self.input()
        file: Any = ContentFile(given["csv"].encode(), name="followers.csv")
        job = samples.upload(given["account"], by=request.user, file=file, as_of=given.get("as_of"))  # type: ignore[arg-type]
        return {"job_id": job.pk}
