"""Who may do what with creators. Every staff member reads; what changes data needs a working role."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from krm.accounts.permissions import (
    add_perm,
    is_administrator,
    is_campaign_manager,
    is_finance,
    is_portal,
    is_reviewer,
    is_staff_member,
)


@rules.predicate
def acts_for(user: Any, creator: Any) -> bool:
    """The portal user has access to this creator that was not revoked."""
    if creator is None:
        return False
    return bool(creator.access.filter(user_id=user.pk, revoked_at=None).exists())


_WORKING = _("Only campaign managers and administrators may do this. Ask one of them.")

add_perm("creators.view", is_staff_member)
add_perm("creators.buy_reports", is_campaign_manager, reason=_WORKING)
add_perm(
    "creators.connect_account",
    is_portal & acts_for,
    reason=_("Only the creator or their manager can connect an account, from their own login."),
)
add_perm(
    "creators.withdraw_consent",
    (is_portal & acts_for) | is_campaign_manager,
    reason=_("Only the creator, their manager or a campaign manager may end a connection."),
)
add_perm("creators.change", is_campaign_manager, reason=_WORKING)
add_perm("creators.tag", is_reviewer, reason=_("Viewers and finance may not tag creators."))
add_perm("creators.listen", is_campaign_manager, reason=_WORKING)
add_perm("creators.merge", is_campaign_manager, reason=_WORKING)
add_perm("creators.note", is_staff_member)
add_perm("creators.import", is_campaign_manager, reason=_WORKING)
add_perm("creators.rates", is_campaign_manager, reason=_WORKING)
add_perm("creators.refresh", is_reviewer, reason=_("Viewers and finance may not spend platform quota."))
add_perm(
    "creators.rescore",
    is_administrator,
    reason=_("Recomputing scores belongs to administrators. Ask one of them."),
)
add_perm("creators.grant_access", is_campaign_manager, reason=_WORKING)
add_perm("creators.tiers", is_administrator, reason=_("Tiers belong to administrators. Ask one of them."))
add_perm(
    "creators.custom_fields",
    is_administrator,
    reason=_("Custom fields belong to administrators. Ask one of them."),
)
add_perm("creators.vet", is_reviewer, reason=_("Viewers and finance may not vet creators."))
add_perm("creators.sign_dossier", is_campaign_manager, reason=_WORKING)
add_perm("creators.share_profile", is_campaign_manager, reason=_WORKING)
add_perm("creators.edit_contact", is_campaign_manager | (is_portal & acts_for), reason=_WORKING)
add_perm(
    "creators.vendor_credits",
    is_finance,
    reason=_("Vendor credits belong to finance and administrators. Ask one of them."),
)


@rules.predicate
def owns_segment(user: Any, segment: Any) -> bool:
    return segment is None or segment.owner_id == user.pk


add_perm("creators.segment", is_staff_member)
add_perm("creators.change_segment", is_administrator | (is_staff_member & owns_segment),
         reason=_("This segment belongs to a colleague. Save it under a name of your own."))  # fmt: skip


add_perm(
    "creators.safety_review", is_reviewer, reason=_("Viewers and finance may not decide about safety flags.")
)
add_perm("creators.safety_scan", is_campaign_manager, reason=_WORKING)
add_perm(
    "creators.safety_packs",
    is_administrator,
    reason=_("Rule packs belong to administrators. Ask one of them."),
)
