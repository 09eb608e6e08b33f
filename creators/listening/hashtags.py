"""Following hashtags. Instagram lets one account search thirty different ones in any seven days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from creators.listening import finds
from creators.models import FoundBy, Platform, TrackedHashtag
from creators.platforms.instagram import listening as instagram
from creators.platforms.registry import CONNECTORS
from creators.pulling.session import PlatformSession
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.connectors import archive, credentials
from krm.connectors.outcomes import Failed, Kind
from krm.errors import Conflict
from krm.events import record

PER_WEEK = 30
WEEK = timedelta(days=7)
LEASE = timedelta(minutes=20)
HANDS_FULL = 40
WAITING = "waiting"  # no room among the thirty yet
_TERM = re.compile(r"\w{1,100}\Z")


@dataclass(frozen=True)
class Budget:
    used: int
    limit: int
    free_at: datetime | None  # when the next one becomes free, where none is

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def budget(now: datetime | None = None) -> Budget:
    """How many different hashtags were searched in the last seven days, stopped ones included."""
    now = now or timezone.now()
    counted: list[Any] = list(
        TrackedHashtag.objects.filter(platform=Platform.INSTAGRAM, counted_at__gt=now - WEEK)
        .order_by("counted_at")
        .values_list("counted_at", flat=True)
    )
    return Budget(len(counted), PER_WEEK, counted[0] + WEEK if len(counted) >= PER_WEEK else None)


def clean(text: str) -> str:
    """`#KopiKita` → `kopikita`; refuses what no platform takes for a hashtag."""
    term = unicodedata.normalize("NFKC", text).strip().lstrip("#").lower()
    if not _TERM.match(term) or term.isdecimal():
        raise ValidationError(
            {
                "term": _(
                    "Write one hashtag without spaces: letters, digits and underscores, such as #kopikita."
                )
            }
        )
    return term


@transaction.atomic
def track(
    term: str,
    *,
    by: User | None,
    platform: str = Platform.INSTAGRAM,
    campaign_id: int | None = None,
    is_demo: bool = False,
) -> TrackedHashtag:
    """Follow a hashtag, or follow it again. `by` is None where a room above asks for a campaign of its own.

    `is_demo`: only the demo agency wants it; it goes with the rest of it.
    """
    if by is not None:
        check(by, "creators.listen")
    if platform != Platform.INSTAGRAM:
        raise ValidationError({"platform": _("Only Instagram lets us search hashtags. Choose Instagram.")})
    term = clean(term)
    now = timezone.now()
    tag = TrackedHashtag.objects.select_for_update().filter(platform=platform, term=term).first()
    if tag is not None and tag.active and by is not None and tag.created_by_id is not None:
        raise ValidationError({"term": _("This hashtag is followed already.")})
    if tag is None:
        tag = TrackedHashtag(platform=platform, term=term, is_demo=is_demo)
    if not tag.active:
        tag.created_by = None  # who followed it before has stopped
    tag.active, tag.due_at, tag.created_by = True, now, by or tag.created_by
    tag.is_demo = tag.is_demo and is_demo
    if campaign_id is not None:
        tag.campaign_id = campaign_id
    tag.save()
    record(
        "creators.hashtag_tracked",
        tag,
        actor=by,
        data={"term": term, "platform": platform, "campaign_id": tag.campaign_id},
    )
    return tag


@transaction.atomic
def stop(tag: TrackedHashtag, *, by: User) -> TrackedHashtag:
    """Search no more; what was found stays."""
    check(by, "creators.listen")
    held = TrackedHashtag.objects.select_for_update().get(pk=tag.pk)
    if not held.active:
        raise Conflict(_("This hashtag is not followed any more."))
    held.active = False
    held.save(update_fields=["active", "updated_at"])
    record("creators.hashtag_stopped", held, actor=by, data={"term": held.term})
    return held


def follow_for_campaigns(wanted: Mapping[str, int], demo: Container[int] = ()) -> int:
    """Follow exactly the hashtags that campaigns want now (`{term: campaign number}`). Twice changes nothing.

    `demo` are the campaigns of the demo agency.

    What people follow themselves stays followed; what somebody stopped stays stopped while that campaign lasts.
    """
    changed = 0
    rows = {tag.term: tag for tag in TrackedHashtag.objects.filter(platform=Platform.INSTAGRAM)}
    for term, campaign_id in wanted.items():
        tag = rows.get(term)
        if tag is None or tag.campaign_id != campaign_id:
            track(term, by=None, campaign_id=campaign_id, is_demo=campaign_id in demo)
            changed += 1
    for term, tag in rows.items():
        if tag.campaign_id is not None and term not in wanted:
            changed += _release(tag.pk)
    return changed


@transaction.atomic
def _release(tag_id: int) -> bool:
    """No campaign needs it any more; it goes on if a person follows it."""
    tag = TrackedHashtag.objects.select_for_update().get(pk=tag_id)
    if tag.campaign_id is None:
        return False
    campaign_id, tag.campaign_id = tag.campaign_id, None
    stopped = tag.active and tag.created_by_id is None
    if stopped:
        tag.active = False
    tag.save(update_fields=["campaign_id", "active", "updated_at"])
    if stopped:
        record("creators.hashtag_stopped", tag, data={"term": tag.term, "campaign_id": campaign_id})
    return True


def search_now(tag: TrackedHashtag, *, by: User) -> TrackedHashtag:
    """Due at once; the next round (within minutes) searches it."""
    check(by, "creators.listen")
    if not tag.active:
        raise Conflict(_("This hashtag is not followed any more."))
    TrackedHashtag.objects.filter(pk=tag.pk).update(due_at=timezone.now())
    tag.refresh_from_db()
    return tag


def pull_due(now: datetime | None = None) -> int:
    """Search what is due, as far as the budget of the week reaches. Returns hashtags searched."""
    now = now or timezone.now()
    application = credentials.application("instagram")
    plan = CONNECTORS["instagram"]
    if application is None or not plan.ready(application):
        return 0
    with transaction.atomic():
        taken = list(
            TrackedHashtag.objects.select_for_update(skip_locked=True)
            .filter(active=True, due_at__lte=now, platform=Platform.INSTAGRAM)
            .order_by("due_at")[:HANDS_FULL]
        )
        TrackedHashtag.objects.filter(pk__in=[t.pk for t in taken]).update(due_at=now + LEASE)
    searched = 0
    session = PlatformSession(plan, application, now=now)
    try:
        for tag in taken:
            searched += _pull(session, tag, now)
    finally:
        archive.keep(session.calls)
    return searched


def _pull(session: PlatformSession, tag: TrackedHashtag, now: datetime) -> bool:
    counts = tag.counted_at is not None and tag.counted_at > now - WEEK
    if not counts:
        state = budget(now)
        if not state.left:
            first = tag.last_outcome != WAITING
            until = state.free_at or now + timedelta(hours=6)
            with override("en"):  # kept in English; pages say it in their reader's words
                _settle(tag, WAITING, no_room(until), until)
            if first:
                data = {"term": tag.term, "campaign_id": tag.campaign_id, "until": tag.due_at.isoformat()}
                record("creators.hashtag_waits", tag, data=data)
            return False
        tag.counted_at = now  # before the call: what the platform counts, we count too, whatever comes back
        tag.save(update_fields=["counted_at"])
    try:
        if not tag.external_id:
            tag.external_id = instagram.hashtag_id(session, tag.term)
        media = instagram.recent_media(session, tag.external_id, tag.term)
    except Failed as failed:
        outcome = failed.outcome
        later = {Kind.UNAVAILABLE: timedelta(days=1), Kind.TRANSIENT: timedelta(minutes=15)}
        until = outcome.until or now + later.get(outcome.kind, timedelta(hours=6))
        _settle(tag, outcome.kind.value, outcome.reason, until)
        return False
    with transaction.atomic():
        new = finds.keep(FoundBy.HASHTAG, media, now, hashtag=tag)
        tag.last_pulled_at = now
        tag.found_count = tag.found.count()
        _settle(tag, Kind.OK.value, "", now + timedelta(hours=settings.KRM_HASHTAG_HOURS))
        if new:
            record(
                "creators.posts_found",
                tag,
                data={"hashtag_id": tag.pk, "campaign_id": tag.campaign_id, "found_ids": new},
            )
    return True


def no_room(until: datetime) -> str:
    """Why a hashtag waits, for whoever looks at it."""
    return _(
        "Instagram lets one account search %(limit)s different hashtags in seven days, and all are in use. "
        "Its turn comes on %(day)s; stopping another one does not free its place earlier."
    ) % {"limit": PER_WEEK, "day": date_format(timezone.localtime(until), "j M, H:i")}


def _settle(tag: TrackedHashtag, outcome: str, reason: str, due_at: datetime) -> None:
    tag.last_outcome, tag.last_reason, tag.due_at = outcome, reason[:300], due_at
    tag.save(
        update_fields=[
            "last_outcome", "last_reason", "due_at", "last_pulled_at", "found_count", "external_id", "updated_at",
        ]
    )  # fmt: skip
