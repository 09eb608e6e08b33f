"""Leases at YouTube's WebSub hub: it tells us of an upload, so that nobody has to ask for it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel
from krm.connectors.vault import EncryptedTextField

from .accounts import SocialAccount
from .people import StaffOnly


class FeedState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    ACTIVE = "active", _("Active")
    DENIED = "denied", _("Denied")
    ENDED = "ended", _("Ended")


class ChannelFeed(ScopedModel):
    account = models.OneToOneField(SocialAccount, models.CASCADE, related_name="feed")
    token = models.CharField(max_length=64, unique=True)  # in the callback's address
    secret = EncryptedTextField()  # signs what the hub sends
    state = models.CharField(_("state"), max_length=8, choices=FeedState.choices, default=FeedState.ASKED)
    asked_at = models.DateTimeField(_("asked for"))
    lease_until = models.DateTimeField(_("until"), null=True, blank=True)
    next_ask_at = models.DateTimeField()
    heard_at = models.DateTimeField(_("last heard"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("channel feed")
        verbose_name_plural = _("channel feeds")
        indexes = [models.Index(fields=["next_ask_at"], name="creators_feed_due")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=FeedState.values), name="creators_feed_state"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(lease_until__isnull=False),
                name="creators_feed_active_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.state}"
