"""What the API takes and gives. No fee, no buy price, no internal comment leaves to guests."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from briefs import check_texts, review
from briefs.files.inspect import LARGEST
from briefs.models import (
    ApprovalStep,
    Asset,
    Brief,
    BriefingCall,
    BriefReceipt,
    BriefVersion,
    Comment,
    Concept,
    Draft,
    Review,
    ReviewSettings,
    Upload,
    UsageRight,
)
from campaigns.models import Campaign, Deliverable, Partnership
from krm.accounts.models import User
from krm.accounts.scope import Scope


class Visible(serializers.PrimaryKeyRelatedField):
    """A relation to something the caller may see; anything else does not exist."""

    def __init__(self, model: Any, **kwargs: Any) -> None:
        self.seen_model = model
        super().__init__(queryset=model._default_manager.all(), **kwargs)

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        return self.seen_model.objects.visible_to(getattr(request, "user", None))


class PillarSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(allow_blank=True, required=False, default="", max_length=5000)


def words(**kwargs: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=300), required=False, max_length=100, **kwargs
    )


class GuardrailsSerializer(serializers.Serializer[Any]):
    do = words()
    dont = words()
    banned_words = words()
    banned_claims = words()


class DisclosureSerializer(serializers.Serializer[Any]):
    labels = words()
    place = serializers.ChoiceField(choices=["start", "anywhere", "platform"], default="start")


class MandatorySerializer(serializers.Serializer[Any]):
    hashtags = words()
    mentions = words()
    disclosure = DisclosureSerializer(required=False)
    ctas = words()


class ContentFields(serializers.ModelSerializer[Any]):
    pillars = PillarSerializer(many=True, required=False)
    guardrails = GuardrailsSerializer(required=False)
    mandatory = MandatorySerializer(required=False)


class BriefSerializer(ContentFields):
    class Meta:
        model = Brief
        fields = ("id", "campaign", *Brief.PARTS, "updated_at")
        read_only_fields = fields


class BriefIn(serializers.Serializer[Any]):
    campaign = Visible(Campaign)
    story = serializers.CharField(allow_blank=True, required=False, max_length=20000)
    narrative = serializers.CharField(allow_blank=True, required=False, max_length=20000)
    pillars = PillarSerializer(many=True, required=False)
    guardrails = GuardrailsSerializer(required=False)
    freedom = serializers.CharField(allow_blank=True, required=False, max_length=20000)
    mandatory = MandatorySerializer(required=False)


class PublishIn(serializers.Serializer[Any]):
    note = serializers.CharField(allow_blank=True, required=False, default="", max_length=300)


class BriefVersionSerializer(ContentFields):
    campaign = serializers.IntegerField(source="brief.campaign_id", read_only=True)

    class Meta:
        model = BriefVersion
        fields = ("id", "campaign", "brief", "number", "note", *Brief.PARTS, "published_at", "sha256")
        read_only_fields = fields


class PartnershipIn(serializers.Serializer[Any]):
    partnership = Visible(Partnership)


class BriefReceiptSerializer(serializers.ModelSerializer[BriefReceipt]):
    class Meta:
        model = BriefReceipt
        fields = ("id", "version", "partnership", "read_at", "acknowledged_at")
        read_only_fields = fields


class BriefingCallSerializer(serializers.ModelSerializer[BriefingCall]):
    class Meta:
        model = BriefingCall
        fields = ("id", "campaign", "title", "starts_at", "minutes", "place", "agenda", "state")
        read_only_fields = fields


class CallIn(serializers.Serializer[Any]):
    campaign = Visible(Campaign)
    starts_at = serializers.DateTimeField()
    partnerships = serializers.ListField(child=Visible(Partnership), min_length=1, max_length=500)
    title = serializers.CharField(allow_blank=True, required=False, default="", max_length=160)
    minutes = serializers.IntegerField(min_value=5, max_value=480, default=45)
    place = serializers.CharField(allow_blank=True, required=False, default="", max_length=300)
    guests = serializers.CharField(allow_blank=True, required=False, default="", max_length=500)
    agenda = serializers.CharField(allow_blank=True, required=False, default="", max_length=5000)


class MoveCallIn(serializers.Serializer[Any]):
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(min_value=5, max_value=480, required=False)
    place = serializers.CharField(allow_blank=True, required=False, max_length=300)


class HoldCallIn(serializers.Serializer[Any]):
    notes = serializers.CharField(allow_blank=True, required=False, default="", max_length=20000)
    attended = serializers.ListField(child=Visible(Partnership), required=False, max_length=500)


class ConceptSerializer(serializers.ModelSerializer[Concept]):
    references = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Concept
        fields = (
            "id", "deliverable", "number", "revision", "title", "body", "format", "references", "state",
            "submitted_at", "decided_at",
        )  # fmt: skip
        read_only_fields = fields


class ConceptBody(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=160)
    body = serializers.CharField(max_length=20000)
    format = serializers.CharField(allow_blank=True, required=False, default="", max_length=160)
    references = serializers.ListField(
        child=serializers.CharField(max_length=500), required=False, max_length=10
    )


class ConceptsIn(serializers.Serializer[Any]):
    deliverable = Visible(Deliverable)
    concepts = ConceptBody(many=True)


class ReviseIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=160, required=False)
    body = serializers.CharField(max_length=20000, required=False)
    format = serializers.CharField(allow_blank=True, required=False, max_length=160)
    references = serializers.ListField(
        child=serializers.CharField(max_length=500), required=False, max_length=10
    )


class CommentOut(serializers.ModelSerializer[Comment]):
    author_name = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields = (
            "id", "concept", "draft", "author_name", "side", "audience", "body", "at_seconds", "x", "y", "created_at",
            "resolved_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_author_name(self, comment: Comment) -> str:
        return comment.writer


class CommentBody(serializers.Serializer[Any]):
    body = serializers.CharField(max_length=4000)
    audience = serializers.ChoiceField(choices=Comment.Audience.choices, required=False)


class PinnedBody(CommentBody):
    at_seconds = serializers.DecimalField(max_digits=9, decimal_places=2, required=False, allow_null=True)
    x = serializers.DecimalField(max_digits=6, decimal_places=5, required=False, allow_null=True)
    y = serializers.DecimalField(max_digits=6, decimal_places=5, required=False, allow_null=True)


class OptionalComment(serializers.Serializer[Any]):
    comment = serializers.CharField(allow_blank=True, required=False, default="", max_length=4000)


class RequiredComment(serializers.Serializer[Any]):
    comment = serializers.CharField(max_length=4000)


class CheckSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    item = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=["pass", "warn", "fail"])
    text = serializers.CharField()


class ReviewOut(serializers.ModelSerializer[Review]):
    class Meta:
        model = Review
        fields = ("decision", "by_name", "for_client", "comment", "decided_at", "late")
        read_only_fields = fields


class StepOut(serializers.ModelSerializer[ApprovalStep]):
    review = serializers.SerializerMethodField()

    class Meta:
        model = ApprovalStep
        fields = ("kind", "state", "opened_at", "due_at", "review")
        read_only_fields = fields

    @extend_schema_field(ReviewOut(allow_null=True))
    def get_review(self, step: ApprovalStep) -> dict[str, Any] | None:
        found = getattr(step, "review", None)
        if found is None:
            return None
        data = dict(ReviewOut(found).data)
        user = getattr(self.context.get("request"), "user", None)
        # A KOL reads what should change; why something was let through is the reviewers' own.
        if Scope.of(user).is_portal and found.decision == Review.Decision.APPROVED:
            data["comment"] = ""
        return data


class DraftSerializer(serializers.ModelSerializer[Draft]):
    campaign = serializers.IntegerField(source="deliverable.partnership.campaign_id", read_only=True)
    checks = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField()

    class Meta:
        model = Draft
        fields = (
            "id", "campaign", "deliverable", "version", "brief_version", "asset", "link", "caption", "note",
            "uses_platform_label", "state", "checks_failed", "checks_warned", "submitted_at", "approved_at", "checks",
            "steps",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(CheckSerializer(many=True))
    def get_checks(self, draft: Draft) -> list[dict[str, Any]]:
        return [
            {k: row[k] for k in ("code", "item", "status", "text")}
            for row in check_texts.as_rows(draft.checks.all())
        ]

    @extend_schema_field(StepOut(many=True))
    def get_steps(self, draft: Draft) -> Any:
        steps = list(draft.steps.all())
        if Scope.of(getattr(self.context.get("request"), "user", None)).is_client:
            steps = [step for step in steps if step.kind == ApprovalStep.Kind.CLIENT]
        return StepOut(steps, many=True, context=self.context).data


class DraftIn(serializers.Serializer[Any]):
    deliverable = Visible(Deliverable)
    asset = Visible(Asset, required=False, allow_null=True)
    link = serializers.CharField(allow_blank=True, required=False, default="", max_length=500)
    caption = serializers.CharField(allow_blank=True, required=False, default="", max_length=20000)
    note = serializers.CharField(allow_blank=True, required=False, default="", max_length=2000)
    uses_platform_label = serializers.BooleanField(default=False)
    override_reason = serializers.CharField(allow_blank=True, required=False, default="", max_length=300)


class CheckIn(serializers.Serializer[Any]):
    deliverable = Visible(Deliverable)
    caption = serializers.CharField(allow_blank=True, max_length=20000)
    asset = Visible(Asset, required=False, allow_null=True)
    uses_platform_label = serializers.BooleanField(default=False)


class ColleagueField(serializers.PrimaryKeyRelatedField):
    """Only people who may decide at the step; who that is, is the step's secret."""

    def get_queryset(self) -> Any:
        draft = getattr(self.context.get("view"), "draft", None)
        if draft is None:
            return User.objects.none()
        kind = review.STEP_OF_STATE.get(Draft.State(draft.state), "agency")
        return User.objects.filter(pk__in=[person.pk for person in review.delegates(draft, kind)])


class DelegateIn(serializers.Serializer[Any]):
    to = ColleagueField(queryset=User.objects.none())
    note = serializers.CharField(allow_blank=True, required=False, default="", max_length=2000)


class RoundIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class ReviewSettingsSerializer(serializers.ModelSerializer[ReviewSettings]):
    class Meta:
        model = ReviewSettings
        fields = (
            "id", "campaign", "agency_hours", "client_hours", "legal_hours", "agency_reviewer", "legal_step",
            "legal_reviewer", "for_client", "concepts_required",
        )  # fmt: skip
        read_only_fields = fields


class ReviewSettingsIn(serializers.Serializer[Any]):
    campaign = Visible(Campaign)
    agency_hours = serializers.IntegerField(min_value=1, max_value=720, required=False)
    client_hours = serializers.IntegerField(min_value=1, max_value=720, required=False)
    legal_hours = serializers.IntegerField(min_value=1, max_value=720, required=False)
    legal_step = serializers.BooleanField(required=False)
    for_client = serializers.BooleanField(required=False)
    concepts_required = serializers.BooleanField(required=False)


class AssetSerializer(serializers.ModelSerializer[Asset]):
    url = serializers.SerializerMethodField()

    class Meta:
        model = Asset
        fields = (
            "id", "campaign", "partnership", "deliverable", "kind", "purpose", "name", "content_type", "size", "sha256",
            "width", "height", "seconds", "scan", "tags", "description", "share_with_creators", "share_with_client",
            "created_at", "url",
        )  # fmt: skip
        read_only_fields = fields

    def get_url(self, asset: Asset) -> str:
        return f"/api/v1/assets/{asset.pk}/file"


class AssetIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(max_length=300, required=False, allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False, max_length=20)
    share_with_creators = serializers.BooleanField(required=False)
    share_with_client = serializers.BooleanField(required=False)


class UsageRightSerializer(serializers.ModelSerializer[UsageRight]):
    state = serializers.CharField(read_only=True)

    class Meta:
        model = UsageRight
        fields = (
            "id",
            "asset",
            "kind",
            "channel",
            "territory",
            "starts",
            "ends",
            "edits_allowed",
            "note",
            "ended_on",
            "state",
        )
        read_only_fields = fields


class UsageRightIn(serializers.Serializer[Any]):
    asset = Visible(Asset)
    kind = serializers.ChoiceField(choices=UsageRight.Kind.choices, default=UsageRight.Kind.BRAND)
    channel = serializers.CharField(max_length=60)
    territory = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    starts = serializers.DateField()
    ends = serializers.DateField()
    edits_allowed = serializers.BooleanField(default=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ExtendIn(serializers.Serializer[Any]):
    ends = serializers.DateField()


class UploadSerializer(serializers.ModelSerializer[Upload]):
    chunk = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = ("id", "filename", "size", "offset", "state", "error", "asset", "chunk", "expires_at")
        read_only_fields = fields

    def get_chunk(self, upload: Upload) -> int:
        from briefs.uploads import CHUNK

        return CHUNK


class UploadIn(serializers.Serializer[Any]):
    filename = serializers.CharField(max_length=300)
    size = serializers.IntegerField(min_value=1, max_value=LARGEST)
    content_type = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    sha256 = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")
    deliverable = Visible(Deliverable, required=False, allow_null=True)
    campaign = Visible(Campaign, required=False, allow_null=True)
    purpose = serializers.ChoiceField(choices=Asset.Purpose.choices, default=Asset.Purpose.DRAFT)
