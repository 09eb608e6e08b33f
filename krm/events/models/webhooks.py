"""Addresses of other systems that are told what happens here."""

from __future__ import annotations

import secrets

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet


def new_salt() -> str:
    return secrets.token_hex(16)


class WebhookQuerySet(ScopedQuerySet["WebhookEndpoint"]):
    def _scoped(self, scope: Scope) -> WebhookQuerySet:
        if scope.role == "administrator":
            return self
        return self.filter(owner_id=scope.user_id) if scope.is_staff else self.none()


@pghistory.track(exclude=["salt", "failing_since"])
class WebhookEndpoint(ScopedModel):
    """One address. It gets the events that match and whose subject its owner may see."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    url = models.URLField(_("address"), max_length=500)
    patterns = ArrayField(models.CharField(max_length=80), verbose_name=_("events"))
    salt = models.CharField(
        max_length=32, default=new_salt
    )  # the signing secret is derived from it, see webhooks.py
    is_active = models.BooleanField(_("active"), default=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class WebhookDeliveryQuerySet(ScopedQuerySet["WebhookDelivery"]):
    def _scoped(self, scope: Scope) -> WebhookDeliveryQuerySet:
        if scope.role == "administrator":
            return self
        return self.filter(endpoint__owner_id=scope.user_id) if scope.is_staff else self.none()


class WebhookDelivery(models.Model):
    """One event on its way to one address, and what the other side answered."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")
        PARKED = "parked", _("Parked")

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(
        "events.Event", null=True, on_delete=models.CASCADE, related_name="+"
    )  # null: a test
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_delivery_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="webhook_due"),
            models.Index(fields=["endpoint", "-id"], name="webhook_log"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.endpoint}"
