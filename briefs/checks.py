"""What a machine can say about a draft before a person looks: pure functions of text and brief.

No Django here. A finding carries a code and parameters; `briefs.check_texts` turns it into a sentence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["pass", "warn", "fail"]

# Longest caption a platform takes; X allows more to subscribers, so there it is a warning.
CAPTION_LIMITS = {"instagram": 2200, "tiktok": 4000, "youtube": 5000, "facebook": 63206, "x": 280}
HASHTAG_LIMITS = {"instagram": 30}
# A reader sees about this much before "more"; the label must begin within it (FTC, ASA and EPI alike).
START_LENGTH = 125
TAG_BLOCK = 5
VERTICAL = {"reel", "story", "short"}
VIDEO_FORMATS = {"reel", "video", "short", "live"}
IMAGE_FORMATS = {"post", "image"}
# Pictures and sound carry these; the machine reads captions only.
CAPTIONLESS = {"story", "live"}
LONGEST_SECONDS = {("youtube", "short"): 180, ("instagram", "story"): 60, ("instagram", "reel"): 900}
DEFAULT_LABELS = (
    "#ad",
    "#iklan",
    "#sponsored",
    "#kerjasamaberbayar",
    "#paidpartnership",
    "iklan",
    "paid partnership",
)

# Claims that Indonesian advertising ethics (EPI) and BPOM forbid without proof. Warnings: a person decides.
RISKY_CLAIMS = (
    r"nomor\s*(?:satu|1)\b",
    r"\bno\.?\s*1\b",
    r"#1\b",
    r"\bpaling\s+(?:aman|ampuh|murah|bagus|manjur|efektif)\b",
    r"\bter(?:baik|aman|ampuh|murah|bagus)\b",
    r"\b100\s?(?:%|persen|percent)",
    r"\b(?:tanpa|bebas)\s+efek\s+samping\b",
    r"\b(?:menyembuhkan|mengobati|anti\s?kanker)\b",
    r"\bdijamin\b",
    r"\b(?:cures?|guaranteed|risk[- ]free|no\s+side\s+effects?|clinically\s+proven)\b",
    r"\b(?:bpom|fda)\s+approved\b",
    r"\b(?:the\s+best|number\s+one)\b",
)
_RISKY = re.compile("|".join(RISKY_CLAIMS), re.IGNORECASE)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)
_LEET = str.maketrans("013457@$!", "oieastasi")
_TAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"(?<![\w.])@([\w.]+)")
_URL = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Rules:
    """The machine-readable part of a brief."""

    hashtags: Sequence[str] = ()
    mentions: Sequence[str] = ()
    disclosure_labels: Sequence[str] = ()
    disclosure_place: str = "start"
    ctas: Sequence[str] = ()
    banned_words: Sequence[str] = ()
    banned_claims: Sequence[str] = ()


@dataclass(frozen=True)
class Content:
    """What is to be published."""

    caption: str = ""
    platform: str = ""
    format: str = ""
    media_kind: str = ""
    uses_platform_label: bool = False
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Finding:
    code: str
    status: Status
    item: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def fold(text: str) -> str:
    """One spelling for what looks the same: width, case, invisible characters."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def hashtags_in(text: str) -> list[str]:
    return _TAG.findall(fold(text))


def mentions_in(text: str) -> list[str]:
    return [found.rstrip(".") for found in _MENTION.findall(fold(text))]


def caption_length(text: str, platform: str) -> int:
    """As the platform counts: X weighs links as 23 and wide characters as two, others count UTF-16 units."""
    if platform != "x":
        return len(text.encode("utf-16-le")) // 2
    plain = _URL.sub("", text)
    links = len(_URL.findall(text))
    return links * 23 + sum(1 if ord(c) <= 0x10FF or 0x2000 <= ord(c) <= 0x201F else 2 for c in plain)


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether the words of `phrase` stand in `text`, also when spelled with digits or dots between letters."""
    wanted = fold(phrase).strip()
    if not wanted:
        return False
    pattern = re.compile(r"(?<!\w)" + r"\W+".join(map(re.escape, wanted.split())) + r"(?!\w)")
    plain = fold(text)
    if pattern.search(plain) or pattern.search(plain.translate(_LEET)):
        return True
    # g.r.a.t.i.s or g r a t i s: single letters with one separator each
    joined = re.sub(r"(?<!\w)(?:\w[.\-_* ]){2,}\w(?!\w)", lambda m: re.sub(r"\W|_", "", m.group()), plain)
    return bool(pattern.search(joined) or pattern.search(joined.translate(_LEET)))


def run(content: Content, rules: Rules) -> list[Finding]:
    """Every check, in the order in which a reviewer reads them."""
    findings = [
        *_tags(content, rules),
        *_mentions(content, rules),
        *_disclosure(content, rules),
        *_banned(content, rules),
        *_claims(content),
        *_ctas(content, rules),
        *_length(content),
        *_media(content),
    ]
    return list({(f.code, f.item): f for f in findings}.values())


def _missing(content: Content) -> Status:
    """A story or a live session shows its tags in the picture: ask a person to look instead of failing it."""
    return "warn" if content.format in CAPTIONLESS else "fail"


def _tags(content: Content, rules: Rules) -> Iterable[Finding]:
    present = set(hashtags_in(content.caption))
    for tag in rules.hashtags:
        found = fold(tag).lstrip("#") in present
        yield Finding("hashtag", "pass" if found else _missing(content), "#" + tag.lstrip("#"))


def _mentions(content: Content, rules: Rules) -> Iterable[Finding]:
    present = set(mentions_in(content.caption))
    for name in rules.mentions:
        found = fold(name).lstrip("@").rstrip(".") in present
        yield Finding("mention", "pass" if found else _missing(content), "@" + name.lstrip("@"))


def _label_position(caption: str, label: str) -> int | None:
    text, wanted = fold(caption), fold(label).strip()
    if not wanted:
        return None
    found = re.search(r"(?<![\w#@])" + re.escape(wanted) + r"(?!\w)", text)
    return found.start() if found else None


def _in_tag_block(caption: str, position: int) -> bool:
    """Whether more than five hashtags stand in a row right before the label: nobody reads that far."""
    run_before = re.search(r"(?:#\w+\s*)+$", fold(caption)[:position])
    return bool(run_before) and len(_TAG.findall(run_before.group())) >= TAG_BLOCK if run_before else False


def _disclosure(content: Content, rules: Rules) -> Iterable[Finding]:
    labels = list(rules.disclosure_labels) or list(DEFAULT_LABELS)
    shown = ", ".join(rules.disclosure_labels) or "#ad, #iklan"
    if rules.disclosure_place == "platform" and content.uses_platform_label:
        yield Finding("disclosure_platform", "pass")
        return
    positions = [p for p in (_label_position(content.caption, label) for label in labels) if p is not None]
    if not positions:
        yield Finding("disclosure", _missing(content), "", {"labels": shown})
        return
    yield Finding("disclosure", "pass", "", {"labels": shown})
    if rules.disclosure_place == "anywhere":
        return
    first = min(positions)
    if first > START_LENGTH:
        yield Finding("disclosure_place", "fail", "", {"position": first, "limit": START_LENGTH})
    elif _in_tag_block(content.caption, first):
        yield Finding("disclosure_block", "fail", "", {"limit": TAG_BLOCK})
    else:
        yield Finding("disclosure_place", "pass", "", {"position": first, "limit": START_LENGTH})


def _banned(content: Content, rules: Rules) -> Iterable[Finding]:
    words = [w for w in rules.banned_words if w.strip()]
    claims = [c for c in rules.banned_claims if c.strip()]
    hits = [("banned_word", w) for w in words if contains_phrase(content.caption, w)]
    hits += [("banned_claim", c) for c in claims if contains_phrase(content.caption, c)]
    for code, item in hits:
        yield Finding(code, "fail", item[:200])
    if (words or claims) and not hits:
        yield Finding("banned_none", "pass", "", {"count": len(words) + len(claims)})


def _claims(content: Content) -> Iterable[Finding]:
    for match in _RISKY.finditer(_INVISIBLE.sub("", unicodedata.normalize("NFKC", content.caption))):
        yield Finding("risky_claim", "warn", match.group().strip().lower()[:200])


def _ctas(content: Content, rules: Rules) -> Iterable[Finding]:
    for cta in rules.ctas:
        found = fold(cta).strip() in fold(content.caption)
        yield Finding("cta", "pass" if found else "warn", cta[:200])


def _length(content: Content) -> Iterable[Finding]:
    limit = CAPTION_LIMITS.get(content.platform)
    if limit:
        length = caption_length(content.caption, content.platform)
        over: Status = "warn" if content.platform == "x" else "fail"
        yield Finding(
            "caption_length", "pass" if length <= limit else over, "", {"length": length, "limit": limit}
        )
    most = HASHTAG_LIMITS.get(content.platform)
    count = len(hashtags_in(content.caption))
    if most and count > most:
        yield Finding("hashtag_count", "fail", "", {"count": count, "limit": most})
    if not content.caption.strip() and content.format not in CAPTIONLESS:
        yield Finding("caption_missing", "warn")


def _media(content: Content) -> Iterable[Finding]:
    if content.media_kind == "image" and content.format in VIDEO_FORMATS:
        yield Finding("media_kind", "warn", "video")
    if content.media_kind == "video" and content.format in IMAGE_FORMATS and content.platform == "instagram":
        yield Finding("media_kind", "warn", "image")
    tall = content.format in VERTICAL or (content.platform == "tiktok" and content.format == "video")
    if tall and content.width and content.height and content.width > content.height:
        yield Finding("orientation", "warn", "", {"width": content.width, "height": content.height})
    longest = LONGEST_SECONDS.get((content.platform, content.format))
    if longest and content.seconds and content.seconds > longest:
        yield Finding("too_long", "warn", "", {"seconds": int(content.seconds), "limit": longest})
