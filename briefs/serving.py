"""A stored file as an answer: in parts for players, and never able to run in a browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from briefs.models import Asset

_RANGE = re.compile(r"^bytes=(\d{0,18})-(\d{0,18})$")
BLOCK = 256 * 1024
# Nothing in a file may run or load anything, even if a browser shows it as a page.
SANDBOX = "sandbox; default-src 'none'; style-src 'none'; script-src 'none'; media-src 'self'; img-src 'self'"


def harden(response: HttpResponseBase, name: str, *, attachment: bool) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(attachment, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _blocks(stored: Any, start: int, length: int) -> Iterator[bytes]:
    """Opened when the first byte is asked for, so that an answer nobody reads leaves nothing open."""
    with stored.storage.open(stored.name, "rb") as file:
        file.seek(start)
        while length > 0 and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block


async def _in_thread(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Under ASGI Django would read a plain iterator to its end first: two gigabytes in memory."""
    following = sync_to_async(lambda: next(blocks, None), thread_sensitive=False)
    while (block := await following()) is not None:
        yield block


def stream(request: HttpRequest, file: Any, start: int, length: int, **kwargs: Any) -> StreamingHttpResponse:
    blocks = _blocks(file, start, length)
    response = StreamingHttpResponse(
        _in_thread(blocks) if isinstance(request, ASGIRequest) else blocks, **kwargs
    )
    response["Content-Length"] = str(length)
    return response


def serve(request: HttpRequest, asset: Asset, *, attachment: bool) -> HttpResponseBase:
    """The file, or the part of it that a video player asks for."""
    file = asset.file
    if not file.storage.exists(file.name or ""):
        raise Http404
    wanted = _RANGE.match(request.headers.get("range", ""))
    if wanted and (wanted[1] or wanted[2]):
        if wanted[1]:
            start, end = int(wanted[1]), min(int(wanted[2] or asset.size - 1), asset.size - 1)
        else:
            start, end = max(asset.size - int(wanted[2]), 0), asset.size - 1
        if start > end:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{asset.size}"})
        response = stream(request, file, start, end - start + 1, status=206, content_type=asset.content_type)
        response["Content-Range"] = f"bytes {start}-{end}/{asset.size}"
    else:
        response = stream(request, file, 0, asset.size, content_type=asset.content_type)
    response["Accept-Ranges"] = "bytes"
    return harden(response, asset.name, attachment=attachment)


def serve_preview(asset: Asset) -> HttpResponseBase:
    """The small picture, whole: some tens of kilobytes."""
    try:
        with asset.preview.storage.open(asset.preview.name or "", "rb") as file:
            data = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return harden(HttpResponse(data, content_type="image/jpeg"), "preview.jpg", attachment=False)
