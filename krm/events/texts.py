"""Sentences with values that are translated when they are written for their reader.

`notify` writes each person's notification in their language, so what it is handed must not be a sentence yet:
a lazy translation, a `Text`, or a function wrapped in `told`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Text:
    """`template` (lazy, %-style; `ngettext_lazy` names its number) filled with `values` when read."""

    def __init__(self, template: Any, **values: Any) -> None:
        self.template, self.values = template, values

    def __str__(self) -> str:
        return str(self.template % self.values)


class told:
    """What `say` answers in the reader's language."""

    def __init__(self, say: Callable[[], str]) -> None:
        self.say = say

    def __str__(self) -> str:
        return self.say()
