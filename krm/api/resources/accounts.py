"""Me, people, teams, invitations, API keys."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from krm.accounts import apikeys, invitations, people, teams
from krm.accounts.models import ApiKey, BrandTeam, Invitation, Role, User
from krm.accounts.stepup import require_recent_login
from krm.api.viewsets import KrmAPIView, ReadViewSet, StaffOnly, WriteViewSet, action

SCOPES = ("accounts:read", "accounts:write")


class BrandTeamSerializer(serializers.ModelSerializer[BrandTeam]):
    class Meta:
        model = BrandTeam
        fields: ClassVar[Any] = ["id", "name", "created_at", "updated_at"]
        read_only_fields: ClassVar[Any] = ["id", "created_at", "updated_at"]


class BrandTeamViewSet(StaffOnly, WriteViewSet):
    """The brand teams you belong to, or all of them if you see every brand."""

    model = BrandTeam
    serializer_class = BrandTeamSerializer
    scopes = SCOPES
    ordering = "name"
    ordering_fields = ("name", "created_at")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = teams.create_team(by=self.request.user, **serializer.validated_data)  # type: ignore[arg-type]

    def perform_update(self, serializer: Any) -> None:
        name = serializer.validated_data.get("name", serializer.instance.name)
        serializer.instance = teams.rename_team(serializer.instance, by=self.request.user, name=name)  # type: ignore[arg-type]

    def perform_destroy(self, instance: BrandTeam) -> None:
        teams.delete_team(instance, by=self.request.user)  # type: ignore[arg-type]


class UserSerializer(serializers.ModelSerializer[User]):
    team_ids: Any = serializers.PrimaryKeyRelatedField(source="teams", many=True, read_only=True)

    class Meta:
        model = User
        fields: ClassVar[Any] = [
            "id",
            "name",
            "email",
            "role",
            "team_ids",
            "all_teams",
            "is_active",
            "date_joined",
        ]
        read_only_fields: ClassVar[Any] = fields


class AccessIn(serializers.Serializer[Any]):
    role = serializers.ChoiceField(Role.choices)
    team_ids: Any = serializers.PrimaryKeyRelatedField(
        source="teams", many=True, queryset=BrandTeam.objects.all(), required=False, default=list
    )
    all_teams = serializers.BooleanField(default=False)


class UserFilter(django_filters.FilterSet):
    class Meta:
        model = User
        fields = ("role", "is_active", "teams")


class UserViewSet(StaffOnly, ReadViewSet):
    """People who log in. Changing access is for administrators."""

    model = User
    serializer_class = UserSerializer
    filterset_class = UserFilter
    scopes = SCOPES
    ordering = "name"
    ordering_fields = ("name", "email", "date_joined")

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().prefetch_related("teams")

    @action(detail=True, methods=["post"], serializer_class=AccessIn, summary="Change role and teams")
    def access(self, request: Request, pk: str) -> User:
        """Role and teams of a person; their sessions end. Asks a browser session to log in again first."""
        require_recent_login(request)
        return people.change_access(self.get_object(), by=request.user, **self.input())  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Deactivate")
    def deactivate(self, request: Request, pk: str) -> User:
        """Lock a person out at once: sessions end, keys are revoked."""
        return people.deactivate(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Activate again")
    def reactivate(self, request: Request, pk: str) -> User:
        """Let a deactivated person log in again."""
        return people.reactivate(self.get_object(), by=request.user)  # type: ignore[arg-type]


class MeSerializer(serializers.ModelSerializer[User]):
    language = serializers.ChoiceField(settings.LANGUAGES)
    team_ids: Any = serializers.PrimaryKeyRelatedField(source="teams", many=True, read_only=True)

    class Meta:
        model = User
        fields: ClassVar[Any] = [
            "id", "name", "email", "role", "team_ids", "all_teams", "phone", "language", "timezone", "theme",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = ["id", "email", "role", "all_teams"]


class Me(KrmAPIView):
    """Whoever holds the key or session."""

    scopes = SCOPES
    serializer_class = MeSerializer
    schema_tag = "me"

    @extend_schema(operation_id="me_retrieve", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Who am I."""
        return Response(MeSerializer(User.objects.get(pk=request.user.pk)).data)

    @extend_schema(operation_id="me_update", request=MeSerializer(partial=True), responses=MeSerializer)
    def patch(self, request: Request) -> Response:
        """Change my own profile."""
        user = User.objects.get(pk=request.user.pk)
        serializer = MeSerializer(user, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return Response(MeSerializer(people.update_profile(user, by=user, **serializer.validated_data)).data)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    state = serializers.ChoiceField(["waiting", "sent", "accepted", "withdrawn", "expired"], read_only=True)
    team_ids: Any = serializers.PrimaryKeyRelatedField(source="teams", many=True, read_only=True)

    class Meta:
        model = Invitation
        fields: ClassVar[Any] = [
            "id", "email", "name", "role", "language", "team_ids", "all_teams", "state", "invited_by", "sent_at",
            "expires_at", "accepted_at", "created_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class AttachIn(serializers.Serializer[Any]):
    kind = serializers.CharField(max_length=40)
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A reviewer",
            value={"email": "sari@agency.example", "name": "Sari", "role": "reviewer", "team_ids": [1]},
            request_only=True,
        )
    ]
)
class InvitationIn(serializers.Serializer[Any]):
    email = serializers.EmailField()
    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    role = serializers.ChoiceField(Role.choices)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    team_ids: Any = serializers.PrimaryKeyRelatedField(
        source="teams", many=True, queryset=BrandTeam.objects.all(), required=False
    )
    all_teams = serializers.BooleanField(required=False)
    attach = AttachIn(many=True, required=False)


class InvitationViewSet(StaffOnly, WriteViewSet):
    """Invitations: yours, or all of them for administrators."""

    model = Invitation
    serializer_class = InvitationSerializer
    write_serializer_class = InvitationIn
    scopes = SCOPES

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().prefetch_related("teams")

    def perform_create(self, serializer: Any) -> None:
        values = dict(serializer.validated_data)
        values["attach"] = [(entry["kind"], entry["id"]) for entry in values.get("attach", [])]
        serializer.instance = invitations.invite(by=self.request.user, **values)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Send the invitation again")
    def send_again(self, request: Request, pk: str) -> Invitation:
        """A new mail with a new link; the old link is void."""
        return invitations.send_again(self.get_object(), by=request.user)  # type: ignore[arg-type]

    @action(detail=True, methods=["post"], summary="Withdraw the invitation")
    def withdraw(self, request: Request, pk: str) -> Invitation:
        """The link stops working."""
        return invitations.withdraw(self.get_object(), by=request.user)  # type: ignore[arg-type]


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    class Meta:
        model = ApiKey
        fields: ClassVar[Any] = [
            "id", "name", "prefix", "scopes", "expires_at", "last_used_at", "revoked_at", "created_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class ApiKeyViewSet(ReadViewSet):
    """Your API keys. They are made on the page Account → API keys, where the secret is shown once."""

    model = ApiKey
    serializer_class = ApiKeySerializer
    scopes = SCOPES

    @action(detail=True, methods=["post"], summary="Revoke the key")
    def revoke(self, request: Request, pk: str) -> ApiKey:
        """The key opens nothing any more, from this moment."""
        return apikeys.revoke(self.get_object(), by=request.user)  # type: ignore[arg-type]
