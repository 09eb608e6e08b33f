"""Columns for money: an exact decimal amount beside its currency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    _Decimal = models.DecimalField[Any, Any]
    _Char = models.CharField[Any, Any]
else:
    _Decimal, _Char = models.DecimalField, models.CharField


class AmountField(_Decimal):
    """Numeric(19, 4): exact, wide enough for rupiah, fine enough for every currency's minor unit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 19)
        kwargs.setdefault("decimal_places", 4)
        super().__init__(*args, **kwargs)


class CurrencyField(_Char):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("default", "IDR")
        kwargs.setdefault(
            "validators", [RegexValidator(r"^[A-Z]{3}$", _("Use a three-letter currency code such as IDR."))]
        )
        super().__init__(*args, **kwargs)
