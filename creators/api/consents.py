"""REST: how owners' consents stand. Tokens are never read here."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from rest_framework import serializers as S

from creators.consents import health
from krm.api.viewsets import ReadViewSet, StaffOnly
from krm.connectors.models import Credential


class ConsentOut(S.ModelSerializer[Credential]):
    missing = S.SerializerMethodField(
        help_text="Permissions the connection asks for and the owner did not give."
    )
    ends_at = S.SerializerMethodField(
        help_text="When the owner has to be asked again; null: it renews itself."
    )

    class Meta:
        model = Credential
        fields: ClassVar[Any] = [
            "id", "platform", "flavour", "external_account_id", "handle", "status", "status_reason", "scopes", "missing",
            "ends_at", "last_refresh_at", "created_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields

    def get_missing(self, row: Credential) -> list[str]:
        return health.missing(row)

    def get_ends_at(self, row: Credential) -> str | None:
        end = health.ends_at(row)
        return end.isoformat() if end else None


class ConsentFilter(df.FilterSet):
    class Meta:
        model = Credential
        fields: ClassVar[Any] = ["platform", "status", "handle"]


class ConsentViewSet(StaffOnly, ReadViewSet):
    """Accounts whose owners connected them in the portal: state, permissions, end. Owners give and end consent there."""

    model = Credential
    serializer_class = ConsentOut
    filterset_class = ConsentFilter
    scopes = ("creators:read", "creators:write")

    def get_queryset(self) -> Any:
        return health.consents()
