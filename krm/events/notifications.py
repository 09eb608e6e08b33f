"""Tell people, once, in the way they chose."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from krm.accounts import mail
from krm.accounts.models import User
from krm.events.models import Notification, NotificationPreference
from krm.events.publishing import publish

logger = logging.getLogger(__name__)
SETTLE = timedelta(minutes=10)  # what is read in the browser meanwhile is not mailed
PER_DIGEST = 30


@dataclass(frozen=True)
class Kind:
    name: str
    label: Any
    email: bool
    areas: frozenset[str]


_kinds: dict[str, Kind] = {}


def register_kind(name: str, label: Any, *, email: bool = True, areas: Iterable[str] = ()) -> None:
    """Make a kind of notification known, so that people can choose how they get it.

    `areas`: staff, portal, client; whom it can concern. Without it guests see the kind once they got one.
    """
    _kinds[name] = Kind(name, label, email, frozenset(areas))


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


def kinds_for(user: User) -> list[Kind]:
    """The kinds whose choice means something to this person."""
    if user.is_staff_member:
        return [kind for kind in kinds() if not kind.areas or "staff" in kind.areas]
    area = "portal" if user.is_portal else "client"
    got = set(Notification.objects.filter(user=user).values_list("kind", flat=True).distinct())
    return [kind for kind in kinds() if area in kind.areas or kind.name in got]


def notify(
    kind: str,
    users: Iterable[User],
    subject: models.Model | None = None,
    *,
    title: Any,
    text: Any = "",
    url: str = "",
    key: str,
) -> list[Notification]:
    """Write one notification a person, in their language; the same `key` twice tells them once."""
    if kind not in _kinds:
        raise LookupError(f"unknown notification kind {kind!r}: register it in the room's subscribers.py")
    people = {user.pk: user for user in users if user.is_active}
    chosen = {p.user_id: p for p in NotificationPreference.objects.filter(user__in=people, kind=kind)}
    known = set(Notification.objects.filter(user__in=people, key=key).values_list("user_id", flat=True))
    rows = []
    for pk, user in people.items():
        choice = chosen.get(pk)
        in_app = choice.in_app if choice else True
        by_mail = choice.email if choice else _kinds[kind].email
        if pk in known or not (in_app or by_mail):
            continue
        with override(user.language):
            rows.append(
                Notification(
                    user=user,
                    kind=kind,
                    title=str(title)[:200],
                    text=str(text),
                    url=url,
                    subject_type=subject._meta.label_lower if subject is not None else "",
                    subject_id=subject.pk if subject is not None else None,
                    key=key,
                    in_app=in_app,
                    by_mail=by_mail,
                )
            )
    for row in rows:
        if row.in_app:
            publish({"user_id": row.user_id, "title": row.title, "url": row.url})
    return Notification.objects.bulk_create(rows, ignore_conflicts=True)


def unread_count(user: Any) -> int:
    return Notification.objects.visible_to(user).unread().count()


def mark_read(user: User, *, pks: Iterable[int] | None = None) -> int:
    """Mark these (or all) of the person's notifications as read."""
    rows = Notification.objects.filter(user=user, read_at=None)
    if pks is not None:
        rows = rows.filter(pk__in=list(pks))
    return rows.update(read_at=timezone.now())


def choose(user: User, choices: dict[str, tuple[bool, bool]]) -> None:
    """Keep how a person wants each kind: {kind: (in the app, by mail)}; unknown kinds are left out."""
    rows = [
        NotificationPreference(user=user, kind=kind, in_app=in_app, email=email)
        for kind, (in_app, email) in choices.items()
        if kind in _kinds
    ]
    NotificationPreference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["in_app", "email"]
    )


def preferences_of(user: User) -> list[dict[str, Any]]:
    chosen = {p.kind: p for p in NotificationPreference.objects.filter(user=user)}
    return [
        {
            "kind": kind.name,
            "label": kind.label,
            "in_app": chosen[kind.name].in_app if kind.name in chosen else True,
            "email": chosen[kind.name].email if kind.name in chosen else kind.email,
        }
        for kind in kinds_for(user)
    ]


def digests_due() -> list[int]:
    """People with unread news for the mail that has settled."""
    waiting = Notification.objects.filter(
        read_at=None,
        emailed_at=None,
        by_mail=True,
        created_at__lt=timezone.now() - SETTLE,
        user__is_active=True,
    )
    return list(waiting.values_list("user_id", flat=True).distinct()[:500])


def send_digest(user_id: int) -> int:
    """One mail with everything unread that is to be mailed; marked in the same transaction."""
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        rows = list(
            Notification.objects.select_for_update(skip_locked=True)
            .filter(user=user, read_at=None, emailed_at=None, by_mail=True)
            .order_by("pk")
        )
        if not rows or not user.is_active:
            return 0
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(emailed_at=timezone.now())
        items = [
            {
                "title": row.title,
                "text": row.text,
                "link": mail.absolute(row.url) if row.url.startswith("/") else row.url,
            }
            for row in rows[:PER_DIGEST]
        ]
        mail.send(
            user.email,
            "events/mail/digest",
            {
                "user": user,
                "items": items,
                "count": len(rows),
                "more": max(0, len(rows) - PER_DIGEST),
                "preferences": mail.absolute(reverse("events:preferences")),
            },
            language=user.language,
        )
    return len(rows)
