"""Where pages of accounts appear in the navigation; `krm.web` is asked when it is there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def register() -> None:
    from krm.web.nav import register_group, register_nav

    register_group("staff", key="agency", label=_("Agency"), order=90)
    register_nav(
        "staff",
        key="people",
        label=_("People"),
        url_name="accounts:people",
        icon="users-group",
        order=10,
        perm="accounts.manage_people",
        group="agency",
    )
    register_nav(
        "staff",
        key="invitations",
        label=_("Invitations"),
        url_name="accounts:invitations",
        icon="mail-forward",
        order=12,
        perm="accounts.invite_guest",
        group="agency",
    )
