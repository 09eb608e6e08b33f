from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creators.platforms.config import Program, Setting

PROGRAM = Program(
    key="hypeauditor",
    connector="hypeauditor",
    title="HypeAuditor",
    icon="users-group",
    about=_("Audience quality reports, bought one by one when somebody asks for them."),
    verified=_(
        "Documentation only: HypeAuditor publishes no description or client to test against. Try it with one report first."
    ),
    tested=False,
    settings=(
        Setting("client_id", _("Auth ID")),
        Setting(
            "api_key",
            _("Auth token"),
            _("It changes when the password of your HypeAuditor account changes; enter the new one then."),
            secret=True,
        ),
    ),
    address="hypeauditor",
    optional=True,
)
