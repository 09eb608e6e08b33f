"""Reports: drafted on live numbers, locked on a day, shared with the client."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record
from reporting import measures, results
from reporting.models import Report

if TYPE_CHECKING:
    from campaigns.models import Campaign
    from krm.accounts.models import User


def draft(campaign: Campaign, *, by: User, title: str, summary: str = "") -> Report:
    """Start a report; until it is locked it shows the live numbers."""
    check(by, "reporting.edit_report", campaign)
    if not title.strip():
        raise ValidationError({"title": _("Give the report a title.")})
    with transaction.atomic():
        report = Report.objects.create(campaign=campaign, title=title.strip(), summary=summary, created_by=by)
        record("reporting.report_drafted", report, actor=by, data={"campaign_id": campaign.pk})
    return report


def edit(report: Report, *, by: User, title: str, summary: str) -> Report:
    """Change the words. The words of a shared report stay: the client has read them."""
    check(by, "reporting.edit_report", report.campaign)
    if not title.strip():
        raise ValidationError({"title": _("Give the report a title.")})
    with transaction.atomic():
        report = _locked_row(report)
        if report.state == Report.State.SHARED:
            raise Conflict(_("This report is shared with the client. Take it back before you change it."))
        report.title, report.summary = title.strip(), summary
        report.save(update_fields=["title", "summary", "updated_at"])
        record("reporting.report_edited", report, actor=by)
    return report


def canonical(numbers: dict[str, Any]) -> str:
    """The one spelling of a numbers document that its hash is taken of."""
    return json.dumps(numbers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(numbers: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(numbers).encode()).hexdigest()


def lock(report: Report, *, by: User) -> Report:
    """Freeze the numbers as they are now, with their hash. A locked report never changes its numbers again."""
    check(by, "reporting.edit_report", report.campaign)
    with transaction.atomic():
        report = _locked_row(report)
        if report.state != Report.State.DRAFT:
            raise Conflict(
                _(
                    "This report is %(state)s already; only a draft can be locked. Draft a new one for newer numbers."
                )
                % {"state": report.get_state_display()}
            )
        report.numbers = results.campaign_numbers(report.campaign)
        report.numbers_sha256 = digest(report.numbers)
        report.formula_version = measures.FORMULA_VERSION
        report.state, report.locked_at, report.locked_by = Report.State.LOCKED, timezone.now(), by
        report.save(
            update_fields=[
                "numbers",
                "numbers_sha256",
                "formula_version",
                "state",
                "locked_at",
                "locked_by",
                "updated_at",
            ]
        )
        record("reporting.report_locked", report, actor=by, data={"sha256": report.numbers_sha256})
    return report


def share(report: Report, *, by: User) -> Report:
    """Show a locked report in the client room, without any cost."""
    check(by, "reporting.edit_report", report.campaign)
    return _move(report, Report.State.LOCKED, Report.State.SHARED, by=by, event="reporting.report_shared")


def take_back(report: Report, *, by: User) -> Report:
    """Take a shared report out of the client room."""
    check(by, "reporting.edit_report", report.campaign)
    return _move(report, Report.State.SHARED, Report.State.LOCKED, by=by, event="reporting.report_taken_back")


def numbers_of(report: Report, *, viewer: User) -> dict[str, Any]:
    """What `viewer` may see: the locked document, or the live one for a draft; clients never see a cost."""
    numbers = report.numbers if report.numbers is not None else results.campaign_numbers(report.campaign)
    return numbers if viewer.is_staff_member else results.for_client(numbers)


def is_intact(report: Report) -> bool:
    """Whether the locked numbers still have the hash they were locked with."""
    return report.numbers is not None and digest(report.numbers) == report.numbers_sha256


def _locked_row(report: Report) -> Report:
    return Report.objects.select_for_update(of=("self",)).select_related("campaign__brand").get(pk=report.pk)


def _move(report: Report, source: str, target: str, *, by: User, event: str) -> Report:
    with transaction.atomic():
        report = _locked_row(report)
        if report.state != source:
            raise Conflict(
                _("This report is %(state)s; it must be %(needed)s first.")
                % {"state": report.get_state_display(), "needed": Report.State(source).label}
            )
        report.state = target
        if target == Report.State.SHARED:
            report.shared_at = timezone.now()
        report.save(update_fields=["state", "shared_at", "updated_at"])
        record(event, report, actor=by, data={"campaign_id": report.campaign_id})
    return report
