"""Tell people, once, in the way they chose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import override

from krm.accounts.models import User
from krm.events.models import Notification, NotificationPreference


@dataclass(frozen=True)
class Kind:
    name: str
    label: Any
    email: bool


_kinds: dict[str, Kind] = {}


def register_kind(name: str, label: Any, *, email: bool = True) -> None:
    """Make a kind of notification known, so that people can choose how they get it."""
    _kinds[name] = Kind(name, label, email)


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.name)


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
    muted = set(
        NotificationPreference.objects.filter(user__in=people, kind=kind, in_app=False, email=False).values_list(
            "user_id", flat=True
        )
    )
    rows = []
    for pk, user in people.items():
        if pk in muted:
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
                )
            )
    return Notification.objects.bulk_create(rows, ignore_conflicts=True)
