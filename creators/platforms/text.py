"""What captions carry: hashtags, mentions, an advertising label."""

from __future__ import annotations

import re

_HASHTAG = re.compile(r"#([\w]{1,100})")
_MENTION = re.compile(r"(?<![\w.])@([A-Za-z0-9_.]{1,60})")
DISCLOSURES = frozenset(
    {"ad", "ads", "advertisement", "sponsored", "iklan", "endorse", "paidpartnership", "kerjasama"}
)


def hashtags(caption: str) -> list[str]:
    return list(dict.fromkeys(tag.lower() for tag in _HASHTAG.findall(caption)))


def mentions(caption: str) -> list[str]:
    return list(dict.fromkeys(name.rstrip(".").lower() for name in _MENTION.findall(caption)))


def without_handles(words: str) -> str:
    """What somebody wrote, without whom they wrote to."""
    return _MENTION.sub("@user", words)


def disclosed(caption: str) -> bool | None:
    """True when the caption says so itself; otherwise not known."""
    return True if DISCLOSURES & set(hashtags(caption)) else None
