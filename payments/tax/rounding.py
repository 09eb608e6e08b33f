"""Whole rupiah, by the rule of the day: half-up since PER-11/PJ/2025, down before."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from payments.tax.book import rule_on

MODES = {"down": ROUND_DOWN, "half_up": ROUND_HALF_UP}


def to_rupiah(amount: Decimal, on: date) -> Decimal:
    if not isinstance(amount, Decimal):
        raise TypeError("an amount of tax is a Decimal, never a float")
    return amount.quantize(Decimal(1), rounding=MODES[rule_on("rounding", on).params["mode"]])
