"""Links that count: who sent whom, and how often."""

from __future__ import annotations

from typing import Any, Self

import pghistory
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import portal_q, staff_q
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet


class OfPartnershipQuerySet(ScopedQuerySet[Any]):
    """Rows that hang on a partnership: staff by their brands, KOLs by their creators, clients none."""

    def _scoped(self, scope: Scope) -> Self:
        if scope.is_staff:
            return self.filter(staff_q(scope, "partnership__campaign__brand__"))
        if scope.is_portal:
            return self.filter(portal_q(scope, "partnership__"))
        return self.none()


@pghistory.track()
class TrackingLink(ScopedModel):
    """A short link of one partnership; `/go/<code>` counts the click and sends the visitor on with UTM parameters."""

    partnership = models.ForeignKey(
        "campaigns.Partnership", on_delete=models.PROTECT, related_name="tracking_links"
    )
    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9_-]{3,40}$", _("Use 3 to 40 letters, digits, - or _."))],
    )
    target_url = models.URLField(_("target address"), max_length=1000)
    utm_source = models.CharField(max_length=100)
    utm_medium = models.CharField(max_length=100, default="kol")
    utm_campaign = models.CharField(max_length=100)
    utm_content = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    clicks_count = models.PositiveIntegerField(default=0)
    visitors_count = models.PositiveIntegerField(default=0)
    last_click_at = models.DateTimeField(null=True, blank=True)

    objects = OfPartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("tracking link")
        verbose_name_plural = _("tracking links")

    def __str__(self) -> str:
        return f"/go/{self.code}"


class Click(models.Model):
    """One visit through a link. The visitor is a keyed hash that changes daily: it counts people, it names none."""

    link = models.ForeignKey(TrackingLink, on_delete=models.CASCADE, related_name="clicks")
    at = models.DateTimeField(default=now)
    visitor = models.CharField(max_length=32)
    referrer_host = models.CharField(max_length=200, blank=True)
    is_bot = models.BooleanField(default=False)
    is_repeat = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["link", "at"], name="click_link_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["link", "visitor"],
                condition=Q(is_repeat=False, is_bot=False),
                name="click_first_visit_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.at:%Y-%m-%d}"
