"""Progressive rates of article 17(1)a, dated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payments.tax.book import rule_on


@dataclass(frozen=True)
class Slice:
    """The part of the base that falls in one bracket."""

    base: Decimal
    rate: Decimal

    @property
    def tax(self) -> Decimal:
        return self.base * self.rate


def slices(base: Decimal, on: date) -> list[Slice]:
    """`base` cut by the brackets of the day, lowest first; empty for a zero base."""
    if not isinstance(base, Decimal):
        raise TypeError("a tax base is a Decimal, never a float")
    if base < 0:
        raise ValueError("a tax base is never negative")
    cut: list[Slice] = []
    floor = Decimal(0)
    for ceiling_text, rate in rule_on("article17", on).params["brackets"]:
        top = base if ceiling_text == "" else min(base, Decimal(ceiling_text))
        if top > floor:
            cut.append(Slice(top - floor, Decimal(rate)))
        if ceiling_text == "" or base <= Decimal(ceiling_text):
            break
        floor = Decimal(ceiling_text)
    return cut


def tax_on(base: Decimal, on: date) -> Decimal:
    """Unrounded tax: rounding happens once, on the document."""
    return sum((s.tax for s in slices(base, on)), Decimal(0))


def top_rate(base: Decimal, on: date) -> Decimal:
    """The bracket in which the base ends (the `Rate` of Coretax)."""
    cut = slices(base, on)
    return cut[-1].rate if cut else Decimal(0)
