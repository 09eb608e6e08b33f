"""Asking a vendor about an audience, and reading the answer when it is there.

Asking sets the credits aside and writes the report down; a task asks the vendor, again and again with pauses, until it
answers. A young report is used again and costs nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from creators import ingest
from creators.models import AudienceReport, AudienceSnapshot, ReportState, SocialAccount, Source, Vendor
from creators.platforms.registry import VENDORS
from creators.pulling.session import PlatformSession
from creators.vendors import credits
from creators.vendors.base import Pending, Report, Subject
from krm.accounts.permissions import check
from krm.connectors import archive
from krm.connectors import credentials as store
from krm.connectors.outcomes import Failed, Kind
from krm.errors import Conflict
from krm.events import enqueue, notify, record

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
SOONEST = timedelta(seconds=30)
LONGEST = timedelta(hours=6)
PATIENCE = timedelta(days=3)  # a report that is not there by then is given up and costs nothing
AT_ONCE = 50
ENDS = {
    Kind.UNAVAILABLE: gettext_noop("The vendor has nothing on this account: private, too small or gone."),
    Kind.QUOTA_SPENT: gettext_noop(
        "The vendor says your credits there are used up. Buy more, then ask again."
    ),
    Kind.AUTH_REVOKED: gettext_noop("The vendor refuses the key. Enter a new one under Connectors."),
    Kind.SCOPE_MISSING: gettext_noop("Your contract with the vendor does not cover this report."),
    Kind.BAD_REQUEST: gettext_noop("The vendor did not accept the request. See Connectors."),
}
LATE = gettext_noop("The vendor did not deliver within three days. Nothing was spent; ask again.")


@dataclass(frozen=True)
class Quote:
    """What asking would cost, to be shown before it is confirmed."""

    vendor: str
    credits: Decimal  # 0 where a young report or one on its way is used
    available: Decimal
    left_this_month: Decimal | None
    existing: AudienceReport | None

    @property
    def affordable(self) -> bool:
        month = self.left_this_month
        return self.credits <= self.available and (month is None or self.credits <= month)


def vendors_for(account: SocialAccount) -> list[str]:
    """The vendors that are set up and report on this platform."""
    return [
        key
        for key, plan in VENDORS.items()
        if account.platform in plan.covers and plan.ready(store.application(key))
    ]


def young(account: SocialAccount, vendor: str, cache_days: int, now: datetime) -> AudienceReport | None:
    """A report that is used again instead of buying one: on its way, or not older than the rule says."""
    rows = AudienceReport.objects.filter(account=account, vendor=vendor)
    waiting: AudienceReport | None = rows.filter(state=ReportState.PENDING).first()
    if waiting is not None:
        return waiting
    found: AudienceReport | None = (
        rows.filter(state=ReportState.READY, ready_at__gt=now - timedelta(days=cache_days))
        .order_by("-ready_at")
        .first()
    )
    return found


def quote(account: SocialAccount, vendor: str, *, now: datetime | None = None) -> Quote:
    now = now or timezone.now()
    held = credits.budget_of(vendor)
    existing = young(account, vendor, held.cache_days, now)
    cost = Decimal(0) if existing else held.report_credits
    return Quote(vendor, cost, held.available, credits.left_this_month(held, now), existing)


@transaction.atomic
def request_report(
    account: SocialAccount, vendor: str, *, by: Any, agreed: Decimal | None = None
) -> AudienceReport:
    """Ask for a report. `agreed` is the price the person confirmed; one that rose meanwhile is refused."""
    check(by, "creators.buy_reports", account)
    plan = VENDORS.get(vendor)
    if plan is None:
        raise ValidationError({"vendor": _("Choose a vendor from the list.")})
    if not plan.ready(store.application(vendor)):
        raise Conflict(
            _("%(vendor)s is not set up. An administrator can do it under Connectors.")
            % {"vendor": Vendor(vendor).label}
        )
    if account.platform not in plan.covers:
        raise Conflict(
            _("%(vendor)s does not report on %(platform)s.")
            % {"vendor": Vendor(vendor).label, "platform": account.get_platform_display()}
        )
    if not account.handle and not account.external_id:
        raise Conflict(_("This account has neither a handle nor a platform id. Add its handle first."))
    now = timezone.now()
    credits.locked(vendor)  # two who ask at once: the second finds the first one's report
    price = quote(account, vendor, now=now)
    if price.existing is not None:
        return price.existing
    if agreed is not None and price.credits > agreed:
        raise Conflict(
            _("A report now costs %(cost)s credits. Look at the price again and confirm it.")
            % {"cost": credits.plain(price.credits)}
        )
    report = AudienceReport.objects.create(
        account=account,
        vendor=vendor,
        requested_by=by,
        requested_at=now,
        next_try_at=now,
        credits=price.credits,
    )
    credits.reserve(report, price.credits, by=by)
    record(
        "creators.report_requested",
        account,
        actor=by,
        data={
            "report_id": report.pk,
            "account_id": account.pk,
            "vendor": vendor,
            "credits": str(price.credits),
        },
    )
    enqueue("creators.read_reports", [report.pk])
    return report


def due(limit: int = AT_ONCE, now: datetime | None = None) -> list[int]:
    now = now or timezone.now()
    return list(
        AudienceReport.objects.filter(state=ReportState.PENDING, next_try_at__lte=now)
        .order_by("next_try_at")
        .values_list("pk", flat=True)[:limit]
    )


def _lease(report_id: int, now: datetime) -> AudienceReport | None:
    """Take a report for one try. A worker that dies lets it become due again."""
    with transaction.atomic():
        report: AudienceReport | None = (
            AudienceReport.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("account")
            .filter(pk=report_id, state=ReportState.PENDING, next_try_at__lte=now)
            .first()
        )
        if report is None:
            return None
        report.next_try_at, report.attempts = now + LEASE, report.attempts + 1
        report.save(update_fields=["next_try_at", "attempts", "updated_at"])
        return report


def read(report_id: int) -> AudienceReport | None:
    """Ask the vendor once and store what it says. None: it is not due, or somebody else is at it."""
    now = timezone.now()
    report = _lease(report_id, now)
    if report is None:
        return None
    plan, application = VENDORS[report.vendor], store.application(report.vendor)
    if application is None or not plan.ready(application):
        return _later(report, now + LONGEST, str(ENDS[Kind.AUTH_REVOKED]), now)
    account = report.account
    subject = Subject(account.pk, account.platform, account.handle, account.external_id or "")
    session = PlatformSession(plan, application, interactive=True, now=now)
    try:
        answer = plan.request_report(session, subject)
    except Failed as failed:
        outcome = failed.outcome
        if outcome.kind in ENDS:
            return give_up(report, ENDS[outcome.kind])
        return _later(report, outcome.until or now + _pause(report), outcome.reason, now)
    finally:
        archive.keep(session.calls)
    if isinstance(answer, Pending):
        return _later(report, answer.retry_at, answer.reason, now)
    return arrive(report, answer, now)


def _pause(report: AudienceReport) -> timedelta:
    return min(SOONEST * 2 ** min(report.attempts, 12), LONGEST)


def _later(report: AudienceReport, at: datetime, reason: str, now: datetime) -> AudienceReport:
    if now - report.requested_at > PATIENCE:
        return give_up(report, LATE)
    report.next_try_at = min(max(at, now + SOONEST), now + LONGEST)
    report.reason = reason[:300]
    AudienceReport.objects.filter(pk=report.pk, state=ReportState.PENDING).update(
        next_try_at=report.next_try_at, reason=report.reason
    )
    return report


@transaction.atomic
def give_up(report: AudienceReport, reason: str) -> AudienceReport:
    """No report comes: its credits are given back, and whoever asked is told."""
    held = AudienceReport.objects.select_for_update(of=("self",)).select_related("account").get(pk=report.pk)
    if held.state != ReportState.PENDING:
        return held
    held.state, held.reason, held.next_try_at = ReportState.FAILED, reason, None
    held.save(update_fields=["state", "reason", "next_try_at", "updated_at"])
    credits.settle(held, spent=False)
    record(
        "creators.report_failed",
        held.account,
        data={"report_id": held.pk, "account_id": held.account_id, "vendor": held.vendor},
    )
    _tell(held)
    return held


@transaction.atomic
def arrive(report: AudienceReport, answer: Report, now: datetime) -> AudienceReport:
    """Report, audience, credits and event stand or fall together."""
    held = AudienceReport.objects.select_for_update(of=("self",)).select_related("account").get(pk=report.pk)
    if held.state != ReportState.PENDING:
        return held
    if answer.audience is not None:
        ingest.audiences([answer.audience])
        held.audience = AudienceSnapshot.objects.filter(
            account_id=held.account_id, source=Source.VENDOR, as_of=answer.audience.as_of
        ).first()
    held.state, held.ready_at, held.next_try_at, held.reason = ReportState.READY, now, None, ""
    held.as_of, held.quality = answer.as_of, answer.quality
    held.raw_ref = f"{held.vendor}/{answer.endpoint}/{held.account.handle or held.account.external_id}"[:200]
    held.save()
    credits.settle(held, spent=True)
    record(
        "creators.report_ready",
        held.account,
        data={"report_id": held.pk, "account_id": held.account_id, "vendor": held.vendor},
    )
    enqueue("creators.score_accounts", [held.account_id])
    _tell(held)
    return held


def _tell(report: AudienceReport) -> None:
    if report.requested_by is None:
        return
    ready = report.state == ReportState.READY
    notify(
        "creators.report_answered",
        [report.requested_by],
        report.account,
        title=gettext_lazy("The audience report is ready")
        if ready
        else gettext_lazy("No audience report came"),
        text=f"{report.get_vendor_display()}: {report.account}",
        url=reverse("creators:account", args=[report.account_id]),
        key=f"creators.report:{report.pk}",
    )


def newest(account_ids: Sequence[int]) -> dict[int, AudienceReport]:
    """The newest ready report of each account."""
    rows = (
        AudienceReport.objects.filter(account_id__in=account_ids, state=ReportState.READY)
        .order_by("account_id", "-ready_at")
        .distinct("account_id")
    )
    return {row.account_id: row for row in rows}
