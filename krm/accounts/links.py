"""Login links for guests: KOLs and clients have no password to remember.

The answer to a request is the same for known and unknown addresses, in words and in work done. A link opens
once, within fifteen minutes.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme

from krm.accounts import mail
from krm.accounts.announcing import announce
from krm.accounts.models import LoginLink, User
from krm.accounts.models.users import CLIENT_ROLES, PORTAL_ROLES
from krm.accounts.tokens import digest_of, new_token
from krm.queueing import enqueue

VALID_FOR = timedelta(minutes=15)
PER_EMAIL = (3, timedelta(minutes=15))
PER_ADDRESS = (30, timedelta(hours=1))
KEPT_FOR = timedelta(days=7)


def keyed(kind: str, value: str) -> str:
    """A hash that means nothing without our key: neither addresses nor e-mails are kept here."""
    return salted_hmac(f"krm.accounts.links.{kind}", value, algorithm="sha256").hexdigest()


def request_link(email: str, *, ip: str, next_url: str = "", language: str = "") -> LoginLink | None:
    """Note the request; the mail goes out if the address is a guest's. None: too many requests, nothing noted."""
    email = email.strip().lower()
    email_hash, ip_hash = keyed("email", email), keyed("ip", ip)
    now = timezone.now()
    with transaction.atomic():
        most, within = PER_EMAIL
        too_many = (
            LoginLink.objects.filter(email_hash=email_hash, created_at__gt=now - within).count() >= most
        )
        most, within = PER_ADDRESS
        too_many = (
            too_many or LoginLink.objects.filter(ip_hash=ip_hash, created_at__gt=now - within).count() >= most
        )
        user = User.objects.filter(
            email__iexact=email, is_active=True, role__in=[*PORTAL_ROLES, *CLIENT_ROLES]
        ).first()
        if too_many:
            return None
        link = LoginLink.objects.create(
            user=user,
            email_hash=email_hash,
            ip_hash=ip_hash,
            next_url=next_url if is_ours(next_url) else "",
            language=language,
        )
        enqueue("accounts.send_login_link", link.pk)
    return link


def is_ours(url: str) -> bool:
    return bool(url) and len(url) <= 300 and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def deliver(link: LoginLink) -> bool:
    """Make the token and mail it; a link that was sent or used is left alone."""
    token = new_token()
    with transaction.atomic():
        locked = (
            LoginLink.objects.select_for_update(of=("self",))
            .select_related("user")
            .filter(pk=link.pk)
            .first()
        )
        if (
            locked is None
            or locked.user is None
            or locked.sent_at
            or locked.used_at
            or locked.created_at < timezone.now() - KEPT_FOR  # nobody waits for it any more
            or not locked.user.is_active
        ):
            return False
        now = timezone.now()
        locked.digest, locked.sent_at, locked.expires_at = digest_of(token), now, now + VALID_FOR
        locked.save(update_fields=["digest", "sent_at", "expires_at"])
        mail.send(
            locked.user.email,
            "accounts/mail/login_link",
            {
                "user": locked.user,
                "link": mail.absolute(reverse("accounts:link_open", args=[token])),
                "minutes": 15,
            },
            language=locked.user.language or locked.language or settings.LANGUAGE_CODE,
        )
    return True


def find(token: str) -> LoginLink | None:
    if not token:
        return None
    return (
        LoginLink.objects.select_related("user")
        .filter(digest=digest_of(token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )


def redeem(token: str) -> LoginLink | None:
    """Use the link up. Of two who open it at once, one gets in."""
    found = find(token)
    if found is None:
        return None
    with transaction.atomic():
        used = LoginLink.objects.filter(pk=found.pk, used_at=None).update(used_at=timezone.now())
        if not used:
            return None
        assert found.user is not None
        announce("accounts.login_link_used", found.user, actor=found.user)
    return found


def waiting() -> list[int]:
    since = timezone.now() - VALID_FOR
    return list(
        LoginLink.objects.filter(
            sent_at=None, used_at=None, user__isnull=False, created_at__gt=since
        ).values_list("pk", flat=True)[:100]
    )


def forget_old() -> int:
    deleted, _by_model = LoginLink.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
