"""From what people paste (a handle, an address) to platform and handle."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.translation import gettext as _

HOSTS = {
    "instagram.com": "instagram", "instagr.am": "instagram",
    "tiktok.com": "tiktok",
    "youtube.com": "youtube", "youtu.be": "youtube",
    "x.com": "x", "twitter.com": "x",
    "facebook.com": "facebook", "fb.com": "facebook", "fb.me": "facebook",
}  # fmt: skip
NOT_PEOPLE = {"p", "reel", "reels", "stories", "explore", "tv", "watch", "shorts", "hashtag", "search", "i", "home",
              "playlist", "results", "tag", "video", "share", "groups", "events", "intent", "login",
              "people", "pages", "photo", "permalink.php", "story.php", "settings"}  # fmt: skip
_HANDLE = re.compile(r"^[^\s/@,;:?#&=\"'<>|\\]{1,100}$")
_CHANNEL = re.compile(r"^UC[A-Za-z0-9_-]{22}$")


class BadHandle(ValueError):
    """The sentence says what to type."""


@dataclass(frozen=True)
class Found:
    platform: str
    handle: str
    external_id: str | None = None
    url: str = ""


def parse_handle(text: str, platform: str | None = None) -> Found:
    """`@rani`, `rani`, `instagram.com/rani`, `https://youtube.com/channel/UC…`, `tiktok:@rani`."""
    raw = unicodedata.normalize("NFKC", str(text)).replace("\x00", "")
    raw = (
        "".join(c for c in raw if unicodedata.category(c) not in ("Cc", "Cf"))
        .strip()
        .strip("\"'")
        .rstrip("/")
    )
    if not raw:
        raise BadHandle(_("Enter a handle such as @rani or the profile's address."))
    prefix, colon, rest = raw.partition(":")
    if (
        colon
        and prefix.lower() in set(HOSTS.values()) | {"ig", "yt", "tt", "fb", "twitter"}
        and not rest.startswith("//")
    ):
        short = {"ig": "instagram", "yt": "youtube", "tt": "tiktok", "fb": "facebook", "twitter": "x"}
        platform, raw = short.get(prefix.lower(), prefix.lower()), rest.strip()
    if "://" in raw or _host(raw.split("/")[0]):
        return _from_url(raw, platform)
    if platform == "youtube" and _CHANNEL.match(raw):
        return Found("youtube", "", raw, f"https://www.youtube.com/channel/{raw}")
    handle = raw.lstrip("@").strip()
    if not _HANDLE.match(handle):
        raise BadHandle(
            _("“%(text)s” is not a handle. Write it without spaces, such as @rani.") % {"text": raw[:40]}
        )
    if platform in ("instagram", "tiktok", "x"):
        handle = handle.lower()
    return Found(platform or "", handle)


def _host(name: str) -> str:
    host = name.lower().split(":")[0]
    for known, platform in HOSTS.items():
        if host == known or host.endswith("." + known):
            return platform
    return ""


def _from_url(raw: str, platform: str | None) -> Found:
    try:
        parts = urlsplit(raw if "://" in raw else f"https://{raw}")
        host = parts.hostname or ""
    except ValueError:
        host = ""
    found = _host(host)
    if not found:
        raise BadHandle(
            _(
                "This address is of no platform we know. Paste a profile of Instagram, TikTok, YouTube, X or Facebook."
            )
        )
    if platform and platform != found:
        raise BadHandle(
            _("This address belongs to %(platform)s. Change the platform or the address.")
            % {"platform": found}
        )
    path = [unquote(part) for part in parts.path.split("/") if part]
    if found == "facebook" and path[:1] == ["profile.php"]:
        number = parse_qs(parts.query).get("id", [""])[0]
        if number.isdecimal():
            return Found(found, "", number, f"https://www.facebook.com/profile.php?id={number}")
    if found == "facebook":
        number = (
            path[-1] if path[:1] in (["people"], ["pages"]) and len(path) > 2 else path[0] if path else ""
        )
        if number.isdecimal() and len(number) >= 8:
            return Found(found, "", number, f"https://www.facebook.com/profile.php?id={number}")
    if found == "youtube" and path[:1] == ["channel"] and len(path) > 1 and _CHANNEL.match(path[1]):
        return Found(found, "", path[1], f"https://www.youtube.com/channel/{path[1]}")
    if found == "youtube" and path[:1] in (["c"], ["user"]) and len(path) > 1:
        path = path[1:]
    if not path or path[0].lower() in NOT_PEOPLE or host.endswith("youtu.be"):
        raise BadHandle(_("This address is not a profile. Paste the address of the account itself."))
    handle = path[0].lstrip("@")
    if not _HANDLE.match(handle):
        raise BadHandle(_("This address is not a profile. Paste the address of the account itself."))
    if found in ("instagram", "tiktok", "x"):
        handle = handle.lower()
    return Found(found, handle)
