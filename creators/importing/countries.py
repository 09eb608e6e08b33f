"""Country names, English and Indonesian, to ISO codes."""

from __future__ import annotations

import unicodedata
from functools import cache

ALSO = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "america": "US", "amerika": "US", "uk": "GB", "england": "GB",
    "great britain": "GB", "inggris": "GB", "russian federation": "RU", "korea": "KR", "republic of korea": "KR",
    "korea selatan": "KR", "viet nam": "VN", "czech republic": "CZ", "uae": "AE", "turkey": "TR", "turki": "TR",
    "ivory coast": "CI", "burma": "MM", "macedonia": "MK", "palestine": "PS", "hong kong": "HK", "macau": "MO",
    "bosnia": "BA", "swaziland": "SZ", "cape verde": "CV", "holland": "NL", "belanda": "NL",
}  # fmt: skip


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return " ".join(plain.casefold().replace("&", "and").replace(".", ". ").split()).replace(". ", ".")


@cache
def _codes() -> dict[str, str]:
    from babel import Locale

    found: dict[str, str] = {}
    for language in ("id", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "UN", "EZ", "XA", "XB", "QO"):
                found[_key(name)] = code
                found[code.casefold()] = code
    found.update({_key(name): code for name, code in ALSO.items()})
    return found


def code_of(name: str) -> str:
    """`Indonesia`, `Amerika Serikat`, `ID` → two letters; an empty string when nobody knows it."""
    return _codes().get(_key(name), "")


def name_of(code: str) -> str:
    """`ID` → Indonesia, in the language of the moment; an empty string when nobody knows it."""
    from babel import Locale
    from django.utils.translation import get_language

    language = (get_language() or "en").split("-")[0]
    return str(Locale(language).territories.get(code.upper(), ""))
