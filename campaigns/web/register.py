"""Where this room shows itself: navigation, tabs, panels."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Agreement, Brand, Campaign, Deliverable, Partnership
from campaigns.web.forms import AddToShortlistForm
from campaigns.web.shortlist import add_to_shortlist
from krm.web.lists import BulkAction, register_bulk
from krm.web.nav import register_group, register_nav
from krm.web.palette import register_model
from krm.web.panels import register_panel
from krm.web.tabs import register_tab

register_group("staff", key="campaigns", label=_("Campaigns"), order=20)
for _key, _label, _name, _icon, _order, _letter in (
    ("campaigns", _("Campaigns"), "campaigns:list", "speakerphone", 20, "a"),
    ("tracker", _("Tracker"), "campaigns:tracker", "list-check", 22, "t"),
    ("calendar", _("Calendar"), "campaigns:calendar", "calendar", 24, "k"),
    ("brands", _("Brands"), "campaigns:brands", "building-store", 26, "b"),
):
    register_nav("staff", key=_key, label=_label, url_name=_name, icon=_icon, order=_order, perm="campaigns.view",
                 group="campaigns", shortcut=_letter)  # fmt: skip
register_nav(
    "portal",
    key="campaigns",
    label=_("Campaigns"),
    url_name="campaigns:portal_partnerships",
    icon="speakerphone",
    order=10,
)
register_nav(
    "portal",
    key="calendar",
    label=_("Calendar"),
    url_name="campaigns:portal_calendar",
    icon="calendar",
    order=30,
)
register_nav(
    "client",
    key="campaigns",
    label=_("Campaigns"),
    url_name="campaigns:client_campaigns",
    icon="speakerphone",
    order=10,
)
register_nav(
    "client",
    key="calendar",
    label=_("Calendar"),
    url_name="campaigns:client_calendar",
    icon="calendar",
    order=20,
)

register_tab("campaign", key="shortlist", label=_("Shortlist"), url_name="campaigns:shortlist_tab", order=10)
register_tab(
    "campaign", key="partnerships", label=_("Partnerships"), url_name="campaigns:partnerships_tab", order=20
)
register_tab("campaign", key="tracker", label=_("Tracker"), url_name="campaigns:tracker_tab", order=40)
register_tab("campaign", key="calendar", label=_("Calendar"), url_name="campaigns:calendar_tab", order=45)
register_tab("campaign", key="budget", label=_("Budget"), url_name="campaigns:budget_tab", order=60)

register_panel(
    "home",
    key="work",
    url_name="campaigns:work_panel",
    order=10,
    perm="campaigns.view",
    title=_("Due next"),
    width="half",
)
register_panel(
    "home",
    key="campaigns",
    url_name="campaigns:home_panel",
    order=15,
    perm="campaigns.view",
    title=_("Running campaigns"),
    width="half",
)
register_panel(
    "campaign.overview",
    key="hashtags",
    url_name="campaigns:hashtag_panel",
    order=30,
    perm="campaigns.view",
    title=_("Hashtags"),
)
register_panel(
    "creator.overview",
    key="fit",
    url_name="campaigns:creator_fit",
    order=40,
    perm="campaigns.view",
    title=_("Fit to brand"),
)
register_panel(
    "partnership.offer",
    key="prices",
    url_name="campaigns:partnership_prices",
    order=10,
    perm="campaigns.negotiate",
    title=_("Fair price"),
)
register_panel("portal.home", key="campaigns", url_name="campaigns:portal_panel", order=10, title=_("To do"))
register_panel(
    "client.home", key="campaigns", url_name="campaigns:client_panel", order=10, title=_("Campaigns")
)

register_bulk(
    "creators.creators",
    BulkAction(
        "shortlist",
        _("Add to shortlist"),
        add_to_shortlist,
        perm="campaigns.manage_shortlist",
        form_class=AddToShortlistForm,
        icon="playlist-add",
    ),
)

register_model("brands", _("Brands"), Brand, ["name"], icon="building-store", order=20, perm="campaigns.view")
register_model(
    "campaigns",
    _("Campaigns"),
    Campaign,
    ["name", "code", "brand__name"],
    icon="speakerphone",
    hint=lambda campaign: f"{campaign.brand} · {campaign.get_state_display()}",
    related=["brand"],
    order=25,
    perm="campaigns.view",
)
register_model(
    "partnerships",
    _("Partnerships"),
    Partnership,
    ["creator__name", "creator__display_name", "campaign__name", "campaign__code"],
    icon="users",
    hint=lambda partnership: partnership.get_state_display(),
    related=["creator", "campaign"],
    order=30,
    perm="campaigns.view",
)
register_model(
    "agreements",
    _("Agreements"),
    Agreement,
    ["number"],
    icon="file-text",
    hint=lambda agreement: str(agreement.partnership),
    related=["partnership__creator", "partnership__campaign"],
    order=33,
    perm="campaigns.view",
)
register_model(
    "deliverables",
    _("Deliverables"),
    Deliverable,
    [
        "title",
        "partnership__creator__name",
        "partnership__creator__display_name",
        "partnership__campaign__name",
    ],
    icon="list-check",
    hint=lambda deliverable: str(deliverable.partnership),
    related=["partnership__creator", "partnership__campaign"],
    order=35,
    perm="campaigns.view",
)
register_model(
    "portal.campaigns",
    _("Campaigns"),
    Partnership,
    ["campaign__name", "campaign__brand__name", "creator__name"],
    icon="speakerphone",
    name=lambda partnership: partnership.campaign.name,
    hint=lambda partnership: f"{partnership.campaign.brand} · {partnership.creator}",
    related=["campaign__brand", "creator"],
    rows=lambda found: found.exclude(state="invited"),  # no offer was sent yet
    url=lambda partnership: reverse("campaigns:portal_partnership", args=[partnership.pk]),
    order=10,
    areas=("portal",),
)
register_model(
    "portal.content",
    _("Content"),
    Deliverable,
    ["title", "partnership__campaign__name"],
    icon="list-check",
    hint=lambda deliverable: deliverable.partnership.campaign.name,
    related=["partnership__campaign"],
    url=lambda deliverable: reverse("campaigns:portal_deliverable", args=[deliverable.pk]),
    order=20,
    areas=("portal",),
)
register_model(
    "client.campaigns",
    _("Campaigns"),
    Campaign,
    ["name", "brand__name"],
    icon="speakerphone",
    hint=lambda campaign: campaign.brand.name,
    related=["brand"],
    rows=lambda found: found.defer("internal_note"),
    url=lambda campaign: reverse("campaigns:client_campaign", args=[campaign.pk]),
    order=10,
    areas=("client",),
)
