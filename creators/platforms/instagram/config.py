from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creators.platforms.config import Program, Setting

LOGIN = Program(
    key="instagram_login",
    connector="instagram",
    title="Instagram Login",
    icon="brand-instagram",
    about=_(
        "Lets creators connect with Instagram itself, without a Facebook Page. Meta gives it its own ID and secret."
    ),
    verified=_("Built from Meta's documents; reading is tested as above."),
    tested=False,
    settings=(
        Setting("client_id", _("Instagram app ID")),
        Setting("client_secret", _("Instagram app secret"), secret=True),
    ),
    address="instagram_login",
    optional=True,
)
PROGRAM = Program(
    key="instagram",
    connector="instagram",
    title="Instagram",
    icon="brand-instagram",
    about=_(
        "Public professional accounts by Business Discovery; reach and audience where the owner consented."
    ),
    verified=_("Tested against Meta's field lists of April 2026 and Meta's own client."),
    tested=True,
    settings=(
        Setting("client_id", _("App ID")),
        Setting("client_secret", _("App secret"), secret=True),
        Setting(
            "own_account_id",
            _("Instagram account ID of the agency"),
            _("The professional account that asks. It is a number that begins with 1784."),
        ),
        Setting(
            "access_token",
            _("Page access token of the agency's account"),
            _("With instagram_basic, instagram_manage_insights and pages_read_engagement."),
            secret=True,
        ),
        Setting(
            "daily_users",
            _("People who use the app in a day"),
            _("Meta allows 200 calls an hour for each of them; KRM plans with this number."),
            number=True,
        ),
        Setting(
            "webhook_secret",
            _("Webhook verify token"),
            _("A word of your choice; enter the same at Meta. The address is /hooks/meta/."),
            secret=True,
            required=False,
        ),
    ),
    address="instagram",
)
