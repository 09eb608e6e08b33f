"""Under `/api/` every refusal is a problem, also those that Django makes before or after REST framework."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.response import Response

from krm.api import problems


class ApiMiddleware:
    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith("/api/v1/"):
            return self.get_response(request)
        if request.path_info.endswith(
            "/"
        ):  # addresses have no slash at the end; who adds one is not punished
            request.path_info = request.path_info.rstrip("/")
        response = self.get_response(request)
        status = response.status_code
        if status >= 400 and not isinstance(response, Response):
            return problems.plain_response(status, self.detail(status), request=request)
        response.headers.setdefault(
            "Cache-Control", "private, no-store" if status >= 400 else "private, no-cache"
        )
        return response

    def detail(self, status: int) -> str:
        if status == 404:
            return _("There is no such address. The addresses are listed at /api/docs/.")
        if status >= 500:
            return _("The fault is ours and has been written down. Try again later.")
        return problems.title_of(status)
