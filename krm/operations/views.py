"""What machines ask: does it live, is it ready, how much does it do."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from krm.operations import health, metrics


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives; asks nobody else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Everything that KRM stands on; `?for=web` only what a web process needs to take requests."""
    ok, findings = health.readiness(web_only=request.GET.get("for") == "web")
    parts = {name: finding.as_json() for name, finding in findings.items()}
    return JsonResponse({"status": "ok" if ok else "not ready", "parts": parts}, status=200 if ok else 503)


@never_cache
@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """Figures for who knows the token, or asks from the machine itself; nobody else learns that they exist."""
    if not may_read_metrics(request):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(token.encode(), given.encode()):
        return True
    if "X-Forwarded-For" in request.headers:  # a proxy on this machine speaks for someone outside
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
