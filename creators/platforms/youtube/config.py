from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creators.platforms.config import Program, Setting

PROGRAM = Program(
    key="youtube",
    connector="youtube",
    title="YouTube",
    icon="brand-youtube",
    about=_("Channels and videos, fifty a call. YouTube rounds subscribers to three figures."),
    verified=_("Tested against Google's discovery document and Google's own client."),
    tested=True,
    settings=(
        Setting(
            "api_key",
            _("API key"),
            _("From the Google Cloud console, with the YouTube Data API v3 switched on."),
            secret=True,
        ),
        Setting(
            "client_id",
            _("OAuth client ID"),
            _("Of a web application; lets creators connect their channel for watch time and audience."),
            required=False,
        ),
        Setting("client_secret", _("OAuth client secret"), secret=True, required=False),
    ),
    address="youtube",
)
