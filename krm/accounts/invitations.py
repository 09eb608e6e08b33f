"""Invite people. Rooms above say what an invitation can give access to: `register_attachment`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from krm.accounts import mail
from krm.accounts.announcing import announce
from krm.accounts.models import BrandTeam, Invitation, Role, User
from krm.accounts.models.users import STAFF_ROLES
from krm.accounts.permissions import check
from krm.accounts.tokens import digest_of, new_token
from krm.errors import Conflict, Denied
from krm.queueing import enqueue

VALID_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Attachment:
    """What a guest's login belongs to: a creator, a brand. `roles` are those who need one."""

    kind: str
    label: Any
    roles: frozenset[str]
    choices: Callable[[User], Iterable[tuple[int, str]]]  # what the inviter may give access to
    attach: Callable[[User, int, User], None]  # (the new user, id, inviter), inside the transaction
    find: Callable[[User, int], bool]  # whether the inviter may give access to this one


_attachments: dict[str, Attachment] = {}


def register_attachment(attachment: Attachment) -> None:
    _attachments[attachment.kind] = attachment


def attachment_for(role: str) -> Attachment | None:
    return next((a for a in _attachments.values() if role in a.roles), None)


def attachments() -> list[Attachment]:
    return list(_attachments.values())


def invite(
    *,
    by: User,
    email: str,
    role: str,
    name: str = "",
    language: str = "",
    teams: Iterable[BrandTeam] = (),
    all_teams: bool = False,
    attach: Iterable[tuple[str, int]] = (),
) -> Invitation:
    """Offer a login. The mail goes out after commit; the token exists only in it."""
    check(by, "accounts.invite_staff" if role in STAFF_ROLES else "accounts.invite_guest")
    teams, wanted = list(teams), [{"kind": kind, "id": int(pk)} for kind, pk in attach]
    email = email.strip().lower()
    language = language or ("id" if role in (Role.CREATOR, Role.TALENT_MANAGER) else settings.LANGUAGE_CODE)
    refuse_bad(by, email, role, language, teams, all_teams, wanted)
    with transaction.atomic():
        Invitation.objects.filter(email__iexact=email, accepted_at=None, revoked_at=None).filter(
            expires_at__lte=timezone.now()
        ).update(revoked_at=timezone.now())
        if (
            Invitation.objects.select_for_update()
            .filter(email__iexact=email, accepted_at=None, revoked_at=None)
            .exists()
        ):
            raise ValidationError(
                {"email": _("This person is invited already. Send that invitation again instead.")}
            )
        invitation = Invitation.objects.create(
            email=email,
            name=name.strip(),
            role=role,
            language=language,
            all_teams=all_teams and role in STAFF_ROLES,
            attach=wanted,
            invited_by=by,
            expires_at=timezone.now() + VALID_FOR,
        )
        invitation.teams.set(teams)
        announce("accounts.user_invited", invitation, actor=by, data={"role": role, "attach": wanted})
        enqueue("accounts.send_invitation", invitation.pk)
    return invitation


def refuse_bad(
    by: User,
    email: str,
    role: str,
    language: str,
    teams: list[BrandTeam],
    all_teams: bool,
    wanted: list[dict[str, Any]],
) -> None:
    errors: dict[str, str] = {}
    try:
        validate_email(email)
    except ValidationError:
        errors["email"] = _("Write an e-mail address such as name@example.com.")
    else:
        if User.objects.filter(email__iexact=email).exists():
            errors["email"] = _("Somebody with this e-mail has a login already.")
    if role not in Role.values:
        errors["role"] = _("Choose a role from the list.")
    if language not in dict(settings.LANGUAGES):
        errors["language"] = _("Choose a language from the list.")
    if role in STAFF_ROLES:
        if not teams and not all_teams:
            errors["teams"] = _("Choose at least one team, or let the person see every brand.")
    else:
        kind = attachment_for(role)
        if kind is not None and not any(entry["kind"] == kind.kind for entry in wanted):
            errors["attach"] = _("Choose what the person gets access to.")
        for entry in wanted:
            known = _attachments.get(entry["kind"])
            if known is None or role not in known.roles or not known.find(by, entry["id"]):
                errors["attach"] = _("Choose from the list.")
    if errors:
        raise ValidationError(errors)


def deliver(invitation: Invitation) -> bool:
    """Make a token and mail it. Called by the task; one that was sent is left alone until it is sent again."""
    token = new_token()
    with transaction.atomic():
        locked = Invitation.objects.select_for_update().filter(pk=invitation.pk).first()
        if locked is None or locked.sent_at or locked.state in ("accepted", "withdrawn", "expired"):
            return (
                False  # also when another worker was quicker: a second mail would void the first one's link
            )
        locked.digest = digest_of(token)
        locked.sent_at = timezone.now()
        locked.save(update_fields=["digest", "sent_at", "updated_at"])
        mail.send(
            locked.email,
            "accounts/mail/invitation",
            {
                "invitation": locked,
                "inviter": locked.invited_by,
                "link": mail.absolute(reverse("accounts:accept", args=[token])),
            },
            language=locked.language,
        )
    return True


def send_again(invitation: Invitation, *, by: User) -> Invitation:
    """A new mail with a new link and a new term; the old link is void."""
    check_inviter(invitation, by)
    if invitation.state in ("accepted", "withdrawn"):
        raise Conflict(
            _("This invitation is %(state)s; only an open one can be sent again.")
            % {"state": invitation.get_state_display().lower()}
        )
    with transaction.atomic():
        invitation.expires_at = timezone.now() + VALID_FOR
        invitation.sent_at, invitation.digest = None, ""
        invitation.save(update_fields=["expires_at", "sent_at", "digest", "updated_at"])
        announce("accounts.invitation_resent", invitation, actor=by)
        enqueue("accounts.send_invitation", invitation.pk)
    return invitation


def withdraw(invitation: Invitation, *, by: User) -> Invitation:
    check_inviter(invitation, by)
    if invitation.state in ("accepted", "withdrawn"):
        raise Conflict(
            _("This invitation is %(state)s; only an open one can be withdrawn.")
            % {"state": invitation.get_state_display().lower()}
        )
    with transaction.atomic():
        invitation.revoked_at = timezone.now()
        invitation.digest = ""
        invitation.save(update_fields=["revoked_at", "digest", "updated_at"])
        announce("accounts.invitation_withdrawn", invitation, actor=by)
    return invitation


def check_inviter(invitation: Invitation, by: User) -> None:
    check(by, "accounts.invite_guest")
    if by.role != Role.ADMINISTRATOR and invitation.invited_by_id != by.pk:
        raise Denied(_("Only who invited and administrators may change an invitation."))


def find(token: str) -> Invitation | None:
    """The open invitation of this link."""
    if not token:
        return None
    return Invitation.objects.open().select_related("invited_by").filter(digest=digest_of(token)).first()


def accept(token: str, *, name: str, password: str = "") -> User:
    """Make the login. Staff need a password; guests may go without, they get a link by mail each time."""
    with transaction.atomic():
        found = find(token)
        invitation = Invitation.objects.select_for_update().filter(pk=found.pk).first() if found else None
        if invitation is None or invitation.state not in ("sent", "waiting"):
            raise Conflict(_("This invitation is no longer valid. Ask for a new one."))
        user = User(
            email=invitation.email,
            name=name.strip(),
            role=invitation.role,
            language=invitation.language,
            all_teams=invitation.all_teams,
        )
        errors: dict[str, Any] = {}
        if not user.name:
            errors["name"] = _("Write your name.")
        if password:
            try:
                validate_password(password, user)
            except ValidationError as error:
                errors["password"] = error.messages
        elif not invitation.is_for_guest:
            errors["password"] = _("Choose a password.")
        if User.objects.filter(Q(email__iexact=invitation.email)).exists():
            raise Conflict(_("This e-mail has a login already. Log in with it."))
        if errors:
            raise ValidationError(errors)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save()
        user.teams.set(invitation.teams.all())
        for entry in invitation.attach:
            _attachments[entry["kind"]].attach(user, entry["id"], invitation.invited_by)
        invitation.accepted_at = timezone.now()
        invitation.accepted_by = user
        invitation.digest = ""
        invitation.save(update_fields=["accepted_at", "accepted_by", "digest", "updated_at"])
        announce(
            "accounts.invitation_accepted",
            user,
            actor=user,
            data={"invitation_id": invitation.pk, "role": user.role, "attach": invitation.attach},
        )
    return user


def waiting() -> list[int]:
    """Invitations whose mail has not gone out (the mail server or the worker was down)."""
    return list(Invitation.objects.open().filter(sent_at=None).values_list("pk", flat=True)[:100])
