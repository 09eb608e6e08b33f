"""What one currency was worth in another, who said so, and for which day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from krm.money.fields import CurrencyField


class FxRate(models.Model):
    """1 `base` = `rate` `quote` on the day `as_of`. Rates are added, never changed: old sums stay explainable."""

    base = CurrencyField(_("from"), default="USD")
    quote = CurrencyField(_("to"))
    rate = models.DecimalField(_("rate"), max_digits=24, decimal_places=12)
    source = models.CharField(_("source"), max_length=60)
    as_of = models.DateField(_("day"))
    observed_at = models.DateTimeField(_("written down"), default=timezone.now)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["base", "quote", "as_of", "source"], name="fxrate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="fxrate_positive"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="fxrate_two_currencies"),
        ]
        indexes = [models.Index(fields=["base", "quote", "-as_of", "-observed_at"], name="fxrate_latest")]

    def __str__(self) -> str:
        return f"1 {self.base} = {self.rate.normalize():f} {self.quote} ({self.as_of})"
