"""Files leave only through here: the asset must be visible to who asks, and a browser may not run it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views import View

from briefs import uploads
from briefs.models import Asset, Upload
from campaigns.models import Campaign, Deliverable
from krm.errors import Conflict, Refusal
from krm.web.access import AccessMixin
from krm.web.forms import refusal_text
from krm.web.pages import ObjectMixin

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
    response._csp_exempt = True  # type: ignore[attr-defined]  the stricter policy above stands
    return response


def _part(file: Any, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block


def serve(request: HttpRequest, asset: Asset, *, attachment: bool) -> HttpResponseBase:
    """The file, or the part of it that a video player asks for."""
    try:
        file = asset.file.storage.open(asset.file.name, "rb")
    except FileNotFoundError as error:
        raise Http404 from error
    wanted = _RANGE.match(request.headers.get("range", ""))
    if wanted and (wanted[1] or wanted[2]):
        if wanted[1]:
            start, end = int(wanted[1]), min(int(wanted[2] or asset.size - 1), asset.size - 1)
        else:
            start, end = max(asset.size - int(wanted[2]), 0), asset.size - 1
        if start > end:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{asset.size}"})
        response: HttpResponseBase = StreamingHttpResponse(
            _part(file, start, end - start + 1), status=206, content_type=asset.content_type
        )
        response["Content-Range"] = f"bytes {start}-{end}/{asset.size}"
        response["Content-Length"] = str(end - start + 1)
    else:
        response = FileResponse(file, content_type=asset.content_type)
        response["Content-Length"] = str(asset.size)
    response["Accept-Ranges"] = "bytes"
    return harden(response, asset.name, attachment=attachment)


class AssetFile(ObjectMixin, AccessMixin, View):
    """`?download=1` saves it; documents are always saved, never shown inside the site."""

    model = Asset
    area = "staff"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asset = self.get_object()
        attachment = "download" in request.GET or asset.kind == Asset.Kind.DOCUMENT
        return serve(request, asset, attachment=attachment)


class AssetPreview(ObjectMixin, AccessMixin, View):
    model = Asset
    area = "staff"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asset = self.get_object()
        if not asset.preview:
            raise Http404
        try:
            file = asset.preview.storage.open(asset.preview.name, "rb")
        except FileNotFoundError as error:
            raise Http404 from error
        return harden(FileResponse(file, content_type="image/jpeg"), "preview.jpg", attachment=False)


def state_of(upload: Upload) -> dict[str, Any]:
    return {
        "id": str(upload.pk),
        "state": upload.state,
        "offset": upload.offset,
        "size": upload.size,
        "chunk": uploads.CHUNK,
        "error": upload.error,
        "asset": upload.asset_id,
        "asset_name": upload.asset.name if upload.asset else "",
        "asset_kind": upload.asset.kind if upload.asset else "",
    }


class _Uploads(AccessMixin, View):
    """The browser's side of `briefs.uploads`; programs use the API, which calls the same verbs."""

    area = "any"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Conflict as refusal:
            return JsonResponse({"detail": str(refusal)}, status=409)
        except Refusal as refusal:
            return JsonResponse({"detail": str(refusal)}, status=403)
        except ValidationError as refusal:
            return JsonResponse({"detail": refusal_text(refusal)}, status=422)

    def visible(self, model: Any, pk: str) -> Any:
        found = model.objects.visible_to(self.request.user).filter(pk=int(pk)).first() if pk.isdigit() else None
        if found is None:
            raise Http404
        return found


class UploadStart(_Uploads):
    http_method_names: ClassVar[list[str]] = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST
        size = data.get("size", "")
        upload = uploads.start(
            by=request.user,  # type: ignore[arg-type]
            filename=data.get("filename", "")[:500],
            size=int(size) if size.isdigit() and len(size) < 16 else 0,
            content_type=data.get("content_type", ""),
            deliverable=self.visible(Deliverable, data["deliverable"]) if data.get("deliverable") else None,
            campaign=self.visible(Campaign, data["campaign"]) if data.get("campaign") else None,
            purpose=data.get("purpose") if data.get("purpose") in Asset.Purpose.values else Asset.Purpose.DRAFT,
        )
        return JsonResponse(state_of(upload), status=201)


class UploadPart(_Uploads):
    http_method_names: ClassVar[list[str]] = ["get", "patch", "delete", "options"]

    def find(self) -> Upload:
        found = Upload.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).select_related("asset").first()
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse(state_of(self.find()))

    def patch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        upload = self.find()
        offset, length = request.headers.get("upload-offset", ""), request.headers.get("content-length", "")
        if not offset.isdigit() or not length.isdigit():
            return JsonResponse({"detail": "Upload-Offset and Content-Length are needed"}, status=400)
        upload = uploads.append(
            upload,
            by=request.user,  # type: ignore[arg-type]
            offset=int(offset),
            data=request,  # type: ignore[arg-type]
            length=int(length),
            sha256=request.headers.get("upload-checksum", "")[:64],
        )
        return JsonResponse(state_of(upload))

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        uploads.cancel(self.find(), by=request.user)  # type: ignore[arg-type]
        return HttpResponse(status=204)
