"""Where pages of accounts appear in the navigation; `krm.web` is asked when it is there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def register() -> None:
    from krm.web.nav import register_nav

    register_nav(
        "staff",
        key="people",
        label=_("People"),
        url_name="accounts:people",
        icon="users-group",
        order=90,
        perm="accounts.manage_people",
        group=_("Agency"),
    )
    register_nav(
        "staff",
        key="invitations",
        label=_("Invitations"),
        url_name="accounts:invitations",
        icon="mail-forward",
        order=91,
        perm="accounts.invite_guest",
        group=_("Agency"),
    )
