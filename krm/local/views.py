"""Pages of a developer's machine; none of them exists where KRM_LOCAL is False."""

from __future__ import annotations

import ipaddress

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from krm.local import mail


def from_here(request: HttpRequest) -> bool:
    """Letters hold links that log people in: they are shown to this machine only."""
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    if not from_here(request):
        raise Http404
    return render(request, "local/mail.html", {"letters": mail.letters()})


@never_cache
@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    found = mail.find(name) if from_here(request) else None
    if found is None:
        raise Http404
    return render(request, "local/letter.html", {"letter": found})
