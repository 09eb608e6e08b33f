"""YouTube's uploads by WebSub: leases are asked for, confirmed by the hub's challenge, renewed before they end.

A notice is a hint: it makes the channel due now, and the pull reads what there is. It costs no unit until then.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from creators.models import AccountSchedule, Cadence, ChannelFeed, FeedState, SocialAccount
from creators.pulling import schedule
from krm.connectors import archive, credentials, egress, http, inbox, signatures
from krm.connectors.http import TransportError
from krm.connectors.models import InboundEvent
from krm.connectors.outcomes import OK, Kind, Outcome
from krm.events import enqueue

TOPIC = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="
LEASE = timedelta(days=10)
RENEW_BEFORE = timedelta(days=2)
AT_ONCE = 100
WATCHED = (Cadence.LIVE, Cadence.SHORTLISTED, Cadence.WARM)
VENDOR = "websub"
_CHANNEL = re.compile(rb"<yt:channelId>\s*(UC[\w-]{22})\s*</yt:channelId>")
_DELETED = re.compile(rb"<at:deleted-entry\b")


def topic(account: SocialAccount) -> str:
    return TOPIC + str(account.external_id)


def callback(feed: ChannelFeed) -> str:
    return str(settings.SITE_URL).rstrip("/") + reverse("creators:websub", args=[feed.token])


def ready() -> bool:
    """A hub on the internet can only call an address on the internet; the sandbox calls anybody."""
    application = credentials.application("youtube")
    if application is None or not application.api_key:
        return False
    return bool(settings.SANDBOX_URL) or str(settings.SITE_URL).startswith("https://")


def keep(now: datetime | None = None) -> int:
    """Ask for what is missing and renew what ends soon, of watched channels. Returns how many were asked for."""
    now = now or timezone.now()
    if not ready():
        return 0
    missing = (
        AccountSchedule.objects.filter(
            platform="youtube", cadence__in=WATCHED, paused_reason="", account__feed=None
        )
        .exclude(account__external_id=None)
        .values_list("account_id", flat=True)[:AT_ONCE]
    )
    ChannelFeed.objects.bulk_create(
        [
            ChannelFeed(
                account_id=pk, token=secrets.token_urlsafe(32), secret=secrets.token_urlsafe(32), asked_at=now,
                next_ask_at=now,
            )
            for pk in missing
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    # Those nobody watches any more run out by themselves.
    ChannelFeed.objects.filter(lease_until__lt=now, state=FeedState.ACTIVE).update(state=FeedState.ENDED)
    due = ChannelFeed.objects.filter(next_ask_at__lte=now, account__schedule__cadence__in=WATCHED)
    asked = 0
    for pk in list(due.order_by("next_ask_at").values_list("pk", flat=True)[:AT_ONCE]):
        asked += _ask(pk, now)
    return asked


def _ask(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        feed = (
            ChannelFeed.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("account")
            .filter(pk=pk, next_ask_at__lte=now)
            .first()
        )
        if feed is None:
            return False
        # Asked again later should the hub not confirm; a confirmation sets its own time.
        feed.asked_at, feed.failures = now, min(feed.failures + 1, 30)
        feed.next_ask_at = now + min(timedelta(minutes=30) * 2 ** min(feed.failures, 8), timedelta(days=2))
        feed.save(update_fields=["asked_at", "failures", "next_ask_at", "updated_at"])
    data = {
        "hub.callback": callback(feed),
        "hub.mode": "subscribe",
        "hub.topic": topic(feed.account),
        "hub.lease_seconds": str(int(LEASE.total_seconds())),
        "hub.secret": feed.secret,
        "hub.verify": "async",
    }
    outcome, reply = OK, None
    try:
        reply = http.client().request(
            "POST", settings.PLATFORM_URLS["websub"] + "/subscribe", data=data, timeout=10
        )
        if reply.status >= 400:
            kind = Kind.TRANSIENT if reply.status >= 500 or reply.status == 429 else Kind.BAD_REQUEST
            outcome = Outcome(kind, f"HTTP {reply.status}")
    except (TransportError, egress.Refused) as error:
        outcome = Outcome(Kind.TRANSIENT, str(error))
    archive.keep([archive.Call("youtube", "websub", feed.account.handle, outcome, reply, now)])
    return outcome.ok


def confirm(token: str, query: Any) -> str | None:
    """The hub asks whether we asked. Its challenge, or None for 'no'."""
    mode, asked_for = query.get("hub.mode", ""), query.get("hub.topic", "")
    with transaction.atomic():
        feed = (
            ChannelFeed.objects.select_for_update(of=("self",))
            .select_related("account")
            .filter(token=token)
            .first()
        )
        if feed is None or not hmac.compare_digest(asked_for.encode(), topic(feed.account).encode()):
            return None
        if mode == "denied":
            feed.state = FeedState.DENIED
            feed.save(update_fields=["state", "updated_at"])
            return ""
        challenge = str(query.get("hub.challenge", ""))
        if mode != "subscribe" or not 0 < len(challenge) <= 500:
            return None
        given = query.get("hub.lease_seconds", "")
        seconds = int(given) if given.isdigit() and len(given) < 9 else int(LEASE.total_seconds())
        lease = min(timedelta(seconds=max(seconds, 3600)), timedelta(days=30))
        now = timezone.now()
        feed.state, feed.failures, feed.lease_until = FeedState.ACTIVE, 0, now + lease
        feed.next_ask_at = now + max(lease - RENEW_BEFORE, lease / 2)
        feed.save(update_fields=["state", "failures", "lease_until", "next_ask_at", "updated_at"])
        return challenge


def receive(token: str, headers: Any, body: bytes) -> bool:
    """Store a notice whose signature is right, once. WebSub wants 200 for a wrong one too; it is dropped."""
    feed = ChannelFeed.objects.filter(token=token).first()
    if feed is None:
        return False
    if not signatures.websub(body, headers.get("X-Hub-Signature", ""), feed.secret):
        return True
    stored = json.dumps({"feed": feed.pk, "body": body[:100_000].decode("utf-8", "replace")}).encode()
    inbox.receive(VENDOR, headers, stored)
    return True


def heard(event: InboundEvent) -> None:
    """A video was put up, changed or taken down: read the channel now."""
    stored = json.loads(bytes(event.body))
    feed = ChannelFeed.objects.filter(pk=stored["feed"]).select_related("account").first()
    if feed is None:
        return
    body = stored["body"].encode()
    channel = _CHANNEL.search(body)
    if channel is not None and channel.group(1).decode() != feed.account.external_id:
        return  # signed with this channel's secret, but about another: not ours to believe
    if channel is None and not _DELETED.search(body):
        return
    ChannelFeed.objects.filter(pk=feed.pk).update(heard_at=timezone.now(), failures=F("failures") * 0)
    schedule.hurry([feed.account_id])
    enqueue("creators.take_due", once_per_transaction=True)
