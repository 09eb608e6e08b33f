"""Facebook Pages: Facebook Login, and one of the person's Pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from creators.consents.programs.base import Identity, Scope
from creators.consents.programs.instagram import ByFacebook
from krm.connectors.credentials import Tokens


class FacebookPage(ByFacebook):
    key = "facebook"
    application = "facebook"
    platform = "facebook"
    title = "Facebook Page"
    icon = "brand-facebook"
    hint = _("For a Page you manage. You log in with Facebook and choose the Page.")
    duration = _("Until you withdraw it, change your password or leave the Page")
    scopes = (
        Scope("pages_show_list", _("The list of your Pages, so that you can choose one")),
        Scope("pages_read_engagement", _("Posts of the Page and how people answer them")),
        Scope("read_insights", _("Views of the Page and its posts")),
    )

    def identity(self, page: dict[str, Any], granted: list[str]) -> Identity | None:
        return Identity(
            str(page["id"]), page.get("username") or "", page.get("name") or "",
            Tokens(page["access_token"], scopes=granted),
        )  # fmt: skip
