"""Where YouTube's hub calls: its challenge, and its notices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from creators.pulling import feeds
from krm.connectors.inbox import MAX_BODY


@method_decorator(csrf_exempt, name="dispatch")
class WebSubHook(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        challenge = feeds.confirm(token, request.GET)
        if challenge is None:
            return HttpResponse(status=404)
        return HttpResponse(
            challenge, content_type="text/plain; charset=utf-8", headers={"X-Content-Type-Options": "nosniff"}
        )

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
            return HttpResponse(status=413)
        known = feeds.receive(token, request.headers, request.body)
        return HttpResponse(status=200 if known else 404)
