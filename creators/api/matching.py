"""Fair prices and forecasts of a creator, for staff; mixed into the endpoint of creators."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db.models import F
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers as S
from rest_framework.request import Request

from creators import forecasting
from creators.matching import prices
from krm.api.viewsets import action


class ComparableOut(S.Serializer[Any]):
    kind = S.CharField()
    creator = S.CharField(allow_blank=True)
    creator_id = S.IntegerField(allow_null=True)
    format = S.CharField()
    followers = S.IntegerField()
    price = S.DecimalField(19, 4)
    currency = S.CharField()
    adjusted = S.DecimalField(19, 4)
    day = S.DateField(allow_null=True)
    weight = S.FloatField()


class FairPriceOut(S.Serializer[Any]):
    platform = S.CharField()
    format = S.CharField()
    followers = S.IntegerField(allow_null=True)
    currency = S.CharField()
    low = S.DecimalField(19, 4, allow_null=True)
    mid = S.DecimalField(19, 4, allow_null=True)
    high = S.DecimalField(19, 4, allow_null=True)
    enough = S.BooleanField()
    confidence = S.FloatField()
    deals = S.IntegerField()
    asks = S.IntegerField()
    creators = S.IntegerField()
    same_format = S.IntegerField()
    asked = S.DecimalField(19, 4, allow_null=True)
    verdict = S.CharField(allow_blank=True)
    version = S.CharField()
    comparables = ComparableOut(many=True)


class ForecastOut(S.Serializer[Any]):
    account_id = S.IntegerField()
    kind = S.CharField()
    metric = S.CharField()
    low = S.IntegerField()
    mid = S.IntegerField()
    high = S.IntegerField()
    posts = S.IntegerField()
    made_at = S.DateTimeField()
    post_id = S.IntegerField(allow_null=True)
    actual = S.IntegerField(allow_null=True)
    formula_version = S.CharField()


class AccuracyOut(S.Serializer[Any]):
    account_id = S.IntegerField()
    count = S.IntegerField()
    inside = S.IntegerField()
    typical_error = S.FloatField(allow_null=True)


class OutlookOut(S.Serializer[Any]):
    ahead = ForecastOut(many=True)
    past = ForecastOut(many=True)
    accuracy = AccuracyOut(many=True)


class MatchingActions:
    """`/creators/<id>/fair_price/` and `/creators/<id>/forecasts/`; guests get 404."""

    def _staff_object(self) -> Any:
        view: Any = self
        if not view.request.user.is_staff_member:
            raise Http404
        return view.get_object()

    @action(
        detail=True,
        methods=["get"],
        response=FairPriceOut,
        many=True,
        schema={"parameters": [OpenApiParameter("currency", str), OpenApiParameter("platform", str)]},
    )
    def fair_price(self, request: Request, pk: str) -> Any:
        """What one piece should cost, by format: interval, comparables, or how far from enough deals."""
        currency = request.query_params.get("currency", "IDR").upper()[:3]
        platform = request.query_params.get("platform", "")
        return prices.of_creator(self._staff_object(), by=request.user, currency=currency, platform=platform)  # type: ignore[arg-type]

    @action(detail=True, methods=["get"], response=OutlookOut)
    def forecasts(self, request: Request, pk: str) -> Any:
        """Expected views, likes and interactions of the next post per format; past forecasts and what was reached."""
        creator = self._staff_object()
        ids = list(
            creator.accounts.order_by(F("followers").desc(nulls_last=True), "pk").values_list(
                "pk", flat=True
            )[:20]
        )
        found = forecasting.shown(ids)
        return {
            "ahead": [one for pk in ids for entry in found[pk]["ahead"] for one in entry["metrics"] if one],
            "past": [one for pk in ids for one in found[pk]["past"]],
            "accuracy": [
                {"account_id": pk, **asdict(found[pk]["accuracy"])} for pk in ids if found[pk]["accuracy"]
            ],
        }
