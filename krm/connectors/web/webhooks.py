"""Where platforms call us: raw body, signature, store, 200. Nothing else happens in the request."""

from __future__ import annotations

import hmac
import json

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from krm.connectors import credentials, inbox, signatures
from krm.connectors.models import Application


def _body(request: HttpRequest) -> bytes | None:
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > inbox.MAX_BODY:
        return None
    return request.body


@method_decorator(csrf_exempt, name="dispatch")
class Hook(View):
    vendor = ""
    platform = ""

    def verify(self, request: HttpRequest, body: bytes, application: Application) -> bool:
        raise NotImplementedError

    def post(self, request: HttpRequest) -> HttpResponse:
        application = credentials.application(self.platform)
        body = _body(request)
        if body is None:
            return HttpResponse(status=413)
        if application is None or not self.verify(request, body, application):
            return HttpResponse(status=401)
        try:
            json.loads(body)
        except ValueError:
            return HttpResponse(status=400)
        inbox.receive(self.vendor, request.headers, body)
        return HttpResponse(status=200)


class MetaHook(Hook):
    vendor = "meta"
    platform = "instagram"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Meta's subscription challenge."""
        application = credentials.application(self.platform)
        token = application.webhook_secret if application else ""
        given = request.GET.get("hub.verify_token", "")
        challenge = request.GET.get("hub.challenge", "")
        ok = (
            request.GET.get("hub.mode") == "subscribe"
            and token
            and challenge.isalnum()
            and len(challenge) <= 200
        )
        if not ok or not hmac.compare_digest(token.encode(), given.encode()):
            return HttpResponse(status=403)
        return HttpResponse(challenge, content_type="text/plain")

    def verify(self, request: HttpRequest, body: bytes, application: Application) -> bool:
        return signatures.meta(
            body, request.headers.get("X-Hub-Signature-256", ""), application.client_secret
        )


class TikTokHook(Hook):
    vendor = "tiktok"
    platform = "tiktok"

    def verify(self, request: HttpRequest, body: bytes, application: Application) -> bool:
        return signatures.tiktok(body, request.headers.get("TikTok-Signature", ""), application.client_secret)
