"""Escaped HTML from Python: what `django.utils.html.format_html` does, without its check for lazy arguments at each
of three levels. Lists and reports make thousands of small pieces a page, and that check was a tenth of their time."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape as _escape
from typing import Any

from django.utils.safestring import SafeString


def escape(value: Any) -> str:
    """`value` as text that is safe in HTML; what says that it is HTML already stays as it is."""
    if isinstance(value, SafeString):
        return value
    if type(value) is not str:
        value = value if hasattr(value, "__html__") else str(value)  # a lazy text becomes its text
        if hasattr(value, "__html__"):
            return str(value.__html__())
    return _escape(value)


def markup(text: str, *values: Any) -> SafeString:
    """`text` with its `{}` filled by escaped values."""
    return SafeString(text.format(*map(escape, values)))


def joined(text: str, rows: Iterable[Iterable[Any]]) -> SafeString:
    """`text` once for each row of values."""
    return SafeString("".join([text.format(*map(escape, row)) for row in rows]))
