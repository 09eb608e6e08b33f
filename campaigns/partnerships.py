"""Partnerships: invite a creator into a campaign, change who looks after it, end it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns import exclusivity
from campaigns.models import Campaign, Candidate, Partnership, PartnershipRating
from campaigns.moves import lock, move
from creators.models import Creator, SocialAccount
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record


def portal_users(creator_id: int) -> list[User]:
    """The KOL's own user and their talent managers."""
    return list(
        User.objects.filter(
            creator_access__creator_id=creator_id, creator_access__revoked_at=None, is_active=True
        )
    )


def staff_of(partnership: Partnership) -> list[User]:
    people = {user.pk: user for user in (partnership.owner, partnership.campaign.owner) if user is not None}
    return list(people.values())


def invite(
    campaign: Campaign,
    *,
    by: User,
    creator: Creator,
    account: SocialAccount | None = None,
    candidate: Candidate | None = None,
    sell_total: Decimal | None = None,
    owner: User | None = None,
    internal_note: str = "",
) -> Partnership:
    """Start a partnership; the KOL is told when the first offer goes out."""
    check(by, "campaigns.negotiate", campaign)
    if campaign.state not in ("planning", "client_review", "active"):
        raise Conflict(
            _("KOLs are invited while a campaign is planned or active; this one is “%(state)s”.")
            % {"state": campaign.get_state_display()}
        )
    if creator.status == "blocked":
        raise Conflict(
            _("%(creator)s is blocked: %(why)s") % {"creator": creator, "why": creator.status_reason}
        )
    if creator.status == "archived" or creator.merged_into_id:
        raise Conflict(_("%(creator)s is archived. Restore the profile first.") % {"creator": creator})
    if account is not None and account.creator_id != creator.pk:
        raise ValidationError({"account": _("Choose an account of this KOL.")})
    exclusivity.check_creator(campaign, creator)
    try:
        with transaction.atomic():
            partnership = Partnership.objects.create(
                campaign=campaign,
                creator=creator,
                account=account or creator.primary_account,
                candidate=candidate,
                sell_total=sell_total
                if sell_total is not None
                else (candidate.sell_price if candidate else None),
                owner=owner or by,
                internal_note=internal_note,
            )
            record(
                "campaigns.partnership_invited",
                partnership,
                actor=by,
                data={"campaign_id": campaign.pk, "creator_id": creator.pk},
            )
    except IntegrityError as error:
        if "partnership_once_per_campaign" not in str(error):
            raise
        raise Conflict(_("%(creator)s is in this campaign already.") % {"creator": creator}) from error
    return partnership


def update_partnership(partnership: Partnership, *, by: User, **fields: Any) -> Partnership:
    """Owner, sell price and internal note; staff only."""
    check(by, "campaigns.negotiate", partnership)
    unknown = set(fields) - {"owner", "sell_total", "internal_note", "account"}
    if unknown:
        raise TypeError(f"unknown partnership fields: {sorted(unknown)}")
    sell = fields.get("sell_total")
    if sell is not None and sell < 0:
        raise ValidationError({"sell_total": _("A price cannot be negative.")})
    account = fields.get("account")
    if account is not None and account.creator_id != partnership.creator_id:
        raise ValidationError({"account": _("Choose an account of this KOL.")})
    with transaction.atomic():
        partnership = lock(partnership)
        for name, value in fields.items():
            setattr(partnership, name, value)
        partnership.save(update_fields=[*fields, "updated_at"])
        record("campaigns.partnership_updated", partnership, actor=by, data={"changed": sorted(fields)})
    return partnership


def cancel_partnership(partnership: Partnership, *, by: User, reason: str) -> Partnership:
    """End a partnership at any point before it is completed. Open offers, deliverables and windows end with it."""
    check(by, "campaigns.negotiate", partnership)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; the KOL sees it.")})
    with transaction.atomic():
        partnership = lock(partnership)
        move(partnership, "cancel")
        partnership.closed_reason = reason.strip()[:240]
        partnership.save(update_fields=["state", "closed_reason", "updated_at"])
        for offer in partnership.offers.select_for_update().filter(state__in=["draft", "sent"]):
            move(offer, "withdraw")
            offer.save(update_fields=["state", "updated_at"])
        agreement = getattr(partnership, "agreement", None)
        if agreement is not None and agreement.state != "cancelled":
            move(agreement, "cancel")
            agreement.cancelled_reason = partnership.closed_reason
            agreement.save(update_fields=["state", "cancelled_reason", "updated_at"])
            for window in agreement.exclusivities.filter(released_at=None):
                exclusivity.release(window, by=by, reason=reason)
        for deliverable in partnership.deliverables.select_for_update().filter(
            state__in=["planned", "concept", "drafting", "in_review", "approved"]
        ):
            move(deliverable, "cancel")
            deliverable.turn = "nobody"
            deliverable.save(update_fields=["state", "turn", "updated_at"])
        record(
            "campaigns.partnership_cancelled",
            partnership,
            actor=by,
            data={"campaign_id": partnership.campaign_id, "creator_id": partnership.creator_id},
        )
    return partnership


RATED_STATES = ("agreed", "briefed", "in_production", "live", "completed", "cancelled")


def rate(partnership: Partnership, *, by: User, score: int, remark: str = "") -> PartnershipRating:
    """Say how professional the KOL was, 1 to 5; the same person may change their mind. Only staff ever see it."""
    check(by, "campaigns.rate", partnership)
    if partnership.state not in RATED_STATES:
        raise Conflict(
            _("Work together first: this partnership is “%(state)s”.")
            % {"state": partnership.get_state_display()}
        )
    if isinstance(score, bool) or score not in (1, 2, 3, 4, 5):
        raise ValidationError({"score": _("Give 1 to 5 points.")})
    with transaction.atomic():
        rating, _created = PartnershipRating.objects.update_or_create(
            partnership=partnership, rated_by=by, defaults={"score": score, "remark": remark.strip()[:500]}
        )
        record(
            "campaigns.partnership_rated",
            partnership,
            actor=by,
            data={"creator_id": partnership.creator_id, "rating_id": rating.pk},
        )
    return rating
