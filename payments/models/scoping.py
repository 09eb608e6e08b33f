"""Who may see what in this room."""

from __future__ import annotations

from django.db.models import Q

from krm.accounts.models import Role
from krm.accounts.scope import Scope

# A reviewer judges content and never sees what it cost.
MONEY_ROLES = frozenset({Role.ADMINISTRATOR, Role.FINANCE, Role.CAMPAIGN_MANAGER, Role.VIEWER})
FINANCE_ROLES = frozenset({Role.ADMINISTRATOR, Role.FINANCE})


def sees_money(scope: Scope) -> bool:
    return scope.kind == "staff" and scope.role in MONEY_ROLES


def sees_books(scope: Scope) -> bool:
    return scope.kind == "staff" and scope.role in FINANCE_ROLES


def staff_q(scope: Scope, brand: str) -> Q:
    """Staff see the brands of their teams; `brand` is the lookup up to the brand."""
    return Q() if scope.all_teams else Q(**{f"{brand}team_id__in": scope.team_ids})


def own_creators(scope: Scope, lookup: str) -> Q:
    """KOLs and talent managers see what belongs to their creators; `lookup` ends in creator_id."""
    from creators.models import CreatorAccess

    mine = CreatorAccess.objects.filter(user_id=scope.user_id, revoked_at=None).values("creator_id")
    return Q(**{f"{lookup}__in": mine})
