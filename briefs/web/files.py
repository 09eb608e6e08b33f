"""Files leave only through here: the asset must be visible to who asks, and a browser may not run it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views import View

from briefs import uploads
from briefs.models import Asset, Upload
from briefs.serving import serve, serve_preview
from campaigns.models import Campaign, Deliverable
from krm.errors import Conflict, Refusal
from krm.web.access import AccessMixin
from krm.web.forms import refusal_text
from krm.web.pages import ObjectMixin


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
        return serve_preview(asset)


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


class _Uploads(AccessMixin, View):  # type: ignore[misc]
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
        found = (
            model.objects.visible_to(self.request.user).filter(pk=int(pk)).first() if pk.isdigit() else None
        )
        if found is None:
            raise Http404
        return found


class UploadStart(_Uploads):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST
        size, wanted = data.get("size", ""), data.get("purpose") or ""
        upload = uploads.start(
            by=request.user,  # type: ignore[arg-type]
            filename=data.get("filename", "")[:500],
            size=int(size) if size.isdigit() and len(size) < 16 else 0,
            content_type=data.get("content_type", ""),
            deliverable=self.visible(Deliverable, data["deliverable"]) if data.get("deliverable") else None,
            campaign=self.visible(Campaign, data["campaign"]) if data.get("campaign") else None,
            purpose=wanted if wanted in Asset.Purpose.values else Asset.Purpose.DRAFT,
        )
        return JsonResponse(state_of(upload), status=201)


class UploadPart(_Uploads):
    http_method_names = ["get", "patch", "delete", "options"]

    def find(self) -> Upload:
        found = (
            Upload.objects.visible_to(self.request.user)
            .filter(pk=self.kwargs["pk"])
            .select_related("asset")
            .first()
        )
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
