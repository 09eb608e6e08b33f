"""Who sees what in this room, said once, on top of what `campaigns` says about brands and creators."""

from __future__ import annotations

from django.db.models import Q

from campaigns.models.scoping import client_q, portal_q, staff_q
from krm.accounts.scope import Scope

# A brief is confidential until the KOL has signed.
BRIEFED = ["agreed", "briefed", "in_production", "live", "completed"]


def nothing() -> Q:
    return Q(pk__in=[])


def staff(scope: Scope, campaign: str) -> Q:
    """Staff see the campaigns of their teams' brands; `campaign` is the lookup up to the campaign."""
    return staff_q(scope, f"{campaign}__brand__") if scope.is_staff else nothing()


def client(scope: Scope, campaign: str) -> Q:
    """Client users see campaigns of their brands once they are more than a draft."""
    if not scope.is_client:
        return nothing()
    return client_q(scope, f"{campaign}__brand__") & ~Q(**{f"{campaign}__state": "draft"})


def creator(scope: Scope, partnership: str) -> Q:
    """The KOL's side sees what belongs to its own partnerships; another KOL's are unknown to it."""
    return portal_q(scope, f"{partnership}__") if scope.is_portal else nothing()


def staff_or_creator(scope: Scope, partnership: str) -> Q:
    return staff(scope, f"{partnership}__campaign") if scope.is_staff else creator(scope, partnership)
