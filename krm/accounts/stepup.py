"""Ask again who it is before something that hurts: bank details, payment approval, role change, data export.

`require_recent_login(request)` passes if the person proved themselves in this session within five minutes, else
it raises; allauth's middleware sends the browser to the right question (password, code, passkey, or a link by
mail) and then repeats the request. API keys pass: making one was asked for.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

WITHIN = 300


def is_recent(request: HttpRequest, within: int = WITHIN) -> bool:
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return bool(records) and time.time() - float(records[-1].get("at", 0)) < within


def require_recent_login(request: Any, within: int = WITHIN, *, repeat: bool = True) -> None:
    """Raise unless the person logged in or confirmed within `within` seconds. Takes Django and REST requests.

    Without `repeat` what was sent is not kept in the session until then: bank data has no business there.
    """
    if getattr(request, "auth", None) is not None:
        return
    request = getattr(request, "_request", request)
    if is_recent(request, within):
        return
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=204)
        back = request.htmx.current_url_abs_path or "/"
        answer["HX-Redirect"] = f"{reverse('accounts:confirm')}?{urlencode({'next': back})}"
        raise ImmediateHttpResponse(answer)
    if not repeat:
        query = urlencode({"next": request.get_full_path()})
        raise ImmediateHttpResponse(HttpResponseRedirect(f"{reverse('accounts:confirm')}?{query}"))
    raise ReauthenticationRequired


def note_login(request: HttpRequest, user: Any, method: str) -> None:
    """Write down that the person just proved who they are."""
    record_authentication(request, user, method=method, reauthenticated=True)


class StepUp:
    """Mixin for class-based views: POST (or all methods with `step_up_always`) needs a recent login."""

    step_up_always = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and (self.step_up_always or request.method == "POST"):
            require_recent_login(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
