"""How our ways of signing in appear in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "krm.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "krm_…",
            "description": "An API key made under Account → API keys. It is shown once.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "krm.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        from django.conf import settings

        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The browser's login. Unsafe methods also need the X-CSRFToken header.",
        }


class VisibleFieldSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Related fields that find their rows per request have no queryset to read the type from: it is an id."""

    target_class = "rest_framework.relations.PrimaryKeyRelatedField"
    match_subclasses = True

    @classmethod
    def _matches(cls, target: Any) -> bool:
        return (
            bool(super()._matches(target))
            and not target.read_only
            and getattr(target, "queryset", None) is None
        )

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
