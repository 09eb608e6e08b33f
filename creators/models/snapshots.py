"""Figures as they were: one row per account (or post), source and day. Append mostly, partitioned by month.

The tables are made by SQL in `0002_snapshots` (RANGE on `as_of`); `creators.partitions` keeps months ahead.
Writing the same (account, source, as_of) again replaces the row: the last word of a day counts.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .accounts import SocialAccount
from .choices import Definition, Source
from .people import OpenToStaff
from .posts import Post


class SnapshotQuerySet(OpenToStaff):
    creator_path = "account__creator_id"


class AccountSnapshot(models.Model):  # noqa: DJ008  never shown by name
    pk = models.CompositePrimaryKey("account_id", "source", "as_of")
    account = models.ForeignKey(SocialAccount, models.DO_NOTHING, related_name="snapshots", db_index=False)
    source = models.CharField(max_length=20, choices=Source.choices)
    as_of = models.DateField()  # the day the figures are for
    observed_at = models.DateTimeField()  # when we learned them
    followers = models.BigIntegerField(null=True)
    following = models.BigIntegerField(null=True)
    posts_count = models.BigIntegerField(null=True)
    views = models.BigIntegerField(null=True)
    reach = models.BigIntegerField(null=True)
    likes = models.BigIntegerField(null=True)
    comments = models.BigIntegerField(null=True)
    shares = models.BigIntegerField(null=True)
    engagement_avg = models.BigIntegerField(null=True)  # interactions per post
    followers_gained = models.BigIntegerField(
        null=True
    )  # over the days of `definition`, where the owner let us read it
    followers_lost = models.BigIntegerField(null=True)
    watch_minutes = models.BigIntegerField(null=True)  # owner data of YouTube, over the days of `definition`
    average_view_seconds = models.BigIntegerField(null=True)
    authentic_engagement = models.BigIntegerField(null=True)  # the part a vendor believes to be real
    definition = models.CharField(max_length=40, choices=Definition.choices, blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("account snapshot")


class PostSnapshot(models.Model):  # noqa: DJ008  never shown by name
    pk = models.CompositePrimaryKey("account_id", "post_id", "source", "as_of")
    account = models.ForeignKey(SocialAccount, models.DO_NOTHING, related_name="+", db_index=False)
    post = models.ForeignKey(Post, models.DO_NOTHING, related_name="snapshots", db_index=False)
    source = models.CharField(max_length=20, choices=Source.choices)
    as_of = models.DateField()
    observed_at = models.DateTimeField()
    views = models.BigIntegerField(null=True)
    reach = models.BigIntegerField(null=True)
    impressions = models.BigIntegerField(null=True)
    likes = models.BigIntegerField(null=True)
    comments = models.BigIntegerField(null=True)
    shares = models.BigIntegerField(null=True)
    saves = models.BigIntegerField(null=True)
    replies = models.BigIntegerField(null=True)  # private answers to a story; comments are another measure
    definition = models.CharField(max_length=40, blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("post snapshot")


class AudienceSnapshot(ScopedModel):
    """Who follows an account: shares 0..1 by group, as a platform or vendor gave them."""

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="audiences")
    source = models.CharField(max_length=20, choices=Source.choices)
    as_of = models.DateField()
    observed_at = models.DateTimeField()
    sample_size = models.BigIntegerField(null=True, blank=True)
    age = models.JSONField(default=dict, blank=True)  # {"18-24": 0.41, …}
    gender = models.JSONField(default=dict, blank=True)  # {"female": 0.6, "male": 0.39, "unknown": 0.01}
    countries = models.JSONField(default=dict, blank=True)  # {"ID": 0.83, …}
    cities = models.JSONField(default=dict, blank=True)
    languages = models.JSONField(default=dict, blank=True)
    interests = models.JSONField(default=dict, blank=True)
    definition = models.CharField(max_length=40, blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("audience snapshot")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "as_of"], name="creators_audience_once_a_day"
            )
        ]


class ActivePeople(models.TextChoices):
    REACHED = "reached", _("People reached")
    ENGAGED = "engaged", _("People engaged")


class ActiveAudience(ScopedModel):
    """Who an account reached, or who engaged with it, in a time frame: other people than its followers."""

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="active_audiences")
    people = models.CharField(max_length=8, choices=ActivePeople.choices)
    timeframe = models.CharField(max_length=20)  # the platform's word: last_30_days
    source = models.CharField(max_length=20, choices=Source.choices)
    as_of = models.DateField()
    observed_at = models.DateTimeField()
    sample_size = models.BigIntegerField(null=True, blank=True)
    age = models.JSONField(default=dict, blank=True)
    gender = models.JSONField(default=dict, blank=True)
    countries = models.JSONField(default=dict, blank=True)
    cities = models.JSONField(default=dict, blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("active audience")
        verbose_name_plural = _("active audiences")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "people", "timeframe", "source", "as_of"],
                name="creators_active_audience_once",
            ),
            models.CheckConstraint(
                condition=models.Q(people__in=ActivePeople.values), name="creators_active_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_people_display()} {self.as_of}"
