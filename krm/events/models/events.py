"""Events, and what became of each at each subscriber."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedQuerySet


class EventQuerySet(ScopedQuerySet["Event"]):
    def _scoped(self, scope: Scope) -> EventQuerySet:
        """The whole stream is for who sees every brand; others read it per subject (`krm.events.seeing`)."""
        return self if scope.all_teams else self.none()


class DeliveryQuerySet(ScopedQuerySet["Delivery"]):
    def _scoped(self, scope: Scope) -> DeliveryQuerySet:
        return self if scope.role == "administrator" else self.none()


class Event(models.Model):
    """Something that happened; written by `record` in the transaction of the verb, never changed after."""

    name = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)  # "campaigns.offer"
    subject_id = models.BigIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)
    relayed_at = models.DateTimeField(null=True, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        triggers = [
            pgtrigger.Protect(
                name="event_unchanged",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "name", "subject_type", "subject_id", "data", "request_id", "occurred_at"
                ),
            ),
            pgtrigger.Protect(name="event_kept", operation=pgtrigger.Delete),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="event_subject"),
            models.Index(fields=["id"], condition=Q(relayed_at__isnull=True), name="event_unrelayed"),
            models.Index(fields=["name", "-id"], name="event_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_type}:{self.subject_id}"


class Delivery(models.Model):
    """One event on its way to one subscriber: at least once, in order per subject, parked after too many tries."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")
        PARKED = "parked", _("Parked")

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="delivery_due"),
            models.Index(fields=["id"], condition=Q(state="parked"), name="delivery_parked"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.subscriber}"


class Lease(models.Model):
    """A periodic job's right to run for one period: the unique row is the lock."""

    name = models.CharField(max_length=120)
    period = models.CharField(max_length=40)
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "period"], name="lease_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.period}"
