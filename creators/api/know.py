"""REST endpoints of what the agency knows about creators: its own fields and its tasks."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from rest_framework import serializers as S
from rest_framework.request import Request

from creators import jobs, todos
from creators.api.serializers import Started
from creators.api.views import SCOPES, _visible
from creators.custom import fields
from creators.dossiers import vetting
from creators.duplicates import finding, merging
from creators.models import (
    Creator,
    CreatorTask,
    CustomField,
    Dossier,
    DossierLayer,
    DuplicatePair,
    FieldKind,
    MergeRecord,
    Verdict,
    VettingLayer,
)
from krm.accounts.models import User
from krm.accounts.models.users import STAFF_ROLES
from krm.api.viewsets import ReadViewSet, StaffOnly, WriteViewSet, action


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


class CustomFieldViewSet(StaffOnly, WriteViewSet):
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


class PairOut(S.ModelSerializer[DuplicatePair]):
    class Meta:
        model = DuplicatePair
        fields: ClassVar[Any] = [
            "id",
            "first",
            "second",
            "confidence",
            "reasons",
            "state",
            "found_at",
            "decided_at",
        ]
        read_only_fields: ClassVar[Any] = fields


class PairFilter(df.FilterSet):
    class Meta:
        model = DuplicatePair
        fields: ClassVar[Any] = ["state", "first", "second"]


class DuplicateViewSet(StaffOnly, ReadViewSet):
    """Creators that may be one person, with the reasons."""

    model = DuplicatePair
    serializer_class = PairOut
    filterset_class = PairFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {"dismiss": "creators.merge", "search": "creators.merge"}
    ordering_fields = ("confidence", "found_at")

    @action(detail=False, methods=["post"], response=Started, status=202, summary="Look for duplicates")
    def search(self, request: Request) -> Any:
        """Compare everybody now instead of in the night, as a job."""
        job = jobs.start_duplicates(by=request.user)  # type: ignore[arg-type]
        return {"job_id": job.pk}

    @action(detail=True, methods=["post"], summary="Keep apart")
    def dismiss(self, request: Request, pk: str) -> DuplicatePair:
        """Two people after all; suggested again only if something new speaks for it."""
        return finding.dismiss(self.get_object(), by=request.user)  # type: ignore[arg-type]


class MergeOut(S.ModelSerializer[MergeRecord]):
    class Meta:
        model = MergeRecord
        fields: ClassVar[Any] = [
            "id", "kept", "gone", "choices", "stayed", "merged_by", "merged_at", "undo_until", "undone_by", "undone_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class MergeIn(S.Serializer[Any]):
    kept = S.PrimaryKeyRelatedField(queryset=Creator.objects.all())
    gone = S.PrimaryKeyRelatedField(queryset=Creator.objects.all())
    choices = S.DictField(child=S.ChoiceField(["kept", "gone", "both"]), required=False)


class MergePreview(S.Serializer[Any]):
    fields_ = S.ListField(child=S.DictField(), help_text="field, kept, gone, choice, options")
    moves = S.ListField(child=S.DictField(), help_text="kind, count")
    stays = S.ListField(child=S.DictField(), help_text="kind, label, reason")
    refusals = S.ListField(child=S.CharField())


class MergeViewSet(StaffOnly, WriteViewSet):
    """Merges of two creators. The merged one answers with `merged_into`; undo brings both back."""

    model = MergeRecord
    serializer_class = MergeOut
    write_serializer_class = MergeIn
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.merge",
        "undo": "creators.merge",
        "preview": "creators.merge",
    }
    http_method_names = ["get", "post", "head", "options"]

    def perform_create(self, serializer: Any) -> None:
        values = dict(serializer.validated_data)
        kept, gone = (_visible(self.request, values.pop(name)) for name in ("kept", "gone"))
        serializer.instance = merging.merge(kept, gone, by=self.request.user, **values)  # type: ignore[arg-type]

    @action(
        detail=False,
        methods=["post"],
        serializer_class=MergeIn,
        response=MergePreview,
        summary="What a merge would do",
    )
    def preview(self, request: Request) -> Any:
        """Field by field, what moves, what stays, and what forbids it. Nothing is changed."""
        values = self.input()
        kept, gone = (_visible(request, values.pop(name)) for name in ("kept", "gone"))
        found = merging.preview(kept, gone, by=request.user, **values)  # type: ignore[arg-type]
        return {
            "fields_": [
                {
                    "field": row.name,
                    "kept": row.kept,
                    "gone": row.gone,
                    "choice": row.choice,
                    "options": list(row.options),
                }
                for row in found.rows
            ],
            "moves": [{"kind": str(part.label), "count": part.count} for part in found.moves],
            "stays": [{name: part[name] for name in ("kind", "label", "reason")} for part in found.stays],
            "refusals": found.refusals,
        }

    @action(detail=True, methods=["post"], summary="Undo")
    def undo(self, request: Request, pk: str) -> MergeRecord:
        """Everything back as it was; refused with the reason where later changes stand in the way."""
        return merging.undo(self.get_object(), by=request.user)  # type: ignore[arg-type]


class LayerOut(S.ModelSerializer[DossierLayer]):
    class Meta:
        model = DossierLayer
        fields: ClassVar[Any] = ["layer", "verdict", "remark", "reviewer", "signed_at"]
        read_only_fields: ClassVar[Any] = fields


class DossierRow(S.ModelSerializer[Dossier]):
    class Meta:
        model = Dossier
        fields: ClassVar[Any] = [
            "id", "creator", "number", "purpose", "state", "as_of", "sha256", "created_by", "signed_by", "signed_at",
            "valid_until", "rescanned_at", "changes",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class DossierOut(DossierRow):
    layers = LayerOut(many=True, read_only=True)

    class Meta(DossierRow.Meta):
        fields: ClassVar[Any] = [*DossierRow.Meta.fields, "body", "layers"]
        read_only_fields: ClassVar[Any] = fields


class DossierIn(S.Serializer[Any]):
    creator = S.PrimaryKeyRelatedField(queryset=Creator.objects.all())
    purpose = S.CharField(max_length=160, required=False, allow_blank=True)


class LayerIn(S.Serializer[Any]):
    layer = S.ChoiceField(VettingLayer.choices)
    verdict = S.ChoiceField(Verdict.choices)
    remark = S.CharField(max_length=4000)


class SignIn(S.Serializer[Any]):
    valid_until = S.DateField(required=False, allow_null=True)


class DossierFilter(df.FilterSet):
    class Meta:
        model = Dossier
        fields: ClassVar[Any] = ["creator", "state", "sha256", "number"]


class DossierViewSet(StaffOnly, WriteViewSet):
    """Vetting dossiers: five layers, each signed off; numbers of a signed one never change."""

    model = Dossier
    serializer_class = DossierOut
    write_serializer_class = DossierIn
    filterset_class = DossierFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {
        "create": "creators.vet",
        "destroy": "creators.vet",
        "layer": "creators.vet",
        "refresh": "creators.vet",
        "look_again": "creators.vet",
        "sign": "creators.sign_dossier",
    }
    http_method_names = ["get", "post", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset().select_related("creator")
        return rows.defer("body", "document") if self.action == "list" else rows.prefetch_related("layers")

    def get_serializer_class(self) -> Any:
        return DossierRow if self.action == "list" else super().get_serializer_class()

    def perform_create(self, serializer: Any) -> None:
        values = dict(serializer.validated_data)
        creator = _visible(self.request, values.pop("creator"))
        serializer.instance = vetting.start(creator, by=self.request.user, **values)  # type: ignore[arg-type]

    def perform_destroy(self, instance: Dossier) -> None:
        vetting.discard(instance, by=self.request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], serializer_class=LayerIn, summary="Sign off a layer")
    def layer(self, request: Request, pk: str) -> Dossier:
        """A verdict with a remark; the fifth makes the dossier ready to be signed."""
        return vetting.sign_layer(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], serializer_class=SignIn, summary="Sign")
    def sign(self, request: Request, pk: str) -> Dossier:
        """Fixes numbers, evidence and remarks under one SHA-256."""
        return vetting.sign(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Read the figures anew")
    def refresh(self, request: Request, pk: str) -> Dossier:
        """Only before signing; sign-offs so far are void."""
        return vetting.refresh(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Compare with today")
    def look_again(self, request: Request, pk: str) -> Dossier:
        """`changes` then lists what differs from what was signed."""
        found = self.get_object()
        vetting.look_again(found, by=request.user)  # type: ignore[arg-type]
        return found


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


class TaskViewSet(StaffOnly, WriteViewSet):
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
