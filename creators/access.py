"""Who may act for a creator in the portal: the creator, their managers; by invitation or by an existing login."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creators.models import Creator, CreatorAccess, Relation
from krm.accounts import invitations
from krm.accounts.models import Invitation, Role, User
from krm.accounts.permissions import allowed, check
from krm.errors import Conflict
from krm.events import record

ROLE_OF = {Relation.SELF: Role.CREATOR, Relation.MANAGER: Role.TALENT_MANAGER}
RELATION_OF = {str(role): relation for relation, role in ROLE_OF.items()}


def grant(creator: Creator, *, by: User, user: User, relation: str) -> CreatorAccess:
    """Let an existing portal login act for a creator; a revoked grant comes alive again."""
    check(by, "creators.grant_access", creator)
    if relation not in Relation.values:
        raise ValidationError({"relation": _("Choose the creator or a talent manager.")})
    if not user.is_portal:
        raise ValidationError(
            {"user": _("This login is not a portal login. Invite the person with another e-mail.")}
        )
    return _grant(creator, user, relation, by)


def _grant(creator: Creator, user: User, relation: str, by: User) -> CreatorAccess:
    with transaction.atomic():
        held = CreatorAccess.objects.select_for_update().filter(creator=creator, user=user).first()
        if held is not None and held.revoked_at is None and held.relation == relation:
            raise Conflict(_("This person has access already."))
        access = held or CreatorAccess(creator=creator, user=user)
        access.relation, access.granted_by, access.revoked_at = relation, by, None
        access.save()
        record(
            "creators.access_granted", creator, actor=by,
            data={"creator_id": creator.pk, "user_id": user.pk, "relation": relation},
        )  # fmt: skip
    return access


def invite(
    creator: Creator, *, by: User, email: str, relation: str = Relation.SELF, name: str = ""
) -> Invitation | CreatorAccess:
    """Invite a person to the portal for this creator; one who has a portal login already is granted access at once."""
    check(by, "creators.grant_access", creator)
    if relation not in Relation.values:
        raise ValidationError({"relation": _("Choose the creator or a talent manager.")})
    known = User.objects.filter(email__iexact=email.strip()).first()
    if known is not None:
        if not known.is_portal:
            raise ValidationError(
                {"email": _("This address belongs to a login that is not of the portal. Use another one.")}
            )
        return grant(creator, by=by, user=known, relation=relation)
    with transaction.atomic():
        invitation = invitations.invite(
            by=by, email=email, role=str(ROLE_OF[Relation(relation)]), name=name or str(creator),
            attach=[("creator", creator.pk)],
        )  # fmt: skip
        record(
            "creators.access_invited", creator, actor=by,
            data={"creator_id": creator.pk, "invitation_id": invitation.pk, "relation": str(relation)},
        )  # fmt: skip
    return invitation


def revoke(access: CreatorAccess, *, by: User) -> CreatorAccess:
    """From now on this login sees nothing of the creator."""
    check(by, "creators.grant_access", access.creator)
    if access.revoked_at is not None:
        raise Conflict(_("This access is revoked already."))
    with transaction.atomic():
        access.revoked_at = now()
        access.save(update_fields=["revoked_at", "updated_at"])
        record(
            "creators.access_revoked", access.creator, actor=by,
            data={"creator_id": access.creator_id, "user_id": access.user_id},
        )  # fmt: skip
    return access


# What an invitation of the accounts floor can carry ---------------------------------------------------------------


def _choices(by: User) -> Iterable[tuple[int, str]]:
    rows = Creator.objects.visible_to(by).live().order_by("name", "pk")[:500]
    return [(creator.pk, str(creator)) for creator in rows]


def _attach(user: User, creator_id: int, inviter: User) -> None:
    creator = Creator.objects.filter(pk=creator_id).first()
    if creator is not None:
        _grant(creator, user, str(RELATION_OF[user.role]), inviter)


def _find(by: User, creator_id: int) -> bool:
    creator = Creator.objects.visible_to(by).filter(pk=creator_id).first()
    return creator is not None and allowed(by, "creators.grant_access", creator)


ATTACHMENT = invitations.Attachment(
    kind="creator",
    label=gettext_lazy("Creator"),
    roles=frozenset({str(Role.CREATOR), str(Role.TALENT_MANAGER)}),
    choices=_choices,
    attach=_attach,
    find=_find,
)
