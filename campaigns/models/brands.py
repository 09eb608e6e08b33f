from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.scoping import client_q, staff_q
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField, CurrencyField

LAYERS = ("authenticity", "performance", "brand_safety", "creative", "relationship")


def default_weights() -> dict[str, int]:
    return {"authenticity": 25, "performance": 25, "brand_safety": 20, "creative": 15, "relationship": 15}


class BrandQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> BrandQuerySet:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, ""))
        if scope.kind == "client":
            return self.filter(client_q(scope, ""))
        return self.none()


@pghistory.track()
class Brand(ScopedModel):
    """A client: the one whose product is shown and whose budget is spent."""

    team = models.ForeignKey(
        "accounts.BrandTeam", on_delete=models.PROTECT, related_name="brands", verbose_name=_("team")
    )
    name = models.CharField(_("name"), max_length=120)
    category = models.CharField(_("category"), max_length=60, blank=True)
    website = models.URLField(_("website"), blank=True)
    currency = CurrencyField(_("currency"), default="IDR")
    competitors = ArrayField(
        models.CharField(max_length=120), verbose_name=_("competitors"), default=list, blank=True
    )
    target_audience = models.JSONField(_("target audience"), default=dict, blank=True)
    banned_words = ArrayField(
        models.CharField(max_length=80), verbose_name=_("banned words"), default=list, blank=True
    )
    weights = models.JSONField(_("selection weights"), default=default_weights, blank=True)
    trend_notes = models.TextField(_("market and trend notes"), blank=True)
    is_archived = models.BooleanField(_("archived"), default=False)
    is_demo = models.BooleanField(default=False, db_index=True)

    objects = BrandQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), "team", name="brand_name_per_team"),
        ]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="brand_name_trgm")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:brand_detail", args=[self.pk])


class BrandPartQuerySet(ScopedQuerySet):
    def _scoped(self, scope: Scope) -> Any:
        if scope.kind == "staff":
            return self.filter(staff_q(scope, "brand__"))
        if scope.kind == "client":
            return self.filter(client_q(scope, "brand__"))
        return self.none()


@pghistory.track()
class Product(ScopedModel):
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="products")
    name = models.CharField(_("name"), max_length=160)
    sku = models.CharField(_("SKU"), max_length=60, blank=True)
    url = models.URLField(_("link"), blank=True)
    price = AmountField(_("retail price"), null=True, blank=True)
    currency = CurrencyField(_("currency"), default="IDR")
    description = models.TextField(_("description"), blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = BrandPartQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(fields=["brand", "name"], name="product_name_per_brand"),
            models.CheckConstraint(
                condition=models.Q(price__isnull=True) | models.Q(price__gte=0), name="product_price_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class ClientMember(ScopedModel):
    """A client user's seat at a brand. Whether they may approve is their role (viewer or approver)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="client_members"
    )
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="members")

    objects = BrandPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("client member")
        verbose_name_plural = _("client members")
        constraints = [models.UniqueConstraint(fields=["user", "brand"], name="client_member_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.brand}"
