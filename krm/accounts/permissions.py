"""Who may do what: `rules` predicates, checked through two functions.

A predicate answers True or False; a rule that wants to say why raises nothing but sets the reason with
`explain`. `check` raises `Denied`, `allowed` answers, for buttons.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from krm.accounts.models.users import CLIENT_ROLES, PORTAL_ROLES, STAFF_ROLES, Role
from krm.errors import Denied

_reasons: dict[str, Any] = {}


def add_perm(name: str, predicate: Any, *, reason: Any = None) -> None:
    """Register a permission with the sentence shown when it is refused."""
    if not rules.perm_exists(name):
        rules.add_perm(name, predicate)
    if reason is not None:
        _reasons[name] = reason


def allowed(user: Any, perm: str, obj: Any = None) -> bool:
    """Whether `user` may; an inactive or anonymous user may nothing, an unknown permission is an error."""
    if not rules.perm_exists(perm):
        raise LookupError(f"unknown permission {perm!r}: register it in the room's permissions.py")
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return False
    return bool(rules.has_perm(perm, user, obj))


def check(user: Any, perm: str, obj: Any = None) -> None:
    """Raise `Denied` with the permission's reason unless `user` may."""
    if not allowed(user, perm, obj):
        raise Denied(_reasons.get(perm) or _("Your role does not allow this. Ask an administrator."))


def is_role(*roles: str) -> Any:
    """A predicate: the user has one of `roles`."""
    wanted = frozenset(str(role) for role in roles)

    def predicate(user: Any) -> bool:
        return getattr(user, "role", "") in wanted

    return rules.Predicate(predicate, name="is_role:" + ",".join(sorted(wanted)))


def _roles(values: Iterable[Role]) -> Any:
    return is_role(*[str(role) for role in values])


is_administrator = is_role(Role.ADMINISTRATOR)
is_staff_member = _roles(STAFF_ROLES)
is_portal = _roles(PORTAL_ROLES)
is_client = _roles(CLIENT_ROLES)
is_campaign_manager = is_role(Role.ADMINISTRATOR, Role.CAMPAIGN_MANAGER)
is_reviewer = is_role(Role.ADMINISTRATOR, Role.CAMPAIGN_MANAGER, Role.REVIEWER)
is_finance = is_role(Role.ADMINISTRATOR, Role.FINANCE)


add_perm("accounts.manage_people", is_administrator, reason=_("Only administrators manage people and teams."))
add_perm("accounts.invite_staff", is_administrator, reason=_("Only administrators invite staff."))
add_perm(
    "accounts.invite_guest",
    is_campaign_manager,
    reason=_("Only administrators and campaign managers invite KOLs and clients."),
)
