"""REST: safety flags with their review, rule packs, brands in posts, and reading of texts. Staff only."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers as S
from rest_framework.request import Request
from rest_framework.response import Response

from creators.api.serializers import Started
from creators.models import BrandMention, Post, PostText, SafetyFlag, SafetyPack
from creators.safety import jobs, packs, review, scanning
from creators.text import TASKS, classify
from krm.accounts.permissions import check
from krm.api.viewsets import KrmViewSet, ReadViewSet, StaffOnly, action

SCOPES = ("creators:read", "creators:write")


class FlagOut(S.ModelSerializer[SafetyFlag]):
    creator = S.IntegerField(source="account.creator_id", allow_null=True, read_only=True)

    class Meta:
        model = SafetyFlag
        fields: ClassVar[Any] = [
            "id", "creator", "account", "post", "category", "severity", "place", "origin", "source", "version", "evidence",
            "probability", "published_at", "found_at", "is_current", "state", "reason", "decided_by", "decided_at",
        ]  # fmt: skip


class FlagApiFilter(df.FilterSet):
    creator = df.NumberFilter(field_name="account__creator_id")
    severity = df.CharFilter()
    place = df.CharFilter()
    is_current = df.BooleanFilter()

    class Meta:
        model = SafetyFlag
        fields: ClassVar[Any] = ["account", "post", "category", "state", "origin"]


class ConfirmIn(S.Serializer[Any]):
    reason = S.CharField(required=False, allow_blank=True, max_length=500, default="")
    severity = S.CharField(
        required=False, allow_blank=True, default="", help_text="Another severity than the rule's."
    )


class DismissIn(S.Serializer[Any]):
    reason = S.CharField(max_length=500)


class DecisionNoteIn(S.Serializer[Any]):
    reason = S.CharField(required=False, allow_blank=True, max_length=500, default="")


class DecideIn(S.Serializer[Any]):
    ids = S.ListField(child=S.IntegerField(min_value=1), min_length=1, max_length=1000)
    decision = S.ChoiceField(choices=review.DECISIONS)
    reason = S.CharField(required=False, allow_blank=True, max_length=500, default="")


class SafetyFlagViewSet(StaffOnly, ReadViewSet):
    """What rules and classifiers found in posts. Open and escalated flags wait for a person."""

    model = SafetyFlag
    serializer_class = FlagOut
    filterset_class = FlagApiFilter
    scopes = SCOPES
    ordering = "-id"

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("account")

    def checked(self) -> SafetyFlag:
        flag: SafetyFlag = self.get_object()
        check(self.request.user, "creators.safety_review", flag)  # type: ignore[arg-type]
        return flag

    @action(
        detail=True, methods=["post"], serializer_class=ConfirmIn, response=FlagOut, summary="Confirm a flag"
    )
    def confirm(self, request: Request, pk: str) -> SafetyFlag:
        return review.confirm(self.checked(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(
        detail=True, methods=["post"], serializer_class=DismissIn, response=FlagOut, summary="Dismiss a flag"
    )
    def dismiss(self, request: Request, pk: str) -> SafetyFlag:
        """The reason is kept."""
        return review.dismiss(self.checked(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(
        detail=True,
        methods=["post"],
        serializer_class=DecisionNoteIn,
        response=FlagOut,
        summary="Escalate a flag",
    )
    def escalate(self, request: Request, pk: str) -> SafetyFlag:
        return review.escalate(self.checked(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], response=FlagOut, summary="Open a decided flag again")
    def reopen(self, request: Request, pk: str) -> SafetyFlag:
        return review.reopen(self.checked(), by=request.user)  # type: ignore[arg-type]

    @action(detail=False, methods=["post"], serializer_class=DecideIn, summary="Decide about many flags")
    def decide(self, request: Request) -> Response:
        """The same decision on up to 1,000 flags; `decided` says how many it applied to."""
        check(request.user, "creators.safety_review")  # type: ignore[arg-type]
        given = self.input()
        rows = SafetyFlag.objects.visible_to(request.user).filter(pk__in=given["ids"])  # type: ignore[arg-type]
        count = review.decide_many(rows, given["decision"], by=request.user, reason=given["reason"])  # type: ignore[arg-type]
        return Response({"decided": count})

    @action(detail=False, methods=["post"], response=Started, status=202, summary="Read every post again")
    def rescan(self, request: Request) -> Any:
        check(request.user, "creators.safety_scan")  # type: ignore[arg-type]
        job = jobs.start_rescan(by=request.user)  # type: ignore[arg-type]
        return {"job_id": job.pk}


class MentionOut(S.ModelSerializer[BrandMention]):
    creator = S.IntegerField(source="account.creator_id", allow_null=True, read_only=True)

    class Meta:
        model = BrandMention
        fields: ClassVar[Any] = [
            "id",
            "creator",
            "account",
            "post",
            "brand",
            "sponsored",
            "signals",
            "published_at",
        ]


class MentionFilter(df.FilterSet):
    creator = df.NumberFilter(field_name="account__creator_id")
    brand = df.CharFilter(method="on_brand")

    class Meta:
        model = BrandMention
        fields: ClassVar[Any] = ["account", "post", "sponsored"]

    def on_brand(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(brand=value.lower().lstrip("@"))


class BrandMentionViewSet(StaffOnly, ReadViewSet):
    """Brands named in posts by their handle, and whether the post was paid for."""

    model = BrandMention
    serializer_class = MentionOut
    filterset_class = MentionFilter
    scopes = SCOPES
    ordering = "-id"

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("account")


class PostTextOut(S.ModelSerializer[PostText]):
    class Meta:
        model = PostText
        fields: ClassVar[Any] = [
            "id", "post", "account", "transcript", "transcript_source", "language", "sentiment", "comments_read", "positive",
            "neutral", "negative", "abusive", "hateful", "spam", "scanned_at",
        ]  # fmt: skip


class TranscriptIn(S.Serializer[Any]):
    post = S.IntegerField(min_value=1)
    text = S.CharField(max_length=100_000)
    source = S.CharField(max_length=40)  # type: ignore[assignment]


class PostTextFilter(df.FilterSet):
    class Meta:
        model = PostText
        fields: ClassVar[Any] = ["post", "account", "language", "sentiment"]


class PostTextViewSet(StaffOnly, ReadViewSet):
    """What was read in a post and in the comments under it."""

    model = PostText
    serializer_class = PostTextOut
    filterset_class = PostTextFilter
    scopes = SCOPES
    ordering = "-id"

    @action(
        detail=False,
        methods=["post"],
        serializer_class=TranscriptIn,
        response=PostTextOut,
        summary="Give a transcript",
    )
    def transcript(self, request: Request) -> PostText:
        """What is said in a post, written down by a person or a tool; it is read for safety at once."""
        check(request.user, "creators.safety_scan")  # type: ignore[arg-type]
        given = self.input()
        post = Post.objects.visible_to(request.user).filter(pk=given["post"]).first()  # type: ignore[arg-type]
        if post is None:
            raise Http404
        return scanning.give_transcript(post, by=request.user, text=given["text"], source=given["source"])  # type: ignore[arg-type]


class PackOut(S.Serializer[Any]):
    key = S.CharField()
    label = S.CharField()  # type: ignore[assignment]
    version = S.CharField()
    enabled = S.BooleanField()
    own = S.SerializerMethodField(help_text="True: changed by an administrator.")
    rules = S.ListField(child=S.DictField())

    def get_own(self, pack: dict[str, Any]) -> bool:
        return pack["own"] is not None


class PackIn(S.Serializer[Any]):
    rules = S.ListField(child=S.DictField(), min_length=1)
    enabled = S.BooleanField(default=True)
    note = S.CharField(max_length=300)


class SafetyPackViewSet(StaffOnly, KrmViewSet):
    """Rule packs: words by category and severity. The words are offensive."""

    model = SafetyPack
    serializer_class = PackOut
    scopes = SCOPES
    lookup_value_regex = "[a-z0-9_-]+"
    pagination_class = None

    def found(self, key: str) -> dict[str, Any]:
        pack = packs.pack(key)
        if pack is None:
            raise Http404
        return pack

    @extend_schema(summary="Packs in use", responses=PackOut(many=True), filters=False)
    def list(self, request: Request) -> Response:
        return Response(PackOut(packs.current(), many=True).data)

    @extend_schema(summary="One pack", responses=PackOut)
    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(PackOut(self.found(pk)).data)

    @action(detail=True, methods=["post"], serializer_class=PackIn, summary="Change a pack")
    def change(self, request: Request, pk: str) -> Response:
        """A new version; posts are read again with it."""
        check(request.user, "creators.safety_packs")  # type: ignore[arg-type]
        self.found(pk)
        given = self.input()
        by: Any = request.user
        packs.change_pack(pk, by=by, rules_given=given["rules"], enabled=given["enabled"], note=given["note"])
        return Response(PackOut(self.found(pk)).data)

    @action(detail=True, methods=["post"], summary="Back to the pack that came with KRM")
    def restore(self, request: Request, pk: str) -> Response:
        check(request.user, "creators.safety_packs")  # type: ignore[arg-type]
        self.found(pk)
        packs.restore_pack(pk, by=request.user)  # type: ignore[arg-type]
        return Response(PackOut(self.found(pk)).data)


class TextsIn(S.Serializer[Any]):
    task = S.ChoiceField(choices=TASKS)
    lang = S.ChoiceField(choices=("id", "en", "auto"), default="auto")
    texts = S.ListField(child=S.CharField(allow_blank=True, max_length=5_000), min_length=1, max_length=500)


class TextViewSet(StaffOnly, KrmViewSet):
    """The text models for programs: what `manage.py classify_text` answers."""

    model = PostText
    scopes = SCOPES

    @extend_schema(
        examples=[OpenApiExample("Sentiment", value={"task": "sentiment", "lang": "id", "texts": ["bagus banget"]}, request_only=True)]
    )  # fmt: skip
    @action(detail=False, methods=["post"], serializer_class=TextsIn, summary="Label texts")
    def classify(self, request: Request) -> Response:
        given = self.input()
        found = classify(given["task"], given["texts"], given["lang"])
        return Response({"results": found.to_dict(orient="records")})
