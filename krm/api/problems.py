"""Every refusal of the API is an RFC 9457 problem: `application/problem+json`, one shape, a stable `code`."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from krm.errors import Conflict, Denied

log = logging.getLogger("krm.api")

CONTENT_TYPE = "application/problem+json"
CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "idempotency_key_reused",
    428: "precondition_required",
    429: "throttled",
    500: "server_error",
    503: "unavailable",
}


class Problem(exceptions.APIException):
    """An API-level refusal that no verb knows of (a stale ETag, a reused key)."""

    def __init__(
        self, status: int, detail: object, *, code: str = "", headers: dict[str, str] | None = None
    ) -> None:
        self.status_code = status
        super().__init__(force_str(detail), code or CODES.get(status, "error"))
        self.extra_headers = headers or {}


def title_of(status: int) -> str:
    titles = {
        400: _("The request cannot be understood"),
        401: _("Sign in or send an API key"),
        403: _("You may not do this"),
        404: _("Not found"),
        405: _("This method is not offered here"),
        406: _("This API answers in JSON only"),
        409: _("Not possible in the present state"),
        412: _("Somebody changed this in the meantime"),
        413: _("The request is too large"),
        415: _("Send JSON"),
        422: _("The key was used for another request"),
        428: _("Send If-Match"),
        429: _("Too many requests"),
        500: _("Something broke on our side"),
        503: _("Not available at the moment"),
    }
    return titles.get(status) or HTTPStatus(status).phrase


def body(
    status: int,
    detail: object,
    *,
    code: str = "",
    instance: str = "",
    errors: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    code = code or CODES.get(status, "error")
    found: dict[str, Any] = {
        "type": f"urn:krm:problem:{code}",
        "title": title_of(status),
        "status": status,
        "code": code,
        "detail": force_str(detail),
    }
    if instance:
        found["instance"] = instance
    if errors is not None:
        found["errors"] = errors
    return found


def response(
    status: int,
    detail: object,
    *,
    code: str = "",
    request: Any = None,
    errors: dict[str, list[str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    instance = request.path if request is not None else ""
    data = body(status, detail, code=code, instance=instance, errors=errors)
    return Response(data, status=status, headers=headers, content_type=CONTENT_TYPE)


def plain_response(status: int, detail: object, *, request: HttpRequest, code: str = "") -> HttpResponse:
    """The same for answers that never reached REST framework (unknown address, crash, CSRF)."""
    data = body(status, detail, code=code, instance=request.path)
    return HttpResponse(json.dumps(data), status=status, content_type=CONTENT_TYPE)


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """REST framework nests errors as the input is nested; a problem names each place by its dotted path."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for key, value in detail.items():
            name = "non_field_errors" if key == NON_FIELD_ERRORS else str(key)
            found.update(flatten(value, f"{path}.{name}" if path else name))
        return found
    if isinstance(detail, (list, tuple)):
        texts = [force_str(item) for item in detail if not isinstance(item, (dict, list, tuple))]
        found = {path or "non_field_errors": texts} if texts else {}
        for index, item in enumerate(detail):
            if isinstance(item, (dict, list, tuple)) and item:
                found.update(flatten(item, f"{path}.{index}" if path else str(index)))
        return found
    return {path or "non_field_errors": [force_str(detail)]}


def django_errors(exc: DjangoValidationError) -> dict[str, list[str]]:
    if hasattr(exc, "error_dict"):
        return flatten(exc.message_dict)
    return {"non_field_errors": list(exc.messages)}


def invalid(errors: dict[str, list[str]], request: Any) -> Response:
    return response(
        400, _("Some values need correction; see errors."), code="invalid", request=request, errors=errors
    )


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    request = context.get("request")
    set_rollback()
    match exc:
        case Problem():
            return response(
                exc.status_code,
                exc.detail,
                code=force_str(exc.get_codes()),
                request=request,
                headers=exc.extra_headers,
            )
        case exceptions.ValidationError():
            return invalid(flatten(exc.detail), request)
        case DjangoValidationError():
            return invalid(django_errors(exc), request)
        case Denied():
            return response(403, exc.reason, code="denied", request=request)
        case ReauthenticationRequired():
            text = _("Log in again in the browser first: this asks for a login of the last five minutes.")
            return response(403, text, code="recent_login_required", request=request)
        case PermissionDenied():
            return response(403, str(exc) or _("You may not do this."), request=request)
        case Conflict():
            return response(409, exc.reason, request=request)
        case Http404():
            return response(404, _("There is nothing here that you may see."), request=request)
        case IntegrityError() if getattr(exc.__cause__, "pgcode", "") in ("23505", "23P01"):
            log.warning("unique violation reached the API", exc_info=exc)
            return response(
                409, _("The same thing exists already. Load it again before you retry."), request=request
            )
        case ProtectedError() | RestrictedError():
            return response(409, _("Other things depend on this. Take them away first."), request=request)
        case DataError():
            log.warning("bad value reached the database", exc_info=exc)
            return response(
                400, _("A value is too large or has characters that cannot be stored."), request=request
            )
        case exceptions.APIException():
            headers: dict[str, str] = {}
            if getattr(exc, "auth_header", None):
                headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
            if getattr(exc, "wait", None) is not None:
                headers["Retry-After"] = str(int(exc.wait) + 1)  # type: ignore[attr-defined]
            detail = (
                exc.detail
                if isinstance(exc.detail, str)
                else "; ".join(t for texts in flatten(exc.detail).values() for t in texts)
            )
            return response(exc.status_code, detail, request=request, headers=headers)
    return None  # a bug: Django logs it, the middleware turns the answer into a problem
