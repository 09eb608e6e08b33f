"""What this room does when a lower room did something, and whom it tells."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models import ClientMember
from krm import events
from krm.events.models import Event
from reporting.models import Report

events.register_kind("reporting.report_shared", _("A report is ready"))


@events.subscribe("reporting.report_shared", name="reporting.tell_client")
def tell_client(event: Event) -> None:
    """Tell the brand's people that their report is in the client room."""
    report = (
        Report.objects.select_related("campaign__brand")
        .filter(pk=event.subject_id, state=Report.State.SHARED)
        .first()
    )
    if report is None:
        return
    people = get_user_model().objects.filter(
        pk__in=ClientMember.objects.filter(brand=report.campaign.brand).values("user_id"), is_active=True
    )
    events.notify(
        "reporting.report_shared",
        people,
        report,
        title=_("Your report is ready"),
        text=report.title,
        url=reverse("reporting:client_report", args=[report.pk]),
        key=f"report-shared:{report.pk}:{event.pk}",
    )
