"""Endpoints of this room: every action a page has, through the same verbs."""

from __future__ import annotations

from typing import Any, BinaryIO, ClassVar, cast

import django_filters
from django.db.models import Prefetch
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from briefs import assets, briefing, comments, concepts, drafts, pdf, review, rights, uploads
from briefs.api import serializers as s
from briefs.check_texts import as_rows
from briefs.models import (
    ApprovalStep,
    Asset,
    Brief,
    BriefingCall,
    BriefReceipt,
    BriefVersion,
    Comment,
    Concept,
    Draft,
    ReviewSettings,
    Upload,
    UsageRight,
)
from briefs.serving import serve
from krm.accounts.models import User
from krm.api.viewsets import ReadViewSet, WriteViewSet, action

SCOPES = ("content:read", "content:write")


def me(request: Any) -> User:
    """Who asks; anonymous callers never get as far as a verb."""
    user: User = request.user
    return user


class BriefViewSet(WriteViewSet):
    """The working text of a campaign's brief. Creating it twice for a campaign writes the same brief."""

    model = Brief
    serializer_class = s.BriefSerializer
    write_serializer_class = s.BriefIn
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = ["campaign"]

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = briefing.save_brief(data.pop("campaign"), by=me(self.request), **data)

    def perform_update(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        data.pop("campaign", None)
        serializer.instance = briefing.save_brief(serializer.instance.campaign, by=me(self.request), **data)

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.PublishIn,
        response=s.BriefVersionSerializer,
        status=201,
    )
    def publish(self, request: Request, pk: str) -> Any:
        """Make an immutable version of the working text; KOLs of the campaign are told."""
        return briefing.publish(self.get_object(), by=me(request), **self.input())


class BriefVersionViewSet(ReadViewSet):
    """Published versions, word for word."""

    model = BriefVersion
    serializer_class = s.BriefVersionSerializer
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = ["brief", "number", "brief__campaign"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brief__campaign__brand")

    @action(
        detail=True, methods=["post"], serializer_class=s.PartnershipIn, response=s.BriefReceiptSerializer
    )
    def read(self, request: Request, pk: str) -> Any:
        """The KOL's side has opened it."""
        return briefing.open_version(self.get_object(), by=me(request), **self.input())

    @action(
        detail=True, methods=["post"], serializer_class=s.PartnershipIn, response=s.BriefReceiptSerializer
    )
    def acknowledge(self, request: Request, pk: str) -> Any:
        """The KOL's side says: read and understood."""
        return briefing.acknowledge(self.get_object(), by=me(request), **self.input())

    @action(
        detail=True,
        url_path="pdf",
        schema={
            "parameters": [OpenApiParameter("language", str, enum=["en", "id"])],
            "responses": {(200, "application/pdf"): OpenApiTypes.BINARY},
        },
    )
    def as_pdf(self, request: Request, pk: str) -> HttpResponseBase:
        """The version as a PDF."""
        version = self.get_object()
        language = request.query_params.get("language", "en")
        answer = HttpResponse(
            pdf.brief_pdf(version, language if language in ("en", "id") else "en"),
            content_type="application/pdf",
        )
        answer["Content-Disposition"] = f'attachment; filename="brief-v{version.number}.pdf"'
        return answer


class BriefReceiptViewSet(ReadViewSet):
    model = BriefReceipt
    serializer_class = s.BriefReceiptSerializer
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = ["version", "partnership"]


class BriefingCallViewSet(WriteViewSet):
    model = BriefingCall
    serializer_class = s.BriefingCallSerializer
    write_serializer_class = s.CallIn
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = ["campaign", "state"]

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = briefing.plan_call(data.pop("campaign"), by=me(self.request), **data)

    @action(detail=True, methods=["post"], serializer_class=s.MoveCallIn)
    def move(self, request: Request, pk: str) -> Any:
        """Another time or place."""
        return briefing.move_call(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.HoldCallIn)
    def hold(self, request: Request, pk: str) -> Any:
        """The call took place: notes, and who was there."""
        return briefing.hold_call(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Any:
        """Call it off."""
        return briefing.cancel_call(self.get_object(), by=me(request))

    @action(detail=True, url_path="invite", schema={"responses": {(200, "text/calendar"): OpenApiTypes.STR}})
    def invite(self, request: Request, pk: str) -> HttpResponseBase:
        """The call as an iCalendar file."""
        return HttpResponse(
            briefing.calendar_invite(self.get_object()), content_type="text/calendar; charset=utf-8"
        )


class ConceptViewSet(WriteViewSet):
    """Ideas for a deliverable. `submit` hands in two or three at once."""

    model = Concept
    serializer_class = s.ConceptSerializer
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = ["deliverable", "state"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("deliverable__partnership__campaign")

    @action(
        detail=False,
        methods=["post"],
        serializer_class=s.ConceptsIn,
        response=s.ConceptSerializer,
        many=True,
        status=201,
        schema={
            "examples": [
                OpenApiExample(
                    "Two concepts",
                    value={
                        "deliverable": 12,
                        "concepts": [
                            {
                                "title": "Window",
                                "body": "Open the window, brew, smile.",
                                "format": "Reel, one take",
                            },
                            {
                                "title": "Rain",
                                "body": "Rain outside, coffee inside.",
                                "references": ["https://example.com/1"],
                            },
                        ],
                    },
                    request_only=True,
                )
            ]
        },
    )
    def submit(self, request: Request) -> Any:
        """Hand in concepts for a deliverable."""
        data = self.input()
        return concepts.submit(data["deliverable"], by=me(request), concepts=data["concepts"])

    @action(detail=True, methods=["post"], serializer_class=s.ReviseIn)
    def revise(self, request: Request, pk: str) -> Any:
        """The next wording of a concept."""
        return concepts.revise(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.OptionalComment)
    def choose(self, request: Request, pk: str) -> Any:
        """This one; the others are closed."""
        return concepts.choose(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.RequiredComment, url_path="ask-for-changes")
    def ask_for_changes(self, request: Request, pk: str) -> Any:
        """Not yet: say what should change."""
        return concepts.ask_for_changes(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.OptionalComment)
    def reject(self, request: Request, pk: str) -> Any:
        """Close one idea."""
        return concepts.reject(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.CommentBody, response=s.CommentOut, status=201)
    def comment(self, request: Request, pk: str) -> Any:
        """Say something about a concept."""
        return comments.add(self.get_object(), by=me(request), **self.input())


class DraftViewSet(WriteViewSet):
    """Versions of content, their checks and their way through review."""

    model = Draft
    serializer_class = s.DraftSerializer
    write_serializer_class = s.DraftIn
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = ["deliverable", "state", "deliverable__partnership__campaign"]
    ordering_fields: ClassVar[tuple[str, ...]] = ("submitted_at",)
    draft: Draft | None = None

    def get_queryset(self) -> Any:
        steps = ApprovalStep.objects.select_related("review").order_by("order")
        rows = super().get_queryset().select_related("deliverable__partnership__campaign__brand")
        return rows.prefetch_related("checks", Prefetch("steps", steps))

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = drafts.submit(data.pop("deliverable"), by=me(self.request), **data)

    @action(detail=False, methods=["post"], serializer_class=s.CheckIn, response=s.CheckSerializer, many=True)
    def check(self, request: Request) -> Any:
        """What the machine says about a caption and a file, before anything is sent."""
        data = self.input()
        from krm.accounts.permissions import check as may

        may(me(request), "briefs.submit_draft", data["deliverable"])
        return as_rows(drafts.check_content(data.pop("deliverable"), **data))

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.OptionalComment,
        schema={"examples": [OpenApiExample("Approve", value={"comment": ""}, request_only=True)]},
    )
    def approve(self, request: Request, pk: str) -> Any:
        """Let it through the step at which it stands; after the last step it is final."""
        return review.approve(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.RequiredComment, url_path="ask-for-changes")
    def ask_for_changes(self, request: Request, pk: str) -> Any:
        """Send it back with what should change; uses one revision round."""
        return review.ask_for_changes(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Any:
        """Take back what the agency has not decided on."""
        return drafts.withdraw(self.get_object(), by=me(request))

    @action(detail=True, methods=["post"], serializer_class=s.DelegateIn)
    def delegate(self, request: Request, pk: str) -> Any:
        """Hand the open step to somebody who may decide at it."""
        self.draft = self.get_object()
        review.delegate(self.draft, by=me(request), **self.input())
        return self.draft

    @action(detail=True, methods=["post"], serializer_class=s.PinnedBody, response=s.CommentOut, status=201)
    def comment(self, request: Request, pk: str) -> Any:
        """Say something, pinned to a moment (`at_seconds`) or a place (`x`, `y` from 0 to 1) where that helps."""
        return comments.add(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.RoundIn, url_path="grant-round")
    def grant_round(self, request: Request, pk: str) -> Any:
        """One revision round more than the agreement counts."""
        draft = self.get_object()
        review.grant_round(draft.deliverable, by=me(request), **self.input())
        return draft


class CommentViewSet(ReadViewSet):
    model = Comment
    serializer_class = s.CommentOut
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = ["draft", "concept"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("author", "draft", "concept")

    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Any:
        """Tick a comment off."""
        return comments.resolve(self.get_object(), by=me(request))


class ReviewSettingsFilter(django_filters.FilterSet):
    class Meta:
        model = ReviewSettings
        fields = ["campaign"]


class ReviewSettingsViewSet(WriteViewSet):
    """How a campaign's content is reviewed. A campaign without a row has the defaults."""

    model = ReviewSettings
    serializer_class = s.ReviewSettingsSerializer
    write_serializer_class = s.ReviewSettingsIn
    filterset_class = ReviewSettingsFilter
    scopes = SCOPES

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = review.save_settings(data.pop("campaign"), by=me(self.request), **data)


class AssetViewSet(WriteViewSet):
    """The asset library."""

    model = Asset
    serializer_class = s.AssetSerializer
    write_serializer_class = s.AssetIn
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = [
        "campaign",
        "kind",
        "purpose",
        "deliverable",
        "partnership",
        "sha256",
    ]

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = assets.describe(
            serializer.instance, by=me(self.request), **serializer.validated_data
        )

    def perform_destroy(self, instance: Any) -> None:
        assets.remove(instance, by=me(self.request))

    @action(
        detail=True,
        schema={
            "responses": {(200, "application/octet-stream"): OpenApiTypes.BINARY, 206: OpenApiTypes.BINARY}
        },
    )
    def file(self, request: Request, pk: str) -> HttpResponseBase:
        """The file itself; `Range` is understood."""
        return serve(request._request, self.get_object(), attachment=True)


class UsageRightViewSet(WriteViewSet):
    model = UsageRight
    serializer_class = s.UsageRightSerializer
    write_serializer_class = s.UsageRightIn
    scopes = SCOPES
    filterset_fields: ClassVar[list[str]] = ["asset", "kind", "channel", "asset__campaign"]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("asset")

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = rights.grant(data.pop("asset"), by=me(self.request), **data)

    @action(detail=True, methods=["post"], serializer_class=s.ExtendIn)
    def extend(self, request: Request, pk: str) -> Any:
        """Renew: the same right runs on."""
        return rights.extend(self.get_object(), by=me(request), **self.input())

    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Any:
        """Stop using it from today."""
        return rights.end(self.get_object(), by=me(request))


class Bytes(BaseParser):
    """Hands the stream on unread: a chunk may be larger than what belongs in memory."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return {"stream": stream}


class UploadViewSet(WriteViewSet):
    """Resumable upload: create with name and size, PUT pieces to `data` at their offset, read the asset when done."""

    model = Upload
    serializer_class = s.UploadSerializer
    write_serializer_class = s.UploadIn
    scopes = SCOPES
    ordering = "-created_at"
    lookup_value_regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    http_method_names = ["get", "post", "put", "delete", "head"]  # type: ignore[misc]

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = uploads.start(by=me(self.request), **serializer.validated_data)

    def perform_destroy(self, instance: Any) -> None:
        uploads.cancel(instance, by=me(self.request))

    @action(
        detail=True,
        methods=["put"],
        parser_classes=[Bytes],
        schema={
            "request": {"application/octet-stream": {"type": "string", "format": "binary"}},
            "parameters": [
                OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True),
                OpenApiParameter(
                    "Upload-Checksum",
                    str,
                    OpenApiParameter.HEADER,
                    description="SHA-256 of the piece, hexadecimal",
                ),
            ],
            "responses": {
                200: s.UploadSerializer,
                409: OpenApiResponse(description="Carry on at another offset"),
            },
        },
    )
    def data(self, request: Request, pk: str) -> Any:
        """One piece of the file, beginning at `Upload-Offset`."""
        upload = self.get_object()
        offset, length = request.headers.get("upload-offset", ""), request.headers.get("content-length", "")
        if not (offset.isdigit() and length.isdigit() and len(offset) < 16 and len(length) < 16):
            raise ParseError("Send Upload-Offset and Content-Length as whole numbers.")
        return uploads.append(
            upload,
            by=me(request),
            offset=int(offset),
            data=cast(BinaryIO, request._request),
            length=int(length),
            sha256=request.headers.get("upload-checksum", "")[:64],
        )
