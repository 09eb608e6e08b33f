"""One creator, one brand a category, for a while: found at shortlist and offer, refused at signing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brands import competing
from campaigns.models import Agreement, Brand, Campaign, ExclusivityWaiver, ExclusivityWindow, Partnership
from campaigns.moves import lock
from creators.models import Creator
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record
from krm.web.format import day


def conflicts(
    campaign: Campaign, creator_ids: Iterable[int], *, start: date | None = None, end: date | None = None
) -> dict[int, list[ExclusivityWindow]]:
    """Windows of other brands that forbid these creators this campaign, waived ones left out. Two queries."""
    start, end = start or campaign.starts_on, end or campaign.ends_on
    brand = campaign.brand
    waived = ExclusivityWaiver.objects.filter(campaign=campaign).values("window_id")
    windows = (
        ExclusivityWindow.objects.filter(
            creator_id__in=list(creator_ids),
            released_at=None,
            during__overlap=(start, end + timedelta(days=1)),
        )
        .exclude(brand=brand)
        .exclude(pk__in=waived)
        .select_related("brand")
    )
    found: dict[int, list[ExclusivityWindow]] = defaultdict(list)
    for window in windows:
        if window.category.lower() == brand.category.lower() or competing(brand, window.brand):
            found[window.creator_id].append(window)
    return dict(found)


def describe(window: ExclusivityWindow) -> str:
    """One sentence naming the window, for staff: it names another client."""
    last = window.during.upper - timedelta(days=1)
    return _("%(creator)s is exclusive to %(brand)s in “%(category)s” from %(start)s to %(end)s.") % {
        "creator": window.creator,
        "brand": window.brand.name,
        "category": window.category,
        "start": day(window.during.lower),
        "end": day(last),
    }


def check_creator(
    campaign: Campaign, creator: Creator, *, start: date | None = None, end: date | None = None
) -> None:
    """Refuse with the window's name unless the creator is free for this campaign's brand and days."""
    found = conflicts(campaign, [creator.pk], start=start, end=end).get(creator.pk)
    if found:
        raise Conflict(
            " ".join(
                [
                    *(describe(window) for window in found),
                    _(
                        "Choose other dates or another KOL, or ask an administrator to waive it with a reason."
                    ),
                ]
            )
        )


def check_own_window(agreement: Agreement) -> None:
    """Our own new window must not cover work the creator already agreed to do for a competitor."""
    if agreement.exclusivity_from is None or agreement.exclusivity_until is None:
        return
    partnership = agreement.partnership
    others = (
        Partnership.objects.filter(
            creator_id=partnership.creator_id,
            state__in=["agreed", "briefed", "in_production", "live"],
            campaign__starts_on__lte=agreement.exclusivity_until,
            campaign__ends_on__gte=agreement.exclusivity_from,
        )
        .exclude(pk=partnership.pk)
        .exclude(campaign__brand_id=partnership.campaign.brand_id)
        .select_related("campaign__brand", "creator")
    )
    for other in others:
        same = other.campaign.brand.category.lower() == agreement.exclusivity_category.lower()
        if same or competing(partnership.campaign.brand, other.campaign.brand):
            raise Conflict(
                _(
                    "%(creator)s works for %(brand)s until %(end)s, which this exclusivity forbids. Shorten the "
                    "window or take it out."
                )
                % {
                    "creator": other.creator,
                    "brand": other.campaign.brand.name,
                    "end": day(other.campaign.ends_on),
                }
            )


def lock_creator(creator_id: int) -> None:
    """Signings of one creator queue here, so that two agreements cannot pass each other's check."""
    Creator._base_manager.select_for_update(no_key=True, of=("self",)).filter(pk=creator_id).first()


def open_window(agreement: Agreement) -> ExclusivityWindow | None:
    """Write the window of a signed agreement. The EXCLUDE constraint has the last word."""
    if agreement.exclusivity_from is None or agreement.exclusivity_until is None:
        return None
    partnership = agreement.partnership
    try:
        with transaction.atomic():
            return ExclusivityWindow.objects.create(
                creator_id=partnership.creator_id,
                brand_id=partnership.campaign.brand_id,
                category=agreement.exclusivity_category.lower(),
                during=(agreement.exclusivity_from, agreement.exclusivity_until + timedelta(days=1)),
                agreement=agreement,
            )
    except IntegrityError as error:
        if "exclusivity_no_overlap" not in str(error):
            raise
        blocking = (
            ExclusivityWindow.objects.filter(
                creator_id=partnership.creator_id,
                category=agreement.exclusivity_category.lower(),
                released_at=None,
                during__overlap=(
                    agreement.exclusivity_from,
                    agreement.exclusivity_until + timedelta(days=1),
                ),
            )
            .exclude(brand_id=partnership.campaign.brand_id)
            .select_related("brand", "creator")
            .first()
        )
        raise Conflict(
            _("%(window)s Two brands cannot both be exclusive; change the days or the category.")
            % {"window": describe(blocking) if blocking else _("Another exclusivity is in the way.")}
        ) from error


def waive(window: ExclusivityWindow, *, by: User, campaign: Campaign, reason: str) -> ExclusivityWaiver:
    """Let one campaign pass one window. Administrators only; the reason stays."""
    check(by, "campaigns.waive", campaign)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why; the reason stays in the history.")})
    with transaction.atomic():
        waiver, created = ExclusivityWaiver.objects.get_or_create(
            window=window, campaign=campaign, defaults={"reason": reason.strip(), "granted_by": by}
        )
        if created:
            record("campaigns.exclusivity_waived", window, actor=by, data={"campaign_id": campaign.pk})
    return waiver


def release(window: ExclusivityWindow, *, by: User, reason: str = "") -> ExclusivityWindow:
    """End a window early (an agreement was cancelled, or the client gave it up)."""
    check(by, "campaigns.negotiate", window)
    with transaction.atomic():
        window = lock(window)
        if window.released_at is None:
            window.released_at = timezone.now()
            window.save(update_fields=["released_at", "updated_at"])
            record("campaigns.exclusivity_released", window, actor=by, data={"reason": reason})
    return window


def windows_of(creator_id: int, *, brand: Brand | None = None) -> Any:
    found = ExclusivityWindow.objects.filter(creator_id=creator_id, released_at=None).select_related("brand")
    return found.filter(~Q(brand=brand)) if brand else found
