"""Fit of accounts to a brand or campaign, and ratings of partnerships; staff only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers as S
from rest_framework.request import Request

from campaigns import fitting, partnerships
from creators.models import SocialAccount
from krm.accounts.permissions import check
from krm.api.viewsets import action

MOST = 1_000
PARAMETERS = [
    OpenApiParameter("accounts", str, description="Ids of accounts, separated by commas; at most 1,000."),
    OpenApiParameter("creators", str, description="Ids of creators: their largest account is taken."),
]


class PartOut(S.Serializer[Any]):
    name = S.CharField()
    label = S.CharField()  # type: ignore[assignment]
    value = S.FloatField()
    weight = S.FloatField()
    evidence = S.IntegerField()
    facts = S.JSONField()
    sentence = S.CharField()


class FitOut(S.Serializer[Any]):
    account_id = S.IntegerField()
    value = S.FloatField(allow_null=True)
    confidence = S.FloatField()
    gate = S.CharField(allow_blank=True)
    gate_sentence = S.CharField(allow_blank=True)
    parts = PartOut(many=True)


class RatingIn(S.Serializer[Any]):
    score = S.IntegerField(min_value=1, max_value=5)
    remark = S.CharField(max_length=500, required=False, allow_blank=True)


class RatingOut(S.Serializer[Any]):
    id = S.IntegerField()
    score = S.IntegerField()
    remark = S.CharField()
    rated_by = S.StringRelatedField()  # type: ignore[var-annotated]
    updated_at = S.DateTimeField()


def _ids(request: Request, name: str) -> list[int]:
    given = [part.strip() for part in request.query_params.get(name, "").split(",") if part.strip()]
    if any(not part.isdigit() or len(part) > 15 for part in given):
        raise ValidationError({name: _("Give ids separated by commas.")})
    if len(given) > MOST:
        raise ValidationError({name: _("Ask for at most 1,000 at a time.")})
    return [int(part) for part in given]


def _asked(request: Request) -> list[int]:
    ids = _ids(request, "accounts")
    if creators := _ids(request, "creators"):
        ids += fitting.main_accounts(creators).values()
    return list(
        SocialAccount.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True)
    )  # type: ignore[arg-type]


def _answer(found: Any, ids: list[int]) -> list[Any]:
    lang = get_language() or "en"
    rows = [row for pk in dict.fromkeys(ids) if (row := fitting.shown(found, pk, lang)) is not None]
    return sorted(rows, key=lambda row: (row["value"] is None, -(row["value"] or 0.0), row["account_id"]))


class _Staff:
    def _staff_object(self) -> Any:
        view: Any = self
        if not view.request.user.is_staff_member:
            raise Http404
        return view.get_object()


class BrandFit(_Staff):
    @action(detail=True, methods=["get"], response=FitOut, many=True, schema={"parameters": PARAMETERS})
    def fit(self, request: Request, pk: str) -> Any:
        """How well accounts fit the brand, best first, part by part."""
        brand, ids = self._staff_object(), _asked(request)
        return _answer(fitting.fits_of(brand, ids), ids)


class CampaignFit(_Staff):
    @action(detail=True, methods=["get"], response=FitOut, many=True, schema={"parameters": PARAMETERS})
    def fit(self, request: Request, pk: str) -> Any:
        """How well accounts fit the campaign, best first; without ids those of its shortlist."""
        campaign, ids = self._staff_object(), _asked(request)
        if not request.query_params.get("accounts") and not request.query_params.get("creators"):
            ids = list(campaign.candidates.filter(account__isnull=False).values_list("account_id", flat=True))
        return _answer(fitting.fits_of(campaign.brand, ids, campaign), ids)


class PartnershipRatings(_Staff):
    @action(detail=True, methods=["get"], response=RatingOut, many=True)
    def ratings(self, request: Request, pk: str) -> Any:
        """How professional our people found the KOL; staff only."""
        return list(self._staff_object().ratings.select_related("rated_by"))

    @action(detail=True, methods=["post"], serializer_class=RatingIn, response=RatingOut)
    def rate(self, request: Request, pk: str) -> Any:
        """Rate professionalism from 1 to 5; a second time changes your own rating."""
        partnership = self._staff_object()  # guests know of the partnership, but of ratings nothing
        check(request.user, "campaigns.rate", partnership)
        return partnerships.rate(partnership, by=request.user, **self.input())  # type: ignore[attr-defined,arg-type]
