"""Where this room shows itself on pages of rooms below: navigation, tabs, panels, kinds of notification."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from krm.web.nav import register_nav
from krm.web.palette import register_model
from krm.web.panels import register_panel
from krm.web.tabs import register_tab
from reporting.models import Report

register_nav(
    "staff",
    key="reports",
    label=_("Reports"),
    url_name="reporting:list",
    icon="chart-bar",
    order=60,
    perm="reporting.view_results",
    shortcut="e",
)
register_nav(
    "portal",
    key="results",
    label=_("Results"),
    url_name="reporting:portal_results",
    icon="chart-line",
    order=60,
)
register_nav(
    "client",
    key="reports",
    label=_("Reports"),
    url_name="reporting:client_reports",
    icon="chart-bar",
    order=30,
)
register_tab(
    "campaign",
    key="results",
    label=_("Results"),
    url_name="reporting:campaign_results",
    order=80,
    perm="reporting.view_results",
)
register_tab(
    "campaign",
    key="tracking",
    label=_("Links and codes"),
    url_name="reporting:campaign_tracking",
    order=70,
    perm="reporting.view_results",
)
register_panel("client.campaign", key="results", url_name="reporting:client_panel", order=40)

register_model(
    "reports",
    _("Reports"),
    Report,
    ["title", "campaign__name", "campaign__brand__name"],
    icon="chart-bar",
    hint=lambda report: f"{report.campaign} · {report.get_state_display()}",
    related=["campaign"],
    rows=lambda found: found.defer("numbers"),
    order=60,
    perm="reporting.read_report",
)
register_model(
    "client.reports",
    _("Reports"),
    Report,
    ["title", "campaign__name"],
    icon="chart-bar",
    hint=lambda report: report.campaign.name,
    related=["campaign"],
    rows=lambda found: found.defer("numbers"),
    url=lambda report: reverse("reporting:client_report", args=[report.pk]),
    order=30,
    areas=("client",),
    perm="reporting.read_report",
)
