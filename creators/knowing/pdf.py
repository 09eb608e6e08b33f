"""The client view of a creator as a document."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from creators.audience_words import group
from creators.knowing import clientview
from creators.models import Creator, Source
from krm.web import format
from krm.web.typeset import typeset


def render(creator: Creator, lang: str) -> bytes:
    with translation.override(lang):
        return typeset("creators/profile.typ", data=_data(creator, lang))


def _data(creator: Creator, lang: str) -> dict[str, Any]:
    seen = clientview.collect(creator)
    groups = {"age": _("Age"), "gender": _("Gender"), "countries": _("Countries"), "cities": _("Cities")}
    accounts = []
    for row in seen["accounts"]:
        account = row["account"]
        source = Source(account.figures_source).label if account.figures_source in Source.values else ""
        accounts.append(
            {
                "name": f"{account.get_platform_display()} {account}", "url": account.profile_url,
                "figures": [
                    [_("Followers"), format.count(account.followers), ""],
                    [_("Engagement"), format.percent(account.engagement_rate),
                     _("usual: %(rate)s") % {"rate": format.percent(row["usual"].median)} if row["usual"] else ""],
                    [_("Growth in 30 days"), format.percent(account.growth_30d), ""],
                    [_("Tier"), account.tier.name if account.tier else format.NONE, ""],
                ],
                "source": " · ".join(part for part in (str(source), format.day(account.figures_as_of)) if part),
                "audience": [
                    [str(groups[key]), ", ".join(f"{group(key, g['group'])} {format.percent(g['share'], 0)}" for g in found)]
                    for key, found in row["groups"]
                ],
            }
        )  # fmt: skip
    place = ", ".join(part for part in (creator.city, creator.country) if part)
    return {
        "lang": lang, "title": str(creator), "subtitle": " · ".join([part for part in (place, ", ".join(creator.categories)) if part]),
        "footer": _("Figures as given by the platforms and named sources, %(day)s") % {"day": format.day(localdate())},
        "bio": creator.bio, "accounts": accounts,
        "headings": {"audience": _("Audience"), "posts": _("Best posts"), "brands": _("Brands in paid posts")},
        "post_header": [_("Post"), _("Published"), _("Views"), _("Interactions")],
        "posts": [
            [(post.caption or post.external_id)[:90], format.day(post.published_at), format.count(post.views), format.count(n)]
            for post, n in seen["best"]
        ],
        "brands": ", ".join(f"@{name}" for name in seen["brands"]),
    }  # fmt: skip
