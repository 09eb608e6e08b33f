"""Every request has an id, one log line and a place in the figures."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from krm.events.context import set_request_id
from krm.operations import metrics

logger = logging.getLogger("krm.requests")
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{8,64}")
QUIET = ("/healthz", "/readyz", "/metrics", "/static/")


class RequestMiddleware:
    """Takes the proxy's X-Request-ID where it is well-formed, makes one elsewhere, and gives it back."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        set_request_id(request_id)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            seconds = time.perf_counter() - began
        response.headers["X-Request-ID"] = request_id
        match = request.resolver_match
        route = (
            f"/{match.route}" if match else "(none)"
        )  # the pattern, never the path: a path can hold a token
        metrics.observe_request(request.method or "", route, response.status_code, seconds)
        if not request.path_info.startswith(QUIET):
            self.log(request, response, route, seconds)
        set_request_id("")
        return response

    def log(self, request: HttpRequest, response: HttpResponseBase, route: str, seconds: float) -> None:
        user = getattr(request, "user", None)
        fields = {
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
            "user": user.pk if user is not None and user.is_authenticated else None,
        }
        logger.info("%s %s %s", request.method, route, response.status_code, extra={"fields": fields})
