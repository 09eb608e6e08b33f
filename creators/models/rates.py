"""What a creator asks for one piece of content."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import ScopedModel
from krm.money.fields import AmountField, CurrencyField

from .choices import Platform, RateFormat
from .people import Creator, OpenToStaff


class Days(Func):
    """`daterange(from, to, '[]')`; an open end is infinite."""

    function = "DATERANGE"
    output_field = DateRangeField()


class RateCardQuerySet(OpenToStaff):
    creator_path = "creator_id"


@pghistory.track()
class RateCard(ScopedModel):
    creator = models.ForeignKey(Creator, models.CASCADE, related_name="rate_cards")
    platform = models.CharField(_("platform"), max_length=12, choices=Platform.choices)
    format = models.CharField(_("format"), max_length=12, choices=RateFormat.choices)
    price = AmountField(_("price"))
    currency = CurrencyField(_("currency"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    usage_uplift = models.DecimalField(
        _("usage rights uplift, % a month"), max_digits=6, decimal_places=2, default=0
    )
    exclusivity_uplift = models.DecimalField(
        _("exclusivity uplift, % a month"), max_digits=6, decimal_places=2, default=0
    )
    whitelisting_uplift = models.DecimalField(
        _("whitelisting uplift, % a month"), max_digits=6, decimal_places=2, default=0, db_default=0
    )
    contents = models.JSONField(  # of a bundle: [{"format", "quantity"}]
        _("contents"), default=list, db_default=models.Value([], models.JSONField()), blank=True
    )
    remark = models.CharField(_("remark"), max_length=300, blank=True)

    objects = RateCardQuerySet.as_manager()

    class Meta:
        ordering = ["platform", "format", "-valid_from"]
        verbose_name = _("rate card")
        verbose_name_plural = _("rate cards")
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="creators_ratecard_price"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="creators_ratecard_dates"
            ),
            models.CheckConstraint(
                condition=Q(usage_uplift__gte=0) & Q(exclusivity_uplift__gte=0),
                name="creators_ratecard_uplifts",
            ),
            models.CheckConstraint(
                condition=Q(whitelisting_uplift__gte=0), name="creators_ratecard_whitelisting"
            ),
            ExclusionConstraint(
                name="creators_ratecard_no_overlap",
                expressions=[
                    ("creator", RangeOperators.EQUAL),
                    ("platform", RangeOperators.EQUAL),
                    ("format", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    (
                        Days(
                            "valid_from",
                            "valid_to",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} {self.get_format_display()}"
