"""The cast of campaign tests: named states, made through the verbs so that nothing impossible exists."""

from __future__ import annotations

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from campaigns import agreements, negotiation, planning
from campaigns.models import Agreement, Brand, Campaign, Deliverable, Offer, Partnership
from creators.models import Creator, SocialAccount, Tier
from krm.accounts.models import BrandTeam, User

_n = itertools.count(1)


def make_team() -> BrandTeam:
    return BrandTeam.objects.create(name=f"Campaign team {next(_n)}")


def make_admin() -> User:
    n = next(_n)
    return User.objects.create_user(
        f"c-admin{n}@krm.example", "x", name=f"Admin {n}", role="administrator", all_teams=True
    )


def make_brand(team: BrandTeam | None = None, **fields: Any) -> Brand:
    fields.setdefault("name", f"Brand {next(_n)}")
    fields.setdefault("category", "beauty")
    return Brand.objects.create(team=team or make_team(), **fields)


def make_creator(platform: str = "instagram", followers: int = 60_000, **fields: Any) -> Creator:
    n = next(_n)
    fields.setdefault("name", f"Creator {n}")
    fields.setdefault("status", "active")
    fields.setdefault("categories", ["beauty"])
    creator = Creator.objects.create(**fields)
    tier = Tier.objects.filter(floor__lte=followers).order_by("-floor").first()
    account = SocialAccount.objects.create(
        creator=creator,
        platform=platform,
        handle=f"kol{n}",
        external_id=f"ext{n}",
        followers=followers,
        tier=tier,
        engagement_rate=0.04,
        authenticity=82.0,
        authenticity_confidence=0.8,
    )
    creator.primary_account, creator.followers, creator.tier = account, followers, tier
    creator.save()
    return creator


def make_campaign(brand: Brand | None = None, by: User | None = None, **fields: Any) -> Campaign:
    by = by or make_admin()
    today = timezone.localdate()
    fields.setdefault("name", f"Campaign {next(_n)}")
    fields.setdefault("objective", "awareness")
    fields.setdefault("starts_on", today + timedelta(days=5))
    fields.setdefault("ends_on", today + timedelta(days=45))
    fields.setdefault("budget", Decimal(200_000_000))
    fields.setdefault("hashtags", "#tampilcerah")
    fields.setdefault("mentions", "@brand.id")
    campaign = planning.create_campaign(by=by, brand=brand or make_brand(), **fields)
    return planning.start_planning(campaign, by=by)


LINES = [
    {"platform": "instagram", "format": "reel", "quantity": 1, "unit_price": Decimal(12_000_000)},
    {"platform": "instagram", "format": "story", "quantity": 2, "unit_price": Decimal(1_500_000)},
]


def make_partnership(
    campaign: Campaign | None = None, creator: Creator | None = None, **fields: Any
) -> Partnership:
    campaign = campaign or make_campaign()
    return negotiation.invite(
        campaign, by=fields.pop("by", None) or make_admin(), creator=creator or make_creator(), **fields
    )


def make_offer(partnership: Partnership | None = None, **terms: Any) -> Offer:
    partnership = partnership or make_partnership()
    terms.setdefault("lines", LINES)
    return negotiation.make_offer(partnership, by=terms.pop("by", None) or make_admin(), **terms)


def portal_for(creator: Creator, **fields: Any) -> User:
    from creators.models import CreatorAccess

    n = next(_n)
    user = User.objects.create_user(
        f"kol{n}@krm.example",
        "x",
        name=f"Kol {n}",
        role=fields.pop("role", "creator"),
        language="id",
        **fields,
    )
    CreatorAccess.objects.create(user=user, creator=creator, relation="self")
    return user


def accepted(partnership: Partnership | None = None, **terms: Any) -> Offer:
    offer = make_offer(partnership, **terms)
    return negotiation.accept(offer, by=portal_for(offer.partnership.creator))


def drafted(offer: Offer | None = None, **fields: Any) -> Agreement:
    offer = offer or accepted()
    return agreements.draft(Partnership.objects.get(pk=offer.partnership_id), by=make_admin(), **fields)


def signed(agreement: Agreement | None = None) -> Agreement:
    admin = make_admin()
    agreement = agreements.send(agreement or drafted(), by=admin)
    agreements.sign(agreement, by=portal_for(agreement.partnership.creator), name="Sari Dewi")
    agreements.sign(agreement, by=admin, name="Budi Santoso")
    return Agreement.objects.get(pk=agreement.pk)


def deliverable_in(state: str, agreement: Agreement | None = None) -> Deliverable:
    """The first deliverable of a signed agreement, moved by the verbs to `state`."""
    from campaigns import tracking

    admin = make_admin()
    piece = (agreement or signed()).deliverables.order_by("order").first()
    assert piece is not None
    steps = {
        "concept": lambda d: tracking.start_concept(d, by=admin),
        "drafting": lambda d: tracking.start_drafting(d, by=admin),
        "in_review": lambda d: tracking.submit_for_review(d, by=admin),
        "approved": lambda d: tracking.content_approved(d, by=admin),
        "published": lambda d: tracking.confirm_published(
            d, by=admin, url=f"https://www.instagram.com/reel/Post{d.pk}/"
        ),
        "accepted": lambda d: tracking.accept_deliverable(d, by=admin),
    }
    for name, step in steps.items():
        if piece.state == state:
            break
        piece = step(piece)
        assert piece.state == name
    return piece
