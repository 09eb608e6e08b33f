"""Pages for refusals and faults."""

from __future__ import annotations

from django.views.defaults import page_not_found as missing
from django.views.defaults import permission_denied as denied
from django.views.defaults import server_error as broken

__all__ = ["broken", "denied", "missing"]
