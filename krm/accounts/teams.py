"""Brand teams: who works on which brands."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from krm.accounts.announcing import announce
from krm.accounts.models import BrandTeam, User
from krm.accounts.permissions import check
from krm.errors import Conflict


def clean_name(name: str, other_than: int = 0) -> str:
    name = name.strip()
    if not name:
        raise ValidationError({"name": _("Name the team.")})
    if BrandTeam.objects.filter(name__iexact=name).exclude(pk=other_than).exists():
        raise ValidationError({"name": _("A team of this name exists already.")})
    return name


def create_team(*, by: User, name: str) -> BrandTeam:
    check(by, "accounts.manage_people")
    with transaction.atomic():
        team = BrandTeam.objects.create(name=clean_name(name))
        announce("accounts.team_created", team, actor=by, data={"name": team.name})
    return team


def rename_team(team: BrandTeam, *, by: User, name: str) -> BrandTeam:
    check(by, "accounts.manage_people")
    with transaction.atomic():
        team.name = clean_name(name, other_than=team.pk)
        team.save(update_fields=["name", "updated_at"])
        announce("accounts.team_renamed", team, actor=by, data={"name": team.name})
    return team


def delete_team(team: BrandTeam, *, by: User) -> None:
    """Only a team without brands goes; its people stay."""
    check(by, "accounts.manage_people")
    try:
        with transaction.atomic():
            announce("accounts.team_deleted", team, actor=by, data={"name": team.name})
            team.delete()
    except ProtectedError as error:
        raise Conflict(_("Brands belong to this team. Give them to another team first.")) from error
