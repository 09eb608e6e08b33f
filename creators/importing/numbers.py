"""Counts as people write them: `409.8M`, `7.2K`, `1,2 jt`, `15 rb`, `1.234.567`."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from django.utils.translation import gettext as _

EMPTY = {
    "",
    "-",
    "--",
    "–",
    "—",
    "n/a",
    "na",
    "n.a.",
    "null",
    "none",
    "nan",
    "#n/a",
    "kosong",
    "tidak ada",
    "?",
}
ENGLISH = {"k": 3, "m": 6, "mio": 6, "mn": 6, "million": 6, "b": 9, "bn": 9, "billion": 9, "thousand": 3}
INDONESIAN = {"rb": 3, "ribu": 3, "jt": 6, "juta": 6, "miliar": 9, "milyar": 9}
LARGEST = 10**12
_SHAPE = re.compile(r"^(?P<number>[0-9][0-9.,  ']*)\s*(?P<suffix>[a-z.]*)\+?$", re.ASCII)
_GROUPED = {",": re.compile(r"^\d{1,3}(,\d{3})+$"), ".": re.compile(r"^\d{1,3}(\.\d{3})+$")}


class BadNumber(ValueError):
    """The sentence says what to write."""


def parse_count(text: object, *, whole: bool = False) -> int | None:
    """A whole number; None for an empty cell. `whole` refuses fractions without a suffix (12.7 followers)."""
    cell = unicodedata.normalize("NFKC", str(text)).replace("\u00a0", " ").strip().lower()
    if cell in EMPTY:
        return None
    if cell.startswith(("-", "−")):
        raise BadNumber(_("A count cannot be negative. Leave the cell empty if it is not known."))
    match = _SHAPE.match(cell)
    suffix = match["suffix"].rstrip(".") if match else ""
    if match is None or (suffix and suffix not in ENGLISH and suffix not in INDONESIAN):
        raise BadNumber(
            _("“%(text)s” is not a number. Write it as 409800000, 409.8M or 1,2 jt.") % {"text": cell[:30]}
        )
    power = ENGLISH.get(suffix, INDONESIAN.get(suffix, 0))
    digits = re.sub(r"[ ']", "", match["number"]).rstrip(".,")
    value = _decimal(digits, suffix) * (Decimal(10) ** power)
    if whole and not suffix and value != value.to_integral_value():
        raise BadNumber(_("“%(text)s” is not a whole number. Write 12700 or 12.7K.") % {"text": cell[:30]})
    if value > LARGEST:
        raise BadNumber(_("%(text)s is more than there are people. Check the unit.") % {"text": cell[:30]})
    return int(value.to_integral_value(ROUND_HALF_EVEN))


def _decimal(digits: str, suffix: str) -> Decimal:
    """The last of two kinds of separators is the decimal one; one kind groups where it can only group."""
    comma, dot = "," in digits, "." in digits
    if comma and dot:
        decimal = max(",", ".", key=digits.rfind)
        grouping = "." if decimal == "," else ","
        whole, _sep, fraction = digits.partition(decimal)
        if decimal in fraction:
            raise BadNumber(
                _("“%(text)s” is not a number. Write it as 409800000, 409.8M or 1,2 jt.")
                % {"text": digits[:30]}
            )
        digits = whole.replace(grouping, "") + "." + fraction.replace(grouping, "")
    elif comma or dot:
        mark = "," if comma else "."
        # `1.234` groups; `1.234M` is a decimal, but `1,200K` groups in English and `1.200 rb` in Indonesian
        groups = bool(_GROUPED[mark].match(digits))
        if suffix and groups and digits.count(mark) == 1:
            groups = (mark == ",") if suffix in ENGLISH else (mark == ".")
        digits = digits.replace(mark, "") if groups else digits.replace(mark, ".")
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise BadNumber(
            _("“%(text)s” is not a number. Write it as 409800000, 409.8M or 1,2 jt.") % {"text": digits[:30]}
        ) from None
