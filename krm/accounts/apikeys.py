"""API keys: make one, find its owner, revoke it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from krm.accounts.announcing import announce
from krm.accounts.models import ApiKey, User
from krm.accounts.tokens import digest_of, new_token
from krm.errors import Conflict, Denied

PREFIX = "krm_"
LONGEST = timedelta(days=366)
USED_STEP = timedelta(
    minutes=1
)  # last use is good to the minute: a write per request would cost more than it tells

_scopes: dict[str, object] = {"*": "*"}


def register_scopes(*names: str) -> None:
    """Make scopes known; the API does it from its view sets."""
    for name in names:
        _scopes[name] = name


def known_scopes() -> list[str]:
    return sorted(_scopes)


def create(
    user: User, *, by: User, name: str, scopes: Iterable[str], expires_at: datetime
) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can read again."""
    if by.pk != user.pk:
        raise Denied(_("Everybody makes their own API keys."))
    wanted = sorted(set(scopes))
    errors: dict[str, str] = {}
    if not name.strip():
        errors["name"] = _("Name the program that will use the key.")
    unknown = [scope for scope in wanted if scope not in _scopes]
    if not wanted:
        errors["scopes"] = _("Choose at least one scope.")
    elif unknown:
        errors["scopes"] = _("Unknown scope: %(names)s.") % {"names": ", ".join(unknown)}
    now = timezone.now()
    if expires_at <= now:
        errors["expires_at"] = _("Choose a time in the future.")
    elif expires_at > now + LONGEST:
        errors["expires_at"] = _("A key lives a year at most.")
    if errors:
        raise ValidationError(errors)
    secret = PREFIX + new_token()
    with transaction.atomic():
        key = ApiKey.objects.create(
            user=user,
            name=name.strip(),
            prefix=secret[:10],
            digest=digest_of(secret),
            scopes=wanted,
            expires_at=expires_at,
        )
        announce("accounts.api_key_created", key, actor=by, data={"scopes": wanted})
    return key, secret


def find(secret: str) -> ApiKey | None:
    """The live key of this secret, its use noted."""
    if not secret.startswith(PREFIX):
        return None
    key = ApiKey.objects.live().select_related("user").filter(digest=digest_of(secret)).first()
    if key is None:
        return None
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at > USED_STEP:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def revoke(key: ApiKey, *, by: User) -> ApiKey:
    if by.pk != key.user_id and by.role != "administrator":
        raise Denied(_("Only the owner or an administrator revokes a key."))
    if key.revoked_at is not None:
        raise Conflict(_("This key is revoked already."))
    with transaction.atomic():
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at", "updated_at"])
        announce("accounts.api_key_revoked", key, actor=by)
    return key
