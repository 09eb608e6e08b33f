"""REST: the connectors page for programs."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from creators import connections
from creators.platforms.registry import PROGRAMS
from krm.accounts.permissions import check
from krm.api.viewsets import KrmViewSet, StaffOnly, action
from krm.connectors.models import Application


class BudgetOut(serializers.Serializer[Any]):
    name = serializers.CharField(source="bucket.name")
    used = serializers.IntegerField()
    limit = serializers.IntegerField()
    percent = serializers.FloatField(allow_null=True)
    blocked_until = serializers.DateTimeField(allow_null=True)


class MoneyOut(serializers.Serializer[Any]):
    """US dollars, by calendar month in UTC."""

    monthly = serializers.DecimalField(source="purse.monthly", max_digits=12, decimal_places=2)
    spent = serializers.DecimalField(source="month", max_digits=12, decimal_places=4)
    today = serializers.DecimalField(max_digits=12, decimal_places=4)
    reads = serializers.DictField(child=serializers.IntegerField())


class QueueOut(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    paused = serializers.IntegerField()
    next_due = serializers.DateTimeField(allow_null=True)


class ErrorOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    count = serializers.IntegerField()
    reason = serializers.CharField()
    last_at = serializers.DateTimeField()


class ConnectorOut(serializers.Serializer[Any]):
    key = serializers.CharField(source="program.key")
    title = serializers.CharField(source="program.title")
    verified = serializers.CharField(source="program.verified")
    tested = serializers.BooleanField(source="program.tested", help_text="False: built from documents only.")
    ready = serializers.BooleanField()
    sandbox = serializers.BooleanField()
    address = serializers.CharField(source="host")
    calls = serializers.IntegerField(help_text="Calls in the last seven days.")
    budgets = BudgetOut(many=True, allow_null=True, help_text="Null: Redis is not reachable.")
    money = MoneyOut(allow_null=True, help_text="Null: this platform's answers cost nothing.")
    queue = QueueOut(allow_null=True)
    failures = ErrorOut(many=True, source="errors", help_text="Of the last seven days, by kind.")
    consents = serializers.DictField(child=serializers.IntegerField())


class ConfigureIn(serializers.Serializer[Any]):
    """Which of these a connector takes stands on its settings page. Secrets are written, never read."""

    enabled = serializers.BooleanField(default=True)
    client_id = serializers.CharField(required=False, max_length=200)
    client_secret = serializers.CharField(required=False, max_length=4000, write_only=True)
    api_key = serializers.CharField(required=False, max_length=4000, write_only=True)
    access_token = serializers.CharField(required=False, max_length=4000, write_only=True)
    webhook_secret = serializers.CharField(required=False, max_length=4000, write_only=True)
    own_account_id = serializers.CharField(required=False, max_length=64)
    daily_users = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)
    monthly_usd = serializers.DecimalField(
        required=False, min_value=0, max_value=1_000_000, max_digits=9, decimal_places=2
    )
    posts = serializers.IntegerField(required=False, min_value=1, max_value=100)
    names = serializers.ChoiceField(required=False, choices=["post", "tweet"])


class CheckOut(serializers.Serializer[Any]):
    message = serializers.CharField()


class ConnectorViewSet(StaffOnly, KrmViewSet):
    """How KRM reads the platforms: state, budgets, queue, errors; settings and a check."""

    model = Application
    serializer_class = ConnectorOut
    scopes = ("connectors:read", "connectors:write")
    lookup_field = "key"
    lookup_value_regex = "[a-z_]{1,30}"
    pagination_class = None

    def get_object(self) -> Any:
        key = self.kwargs["key"]
        check(self.request.user, "connectors.view")
        if key not in PROGRAMS:
            raise Http404
        return next(shown for shown in connections.overview() if shown.program.key == key)

    @extend_schema(responses=ConnectorOut(many=True), filters=False)
    def list(self, request: Request) -> Response:
        check(request.user, "connectors.view")
        return Response(ConnectorOut(connections.overview(), many=True).data)

    def retrieve(self, request: Request, key: str) -> Response:
        return Response(ConnectorOut(self.get_object()).data)

    @action(
        detail=True,
        methods=["post"],
        serializer_class=ConfigureIn,
        response=ConnectorOut,
        summary="Save the settings of a connector",
        schema={
            "examples": [
                OpenApiExample("YouTube", value={"enabled": True, "api_key": "AIza…"}, request_only=True),
            ]
        },
    )
    def configure(self, request: Request, key: str) -> Any:
        """A secret that is left out stays as it is. Administrators only."""
        self.get_object()
        values = self.input()
        names = {s.name for s in PROGRAMS[key].settings} | {"enabled"}
        connections.configure(key, by=request.user, **{k: v for k, v in values.items() if k in names})
        return self.get_object()

    @action(
        detail=True,
        methods=["post"],
        response=CheckOut,
        summary="Check the connection",
        url_path="check",
    )
    def check_connection(self, request: Request, key: str) -> Any:
        """One cheap call with the stored keys. 409 with the reason when the platform does not accept it."""
        self.get_object()
        return {"message": connections.check_now(key, by=request.user)}
