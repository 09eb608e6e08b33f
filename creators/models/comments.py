"""What people write under posts, as far as the platforms let us read it.

Who wrote it is a keyed fingerprint: the same person under two posts has the same key, but nobody's name or handle is
kept.  Texts carry no handles either.  Comments are forgotten after `KRM_COMMENT_DAYS`.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .accounts import SocialAccount
from .choices import Source
from .people import OpenToStaff
from .posts import Post


class CommentQuerySet(OpenToStaff):
    creator_path = "account__creator_id"


class PostComment(models.Model):
    post = models.ForeignKey(
        Post, models.CASCADE, related_name="comment_rows", db_index=False
    )  # creators_comment_once serves it
    account = models.ForeignKey(
        SocialAccount, models.CASCADE, related_name="comment_rows", db_index=False
    )  # whose post it is under; creators_comment_of_account serves it
    external_id = models.CharField(_("platform id"), max_length=128)
    author_key = models.CharField(max_length=32)  # keyed fingerprint of who wrote it
    author = models.JSONField(
        default=dict, blank=True
    )  # public counts of the author, where a platform gives them
    text = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)  # guessed; "" not yet
    likes = models.BigIntegerField(_("likes"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    is_reply = models.BooleanField(default=False)
    by_owner = models.BooleanField(default=False)  # the creator answering under their own post
    source = models.CharField(max_length=20, choices=Source.choices)
    observed_at = models.DateTimeField()

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [
            models.Index(fields=["account", "-published_at"], name="creators_comment_of_account"),
            # what our own creators write elsewhere: who answers whom (`creators.audience_frames`)
            models.Index(fields=["author_key"], name="creators_comment_author"),
            BrinIndex(fields=["observed_at"], name="creators_comment_observed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["post", "external_id"], name="creators_comment_once"),
            models.CheckConstraint(condition=~Q(author_key=""), name="creators_comment_has_author"),
            models.CheckConstraint(
                condition=Q(likes=None) | Q(likes__gte=0), name="creators_comment_likes_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60] or self.external_id
