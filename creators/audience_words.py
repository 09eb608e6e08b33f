"""Groups of an audience as people call them: Indonesia for ID, Women for female, in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

GENDERS: dict[str, Any] = {
    "female": _("Women"),
    "male": _("Men"),
    "unknown": _("Unknown"),
    "other": _("Other"),
}


def group(kind: str, name: str) -> str:
    if kind == "gender":
        return str(GENDERS.get(name.lower(), name))
    if kind == "countries":
        return country(name)
    if kind == "languages" and len(name) == 2:
        return _languages((get_language() or "en")[:2]).get(name.lower(), name).capitalize()
    return name


def country(code: str) -> str:
    return _territories((get_language() or "en")[:2]).get(code.upper(), code) if len(code) == 2 else code


@cache
def _territories(lang: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(lang).territories)


@cache
def _languages(lang: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(lang).languages)
