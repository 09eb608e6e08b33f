"""What a description names that is a filter: "micro TikTok skincare under 5 jt" names a tier, a platform and a price.

The words of a filter say nothing about what an account writes; they are taken out of the description and offered as
filters, which stay the person's choice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from creators.models import Platform

PLATFORMS = {
    "instagram": "instagram", "ig": "instagram", "insta": "instagram", "instagrammer": "instagram", "selebgram": "instagram",
    "tiktok": "tiktok", "tiktoker": "tiktok", "tt": "tiktok", "youtube": "youtube", "youtuber": "youtube", "yt": "youtube",
    "twitter": "x", "facebook": "facebook", "fb": "facebook",
}  # fmt: skip
TIERS = {"mikro": "micro"}  # as it is said in Indonesian
_AMOUNT = r"(?:rp\.?\s*|idr\s*)?(\d[\d.,]*\s*(?:k|rb|ribu|jt|juta|m|miliar)?)\b"
_MOST = re.compile(
    rf"(?:under|below|up to|at most|max(?:imum)?|maks(?:imal)?|di ?bawah|sampai)\s+{_AMOUNT}", re.I
)
_RANGE = re.compile(
    rf"{_AMOUNT}\s*(?:-|–|to|sampai|hingga)\s*{_AMOUNT}\s*(followers?|pengikut|subscribers?)\b", re.I
)
_FOLLOWERS = re.compile(
    rf"(over|above|at least|min(?:imum|imal)?|di ?atas|lebih dari|under|below|up to|max(?:imum)?|maks(?:imal)?|di ?bawah)?\s*"
    rf"{_AMOUNT}\s*(\+)?\s*(followers?|pengikut|subscribers?)\b",
    re.I,
)
_UPWARDS = ("over", "above", "at least", "min", "di atas", "diatas", "lebih dari")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Hint:
    """Parameters that say it as filters, and the part of the text that named it."""

    params: tuple[tuple[str, str], ...]
    label: str
    text: str


def read(text: str, tiers: list[tuple[str, str]]) -> list[Hint]:
    """The filters that a description names; `tiers` are keys and names of the ladder."""
    found: list[Hint] = []
    rest = text

    def took(match: re.Match[str]) -> str:
        nonlocal rest
        rest = rest.replace(match.group(0), " ", 1)
        return " ".join(match.group(0).split())

    if match := _RANGE.search(rest):
        low, high = match.group(1).strip(), match.group(2).strip()
        label = _("Followers %(low)s to %(high)s") % {"low": low, "high": high}
        found.append(Hint((("followers_min", low), ("followers_max", high)), label, took(match)))
    elif match := _FOLLOWERS.search(rest):
        number = match.group(2).strip()
        word = " ".join((match.group(1) or "").lower().split())
        if not word or match.group(3) or word.startswith(_UPWARDS):
            label = _("Followers from %(low)s") % {"low": number}
            found.append(Hint((("followers_min", number),), label, took(match)))
        else:
            label = _("Followers up to %(high)s") % {"high": number}
            found.append(Hint((("followers_max", number),), label, took(match)))
    if match := _MOST.search(rest):
        number = match.group(1).strip()
        found.append(
            Hint((("price_max", number),), _("Price up to %(high)s") % {"high": number}, took(match))
        )
    names = {name.casefold(): (pk, name) for pk, name in tiers}
    for word in _WORD.findall(rest):
        plain = word.casefold()
        if plain in PLATFORMS:
            key = PLATFORMS[plain]
            hint = Hint((("platform", key),), str(Platform(key).label), word)
        elif TIERS.get(plain, plain) in names:
            pk, name = names[TIERS.get(plain, plain)]
            hint = Hint((("tier", pk),), name, word)
        else:
            continue
        if all(hint.params != other.params for other in found):
            found.append(hint)
    return found


def without(text: str, hints: list[Hint]) -> str:
    """The description without the words that name filters."""
    for hint in hints:
        pattern = r"\s+".join(re.escape(part) for part in hint.text.split())
        text = re.sub(rf"(?<![^\W_]){pattern}(?![^\W_])", " ", text, flags=re.I)
    return " ".join(text.split())


def applied(params: Any, hints: list[Hint]) -> Any:
    """The same search (a QueryDict) with these as filters."""
    kept = params.copy()
    rest = without(" ".join(kept.getlist("about")), hints)
    kept.pop("about", None)
    if rest:
        kept["about"] = rest
    for hint in hints:
        for name, value in hint.params:
            if name in ("platform", "tier"):
                kept.appendlist(name, value)
            else:
                kept[name] = value
    return kept
