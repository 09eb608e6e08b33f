"""What the API says of creators. Lists are slim rows; guests get a shape without anything internal."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from creators.models import (
    AccountSnapshot,
    ActiveAudience,
    AudienceSnapshot,
    Creator,
    CreatorAccess,
    CreatorImport,
    CreatorStatus,
    Note,
    Platform,
    Post,
    RateCard,
    RateFormat,
    Relation,
    Score,
    SocialAccount,
    Source,
    Tag,
    Tier,
)
from krm.api.fields import Text

S = serializers
Words = S.ListField(child=S.CharField(max_length=60), max_length=20)


class CreatorRow(S.ModelSerializer[Creator]):
    tier = S.CharField(source="tier.name", allow_null=True, default=None, read_only=True)
    tags = S.SerializerMethodField()

    class Meta:
        model = Creator
        fields: ClassVar[Any] = [
            "id", "name", "display_name", "status", "country", "city", "categories", "platforms", "followers", "tier",
            "engagement_rate", "authenticity", "figures_at", "tags", "custom", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields

    def get_tags(self, creator: Creator) -> list[str]:
        return [tag.name for tag in creator.tags.all()]


class CreatorDetail(CreatorRow):
    class Meta(CreatorRow.Meta):
        fields: ClassVar[Any] = [
            *CreatorRow.Meta.fields, "email", "phone", "languages", "bio", "status_reason", "owner", "primary_account",
            "merged_into", "created_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class GuestCreator(S.ModelSerializer[Creator]):
    """The creator's own view of themselves: no tags, no scores, no judgement."""

    class Meta:
        model = Creator
        fields: ClassVar[Any] = [
            "id", "name", "display_name", "email", "phone", "city", "country", "languages", "categories", "bio",
            "platforms", "followers", "engagement_rate", "figures_at", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class CreatorIn(S.Serializer[Any]):
    name = S.CharField(max_length=200)
    display_name = S.CharField(max_length=200, required=False, allow_blank=True)
    email = S.CharField(max_length=254, required=False, allow_blank=True)
    phone = S.CharField(max_length=40, required=False, allow_blank=True)
    city = S.CharField(max_length=100, required=False, allow_blank=True)
    country = S.CharField(max_length=60, required=False, allow_blank=True)
    languages = S.ListField(child=S.CharField(max_length=8), max_length=20, required=False)
    categories = S.ListField(child=S.CharField(max_length=60), max_length=20, required=False)
    bio = S.CharField(required=False, allow_blank=True, max_length=5000)
    status = S.ChoiceField([CreatorStatus.PROSPECT.value, CreatorStatus.ACTIVE.value], required=False)
    tags = S.ListField(child=S.CharField(max_length=60), max_length=50, required=False)
    custom = S.DictField(
        child=S.JSONField(allow_null=True), required=False, help_text="Custom fields by key."
    )


class ContactIn(S.Serializer[Any]):
    display_name = S.CharField(max_length=200, required=False, allow_blank=True)
    email = S.CharField(max_length=254, required=False, allow_blank=True)
    phone = S.CharField(max_length=40, required=False, allow_blank=True)
    city = S.CharField(max_length=100, required=False, allow_blank=True)
    languages = S.ListField(child=S.CharField(max_length=8), max_length=20, required=False)
    bio = S.CharField(required=False, allow_blank=True, max_length=5000)


class ReasonIn(S.Serializer[Any]):
    reason = S.CharField(max_length=2000)


class OptionalReasonIn(S.Serializer[Any]):
    reason = S.CharField(max_length=2000, required=False, allow_blank=True, default="")


class TagsIn(S.Serializer[Any]):
    tags = S.ListField(child=S.CharField(max_length=60), max_length=50)


class BulkTagsIn(S.Serializer[Any]):
    creator_ids = S.ListField(
        child=S.IntegerField(min_value=1, max_value=2**62), min_length=1, max_length=10_000
    )
    tags = S.ListField(child=S.CharField(max_length=60), min_length=1, max_length=50)


class Counted(S.Serializer[Any]):
    count = S.IntegerField()


class AccountIn(S.Serializer[Any]):
    handle = S.CharField(max_length=500, help_text="A handle such as @rani, or the address of the profile.")
    platform = S.ChoiceField(Platform.choices, required=False)
    external_id = S.CharField(max_length=128, required=False, allow_null=True)


class AccountOut(S.ModelSerializer[SocialAccount]):
    tier = S.CharField(source="tier.name", allow_null=True, default=None, read_only=True)
    profile_url = S.CharField(read_only=True)

    class Meta:
        model = SocialAccount
        fields: ClassVar[Any] = [
            "id", "creator", "platform", "handle", "external_id", "profile_url", "state", "state_reason", "followers",
            "following", "posts_count", "tier", "engagement_rate", "engagement_basis", "authenticity",
            "authenticity_confidence", "growth_30d", "figures_source", "figures_as_of", "last_ok_at", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class LinkIn(S.Serializer[Any]):
    creator = S.PrimaryKeyRelatedField(queryset=Creator.objects.all())


class SnapshotOut(S.ModelSerializer[AccountSnapshot]):
    class Meta:
        model = AccountSnapshot
        fields: ClassVar[Any] = [
            "as_of", "source", "observed_at", "followers", "following", "posts_count", "views", "reach", "likes",
            "comments", "shares", "engagement_avg", "authentic_engagement", "followers_gained", "followers_lost",
            "watch_minutes", "average_view_seconds", "definition",
        ]  # fmt: skip


class AudienceOut(S.ModelSerializer[AudienceSnapshot]):
    class Meta:
        model = AudienceSnapshot
        fields: ClassVar[Any] = [
            "as_of", "source", "observed_at", "sample_size", "age", "gender", "countries", "cities", "languages",
            "interests",
        ]  # fmt: skip


class ActiveAudienceOut(S.ModelSerializer[ActiveAudience]):
    class Meta:
        model = ActiveAudience
        fields: ClassVar[Any] = [
            "people", "timeframe", "as_of", "source", "observed_at", "sample_size", "age", "gender", "countries", "cities",
        ]  # fmt: skip


class PostOut(S.ModelSerializer[Post]):
    class Meta:
        model = Post
        fields: ClassVar[Any] = [
            "id", "account", "platform", "external_id", "url", "caption", "kind", "published_at", "is_sponsored",
            "is_deleted", "views", "reach", "impressions", "likes", "comments", "shares", "saves", "replies",
            "source", "observed_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class ComponentOut(S.Serializer[Any]):
    """One named reason: its value, weight and evidence, and a sentence in both languages."""

    name = S.CharField()
    label = S.CharField()  # type: ignore[assignment]
    value = S.FloatField(allow_null=True)
    weight = S.FloatField()
    percentile = S.FloatField(allow_null=True)
    evidence = S.IntegerField()
    facts = S.DictField()
    sentence_en = S.CharField()
    sentence_id = S.CharField()


class ScoreOut(S.ModelSerializer[Score]):
    components = S.SerializerMethodField()

    class Meta:
        model = Score
        fields: ClassVar[Any] = [
            "id", "account", "kind", "value", "low", "high", "confidence", "verdict", "as_of", "source", "formula_version",
            "inputs_hash", "inputs", "computed_at", "is_current", "components",
        ]  # fmt: skip

    @extend_schema_field(ComponentOut(many=True))
    def get_components(self, score: Score) -> list[dict[str, Any]]:
        from creators.profiles import components_out

        return components_out(score)


class RateOut(S.ModelSerializer[RateCard]):
    class Meta:
        model = RateCard
        fields: ClassVar[Any] = [
            "id", "creator", "platform", "format", "price", "currency", "valid_from", "valid_to", "usage_uplift",
            "exclusivity_uplift", "whitelisting_uplift", "contents", "remark", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class RateIn(S.Serializer[Any]):
    creator = S.PrimaryKeyRelatedField(queryset=Creator.objects.all())
    platform = S.ChoiceField(Platform.choices)
    format = S.ChoiceField(RateFormat.choices)
    price = S.DecimalField(max_digits=19, decimal_places=4, min_value=0)
    currency = S.RegexField(r"^[A-Z]{3}$", required=False)
    valid_from = S.DateField(required=False)
    valid_to = S.DateField(required=False, allow_null=True)
    usage_uplift = S.DecimalField(max_digits=6, decimal_places=2, min_value=0, max_value=1000, required=False)
    exclusivity_uplift = S.DecimalField(
        max_digits=6, decimal_places=2, min_value=0, max_value=1000, required=False
    )
    whitelisting_uplift = S.DecimalField(
        max_digits=6, decimal_places=2, min_value=0, max_value=1000, required=False
    )
    contents = S.ListField(
        child=S.DictField(),
        max_length=20,
        required=False,
        help_text='Of a bundle: [{"format": "reel", "quantity": 2}].',
    )
    remark = S.CharField(max_length=300, required=False, allow_blank=True)
    replace = S.BooleanField(required=False)


class QuoteIn(S.Serializer[Any]):
    usage_months = S.IntegerField(min_value=0, max_value=60, default=0)
    exclusivity_months = S.IntegerField(min_value=0, max_value=60, default=0)
    whitelisting_months = S.IntegerField(min_value=0, max_value=60, default=0)


class QuoteOut(S.Serializer[Any]):
    price = S.DecimalField(max_digits=19, decimal_places=4)
    currency = S.CharField()


class TagOut(S.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields: ClassVar[Any] = ["id", "name", "colour", "updated_at"]
        read_only_fields: ClassVar[Any] = ["id", "updated_at"]
        extra_kwargs: ClassVar[Any] = {"name": {"validators": []}}


class TierOut(S.ModelSerializer[Tier]):
    class Meta:
        model = Tier
        fields: ClassVar[Any] = ["id", "name", "floor", "ceiling"]


class StepIn(S.Serializer[Any]):
    name = S.CharField(max_length=30)
    floor = S.IntegerField(min_value=0, max_value=10**12)


class LadderIn(S.Serializer[Any]):
    steps = StepIn(many=True)


class NoteOut(S.ModelSerializer[Note]):
    class Meta:
        model = Note
        fields: ClassVar[Any] = ["id", "creator", "author", "body", "pinned", "created_at", "updated_at"]
        read_only_fields: ClassVar[Any] = fields


class NoteIn(S.Serializer[Any]):
    creator = S.PrimaryKeyRelatedField(queryset=Creator.objects.all())
    body = S.CharField(max_length=20_000)
    pinned = S.BooleanField(required=False)


class AccessOut(S.ModelSerializer[CreatorAccess]):
    class Meta:
        model = CreatorAccess
        fields: ClassVar[Any] = [
            "id",
            "user",
            "creator",
            "relation",
            "granted_by",
            "revoked_at",
            "created_at",
        ]
        read_only_fields: ClassVar[Any] = fields


class InviteIn(S.Serializer[Any]):
    email = S.EmailField()
    relation = S.ChoiceField(Relation.choices, required=False)
    name = S.CharField(max_length=150, required=False, allow_blank=True)


class ImportOut(S.ModelSerializer[CreatorImport]):
    class Meta:
        model = CreatorImport
        fields: ClassVar[Any] = [
            "id", "filename", "encoding", "columns", "row_count", "mapping", "platform", "as_of", "source", "options",
            "state", "job_id", "result", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields: ClassVar[Any] = fields


class UploadIn(S.Serializer[Any]):
    file = S.FileField()


class PasteIn(S.Serializer[Any]):
    text = Text(max_length=1_000_000)
    platform = S.ChoiceField(Platform.choices, required=False)


class MappingIn(S.Serializer[Any]):
    mapping = S.DictField(child=S.CharField(max_length=40, allow_blank=True))
    platform = S.ChoiceField(Platform.choices, required=False, allow_blank=True)
    as_of = S.DateField(required=False, allow_null=True)
    source = S.ChoiceField(  # type: ignore[assignment]
        [Source.VENDOR.value, Source.MANUAL.value, Source.PUBLIC.value], required=False
    )
    tags = S.ListField(child=S.CharField(max_length=60), max_length=50, required=False)
    same_name = S.BooleanField(required=False)
    strict = S.BooleanField(required=False)


class Started(S.Serializer[Any]):
    job_id = S.IntegerField(help_text="Its progress is at /jobs/{job_id}.")


class Refreshing(S.Serializer[Any]):
    account = S.IntegerField()
    detail = S.CharField()
