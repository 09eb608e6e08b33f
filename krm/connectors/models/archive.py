"""What platforms answered, kept for a while, and how often each kind of answer came."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedQuerySet


class StaffOnly(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Self:
        return self if scope.kind == "staff" else self.none()


class AdministratorsOnly(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Self:
        return self if scope.role == "administrator" else self.none()


class RawResponse(models.Model):
    """One answer as it came, compressed; to see what a platform really said. Deleted after the retention time."""

    platform = models.CharField(max_length=30)
    endpoint = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)  # the platform's ids that were asked for
    url = models.CharField(max_length=2000)  # without secrets
    status = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=20)
    body = models.BinaryField()  # zlib
    size = models.PositiveIntegerField()
    fetched_at = models.DateTimeField()

    objects = AdministratorsOnly.as_manager()

    class Meta:
        verbose_name = _("raw response")
        indexes = [
            BrinIndex(fields=["fetched_at"], name="connectors_raw_fetched"),
            models.Index(fields=["platform", "subject"], name="connectors_raw_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.endpoint} {self.subject}"


class OutcomeCount(models.Model):
    """How many calls of one endpoint ended in one way on one day, and the newest reason."""

    platform = models.CharField(max_length=30)
    endpoint = models.CharField(max_length=60)
    outcome = models.CharField(max_length=20)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)
    last_reason = models.CharField(max_length=300, blank=True)
    last_at = models.DateTimeField()

    objects = StaffOnly.as_manager()

    class Meta:
        verbose_name = _("outcome count")
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "day", "endpoint", "outcome"], name="connectors_outcome_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.endpoint} {self.outcome} {self.day}: {self.count}"
