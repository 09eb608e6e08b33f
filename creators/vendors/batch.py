"""Reports on many accounts, as a job that never spends more than was said."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from creators.models import AudienceReport, SocialAccount, Vendor
from creators.platforms.registry import VENDORS
from creators.vendors import credits, reports
from krm.accounts.models import User
from krm.accounts.permissions import check
from krm.errors import Conflict
from krm.web import jobs
from krm.web.models import Job

MOST = 1_000


def start(creator_ids: Sequence[int], vendor: str, *, at_most: Decimal, by: User) -> Job:
    """Queue the job for the largest account of each creator on a platform the vendor covers."""
    check(by, "creators.buy_reports")
    if vendor not in VENDORS:
        raise ValidationError({"vendor": _("Choose a vendor from the list.")})
    best = (
        SocialAccount.objects.filter(
            creator_id__in=list(creator_ids)[:MOST], platform__in=VENDORS[vendor].covers
        )
        .order_by("creator_id", "-followers", "pk")
        .distinct("creator_id")
        .values_list("pk", flat=True)
    )
    accounts = list(best)
    if not accounts:
        raise Conflict(
            _("None of these creators has an account on a platform that %(vendor)s covers.")
            % {"vendor": Vendor(vendor).label}
        )
    return jobs.start(
        "creators.request_reports",
        by=by,
        title=_("Audience reports from %(vendor)s") % {"vendor": Vendor(vendor).label},
        params={"accounts": accounts, "vendor": vendor, "at_most": str(at_most)},
    )


def run(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Safe to run twice: an account that was asked for is found again and costs nothing more."""
    ids, vendor = [int(pk) for pk in job.params["accounts"]], str(job.params["vendor"])
    limit = Decimal(str(job.params["at_most"]))
    spent = sum(
        AudienceReport.objects.filter(
            account__in=ids, vendor=vendor, requested_by=job.by, requested_at__gte=job.created_at
        )
        .exclude(state="failed")
        .values_list("credits", flat=True),
        Decimal(0),
    )
    accounts = {a.pk: a for a in SocialAccount.objects.filter(pk__in=ids)}
    progress.total(len(ids))
    asked = again = 0
    for row, pk in enumerate(ids, 1):
        progress.check_cancelled()
        account = accounts.get(pk)
        if account is not None:
            price = reports.quote(account, vendor)
            if price.credits and spent + price.credits > limit:
                progress.error(
                    row=row, field=str(account), message=_("Not asked: the most you allowed is spent.")
                )
            else:
                try:
                    reports.request_report(account, vendor, by=job.by, agreed=price.credits)
                    spent += price.credits
                    asked, again = asked + bool(price.credits), again + (not price.credits)
                except (Conflict, ValidationError) as refusal:
                    progress.error(row=row, field=str(account), message=str(refusal))
        progress.advance(1)
    return {
        "asked": asked,
        "used_again": again,
        "credits": credits.plain(spent),
        "url": reverse("creators:reports"),
        "label": _("See the reports"),
    }
