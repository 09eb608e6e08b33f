"""Money as people write it. Imports no Django.

A currency is written as at home whatever the language of the page: Rp19.500.000 is never Rp19,500,000.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from babel.numbers import get_currency_symbol

from krm.money.amounts import exponent, round_amount

MINUS = "\u2212"
SPACE = "\u00a0"
SWAPPED = str.maketrans(",.", ".,")
POINT_THOUSANDS = frozenset({"IDR", "EUR", "VND", "BRL", "TRY", "DKK"})


@lru_cache(256)
def symbol(currency: str) -> str:
    """Rp, US$ → $, RM; a currency without a sign of its own gets its code and a space."""
    found = get_currency_symbol(currency, "id_ID" if currency == "IDR" else "en_US")
    return found + SPACE if found == currency else str(found)


def format_money(amount: Decimal | int, currency: str) -> str:
    """`Rp19.500.000`, `$1,234.50`, `−Rp5.000`: rounded to the minor unit, with the right number of decimals."""
    rounded = round_amount(amount, currency)
    text = f"{abs(rounded):,.{exponent(currency)}f}"
    if currency in POINT_THOUSANDS:
        text = text.translate(SWAPPED)
    return (MINUS if rounded < 0 else "") + symbol(currency) + text
