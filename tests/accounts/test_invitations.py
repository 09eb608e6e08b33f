"""A person is invited, opens the mail, and is in with what they were invited for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from krm.accounts import invitations, tasks
from krm.accounts.models import Invitation, User
from krm.errors import Conflict, Denied
from krm.events.models import Event

PASSWORD = "kopi-tubruk-pagi"


def invite(by: Any, team: Any, **fields: Any) -> Invitation:
    values = {"email": "Sari@Agency.example", "role": "reviewer", "teams": [team], "name": "Sari", **fields}
    return invitations.invite(by=by, **values)


def link_in_mail() -> str:
    found = re.search(r"/invitation/\S+", mail.outbox[-1].body)
    assert found is not None
    return found.group()


def test_from_invitation_to_login(admin_user: Any, team: Any, client: Any) -> None:
    invitation = invite(admin_user, team)
    tasks.send_invitation(invitation.pk)
    url = link_in_mail()

    page = client.get(url)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    answer = client.post(url, {"name": "Sari Dewi", "password": PASSWORD})

    assert answer.status_code == 302
    user = User.objects.get(email="sari@agency.example")
    assert (user.name, user.role, list(user.teams.all())) == ("Sari Dewi", "reviewer", [team])
    assert client.get("/settings/profile/").status_code == 200
    assert client.get(url).status_code == 404
    assert Event.objects.filter(name="accounts.invitation_accepted", subject_id=user.pk).count() == 1


def test_the_token_is_nowhere_in_the_database(admin_user: Any, team: Any) -> None:
    invitation = invite(admin_user, team)
    tasks.send_invitation(invitation.pk)
    token = link_in_mail().split("/")[2]
    invitation.refresh_from_db()
    assert token not in str(vars(invitation))
    assert not Event.objects.filter(data__icontains=token).exists()


def test_mail_goes_once_and_comes_in_their_language(admin_user: Any, team: Any) -> None:
    invitation = invite(admin_user, team, language="id")
    for _ in range(2):
        tasks.send_invitation(invitation.pk)
    tasks.send_waiting()
    assert len(mail.outbox) == 1


def test_what_a_stopped_worker_left_is_sent_later(admin_user: Any, team: Any) -> None:
    invite(admin_user, team)
    tasks.send_waiting()
    assert mail.outbox[0].to == ["sari@agency.example"]


def test_sending_again_voids_the_first_link(admin_user: Any, team: Any, client: Any) -> None:
    invitation = invite(admin_user, team)
    tasks.send_invitation(invitation.pk)
    first = link_in_mail()
    invitation.refresh_from_db()
    invitations.send_again(invitation, by=admin_user)
    tasks.send_invitation(invitation.pk)
    assert client.get(first).status_code == 404
    assert client.get(link_in_mail()).status_code == 200


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_a_link_that_is_over(admin_user: Any, team: Any, client: Any, how: str) -> None:
    invitation = invite(admin_user, team)
    tasks.send_invitation(invitation.pk)
    invitation.refresh_from_db()
    if how == "withdrawn":
        invitations.withdraw(invitation, by=admin_user)
    else:
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = client.post(link_in_mail(), {"name": "Sari", "password": PASSWORD})
    assert answer.status_code == 404
    assert not User.objects.filter(email="sari@agency.example").exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"role": "king"}, "role"),
        ({"teams": []}, "teams"),
        ({"language": "xx"}, "language"),
        ({"role": "creator", "attach": [("creator", 0)]}, "attach"),
    ],
)
def test_bad_input_is_named(admin_user: Any, team: Any, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        invite(admin_user, team, **fields)
    assert field in error.value.message_dict
    assert not Invitation.objects.exists()


def test_nobody_is_invited_twice(admin_user: Any, team: Any) -> None:
    invite(admin_user, team)
    with pytest.raises(ValidationError, match="invited already"):
        invite(admin_user, team, email="sari@agency.example")
    with pytest.raises(ValidationError, match="has a login already"):
        invite(admin_user, team, email=admin_user.email)


def test_a_campaign_manager_invites_guests_not_staff(staff: Any, team: Any) -> None:
    with pytest.raises(Denied, match="Only administrators invite staff"):
        invite(staff(), team)
    assert not Invitation.objects.exists()


def test_a_weak_password_comes_back_at_its_field(admin_user: Any, team: Any, client: Any) -> None:
    tasks.send_invitation(invite(admin_user, team).pk)
    answer = client.post(link_in_mail(), {"name": "Sari", "password": "password123"})
    assert answer.status_code == 422
    assert "too common" in answer.content.decode()
    assert 'value="Sari"' in answer.content.decode()


def test_accepting_twice_makes_one_login(admin_user: Any, team: Any) -> None:
    tasks.send_invitation(invite(admin_user, team).pk)
    token = link_in_mail().split("/")[2]
    invitations.accept(token, name="Sari", password=PASSWORD)
    with pytest.raises(Conflict, match="no longer valid"):
        invitations.accept(token, name="Sari", password=PASSWORD)
    assert User.objects.filter(email="sari@agency.example").count() == 1


@pytest.mark.parametrize("kind", ["creator", "brand"])
def test_a_guest_gets_what_they_were_invited_to(admin_user: Any, team: Any, kind: str) -> None:
    from campaigns.models import Brand
    from creators.models import Creator

    ours = (
        Creator.objects.create(name="Ayu")
        if kind == "creator"
        else Brand.objects.create(team=team, name="Kopi")
    )
    other = (
        Creator.objects.create(name="Bayu")
        if kind == "creator"
        else Brand.objects.create(team=team, name="Teh")
    )
    role = "talent_manager" if kind == "creator" else "client_viewer"
    invitation = invite(admin_user, team, role=role, teams=[], attach=[(kind, ours.pk)])
    tasks.send_invitation(invitation.pk)
    user = invitations.accept(link_in_mail().split("/")[2], name="Sari")
    assert list(type(ours).objects.visible_to(user)) == [ours]
    assert not user.has_usable_password()
    assert other not in type(ours).objects.visible_to(user)


def test_what_the_inviter_cannot_see_they_cannot_give(staff: Any, team: Any) -> None:
    from campaigns.models import Brand
    from krm.accounts.models import BrandTeam

    foreign = Brand.objects.create(team=BrandTeam.objects.create(name="Others"), name="Teh")
    with pytest.raises(ValidationError, match="Choose from the list"):
        invite(staff(), team, role="client_viewer", teams=[], attach=[("brand", foreign.pk)])
