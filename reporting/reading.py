"""What a reader may see of a report, and the report as a file. Pages and API share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from krm.accounts.permissions import allowed
from reporting import reports, results
from reporting.documents import report_pdf, report_workbook

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from krm.accounts.models import User
    from reporting.models import Report

FILES = {
    "pdf": (report_pdf, "application/pdf"),
    "xlsx": (report_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def live_numbers(campaign: Campaign, *, viewer: User) -> dict[str, Any]:
    """Live numbers of a campaign, without costs for whom costs are not meant."""
    numbers = results.campaign_numbers(campaign)
    return numbers if allowed(viewer, "reporting.view_costs", campaign) else results.for_client(numbers)


def visible_numbers(report: Report, *, viewer: User) -> dict[str, Any]:
    """Numbers of a report for its reader; staff without the right to costs read what the client reads."""
    numbers = reports.numbers_of(report, viewer=viewer)
    if viewer.is_staff_member and not allowed(viewer, "reporting.view_costs", report.campaign):
        numbers = results.for_client(numbers)
    return numbers


def as_file(report: Report, kind: str, *, viewer: User) -> HttpResponse:
    """The report as PDF or XLSX in the reader's language."""
    make, content_type = FILES[kind]
    response = HttpResponse(make(report, visible_numbers(report, viewer=viewer)), content_type=content_type)
    response["Content-Disposition"] = (
        f'attachment; filename="{report.campaign.code or "campaign"}-{report.pk}.{kind}"'
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
