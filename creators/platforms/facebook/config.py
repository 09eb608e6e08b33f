from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creators.platforms.config import Program, Setting

PROGRAM = Program(
    key="facebook",
    connector="facebook",
    title="Facebook",
    icon="brand-facebook",
    about=_(
        "Public Pages with Page Public Content Access; views and followers by country where the owner consented."
    ),
    verified=_(
        "Tested against Meta's field lists of April 2026 and Meta's own client. The names of Page metrics stand in "
        "Meta's pages only."
    ),
    tested=True,
    settings=(
        Setting("client_id", _("App ID")),
        Setting("client_secret", _("App secret"), secret=True),
        Setting(
            "daily_users",
            _("People who use the app in a day"),
            _("Meta allows 200 calls an hour for each of them; KRM plans with this number."),
            number=True,
        ),
    ),
    address="facebook",
)
