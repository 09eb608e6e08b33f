"""REST: how the updates stand, and the policy behind them."""

from __future__ import annotations

import math
from typing import Any

from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from creators.models import PullPolicy
from creators.pulling import outlook
from krm.api.viewsets import KrmViewSet, StaffOnly, action

S = serializers
HOUR: dict[str, Any] = {"min_value": 1, "max_value": 720}


class HoursIn(S.Serializer[Any]):
    """Hours between two updates, by what hangs on an account; from the most to the least important."""

    live = S.IntegerField(**HOUR)
    shortlisted = S.IntegerField(**HOUR)
    warm = S.IntegerField(**HOUR)
    cold = S.IntegerField(**HOUR)


class LineOut(S.Serializer[Any]):
    platform = S.CharField()
    cadence = S.CharField()
    total = S.IntegerField()
    due = S.IntegerField()
    late = S.IntegerField(help_text="Due for longer than a whole interval.")
    leased = S.IntegerField()
    paused = S.IntegerField()
    ages = S.DictField(child=S.IntegerField(), help_text="Accounts by time since the last good pull.")


class CostOut(S.Serializer[Any]):
    platform = S.CharField()
    refreshes_per_day = S.FloatField(source="refreshes")
    calls_per_day = S.FloatField(source="calls")
    budget_share = S.FloatField(source="share", allow_null=True, help_text="Over 1: cadences are stretched.")
    money_per_day = S.DecimalField(source="money", max_digits=19, decimal_places=2, allow_null=True)
    real_days = S.SerializerMethodField(help_text="Days between two updates by cadence; null: never.")

    def get_real_days(self, cost: outlook.Cost) -> dict[str, float | None]:
        return {name: None if math.isinf(days) else days for name, days in cost.real_days.items()}


class UpdatesOut(S.Serializer[Any]):
    hours = S.DictField(child=S.FloatField(), help_text="In force, `KRM_PULL_SECONDS` included.")
    lines = LineOut(many=True)
    costs = CostOut(many=True, help_text="What the policy in force asks of each platform.")


class UpdatesViewSet(StaffOnly, KrmViewSet):
    """How often accounts are read, how old their figures are, what budgets allow."""

    model = PullPolicy
    serializer_class = UpdatesOut
    scopes = ("connectors:read", "connectors:write")
    pagination_class = None
    perms = {"policy": "connectors.change", "cost": "connectors.view", "list": "connectors.view"}

    @extend_schema(
        responses=forced_singular_serializer(UpdatesOut), filters=False, operation_id="updates_read"
    )
    def list(self, request: Request) -> Response:
        return Response(UpdatesOut(_now()).data)

    @action(
        detail=False,
        methods=["post"],
        serializer_class=HoursIn,
        response=UpdatesOut,
        summary="Set the hours between updates",
        schema={
            "examples": [
                OpenApiExample(
                    "Usual", value={"live": 6, "shortlisted": 24, "warm": 168, "cold": 720}, request_only=True
                )
            ]
        },
    )
    def policy(self, request: Request) -> Any:
        """Administrators only."""
        outlook.change(by=request.user, **self.input())
        return _now()

    @action(
        detail=False,
        methods=["post"],
        serializer_class=HoursIn,
        response=CostOut,
        many=True,
        summary="What other hours would cost",
    )
    def cost(self, request: Request) -> Any:
        """Nothing is changed."""
        hours = {name: float(value) for name, value in outlook.checked(self.input()).items()}
        return outlook.cost(hours, outlook.lines(), outlook.capacities())


def _now() -> dict[str, Any]:
    found, hours = outlook.lines(), outlook.current_hours()
    return {"hours": hours, "lines": found, "costs": outlook.cost(hours, found, outlook.capacities())}
