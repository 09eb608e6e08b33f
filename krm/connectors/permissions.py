"""Who may see and change how KRM talks to other systems."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from krm.accounts.permissions import add_perm, is_administrator, is_staff_member

add_perm("connectors.view", is_staff_member)
add_perm(
    "connectors.change",
    is_administrator,
    reason=_("Only an administrator may change how KRM reaches other systems."),
)
