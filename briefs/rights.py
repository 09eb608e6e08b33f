"""Where and how long content may be used, and the warning before that ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs.models import Asset, Draft, RightNotice, UsageRight
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

# Days before the end at which people are told; 0 is "stop running".
NOTICES = (14, 3, 0)


@transaction.atomic
def grant(
    asset: Asset,
    *,
    by: User,
    channel: str,
    starts: date,
    ends: date,
    kind: str = UsageRight.Kind.BRAND,
    territory: str = "",
    edits_allowed: bool = False,
    note: str = "",
) -> UsageRight:
    """Record a right as the agreement or a later deal gives it."""
    check(by, "briefs.manage_rights", asset)
    if not channel.strip():
        raise ValidationError({"channel": _("Name the channel, for example Instagram ads.")})
    if ends < starts:
        raise ValidationError({"ends": _("The end lies before the start.")})
    if kind not in UsageRight.Kind.values:
        raise ValidationError({"kind": _("Choose a kind of use.")})
    try:
        with transaction.atomic():
            right = UsageRight.objects.create(
                asset=asset,
                kind=kind,
                channel=channel.strip()[:60],
                territory=territory.strip()[:60],
                starts=starts,
                ends=ends,
                edits_allowed=edits_allowed,
                note=note.strip()[:300],
                granted_by=by,
            )
    except IntegrityError as error:
        raise ValidationError({"channel": _("This right is already recorded: extend that one.")}) from error
    record("briefs.usage_right_granted", right, actor=by, data=_data(right))
    return right


@transaction.atomic
def extend(right: UsageRight, *, by: User, ends: date) -> UsageRight:
    """Renew: the same right runs on, and its warnings start anew."""
    check(by, "briefs.manage_rights", right)
    right = UsageRight.objects.select_for_update(of=("self",)).select_related("asset").get(pk=right.pk)
    if right.ended_on is not None:
        raise Conflict(_("This right was ended on %(date)s: record a new one.") % {"date": right.ended_on})
    if ends <= right.ends:
        raise ValidationError({"ends": _("The new end must lie after %(date)s.") % {"date": right.ends}})
    right.ends = ends
    right.save(update_fields=["ends", "updated_at"])
    right.notices.all().delete()
    record("briefs.usage_right_extended", right, actor=by, data=_data(right))
    return right


@transaction.atomic
def end(right: UsageRight, *, by: User) -> UsageRight:
    """Stop using it from today."""
    check(by, "briefs.manage_rights", right)
    right = UsageRight.objects.select_for_update(of=("self",)).select_related("asset").get(pk=right.pk)
    if right.ended_on is None:
        right.ended_on = timezone.localdate()
        right.save(update_fields=["ended_on", "updated_at"])
        record("briefs.usage_right_ended", right, actor=by, data=_data(right))
    return right


def from_agreement(draft: Draft) -> list[UsageRight]:
    """The rights that the signed agreement gives on approved content, one a channel. Twice gives them once."""
    agreement = draft.deliverable.agreement
    if draft.asset is None or not agreement.usage_until or agreement.usage_until < timezone.localdate():
        return []
    made = []
    for channel in agreement.usage_channels or [draft.deliverable.get_platform_display()]:
        right, created = UsageRight.objects.get_or_create(
            asset=draft.asset,
            kind=UsageRight.Kind.BRAND,
            channel=str(channel)[:60],
            starts=timezone.localdate(draft.approved_at),
            defaults={"ends": agreement.usage_until, "note": agreement.number[:300]},
        )
        if created:
            record("briefs.usage_right_granted", right, data=_data(right))
            made.append(right)
    return made


def run_clock(today: date | None = None) -> int:
    """Say 14 and 3 days ahead, and on the last day, that a right ends. Each once."""
    today = today or timezone.localdate()
    said = 0
    running = UsageRight.objects.filter(
        ended_on=None,
        starts__lte=today,
        ends__gte=today - timedelta(days=7),
        ends__lte=today + timedelta(days=max(NOTICES)),
    ).select_related("asset")
    for right in running.iterator():
        left = (right.ends - today).days
        days = min((n for n in NOTICES if n >= left), default=None)
        if days is None:
            continue
        with transaction.atomic():
            _notice, created = RightNotice.objects.get_or_create(right=right, days=days)
            if created:
                name = "briefs.usage_right_expired" if left < 0 or days == 0 else "briefs.usage_right_ending"
                record(name, right, data={**_data(right), "days": max(left, 0)})
                said += 1
    return said


def _data(right: UsageRight) -> dict[str, Any]:
    return {
        "asset_id": right.asset_id,
        "campaign_id": right.asset.campaign_id,
        "channel": right.channel,
        "ends": right.ends.isoformat(),
    }
