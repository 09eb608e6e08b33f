"""Endpoints of the campaigns room. Each calls the verb that the page calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import django_filters
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request

from campaigns import (
    agreements,
    brands,
    budget,
    exclusivity,
    hashtags,
    negotiation,
    planning,
    scheduling,
    selection,
    sharing,
    tracking,
)
from campaigns.api import serializers as s
from campaigns.api.fit import BrandFit, CampaignFit, PartnershipRatings
from campaigns.assessment import explain
from campaigns.models import (
    Agreement,
    Brand,
    Campaign,
    Candidate,
    Deliverable,
    Offer,
    Partnership,
    Product,
    ShareLink,
)
from krm.api.viewsets import ReadViewSet, WriteViewSet, action

SCOPES = ("campaigns:read", "campaigns:write")


class BrandFilter(django_filters.FilterSet):
    class Meta:
        model = Brand
        fields = ["team", "category", "is_archived"]


class BrandViewSet(BrandFit, WriteViewSet):
    perms: ClassVar[dict[str, str]] = {
        "create": "campaigns.manage_brand",
        "partial_update": "campaigns.manage_brand",
        "archive": "campaigns.manage_brand",
        "members": "campaigns.manage_members",
    }
    model = Brand
    serializer_class = s.BrandOut
    write_serializer_class = s.BrandIn
    filterset_class = BrandFilter
    scopes = SCOPES

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = brands.create_brand(by=self.request.user, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = brands.update_brand(
            serializer.instance, by=self.request.user, **serializer.validated_data
        )

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Any:
        """Archive the brand, or bring it back."""
        return brands.archive_brand(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"], serializer_class=s.MemberIn, response=s.MemberOut, status=201)
    def members(self, request: Request, pk: str) -> Any:
        return brands.add_member(self.get_object(), by=self.request.user, **self.input())


class ProductViewSet(WriteViewSet):
    perms: ClassVar[dict[str, str]] = {
        "create": "campaigns.manage_brand",
        "partial_update": "campaigns.manage_brand",
    }
    model = Product
    serializer_class = s.ProductOut
    write_serializer_class = s.ProductIn
    scopes = SCOPES

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = brands.save_product(by=self.request.user, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        data.pop("brand", None)
        product = serializer.instance
        data = {"name": product.name, "price": product.price, **data}
        serializer.instance = brands.save_product(
            product.brand, by=self.request.user, product=product, **data
        )


class CampaignFilter(django_filters.FilterSet):
    class Meta:
        model = Campaign
        fields = ["brand", "state", "objective", "owner", "code"]


class CampaignViewSet(CampaignFit, WriteViewSet):
    perms: ClassVar[dict[str, str]] = {
        "create": "campaigns.manage_campaign",
        "partial_update": "campaigns.manage_campaign",
        "start_planning": "campaigns.manage_campaign",
        "back_to_planning": "campaigns.manage_campaign",
        "activate": "campaigns.manage_campaign",
        "start_reporting": "campaigns.manage_campaign",
        "reopen": "campaigns.manage_campaign",
        "close": "campaigns.manage_campaign",
        "cancel": "campaigns.manage_campaign",
        "kpis": "campaigns.manage_campaign",
        "tiers": "campaigns.manage_campaign",
        "allocate": "campaigns.manage_budget",
        "waive": "campaigns.waive",
        "spend": "campaigns.record_spend",
        "candidates": "campaigns.manage_shortlist",
        "assess": "campaigns.manage_shortlist",
        "submit": "campaigns.manage_shortlist",
        "invite_approved": "campaigns.negotiate",
        "share": "campaigns.share",
    }
    model = Campaign
    serializer_class = s.CampaignOut
    write_serializer_class = s.CampaignIn
    filterset_class = CampaignFilter
    ordering_fields = ("id", "starts_on", "name")
    scopes = SCOPES

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brand").prefetch_related("kpis")

    def perform_create(self, serializer: Any) -> None:
        serializer.instance = planning.create_campaign(by=self.request.user, **serializer.validated_data)

    def perform_update(self, serializer: Any) -> None:
        data = {k: v for k, v in serializer.validated_data.items() if k in planning.FIELDS}
        serializer.instance = planning.update_campaign(serializer.instance, by=self.request.user, **data)

    def step(self, name: str) -> Any:
        return planning.VERBS[name](self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"])
    def start_planning(self, request: Request, pk: str) -> Any:
        return self.step("start_planning")

    @action(detail=True, methods=["post"])
    def back_to_planning(self, request: Request, pk: str) -> Any:
        return self.step("back_to_planning")

    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Any:
        return self.step("activate")

    @action(detail=True, methods=["post"])
    def start_reporting(self, request: Request, pk: str) -> Any:
        return self.step("start_reporting")

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Any:
        return self.step("reopen")

    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Any:
        return self.step("close")

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Any:
        return self.step("cancel")

    def staff_object(self) -> Campaign:
        """The campaign for endpoints that only staff know of; guests get 404."""

        if not self.request.user.is_staff_member:
            raise Http404
        return self.get_object()

    @action(detail=True, methods=["get"], response=s.HashtagOut, many=True, summary="Hashtags of a campaign")
    def hashtags(self, request: Request, pk: str) -> Any:
        """Each hashtag, and whether it is searched. What was found is at /found-posts/?hashtag=… (several allowed)."""
        return hashtags.standing(self.staff_object())

    @action(detail=True, methods=["get"], response=s.BudgetOut)
    def budget(self, request: Request, pk: str) -> Any:
        """Planned, committed, earned and spent by line, with the guard rails' warnings."""
        return budget.status(self.staff_object())

    @action(detail=True, methods=["post"], serializer_class=s.AllocationIn, response=s.BudgetOut)
    def allocate(self, request: Request, pk: str) -> Any:
        campaign = budget.allocate(self.get_object(), by=self.request.user, amounts=self.input())
        return budget.status(campaign)

    @action(detail=True, methods=["post"], serializer_class=s.TiersIn, response=s.BudgetOut)
    def tiers(self, request: Request, pk: str) -> Any:
        campaign = self.get_object()
        budget.plan_tiers(campaign, by=self.request.user, rows=[dict(row) for row in self.input()["tiers"]])
        return budget.status(campaign)

    @action(detail=True, methods=["post"], serializer_class=s.WaiverIn, response=s.BudgetOut)
    def waive(self, request: Request, pk: str) -> Any:
        """Let commitments pass the fees line; administrators only."""
        campaign = self.get_object()
        budget.waive(campaign, by=self.request.user, **self.input())
        return budget.status(campaign)

    @action(detail=True, methods=["post"], serializer_class=s.SpendIn, response=s.BudgetOut)
    def spend(self, request: Request, pk: str) -> Any:
        """Record money that left; the same `key` twice is written once."""
        campaign = self.get_object()
        data = self.input()
        budget.record_spend(
            campaign, by=self.request.user, **{**data, "key": f"api:{campaign.pk}:{data['key']}"}
        )
        return budget.status(campaign)

    @action(detail=True, methods=["post"], serializer_class=s.KpisIn)
    def kpis(self, request: Request, pk: str) -> Any:
        return planning.set_kpis(self.get_object(), by=self.request.user, **self.input())

    @action(
        detail=True,
        methods=["post"],
        serializer_class=s.CandidatesIn,
        response=s.CandidateOut,
        many=True,
        status=201,
    )
    def candidates(self, request: Request, pk: str) -> Any:
        """Put creators on the shortlist; who is there already or blocked is passed over."""
        return selection.add_candidates(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"], response=s.CandidateOut, many=True)
    def assess(self, request: Request, pk: str) -> Any:
        campaign = self.get_object()
        selection.reassess(campaign, by=self.request.user)
        return campaign.candidates.exclude(state="dropped")

    @action(detail=True, methods=["post"], serializer_class=s.SubmitIn, response=s.CandidateOut, many=True)
    def submit(self, request: Request, pk: str) -> Any:
        return selection.submit(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"], response=s.PartnershipOut, many=True)
    def invite_approved(self, request: Request, pk: str) -> Any:
        done, _refused = selection.invite_approved(self.get_object(), by=self.request.user)
        return done

    @action(detail=True, methods=["post"], serializer_class=s.ShareIn, response=s.ShareMade, status=201)
    def share(self, request: Request, pk: str) -> Any:
        """A link for a client without an account; its address is in this answer only."""
        link, token = sharing.create_link(self.get_object(), by=self.request.user, **self.input())
        link.url = request.build_absolute_uri(reverse("campaigns:shared", args=[token]))  # type: ignore[attr-defined]
        return link


class ShareLinkViewSet(ReadViewSet):
    perms: ClassVar[dict[str, str]] = {
        "revoke": "campaigns.share",
    }
    model = ShareLink
    serializer_class = s.ShareOut
    scopes = SCOPES

    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Any:
        return sharing.revoke_link(self.get_object(), by=self.request.user)


class CandidateFilter(django_filters.FilterSet):
    class Meta:
        model = Candidate
        fields = ["campaign", "creator", "option", "state"]


class CandidateViewSet(WriteViewSet):
    perms: ClassVar[dict[str, str]] = {
        "partial_update": "campaigns.manage_shortlist",
        "decide": "campaigns.decide_shortlist",
        "drop": "campaigns.manage_shortlist",
        "repropose": "campaigns.manage_shortlist",
    }
    model = Candidate
    serializer_class = s.CandidateOut
    write_serializer_class = s.CandidateIn
    filterset_class = CandidateFilter
    scopes = SCOPES

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand", "creator")

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = selection.update_candidate(
            serializer.instance, by=self.request.user, **serializer.validated_data
        )

    @action(detail=True, methods=["post"], serializer_class=s.DecisionIn)
    def decide(self, request: Request, pk: str) -> Any:
        """The client's yes or no; staff name who at the client decided."""
        return selection.decide(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Any:
        return selection.drop(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"])
    def repropose(self, request: Request, pk: str) -> Any:
        return selection.repropose(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["get"], response=s.LayerOut, many=True)
    def assessment(self, request: Request, pk: str) -> Any:
        """The five layers with their reasons as sentences in the caller's language; staff only."""

        if not self.request.user.is_staff_member:
            raise Http404
        rows = self.get_object().assessments.all()
        return [
            {"layer": r.layer, "score": r.score, "weight": r.weight, "reasons": explain(r.explanation)}
            for r in rows
        ]


class PartnershipFilter(django_filters.FilterSet):
    class Meta:
        model = Partnership
        fields = ["campaign", "creator", "state"]


class PartnershipViewSet(PartnershipRatings, WriteViewSet):
    perms: ClassVar[dict[str, str]] = {
        "create": "campaigns.negotiate",
        "partial_update": "campaigns.negotiate",
        "cancel": "campaigns.negotiate",
        "waive_exclusivity": "campaigns.waive",
    }
    model = Partnership
    serializer_class = s.PartnershipOut
    write_serializer_class = s.PartnershipIn
    filterset_class = PartnershipFilter
    scopes = SCOPES

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand", "creator")

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = negotiation.invite(data.pop("campaign"), by=self.request.user, **data)

    def perform_update(self, serializer: Any) -> None:
        data = {
            k: v
            for k, v in serializer.validated_data.items()
            if k in ("account", "sell_total", "internal_note")
        }
        serializer.instance = negotiation.update_partnership(
            serializer.instance, by=self.request.user, **data
        )

    @action(detail=True, methods=["post"], serializer_class=s.ToldWhyIn)
    def cancel(self, request: Request, pk: str) -> Any:
        return negotiation.cancel_partnership(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.ToldWhyIn)
    def waive_exclusivity(self, request: Request, pk: str) -> Any:
        """Let this campaign pass the exclusivity windows in its way; administrators only."""
        partnership = self.get_object()
        found = exclusivity.conflicts(partnership.campaign, [partnership.creator_id])
        for window in found.get(partnership.creator_id, []):
            exclusivity.waive(window, by=self.request.user, campaign=partnership.campaign, **self.input())
        return partnership


class OfferFilter(django_filters.FilterSet):
    campaign = django_filters.NumberFilter(field_name="partnership__campaign")

    class Meta:
        model = Offer
        fields = ["partnership", "state", "side"]


class OfferViewSet(WriteViewSet):
    perms: ClassVar[dict[str, str]] = {
        "create": "campaigns.negotiate",
        "send": "campaigns.negotiate",
        "counter": "campaigns.talk",
        "accept": "campaigns.talk",
        "decline": "campaigns.talk",
        "withdraw": "campaigns.talk",
    }
    model = Offer
    serializer_class = s.OfferOut
    write_serializer_class = s.OfferIn
    filterset_class = OfferFilter
    scopes = SCOPES

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("partnership__campaign__brand", "partnership__creator")
            .prefetch_related("lines")
        )

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = negotiation.make_offer(data.pop("partnership"), by=self.request.user, **data)

    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Any:
        return negotiation.send_offer(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"], serializer_class=s.CounterIn, status=201)
    def counter(self, request: Request, pk: str) -> Any:
        """Answer with other terms; the answer is the new offer."""
        return negotiation.counter(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Any:
        return negotiation.accept(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"], serializer_class=s.AskedWhyIn)
    def decline(self, request: Request, pk: str) -> Any:
        return negotiation.decline(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Any:
        return negotiation.withdraw(self.get_object(), by=self.request.user)


class AgreementFilter(django_filters.FilterSet):
    campaign = django_filters.NumberFilter(field_name="partnership__campaign")

    class Meta:
        model = Agreement
        fields = ["partnership", "state", "number"]


class AgreementViewSet(WriteViewSet):
    perms: ClassVar[dict[str, str]] = {
        "create": "campaigns.negotiate",
        "partial_update": "campaigns.negotiate",
        "milestones": "campaigns.negotiate",
        "send": "campaigns.negotiate",
        "take_back": "campaigns.negotiate",
        "sign": "campaigns.sign",
    }
    model = Agreement
    serializer_class = s.AgreementOut
    filterset_class = AgreementFilter
    scopes = SCOPES

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("partnership__campaign__brand", "partnership__creator")
            .prefetch_related("milestones", "signatures")
        )

    def get_serializer_class(self) -> Any:
        if self.action == "create":
            return s.AgreementIn
        if self.action == "partial_update":
            return s.AgreementEditIn
        return super().get_serializer_class()

    def perform_create(self, serializer: Any) -> None:
        data = dict(serializer.validated_data)
        serializer.instance = agreements.draft(data.pop("partnership"), by=self.request.user, **data)

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = agreements.edit(
            serializer.instance, by=self.request.user, **serializer.validated_data
        )

    @action(detail=True, methods=["post"], serializer_class=s.MilestonesIn)
    def milestones(self, request: Request, pk: str) -> Any:
        agreement = self.get_object()
        rows = [dict(row) for row in self.input()["milestones"]]
        return agreements.set_milestones(agreement, by=self.request.user, rows=rows)

    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Any:
        return agreements.send(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"], serializer_class=s.AskedWhyIn)
    def take_back(self, request: Request, pk: str) -> Any:
        return agreements.take_back(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.SignIn)
    def sign(self, request: Request, pk: str) -> Any:
        """Sign for one's side; `sha256` says which document was read."""
        agreement = self.get_object()
        address = str(request.META.get("REMOTE_ADDR", ""))
        agreements.sign(agreement, by=self.request.user, address=address, **self.input())
        return agreement

    @action(detail=True, methods=["get"], response=s.VerifyOut)
    def verify(self, request: Request, pk: str) -> Any:
        return agreements.verify(self.get_object())


class DeliverableFilter(django_filters.FilterSet):
    campaign = django_filters.NumberFilter(field_name="partnership__campaign")
    publish_on = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Deliverable
        fields = ["partnership", "agreement", "state", "turn", "platform"]


class DeliverableViewSet(WriteViewSet):
    perms: ClassVar[dict[str, str]] = {
        "partial_update": "campaigns.negotiate",
        "reschedule": "campaigns.reschedule",
        "publish": "campaigns.report_post",
        "accept": "campaigns.accept_deliverable",
        "unpublish": "campaigns.track",
        "cancel": "campaigns.negotiate",
    }
    model = Deliverable
    serializer_class = s.DeliverableOut
    write_serializer_class = s.DeliverableIn
    filterset_class = DeliverableFilter
    ordering_fields = ("id", "publish_on")
    scopes = SCOPES

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("partnership__campaign__brand", "partnership__creator", "agreement")
        )

    def perform_update(self, serializer: Any) -> None:
        serializer.instance = agreements.edit_deliverable(
            serializer.instance, by=self.request.user, **serializer.validated_data
        )

    @action(detail=True, methods=["post"], serializer_class=s.RescheduleIn)
    def reschedule(self, request: Request, pk: str) -> Any:
        return scheduling.reschedule(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.PublishIn)
    def publish(self, request: Request, pk: str) -> Any:
        """Say by its address that it is online."""
        return tracking.confirm_published(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Any:
        return tracking.accept_deliverable(self.get_object(), by=self.request.user)

    @action(detail=True, methods=["post"], serializer_class=s.ToldWhyIn)
    def unpublish(self, request: Request, pk: str) -> Any:
        return tracking.unpublish(self.get_object(), by=self.request.user, **self.input())

    @action(detail=True, methods=["post"], serializer_class=s.ToldWhyIn)
    def cancel(self, request: Request, pk: str) -> Any:
        return tracking.cancel_deliverable(self.get_object(), by=self.request.user, **self.input())

    @action(detail=False, methods=["get"], response=s.CalendarRow, many=True)
    def special_days(self, request: Request) -> Any:
        """Holidays, sale days and Ramadan of the coming year."""
        today = timezone.localdate()
        return scheduling.special_days(today, today + timedelta(days=365))
