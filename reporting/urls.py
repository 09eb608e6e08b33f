"""Addresses of this room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from krm.web.pages import verb_view
from reporting import rates, reports, tracking
from reporting.models import EmvRate, Report, TrackingLink
from reporting.web import client, pages, portal
from reporting.web import tracking as tracking_pages

app_name = "reporting"

edit = "reporting.edit_report"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.ReportList.as_view(), name="list"),
    path("<int:pk>/", pages.ReportPage.as_view(), name="report"),
    path("<int:pk>/edit/", pages.EditReport.as_view(), name="report_edit"),
    path("<int:pk>/lock/", verb_view(Report, reports.lock, success=_("Numbers locked.")), name="report_lock"),
    path(
        "<int:pk>/share/",
        verb_view(Report, reports.share, success=_("The client can read it now.")),
        name="report_share",
    ),
    path(
        "<int:pk>/take-back/",
        verb_view(Report, reports.take_back, success=_("Taken back.")),
        name="report_take_back",
    ),
    path("<int:pk>/pdf/", pages.Download.as_view(kind="pdf"), name="report_pdf"),
    path("<int:pk>/xlsx/", pages.Download.as_view(kind="xlsx"), name="report_xlsx"),
    path("campaign/<int:pk>/results/", pages.CampaignResults.as_view(), name="campaign_results"),
    path("campaign/<int:pk>/report/new/", pages.DraftReport.as_view(), name="report_new"),
    path("campaign/<int:pk>/tracking/", tracking_pages.CampaignTracking.as_view(), name="campaign_tracking"),
    path("campaign/<int:pk>/links/new/", tracking_pages.LinkCreate.as_view(), name="link_new"),
    path("campaign/<int:pk>/codes/new/", tracking_pages.PromoCodeCreate.as_view(), name="code_new"),
    path("campaign/<int:pk>/orders/import/", tracking_pages.ConversionImport.as_view(), name="orders_import"),
    path(
        "links/<int:pk>/off/",
        verb_view(TrackingLink, tracking.switch_off, success=_("Link switched off.")),
        name="link_off",
    ),
    path(
        "links/<int:pk>/on/",
        verb_view(TrackingLink, tracking.switch_on, success=_("Link switched on.")),
        name="link_on",
    ),
    path("rates/", pages.RateList.as_view(), name="rates"),
    path("rates/new/", pages.RateCreate.as_view(), name="rate_new"),
    path(
        "rates/<int:pk>/remove/",
        verb_view(EmvRate, rates.remove_rate, success=_("Rate removed."), success_url="reporting:rates"),
        name="rate_remove",
    ),
]

portal_urlpatterns = [path("results/", portal.PortalResults.as_view(), name="portal_results")]

client_urlpatterns = [
    path("reports/", client.ClientReports.as_view(), name="client_reports"),
    path("reports/<int:pk>/", client.ClientReport.as_view(), name="client_report"),
    path("reports/<int:pk>/pdf/", client.ClientDownload.as_view(kind="pdf"), name="client_report_pdf"),
    path("reports/<int:pk>/xlsx/", client.ClientDownload.as_view(kind="xlsx"), name="client_report_xlsx"),
    path("reports/campaign/<int:pk>/", client.ClientPanel.as_view(), name="client_panel"),
]

public_urlpatterns = [path("go/<str:code>", tracking_pages.Go.as_view(), name="go")]
