"""What the numbers of scores mean, for pages."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from creators.models import Platform, RateFormat

BASES: dict[str, Any] = {
    "followers": _("by followers"),
    "views": _("by views"),
    "reach": _("by reach"),
    "impressions": _("by impressions"),
}
INPUTS: dict[str, Any] = {
    "followers": _("Followers"), "following": _("Following"), "n_posts": _("Posts counted"), "likes": _("Likes per post"),
    "comments": _("Comments per post"), "shares": _("Shares per post"), "views": _("Views per post"),
    "er_followers": _("Engagement by followers"), "er_views": _("Engagement by views"),
    "er_reach": _("Engagement by reach"), "view_rate": _("Views per follower"),
    "authentic_ratio": _("Authentic share of engagement"), "peer_median": _("Usual for its size"),
    "intervals": _("Growth steps seen"), "flagged": _("Growth steps flagged"), "growth_30d": _("Growth in 30 days"),
}  # fmt: skip
SHARES = {"er_followers", "er_views", "er_reach", "authentic_ratio", "peer_median", "growth_30d", "view_rate"}
GENDERS: dict[str, Any] = {
    "female": _("Women"),
    "male": _("Men"),
    "unknown": _("Unknown"),
    "other": _("Other"),
}


def group(kind: str, name: str) -> str:
    """A group of an audience as people call it: Indonesia for ID, Women for female."""
    if kind == "gender":
        return str(GENDERS.get(name.lower(), name))
    if kind == "countries":
        return country(name)
    if kind == "languages" and len(name) == 2:
        return _languages((get_language() or "en")[:2]).get(name.lower(), name).capitalize()
    return name


def piece(platform: str, form: str) -> str:
    """What is bought: Instagram Reel."""
    return f"{dict(Platform.choices).get(platform, platform)} {dict(RateFormat.choices).get(form, form)}"


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
