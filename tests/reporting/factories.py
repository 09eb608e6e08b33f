"""A campaign with published content and numbers, in one call."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from campaigns.models import Agreement, Brand, BudgetLine, Campaign, Deliverable, Kpi, Partnership
from creators.models import Creator, Post, SocialAccount, Tier

_numbers = itertools.count(1)
SHA = "0" * 64


@dataclass
class Kol:
    creator: Creator
    account: SocialAccount
    partnership: Partnership
    deliverable: Deliverable
    post: Post | None


def make_campaign(brand: Brand, owner: Any, **fields: Any) -> Campaign:
    number = next(_numbers)
    defaults = {
        "name": f"Campaign {number}",
        "code": f"C{number:04}",
        "objective": "awareness",
        "state": "active",
        "starts_on": date(2026, 10, 1),
        "ends_on": date(2026, 12, 31),
        "budget": Decimal(100_000_000),
        "currency": "IDR",
    }
    campaign = Campaign.objects.create(brand=brand, owner=owner, **{**defaults, **fields})
    for kind, share in (("fees", 65), ("amplification", 15), ("management", 12), ("contingency", 8)):
        BudgetLine.objects.create(campaign=campaign, kind=kind, planned=Decimal(share * 1_000_000))
    Kpi.objects.create(campaign=campaign, metric="views", target=Decimal(200_000))
    return campaign


def make_brand(team: Any, **fields: Any) -> Brand:
    return Brand.objects.create(team=team, name=fields.pop("name", f"Brand {next(_numbers)}"), **fields)


def add_kol(
    campaign: Campaign, *, fee: int = 10_000_000, creator: Creator | None = None, **metrics: Any
) -> Kol:
    """A KOL with a signed agreement and one published post; `metrics` are the post's counts (none: nothing published)."""
    number = next(_numbers)
    creator = creator or Creator.objects.create(name=f"KOL {number}")
    account = SocialAccount.objects.create(
        creator=creator, platform="instagram", handle=f"kol{number}", external_id=f"ext{number}", followers=20_000,
        tier=Tier.objects.filter(floor__lte=20_000).order_by("-floor").first(),
    )  # fmt: skip
    partnership = Partnership.objects.create(
        campaign=campaign, creator=creator, account=account, state="live"
    )
    moment = datetime(2026, 11, 1, 3, tzinfo=UTC)
    agreement = Agreement.objects.create(
        partnership=partnership, number=f"AGR-{number}", state="signed", total=Decimal(fee), currency=campaign.currency,
        signed_at=moment, document_sha256=SHA,
    )  # fmt: skip
    post = None
    if metrics:
        post = Post.objects.create(
            account=account, platform="instagram", external_id=f"post{number}", kind="reel", published_at=moment,
            url=f"https://www.instagram.com/p/post{number}/", source="platform_public", as_of=date(2026, 11, 20),
            observed_at=moment + timedelta(days=19), **metrics,
        )  # fmt: skip
    deliverable = Deliverable.objects.create(
        agreement=agreement, partnership=partnership, account=account, platform="instagram", format="reel",
        title=f"Reel {number}", amount=Decimal(fee), currency=campaign.currency,
        state="published" if post else "planned", post=post, published_at=moment if post else None,
        publish_on=moment,
    )  # fmt: skip
    return Kol(creator, account, partnership, deliverable, post)
