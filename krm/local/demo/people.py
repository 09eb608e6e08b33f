"""The people of the demo agency, and its brand teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress

from krm.accounts.models import BrandTeam, User
from krm.local.demo import LOGINS, PASSWORD

if TYPE_CHECKING:
    from krm.local.demo import Login


def make_teams() -> dict[str, BrandTeam]:
    names = ("Beauty and home", "Food and technology")
    return {
        name: BrandTeam.objects.get_or_create(name=f"{name} (demo)", defaults={"is_demo": True})[0]
        for name in names
    }


def make_user(login: Login, teams: dict[str, BrandTeam], name: str = "") -> User:
    user = User.objects.create_user(
        login.email,
        PASSWORD,
        name=name or login.name,
        role=login.role,
        language=login.language,
        all_teams=login.all_teams,
        is_demo=True,
    )
    if login.team:
        user.teams.set([teams[login.team]])
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def make_people(kol_name: str) -> tuple[dict[str, User], dict[str, BrandTeam]]:
    """Everybody of `LOGINS` by key; the KOL login carries the name of the creator it belongs to."""
    teams = make_teams()
    return {
        login.key: make_user(login, teams, kol_name if login.key == "kol" else "") for login in LOGINS
    }, teams
