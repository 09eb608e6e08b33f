"""Staff pages: results of a campaign, reports, EMV rates."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views import View

from campaigns.models import Campaign
from krm.accounts.permissions import allowed, check
from krm.web.access import AccessMixin
from krm.web.lists import Column, Empty, ListPage
from krm.web.pages import DetailPage, FormPage, ObjectFormPage, TabPage
from reporting import rates, reading, reports
from reporting.models import EmvRate, Report
from reporting.web import charts
from reporting.web.forms import RateForm, ReportForm
from reporting.web.shown import shown_numbers


class CampaignResults(TabPage):
    """The dashboard of a campaign: against targets, per KOL, per tier, per post, with costs for who may see them."""

    model = Campaign
    tabset = "campaign"
    tab_key = "results"
    perm = "reporting.view_results"
    template_name = "reporting/results.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("brand").prefetch_related("kpis", "budget_lines")

    def get_context(self) -> dict[str, Any]:
        numbers = reading.live_numbers(self.object, viewer=self.request.user)
        return {
            "shown": shown_numbers(numbers),
            "views_by_kol": charts.views_by_kol(numbers),
            "views_over_time": charts.views_over_time(numbers, self.object),
            "reports": Report.objects.visible_to(self.request.user).filter(campaign=self.object)[:5],
            "may_report": allowed(self.request.user, "reporting.edit_report", self.object),
        }


class ReportFilter(django_filters.FilterSet):
    class Meta:
        model = Report
        fields = ("state",)


class ReportList(ListPage):
    name = "reporting.reports"
    title = _("Reports")
    model = Report
    perm = "reporting.view_results"
    filterset_class = ReportFilter
    columns = [
        Column("title", _("Report"), link=lambda r: r.get_absolute_url(), sort="title"),
        Column(
            "campaign", _("Campaign"), value="campaign.name", link=lambda r: r.campaign.get_absolute_url()
        ),
        Column("brand", _("Brand"), value="campaign.brand.name"),
        Column("state", _("State"), kind="state"),
        Column("locked_at", _("Locked"), kind="datetime", sort="locked_at"),
        Column("created_at", _("Drafted"), kind="datetime", sort="created_at", default=False),
    ]
    search_fields = ["title", "campaign__name", "campaign__brand__name"]
    default_sort = "-id"
    empty = Empty(
        _("No reports yet"),
        _("Open a campaign, go to Results and draft its report."),
        action=(_("Campaigns"), "campaigns:list"),
        icon="chart-bar",
    )
    actions = [(_("EMV rates"), "reporting:rates")]

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand").defer("numbers")


class ReportPage(DetailPage):
    model = Report
    perm = "reporting.view_results"
    template_name = "reporting/report.html"
    tabset = "report"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand", "locked_by", "created_by")

    def get_context(self) -> dict[str, Any]:
        numbers = reading.visible_numbers(self.object, viewer=self.request.user)
        return {
            "shown": shown_numbers(numbers),
            "views_by_kol": charts.views_by_kol(numbers),
            "intact": reports.is_intact(self.object),
            "may_edit": allowed(self.request.user, "reporting.edit_report", self.object.campaign),
        }


class DraftReport(FormPage):
    """Start a report of one campaign."""

    form_class = ReportForm
    title = _("Draft a report")
    submit_label = _("Draft report")
    success_message = _("Report drafted. It follows the live numbers until you lock it.")
    campaign: Campaign

    def prepare(self) -> None:
        self.campaign = get_object_or_404(
            Campaign.objects.visible_to(self.request.user).select_related("brand"), pk=self.kwargs["pk"]
        )
        check(self.request.user, "reporting.edit_report", self.campaign)

    def get_initial(self) -> dict[str, Any]:
        return {"title": f"{self.campaign.brand.name} – {self.campaign.name}"[:160]}

    def save(self, form: Any) -> Report:
        return reports.draft(self.campaign, by=self.request.user, **form.cleaned_data)


class EditReport(ObjectFormPage):
    guards = True
    model = Report
    form_class = ReportForm
    title = _("Edit report")
    success_message = _("Report saved.")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("campaign__brand")

    def prepare(self) -> None:
        super().prepare()
        check(self.request.user, "reporting.edit_report", self.object.campaign)

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.object.title, "summary": self.object.summary}

    def save(self, form: Any) -> Report:
        return reports.edit(self.object, by=self.request.user, **form.cleaned_data)


class Download(AccessMixin, View):
    """A report as a file, in the reader's language. `kind` is pdf or xlsx."""

    area = "staff"
    kind = "pdf"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = get_object_or_404(
            Report.objects.visible_to(self.request.user).select_related("campaign__brand"), pk=pk
        )
        check(self.request.user, "reporting.read_report", report)
        return reading.as_file(report, self.kind, viewer=self.request.user)


class RateFilter(django_filters.FilterSet):
    class Meta:
        model = EmvRate
        fields = ("platform", "metric", "currency")


class RateList(ListPage):
    name = "reporting.rates"
    title = _("EMV rates")
    model = EmvRate
    perm = "reporting.view_results"
    filterset_class = RateFilter
    columns = [
        Column("platform", _("Platform"), sort="platform"),
        Column("metric", _("Metric"), value=lambda r: r.get_metric_display(), sort="metric"),
        Column("value", _("Value"), kind="money", sort="value"),
        Column("per", _("Per"), kind="number"),
        Column("valid_from", _("Valid from"), kind="date", sort="valid_from"),
        Column("source", _("Source")),
    ]
    default_sort = "platform"
    search_fields = ["platform", "source"]
    empty = Empty(
        _("No rates yet"),
        _("Without rates reports show no earned media value."),
        action=(_("Add a rate"), "reporting:rate_new"),
    )
    actions = [(_("Add a rate"), "reporting:rate_new", "primary", "reporting.edit_rates")]


class RateCreate(FormPage):
    form_class = RateForm
    title = _("Add an EMV rate")
    perm = "reporting.edit_rates"
    success_message = _("Rate added.")
    success_url = "reporting:rates"

    def save(self, form: Any) -> EmvRate:
        return rates.set_rate(by=self.request.user, **form.cleaned_data)
