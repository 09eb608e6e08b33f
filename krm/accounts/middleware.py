"""What a request takes from the person who makes it (language, time zone), and what it leaves: when they were seen."""

from __future__ import annotations

import hashlib
import logging
import zoneinfo
from collections.abc import Callable

import redis
from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

logger = logging.getLogger(__name__)
SEEN_EVERY = 60  # seconds


class SeenMiddleware:
    """Note on the session where and when it was last used: at most once a minute from one address and browser.

    The middleware of allauth writes on every request, which makes each page that only reads wait for the disk.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.session.session_key and self.is_due(request):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)

    def is_due(self, request: HttpRequest) -> bool:
        parts = (
            request.session.session_key,
            request.user.pk,
            get_adapter().get_client_ip(request),
            request.META.get("HTTP_USER_AGENT", ""),
        )
        mark = hashlib.sha256(repr(parts).encode()).hexdigest()
        try:
            return cache.add(f"accounts:seen:{mark}", 1, SEEN_EVERY)
        except redis.RedisError:  # every request writes then, slow as it is
            logger.warning("the cache does not answer; sessions are noted at every request")
            return True


class PersonalMiddleware:
    """Activate the user's language and time zone for the request."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        try:
            zone = zoneinfo.ZoneInfo(getattr(user, "timezone", "") or settings.TIME_ZONE)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            zone = zoneinfo.ZoneInfo(settings.TIME_ZONE)
        timezone.activate(zone)
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        if user.is_authenticated:
            response.headers.setdefault("Content-Language", user.language)
        return response
