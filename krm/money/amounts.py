"""Exact arithmetic with money. Imports no Django.

Amounts are `Decimal` at the edges and integers of minor units in the ledger; a float is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache

# Minor units by ISO 4217, where they are not 2. Rupiah is counted in whole rupiah: sen are not paid.
EXPONENTS = {
    "IDR": 0,
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "BHD": 3,
    "KWD": 3,
    "JOD": 3,
    "OMR": 3,
    "TND": 3,
}


# Wide enough that an amount times a rate is exact: it is rounded once, at the end.
WIDE = Context(prec=80)


def exponent(currency: str) -> int:
    return EXPONENTS.get(currency, 2)


@cache
def _unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def exact(amount: Decimal | int) -> Decimal:
    """The amount as a number that can be counted with; a float, NaN or infinity never is one."""
    if isinstance(amount, float | bool):
        raise TypeError("money is never a float")
    value = Decimal(amount)
    if not value.is_finite():
        raise ValueError(f"{amount} is no amount of money")
    return value


def round_amount(amount: Decimal | int, currency: str) -> Decimal:
    """Half up to the currency's minor unit (PER-11/PJ/2025 art. 129 for rupiah)."""
    return exact(amount).quantize(_unit(exponent(currency)), rounding=ROUND_HALF_UP, context=WIDE)


def to_minor(amount: Decimal | int, currency: str) -> int:
    """Exact integer of minor units; an amount finer than the minor unit is an error, not a rounding."""
    scaled = exact(amount).scaleb(exponent(currency), WIDE)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than the currency's minor unit")
    return int(scaled)


def from_minor(minor: int, currency: str) -> Decimal:
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise TypeError("minor units are whole numbers")
    return Decimal(minor).scaleb(-exponent(currency), WIDE)


def at_rate(amount: Decimal | int, rate: Decimal, currency: str, *, turned: bool = False) -> Decimal:
    """`amount` times `rate` (divided by it where the rate is `turned`), rounded once to `currency`."""
    value = exact(amount)
    price = exact(rate)
    return round_amount(WIDE.divide(value, price) if turned else WIDE.multiply(value, price), currency)


def split(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Split by the largest-remainder method: parts add up to `total` exactly, each within one minor unit."""
    shares = [Fraction(exact(weight)) for weight in weights]
    whole = sum(shares)
    if not shares or any(share < 0 for share in shares) or whole == 0:
        raise ValueError("weights must be non-negative and not all zero")
    minor = to_minor(total, currency)
    sign, minor = (-1, -minor) if minor < 0 else (1, minor)
    wanted = [minor * share / whole for share in shares]
    parts = [int(share) for share in wanted]
    order = sorted(range(len(parts)), key=lambda i: (wanted[i] - parts[i], -i), reverse=True)
    for i in order[: minor - sum(parts)]:
        parts[i] += 1
    return [from_minor(sign * part, currency) for part in parts]
