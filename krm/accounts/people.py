"""Staff and guests as logins: role, teams, in or out."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from krm.accounts import sessions
from krm.accounts.announcing import announce
from krm.accounts.models import ApiKey, BrandTeam, LoginLink, Role, User
from krm.accounts.models.users import CLIENT_ROLES, PORTAL_ROLES, STAFF_ROLES
from krm.accounts.permissions import check
from krm.errors import Conflict, Denied

FAMILIES = (STAFF_ROLES, PORTAL_ROLES, CLIENT_ROLES)


def family_of(role: str) -> frozenset[Role]:
    return next((family for family in FAMILIES if role in family), frozenset())


def change_access(
    user: User, *, by: User, role: str, teams: Iterable[BrandTeam] = (), all_teams: bool = False
) -> User:
    """Give a person another role of the same kind, and their teams; sessions end, so that it holds at once."""
    check(by, "accounts.manage_people", user)
    teams = list(teams)
    errors: dict[str, str] = {}
    if role not in Role.values:
        errors["role"] = _("Choose a role from the list.")
    elif family_of(role) != family_of(user.role):
        errors["role"] = _(
            "Staff, portal and client logins stay apart. Invite the person anew with another e-mail."
        )
    if role in STAFF_ROLES and not all_teams and not teams:
        errors["teams"] = _("Choose at least one team, or let the person see every brand.")
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        before = {"role": user.role, "all_teams": user.all_teams}
        if user.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR:
            refuse_last_administrator(user)
        user.role = role
        user.all_teams = all_teams and role in STAFF_ROLES
        user.save(update_fields=["role", "all_teams"])
        user.teams.set(teams if role in STAFF_ROLES else [])
        if user.pk != by.pk:
            sessions.end_all(user)
        announce(
            "accounts.access_changed",
            user,
            actor=by,
            data={
                "before": before,
                "after": {"role": user.role, "all_teams": user.all_teams},
                "teams": [t.pk for t in teams],
            },
        )
    return user


def refuse_last_administrator(user: User) -> None:
    others = (
        User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    )
    if not others.exists():
        raise Conflict(_("This is the last administrator. Make somebody else administrator first."))


def deactivate(user: User, *, by: User) -> User:
    """Lock a person out: sessions end, keys are revoked, links are void. Their work stays."""
    check(by, "accounts.manage_people", user)
    if user.pk == by.pk:
        raise Denied(_("You cannot deactivate yourself. Ask another administrator."))
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not user.is_active:
            raise Conflict(_("This person is deactivated already."))
        if user.role == Role.ADMINISTRATOR:
            refuse_last_administrator(user)
        now = timezone.now()
        user.is_active = False
        user.save(update_fields=["is_active"])
        sessions.end_all(user)
        ApiKey.objects.filter(user=user, revoked_at=None).update(revoked_at=now, updated_at=now)
        LoginLink.objects.filter(user=user, used_at=None).update(used_at=now)
        announce("accounts.user_deactivated", user, actor=by)
    return user


def reactivate(user: User, *, by: User) -> User:
    check(by, "accounts.manage_people", user)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if user.is_active:
            raise Conflict(_("This person is active already."))
        user.is_active = True
        user.save(update_fields=["is_active"])
        announce("accounts.user_reactivated", user, actor=by)
    return user


def update_profile(user: User, *, by: User, **values: Any) -> User:
    """Own name, phone, language, time zone and theme."""
    if user.pk != by.pk:
        raise Denied(_("Everybody keeps their own profile."))
    allowed = {"name", "phone", "language", "timezone", "theme"}
    values = {name: value for name, value in values.items() if name in allowed}
    errors: dict[str, str] = {}
    if "name" in values and not str(values["name"]).strip():
        errors["name"] = _("Write your name.")
    if values.get("language", user.language) not in dict(settings.LANGUAGES):
        errors["language"] = _("Choose a language from the list.")
    if values.get("theme", user.theme) not in User.Theme.values:
        errors["theme"] = _("Choose a theme from the list.")
    zone = values.get("timezone", user.timezone)
    if zone and zone not in zoneinfo.available_timezones():
        errors["timezone"] = _("Choose a time zone such as Asia/Jakarta.")
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        for name, value in values.items():
            setattr(user, name, value.strip() if isinstance(value, str) else value)
        if values:
            user.save(update_fields=sorted(values))
        announce("accounts.profile_updated", user, actor=by, data={"fields": sorted(values)})
    return user
