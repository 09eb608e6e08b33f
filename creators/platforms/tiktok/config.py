from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creators.platforms.config import Program, Setting

_UNTESTED = _(
    "Built from TikTok's documents only. TikTok publishes no description or client to test against."
)

PROGRAM = Program(
    key="tiktok",
    connector="tiktok",
    title="TikTok",
    icon="brand-tiktok",
    about=_("Profile and videos of creators who connected their account (Display API)."),
    verified=_UNTESTED,
    tested=False,
    settings=(
        Setting("client_id", _("Client key")),
        Setting(
            "client_secret",
            _("Client secret"),
            _("Also checks the signature of calls to /hooks/tiktok/."),
            secret=True,
        ),
    ),
    address="tiktok",
)
BUSINESS = Program(
    key="tiktok_business",
    connector="tiktok",
    title="TikTok Business",
    icon="brand-tiktok",
    about=_("Reach, daily figures and audience of creators who connected a Business account."),
    verified=_UNTESTED,
    tested=False,
    settings=(
        Setting("client_id", _("App ID")),
        Setting("client_secret", _("App secret"), secret=True),
    ),
    address="tiktok_business",
    optional=True,
)
ONE = Program(
    key="tiktok_one",
    connector="tiktok",
    title="TikTok One",
    icon="brand-tiktok",
    about=_(
        "Followers and newest videos of creators listed in TikTok One who have not connected their account. TikTok must "
        "have accepted your agency."
    ),
    verified=_UNTESTED,
    tested=False,
    settings=(
        Setting("client_id", _("App ID")),
        Setting("client_secret", _("App secret"), secret=True),
        Setting(
            "own_account_id", _("TikTok One account ID"), _("The number of your agency's account there.")
        ),
        Setting("access_token", _("Access token of the agency's account"), secret=True),
    ),
    address="tiktok_one",
    optional=True,
)
