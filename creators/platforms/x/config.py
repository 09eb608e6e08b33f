from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from creators.platforms.config import Program, Setting

PROGRAM = Program(
    key="x",
    connector="x",
    title="X",
    icon="brand-x",
    about=_(
        "Public accounts, a hundred a call, and the newest posts of those in a campaign. X sells each answer: nothing "
        "is read until a monthly budget is set."
    ),
    verified=_(
        "Tested against X's own client of 2026. Which of two field names X sends is not known; both are read."
    ),
    tested=True,
    settings=(
        Setting("api_key", _("Bearer token"), _("App-only, from the developer console of X."), secret=True),
        Setting(
            "client_id",
            _("OAuth client ID"),
            _("Of a confidential client; lets creators connect their own account."),
            required=False,
        ),
        Setting("client_secret", _("OAuth client secret"), secret=True, required=False),
        Setting(
            "monthly_usd",
            _("Budget a month, US dollars"),
            _("X charges $0.010 for a user and $0.005 for a post, each once in a UTC day. 0 reads nothing."),
            money=True,
            option=True,
        ),
        Setting(
            "posts",
            _("Posts a pull"),
            _("Of each account in a campaign or shortlisted: 5 to 100. Others are read without posts."),
            number=True,
            required=False,
            option=True,
        ),
        Setting(
            "names",
            _("Name of the fields parameter"),
            _(
                "X's description says post.fields, its pages say tweet.fields. Change it when X refuses the request."
            ),
            choices=(("post", "post.fields"), ("tweet", "tweet.fields")),
            required=False,
            option=True,
        ),
    ),
    address="x",
)
