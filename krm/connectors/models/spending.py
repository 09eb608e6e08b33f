"""What reading costs in money, where a platform sells its answers."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedQuerySet


class SpendingQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Self:
        return self if scope.role == "administrator" else self.none()


class Spending(models.Model):
    """Reads of one kind on one UTC day, and what they cost. `held` is reserved for calls that are under way."""

    purse = models.CharField(max_length=30)  # the platform that is paid
    day = models.DateField(_("day"))
    kind = models.CharField(max_length=20)  # user, post
    reads = models.PositiveIntegerField(_("reads"), default=0)
    amount = models.DecimalField(_("spent"), max_digits=12, decimal_places=4, default=0)  # US dollars
    held = models.DecimalField(max_digits=12, decimal_places=4, default=0)

    objects = SpendingQuerySet.as_manager()

    class Meta:
        verbose_name = _("spending")
        constraints = [
            models.UniqueConstraint(fields=["purse", "day", "kind"], name="connectors_spending_once"),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(held__gte=0), name="connectors_spending_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purse} {self.day} {self.kind}: {self.amount}"
