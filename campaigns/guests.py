"""What an invitation of a client gives access to: a brand."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from campaigns.models import Brand, ClientMember
from krm.accounts import invitations
from krm.accounts.models import Role, User
from krm.accounts.permissions import allowed
from krm.events import record


def _choices(by: User) -> Iterable[tuple[int, str]]:
    brands = Brand.objects.visible_to(by).filter(is_archived=False).order_by("name")
    return [(brand.pk, brand.name) for brand in brands[:500]]


def _attach(user: User, brand_id: int, inviter: User) -> None:
    brand = Brand.objects.filter(pk=brand_id).first()
    if brand is None:
        return
    _member, created = ClientMember.objects.get_or_create(user=user, brand=brand)
    if created:
        record("campaigns.member_added", brand, actor=inviter, data={"user_id": user.pk})


def _find(by: User, brand_id: int) -> bool:
    brand = Brand.objects.visible_to(by).filter(pk=brand_id).first()
    return brand is not None and allowed(by, "campaigns.manage_members", brand)


ATTACHMENT = invitations.Attachment(
    kind="brand",
    label=_("Brand"),
    roles=frozenset({str(Role.CLIENT_VIEWER), str(Role.CLIENT_APPROVER)}),
    choices=_choices,
    attach=_attach,
    find=_find,
)
