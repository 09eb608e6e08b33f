"""What every page's template knows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def furniture(request: HttpRequest) -> dict[str, Any]:
    return {}
