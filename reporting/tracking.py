"""Tracking links: make them, send visitors on, count each visitor once a day."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from krm.accounts.permissions import check
from krm.events import record
from reporting.models import Click, TrackingLink

if TYPE_CHECKING:
    from campaigns.models import Partnership
    from krm.accounts.models import User

# Previews and crawlers open every link that is posted; they are kept apart, for they are no visitors.
BOT = re.compile(
    r"bot|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|headless|python-|curl|wget|monitor",
    re.I,
)


@dataclass(frozen=True)
class Visit:
    """What the redirect knows of a request; none of it is stored as it is."""

    address: str
    user_agent: str
    referrer: str


def create_link(
    partnership: Partnership,
    *,
    by: User,
    target_url: str,
    code: str = "",
    utm_source: str = "",
    utm_content: str = "",
) -> TrackingLink:
    """Make a link; without a `code` one is drawn that cannot be guessed in order."""
    check(by, "reporting.manage_links", partnership)
    if urlsplit(target_url).scheme not in ("http", "https"):
        raise ValidationError({"target_url": _("Enter a full web address that starts with https://.")})
    code = code.strip() or secrets.token_urlsafe(5).replace("_", "x").replace("-", "y")
    link = TrackingLink(
        partnership=partnership,
        code=code,
        target_url=target_url,
        utm_source=utm_source or (partnership.account.platform if partnership.account else "kol"),
        utm_campaign=slugify(partnership.campaign.code or partnership.campaign.name)[:100],
        utm_content=utm_content or slugify(partnership.creator.name)[:100],
        created_by=by,
    )
    link.full_clean(exclude=["code"] if TrackingLink.objects.filter(code=code).exists() else None)
    try:
        with transaction.atomic():
            link.save()
            record(
                "reporting.link_created",
                link,
                actor=by,
                data={"partnership_id": partnership.pk, "code": code},
            )
    except IntegrityError:
        raise ValidationError(
            {"code": _("The code %(code)s is taken. Choose another.") % {"code": code}}
        ) from None
    return link


def set_active(link: TrackingLink, *, by: User, active: bool) -> TrackingLink:
    """Switch a link off (it then answers 'not found') or on again."""
    check(by, "reporting.manage_links", link.partnership)
    with transaction.atomic():
        link.is_active = active
        link.save(update_fields=["is_active", "updated_at"])
        record("reporting.link_switched", link, actor=by, data={"active": active})
    return link


def destination(link: TrackingLink) -> str:
    """The target with UTM parameters added; parameters the target already has are kept."""
    parts = urlsplit(link.target_url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    present = {name for name, _value in query}
    for name in ("utm_source", "utm_medium", "utm_campaign", "utm_content"):
        value = getattr(link, name)
        if value and name not in present:
            query.append((name, value))
    return urlunsplit(parts._replace(query=urlencode(query)))


def visitor_key(visit: Visit, day: str) -> str:
    """A keyed hash of address, browser and day: the same visitor counts once a day, and cannot be followed longer."""
    message = f"{day}|{visit.address}|{visit.user_agent}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()[:32]


def record_click(link: TrackingLink, visit: Visit) -> Click:
    """Count one click. Two clicks of one visitor on one day are two clicks and one visitor, also when they race."""
    is_bot = not visit.user_agent or bool(BOT.search(visit.user_agent))
    moment = timezone.now()
    click = Click(
        link=link,
        at=moment,
        visitor=visitor_key(visit, timezone.localdate(moment).isoformat()),
        referrer_host=(urlsplit(visit.referrer).hostname or "")[:200],
        is_bot=is_bot,
    )
    with transaction.atomic():
        if not is_bot:
            try:
                with transaction.atomic():
                    click.save()
            except IntegrityError:
                click.pk, click.is_repeat = None, True
                click.save()
            TrackingLink.objects.filter(pk=link.pk).update(
                clicks_count=F("clicks_count") + 1,
                visitors_count=F("visitors_count") + (0 if click.is_repeat else 1),
                last_click_at=moment,
            )
        else:
            click.save()
    return click


def switch_off(link: TrackingLink, *, by: User) -> TrackingLink:
    return set_active(link, by=by, active=False)


def switch_on(link: TrackingLink, *, by: User) -> TrackingLink:
    return set_active(link, by=by, active=True)
