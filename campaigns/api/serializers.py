"""What the API takes and gives. Guests get their own, smaller shapes: no fee, margin or internal note leaks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns import hashtags
from campaigns.models import (
    Agreement,
    AgreementSignature,
    Brand,
    Campaign,
    Candidate,
    Deliverable,
    Kpi,
    Milestone,
    Offer,
    OfferLine,
    Partnership,
    Product,
    ShareLink,
)
from campaigns.models.plans import BudgetKind, Metric, Objective
from campaigns.models.selection import Option, ShareCovers, ShareScope
from creators.models import Creator, Platform, RateFormat, SocialAccount, Tier
from krm.accounts.models import BrandTeam, User

S = serializers


class Visible(serializers.PrimaryKeyRelatedField):
    """An object that the caller may see; another one does not exist for them."""

    def __init__(self, model: Any = None, **kwargs: Any) -> None:
        self.of_model = model
        super().__init__(**kwargs)

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        if request is None:
            return self.of_model._default_manager.none()
        return self.of_model.objects.visible_to(request.user)


class BrandOut(serializers.ModelSerializer[Brand]):
    withheld = ("team", "competitors", "banned_words", "weights", "trend_notes")  # not for every viewer

    class Meta:
        model = Brand
        fields = (
            "id", "name", "team", "category", "website", "currency", "competitors", "target_audience",
            "banned_words", "weights", "trend_notes", "is_archived", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Brand) -> dict[str, Any]:
        data = super().to_representation(instance)
        if not self.context["request"].user.is_staff_member:
            for name in self.withheld:
                data.pop(name, None)
        return data


class BrandIn(serializers.Serializer[Any]):
    name = S.CharField(max_length=120)
    team = Visible(BrandTeam)
    category = S.CharField(max_length=60, required=False, allow_blank=True)
    website = S.URLField(required=False, allow_blank=True)
    currency = S.RegexField(r"^[A-Z]{3}$", required=False)
    competitors = S.ListField(child=S.CharField(max_length=120), required=False, max_length=100)
    target_audience = S.DictField(child=S.ListField(child=S.CharField(max_length=80)), required=False)
    banned_words = S.ListField(child=S.CharField(max_length=80), required=False, max_length=500)
    weights = S.DictField(child=S.IntegerField(min_value=0, max_value=100), required=False)
    trend_notes = S.CharField(required=False, allow_blank=True)


class ProductOut(serializers.ModelSerializer[Product]):
    class Meta:
        model = Product
        fields = ("id", "brand", "name", "sku", "url", "price", "currency", "description", "is_active")
        read_only_fields = fields


class ProductIn(serializers.Serializer[Any]):
    brand = Visible(Brand)
    name = S.CharField(max_length=160)
    sku = S.CharField(max_length=60, required=False, allow_blank=True)
    url = S.URLField(required=False, allow_blank=True)
    price = S.DecimalField(19, 4, required=False, allow_null=True, min_value=0)
    description = S.CharField(required=False, allow_blank=True)


class MemberIn(serializers.Serializer[Any]):
    user = S.PrimaryKeyRelatedField(
        queryset=User.objects.filter(role__in=["client_viewer", "client_approver"])
    )


class MemberOut(serializers.Serializer[Any]):
    id = S.IntegerField()
    user = S.IntegerField(source="user_id")
    brand = S.IntegerField(source="brand_id")


class KpiOut(serializers.ModelSerializer[Kpi]):
    class Meta:
        model = Kpi
        fields = ("metric", "target")
        read_only_fields = fields


class CampaignOut(serializers.ModelSerializer[Campaign]):
    withheld = ("internal_note", "owner", "budget", "kpis")  # not for every viewer

    kpis = KpiOut(many=True, read_only=True)

    class Meta:
        model = Campaign
        fields = (
            "id", "code", "name", "brand", "product", "objective", "state", "starts_on", "ends_on", "currency",
            "budget", "owner", "hashtags", "mentions", "summary", "internal_note", "kpis", "submitted_at",
            "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Campaign) -> dict[str, Any]:
        data = super().to_representation(instance)
        user = self.context["request"].user
        if not user.is_staff_member:
            for name in ("internal_note", "owner", "budget"):
                data.pop(name, None)
            if user.is_portal:
                data.pop("kpis", None)
        return data


class CampaignIn(serializers.Serializer[Any]):
    brand = Visible(Brand)
    name = S.CharField(max_length=160)
    objective = S.ChoiceField(Objective.choices)
    starts_on = S.DateField()
    ends_on = S.DateField()
    budget = S.DecimalField(19, 4, min_value=0)
    currency = S.RegexField(r"^[A-Z]{3}$", required=False)
    code = S.CharField(max_length=24, required=False, allow_blank=True)
    product = Visible(Product, required=False, allow_null=True)
    hashtags = S.ListField(child=S.CharField(max_length=100), required=False, max_length=50)
    mentions = S.ListField(child=S.CharField(max_length=100), required=False, max_length=50)
    summary = S.CharField(required=False, allow_blank=True)
    internal_note = S.CharField(required=False, allow_blank=True)


class AllocationIn(serializers.Serializer[Any]):
    fees = S.DecimalField(19, 4, min_value=0)
    amplification = S.DecimalField(19, 4, min_value=0)
    management = S.DecimalField(19, 4, min_value=0)
    contingency = S.DecimalField(19, 4, min_value=0)


class BudgetLineOut(serializers.Serializer[Any]):
    kind = S.ChoiceField(BudgetKind.choices)
    planned = S.DecimalField(19, 4)
    committed = S.DecimalField(19, 4)
    earned = S.DecimalField(19, 4)
    actual = S.DecimalField(19, 4)
    left = S.DecimalField(19, 4)
    share = S.DecimalField(8, 2)
    in_band = S.BooleanField()


class BudgetOut(serializers.Serializer[Any]):
    budget = S.DecimalField(19, 4)
    currency = S.CharField()
    waived = S.DecimalField(19, 4)
    lines = BudgetLineOut(many=True)
    warnings = S.ListField(child=S.CharField())


class HashtagOut(serializers.Serializer[Any]):
    term = S.CharField()
    state = S.ChoiceField(
        sorted(hashtags.STATES), help_text="`followed` where it is searched every few hours."
    )
    text = S.CharField(help_text="Why, in the caller's language.")
    hashtag = S.IntegerField(
        source="tag.pk", default=None, allow_null=True, help_text="Number at /hashtags/."
    )
    found_count = S.IntegerField(source="tag.found_count", default=0)
    last_pulled_at = S.DateTimeField(source="tag.last_pulled_at", default=None, allow_null=True)
    due_at = S.DateTimeField(source="tag.due_at", default=None, allow_null=True)


class KpisIn(serializers.Serializer[Any]):
    targets = S.DictField(child=S.DecimalField(19, 4, allow_null=True))

    def validate_targets(self, value: dict[str, Any]) -> dict[str, Any]:
        unknown = set(value) - set(Metric.values)
        if unknown:
            raise serializers.ValidationError(f"Unknown: {', '.join(sorted(unknown))}")
        return value


class TierIn(serializers.Serializer[Any]):
    tier = S.PrimaryKeyRelatedField(queryset=Tier.objects.all())
    role = S.CharField(max_length=160, required=False, allow_blank=True)
    count = S.IntegerField(min_value=0, max_value=10000)
    share = S.DecimalField(5, 2, min_value=0, max_value=100)


class TiersIn(serializers.Serializer[Any]):
    tiers = TierIn(many=True)


class WaiverIn(serializers.Serializer[Any]):
    amount = S.DecimalField(19, 4)
    reason = S.CharField(max_length=2000)


class SpendIn(serializers.Serializer[Any]):
    kind = S.ChoiceField(BudgetKind.choices)
    amount = S.DecimalField(19, 4)
    occurred_on = S.DateField()
    key = S.CharField(max_length=70)
    note = S.CharField(max_length=200, required=False, allow_blank=True)


class CandidatesIn(serializers.Serializer[Any]):
    creators = Visible(Creator, many=True)
    option = S.ChoiceField(Option.choices, default="A")


class SubmitIn(serializers.Serializer[Any]):
    options = S.ListField(child=S.ChoiceField(Option.choices), required=False)
    message = S.CharField(required=False, allow_blank=True)


class ShareIn(serializers.Serializer[Any]):
    label = S.CharField(max_length=160)  # type: ignore[assignment]
    scope = S.ChoiceField(ShareScope.choices, default="view")
    covers = S.ChoiceField(ShareCovers.choices, default="shortlist")
    expires_at = S.DateTimeField(required=False)


class ShareOut(serializers.ModelSerializer[ShareLink]):
    class Meta:
        model = ShareLink
        fields = (
            "id", "campaign", "label", "scope", "covers", "expires_at", "revoked_at", "views", "last_viewed_at", "created_at"
        )  # fmt: skip
        read_only_fields = fields


class ShareMade(ShareOut):
    url = S.CharField(read_only=True)

    class Meta(ShareOut.Meta):
        fields = (*ShareOut.Meta.fields, "url")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class CandidateOut(serializers.ModelSerializer[Candidate]):
    withheld = ("buy_estimate", "internal_note", "score")  # not for every viewer

    class Meta:
        model = Candidate
        fields = (
            "id", "campaign", "creator", "account", "option", "state", "deliverables", "sell_price", "buy_estimate",
            "reason", "internal_note", "forecast_low", "forecast_mid", "forecast_high", "forecast_posts", "score",
            "submitted_at", "decided_at", "decided_by_name", "client_comment", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Candidate) -> dict[str, Any]:
        data = super().to_representation(instance)
        if not self.context["request"].user.is_staff_member:
            for name in self.withheld:
                data.pop(name, None)
        return data


class CandidateIn(serializers.Serializer[Any]):
    account = Visible(SocialAccount, required=False, allow_null=True)
    option = S.ChoiceField(Option.choices, required=False)
    deliverables = S.CharField(max_length=200, required=False, allow_blank=True)
    sell_price = S.DecimalField(19, 4, required=False, allow_null=True)
    buy_estimate = S.DecimalField(19, 4, required=False, allow_null=True)
    reason = S.CharField(required=False, allow_blank=True)
    internal_note = S.CharField(required=False, allow_blank=True)


class DecisionIn(serializers.Serializer[Any]):
    approve = S.BooleanField()
    comment = S.CharField(required=False, allow_blank=True)
    on_behalf = S.CharField(max_length=160, required=False, allow_blank=True)


class LayerOut(serializers.Serializer[Any]):
    layer = S.CharField()
    score = S.DecimalField(5, 2, allow_null=True)
    weight = S.IntegerField()
    reasons = S.ListField(child=S.CharField())


class PartnershipOut(serializers.ModelSerializer[Partnership]):
    withheld = ("sell_total", "internal_note", "owner", "candidate")  # not for every viewer

    class Meta:
        model = Partnership
        fields = (
            "id", "campaign", "creator", "account", "candidate", "state", "owner", "sell_total", "internal_note",
            "closed_reason", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Partnership) -> dict[str, Any]:
        data = super().to_representation(instance)
        if not self.context["request"].user.is_staff_member:
            for name in self.withheld:
                data.pop(name, None)
        return data


class PartnershipIn(serializers.Serializer[Any]):
    campaign = Visible(Campaign)
    creator = Visible(Creator)
    account = Visible(SocialAccount, required=False, allow_null=True)
    sell_total = S.DecimalField(19, 4, required=False, allow_null=True, min_value=0)
    internal_note = S.CharField(required=False, allow_blank=True)


class OfferLineOut(serializers.ModelSerializer[OfferLine]):
    class Meta:
        model = OfferLine
        fields = ("id", "account", "platform", "format", "quantity", "unit_price", "due_on", "note")
        read_only_fields = fields


class OfferLineIn(serializers.Serializer[Any]):
    platform = S.ChoiceField(Platform.choices)
    format = S.ChoiceField(RateFormat.choices)
    quantity = S.IntegerField(min_value=1, max_value=100, default=1)
    unit_price = S.DecimalField(19, 4, min_value=0, max_value=10**14)
    due_on = S.DateField(required=False, allow_null=True)
    account = Visible(SocialAccount, required=False, allow_null=True)
    note = S.CharField(max_length=200, required=False, allow_blank=True)


class OfferOut(serializers.ModelSerializer[Offer]):
    lines = OfferLineOut(many=True, read_only=True)

    class Meta:
        model = Offer
        fields = (
            "id", "partnership", "number", "side", "state", "currency", "total", "message", "usage_rights",
            "exclusivity_days", "rounds", "expires_at", "sent_at", "answered_at", "answer", "lines", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class OfferIn(serializers.Serializer[Any]):
    partnership = Visible(Partnership)
    lines = OfferLineIn(many=True)
    message = S.CharField(required=False, allow_blank=True)
    expires_at = S.DateTimeField(required=False)
    usage_rights = S.CharField(max_length=240, required=False, allow_blank=True)
    exclusivity_days = S.IntegerField(min_value=0, max_value=730, required=False)
    rounds = S.IntegerField(min_value=0, max_value=20, required=False)
    send = S.BooleanField(default=False)


class CounterIn(serializers.Serializer[Any]):
    lines = OfferLineIn(many=True)
    message = S.CharField(required=False, allow_blank=True)
    expires_at = S.DateTimeField(required=False)


class ToldWhyIn(serializers.Serializer[Any]):
    reason = S.CharField(max_length=240)


class AskedWhyIn(serializers.Serializer[Any]):
    reason = S.CharField(max_length=240, required=False, allow_blank=True, default="")


class MilestoneOut(serializers.ModelSerializer[Milestone]):
    class Meta:
        model = Milestone
        fields = ("id", "name", "amount", "currency", "trigger", "deliverable", "due_on", "state", "ready_at")
        read_only_fields = fields


class SignatureOut(serializers.ModelSerializer[AgreementSignature]):
    class Meta:
        model = AgreementSignature
        fields = ("side", "name", "signed_at", "sha256")
        read_only_fields = fields


class AgreementOut(serializers.ModelSerializer[Agreement]):
    milestones = MilestoneOut(many=True, read_only=True)
    signatures = SignatureOut(many=True, read_only=True)

    class Meta:
        model = Agreement
        fields = (
            "id", "partnership", "offer", "number", "state", "currency", "total", "clauses", "usage_rights",
            "usage_channels", "usage_until", "exclusivity_category", "exclusivity_from", "exclusivity_until", "rounds",
            "document_sha256", "sent_at", "signed_at", "cancelled_reason", "milestones", "signatures", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class AgreementIn(serializers.Serializer[Any]):
    partnership = Visible(Partnership)
    schedule = S.ChoiceField(("half", "deliverables", "completion", "signing"), default="half")
    usage_channels = S.ListField(child=S.CharField(max_length=40), required=False, max_length=30)
    usage_until = S.DateField(required=False, allow_null=True)


class ClauseIn(serializers.Serializer[Any]):
    key = S.CharField(max_length=40, required=False, allow_blank=True)
    title_en = S.CharField(max_length=200)
    title_id = S.CharField(max_length=200)
    text_en = S.CharField(max_length=5000)
    text_id = S.CharField(max_length=5000)


class AgreementEditIn(serializers.Serializer[Any]):
    usage_rights = S.CharField(required=False, allow_blank=True)
    usage_channels = S.ListField(child=S.CharField(max_length=40), required=False, max_length=30)
    usage_until = S.DateField(required=False, allow_null=True)
    exclusivity_category = S.CharField(max_length=60, required=False, allow_blank=True)
    exclusivity_from = S.DateField(required=False, allow_null=True)
    exclusivity_until = S.DateField(required=False, allow_null=True)
    rounds = S.IntegerField(min_value=0, max_value=20, required=False)
    clauses = ClauseIn(many=True, required=False)


class MilestoneIn(serializers.Serializer[Any]):
    name = S.CharField(max_length=120, required=False, allow_blank=True)
    amount = S.DecimalField(19, 4)
    trigger = S.ChoiceField(("on_signing", "on_deliverable", "on_date", "on_completion"))
    deliverable = S.IntegerField(required=False, allow_null=True)
    due_on = S.DateField(required=False, allow_null=True)


class MilestonesIn(serializers.Serializer[Any]):
    milestones = MilestoneIn(many=True)


class SignIn(serializers.Serializer[Any]):
    name = S.CharField(max_length=160)
    sha256 = S.RegexField(r"^[0-9a-f]{64}$")


class VerifyOut(serializers.Serializer[Any]):
    valid = S.BooleanField()
    file_intact = S.BooleanField()
    seals_hold = S.BooleanField()
    both_signed = S.BooleanField()


class DeliverableOut(serializers.ModelSerializer[Deliverable]):
    withheld = ("amount", "currency", "agreement", "revisions")  # not for every viewer

    class Meta:
        model = Deliverable
        fields = (
            "id", "agreement", "partnership", "account", "platform", "format", "title", "due_on", "publish_on",
            "amount", "currency", "state", "turn", "required_hashtags", "required_mentions", "post", "post_url",
            "matched_by", "approved_at", "published_at", "accepted_at", "revisions", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Deliverable) -> dict[str, Any]:
        data = super().to_representation(instance)
        if self.context["request"].user.is_client:
            for name in self.withheld:
                data.pop(name, None)
        return data


class DeliverableIn(serializers.Serializer[Any]):
    title = S.CharField(max_length=160, required=False)
    account = Visible(SocialAccount, required=False, allow_null=True)
    due_on = S.DateField(required=False, allow_null=True)
    publish_on = S.DateTimeField(required=False)
    required_hashtags = S.ListField(child=S.CharField(max_length=100), required=False, max_length=50)
    required_mentions = S.ListField(child=S.CharField(max_length=100), required=False, max_length=50)


class RescheduleIn(serializers.Serializer[Any]):
    publish_on = S.DateTimeField()
    reason = S.CharField(max_length=240, required=False, allow_blank=True, default="")


class PublishIn(serializers.Serializer[Any]):
    url = S.CharField(max_length=500)
    published_at = S.DateTimeField(required=False, allow_null=True)


class CalendarRow(serializers.Serializer[Any]):
    date = S.DateField()
    kind = S.CharField()
    title = S.CharField()
