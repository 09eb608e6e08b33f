"""Posts of others that concern the agency: found by a hashtag it follows, or because they mention an account of its own."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .accounts import SocialAccount
from .choices import Platform, PostKind
from .people import StaffOnly
from .posts import Post


@pghistory.track(
    exclude=[
        "created_at", "updated_at", "due_at", "counted_at", "last_pulled_at", "last_outcome", "last_reason", "found_count",
    ]
)  # fmt: skip
class TrackedHashtag(ScopedModel):
    """A hashtag the agency follows on a platform. One that is stopped still counts until its seven days are over."""

    platform = models.CharField(
        _("platform"), max_length=12, choices=Platform.choices, default=Platform.INSTAGRAM
    )
    term = models.CharField(_("hashtag"), max_length=100)  # lower case, without #
    campaign_id = models.BigIntegerField(
        _("campaign"), null=True, blank=True, db_index=True
    )  # a plain number: campaigns are a room above
    active = models.BooleanField(_("followed"), default=True)
    external_id = models.CharField(max_length=64, blank=True)  # the platform's own number of the hashtag
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due_at = models.DateTimeField(_("next search"))
    counted_at = models.DateTimeField(
        null=True, blank=True
    )  # since then it counts against the platform's budget
    last_pulled_at = models.DateTimeField(_("last search"), null=True, blank=True)
    last_outcome = models.CharField(_("last outcome"), max_length=20, blank=True)
    last_reason = models.CharField(max_length=300, blank=True)
    found_count = models.PositiveIntegerField(_("posts found"), default=0)
    is_demo = models.BooleanField(default=False, db_index=True)

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("hashtag")
        verbose_name_plural = _("hashtags")
        constraints = [
            models.UniqueConstraint(fields=["platform", "term"], name="creators_hashtag_once"),
            models.CheckConstraint(condition=~Q(term=""), name="creators_hashtag_term"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(active=True), name="creators_hashtag_due"),
        ]

    def __str__(self) -> str:
        return f"#{self.term}"

    def get_absolute_url(self) -> str:
        return f"{reverse('creators:found_posts')}?hashtag={self.pk}"


class FoundBy(models.TextChoices):
    HASHTAG = "hashtag", _("Hashtag")
    MENTION = "mention", _("Mention in a post")
    COMMENT = "comment", _("Mention in a comment")
    TAG = "tag", _("Tag in a post")


class FoundPost(ScopedModel):
    """A post as it was when we last saw it, and why it is here. The author is known for mentions, never for hashtags."""

    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    external_id = models.CharField(max_length=128)
    found_by = models.CharField(_("found by"), max_length=8, choices=FoundBy.choices)
    hashtag = models.ForeignKey(
        TrackedHashtag, models.CASCADE, null=True, blank=True, related_name="found", verbose_name=_("hashtag"),
        db_index=False,
    )  # fmt: skip
    account = models.ForeignKey(
        SocialAccount,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mentioned_in",
        verbose_name=_("account"),
    )  # whose account was mentioned, where KRM has it
    mentioned_id = models.CharField(
        max_length=64, blank=True
    )  # the platform's number of the account mentioned
    comment_id = models.CharField(max_length=64, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    post = models.ForeignKey(
        Post, models.SET_NULL, null=True, blank=True, related_name="found_as", verbose_name=_("post")
    )  # the same post, where it is of a creator in the file
    author = models.CharField(_("author"), max_length=128, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    caption = models.TextField(_("caption"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=PostKind.choices, default=PostKind.IMAGE)
    likes = models.BigIntegerField(_("likes"), null=True, blank=True)
    comments = models.BigIntegerField(_("comments"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("found"))
    observed_at = models.DateTimeField(_("last seen"))

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("found post")
        verbose_name_plural = _("found posts")
        constraints = [
            models.UniqueConstraint(
                fields=["hashtag", "external_id"],
                condition=Q(found_by="hashtag"),
                name="creators_found_once_a_hashtag",
            ),
            models.UniqueConstraint(
                fields=["platform", "mentioned_id", "external_id", "comment_id"],
                condition=~Q(found_by="hashtag"),
                name="creators_found_once_a_mention",
            ),
            models.CheckConstraint(condition=Q(found_by__in=FoundBy.values), name="creators_found_by"),
            models.CheckConstraint(
                condition=(Q(found_by="hashtag") & Q(hashtag__isnull=False))
                | (~Q(found_by="hashtag") & Q(hashtag=None) & ~Q(mentioned_id="")),
                name="creators_found_why",
            ),
        ]
        indexes = [models.Index(fields=["-first_seen_at"], name="creators_found_newest")]

    def __str__(self) -> str:
        return self.caption[:60] or self.external_id

    @property
    def why(self) -> str:
        return (
            str(self.hashtag)
            if self.hashtag_id
            else f"@{self.account.handle if self.account else self.mentioned_id}"
        )
