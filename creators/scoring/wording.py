"""Figures inside sentences, and sentences out of facts, as each language writes them."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .definition import Definition, Pair

MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
}
UNKNOWN = "–"


def percent(share: float, lang: str) -> str:
    """0.0342 -> `3.4%` or `3,4%`; small shares keep two decimals."""
    value = share * 100
    digits = 0 if abs(value) >= 20 else 1 if abs(value) >= 1 else 2
    return _local(f"{value:,.{digits}f}", lang) + "%"


def number(value: float, lang: str) -> str:
    """Two significant digits for small figures, whole numbers for large ones."""
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return _local(text, lang)


def count(value: float, lang: str) -> str:
    return _local(f"{round(value):,d}", lang)


def day(value: Any, lang: str) -> str:
    given = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return f"{given.day} {MONTHS[lang][given.month - 1]} {given.year}"


def form(name: str, lang: str) -> str:
    """A post format inside a sentence."""
    from .formats import NAMES

    return pick(NAMES.get(name, (name, name)), lang)


def _local(text: str, lang: str) -> str:
    return text.translate(str.maketrans(",.", ".,")) if lang == "id" else text


class Filled(string.Formatter):
    """`{share:percent}`, `{n:count}`, `{ratio:number}`, `{worst_on:day}` in one language; a missing fact is a dash."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return UNKNOWN
        if format_spec == "form":
            return form(value, self.lang)
        how = {"percent": percent, "number": number, "count": count, "day": day}.get(format_spec)
        if how is not None:
            return how(value, self.lang)
        text = str(format(value, format_spec))
        return _local(text, self.lang) if isinstance(value, int | float) else text

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return value


def sentence(definition: Definition | None, component: Sequence[Any], lang: str) -> str:
    """The sentence of a stored component [name, value, weight, percentile, evidence, facts] in one language.

    A component carried over from a time that stored sentences has them in its facts.
    """
    name, value, weight, percentile, evidence, facts = component
    lang = "id" if lang.startswith("id") else "en"
    if "sentence_en" in facts:
        return str(facts.get(f"sentence_{lang}") or facts["sentence_en"])
    if definition is None:
        return ""
    case = facts.get("case")
    template = definition.sentences.get(f"{name}.{case}") if case else None
    if template is None:
        template = definition.sentences.get(name)
    if template is None and ":" in name:  # one template serves `format:reel`, `format:image` …
        stem = name.split(":", 1)[0]
        template = definition.sentences.get(f"{stem}.{case}" if case else stem) or definition.sentences.get(
            stem
        )
    if template is None:
        return ""
    known = {"value": value, "weight": weight, "percentile": percentile, "evidence": evidence, **facts}
    pair = template(known) if callable(template) else template
    return Filled(lang).format(pick(pair, lang), **known)


def pick(pair: Pair, lang: str) -> str:
    return pair[1 if lang.startswith("id") else 0]


def component_name(definition: Definition | None, name: str, lang: str) -> str:
    pair = definition.names.get(name) if definition else None
    return pick(pair, lang) if pair else name.replace("_", " ").replace(":", ": ")
