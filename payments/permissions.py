"""Who may do what with money. Amount limits and the four-eyes rule are checked by the verbs, and by the database."""

from __future__ import annotations

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from krm.accounts.models import Role
from krm.accounts.permissions import add_perm, is_administrator, is_finance, is_portal, is_role

is_finance_only = is_role(Role.FINANCE)
sees_money = is_role(Role.ADMINISTRATOR, Role.FINANCE, Role.CAMPAIGN_MANAGER, Role.VIEWER)
drafts_invoices = is_role(Role.ADMINISTRATOR, Role.FINANCE, Role.CAMPAIGN_MANAGER)


@rules.predicate
def acts_for_creator(user: Any, obj: Any) -> bool:
    """The object belongs to a creator this portal user acts for; without an object any portal user may try."""
    if obj is None:
        return True
    from creators.models import CreatorAccess

    creator_id = getattr(obj, "creator_id", None)
    if creator_id is None and hasattr(obj, "partnership"):
        creator_id = obj.partnership.creator_id
    if creator_id is None and obj._meta.label_lower == "creators.creator":
        creator_id = obj.pk
    if creator_id is None:
        return False
    return CreatorAccess.objects.filter(user=user, creator_id=creator_id, revoked_at=None).exists()


is_own_portal = is_portal & acts_for_creator

add_perm("payments.view", sees_money | is_own_portal, reason=_("Reviewers work without prices."))
add_perm("payments.view_payees", is_finance, reason=_("Bank and tax data is for finance only."))
add_perm(
    "payments.edit_payee",
    is_own_portal,
    reason=_("Only the KOL or their talent manager enters bank and tax data."),
)
add_perm("payments.verify_payee", is_finance, reason=_("Only finance verifies payees."))
add_perm(
    "payments.reveal_bank_data",
    is_finance_only,
    reason=_("Only people with the finance role see full bank and tax numbers."),
)
add_perm(
    "payments.draft_invoice", drafts_invoices, reason=_("Only campaign managers and finance draft invoices.")
)
add_perm(
    "payments.submit_invoice",
    drafts_invoices | is_own_portal,
    reason=_("Only the KOL, their talent manager or the agency submits this invoice."),
)
add_perm("payments.match_invoice", is_finance, reason=_("Only finance matches invoices."))
add_perm("payments.approve_invoice", is_finance, reason=_("Only finance approves invoices."))
add_perm("payments.reject_invoice", is_finance, reason=_("Only finance rejects invoices."))
add_perm("payments.void_invoice", is_finance | is_own_portal, reason=_("Only finance voids invoices."))
add_perm("payments.record_payment", is_finance, reason=_("Only finance records payments."))
add_perm("payments.reverse_payment", is_finance, reason=_("Only finance records that a payment came back."))
add_perm("payments.view_ledger", is_finance, reason=_("The books are for finance only."))
add_perm("payments.post_ledger", is_finance, reason=_("Only finance posts to the books."))
add_perm("payments.close_period", is_finance, reason=_("Only finance closes a month."))
add_perm(
    "payments.reopen_period", is_administrator, reason=_("Only an administrator reopens a closed month.")
)
add_perm("payments.change_policy", is_administrator, reason=_("Only an administrator changes payment rules."))
