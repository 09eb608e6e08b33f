"""The client's results: shared reports, never a cost."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage
from reporting import reports
from reporting.models import Report
from reporting.web import charts
from reporting.web.pages import Download
from reporting.web.shown import shown_numbers


class ClientReports(ListPage):
    name = "reporting.client_reports"
    area = "client"
    title = _("Reports")
    model = Report
    columns = [
        Column(
            "title", _("Report"), link=lambda r: reverse("reporting:client_report", args=[r.pk]), sort="title"
        ),
        Column("campaign", _("Campaign"), value="campaign.name"),
        Column("locked_at", _("Numbers of"), kind="date", sort="locked_at"),
    ]
    search_fields = ["title", "campaign__name"]
    default_sort = "-id"
    empty = Empty(
        _("No reports yet"),
        _("Your agency shares a report here when the campaign has results."),
        icon="chart-bar",
    )

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand").defer("numbers")


class ClientReport(DetailPage):
    area = "client"
    model = Report
    template_name = "reporting/client/report.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand")

    def get_context(self) -> dict[str, Any]:
        numbers = reports.numbers_of(self.object, viewer=self.request.user)
        return {"shown": shown_numbers(numbers), "views_by_kol": charts.views_by_kol(numbers)}


class ClientDownload(Download):
    area = "client"


class ClientPanel(DetailPage):
    """Shared reports of one campaign, on the campaign's page of the client room."""

    area = "client"
    model = Campaign
    template_name = "reporting/client/panel.html"

    def get_context(self) -> dict[str, Any]:
        return {
            "reports": Report.objects.visible_to(self.request.user)
            .filter(campaign=self.object)
            .defer("numbers")
        }
