"""Where a person is logged in, and ending it."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from krm.accounts.announcing import announce
from krm.accounts.models import User
from krm.errors import Denied


def sessions_of(user: User) -> list[UserSession]:
    """Living sessions, the newest use first."""
    found = list(UserSession.objects.filter(user=user).order_by("-last_seen_at", "-pk"))
    alive = set(
        Session.objects.filter(session_key__in=[s.session_key for s in found]).values_list(
            "session_key", flat=True
        )
    )
    return [session for session in found if session.session_key in alive]


def end(session: UserSession, *, by: User) -> None:
    if session.user_id != by.pk:
        raise Denied(_("Everybody ends their own sessions."))
    with transaction.atomic():
        session.end()
        announce("accounts.session_ended", by, actor=by, data={})


def end_others(user: User, *, by: User, keep: str) -> int:
    """End every session of `user` but the one with the key `keep`."""
    if user.pk != by.pk:
        raise Denied(_("Everybody ends their own sessions."))
    with transaction.atomic():
        count = end_all(user, keep=keep)
        announce("accounts.session_ended", by, actor=by, data={"count": count})
    return count


def end_all(user: User, *, keep: str = "") -> int:
    """Used where access changes: the next request of each session is anonymous."""
    found = UserSession.objects.filter(user=user).exclude(session_key=keep)
    keys = list(found.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    found.delete()
    return len(keys)


def describe(session: Any) -> str:
    """Browser and system in a few words, from the user agent."""
    agent = session.user_agent or ""
    browser = next(
        (
            name
            for mark, name in (
                ("Edg/", "Edge"),
                ("OPR/", "Opera"),
                ("SamsungBrowser", "Samsung Internet"),
                ("Firefox", "Firefox"),
                ("Chrome", "Chrome"),
                ("Safari", "Safari"),
            )
            if mark in agent
        ),
        _("Unknown browser"),
    )
    system = next(
        (
            name
            for mark, name in (
                ("Android", "Android"),
                ("iPhone", "iPhone"),
                ("iPad", "iPad"),
                ("Windows", "Windows"),
                ("Mac OS", "macOS"),
                ("Linux", "Linux"),
            )
            if mark in agent
        ),
        "",
    )
    return f"{browser}, {system}" if system else str(browser)
