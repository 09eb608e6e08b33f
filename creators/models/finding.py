"""What discovery reads: one row an account with all that can be filtered by, its words, and the lists made of them.

The tables repeat what others hold and may be built anew from them at any time (`creators.finding.table`).  They are
written by the pipeline so that a search joins nothing.  Closed vocabularies (categories, tags, brands, shares of an
audience) are numbers of `DiscoveryLabel` in one array, which one inverted index serves in any combination.
"""

from __future__ import annotations

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet

from .accounts import SocialAccount
from .choices import Platform
from .people import Creator, StaffOnly


class SafetyBand(models.TextChoices):
    """The worst that stands against an account after review; clear: read, and nothing found."""

    CLEAR = "clear", _("Nothing found")
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    FLOOR = "floor", _("Unacceptable")


class LabelKind(models.TextChoices):
    CATEGORY = "category", _("Category")
    LANGUAGE = "language", _("Language")
    TAG = "tag", _("Tag")
    BRAND = "brand", _("Brand worked with")
    CLIENT = "client", _("Client worked for")
    FORMAT = "format", _("Format")
    AUDIENCE_COUNTRY = "aud_country", _("Audience country")
    AUDIENCE_CITY = "aud_city", _("Audience city")
    AUDIENCE_LANGUAGE = "aud_language", _("Audience language")
    AUDIENCE_INTEREST = "aud_interest", _("Audience interest")


class DiscoveryLabel(models.Model):
    """A word of a closed vocabulary and its number; a share of an audience is `value` and a step (at least, %)."""

    kind = models.CharField(max_length=14, choices=LabelKind.choices)
    value = models.CharField(max_length=120)
    step = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value", "step"], name="creators_discoverylabel_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


SORTED = (
    ("engagement_rate", "er"), ("authenticity", "authenticity"), ("last_post_on", "last_post"),
    ("engagement_percentile", "er_rank"), ("growth_30d", "growth_30d"), ("audience_quality", "audience"),
    ("growth", "growth"), ("comment_quality", "comments"), ("pods", "pods"), ("consistency", "consistency"),
    ("formats", "formats"), ("innovation", "innovation"), ("prediction", "prediction"), ("safety", "safety"),
    ("reliability", "reliability"),
)  # fmt: skip


class DiscoveryRow(models.Model):
    """An account with everything that discovery filters and sorts by; NULL: not known.

    Fixed widths first, so that a scan of all rows is as narrow as it can be.
    """

    account = models.OneToOneField(
        SocialAccount, models.CASCADE, primary_key=True, related_name="discovery", verbose_name=_("account")
    )
    creator = models.ForeignKey(
        Creator, models.CASCADE, null=True, related_name="discovery_rows", verbose_name=_("creator")
    )
    refreshed_at = models.DateTimeField()
    followers = models.BigIntegerField(_("followers"), null=True)
    tier = models.BigIntegerField(_("tier"), null=True)  # key of the tier; the ladder may change under a row
    is_main = models.BooleanField(default=True)  # the creator's largest account, or one without a creator
    is_demo = models.BooleanField(default=False)
    has_email = models.BooleanField(default=False)
    has_phone = models.BooleanField(default=False)
    last_post_on = models.DateField(_("last post"), null=True)
    figures_on = models.DateField(_("figures of"), null=True)

    engagement_rate = models.FloatField(_("engagement"), null=True)  # by the platform's own variant
    engagement_percentile = models.FloatField(_("engagement percentile"), null=True)  # 0..1 among peers
    er_followers = models.FloatField(_("engagement by followers"), null=True)
    er_views = models.FloatField(_("engagement by views"), null=True)
    er_reach = models.FloatField(_("engagement by reach"), null=True)
    growth_30d = models.FloatField(_("growth in 30 days"), null=True)

    authenticity = models.FloatField(_("authenticity"), null=True)
    audience_quality = models.FloatField(_("audience quality"), null=True)
    growth = models.FloatField(_("follower growth"), null=True)
    comment_quality = models.FloatField(_("comment quality"), null=True)
    pods = models.FloatField(_("engagement pods"), null=True)
    consistency = models.FloatField(_("content consistency"), null=True)
    formats = models.FloatField(_("format strength"), null=True)
    innovation = models.FloatField(_("innovation and collaboration"), null=True)
    prediction = models.FloatField(_("expected performance"), null=True)
    safety = models.FloatField(_("brand safety"), null=True)
    reliability = models.FloatField(_("reliability"), null=True)

    audience_female = models.FloatField(_("women"), null=True)
    audience_male = models.FloatField(_("men"), null=True)
    audience_13_17 = models.FloatField(_("13 to 17"), null=True)
    audience_18_24 = models.FloatField(_("18 to 24"), null=True)
    audience_25_34 = models.FloatField(_("25 to 34"), null=True)
    audience_35_44 = models.FloatField(_("35 to 44"), null=True)
    audience_45_up = models.FloatField(_("45 and over"), null=True)
    price_low = models.FloatField(
        _("price from"), null=True
    )  # in the agency's currency, of cards valid that day
    price_high = models.FloatField(_("price up to"), null=True)
    deals = models.IntegerField(_("deals with us"), null=True)

    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    status = models.CharField(_("status"), max_length=12)  # of the creator; blank: an account without one
    state = models.CharField(_("state"), max_length=14)
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("city"), max_length=100)
    audience_country = models.CharField(_("main audience country"), max_length=2, null=True)
    safety_band = models.CharField(_("brand safety"), max_length=8, choices=SafetyBand.choices, null=True)
    standing = models.CharField(_("standing with us"), max_length=14, null=True)
    search_text = models.TextField()  # name, display name, handle; lower case
    labels = ArrayField(models.IntegerField(), default=list)
    custom = models.JSONField(null=True)

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("account in discovery")
        verbose_name_plural = _("accounts in discovery")
        indexes = [
            # every order that lists offer often; any other reads the narrow table once, on all cores
            models.Index(F("followers").desc(nulls_last=True), F("account").desc(), name="creators_find_followers"),
            *(
                models.Index(F(column).desc(nulls_last=True), F("account").desc(), name=f"creators_find_{name}")
                for column, name in SORTED
            ),
            # what narrows a search to few rows by itself
            models.Index(fields=["country", "city"], name="creators_find_place"),
            models.Index(fields=["price_low"], condition=Q(price_low__isnull=False), name="creators_find_price"),
            models.Index(fields=["standing"], condition=Q(standing__isnull=False), name="creators_find_standing"),
            models.Index(
                fields=["safety_band"],
                condition=Q(safety_band__in=["medium", "high", "floor"]),
                name="creators_find_unsafe",
            ),
            GinIndex(fields=["labels"], name="creators_find_labels", fastupdate=False),
            GinIndex(OpClass("search_text", "gin_trgm_ops"), name="creators_find_names"),
            GinIndex(
                OpClass("custom", "jsonb_path_ops"),
                condition=Q(custom__isnull=False),
                name="creators_find_custom",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.account)

    def get_absolute_url(self) -> str:
        if self.creator_id:
            return reverse("creators:detail", args=[self.creator_id])
        return reverse("creators:account", args=[self.account_id])


class DiscoveryTerm(models.Model):
    """A word that accounts use in bios, captions, hashtags and topics, and how many of them do."""

    term = models.CharField(max_length=60, unique=True)
    accounts = models.IntegerField(default=0)

    class Meta:
        indexes = [GinIndex(OpClass("term", "gin_trgm_ops"), name="creators_term_alike")]

    def __str__(self) -> str:
        return self.term


class DiscoveryText(models.Model):
    """The words of an account: numbers of `DiscoveryTerm`, the strongest ones a second time as negative numbers.

    `vector` packs the numbers (int32) and then their weights (float32), the heaviest first.
    """

    account = models.OneToOneField(
        SocialAccount, models.CASCADE, primary_key=True, related_name="words", verbose_name=_("account")
    )
    terms = ArrayField(models.IntegerField(), default=list)
    vector = models.BinaryField(default=bytes)
    digest = models.CharField(max_length=32, blank=True)  # of what was read
    refreshed_at = models.DateTimeField()

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("words of an account")
        verbose_name_plural = _("words of accounts")
        indexes = [GinIndex(fields=["terms"], name="creators_words_terms", fastupdate=False)]

    def __str__(self) -> str:
        return str(self.account_id)


class AudienceSketch(models.Model):
    """Who was seen under an account's posts, as sketches: enough to tell overlap and reach, of whom nobody is named."""

    class Origin(models.TextChoices):
        COMMENTERS = "commenters", _("People who comment")
        FOLLOWERS = "followers", _("Sampled followers")

    account = models.ForeignKey(
        SocialAccount, models.CASCADE, related_name="sketches", verbose_name=_("account")
    )
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.COMMENTERS)
    people = models.IntegerField()  # different people seen
    observed = models.BigIntegerField()  # comments (or followers) read
    whole = models.BigIntegerField(null=True)  # comments there are (or followers); NULL: not known
    minhash = models.BinaryField()
    registers = models.BinaryField()  # HyperLogLog, compressed
    bottom = models.BinaryField(default=bytes)  # smallest hashes (uint64): exact where all fit
    as_of = models.DateTimeField()

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("audience sketch")
        verbose_name_plural = _("audience sketches")
        constraints = [
            models.UniqueConstraint(fields=["account", "origin"], name="creators_sketch_once"),
            models.CheckConstraint(
                condition=Q(people__gte=0) & Q(observed__gte=F("people")), name="creators_sketch_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.people}"


class SegmentQuerySet(ScopedQuerySet):
    """Own segments, and those that colleagues share."""

    def _scoped(self, scope: Scope) -> Self:
        if scope.kind != "staff":
            return self.none()
        return self.filter(Q(shared=True) | Q(owner_id=scope.user_id))


@pghistory.track()
class Segment(ScopedModel):
    """Filters under a name: a live list of accounts, everyone who matches whenever it is read."""

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("what it is for"), max_length=300, blank=True)
    filters = models.JSONField(_("filters"), default=dict)  # {parameter: [values]}
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("owner")
    )
    shared = models.BooleanField(_("shared with colleagues"), default=False)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="creators_segment_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="creators_segment_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('creators:find')}?segment={self.pk}"
