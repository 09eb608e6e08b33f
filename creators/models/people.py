"""Creators as people: who they are, who speaks for them, what we noted about them."""

from __future__ import annotations

from typing import Self

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet

from .choices import CreatorStatus, Relation
from .expressions import phone_digits, plain_name


class OpenToStaff(ScopedQuerySet):
    """Creator data belongs to the whole agency: every staff member reads it, a guest only their own."""

    creator_path = ""  # lookup from this model to the creator's id

    def _scoped(self, scope: Scope) -> Self:
        if scope.kind == "staff":
            return self
        if scope.kind == "portal" and scope.user_id is not None:
            granted = CreatorAccess.objects.filter(user_id=scope.user_id, revoked_at=None).values(
                "creator_id"
            )
            return self.filter(**{f"{self.creator_path}__in": granted})
        return self.none()


class StaffOnly(ScopedQuerySet):
    """Internal rows (notes, tags, scores' reasoning): staff reads all of them, nobody else any."""

    def _scoped(self, scope: Scope) -> Self:
        return self if scope.kind == "staff" else self.none()


class CreatorQuerySet(OpenToStaff):
    creator_path = "pk"

    def live(self) -> Self:
        return self.exclude(status=CreatorStatus.ARCHIVED).filter(merged_into=None)


class Tag(ScopedModel):
    name = models.CharField(_("name"), max_length=60)
    colour = models.CharField(_("colour"), max_length=20, default="secondary")

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        constraints = [models.UniqueConstraint(Lower("name"), name="creators_tag_name_once")]

    def __str__(self) -> str:
        return self.name


class Tier(models.Model):
    """Size bands of accounts; editable, one gapless ladder (see `creators.tiers`)."""

    name = models.CharField(_("name"), max_length=30, unique=True)
    floor = models.BigIntegerField(_("from followers"))
    ceiling = models.BigIntegerField(_("below followers"), null=True, blank=True)

    class Meta:
        ordering = ["-floor"]
        verbose_name = _("tier")
        constraints = [
            models.UniqueConstraint(fields=["floor"], name="creators_tier_floor_once"),
            models.CheckConstraint(condition=Q(floor__gte=0), name="creators_tier_floor_positive"),
            models.CheckConstraint(
                condition=Q(ceiling=None) | Q(ceiling__gt=F("floor")),
                name="creators_tier_ceiling_above_floor",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(
    exclude=[
        "created_at", "updated_at", "primary_account", "followers", "tier", "platforms", "engagement_rate",
        "authenticity", "sparkline", "figures_at", "search_text",
    ]
)  # fmt: skip
class Creator(ScopedModel):
    name = models.CharField(_("name"), max_length=200)
    display_name = models.CharField(_("display name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    languages = ArrayField(
        models.CharField(max_length=8), verbose_name=_("languages"), default=list, blank=True
    )
    categories = ArrayField(
        models.CharField(max_length=60), verbose_name=_("categories"), default=list, blank=True
    )
    bio = models.TextField(_("bio"), blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=CreatorStatus.choices, default=CreatorStatus.PROSPECT
    )
    status_reason = models.TextField(_("reason"), blank=True)
    tags = models.ManyToManyField(Tag, through="CreatorTag", related_name="creators", verbose_name=_("tags"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    custom = models.JSONField(_("custom fields"), default=dict, db_default=models.Value({}, models.JSONField()), blank=True)  # fmt: skip
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")
    is_demo = models.BooleanField(default=False, db_index=True)

    # Headline figures, kept by `creators.summary` from the largest account, so that lists need no join.
    primary_account = models.ForeignKey(
        "creators.SocialAccount", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    followers = models.BigIntegerField(_("followers"), null=True, blank=True)
    tier = models.ForeignKey(
        Tier, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    platforms = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    engagement_rate = models.FloatField(_("engagement"), null=True, blank=True)
    authenticity = models.FloatField(_("authenticity"), null=True, blank=True)
    sparkline = ArrayField(models.BigIntegerField(), default=list, blank=True)
    figures_at = models.DateTimeField(_("figures from"), null=True, blank=True)
    search_text = models.TextField(blank=True, default="", editable=False)  # names and handles, lower case

    objects = CreatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("creator")
        verbose_name_plural = _("creators")
        indexes = [
            GinIndex(OpClass("search_text", "gin_trgm_ops"), name="creators_creator_search"),
            models.Index(
                F("followers").desc(nulls_last=True), F("id").desc(), name="creators_creator_followers"
            ),
            models.Index(
                F("engagement_rate").desc(nulls_last=True), F("id").desc(), name="creators_creator_er"
            ),
            models.Index(
                F("authenticity").desc(nulls_last=True), F("id").desc(), name="creators_creator_auth"
            ),
            models.Index(F("figures_at").desc(nulls_last=True), F("id").desc(), name="creators_creator_age"),
            models.Index(fields=["name", "id"], name="creators_creator_name"),
            models.Index(fields=["country", "id"], name="creators_creator_country"),
            GinIndex(fields=["categories"], name="creators_creator_categories"),
            GinIndex(fields=["platforms"], name="creators_creator_platforms"),
            models.Index(Lower("email"), name="creators_creator_email", condition=~Q(email="")),
            GinIndex(OpClass("custom", "jsonb_path_ops"), name="creators_creator_custom"),
            # by what duplicates are found (`creators.duplicates.finding` writes the same expressions)
            models.Index(phone_digits("phone"), name="creators_creator_phone", condition=~Q(phone="")),
            models.Index(plain_name("name"), name="creators_creator_plain_name"),
            models.Index(fields=["id"], name="creators_creator_links", condition=Q(bio__iregex=r"\.com/")),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="creators_creator_has_name"),
            models.CheckConstraint(
                condition=Q(status__in=CreatorStatus.values), name="creators_creator_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["blocked"]) | ~Q(status_reason=""),
                name="creators_creator_block_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"),
                name="creators_creator_country_iso2",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="creators_creator_not_merged_into_self",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.name

    def get_absolute_url(self) -> str:
        return reverse("creators:detail", args=[self.pk])


class CreatorTag(models.Model):  # noqa: DJ008  a link
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="tag_links")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="creator_links")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["creator", "tag"], name="creators_creatortag_once")]


class NoteQuerySet(StaffOnly):
    pass


@pghistory.track()
class Note(ScopedModel):
    """An internal remark; staff only, never shown to the creator or a client."""

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    body = models.TextField(_("note"))
    pinned = models.BooleanField(_("pinned"), default=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["-pinned", "-id"]
        verbose_name = _("note")
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="creators_note_not_empty")]

    def __str__(self) -> str:
        return self.body[:60]


class CreatorFile(ScopedModel):
    """A document kept with a creator (media kit, contract scan); staff only."""

    creator = models.ForeignKey(Creator, models.CASCADE, related_name="files")
    file = models.FileField(upload_to="creators/files/%Y/%m/")
    name = models.CharField(_("name"), max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("file")
        constraints = [
            models.UniqueConstraint(fields=["creator", "sha256"], name="creators_creatorfile_once"),
            models.CheckConstraint(condition=Q(size__gte=0), name="creators_creatorfile_size"),
        ]

    def __str__(self) -> str:
        return self.name


class CreatorAccessQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Self:
        if scope.kind == "staff":
            return self
        if scope.kind == "portal":
            return self.filter(user_id=scope.user_id, revoked_at=None)
        return self.none()


@pghistory.track()
class CreatorAccess(ScopedModel):
    """A portal user who may act for a creator: the creator themself, or their talent manager."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="creator_access")
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="access")
    relation = models.CharField(_("relation"), max_length=10, choices=Relation.choices)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CreatorAccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal access")
        constraints = [
            models.UniqueConstraint(fields=["user", "creator"], name="creators_creatoraccess_once"),
            models.CheckConstraint(
                condition=Q(relation__in=Relation.values), name="creators_creatoraccess_relation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.creator_id} ({self.relation})"
