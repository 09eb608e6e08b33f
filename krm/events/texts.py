"""Sentences with values that are translated when they are written for their reader.

`notify` writes each person's notification in their language, so what it is handed must not be a sentence yet:
a lazy translation, a `Text`, or a function wrapped in `told`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime


class Text:
    """`template` (lazy, %-style; `ngettext_lazy` names its number) filled with `values` when read."""

    def __init__(self, template: Any, **values: Any) -> None:
        self.template, self.values = template, values

    def __str__(self) -> str:
        return str(self.template % {name: _read(value) for name, value in self.values.items()})


def moment_text(moment: datetime | None) -> str:
    """A moment in the words and the time zone of now, as pages show it: `23 Nov 2026, 07:38`."""
    return date_format(localtime(moment), "j M Y, H:i") if moment else "–"


def _read(value: Any) -> Any:
    return moment_text(value) if isinstance(value, datetime) else value


class told:
    """What `say` answers in the reader's language."""

    def __init__(self, say: Callable[[], str]) -> None:
        self.say = say

    def __str__(self) -> str:
        return self.say()
