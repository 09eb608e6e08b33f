"""A form that is sent twice does its work once: a double press, Back and the button again, a repeating browser.

The masked CSRF token is new on each page that is shown, so token and values together name one press of one button.
"""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

KEPT = 3600  # seconds in which Back and the button again is recognised
RUNNING, LONGEST = "running", 60
MASKED = 64


def key_of(request: HttpRequest) -> str | None:
    """The name of this press; None where the request holds no form of a page."""
    if len(request.POST.get("csrfmiddlewaretoken", "")) != MASKED:
        return None
    parts = [str(getattr(request.user, "pk", "")), request.path]
    parts += [f"{name}={value}" for name, values in sorted(request.POST.lists()) for value in values]
    parts += [f"{name}:{file.name}:{file.size}" for name, file in sorted(request.FILES.items())]  # type: ignore[union-attr]
    return "krm.once:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


def begin(key: str) -> str | None:
    """None: go ahead. Otherwise `RUNNING`, or the address to which the first press led."""
    if cache.add(key, RUNNING, LONGEST):
        return None
    return cache.get(key) or RUNNING


def done(key: str, url: str) -> None:
    cache.set(key, url, KEPT)


def forget(key: str) -> None:
    cache.delete(key)
