"""What this room puts on shared furniture: navigation and the tabs of a creator's page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from krm.web.nav import register_group, register_nav
from krm.web.panels import register_panel
from krm.web.tabs import register_tab

# key, label, address, icon, permission, letter after `g`, further pages that belong to it
PAGES: tuple[tuple[str, Any, str, str, str, str, tuple[str, ...]], ...] = (
    ("creators", _("Creators"), "creators:list", "users", "creators.view", "c", ()),
    ("find", _("Find creators"), "creators:find", "search", "creators.view", "f",
     ("creators:segments", "creators:compare")),
    ("found_posts", _("Hashtags and mentions"), "creators:found_posts", "hash", "creators.view", "m",
     ("creators:hashtags",)),
    ("safety", _("Safety review"), "creators:safety", "shield-check", "creators.safety_review", "s", ()),
    ("duplicates", _("Duplicates"), "creators:duplicates", "copy", "creators.view", "d", ("creators:merges",)),
    ("dossiers", _("Dossiers"), "creators:dossiers", "certificate", "creators.view", "v", ()),
    ("tasks", _("Tasks"), "creators:tasks", "checkbox", "creators.view", "o", ()),
)  # fmt: skip
# reached from the pages above; the command palette finds them by name
SEARCHED: tuple[tuple[str, Any, str, str, str], ...] = (
    ("segments", _("Segments"), "creators:segments", "filter", "creators.view"),
    ("compare", _("Compare"), "creators:compare", "columns-3", "creators.view"),
    ("import", _("Import a list"), "creators:import", "file-import", "creators.import"),
    ("tiers", _("Tiers"), "creators:tiers", "stairs", "creators.view"),
    ("reports_bought", _("Audience reports"), "creators:reports", "report-analytics", "creators.view"),
    ("own_fields", _("Own fields"), "creators:custom_fields", "forms", "creators.custom_fields"),
    ("rule_packs", _("Rule packs"), "creators:safety_packs", "list-details", "creators.safety_review"),
)


def register() -> None:
    from creators.access import ATTACHMENT
    from krm.accounts.invitations import register_attachment

    register_attachment(ATTACHMENT)
    register_panel("creator.overview", key="outlook", url_name="creators:outlook_panel", order=30,
                   perm="creators.view", title=_("Next post and reliability"))  # fmt: skip
    register_panel("creator.rates", key="prices", url_name="creators:price_panel", order=10, perm="creators.view",
                   title=_("Fair price"))  # fmt: skip
    register_group("staff", key="creators", label=_("Creators"), order=10)
    for place, (key, label, name, glyph, perm, letter, covers) in enumerate(PAGES):
        register_nav("staff", key=key, label=label, url_name=name, icon=glyph, order=10 + place, perm=perm,
                     group="creators", shortcut=letter, covers=covers)  # fmt: skip
    register_nav("staff", key="connectors", label=_("Connectors"), url_name="creators:connectors", icon="plug-connected",
                 order=30, perm="connectors.view", group="agency")  # fmt: skip
    register_nav("staff", key="updates", label=_("Updates"), url_name="creators:updates", icon="refresh",
                 order=32, perm="connectors.view", group="agency")  # fmt: skip
    register_nav("staff", key="vendor_credits", label=_("Vendor credits"), url_name="creators:vendor_credits",
                 icon="coins", order=34, perm="creators.vendor_credits", group="agency",
                 covers=("creators:reports",))  # fmt: skip
    register_nav("staff", key="scores", label=_("Scores"), url_name="creators:score_kinds", icon="gauge", order=36,
                 perm="creators.view", group="agency")  # fmt: skip
    for place, (key, label, name, glyph, perm) in enumerate(SEARCHED):
        register_nav("staff", key=key, label=label, url_name=name, icon=glyph, order=40 + place, perm=perm,
                     group="creators", listed=False)  # fmt: skip
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
            ("safety", _("Safety"), "creators:safety_tab"),
            ("dossiers", _("Vetting"), "creators:dossiers_tab"),
            ("rates", _("Rates"), "creators:rates_tab"),
            ("notes", _("Notes and files"), "creators:notes_tab"),
            ("tasks", _("Tasks"), "creators:tasks_tab"),
            ("timeline", _("Timeline"), "creators:timeline_tab"),
            ("client", _("For clients"), "creators:client_tab"),
        ]
    ):
        register_tab("creator", key=key, label=label, url_name=name, order=10 + order * 4)
