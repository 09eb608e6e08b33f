"""Names of figures, in the reader's language, shared by page, PDF and workbook."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from krm.web import format as fmt

LABELS = {
    "posts": gettext_lazy("Posts"),
    "views": gettext_lazy("Views"),
    "reach": gettext_lazy("Reach (sum of posts)"),
    "impressions": gettext_lazy("Impressions"),
    "likes": gettext_lazy("Likes"),
    "comments": gettext_lazy("Comments"),
    "shares": gettext_lazy("Shares"),
    "saves": gettext_lazy("Saves"),
    "engagements": gettext_lazy("Engagements"),
    "engagement_rate": gettext_lazy("Engagement rate by views"),
    "er_views": gettext_lazy("Engagement rate by views"),
    "er_reach": gettext_lazy("Engagement rate by reach"),
    "er_followers": gettext_lazy("Engagement rate by followers"),
    "emv": gettext_lazy("Earned media value"),
    "clicks": gettext_lazy("Clicks"),
    "visitors": gettext_lazy("Visitors"),
    "conversions": gettext_lazy("Conversions"),
    "new_customers": gettext_lazy("New customers"),
    "revenue": gettext_lazy("Revenue"),
    "cost": gettext_lazy("Cost"),
    "cpm": gettext_lazy("Cost per thousand views"),
    "cpe": gettext_lazy("Cost per engagement"),
    "cpv": gettext_lazy("Cost per view"),
    "cpa": gettext_lazy("Cost per acquisition"),
    "roas": gettext_lazy("Return on spend"),
    "roi": gettext_lazy("Return on investment"),
    "repeat_collaborations": gettext_lazy("Repeat collaborations"),
}
MONEY = frozenset({"emv", "revenue", "cost", "cpm", "cpe", "cpv", "cpa"})
SHARES = frozenset({"er_views", "er_reach", "er_followers", "engagement_rate", "roi"})
TIMES = frozenset({"roas"})


def label(name: str) -> str:
    return str(LABELS.get(name, name))


def shown(name: str, value: Any, currency: str) -> str:
    """A figure as a reader sees it; what is not known is a dash, never 0."""
    if value is None:
        return "–"
    if name in MONEY:
        return fmt.money(Decimal(str(value)), currency)
    if name in SHARES:
        return fmt.percent(value)
    if name in TIMES:
        return f"{fmt.number(value, 2)}×"
    return fmt.number(value)


def partial_note(known: int, posts: int) -> str:
    """Say when a sum covers only some posts."""
    return (
        ""
        if known == posts
        else _("%(known)s of %(posts)s posts gave this") % {"known": known, "posts": posts}
    )
