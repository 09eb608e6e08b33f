"""Numbers, money and dates as people write them in the language of the page."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.translation import get_language, gettext, ngettext

from krm.money.formatting import format_money, symbol

NONE = "–"
MINUS = "\u2212"
_SUFFIXES = {
    "en": [(10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K")],
    "id": [(10**12, " T"), (10**9, " M"), (10**6, " jt"), (10**3, " rb")],
}


def _language() -> str:
    return "id" if (get_language() or "en").startswith("id") else "en"


def _marks(language: str | None = None) -> tuple[str, str]:
    """Thousands mark and decimal mark."""
    return (".", ",") if (language or _language()) == "id" else (",", ".")


_SWAPPED = str.maketrans(",.", ".,")


@cache
def _unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _written(value: Decimal, places: int, marks: tuple[str, str], *, strip: bool = False) -> str:
    rounded = value.quantize(_unit(places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    if strip and "." in text:
        text = text.rstrip("0").rstrip(".")
    if marks[0] == ".":
        text = text.translate(_SWAPPED)
    return (MINUS if rounded < 0 else "") + text


def number(value: Any, places: int | None = None) -> str:
    """1,234.5 or 1.234,5; at most two decimals unless `places` says."""
    if value is None or value == "":
        return NONE
    if type(value) is int and not places:
        text = f"{abs(value):,}".replace(",", _marks()[0])
        return MINUS + text if value < 0 else text
    return _written(_decimal(value), 2 if places is None else places, _marks(), strip=places is None)


def count(value: Any) -> str:
    """Followers and the like, short: 1.2M, 48.1K, 930; in Indonesian 1,2 jt, 48,1 rb."""
    if value is None or value == "":
        return NONE
    amount = _decimal(value)
    size = abs(amount)
    suffixes = _SUFFIXES[_language()]
    for index, (step, suffix) in enumerate(suffixes):
        if size >= step:
            scaled = amount / step
            places = 0 if abs(scaled) >= 100 else 1
            if abs(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)) >= 1000 and index > 0:
                bigger, suffix = suffixes[index - 1]
                scaled, places = amount / bigger, 1
            return _written(scaled, places, _marks(), strip=True) + suffix
    return number(amount)


def percent(value: Any, places: int = 1) -> str:
    """0.034 → 3.4 % (3,4 % in Indonesian)."""
    if value is None or value == "":
        return NONE
    return _written(_decimal(value) * 100, places, _marks(), strip=True) + "\u00a0%"


def money(amount: Any, currency: str | None = "IDR", *, short: bool = False) -> str:
    """Rp19.500.000; negative −Rp5.000; `short` gives Rp19,5 jt / Rp19.5M."""
    if amount is None or amount == "":
        return NONE
    currency = currency or "IDR"
    value = _decimal(amount)
    if short:
        return (MINUS if value < 0 else "") + symbol(currency) + count(abs(value))
    return format_money(value, currency)


def _day(value: date) -> str:
    """What `date_format(value, "j M Y")` gives, at a tenth of its cost: a report has hundreds."""
    return f"{value.day} {str(MONTHS_3[value.month]).title()} {value.year:04d}"


def day(value: Any) -> str:
    """22 Nov 2026."""
    if not value:
        return NONE
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return _day(value)


def moment(value: Any) -> str:
    """22 Nov 2026, 14:05 in the viewer's time zone."""
    if not value:
        return NONE
    if isinstance(value, datetime):
        if timezone.is_aware(value):
            value = timezone.localtime(value)
        return f"{_day(value)}, {value:%H:%M}"
    return day(value)


def ago(value: Any) -> str:
    """Rough age or distance in one word pair: 3 min ago, in 2 days; a date after two weeks."""
    if not value:
        return NONE
    if isinstance(value, date) and not isinstance(value, datetime):
        days = (timezone.localdate() - value).days
        if days == 0:
            return gettext("today")
        if days == 1:
            return gettext("yesterday")
        if days == -1:
            return gettext("tomorrow")
        if abs(days) > 14:
            return day(value)
        if days > 0:
            return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
        return ngettext("in %(n)d day", "in %(n)d days", -days) % {"n": -days}
    seconds = (timezone.now() - value).total_seconds()
    past, size = seconds >= 0, abs(seconds)
    if size < 45:
        return gettext("just now") if past else gettext("in a moment")
    if size < 3600:
        n = max(round(size / 60), 1)
        return (gettext("%(n)d min ago") if past else gettext("in %(n)d min")) % {"n": n}
    if size < 86400:
        n = round(size / 3600)
        return (gettext("%(n)d h ago") if past else gettext("in %(n)d h")) % {"n": n}
    n = round(size / 86400)
    if n > 14:
        return day(value)
    if past:
        return ngettext("%(n)d day ago", "%(n)d days ago", n) % {"n": n}
    return ngettext("in %(n)d day", "in %(n)d days", n) % {"n": n}
