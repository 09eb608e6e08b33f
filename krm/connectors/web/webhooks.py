"""Where platforms call us: raw body, signature, store, 200. Nothing else happens in the request."""

from __future__ import annotations

import hashlib
import hmac
import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from krm.connectors import credentials, inbox, signatures
from krm.connectors.models import Application, InboundEvent


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


META_APPLICATIONS = ("instagram", "facebook", "instagram_login")


@method_decorator(csrf_exempt, name="dispatch")
class SignedRequest(View):
    """Meta's callbacks about a person: a form with `signed_request`. Any of Meta's registrations may have signed it."""

    vendor = ""

    def post(self, request: HttpRequest) -> HttpResponse:
        body = _body(request)
        if body is None:
            return HttpResponse(status=413)
        text = request.POST.get("signed_request", "")
        for name in META_APPLICATIONS:
            application = credentials.application(name)
            secret = application.client_secret if application else ""
            if application is not None and signatures.signed_request(text, secret) is not None:
                # Unguessable, and the same for the same call: a repeated call is told the same code.
                code = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]
                stored = json.dumps({"application": name, "signed_request": text}).encode()
                inbox.receive(self.vendor, request.headers, stored, dedupe_key=code)
                return self.answer(request, code)
        return HttpResponse(status=401)

    def answer(self, request: HttpRequest, code: str) -> HttpResponse:
        return HttpResponse(status=200)


class MetaDeauthorise(SignedRequest):
    vendor = "meta_deauthorise"


class MetaDeletion(SignedRequest):
    vendor = inbox.DELETION

    def answer(self, request: HttpRequest, code: str) -> HttpResponse:
        url = str(settings.SITE_URL).rstrip("/") + reverse("connectors:deletion_status", args=[code])
        return JsonResponse({"url": url, "confirmation_code": code})


class DeletionStatus(View):
    """For the person who asked Meta to have their data deleted: what became of it. No login; the code is the key."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        event = InboundEvent.objects.filter(vendor=inbox.DELETION, dedupe_key=code).first()
        if event is None:
            raise Http404
        return TemplateResponse(request, "connectors/deletion.html", {"event": event, "code": code})
