"""Roles, teams, deactivation: what an administrator decides holds at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from krm.accounts import people, teams
from krm.accounts.models import BrandTeam, User
from krm.accounts.scope import Scope
from krm.errors import Conflict, Denied
from krm.events.models import Event


def test_a_new_role_ends_the_sessions(admin_user: Any, staff: Any, team: Any, client: Any) -> None:
    user = staff("viewer")
    client.post("/account/login/", {"login": user.email, "password": "correct horse battery"})
    assert client.get("/settings/profile/").status_code == 200
    people.change_access(user, by=admin_user, role="finance", teams=[team])
    assert client.get("/settings/profile/").status_code == 302
    assert User.objects.get(pk=user.pk).role == "finance"


def test_deactivating_shuts_every_door(admin_user: Any, staff: Any, client: Any, api_for: Any) -> None:
    user = staff()
    api = api_for(user)
    client.post("/account/login/", {"login": user.email, "password": "correct horse battery"})
    people.deactivate(user, by=admin_user)
    assert client.get("/settings/profile/").status_code == 302
    assert api.get("/api/v1/teams").status_code == 401
    client.post("/account/login/", {"login": user.email, "password": "correct horse battery"})
    assert client.get("/settings/profile/").status_code == 302
    assert (
        Event.objects.filter(name="accounts.user_deactivated", subject_id=user.pk, actor=admin_user).count()
        == 1
    )


def test_the_last_administrator_stays(admin_user: Any, make_user: Any) -> None:
    other = make_user("administrator", all_teams=True)
    people.change_access(other, by=admin_user, role="viewer", all_teams=True)
    with pytest.raises(Conflict, match="last administrator"):
        people.change_access(admin_user, by=admin_user, role="viewer", all_teams=True)


def test_staff_do_not_become_guests(admin_user: Any, staff: Any) -> None:
    with pytest.raises(ValidationError, match="stay apart"):
        people.change_access(staff(), by=admin_user, role="creator")


@pytest.mark.parametrize("role", ["campaign_manager", "reviewer", "finance", "viewer"])
def test_only_administrators_manage_people(staff: Any, team: Any, role: str) -> None:
    victim = staff("viewer")
    with pytest.raises(Denied, match="Only administrators manage people"):
        people.change_access(victim, by=staff(role), role="administrator", teams=[team])
    victim.refresh_from_db()
    assert victim.role == "viewer"
    assert not Event.objects.exists()


def test_a_profile_is_kept_by_its_owner(staff: Any) -> None:
    user = staff()
    people.update_profile(user, by=user, name=" Budi ", timezone="Asia/Makassar", role="administrator")
    user.refresh_from_db()
    assert (user.name, user.timezone, user.role) == ("Budi", "Asia/Makassar", "campaign_manager")
    with pytest.raises(Denied):
        people.update_profile(user, by=staff(), name="X")
    with pytest.raises(ValidationError, match="time zone"):
        people.update_profile(user, by=user, timezone="Mars/Olympus")


def test_a_team_with_brands_stays(admin_user: Any, team: Any) -> None:
    from campaigns.models import Brand

    brand = Brand.objects.create(team=team, name="Kopi")
    with pytest.raises(Conflict, match="Brands belong to this team"):
        teams.delete_team(team, by=admin_user)
    assert not Event.objects.exists()
    brand.delete()
    teams.delete_team(team, by=admin_user)
    assert not BrandTeam.objects.filter(pk=team.pk).exists()


def test_team_names_are_unique_whatever_the_case(admin_user: Any) -> None:
    teams.create_team(by=admin_user, name="Beauty")
    with pytest.raises(ValidationError, match="exists already"):
        teams.create_team(by=admin_user, name="beauty ")


@pytest.mark.parametrize(
    ("role", "kind"),
    [("administrator", "staff"), ("viewer", "staff"), ("creator", "portal"), ("client_viewer", "client")],
)
def test_scope_of_a_role(make_user: Any, role: str, kind: str) -> None:
    user = make_user(role)
    assert Scope.of(user).kind == kind
    user.is_active = False
    assert Scope.of(user).kind == "none"
    assert Scope.of(None).kind == "none"
