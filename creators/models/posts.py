"""Posts with their newest figures; their history is in PostSnapshot."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .accounts import SocialAccount
from .choices import Platform, PostKind, Source
from .people import OpenToStaff


class PostQuerySet(OpenToStaff):
    creator_path = "account__creator_id"


class Post(ScopedModel):
    account = models.ForeignKey(
        SocialAccount, models.CASCADE, related_name="posts", db_index=False
    )  # creators_post_of_account serves it
    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    external_id = models.CharField(_("platform id"), max_length=128)
    url = models.URLField(_("address"), max_length=500, blank=True)
    caption = models.TextField(_("caption"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=PostKind.choices, default=PostKind.IMAGE)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    duration_seconds = models.IntegerField(null=True, blank=True)
    hashtags = models.JSONField(default=list, blank=True)  # lower case, without #
    mentions = models.JSONField(default=list, blank=True)  # lower case, without @
    is_sponsored = models.BooleanField(null=True, blank=True)  # disclosed as advertising; NULL: not known
    is_deleted = models.BooleanField(default=False)
    thumbnail_url = models.URLField(max_length=1000, blank=True)

    views = models.BigIntegerField(_("views"), null=True, blank=True)
    reach = models.BigIntegerField(_("reach"), null=True, blank=True)
    impressions = models.BigIntegerField(_("impressions"), null=True, blank=True)
    likes = models.BigIntegerField(_("likes"), null=True, blank=True)
    comments = models.BigIntegerField(_("comments"), null=True, blank=True)
    shares = models.BigIntegerField(_("shares"), null=True, blank=True)
    saves = models.BigIntegerField(_("saves"), null=True, blank=True)
    replies = models.BigIntegerField(_("replies"), null=True, blank=True)  # private answers to a story
    source = models.CharField(max_length=20, choices=Source.choices, blank=True)
    as_of = models.DateField(null=True, blank=True)
    observed_at = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [models.Index(fields=["account", "-published_at"], name="creators_post_newest")]
        constraints = [
            models.UniqueConstraint(fields=["platform", "external_id"], name="creators_post_external_once"),
            # What post snapshots point at: with both columns their own primary key finds them again.
            models.UniqueConstraint(fields=["account", "id"], name="creators_post_of_account"),
            models.CheckConstraint(condition=Q(kind__in=PostKind.values), name="creators_post_kind"),
            models.CheckConstraint(condition=Q(platform__in=Platform.values), name="creators_post_platform"),
        ]

    def __str__(self) -> str:
        return self.caption[:60] or self.external_id
