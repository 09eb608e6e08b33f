"""Sales that a promo code or a tracking link brought."""

from __future__ import annotations

from typing import Self

import pghistory
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from krm.accounts.scope import Scope, ScopedModel
from krm.money.fields import AmountField, CurrencyField
from reporting.models.tracking import OfPartnershipQuerySet


@pghistory.track()
class PromoCode(ScopedModel):
    """A code a KOL gives to followers; the shop's export says who used it."""

    partnership = models.ForeignKey(
        "campaigns.Partnership", on_delete=models.PROTECT, related_name="promo_codes"
    )
    code = models.CharField(
        _("code"),
        max_length=40,
        validators=[RegexValidator(r"^[A-Za-z0-9_-]{2,40}$", _("Use 2 to 40 letters, digits, - or _."))],
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = OfPartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        constraints = [models.UniqueConstraint(Upper("code"), name="promo_code_once")]

    def __str__(self) -> str:
        return self.code


class ConversionQuerySet(OfPartnershipQuerySet):
    """Orders are the agency's and the brand's business: KOLs see their counts, not the orders."""

    def _scoped(self, scope: Scope) -> Self:
        return super()._scoped(scope) if scope.is_staff else self.none()


class Conversion(ScopedModel):
    """One order, joined to one partnership once; the same order from the same shop never counts twice."""

    source = models.CharField(_("shop"), max_length=60)
    order_ref = models.CharField(_("order"), max_length=120)
    partnership = models.ForeignKey(
        "campaigns.Partnership", on_delete=models.PROTECT, related_name="conversions"
    )
    promo_code = models.ForeignKey(
        PromoCode, null=True, blank=True, on_delete=models.PROTECT, related_name="conversions"
    )
    ordered_at = models.DateTimeField(_("ordered"))
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    is_new_customer = models.BooleanField(_("new customer"), null=True)

    objects = ConversionQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversion")
        verbose_name_plural = _("conversions")
        constraints = [
            models.UniqueConstraint(fields=["source", "order_ref"], name="conversion_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="conversion_amount_not_negative"),
        ]
        indexes = [models.Index(fields=["partnership", "ordered_at"], name="conversion_partnership")]

    def __str__(self) -> str:
        return f"{self.source} {self.order_ref}"
