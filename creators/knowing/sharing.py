"""Links by which a client without a login sees a creator's profile."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.timezone import now
from django.utils.translation import gettext as _

from creators.models import Creator, ProfileShare
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

LONGEST = timedelta(days=92)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def share(
    creator: Creator, *, by: User, label: str, language: str = "en", expires_at: datetime | None = None
) -> tuple[ProfileShare, str]:
    """A new link; its 256-bit token is returned once and only its hash is kept."""
    check(by, "creators.share_profile", creator)
    until = expires_at or now() + timedelta(days=14)
    errors: dict[str, str] = {}
    text = " ".join(label.split())[:160]
    if not text:
        errors["label"] = _("Name the person the link is for.")
    if language not in ("en", "id"):
        errors["language"] = _("Choose English or Bahasa Indonesia.")
    if not now() < until <= now() + LONGEST:
        errors["expires_at"] = _("Choose a moment within the next three months.")
    if errors:
        raise ValidationError(errors)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ProfileShare.objects.create(
            creator=creator,
            label=text,
            language=language,
            expires_at=until,
            token_hash=token_hash(token),
            created_by=by,
        )
        record(
            "creators.profile_shared", creator, actor=by, data={"creator_id": creator.pk, "share_id": row.pk}
        )
    return row, token


def revoke(row: ProfileShare, *, by: User) -> ProfileShare:
    check(by, "creators.share_profile", row.creator)
    with transaction.atomic():
        held = ProfileShare.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if held.revoked_at is not None:
            raise Conflict(_("This link is revoked already."))
        held.revoked_at = now()
        held.save(update_fields=["revoked_at", "updated_at"])
        record(
            "creators.profile_share_revoked", held.creator, actor=by,
            data={"creator_id": held.creator_id, "share_id": held.pk},
        )  # fmt: skip
    row.refresh_from_db()
    return row


def open_share(token: str, *, count: bool = True) -> ProfileShare | None:
    """The link if it holds now; opening it is counted."""
    row = (
        ProfileShare.objects.filter(token_hash=token_hash(token), revoked_at=None, expires_at__gt=now())
        .exclude(creator__status__in=["blocked", "archived"])
        .select_related("creator")
        .first()
    )
    if row is not None and count:
        ProfileShare.objects.filter(pk=row.pk).update(views=F("views") + 1, viewed_at=now())
    return row
