"""Whom to tell, and who acts for whom."""

from __future__ import annotations

from django.db.models import Q

from creators.models import Creator, CreatorAccess
from krm.accounts.models import Role, User
from payments.models import Invoice


def portal_users(creator: Creator) -> list[User]:
    """The KOL and their talent managers."""
    granted = CreatorAccess.objects.filter(creator=creator, revoked_at=None).values("user_id")
    return list(User.objects.filter(pk__in=granted, is_active=True))


def finance_users(invoice: Invoice | None = None) -> list[User]:
    """Finance people who see this invoice; administrators where there is no finance."""
    people = User.objects.filter(is_active=True)
    if invoice is not None:
        team = invoice.partnership.campaign.brand.team_id
        people = people.filter(Q(all_teams=True) | Q(teams=team)).distinct()
    return list(people.filter(role=Role.FINANCE)) or list(people.filter(role=Role.ADMINISTRATOR))


def acts_for(user: User, creator_id: int) -> bool:
    return CreatorAccess.objects.filter(user=user, creator_id=creator_id, revoked_at=None).exists()
