"""Exact arithmetic with money. Imports no Django.

Amounts are `Decimal` at the edges and integers of minor units in the ledger; a float is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

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


def exponent(currency: str) -> int:
    return EXPONENTS.get(currency, 2)


def round_amount(amount: Decimal, currency: str) -> Decimal:
    """Half up to the currency's minor unit (PER-11/PJ/2025 art. 129 for rupiah)."""
    if isinstance(amount, float):
        raise TypeError("money is never a float")
    return Decimal(amount).quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_UP)


def to_minor(amount: Decimal, currency: str) -> int:
    """Exact integer of minor units; an amount finer than the minor unit is an error, not a rounding."""
    scaled = Decimal(amount).scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than the currency's minor unit")
    return int(scaled)


def from_minor(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))


def split(total: Decimal, weights: Sequence[Decimal | int], currency: str) -> list[Decimal]:
    """Split by the largest-remainder method: parts add up to `total` exactly, each within one minor unit."""
    if not weights or any(Decimal(w) < 0 for w in weights) or sum(Decimal(w) for w in weights) == 0:
        raise ValueError("weights must be non-negative and not all zero")
    minor = to_minor(total, currency)
    sign, minor = (-1, -minor) if minor < 0 else (1, minor)
    whole = sum(Decimal(w) for w in weights)
    shares = [Decimal(minor) * Decimal(w) / whole for w in weights]
    parts = [int(share) for share in shares]
    order = sorted(range(len(parts)), key=lambda i: (shares[i] - parts[i], -i), reverse=True)
    for i in order[: minor - sum(parts)]:
        parts[i] += 1
    return [from_minor(sign * part, currency) for part in parts]
