"""The agency's money settings: one row, plus approval limits by role."""

from __future__ import annotations

from decimal import Decimal

import pghistory
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from krm.accounts.models import Role
from krm.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from krm.money.fields import AmountField, CurrencyField
from payments.models.scoping import sees_money


class PolicyQuerySet(ScopedQuerySet["PaymentPolicy"]):
    def _scoped(self, scope: Scope) -> PolicyQuerySet:
        return self if sees_money(scope) else self.none()

    def current(self) -> PaymentPolicy:
        return self.get_or_create(pk=1)[0]


@pghistory.track()
class PaymentPolicy(ScopedModel):
    """How this agency pays. There is one row."""

    class TaxPeriod(models.TextChoices):
        MONTH = "month", _("Per tax month: payments to one person in a month are added up")
        PAYMENT = "payment", _("Per payment: each stands alone")

    terms_days = models.PositiveSmallIntegerField(
        _("Payment terms (days)"),
        default=14,
        validators=[MaxValueValidator(180)],
        help_text=_("Days from a submitted invoice to the promised payment, moved to the next working day."),
    )
    cooling_days = models.PositiveSmallIntegerField(
        _("Cooling-off after changed bank data (days)"),
        default=3,
        validators=[MaxValueValidator(60)],
        help_text=_(
            "Nothing is paid to changed bank data before this time is over and finance checked it again."
        ),
    )
    tax_period = models.CharField(
        _("PPh 21 counted"),
        max_length=8,
        choices=TaxPeriod.choices,
        default=TaxPeriod.MONTH,
        help_text=_("The law can be read both ways; ask your tax adviser."),
    )
    country = models.CharField(_("Country of the agency"), max_length=2, default="ID")

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment policy")
        verbose_name_plural = _("payment policies")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="payment_policy_one_row"),
        ]

    def __str__(self) -> str:
        return str(_("Payment policy"))


class LimitQuerySet(ScopedQuerySet["ApprovalLimit"]):
    def _scoped(self, scope: Scope) -> LimitQuerySet:
        return self if sees_money(scope) else self.none()


@pghistory.track()
class ApprovalLimit(ScopedModel):
    """The largest invoice a role may approve in one currency. No row: no limit for administrators, none at all for others."""

    role = models.CharField(
        _("role"),
        max_length=32,
        choices=[
            (Role.FINANCE.value, Role.FINANCE.label),
            (Role.ADMINISTRATOR.value, Role.ADMINISTRATOR.label),
        ],
    )
    currency = CurrencyField(_("currency"))
    amount = AmountField(_("up to"), validators=[MinValueValidator(Decimal(1))])

    objects = LimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval limit")
        verbose_name_plural = _("approval limits")
        ordering = ["role", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["role", "currency"], name="payments_limit_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ≤ {self.amount} {self.currency}"
