"""The content calendar: what is planned when, holidays and sale days, collisions, moving a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import holidays as holiday_library
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns.brands import competing
from campaigns.models import Deliverable
from campaigns.models.deliverables import BEFORE_PUBLISHED
from campaigns.moves import lock
from campaigns.partnerships import portal_users
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import notify, record
from krm.events.texts import Text

COUNTRY = getattr(settings, "KRM_COUNTRY", "ID")

# Days on which shops sell: every double date from 1.1 to 12.12.
SALE_DAYS: dict[tuple[int, int], str] = {(n, n): f"{n}.{n}" for n in range(1, 13)}


@lru_cache(maxsize=64)
def holidays_of(year: int, language: str, country: str = COUNTRY) -> dict[date, str]:
    """Public holidays from the `holidays` library; Islamic days are its estimates until decreed."""
    wanted = "id" if language.startswith("id") else "en_US"
    try:
        found = holiday_library.country_holidays(country, years=year, language=wanted)
    except (NotImplementedError, KeyError):
        return {}
    return {day: name for day, name in sorted(found.items()) if day.year == year}


def _fasting(year: int) -> list[tuple[date, date, str]]:
    """Ramadan: the thirty days before Lebaran (the first Eid al-Fitr day of the library)."""
    spans = []
    for around in (year, year + 1):
        eid = [
            d
            for d, name in holidays_of(around, "en", "ID").items()
            if "Eid al-Fitr" in name and "oliday" not in name
        ]
        if eid:
            first = min(eid)
            spans.append((first - timedelta(days=30), first - timedelta(days=1), "Ramadan"))
    return [span for span in spans if span[0].year == year or span[1].year == year]


def special_days(start: date, end: date, language: str | None = None) -> list[dict[str, Any]]:
    """Holidays, sale days and Ramadan between two days (the end excluded): {date, end, kind, title}."""
    language = language or get_language() or "en"
    found: list[dict[str, Any]] = []
    for year in range(start.year, end.year + 1):
        for day, name in holidays_of(year, language).items():
            if start <= day < end:
                found.append({"date": day, "end": day + timedelta(days=1), "kind": "holiday", "title": name})
        for (month, number), name in SALE_DAYS.items():
            day = date(year, month, number)
            if start <= day < end:
                found.append({"date": day, "end": day + timedelta(days=1), "kind": "sale", "title": name})
        for first, last, name in _fasting(year):
            if first < end and last >= start and (first.year == year):
                found.append(
                    {"date": first, "end": last + timedelta(days=1), "kind": "season", "title": name}
                )
    return sorted(found, key=lambda row: (row["date"], row["kind"]))


def visible_between(user: User, start: datetime, end: datetime, **filters: Any) -> Any:
    """Deliverables of a stretch of time that `user` may see, ready for a calendar."""
    rows = Deliverable.objects.visible_to(user).filter(publish_on__gte=start, publish_on__lt=end)
    rows = rows.exclude(state="cancelled").exclude(partnership__state__in=["cancelled", "declined"])
    clean = {key: value for key, value in filters.items() if value}
    return (
        rows.filter(**clean)
        .select_related("partnership__campaign__brand", "partnership__creator", "account")
        .order_by("publish_on", "pk")
    )


def collisions(deliverables: Iterable[Deliverable]) -> dict[int, list[str]]:
    """Why a planned post stands in another's way: one account twice a day, or competitors within three days."""
    found: dict[int, list[str]] = defaultdict(list)
    by_creator: dict[int, list[Deliverable]] = defaultdict(list)
    for deliverable in deliverables:
        if deliverable.publish_on is not None and deliverable.state != "cancelled":
            by_creator[deliverable.partnership.creator_id].append(deliverable)
    for own in by_creator.values():
        own.sort(key=lambda d: (d.publish_on, d.pk))
        for index, one in enumerate(own):
            for other in own[index + 1 :]:
                gap = timezone.localdate(other.publish_on) - timezone.localdate(one.publish_on)
                if gap.days > 3:
                    break
                same_account = one.account_id is not None and one.account_id == other.account_id
                brands = (one.partnership.campaign.brand, other.partnership.campaign.brand)
                if competing(*brands):
                    for a, b in ((one, other), (other, one)):
                        found[a.pk].append(
                            _("Within %(days)d days of a competitor’s post: %(title)s")
                            % {"days": max(gap.days, 1), "title": b.title}
                        )
                elif same_account and gap.days == 0:
                    for a, b in ((one, other), (other, one)):
                        found[a.pk].append(_("Same account, same day: %(title)s") % {"title": b.title})
    return dict(found)


def reschedule(
    deliverable: Deliverable,
    *,
    by: User,
    publish_on: datetime | date,
    reason: str = "",
    keep_time: bool = False,
) -> Deliverable:
    """Move the publish date of what is not published. After signing it needs a reason and the KOL is told."""
    check(by, "campaigns.reschedule", deliverable)
    with transaction.atomic():
        deliverable = lock(deliverable)
        if deliverable.state not in BEFORE_PUBLISHED:
            raise Conflict(
                _("“%(title)s” is “%(state)s”; only what is not published can be moved.")
                % {"title": deliverable.title, "state": deliverable.get_state_display()}
            )
        before = deliverable.publish_on
        moment = _moment(publish_on, before if keep_time else None)
        if timezone.localdate(moment) < timezone.localdate():
            raise ValidationError({"publish_on": _("Choose today or a later day.")})
        if deliverable.locked_at is not None and not reason.strip():
            raise ValidationError(
                {"reason": _("The agreement is signed: say why the date moves. The KOL will read it.")}
            )
        if before is not None and deliverable.due_on is not None:
            deliverable.due_on += timezone.localdate(moment) - timezone.localdate(before)
        deliverable.publish_on = moment
        deliverable.save(update_fields=["publish_on", "due_on", "updated_at"])
        record(
            "campaigns.deliverable_rescheduled",
            deliverable,
            actor=by,
            data={
                "deliverable_id": deliverable.pk,
                "campaign_id": deliverable.partnership.campaign_id,
                "from": before.isoformat() if before else None,
                "to": moment.isoformat(),
                "reason": reason.strip()[:240],
            },
        )
        if deliverable.locked_at is not None:
            notify(
                "campaigns.date_moved",
                portal_users(deliverable.partnership.creator_id),
                deliverable,
                title=Text(gettext_lazy("New date: %(title)s"), title=deliverable.title),
                text=Text(
                    gettext_lazy("Publish on %(date)s. Reason: %(reason)s"),
                    date=moment,
                    reason=reason.strip(),
                ),
                url=reverse("campaigns:portal_deliverable", args=[deliverable.pk]),
                key=f"deliverable:{deliverable.pk}:moved:{moment:%Y%m%d%H%M}",
            )
    return deliverable


def _moment(value: datetime | date, like: datetime | None) -> datetime:
    if isinstance(value, datetime):
        moment = value if timezone.is_aware(value) else timezone.make_aware(value)
        if like is None:
            return moment
        value = timezone.localdate(moment)
    clock = timezone.localtime(like).time() if like else time(19, 0)
    return timezone.make_aware(datetime.combine(value, clock))
