"""The books of vendor credits. Each verb locks the vendor's row, so that two people cannot spend the same credit."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from creators.models import AudienceReport, CreditKind, Vendor, VendorBudget, VendorCredit
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.events import record

MONTHS_SHOWN = 12
RULES = ("report_credits", "monthly_credits", "cache_days")


def budget_of(vendor: str) -> VendorBudget:
    """The vendor's row; made when it is first asked for."""
    found: VendorBudget = VendorBudget.objects.get_or_create(vendor=vendor)[0]
    return found


def locked(vendor: str) -> VendorBudget:
    budget_of(vendor)
    held: VendorBudget = VendorBudget.objects.select_for_update().get(vendor=vendor)
    return held


@transaction.atomic
def grant(vendor: str, credits: Decimal, *, by: Any, note: str = "") -> VendorCredit:
    """Credits were bought from the vendor."""
    check(by, "creators.vendor_credits")
    if vendor not in Vendor.values:
        raise ValidationError({"vendor": _("Choose a vendor from the list.")})
    if credits <= 0:
        raise ValidationError({"credits": _("Enter how many credits were bought: more than 0.")})
    held = locked(vendor)
    held.balance += credits
    held.save(update_fields=["balance", "updated_at"])
    entry = VendorCredit.objects.create(
        vendor=vendor, kind=CreditKind.GRANT, credits=credits, by=by, note=note[:200]
    )
    record("creators.credits_granted", held, actor=by, data={"vendor": vendor, "credits": str(credits)})
    return entry


@transaction.atomic
def set_rules(vendor: str, *, by: Any, **rules: Any) -> VendorBudget:
    """What a report costs, how much may be spent in a month, how long a report is used again."""
    check(by, "creators.vendor_credits")
    held = locked(vendor)
    changed = [name for name in RULES if name in rules and getattr(held, name) != rules[name]]
    for name in changed:
        setattr(held, name, rules[name])
    if changed:
        held.full_clean()
        held.save(update_fields=[*changed, "updated_at"])
        record("creators.credit_rules_changed", held, actor=by, data={"vendor": vendor, "fields": changed})
    return held


def month_start(now: datetime) -> datetime:
    return timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def spent_since(vendor: str, since: datetime) -> Decimal:
    total = VendorCredit.objects.filter(vendor=vendor, kind=CreditKind.SPEND, at__gte=since).aggregate(
        total=Sum("credits")
    )["total"]
    return total or Decimal(0)


def left_this_month(held: VendorBudget, now: datetime) -> Decimal | None:
    """What the month still allows, with what is set aside taken as spent; None: no limit."""
    if held.monthly_credits is None:
        return None
    return held.monthly_credits - spent_since(held.vendor, month_start(now)) - held.reserved


def reserve(report: AudienceReport, credits: Decimal, *, by: Any) -> None:
    """Set credits aside before the vendor is asked. Part of the verb that asks: call it in its transaction."""
    held = locked(report.vendor)
    if held.available < credits:
        raise Conflict(
            _("A report costs %(cost)s credits and %(vendor)s has %(left)s left. Buy credits first.")
            % {"cost": plain(credits), "vendor": report.get_vendor_display(), "left": plain(held.available)}
        )
    month = left_this_month(held, timezone.now())
    if month is not None and month < credits:
        raise Conflict(
            _("This month's limit for %(vendor)s is reached. Raise it under vendor credits, or wait.")
            % {"vendor": report.get_vendor_display()}
        )
    held.reserved += credits
    held.save(update_fields=["reserved", "updated_at"])
    VendorCredit.objects.create(
        vendor=report.vendor, kind=CreditKind.RESERVE, credits=credits, report=report, by=by
    )


def settle(report: AudienceReport, *, spent: bool) -> None:
    """The report came (its credits are spent) or did not (they are given back). Once for each report."""
    kept = report.movements.filter(kind=CreditKind.RESERVE).first()
    if kept is None:
        return
    held = locked(report.vendor)
    if report.movements.filter(kind__in=(CreditKind.SPEND, CreditKind.RELEASE)).exists():
        return
    held.reserved -= kept.credits
    if spent:
        held.balance -= kept.credits
    held.save(update_fields=["reserved", "balance", "updated_at"])
    VendorCredit.objects.create(
        vendor=report.vendor,
        kind=CreditKind.SPEND if spent else CreditKind.RELEASE,
        credits=kept.credits,
        report=report,
        by=kept.by,
    )


def by_month(vendor: str, now: datetime | None = None) -> list[dict[str, Any]]:
    """Credits spent and reports bought, a row a month, oldest first."""
    since = month_start(now or timezone.now()) - timedelta(days=31 * (MONTHS_SHOWN - 1))
    rows = (
        VendorCredit.objects.filter(vendor=vendor, kind=CreditKind.SPEND, at__gte=month_start(since))
        .annotate(month=TruncMonth("at"))
        .values("month")
        .annotate(credits=Sum("credits"))
        .order_by("month")
    )
    return [{"month": row["month"].date(), "credits": row["credits"]} for row in rows]


def plain(credits: Decimal) -> str:
    """1 for 1.00, 0.5 for 0.50."""
    return f"{credits.normalize():f}"
