"""A link by which a client sees a creator's profile: figures without prices, notes and reasoning."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel

from .people import Creator, StaffOnly


@pghistory.track(exclude=["token_hash", "views", "viewed_at"])
class ProfileShare(ScopedModel):
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="shares")
    label = models.CharField(_("for whom"), max_length=160)
    token_hash = models.CharField(max_length=64, unique=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    views = models.IntegerField(_("times opened"), default=0)
    viewed_at = models.DateTimeField(_("last opened"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = StaffOnly.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("profile link")
        verbose_name_plural = _("profile links")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="creators_share_expires"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="creators_share_has_label"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return f"{reverse('creators:detail', args=[self.creator_id])}?tab=client"
