"""REST: hashtags that are followed, and the posts that were found."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from rest_framework import serializers as S
from rest_framework.request import Request

from creators.api.views import SCOPES
from creators.listening import hashtags
from creators.models import FoundPost, TrackedHashtag
from krm.api.viewsets import ReadViewSet, StaffOnly, WriteViewSet, action


class HashtagOut(S.ModelSerializer[TrackedHashtag]):
    class Meta:
        model = TrackedHashtag
        fields: ClassVar[Any] = [
            "id", "platform", "term", "campaign_id", "active", "due_at", "counted_at", "last_pulled_at", "last_outcome",
            "last_reason", "found_count", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class HashtagIn(S.Serializer[Any]):
    term = S.CharField(max_length=101, help_text="One word, with or without #.")
    platform = S.CharField(
        max_length=12, required=False, help_text="instagram, the only one that can be searched."
    )
    campaign_id = S.IntegerField(required=False, min_value=1)


class HashtagFilter(df.FilterSet):
    class Meta:
        model = TrackedHashtag
        fields: ClassVar[Any] = ["platform", "term", "campaign_id", "active"]


class HashtagViewSet(StaffOnly, WriteViewSet):
    """Hashtags the agency follows: 30 different ones in seven days, searched every few hours."""

    model = TrackedHashtag
    serializer_class = HashtagOut
    write_serializer_class = HashtagIn
    filterset_class = HashtagFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = dict.fromkeys(("create", "stop", "search"), "creators.listen")
    http_method_names = ["get", "post", "head", "options"]
    ordering_fields = ("term", "due_at", "found_count")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = hashtags.track(by=self.request.user, **serializer.validated_data)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Stop following")
    def stop(self, request: Request, pk: str) -> TrackedHashtag:
        """Search no more; what was found stays."""
        return hashtags.stop(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Search now")
    def search(self, request: Request, pk: str) -> TrackedHashtag:
        """Due at once: searched within minutes, within the platform's budget."""
        return hashtags.search_now(self.get_object(), by=request.user)  # type: ignore[arg-type]


class FoundPostOut(S.ModelSerializer[FoundPost]):
    class Meta:
        model = FoundPost
        fields: ClassVar[Any] = [
            "id", "platform", "external_id", "found_by", "hashtag", "account", "mentioned_id", "comment_id", "comment",
            "post", "author", "url", "caption", "kind", "likes", "comments", "published_at", "first_seen_at",
            "observed_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class FoundPostFilter(df.FilterSet):
    hashtag = df.ModelMultipleChoiceFilter(queryset=TrackedHashtag.objects.all())
    campaign_id = df.NumberFilter(field_name="hashtag__campaign_id")
    found_since = df.IsoDateTimeFilter(field_name="first_seen_at", lookup_expr="gte")

    class Meta:
        model = FoundPost
        fields: ClassVar[Any] = ["platform", "found_by", "account", "post"]


class FoundPostViewSet(StaffOnly, ReadViewSet):
    """Posts of others that carry a followed hashtag or mention an account that gave its consent, each once."""

    model = FoundPost
    serializer_class = FoundPostOut
    filterset_class = FoundPostFilter
    scopes = SCOPES
    ordering = "-first_seen_at"
    ordering_fields = ("first_seen_at", "published_at", "likes")
