"""Reports of vendors and credits: all staff look, managers ask, finance keeps the books."""

from __future__ import annotations

from tests.security.matrix import FINANCE, MANAGERS, STAFF, Route, Side


def make_objects(side: Side) -> None:
    from django.utils.timezone import now

    from creators.models import AudienceReport, SocialAccount, VendorBudget, VendorCredit

    account = SocialAccount.objects.filter(creator=side["creator"]).first()
    side["audience_report"] = AudienceReport.objects.create(
        account=account, vendor="modash", state="failed", requested_at=now()
    )
    side["vendor_budget"] = VendorBudget.objects.get_or_create(vendor="modash")[0]
    side["vendor_credit"] = VendorCredit.objects.create(vendor="modash", kind="grant", credits=1)


ROUTES = {
    "creators:vendor_credits": Route(GET=STAFF),
    "creators:vendor_grant": Route(
        GET=FINANCE, POST=FINANCE, kwargs={"vendor": "modash"}, sees=STAFF, foreign=STAFF
    ),
    "creators:vendor_rules": Route(
        GET=FINANCE, POST=FINANCE, kwargs={"vendor": "modash"}, sees=STAFF, foreign=STAFF
    ),
    "creators:reports": Route(GET=STAFF),
    "creators:reports_panel": Route(GET=STAFF, obj="creator", foreign=STAFF),
    "creators:report_request": Route(GET=MANAGERS, POST=MANAGERS, obj="account", sees=STAFF, foreign=STAFF),
    "api:audience-reports-list": Route(GET=STAFF, POST=MANAGERS, sees=STAFF),
    "api:audience-reports-detail": Route(GET=STAFF, obj="audience_report", foreign=STAFF),
    "api:audience-reports-quote": Route(POST=MANAGERS, sees=STAFF),
    "api:audience-reports-batch": Route(POST=MANAGERS, sees=STAFF),
    "api:vendor-budgets-list": Route(GET=STAFF),
    "api:vendor-budgets-detail": Route(
        GET=STAFF, PATCH=FINANCE, obj="vendor_budget", sees=STAFF, foreign=STAFF
    ),
    "api:vendor-budgets-grant": Route(POST=FINANCE, sees=STAFF),
    "api:vendor-credits-list": Route(GET=STAFF),
    "api:vendor-credits-detail": Route(GET=STAFF, obj="vendor_credit", foreign=STAFF),
}
