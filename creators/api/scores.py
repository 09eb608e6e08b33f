"""REST: scores with their reasons, what changed between two, their definitions, and computing them anew."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from creators import rescoring, score_history
from creators.api import serializers as s
from creators.models import Platform, Score, ScoreKind
from creators.scoring import registry
from creators.scoring.definition import Definition
from creators.scoring.wording import pick
from krm.api.viewsets import KrmViewSet, ReadViewSet, StaffOnly, action
from krm.errors import Conflict

S = serializers
SCOPES = ("creators:read", "creators:write")


class ChangeOut(S.Serializer[Any]):
    name = S.CharField()
    label = S.CharField()  # type: ignore[assignment]
    was = S.FloatField(allow_null=True, help_text="Points it gave, or its rate; null: not there then.")
    now = S.FloatField(allow_null=True)
    moved = S.FloatField(allow_null=True)
    sentence_was = S.CharField()
    sentence_now = S.CharField()


class ComparedOut(S.Serializer[Any]):
    before = S.IntegerField(source="before.pk")
    after = S.IntegerField(source="after.pk")
    value_before = S.FloatField(source="before.value", allow_null=True)
    value_after = S.FloatField(source="after.value", allow_null=True)
    moved = S.FloatField(allow_null=True)
    other_formula = S.BooleanField(help_text="Part of the change is the formula.")
    words = S.CharField(help_text="In the language asked for.")
    changes = ChangeOut(many=True)


class RecomputeIn(S.Serializer[Any]):
    kind = S.ChoiceField(ScoreKind.choices, required=False, allow_blank=True, help_text="Default: all.")
    version = S.CharField(
        required=False, allow_blank=True, max_length=20, help_text="Default: the one in force."
    )
    platform = S.ChoiceField(Platform.choices, required=False, allow_blank=True)


class DefinitionOut(S.Serializer[Definition]):
    kind = S.CharField()
    version = S.CharField()
    current = S.SerializerMethodField()
    label = S.SerializerMethodField()  # type: ignore[assignment]
    unit = S.CharField(help_text="rate and share: 0 to 1; points: 0 to 100.")
    formula = S.SerializerMethodField()
    weights = S.DictField(child=S.FloatField())
    components = S.SerializerMethodField(help_text="Name and label of each.")

    def get_current(self, one: Definition) -> bool:
        return registry.current(one.kind) is one

    def get_label(self, one: Definition) -> str:
        return pick(one.label, get_language() or "en")

    def get_formula(self, one: Definition) -> str:
        return pick(one.formula, get_language() or "en")

    def get_components(self, one: Definition) -> dict[str, str]:
        return {name: pick(pair, get_language() or "en") for name, pair in one.names.items()}


class ScoreFilter(df.FilterSet):
    kind = df.ChoiceFilter(choices=ScoreKind.choices)
    in_force = df.BooleanFilter(method="only_in_force", label="Newest rows of the versions in force")

    class Meta:
        model = Score
        fields: ClassVar[Any] = ["account", "kind", "is_current", "formula_version", "verdict"]

    def only_in_force(self, rows: Any, name: str, value: bool) -> Any:
        return rows.current() if value else rows


class ScoreViewSet(StaffOnly, ReadViewSet):
    """Scores, old ones too, each with the components that explain it and sentences in both languages."""

    model = Score
    serializer_class = s.ScoreOut
    filterset_class = ScoreFilter
    scopes = SCOPES
    perms: ClassVar[dict[str, str]] = {"recompute": "creators.rescore"}

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset()

    @extend_schema(
        parameters=[
            OpenApiParameter("since", int, description="An older score of the same account and kind.")
        ]
    )
    @action(
        detail=True,
        response=ComparedOut,
        filterset_class=None,
        pagination_class=None,
        summary="What changed since",
    )
    def changes(self, request: Request, pk: str) -> Any:
        """Which components moved the value, by how much; without `since`, since the row before."""
        score = self.get_object()
        wanted = request.query_params.get("since", "")
        if wanted:
            rows = self.get_queryset().filter(account=score.account_id, kind=score.kind)
            earlier = rows.filter(pk=wanted).first() if wanted.isdigit() and len(wanted) < 19 else None
            if earlier is None:
                raise S.ValidationError({"since": [_("No score of this account and kind has this id.")]})
        else:
            earlier = score_history.before(score)
        if earlier is None:
            raise Conflict(_("This is the first score of its kind: there is nothing to compare with."))
        return score_history.compare(earlier, score, get_language() or "en")

    @extend_schema(
        examples=[
            OpenApiExample("One kind under an older formula", {"kind": "engagement", "version": "er-1.0"})
        ]
    )
    @action(
        detail=False,
        methods=["post"],
        serializer_class=RecomputeIn,
        response=s.Started,
        status=202,
        summary="Recompute",
    )
    def recompute(self, request: Request) -> Any:
        """Compute scores of all accounts anew, as a job. A version not in force is written beside the current one."""
        job = rescoring.start(by=request.user, **self.input())  # type: ignore[arg-type]
        return {"job_id": job.pk}


class DefinitionViewSet(StaffOnly, KrmViewSet):
    """The formulas: every version of every kind, with weights and components. The weights are judgement."""

    model = Score
    scopes = SCOPES
    serializer_class = DefinitionOut
    pagination_class = None

    @extend_schema(responses=DefinitionOut(many=True), filters=False, summary="Formulas of scores")
    def list(self, request: Request) -> Response:
        """Oldest first within a kind; `current` marks the one in force."""
        return Response(DefinitionOut(list(registry.DEFINITIONS), many=True).data)  # type: ignore[arg-type]
