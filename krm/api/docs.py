"""The OpenAPI file and a page to try it on."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer


@lru_cache(maxsize=4)
def description(language: str) -> tuple[bytes, str]:
    """The description as JSON and its ETag. It changes with the code only, and takes seconds to make."""
    found: Any = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    raw = OpenApiJsonRenderer().render(found, renderer_context={})
    data = json.loads(raw)
    return json.dumps(data, separators=(",", ":")).encode(), f'"{hashlib.sha256(raw).hexdigest()[:32]}"'


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    body, etag = description(get_language() or "en")
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(body, content_type="application/json", headers={"ETag": etag})


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "api/reference.html")
