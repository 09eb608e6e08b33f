"""The credential store: application keys, consents, and the one way a token is renewed.

TikTok and others give a new refresh token at each renewal, so a lost write would cost the creator's consent: renewal
runs under an advisory lock, is written in its own statement as soon as it is known, and only over the version it
started from.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.connectors.models import Application, Credential, CredentialStatus, Purpose
from krm.connectors.outcomes import Failed, Kind
from krm.events import record

SECRETS = ("client_secret", "api_key", "webhook_secret")
EXPIRING_SHARE = 0.2
ENDLESS = frozenset({"youtube", "x"})  # their refresh tokens have no end
REMIND_BEFORE = timedelta(days=30)
LIFETIMES = {"instagram": timedelta(days=60), "tiktok": timedelta(days=1), "youtube": timedelta(hours=1)}


@dataclass(frozen=True, repr=False)
class Tokens:
    """What a platform gives at consent or renewal. A `refresh_token` of "" keeps the one we have."""

    access_token: str
    refresh_token: str = ""
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: Sequence[str] | None = None


@transaction.atomic
def save_application(platform: str, *, by: User | None, **fields: Any) -> Application:
    """Change an application's keys. An empty secret keeps the stored one: secrets are written, never shown.

    `by` is None for a command on the machine itself.
    """
    if by is not None:
        check(by, "connectors.change")
    application, _created = Application.objects.select_for_update().get_or_create(platform=platform)
    changed = []
    for name, value in fields.items():
        if name in SECRETS and not value:
            continue
        if getattr(application, name) != value:
            setattr(application, name, value)
            changed.append(name)
    if changed:
        application.full_clean()
        application.save(update_fields=[*changed, "updated_at"])
        record(
            "connectors.application_changed",
            application,
            actor=by,
            data={"platform": platform, "fields": changed},
        )
    return application


@transaction.atomic
def save_credential(
    platform: str,
    external_account_id: str,
    tokens: Tokens,
    *,
    by: User | None,
    purpose: str = Purpose.ACCOUNT,
    flavour: str = "",
    handle: str = "",
) -> Credential:
    """Store a consent, new or given again. `by` is None when the platform called us back for the owner."""
    if by is not None:
        check(by, "connectors.change")
    if not tokens.access_token:
        raise ValidationError({"access_token": _("Paste the access token the platform gave you.")})
    credential, _created = Credential.objects.update_or_create(
        platform=platform,
        external_account_id=external_account_id,
        flavour=flavour,
        defaults={
            "purpose": purpose,
            "handle": handle,
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "expires_at": tokens.expires_at,
            "refresh_expires_at": tokens.refresh_expires_at,
            "scopes": list(tokens.scopes or []),
            "status": CredentialStatus.ACTIVE,
            "status_reason": "",
        },
    )
    Credential.objects.filter(pk=credential.pk).update(version=credential.version + 1)
    record(
        "connectors.credential_saved",
        credential,
        actor=by,
        data={"platform": platform, "external_account_id": external_account_id},
    )
    return credential


def find(platform: str, external_account_id: str, *, flavour: str = "") -> Credential | None:
    found: Credential | None = Credential.objects.filter(
        platform=platform, external_account_id=external_account_id, flavour=flavour
    ).first()
    return found


def application(platform: str) -> Application | None:
    found: Application | None = Application.objects.filter(platform=platform, enabled=True).first()
    return found


@contextmanager
def _lock(credential_id: int) -> Iterator[None]:
    """A lock of the session, not the transaction: what the platform told us must be written whatever follows."""
    key = zlib.crc32(b"connectors.credential")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [key - 2**31, credential_id % 2**31])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [key - 2**31, credential_id % 2**31])


def renew(credential: Credential, refresher: Callable[[Credential], Tokens]) -> Credential:
    """Renew a token once, however many workers ask. Raises `Failed` with the platform's outcome."""
    with _lock(credential.pk):
        fresh = Credential.objects.get(pk=credential.pk)
        if fresh.version != credential.version:
            return fresh  # somebody else has just done it
        try:
            tokens = refresher(fresh)
        except Failed as failed:
            if failed.outcome.kind is Kind.AUTH_REVOKED:
                revoke(fresh, reason=failed.outcome.reason)
            raise
        values: dict[str, Any] = {
            "access_token": tokens.access_token,
            "expires_at": tokens.expires_at,
            "last_refresh_at": timezone.now(),
            "status": CredentialStatus.ACTIVE,
            "status_reason": "",
            "version": fresh.version + 1,
        }
        if tokens.refresh_token:
            values["refresh_token"] = tokens.refresh_token
            values["refresh_expires_at"] = tokens.refresh_expires_at
        if tokens.scopes is not None:
            values["scopes"] = list(tokens.scopes)
        swapped = Credential.objects.filter(pk=fresh.pk, version=fresh.version).update(**values)
        current = Credential.objects.get(pk=fresh.pk)
        if not swapped:
            return current
        return current


def can_renew(credential: Credential, now: datetime | None = None) -> bool:
    """With a refresh token, or, at Instagram's own login, with itself while it is alive and a day old."""
    if credential.refresh_token:
        return True
    if credential.platform != "instagram" or credential.flavour != "login" or credential.expires_at is None:
        return False
    now = now or timezone.now()
    given = credential.expires_at - LIFETIMES["instagram"]
    return credential.expires_at > now and now - given >= timedelta(hours=24)


def consent_ends(credential: Credential) -> datetime | None:
    """When only its owner can go on; None where it renews itself without end."""
    if credential.refresh_expires_at is not None:
        return credential.refresh_expires_at
    if credential.expires_at is None or credential.platform in ENDLESS:
        return None
    return credential.expires_at


def needs_renewal(credential: Credential, now: datetime | None = None) -> bool:
    """Less than a fifth of its life is left."""
    if credential.expires_at is None:
        return False
    life = LIFETIMES.get(credential.platform, timedelta(days=1))
    return credential.expires_at - (now or timezone.now()) < life * EXPIRING_SHARE


def revoke(credential: Credential, *, reason: str) -> None:
    """Consent is gone; only the account's owner can give it back."""
    with transaction.atomic():
        changed = (
            Credential.objects.filter(pk=credential.pk)
            .exclude(status=CredentialStatus.REVOKED)
            .update(status=CredentialStatus.REVOKED, status_reason=reason[:200])
        )
        if changed:
            record(
                "connectors.credential_revoked",
                credential,
                data={"platform": credential.platform, "external_account_id": credential.external_account_id},
            )
    credential.status = CredentialStatus.REVOKED


def mark_due(now: datetime | None = None) -> int:
    """Show what runs out: active → expiring → expired. Returns how many changed."""
    now = now or timezone.now()
    changed = 0
    for platform, life in LIFETIMES.items():
        # A token with a refresh token renews itself before use; only one that cannot is worth a warning.
        dying = Credential.objects.filter(platform=platform, expires_at__isnull=False).filter(
            Q(refresh_token="") | Q(refresh_expires_at__lt=now)
        )
        changed += dying.filter(status__in=("active", "expiring"), expires_at__lte=now).update(
            status=CredentialStatus.EXPIRED, status_reason="The token ran out."
        )
        changed += dying.filter(status="active", expires_at__lte=now + life * EXPIRING_SHARE).update(
            status=CredentialStatus.EXPIRING
        )
    # A refresh token that itself ends (TikTok: after a year) is worth the warning a month before.
    changed += Credential.objects.filter(
        status="active", refresh_expires_at__gt=now, refresh_expires_at__lte=now + REMIND_BEFORE
    ).update(status=CredentialStatus.EXPIRING)
    return changed
