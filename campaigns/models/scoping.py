"""Who may see what in this room, said once: every queryset below narrows through one of these three.

The second argument is the lookup from the model up to the brand or creator, such as "campaign__brand__".
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from creators.models import CreatorAccess
from krm.accounts.scope import Scope


def staff_q(scope: Scope, brand: str) -> Q:
    """Staff see the brands of their teams. `brand` is the lookup up to the brand, '' for Brand itself."""
    return Q() if scope.all_teams else Q(**{f"{brand}team_id__in": scope.team_ids})


def client_q(scope: Scope, brand: str) -> Q:
    """Client users see the brands they are a member of (one row a member, so the join never doubles)."""
    return Q(**{f"{brand}members__user_id": scope.user_id})


def portal_q(scope: Scope, creator: str) -> Q:
    """KOLs and talent managers see what belongs to their creators. `creator` is the lookup to creator_id."""
    return Q(**{f"{creator}creator_id__in": my_creators(scope)})


def my_creators(scope: Scope) -> QuerySet[Any, Any]:
    """Ids of the creators a portal user speaks for."""
    return CreatorAccess.objects.filter(user_id=scope.user_id or 0, revoked_at=None).values("creator_id")
