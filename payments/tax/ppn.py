"""PPN on top of a price: since 2025 12 % of 11/12 of it, added only by a taxable firm (PKP)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from payments.tax.book import rule_on
from payments.tax.rounding import to_rupiah

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Ppn:
    price: Decimal
    other_base: Decimal  # DPP nilai lain, two decimals as on a faktur line
    rate: Decimal
    numerator: Decimal
    denominator: Decimal
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.price + self.tax


def add(price: Decimal, on: date) -> Ppn:
    """PPN is computed from the exact fraction and rounded once."""
    rule = rule_on("ppn", on)
    rate = rule.decimal("rate")
    numerator, denominator = rule.decimal("base_numerator"), rule.decimal("base_denominator")
    return Ppn(
        price=price,
        other_base=(price * numerator / denominator).quantize(CENT, rounding=ROUND_HALF_UP),
        rate=rate,
        numerator=numerator,
        denominator=denominator,
        tax=to_rupiah(price * numerator * rate / denominator, on),
    )


def price_of(total: Decimal, on: date) -> Decimal:
    """The price inside a total that already holds PPN: the one to which `add` gives this total, where there is one."""
    rule = rule_on("ppn", on)
    effective = rule.decimal("rate") * rule.decimal("base_numerator") / rule.decimal("base_denominator")
    near = to_rupiah(total / (1 + effective), on)
    return next((price for price in (near, near + 1) if add(price, on).total == total), near)
