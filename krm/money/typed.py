"""Amounts as people type them. Imports no Django."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

SIGNS = re.compile(r"(?i)^(rp\.?|idr|usd|us\$|\$)|[\s\u00a0\u202f]")
PLAIN = re.compile(r"\d+(\.\d*)?|\.\d+", re.ASCII)


def read_amount(text: str) -> Decimal:
    """Read `19.500.000`, `19,500,000`, `1.234.500,50`, `Rp 1.234.500` and `1234.50`; ValueError for anything else.

    Groups of three behind up to three digits are thousands: 1.500 is one thousand five hundred, 0.125 an eighth.
    """
    bare = SIGNS.sub("", text.strip())
    negative = bare.startswith(("-", "\u2212"))
    bare = SIGNS.sub("", bare[1:]) if negative else bare
    if "," in bare and "." in bare:
        at = max(bare.rfind(","), bare.rfind("."))
        whole = re.fullmatch(r"(\d{1,3})((?:[.,]\d{3})*)", bare[:at], re.ASCII)
        if not whole or bare[at] in whole[2]:
            raise ValueError("not a number")
        bare = re.sub(r"[.,]", "", bare[:at]) + "." + bare[at + 1 :]
    elif "," in bare or "." in bare:
        head, *groups = re.split(r"[.,]", bare)
        if all(len(group) == 3 for group in groups) and 0 < len(head) <= 3 and head.strip("0"):
            bare = head + "".join(groups)
        elif len(groups) == 1:
            bare = f"{head}.{groups[0]}"
        else:
            raise ValueError("not a number")
    if not PLAIN.fullmatch(bare):
        raise ValueError("not a number")
    try:
        value = Decimal(bare)
    except InvalidOperation:
        raise ValueError("not a number") from None
    return -value if negative else value
