"""A secret calendar address per person, and the iCalendar behind it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event

from campaigns.models import CalendarFeed
from campaigns.scheduling import special_days, visible_between
from krm.accounts.models import User
from krm.events import record

PAST_DAYS, AHEAD_DAYS = 90, 365


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def create_feed(*, by: User) -> tuple[CalendarFeed, str]:
    """A new address; the one before stops working. The token is shown now and never again."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        CalendarFeed.objects.filter(user=by, revoked_at=None).update(revoked_at=timezone.now())
        feed = CalendarFeed.objects.create(user=by, token_hash=token_hash(token))
        record("campaigns.feed_created", feed, actor=by)
    return feed, token


def revoke_feed(feed: CalendarFeed, *, by: User) -> CalendarFeed:
    with transaction.atomic():
        if feed.revoked_at is None:
            feed.revoked_at = timezone.now()
            feed.save(update_fields=["revoked_at", "updated_at"])
            record("campaigns.feed_revoked", feed, actor=by)
    return feed


def find_feed(token: str) -> CalendarFeed | None:
    feed = (
        CalendarFeed.objects.filter(token_hash=token_hash(token), revoked_at=None, user__is_active=True)
        .select_related("user")
        .first()
    )
    if feed is not None:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=timezone.now())
    return feed


def ical(user: User) -> bytes:
    """What this person sees of the content calendar, in their language."""
    now = timezone.now()
    calendar = Calendar()
    calendar.add("prodid", "-//KRM//Content calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    with override(user.language):
        calendar.add("x-wr-calname", _("Content calendar"))
        start, end = now - timedelta(days=PAST_DAYS), now + timedelta(days=AHEAD_DAYS)
        for deliverable in visible_between(user, start, end):
            partnership = deliverable.partnership
            event = Event()
            event.add("uid", f"deliverable-{deliverable.pk}@krm")
            event.add("dtstamp", deliverable.updated_at)
            event.add("dtstart", deliverable.publish_on)
            event.add("dtend", deliverable.publish_on + timedelta(minutes=30))
            event.add("summary", f"{partnership.creator} · {deliverable.title}")
            event.add(
                "description",
                f"{partnership.campaign.brand.name} · {partnership.campaign.name}\n"
                f"{deliverable.get_platform_display()} · {deliverable.get_state_display()}",
            )
            event.add(
                "status",
                "CONFIRMED" if deliverable.state in ("approved", "published", "accepted") else "TENTATIVE",
            )
            event.add("url", deliverable.post_url or settings.SITE_URL)
            event.add("last-modified", deliverable.updated_at)
            calendar.add_component(event)
        for row in special_days(start.date(), end.date()):
            event = Event()
            event.add("uid", f"{row['kind']}-{row['date']:%Y%m%d}-{row['title'][:20]}@krm".replace(" ", ""))
            event.add("dtstamp", now)
            event.add("dtstart", row["date"])
            event.add("dtend", row["end"])
            event.add("summary", row["title"])
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    return bytes(calendar.to_ical())
