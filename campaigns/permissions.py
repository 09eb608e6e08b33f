"""Who may do what in this room. Which objects a person may see at all is said in `models`."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from campaigns.models import ClientMember
from creators.models import CreatorAccess
from krm.accounts.permissions import (
    add_perm,
    is_administrator,
    is_campaign_manager,
    is_finance,
    is_reviewer,
    is_role,
    is_staff_member,
)


def _brand_id(obj: Any) -> int | None:
    for path in (("brand_id",), ("campaign", "brand_id"), ("partnership", "campaign", "brand_id")):
        found = obj
        for name in path:
            found = getattr(found, name, None)
        if found is not None:
            return int(found)
    return None


@rules.predicate
def approves_for_brand(user: Any, obj: Any) -> bool:
    """A client approver with a seat at the object's brand."""
    if obj is None or user.role != "client_approver":
        return False
    brand_id = _brand_id(obj)
    return brand_id is not None and ClientMember.objects.filter(user=user, brand_id=brand_id).exists()


@rules.predicate
def speaks_for_creator(user: Any, obj: Any) -> bool:
    """The KOL or their talent manager."""
    if obj is None or not user.is_portal:
        return False
    partnership = getattr(obj, "partnership", obj)
    return CreatorAccess.objects.filter(
        user=user, creator_id=partnership.creator_id, revoked_at=None
    ).exists()


_manager = _("Only a campaign manager or an administrator may do this. Ask one of them.")
_admin = _("Only an administrator may do this. Ask one.")

add_perm("campaigns.view", is_staff_member)
add_perm("campaigns.manage_brand", is_campaign_manager, reason=_manager)
add_perm("campaigns.manage_members", is_campaign_manager, reason=_manager)
add_perm("campaigns.manage_campaign", is_campaign_manager, reason=_manager)
add_perm("campaigns.manage_budget", is_campaign_manager, reason=_manager)
add_perm("campaigns.record_spend", is_campaign_manager | is_finance, reason=_manager)
add_perm("campaigns.waive", is_administrator, reason=_admin)
add_perm("campaigns.manage_limits", is_administrator, reason=_admin)
add_perm("campaigns.manage_shortlist", is_campaign_manager, reason=_manager)
add_perm(
    "campaigns.decide_shortlist",
    approves_for_brand | is_campaign_manager,
    reason=_("Only an approver of this brand may decide. Ask your colleague who approves."),
)
add_perm("campaigns.share", is_campaign_manager, reason=_manager)
add_perm("campaigns.negotiate", is_campaign_manager, reason=_manager)
add_perm(
    "campaigns.rate",
    is_campaign_manager | is_reviewer,
    reason=_("Only people who work with KOLs may rate them."),
)
add_perm(
    "campaigns.answer_offer",
    speaks_for_creator,
    reason=_("Only the KOL or their talent manager may answer this offer."),
)
add_perm("campaigns.talk", is_campaign_manager | speaks_for_creator, reason=_manager)
add_perm("campaigns.sign", is_campaign_manager | speaks_for_creator, reason=_manager)
add_perm("campaigns.sign_agency", is_campaign_manager, reason=_manager)
add_perm(
    "campaigns.sign_creator",
    speaks_for_creator,
    reason=_("Only the KOL or their talent manager may sign for the KOL."),
)
add_perm("campaigns.track", is_reviewer, reason=_("Only reviewers and campaign managers may do this."))
add_perm(
    "campaigns.accept_deliverable", is_reviewer, reason=_("Only reviewers and campaign managers may do this.")
)
add_perm("campaigns.reschedule", is_campaign_manager | is_role("reviewer"), reason=_manager)
add_perm(
    "campaigns.report_post",
    is_reviewer | speaks_for_creator,
    reason=_("Only the KOL, their talent manager or a reviewer may report the post."),
)
add_perm(
    "campaigns.move_content",
    is_reviewer | speaks_for_creator | approves_for_brand,
    reason=_("Only people of this campaign may move its content on."),
)
