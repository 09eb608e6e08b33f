from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creators.platforms.config import Program, Setting

PROGRAM = Program(
    key="modash",
    connector="modash",
    title="Modash",
    icon="users-group",
    about=_("Audience reports with a credibility share, bought one by one when somebody asks for them."),
    verified=_(
        "Documentation only: Modash publishes no description or client to test against. Try it with one report first."
    ),
    tested=False,
    settings=(Setting("api_key", _("API token"), secret=True),),
    address="modash",
    optional=True,
)
