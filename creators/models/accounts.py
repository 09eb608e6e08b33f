"""One handle on one platform, with its newest figures."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .choices import AccountState, Platform, Source
from .expressions import plain_handle
from .people import Creator, OpenToStaff, Tier


class SocialAccountQuerySet(OpenToStaff):
    creator_path = "creator_id"


PROFILE_URLS = {
    Platform.INSTAGRAM: "https://www.instagram.com/{handle}/",
    Platform.TIKTOK: "https://www.tiktok.com/@{handle}",
    Platform.YOUTUBE: "https://www.youtube.com/@{handle}",
    Platform.X: "https://x.com/{handle}",
    Platform.FACEBOOK: "https://www.facebook.com/{handle}",
}


@pghistory.track(
    exclude=[
        "created_at", "updated_at", "followers", "following", "posts_count", "tier", "engagement_rate",
        "engagement_basis", "authenticity", "authenticity_confidence", "growth_30d", "sparkline", "figures_source",
        "figures_as_of", "last_ok_at",
    ]
)  # fmt: skip
class SocialAccount(ScopedModel):
    creator = models.ForeignKey(
        Creator, models.SET_NULL, null=True, blank=True, related_name="accounts", verbose_name=_("creator")
    )
    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    handle = models.CharField(_("handle"), max_length=128, blank=True)
    external_id = models.CharField(_("platform id"), max_length=128, null=True, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=14, choices=AccountState.choices, default=AccountState.ACTIVE
    )
    state_reason = models.CharField(max_length=200, blank=True)
    is_demo = models.BooleanField(default=False, db_index=True)

    # Newest figures, kept by ingestion and scoring. NULL: the platform or vendor did not give it.
    followers = models.BigIntegerField(_("followers"), null=True, blank=True)
    following = models.BigIntegerField(_("following"), null=True, blank=True)
    posts_count = models.BigIntegerField(_("posts"), null=True, blank=True)
    tier = models.ForeignKey(
        Tier, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    engagement_rate = models.FloatField(_("engagement"), null=True, blank=True)
    engagement_basis = models.CharField(max_length=12, blank=True)  # followers, views, reach, impressions
    authenticity = models.FloatField(_("authenticity"), null=True, blank=True)
    authenticity_confidence = models.FloatField(null=True, blank=True)
    growth_30d = models.FloatField(_("growth in 30 days"), null=True, blank=True)
    sparkline = ArrayField(models.BigIntegerField(), default=list, blank=True)
    figures_source = models.CharField(max_length=20, choices=Source.choices, blank=True)
    figures_as_of = models.DateField(null=True, blank=True)
    last_ok_at = models.DateTimeField(_("last update"), null=True, blank=True)

    objects = SocialAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        indexes = [
            models.Index("platform", Lower("handle"), name="creators_account_handle"),
            models.Index(plain_handle("handle"), name="creators_account_plain_handle"),
            models.Index("platform", F("followers").desc(nulls_last=True), name="creators_account_followers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "external_id"], name="creators_account_external_once"
            ),
            models.UniqueConstraint(
                "platform",
                Lower("handle"),
                condition=Q(external_id=None) & ~Q(handle=""),
                name="creators_account_handle_once_until_known",
            ),
            models.CheckConstraint(
                condition=~Q(handle="") | Q(external_id__isnull=False) | ~Q(url=""),
                name="creators_account_has_a_key",
            ),
            models.CheckConstraint(
                condition=Q(platform__in=Platform.values), name="creators_account_platform"
            ),
            models.CheckConstraint(condition=Q(state__in=AccountState.values), name="creators_account_state"),
            models.CheckConstraint(
                condition=(Q(followers=None) | Q(followers__gte=0))
                & (Q(following=None) | Q(following__gte=0))
                & (Q(posts_count=None) | Q(posts_count__gte=0)),
                name="creators_account_counts_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}" if self.handle else (self.external_id or self.url)

    @property
    def profile_url(self) -> str:
        if self.url:
            return self.url
        return PROFILE_URLS[Platform(self.platform)].format(handle=self.handle) if self.handle else ""
