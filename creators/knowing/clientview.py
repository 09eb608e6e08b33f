"""A creator as a client may see them: public figures, audience and posts. No price, note, task, tag or score."""

from __future__ import annotations

from typing import Any

from creators import profiles
from creators.models import BrandMention, Creator, Sponsored

AUDIENCE = ("age", "gender", "countries", "cities")


def collect(creator: Creator) -> dict[str, Any]:
    """What page and document show; nothing in it comes from our own judgement or books."""
    accounts = profiles.accounts_of(creator)
    usual = profiles.benchmarks_of(accounts)
    audiences = profiles.audiences_of(accounts)
    best = profiles.best_posts(accounts, limit=6)
    paid = BrandMention.objects.filter(account_id__in=[a.pk for a in accounts], sponsored=Sponsored.YES)[:300]
    brands: dict[str, int] = {}
    for row in paid:
        brands[row.brand] = brands.get(row.brand, 0) + 1
    return {
        "creator": creator,
        "accounts": [
            {
                "account": a, "usual": usual.get(a.pk),
                "audience": audiences.get(a.pk),
                "groups": [
                    (key, profiles.shares(getattr(audiences[a.pk], key), limit=5))
                    for key in AUDIENCE
                    if a.pk in audiences and getattr(audiences[a.pk], key)
                ],
            }
            for a in accounts
        ],
        "growth_rows": profiles.growth_rows(accounts, profiles.history(accounts)),
        "best": [(post, profiles.interactions(post)) for post in best],
        "brands": sorted(brands, key=lambda name: (-brands[name], name))[:12],
    }  # fmt: skip
