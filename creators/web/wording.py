"""What the numbers of scores mean, for pages."""

from __future__ import annotations

from typing import Any

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


def piece(platform: str, form: str) -> str:
    """What is bought: Instagram Reel."""
    return f"{dict(Platform.choices).get(platform, platform)} {dict(RateFormat.choices).get(form, form)}"
