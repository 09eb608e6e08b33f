"""`/events/stream`: the open end of the live updates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from krm.events import live


@require_GET
async def stream(request: HttpRequest) -> HttpResponseBase:
    user: Any = await request.auser()
    if not user.is_authenticated:
        return HttpResponse(status=401)
    if not live.has_room(user.pk):
        return HttpResponse(status=503, headers={"Retry-After": "60"})
    last = request.headers.get("Last-Event-ID", "")
    body = live.stream(
        user, request.session.session_key or "", int(last) if last.isdecimal() and len(last) < 19 else None
    )
    response = StreamingHttpResponse(body, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"  # a proxy that gathers would hold the news back
    return response
