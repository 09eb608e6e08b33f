"""Who is told, and whose turn it is: the people around a campaign or a deliverable."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from briefs.models import ApprovalStep, ReviewSettings
from krm.accounts.models import Role, User


def settings_of(campaign_id: int) -> ReviewSettings:
    """The campaign's review settings, or the defaults as an unsaved row."""
    found = ReviewSettings.objects.filter(campaign_id=campaign_id).first()
    return found or ReviewSettings(campaign_id=campaign_id)


def creator_side(creator_id: int) -> QuerySet[User]:
    """The KOL and their talent managers."""
    return User.objects.filter(
        creator_access__creator_id=creator_id, creator_access__revoked_at=None, is_active=True
    ).distinct()


def client_approvers(campaign: Any) -> QuerySet[User]:
    return User.objects.filter(
        client_members__brand_id=campaign.brand_id, role=Role.CLIENT_APPROVER, is_active=True
    ).distinct()


def staff_of(campaign: Any, roles: list[str]) -> QuerySet[User]:
    """Staff of these roles who see the campaign's brand."""
    return User.objects.filter(
        Q(all_teams=True) | Q(teams=campaign.brand.team_id), role__in=roles, is_active=True
    ).distinct()


def agency_reviewers(campaign: Any) -> list[User]:
    """The named reviewer; else every reviewer of the brand; else the campaign's owner."""
    named = settings_of(campaign.pk).agency_reviewer
    if named and named.is_active:
        return [named]
    return list(staff_of(campaign, [Role.REVIEWER])) or [campaign.owner]


def deciders(step: ApprovalStep) -> list[User]:
    """Who is expected to answer at a step."""
    campaign = step.draft.deliverable.partnership.campaign
    if step.assignee and step.assignee.is_active:
        return [step.assignee]
    if step.kind == ApprovalStep.Kind.CLIENT:
        # A brand without an account that approves answers by link or by chat: its agency asks.
        return list(client_approvers(campaign)) or [campaign.owner]
    if step.kind == ApprovalStep.Kind.LEGAL:
        return list(staff_of(campaign, [Role.CAMPAIGN_MANAGER, Role.ADMINISTRATOR]))
    return agency_reviewers(campaign)
