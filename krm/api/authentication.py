"""Who asks: `Authorization: Bearer krm_…` (an API key) or the browser's session with its CSRF token."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.authentication import SessionAuthentication as BaseSessionAuthentication
from rest_framework.request import Request

from krm.accounts import apikeys


class ApiKeyAuthentication(BaseAuthentication):
    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = get_authorization_header(request)
        if not header:
            return None
        parts = header.split()
        if parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise exceptions.AuthenticationFailed(_("Send one key: Authorization: Bearer krm_…"))
        key = apikeys.find(parts[1].decode("ascii", "ignore"))
        if key is None:
            raise exceptions.AuthenticationFailed(_("This API key is unknown, expired or revoked."))
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="krm"'


class SessionAuthentication(BaseSessionAuthentication):
    """The browser's login; unsafe methods need the CSRF token."""
