from __future__ import annotations

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address the request came from, as the server in front of us says (it is hashed before it is kept)."""
    return str(request.META.get("REMOTE_ADDR", ""))
