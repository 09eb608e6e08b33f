"""Mentions: a webhook says which post or comment; what it says is read from the platform, once."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.utils import timezone

from creators.listening import finds
from creators.models import FoundBy, FoundPost, SocialAccount
from creators.platforms.instagram import listening as instagram
from creators.platforms.registry import CONNECTORS
from creators.pulling.session import PlatformSession
from krm.connectors import archive, credentials
from krm.connectors.models import Credential, InboundEvent
from krm.connectors.outcomes import Failed, Kind
from krm.events import enqueue, record

LATER = frozenset({Kind.TRANSIENT, Kind.RATE_LIMITED, Kind.QUOTA_SPENT, Kind.AUTH_EXPIRED})


class TryLater(Exception):
    """The platform could not say just now; the queue asks again."""


def told(event: InboundEvent) -> int:
    """Queue the reading of every mention a webhook of Meta names. Returns how many."""
    body: dict[str, Any] = json.loads(bytes(event.body))
    count = 0
    for entry in body.get("entry", []):
        for change in entry.get("changes", []):
            value = change.get("value") or {}
            if change.get("field") == "mentions" and value.get("media_id"):
                enqueue(
                    "creators.read_mention",
                    str(entry.get("id", "")),
                    str(value["media_id"]),
                    str(value.get("comment_id") or ""),
                )
                count += 1
    return count


def read(mentioned_id: str, media_id: str, comment_id: str = "") -> list[int]:
    """Read one mention of an Instagram account that gave its consent; returns new finds. Safe to run again."""
    application = credentials.application("instagram")
    consent = (
        Credential.objects.filter(platform="instagram", external_account_id=mentioned_id)
        .exclude(status__in=("revoked", "expired"))
        .first()
    )
    if application is None or consent is None:
        return []
    session = PlatformSession(CONNECTORS["instagram"], application)
    try:
        found = instagram.mentioned(session, consent, media_id, comment_id)
    except Failed as failed:
        if failed.outcome.kind in LATER:
            raise TryLater(failed.outcome.reason) from None
        return []  # private, deleted, or of a story: there is nothing to keep
    finally:
        archive.keep(session.calls)
    account = SocialAccount.objects.filter(platform="instagram", external_id=mentioned_id).first()
    kind = FoundBy.COMMENT if comment_id else FoundBy.MENTION
    with transaction.atomic():
        new = finds.keep(kind, [found], timezone.now(), account=account, mentioned_id=mentioned_id)
        if new:
            record(
                "creators.posts_found",
                FoundPost.objects.get(pk=new[0]),
                data={
                    "account_id": account.pk if account else None,
                    "mentioned_id": mentioned_id,
                    "found_ids": new,
                },
            )
    return new
