"""REST endpoints of what the agency knows about creators: its own fields and its tasks."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from rest_framework import serializers as S
from rest_framework.request import Request

from creators import todos
from creators.api.views import SCOPES, Permitted, _visible
from creators.custom import fields
from creators.models import Creator, CreatorTask, CustomField, FieldKind
from krm.accounts.models import User
from krm.accounts.models.users import STAFF_ROLES
from krm.api.viewsets import StaffOnly, WriteViewSet, action


class FieldOut(S.ModelSerializer[CustomField]):
    class Meta:
        model = CustomField
        fields: ClassVar[Any] = [
            "id", "key", "label", "kind", "options", "help", "required", "filterable", "position", "archived_at",
            "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class FieldIn(S.Serializer[Any]):
    label = S.CharField(max_length=60)  # type: ignore[assignment]
    kind = S.ChoiceField(FieldKind.choices)
    options = S.ListField(child=S.CharField(max_length=60), max_length=100, required=False)
    help = S.CharField(max_length=200, required=False, allow_blank=True)
    required = S.BooleanField(required=False)  # type: ignore[assignment]
    filterable = S.BooleanField(required=False)
    position = S.IntegerField(required=False, min_value=0, max_value=10_000)
    key = S.CharField(max_length=40, required=False)


class CustomFieldViewSet(Permitted, StaffOnly, WriteViewSet):
    """The agency's own fields of creators. Values are in `custom` of a creator, by key."""

    model = CustomField
    serializer_class = FieldOut
    write_serializer_class = FieldIn
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.custom_fields",
        "partial_update": "creators.custom_fields",
        "archive": "creators.custom_fields",
        "restore": "creators.custom_fields",
    }
    http_method_names = ["get", "post", "patch", "head", "options"]
    ordering = "position"
    ordering_fields = ("position", "label")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = fields.create_field(by=self.request.user, **serializer.validated_data)  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        by: Any = self.request.user
        serializer.instance = fields.update_field(serializer.instance, by=by, **serializer.validated_data)

    @action(detail=True, methods=["post"], summary="Archive")
    def archive(self, request: Request, pk: str) -> CustomField:
        """Out of forms and filters; values are kept."""
        return fields.archive_field(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Restore")
    def restore(self, request: Request, pk: str) -> CustomField:
        """Back in forms and filters."""
        return fields.restore_field(self.get_object(), by=request.user)  # type: ignore[arg-type]


class TaskOut(S.ModelSerializer[CreatorTask]):
    class Meta:
        model = CreatorTask
        fields: ClassVar[Any] = [
            "id", "creator", "title", "detail", "due_on", "assignee", "created_by", "done_at", "done_by", "created_at",
            "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class TaskIn(S.Serializer[Any]):
    creator = S.PrimaryKeyRelatedField(queryset=Creator.objects.all())
    title = S.CharField(max_length=200)
    detail = S.CharField(max_length=5000, required=False, allow_blank=True)
    due_on = S.DateField(required=False, allow_null=True)
    assignee = S.PrimaryKeyRelatedField(
        queryset=User.objects.filter(role__in=STAFF_ROLES, is_active=True), required=False, allow_null=True
    )


class TaskFilter(df.FilterSet):
    open = df.BooleanFilter(label="Not done yet", field_name="done_at", lookup_expr="isnull")

    class Meta:
        model = CreatorTask
        fields: ClassVar[Any] = ["creator", "assignee", "due_on"]


class TaskViewSet(Permitted, StaffOnly, WriteViewSet):
    """Tasks about creators."""

    model = CreatorTask
    serializer_class = TaskOut
    write_serializer_class = TaskIn
    filterset_class = TaskFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.note",
        "partial_update": "creators.note",
        "destroy": "creators.note",
        "done": "creators.note",
        "reopen": "creators.note",
    }

    def perform_create(self, serializer: Any) -> None:
        values = dict(serializer.validated_data)
        creator = _visible(self.request, values.pop("creator"))
        serializer.instance = todos.add_task(creator, by=self.request.user, **values)  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        values = {k: v for k, v in serializer.validated_data.items() if k != "creator"}
        serializer.instance = todos.update_task(serializer.instance, by=self.request.user, **values)  # type: ignore[arg-type]

    def perform_destroy(self, instance: CreatorTask) -> None:
        todos.delete_task(instance, by=self.request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Mark as done")
    def done(self, request: Request, pk: str) -> CreatorTask:
        """The task leaves everybody's list."""
        return todos.finish_task(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Open again")
    def reopen(self, request: Request, pk: str) -> CreatorTask:
        """Back in the assignee's list."""
        return todos.reopen_task(self.get_object(), by=request.user)  # type: ignore[arg-type]
