"""What this room puts on shared furniture: tabs of a campaign, panels, navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from krm.web.nav import register_nav
from krm.web.panels import register_panel
from krm.web.tabs import register_tab


def register() -> None:
    register_tab("campaign", key="brief", label=_("Brief"), url_name="briefs:campaign_brief", order=30)
    register_tab("campaign", key="content", label=_("Content"), url_name="briefs:campaign_content", order=35)
    register_tab("campaign", key="library", label=_("Library"), url_name="briefs:campaign_library", order=50)
    register_nav("staff", key="reviews", label=_("Reviews"), url_name="briefs:queue", icon="checks", order=30,
                 perm="briefs.view_queue", group="campaigns", shortcut="r")  # fmt: skip
    register_nav("staff", key="library", label=_("Library"), url_name="briefs:assets", icon="photo", order=35,
                 perm="briefs.view_queue", group="campaigns", shortcut="l")  # fmt: skip
    register_nav(
        "portal", key="content", label=_("Content"), url_name="briefs:portal_content", icon="upload", order=20
    )
    register_nav(
        "client",
        key="content",
        label=_("Content"),
        url_name="briefs:client_content",
        icon="photo-check",
        order=20,
    )
    register_panel(
        "shared.campaign", key="content", url_name="briefs:shared_content", order=10, title=_("Content")
    )
    register_panel("portal.home", key="tasks", url_name="briefs:portal_tasks", order=10, title=_("My tasks"))
    register_panel(
        "client.campaign",
        key="content",
        url_name="briefs:client_campaign_content",
        order=30,
        title=_("Content"),
    )
    register_panel(
        "client.home", key="content", url_name="briefs:client_home_panel", order=5, title=_("Content")
    )
    register_panel(
        "portal.deliverable",
        key="work",
        url_name="briefs:portal_deliverable_panel",
        order=10,
        title=_("Content"),
    )
    register_panel(
        "portal.partnership",
        key="brief",
        url_name="briefs:portal_partnership_panel",
        order=10,
        title=_("Brief"),
    )
    register_panel(
        "deliverable.overview", key="work", url_name="briefs:deliverable_panel", order=10, title=_("Content")
    )
    register_panel("home", key="reviews", url_name="briefs:home_reviews", order=20, title=_("Reviews"), width="half",
                   roles=["administrator", "campaign_manager", "reviewer"])  # fmt: skip
