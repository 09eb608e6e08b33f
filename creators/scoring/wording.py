"""Figures inside sentences, as each language writes them."""

from __future__ import annotations

import math


def percent(share: float, lang: str) -> str:
    """0.0342 -> `3.4%` or `3,4%`; small shares keep two decimals."""
    value = share * 100
    digits = 0 if abs(value) >= 20 else 1 if abs(value) >= 1 else 2
    return _local(f"{value:.{digits}f}", lang) + "%"


def number(value: float, lang: str) -> str:
    """Two significant digits for small figures, whole numbers for large ones."""
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return _local(text, lang)


def _local(text: str, lang: str) -> str:
    return text.translate(str.maketrans(",.", ".,")) if lang == "id" else text
