"""OpenAPI 3.1 by drf-spectacular, with our refusals, headers and short operation ids on every operation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import AllowAny
from rest_framework.serializers import ModelSerializer

from krm.api.idempotency import HEADER, UNSAFE
from krm.api.preconditions import PATTERN
from krm.api.problems import CONTENT_TYPE

PROBLEM = {
    "type": "object",
    "description": "A refusal in the shape of RFC 9457.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "example": "urn:krm:problem:conflict"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; programs branch on it."},
        "detail": {"type": "string", "description": "A sentence for a person, in their language."},
        "instance": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Per field, what to correct. `non_field_errors` for the whole.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "400": {
        "type": "urn:krm:problem:invalid",
        "title": "The request cannot be understood",
        "status": 400,
        "code": "invalid",
        "detail": "Some values need correction; see errors.",
        "errors": {"name": ["This field is required."]},
    },
    "401": {
        "type": "urn:krm:problem:not_authenticated",
        "title": "Sign in or send an API key",
        "status": 401,
        "code": "not_authenticated",
        "detail": "Authentication credentials were not provided.",
    },
    "403": {
        "type": "urn:krm:problem:denied",
        "title": "You may not do this",
        "status": 403,
        "code": "denied",
        "detail": "Your role does not allow this. Ask an administrator.",
    },
    "404": {
        "type": "urn:krm:problem:not_found",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "There is nothing here that you may see.",
    },
    "409": {
        "type": "urn:krm:problem:conflict",
        "title": "Not possible in the present state",
        "status": 409,
        "code": "conflict",
        "detail": "The offer is accepted; only a sent offer can be withdrawn.",
    },
    "412": {
        "type": "urn:krm:problem:precondition_failed",
        "title": "Somebody changed this in the meantime",
        "status": 412,
        "code": "precondition_failed",
        "detail": "Somebody changed this since you read it. Read it again and repeat your change.",
    },
    "415": {
        "type": "urn:krm:problem:unsupported_media_type",
        "title": "Send JSON",
        "status": 415,
        "code": "unsupported_media_type",
        "detail": 'Unsupported media type "text/plain" in request.',
    },
    "422": {
        "type": "urn:krm:problem:idempotency_key_reused",
        "title": "The key was used for another request",
        "status": 422,
        "code": "idempotency_key_reused",
        "detail": "This Idempotency-Key was used for a different request. Take a new key for a new request.",
    },
    "428": {
        "type": "urn:krm:problem:precondition_required",
        "title": "Send If-Match",
        "status": 428,
        "code": "precondition_required",
        "detail": "Read the object first and send its ETag as If-Match.",
    },
    "429": {
        "type": "urn:krm:problem:throttled",
        "title": "Too many requests",
        "status": 429,
        "code": "throttled",
        "detail": "Request was throttled. Expected available in 12 seconds.",
    },
}
DESCRIPTIONS = {
    "400": "Some values need correction.",
    "401": "No valid key or session.",
    "403": "Visible to you, but your role or key does not allow this.",
    "404": "Nothing here that you may see.",
    "409": "Not possible in the present state, or the same request is being worked on.",
    "412": "The object changed since you read it.",
    "415": "The body is not in an accepted format.",
    "422": "The Idempotency-Key was used for a different request.",
    "428": "If-Match is required here.",
    "429": "Too many requests; see Retry-After.",
}


class KrmAutoSchema(AutoSchema):
    def get_operation_id(self) -> str:
        basename = getattr(self.view, "basename", None)
        action = getattr(self.view, "action", None)
        if not basename or not action:
            return str(super().get_operation_id())
        action = {"partial_update": "update", "destroy": "delete"}.get(action, action)
        return f"{basename.replace('-', '_')}_{action}"

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """What may be empty in the database comes out empty: a blank address is no `uri`, a blank choice is shown."""
        if direction == "response" and hasattr(field, "allow_blank") and self.may_be_blank(field):
            field.allow_blank = True
        return super()._map_serializer_field(field, direction, bypass_extensions)

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        """Fields that some viewers do not get (`withheld` of the serializer) are not promised to everybody."""
        found: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        withheld = getattr(serializer, "withheld", ())
        if withheld and "required" in found:
            found["required"] = [name for name in found["required"] if name not in withheld]
            if not found["required"]:
                del found["required"]
        return found

    def may_be_blank(self, field: Any) -> bool:
        model = getattr(getattr(field.parent, "Meta", None), "model", None)
        source = field.source or field.field_name or ""
        if model is None or "." in source:
            return False
        try:
            return bool(getattr(model._meta.get_field(source), "blank", False))
        except FieldDoesNotExist:
            return False

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """Rooms name their small inputs alike (`ReasonIn`); the room's name keeps them apart."""
        name = str(super().get_serializer_name(serializer, direction))
        room = type(serializer).__module__.partition(".")[0]
        if room != "krm" and not isinstance(serializer, ModelSerializer):
            return f"{room.capitalize()}{name}"
        return name

    def get_tags(self) -> list[str]:
        tag = getattr(self.view, "schema_tag", None)
        return [tag] if tag else list(super().get_tags())

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = []
        if self.method in UNSAFE and not self.is_public():
            found.append(
                OpenApiParameter(
                    HEADER,
                    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
                    OpenApiParameter.HEADER,
                    description="Send the same key with a retry and the request has one effect. A UUID is a good key.",
                )
            )
        if self.method in UNSAFE and getattr(self.view, "detail", False):
            required = self.view.if_match_needed() if hasattr(self.view, "if_match_needed") else False
            found.append(
                OpenApiParameter(
                    "If-Match",
                    {"type": "string", "pattern": PATTERN},
                    OpenApiParameter.HEADER,
                    required=required,
                    description="ETag of the state that you read; refused with 412 if it changed since.",
                )
            )
        if getattr(self.view, "action", None) in ("retrieve", "create", "partial_update"):
            found.append(
                OpenApiParameter(
                    "ETag",
                    {"type": "string"},
                    OpenApiParameter.HEADER,
                    response=[200, 201],
                    description="The state of the object; send it as If-Match or If-None-Match.",
                )
            )
        return found

    def is_public(self) -> bool:
        return any(isinstance(permission, AllowAny) for permission in self.view.get_permissions())

    def _is_list_view(self, serializer: Any = None) -> bool:
        inherit = self.inherited()
        if inherit is not None:
            return bool(inherit[1])
        return bool(super()._is_list_view(serializer))

    def inherited(self) -> Any:
        """(status, many) where an `action` answers with the view's own serializer."""
        function = getattr(self.view, getattr(self.view, "action", None) or "", None)
        return getattr(function, "krm_inherit", None)

    def get_response_serializers(self) -> Any:
        inherit = self.inherited()
        if inherit is not None:
            status, many = inherit
            serializer = view_class(self.view).serializer_class
            return {status: serializer(many=True) if many else serializer} if serializer else {status: None}
        found = super().get_response_serializers()
        if getattr(self.view, "action", None) in ("create", "partial_update") and getattr(
            self.view, "write_serializer_class", None
        ):
            return (
                view_class(self.view).serializer_class if found is None or self.is_default(found) else found
            )
        return found

    def is_default(self, found: Any) -> bool:
        return (
            isinstance(found, view_class(self.view).write_serializer_class)
            or found is view_class(self.view).write_serializer_class
        )

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        found: dict[str, Any] = super()._get_response_bodies(direction)
        for status in self.refusals():
            if status not in found:
                found[status] = {"$ref": f"#/components/responses/Problem{status}"}
        return found

    def refusals(self) -> list[str]:
        wanted = ["400", "429"]
        public = self.is_public()
        unsafe = self.method in UNSAFE
        if not public:
            wanted += ["401", "403"]
        if "{" in self.path or self.view.__class__.__dict__.get("guests_get_404") or not public:
            wanted.append("404")
        if unsafe:
            wanted += ["409", "422"]
            if self.method != "DELETE":
                wanted.append("415")
            if getattr(self.view, "detail", False):
                wanted.append("412")
                if hasattr(self.view, "if_match_needed") and self.view.if_match_needed():
                    wanted.append("428")
        return sorted(wanted)


def view_class(view: Any) -> Any:
    """The class as written: REST framework sets an action's serializer on the instance."""
    return type(view)


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Postprocessing hook: the refusals, once, as components."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    responses = components.setdefault("responses", {})
    for status, description in DESCRIPTIONS.items():
        responses[f"Problem{status}"] = {
            "description": description,
            "content": {
                CONTENT_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": EXAMPLES[status],
                }
            },
        }
    headers = {
        "RateLimit-Limit": "Requests a minute.",
        "RateLimit-Remaining": "Requests left in this minute.",
        "RateLimit-Reset": "Seconds until the minute ends.",
    }
    responses["Problem429"]["headers"] = {
        name: {"description": text, "schema": {"type": "integer"}} for name, text in headers.items()
    }
    responses["Problem429"]["headers"]["Retry-After"] = {
        "description": "Seconds to wait.",
        "schema": {"type": "integer"},
    }
    responses["Problem401"]["headers"] = {
        "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}}
    }
    return result


def only_api(endpoints: list[Any], **kwargs: Any) -> list[Any]:
    """Preprocessing hook: describe `/api/v1/` and nothing else."""
    return [entry for entry in endpoints if entry[0].startswith("/api/v1/")]
