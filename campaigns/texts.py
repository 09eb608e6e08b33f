"""Sentences with values that are translated when they are written for their reader."""

from __future__ import annotations

from typing import Any


class Text:
    def __init__(self, template: Any, **values: Any) -> None:
        self.template, self.values = template, values

    def __str__(self) -> str:
        return str(self.template) % self.values
