"""What this room puts on shared furniture: navigation and the tabs of a creator's page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from krm.web.nav import register_nav
from krm.web.panels import register_panel
from krm.web.tabs import register_tab


def register() -> None:
    from creators.access import ATTACHMENT
    from krm.accounts.invitations import register_attachment

    register_attachment(ATTACHMENT)
    register_panel("creator.overview", key="outlook", url_name="creators:outlook_panel", order=30,
                   perm="creators.view", title=_("Next post and reliability"))  # fmt: skip
    register_panel("creator.rates", key="prices", url_name="creators:price_panel", order=10, perm="creators.view",
                   title=_("Fair price"))  # fmt: skip
    register_nav("staff", key="creators", label=_("Creators"), url_name="creators:list", icon="users", order=10,
                 perm="creators.view", shortcut="c")  # fmt: skip
    register_nav("staff", key="found_posts", label=_("Hashtags and mentions"), url_name="creators:found_posts", icon="hash",
                 order=14, perm="creators.view")  # fmt: skip
    register_nav("staff", key="find", label=_("Find creators"), url_name="creators:find", icon="search", order=11,
                 perm="creators.view", shortcut="f")  # fmt: skip
    register_nav("staff", key="connectors", label=_("Connectors"), url_name="creators:connectors", icon="plug-connected",
                 order=92, perm="connectors.view", group=_("Agency"))  # fmt: skip
    register_nav("staff", key="vendor_credits", label=_("Vendor credits"), url_name="creators:vendor_credits",
                 icon="coins", order=93, perm="creators.vendor_credits", group=_("Agency"))  # fmt: skip
    register_nav("staff", key="updates", label=_("Updates"), url_name="creators:updates", icon="refresh",
                 order=93, perm="connectors.view", group=_("Agency"))  # fmt: skip
    register_nav("staff", key="safety", label=_("Safety review"), url_name="creators:safety", icon="shield-check", order=14,
                 perm="creators.safety_review")  # fmt: skip
    register_nav(
        "portal",
        key="profile",
        label=_("My profile"),
        url_name="creators:portal_profiles",
        icon="user",
        order=80,
    )
    register_panel("home", key="my_tasks", url_name="creators:my_tasks", order=12, perm="creators.view", title=_("My tasks"),
                   width="half")  # fmt: skip
    for order, (key, label, name) in enumerate(
        [
            ("accounts", _("Accounts"), "creators:accounts_tab"),
            ("posts", _("Posts"), "creators:posts_tab"),
            ("audience", _("Audience"), "creators:audience_tab"),
            ("scores", _("Scores"), "creators:scores_tab"),
            ("rates", _("Rates"), "creators:rates_tab"),
            ("notes", _("Notes and files"), "creators:notes_tab"),
            ("tasks", _("Tasks"), "creators:tasks_tab"),
            ("dossiers", _("Vetting"), "creators:dossiers_tab"),
            ("timeline", _("Timeline"), "creators:timeline_tab"),
            ("client", _("For clients"), "creators:client_tab"),
        ]
    ):
        register_tab("creator", key=key, label=label, url_name=name, order=10 + order * 5)
    register_tab("creator", key="safety", label=_("Safety"), url_name="creators:safety_tab", order=27)
