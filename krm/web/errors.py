"""404, 403, 500 and the CSRF failure, each saying what to do next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from krm.errors import Conflict, Denied
from krm.web.access import page_before


def _wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(status: int, title: str, detail: str = "") -> JsonResponse:
    body = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    return JsonResponse(body, status=status, content_type="application/problem+json")


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _wants_json(request):
        return _problem(404, "Not Found")
    return render(request, "web/errors/404.html", {"title": _("Page not found")}, status=404)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception) if exception else ""
    if _wants_json(request):
        return _problem(403, "Forbidden", reason)
    return render(request, "web/errors/403.html", {"title": _("Not allowed"), "reason": reason}, status=403)


def conflict(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(
        request, "web/errors/409.html", {"title": _("Not possible now"), "reason": str(exception)}, status=409
    )


def broken(request: HttpRequest) -> HttpResponse:
    """No context processors, no database, no session: this page must render when everything else is down."""
    if _wants_json(request):
        return _problem(500, "Internal Server Error")
    return HttpResponse(
        render_to_string("web/errors/500.html", {"request_id": getattr(request, "id", "")}), status=500
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if _wants_json(request):
        return _problem(403, "Forbidden", "CSRF token missing or incorrect.")
    context = {"title": _("This form has expired"), "form_url": page_before(request)}
    return render(request, "web/errors/csrf.html", context, status=403)


class RefusalMiddleware:
    """Turns `Denied` and `Conflict` that a view let through into 403 and 409 pages."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)  # type: ignore[no-any-return]

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Denied):
            return denied(request, exception)
        if isinstance(exception, Conflict):
            return conflict(request, exception)
        return None
