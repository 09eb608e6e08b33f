"""A ceiling per user, key or address and minute, told in RateLimit headers before it is hit."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

log = logging.getLogger("krm.api")
WINDOW = 60


class MinuteThrottle(BaseThrottle):
    def allow_request(self, request: Request, view: Any) -> bool:
        limit = self.limit(request)
        now = time.time()
        window = int(now // WINDOW)
        self.reset = max(1, int((window + 1) * WINDOW - now))
        try:
            used = self.count(f"api:rate:{self.ident(request)}:{window}")
        except Exception:  # the counter is down: the API still works, it just cannot count
            log.warning("rate counter unavailable", exc_info=True)
            return True
        request._request.krm_ratelimit = (limit, max(0, limit - used), self.reset)  # type: ignore[attr-defined]
        return used <= limit

    def count(self, key: str) -> int:
        if cache.add(key, 1, timeout=WINDOW * 2):
            return 1
        try:
            return cache.incr(key)
        except ValueError:  # expired between the two
            cache.set(key, 1, timeout=WINDOW * 2)
            return 1

    def limit(self, request: Request) -> int:
        if not request.user.is_authenticated:
            return int(getattr(settings, "API_ANONYMOUS_PER_MINUTE", 60))
        return int(getattr(settings, "API_REQUESTS_PER_MINUTE", 1200))

    def ident(self, request: Request) -> str:
        key = getattr(request.auth, "pk", None)
        if key is not None:
            return f"key:{key}"
        if request.user.is_authenticated:
            return f"user:{request.user.pk}"
        return f"ip:{self.get_ident(request)}"

    def wait(self) -> float:
        return float(self.reset)


def add_headers(request: Any, response: Any) -> None:
    found = getattr(request, "krm_ratelimit", None)
    if found:
        limit, remaining, reset = found
        response.headers["RateLimit-Limit"] = str(limit)
        response.headers["RateLimit-Remaining"] = str(remaining)
        response.headers["RateLimit-Reset"] = str(reset)
