"""What other systems tell us unasked: stored once as it came, processed later."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedQuerySet


class InboundState(models.TextChoices):
    NEW = "new", _("New")
    DONE = "done", _("Processed")
    PARKED = "parked", _("Parked")


class InboundEventQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Self:
        return self if scope.role == "administrator" else self.none()


class InboundEvent(models.Model):
    vendor = models.CharField(_("from"), max_length=30)
    dedupe_key = models.CharField(max_length=128)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=8, choices=InboundState.choices, default=InboundState.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects = InboundEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbound event")
        verbose_name_plural = _("inbound events")
        constraints = [
            models.UniqueConstraint(fields=["vendor", "dedupe_key"], name="connectors_inbound_once"),
            models.CheckConstraint(
                condition=Q(state__in=InboundState.values), name="connectors_inbound_state"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(state="new"), name="connectors_inbound_new")]

    def __str__(self) -> str:
        return f"{self.vendor} {self.dedupe_key[:12]}"
