"""Brand teams."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers

from krm.accounts.models import BrandTeam
from krm.api.viewsets import ReadViewSet, StaffOnly


class BrandTeamSerializer(serializers.ModelSerializer[BrandTeam]):
    class Meta:
        model = BrandTeam
        fields: ClassVar[Any] = ["id", "name", "created_at", "updated_at"]
        read_only_fields: ClassVar[Any] = ["id", "created_at", "updated_at"]


class BrandTeamViewSet(StaffOnly, ReadViewSet):
    """The brand teams you belong to, or all of them if you see every brand."""

    model = BrandTeam
    serializer_class = BrandTeamSerializer
    scopes = ("accounts:read", "accounts:write")
    ordering = "name"
    ordering_fields = ("name", "created_at")
