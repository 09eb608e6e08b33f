"""What one view, like or comment is worth: the table behind every EMV figure."""

from __future__ import annotations

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField, CurrencyField


class EmvRateQuerySet(ScopedQuerySet["EmvRate"]):
    def _scoped(self, scope: Scope) -> EmvRateQuerySet:
        return self if scope.is_staff else self.none()


@pghistory.track()
class EmvRate(ScopedModel):
    """Value of `per` units of one metric on one platform, in one currency, from a date on.

    The value of a post is the sum over metrics of count / per * value (Ayzenberg-style unit values); impressions
    and views are priced per 1,000 (a CPM). Rates of different currencies are never mixed.
    """

    class Metric(models.TextChoices):
        VIEWS = "views", _("Views")
        LIKES = "likes", _("Likes")
        COMMENTS = "comments", _("Comments")
        SHARES = "shares", _("Shares")
        SAVES = "saves", _("Saves")

    platform = models.CharField(_("platform"), max_length=16)
    metric = models.CharField(_("metric"), max_length=16, choices=Metric.choices)
    per = models.PositiveIntegerField(_("per"), default=1)
    value = AmountField(_("value"))
    currency = CurrencyField(_("currency"))
    valid_from = models.DateField(_("valid from"))
    source = models.CharField(
        _("source"), max_length=200, help_text=_("Where this rate comes from and of when.")
    )

    objects = EmvRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("EMV rate")
        verbose_name_plural = _("EMV rates")
        ordering = ["platform", "metric", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "metric", "currency", "valid_from"], name="emv_rate_once"
            ),
            models.CheckConstraint(condition=Q(value__gte=0) & Q(per__gte=1), name="emv_rate_not_negative"),
            models.CheckConstraint(
                condition=Q(metric__in=["views", "likes", "comments", "shares", "saves"]),
                name="emv_rate_metric_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.metric}: {self.value} {self.currency} / {self.per}"
