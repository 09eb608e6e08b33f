"""Events, notifications, webhooks, jobs, history."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.apps import apps
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from krm.api.viewsets import KrmAPIView, ReadViewSet, StaffOnly, WriteViewSet, action
from krm.events import notifications, seeing, webhooks
from krm.events.models import Event, Notification, WebhookDelivery, WebhookEndpoint
from krm.web import jobs
from krm.web.history import changes_of
from krm.web.models import Job

SCOPES = ("events:read", "events:write")


class EventSerializer(serializers.ModelSerializer[Event]):
    data = serializers.DictField()  # type: ignore[assignment]

    class Meta:
        model = Event
        fields: ClassVar[Any] = ["id", "name", "subject_type", "subject_id", "actor", "data", "occurred_at"]
        read_only_fields: ClassVar[Any] = fields


class EventFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(max_length=80)
    subject_type = django_filters.CharFilter(max_length=80)
    subject_id = django_filters.NumberFilter(min_value=1, max_value=2**63 - 1)
    since = django_filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")

    class Meta:
        model = Event
        fields = ("name", "subject_type", "subject_id", "since")


class EventViewSet(StaffOnly, ReadViewSet):
    """What happened. Who sees every brand reads the whole stream; others name a subject that they may see."""

    model = Event
    serializer_class = EventSerializer
    filterset_class = EventFilter
    scopes = SCOPES

    def get_queryset(self) -> QuerySet[Any]:
        found = super().get_queryset()
        label, pk = (
            self.request.query_params.get("subject_type"),
            self.request.query_params.get("subject_id", ""),
        )
        user: Any = self.request.user
        if label and pk.isascii() and pk.isdigit() and len(pk) < 19 and not getattr(user, "all_teams", False):
            return seeing.events_of(user, label, int(pk))
        return found


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    class Meta:
        model = Notification
        fields: ClassVar[Any] = [
            "id", "kind", "title", "text", "url", "subject_type", "subject_id", "created_at", "read_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class NotificationFilter(django_filters.FilterSet):
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notification
        fields = ("unread", "kind")


class MarkedOut(serializers.Serializer[Any]):
    marked = serializers.IntegerField()


class PreferenceSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=80)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]
    in_app = serializers.BooleanField()
    email = serializers.BooleanField()


class NotificationViewSet(ReadViewSet):
    """What you were told."""

    model = Notification
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    scopes = SCOPES

    @action(detail=True, methods=["post"], summary="Mark as read")
    def read(self, request: Request, pk: str) -> Notification:
        """Reading twice changes nothing."""
        note: Notification = self.get_object()
        notifications.mark_read(request.user, pks=[note.pk])  # type: ignore[arg-type]
        return note

    @action(detail=False, methods=["post"], response=MarkedOut, summary="Mark all as read")
    def read_all(self, request: Request) -> dict[str, int]:
        """Everything unread becomes read."""
        return {"marked": notifications.mark_read(request.user)}  # type: ignore[arg-type]

    @action(
        detail=False,
        methods=["get"],
        response=PreferenceSerializer,
        many=True,
        summary="How I want to be told",
    )
    def preferences(self, request: Request) -> list[dict[str, Any]]:
        """Per kind: in the app, by mail."""
        return notifications.preferences_of(request.user)  # type: ignore[arg-type]

    @action(
        detail=False,
        methods=["post"],
        serializer_class=PreferenceSerializer,
        response=PreferenceSerializer,
        many=True,
        summary="Choose how I want to be told",
    )
    def choose(self, request: Request) -> list[dict[str, Any]]:
        """Choose for one kind; the answer is the whole list."""
        values = self.input()
        known = {kind.name for kind in notifications.kinds_for(request.user)}  # type: ignore[arg-type]
        if values["kind"] not in known:
            raise serializers.ValidationError({"kind": f"One of: {', '.join(sorted(known))}"})
        notifications.choose(request.user, {values["kind"]: (values["in_app"], values["email"])})  # type: ignore[arg-type]
        return notifications.preferences_of(request.user)  # type: ignore[arg-type]


class WebhookSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    class Meta:
        model = WebhookEndpoint
        fields: ClassVar[Any] = [
            "id", "name", "url", "patterns", "is_active", "failing_since", "owner", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = ["id", "failing_since", "owner", "created_at", "updated_at"]


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "All of payments",
            value={"name": "ERP", "url": "https://erp.agency.example/krm", "patterns": ["payments.*"]},
            request_only=True,
        )
    ]
)
class WebhookIn(serializers.ModelSerializer[WebhookEndpoint]):
    class Meta:
        model = WebhookEndpoint
        fields: ClassVar[Any] = ["name", "url", "patterns", "is_active"]


class WebhookSecret(serializers.Serializer[Any]):
    endpoint = WebhookSerializer()
    secret = serializers.CharField(help_text="Verifies signatures; shown now and never again.")


class WebhookDeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    event_name = serializers.CharField(source="event.name", default="krm.test", read_only=True)

    class Meta:
        model = WebhookDelivery
        fields: ClassVar[Any] = [
            "id", "endpoint", "event", "event_name", "state", "attempts", "due_at", "sent_at", "status", "error",
            "created_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class WebhookViewSet(StaffOnly, WriteViewSet):
    """Addresses that are told what happens, with Standard Webhooks signatures."""

    model = WebhookEndpoint
    serializer_class = WebhookSerializer
    write_serializer_class = WebhookIn
    scopes = ("events:read", "events:webhooks")

    @extend_schema(responses={201: WebhookSecret})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The answer holds the signing secret: keep it, it is not shown again."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = {key: serializer.validated_data[key] for key in ("name", "url", "patterns")}
        endpoint, secret = webhooks.create_endpoint(by=request.user, **values)  # type: ignore[arg-type]
        return Response(
            WebhookSecret({"endpoint": endpoint, "secret": secret}).data,
            status=201,
            headers={"Location": self.location(endpoint), "Cache-Control": "no-store"},
        )

    def perform_create(self, serializer: Any) -> None:
        raise NotImplementedError("create answers by itself")

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = webhooks.update_endpoint(
            serializer.instance,
            by=self.request.user,
            **serializer.validated_data,  # type: ignore[arg-type]
        )

    def perform_destroy(self, instance: WebhookEndpoint) -> None:
        webhooks.delete_endpoint(instance, by=self.request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], response=WebhookSecret, summary="Make a new signing secret")
    def rotate_secret(self, request: Request, pk: str) -> dict[str, Any]:
        """The old secret signs nothing any more."""
        endpoint, secret = webhooks.rotate_secret(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return {"endpoint": endpoint, "secret": secret}

    @action(
        detail=True, methods=["post"], response=WebhookDeliverySerializer, status=202, summary="Send a test"
    )
    def test(self, request: Request, pk: str) -> WebhookDelivery:
        """Queue one message of type `krm.test`."""
        return webhooks.send_test(self.get_object(), by=request.user)  # type: ignore[arg-type]


class WebhookDeliveryFilter(django_filters.FilterSet):
    class Meta:
        model = WebhookDelivery
        fields = ("endpoint", "state")


class WebhookDeliveryViewSet(StaffOnly, ReadViewSet):
    """What was sent where, and what came back."""

    model = WebhookDelivery
    serializer_class = WebhookDeliverySerializer
    filterset_class = WebhookDeliveryFilter
    scopes = ("events:read", "events:webhooks")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("event")

    @action(detail=True, methods=["post"], status=202, summary="Send again")
    def retry(self, request: Request, pk: str) -> WebhookDelivery:
        """For deliveries that are done or parked."""
        return webhooks.retry(self.get_object(), by=request.user)  # type: ignore[arg-type]


class JobSerializer(serializers.ModelSerializer[Job]):
    result = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields: ClassVar[Any] = [
            "id", "kind", "title", "state", "done", "total", "error_count", "message", "result", "created_at",
            "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields

    def get_result(self, job: Job) -> dict[str, Any]:
        return {key: value for key, value in (job.result or {}).items() if key != "traceback"}


class JobViewSet(ReadViewSet):
    """Long work: imports, exports, refreshes. Poll the detail until `state` is done, failed or cancelled."""

    model = Job
    serializer_class = JobSerializer
    scopes = ("jobs:read", "jobs:write")

    @action(detail=True, methods=["post"], summary="Stop the job")
    def cancel(self, request: Request, pk: str) -> Job:
        """It ends at the next step; what is done stays done."""
        return jobs.cancel(self.get_object(), by=request.user)  # type: ignore[arg-type]


class FieldChangeSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    before = serializers.CharField()
    after = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    who = serializers.CharField()
    what = serializers.CharField()
    fields_changed = FieldChangeSerializer(many=True, source="fields")


class HistoryOut(serializers.Serializer[Any]):
    results = ChangeSerializer(many=True)
    next_before = serializers.IntegerField(allow_null=True)


class History(KrmAPIView):
    """Who changed what of one object, from what to what."""

    scopes = ("events:read", "events:read")
    schema_tag = "history"
    permission_classes: Any = StaffOnly.permission_classes

    @extend_schema(
        operation_id="history_retrieve",
        responses=HistoryOut,
        parameters=[
            OpenApiParameter("app", OpenApiTypes.STR, "path", pattern="^[a-z_]+$"),
            OpenApiParameter("model", OpenApiTypes.STR, "path", pattern="^[a-z_]+$"),
            OpenApiParameter("id", {"type": "integer", "minimum": 1, "maximum": 2**62}, "path"),  # type: ignore[arg-type]
            OpenApiParameter("before", {"type": "integer", "minimum": 1, "maximum": 2**62}, "query"),  # type: ignore[arg-type]
        ],
    )
    def get(self, request: Request, app: str, model: str, id: str) -> Response:
        """The newest thirty changes; go on with `before` = `next_before`."""
        try:
            manager: Any = apps.get_model(app, model)._default_manager
        except LookupError as error:
            raise Http404 from error
        obj = (
            manager.visible_to(request.user).filter(pk=id).first() if hasattr(manager, "visible_to") else None
        )
        if obj is None:
            raise Http404
        unknown = set(request.query_params) - {"before"}
        before = request.query_params.get("before")
        if unknown or (
            before is not None and not (before.isascii() and before.isdigit() and 0 < int(before) <= 2**62)
        ):
            raise serializers.ValidationError(dict.fromkeys(unknown or {"before"}, "Not a valid parameter."))
        changes, following = changes_of(obj, int(before) if before else None)
        return Response(HistoryOut({"results": changes, "next_before": following}).data)
