"""A sample of an account's followers: public figures only, no names, kept by column."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .accounts import SocialAccount
from .choices import Source
from .people import StaffOnly


@pghistory.track(exclude=["created_at", "updated_at", "features"])
class FollowerSample(ScopedModel):
    """What some followers of an account look like; `features` is {"posts": [3, null, …], "followers": […], …}."""

    account = models.ForeignKey(SocialAccount, models.CASCADE, related_name="follower_samples")
    source = models.CharField(_("source"), max_length=20, choices=Source.choices, default=Source.MANUAL)
    as_of = models.DateField(_("sampled on"))
    size = models.IntegerField(_("followers sampled"))
    left_out = models.IntegerField(_("rows left out"), default=0)
    features = models.JSONField(default=dict)
    filename = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)  # the same sample twice is one sample
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["-as_of", "-id"]
        verbose_name = _("follower sample")
        verbose_name_plural = _("follower samples")
        constraints = [
            models.UniqueConstraint(fields=["account", "sha256"], name="creators_followersample_once"),
            models.CheckConstraint(condition=Q(size__gte=1), name="creators_followersample_size"),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="creators_followersample_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.as_of}"
