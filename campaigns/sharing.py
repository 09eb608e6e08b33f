"""Share links: a client without an account sees shortlist or content, and with an approver's link decides."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import selection
from campaigns.agreements.signing import address_hash
from campaigns.models import Campaign, Candidate, ShareLink, ShareLinkView
from campaigns.models.selection import ShareCovers, ShareScope
from campaigns.moves import lock
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict, Denied
from krm.events import record

VISIBLE = ("submitted", "client_approved", "client_rejected")


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def create_link(
    campaign: Campaign,
    *,
    by: User,
    label: str,
    scope: str = "view",
    covers: str = "shortlist",
    expires_at: datetime | None = None,
) -> tuple[ShareLink, str]:
    """A new link; its 256-bit token is returned once and only its hash is kept."""
    check(by, "campaigns.share", campaign)
    expires_at = expires_at or timezone.now() + timedelta(days=14)
    if not label.strip():
        raise ValidationError({"label": _("Name the person the link is for.")})
    if scope not in ShareScope.values:
        raise ValidationError({"scope": _("Choose view, or view and approve.")})
    if covers not in ShareCovers.values:
        raise ValidationError({"covers": _("Choose the shortlist, the content, or both.")})
    if not timezone.now() < expires_at <= timezone.now() + timedelta(days=92):
        raise ValidationError({"expires_at": _("Choose a moment within the next three months.")})
    if campaign.state == "draft":
        raise Conflict(_("A draft cannot be shared. Start planning first."))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        link = ShareLink.objects.create(
            campaign=campaign,
            label=label.strip()[:160],
            scope=scope,
            covers=covers,
            token_hash=token_hash(token),
            expires_at=expires_at,
            created_by=by,
        )
        record(
            "campaigns.link_created",
            campaign,
            actor=by,
            data={"link_id": link.pk, "scope": scope, "covers": covers},
        )
    return link, token


def revoke_link(link: ShareLink, *, by: User) -> ShareLink:
    check(by, "campaigns.share", link)
    with transaction.atomic():
        link = lock(link)
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at", "updated_at"])
            record("campaigns.link_revoked", link.campaign, actor=by, data={"link_id": link.pk})
    return link


def open_link(token: str, *, address: str = "", agent: str = "", log: bool = True) -> ShareLink | None:
    """The link if it holds today; opening it is written down."""
    link = (
        ShareLink.objects.filter(token_hash=token_hash(token), revoked_at=None, expires_at__gt=timezone.now())
        .exclude(campaign__state__in=["draft", "cancelled"])
        .select_related("campaign__brand", "campaign__owner")
        .first()
    )
    if link is not None and log:
        with transaction.atomic():
            ShareLinkView.objects.create(link=link, address_hash=address_hash(address), agent=agent[:200])
            ShareLink.objects.filter(pk=link.pk).update(views=F("views") + 1, last_viewed_at=timezone.now())
    return link


def shared_candidates(link: ShareLink) -> list[Candidate]:
    """What the link shows: submitted candidates, without anything internal selected for the page."""
    if not link.shows_shortlist:
        return []
    return list(
        Candidate.objects.filter(campaign_id=link.campaign_id, state__in=VISIBLE)
        .select_related("creator__tier", "account__tier")
        .order_by("option", "-score", "pk")
    )


def decide_by_link(
    link: ShareLink, *, candidate: Candidate, approve: bool, name: str, comment: str = "", address: str = ""
) -> Candidate:
    """A decision through an approver's link; who typed which name is kept with the link."""
    may_decide(link)
    if candidate.campaign_id != link.campaign_id or not link.shows_shortlist:
        raise Denied(_("This candidate is not part of what was shared."))
    with transaction.atomic():
        candidate = selection.decide(
            candidate, by=None, approve=approve, comment=comment, on_behalf=name.strip()
        )
        log_decision(link, action=f"{'approved' if approve else 'rejected'}:{candidate.pk}", address=address)
    return candidate


def may_decide(link: ShareLink) -> None:
    """Refuse where the link is for looking only."""
    if link.scope != "approve":
        raise Denied(_("This link is for looking only. Ask your agency for an approver’s link."))


def log_decision(link: ShareLink, *, action: str, address: str = "") -> None:
    """Keep with the link what was decided through it."""
    ShareLinkView.objects.create(link=link, action=action[:40], address_hash=address_hash(address))
