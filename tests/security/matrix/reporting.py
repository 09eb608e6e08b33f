"""Rights on results, links, conversions and reports."""

from __future__ import annotations

from tests.reporting.factories import add_kol
from tests.security.matrix import (
    ADMINISTRATORS,
    ANYBODY,
    CLIENTS,
    EVERYONE,
    MANAGERS,
    PORTAL,
    STAFF,
    Route,
    Side,
)

shared = "shared_report"
COLUMNS = {"_columns": "reset"}

ROUTES = {
    "reporting:list": Route(GET=STAFF, POST=STAFF, data=COLUMNS),
    "reporting:report": Route(GET=STAFF, obj="report"),
    "reporting:report_edit": Route(GET=MANAGERS, POST=MANAGERS, obj="report", sees=STAFF),
    "reporting:report_lock": Route(POST=MANAGERS, obj="report", sees=STAFF),
    "reporting:report_share": Route(POST=MANAGERS, obj="report", sees=STAFF),
    "reporting:report_take_back": Route(POST=MANAGERS, obj="shared_report", sees=STAFF),
    "reporting:report_pdf": Route(GET=STAFF, obj="report"),
    "reporting:report_xlsx": Route(GET=STAFF, obj="report"),
    "reporting:campaign_results": Route(GET=STAFF, obj="campaign"),
    "reporting:report_new": Route(GET=MANAGERS, POST=MANAGERS, obj="campaign", sees=STAFF),
    "reporting:campaign_tracking": Route(GET=STAFF, obj="campaign"),
    "reporting:link_new": Route(GET=MANAGERS, POST=MANAGERS, obj="campaign", sees=STAFF),
    "reporting:code_new": Route(GET=MANAGERS, POST=MANAGERS, obj="campaign", sees=STAFF),
    "reporting:orders_import": Route(GET=MANAGERS, POST=MANAGERS, obj="campaign", sees=STAFF),
    "reporting:link_off": Route(POST=MANAGERS, obj="link", sees=STAFF),
    "reporting:link_on": Route(POST=MANAGERS, obj="link", sees=STAFF),
    "reporting:rates": Route(GET=STAFF, POST=STAFF, data=COLUMNS),
    "reporting:rate_new": Route(GET=ADMINISTRATORS, POST=ADMINISTRATORS, sees=STAFF),
    "reporting:rate_remove": Route(POST=ADMINISTRATORS, obj="rate", sees=STAFF, foreign=ADMINISTRATORS),
    "reporting:portal_results": Route(GET=PORTAL),
    "reporting:client_reports": Route(GET=CLIENTS, POST=CLIENTS, data=COLUMNS),
    "reporting:client_report": Route(GET=CLIENTS, obj=shared),
    "reporting:client_report_pdf": Route(GET=CLIENTS, obj=shared),
    "reporting:client_report_xlsx": Route(GET=CLIENTS, obj=shared),
    "reporting:client_panel": Route(GET=CLIENTS, obj="campaign"),
    "reporting:go": Route(GET=ANYBODY, kwargs=lambda side: {"code": side["link"].code}),
    "api:tracking-links-list": Route(GET=EVERYONE, POST=MANAGERS, sees=EVERYONE),
    "api:tracking-links-detail": Route(GET=STAFF | PORTAL, obj="link"),
    "api:tracking-links-switch-off": Route(POST=MANAGERS, obj="link", sees=STAFF | PORTAL),
    "api:tracking-links-switch-on": Route(POST=MANAGERS, obj="link", sees=STAFF | PORTAL),
    "api:promo-codes-list": Route(GET=EVERYONE, POST=MANAGERS, sees=EVERYONE),
    "api:promo-codes-detail": Route(GET=STAFF | PORTAL, obj="code"),
    "api:conversions-list": Route(GET=EVERYONE),
    "api:conversions-detail": Route(GET=STAFF, obj="conversion"),
    "api:conversions-import-file": Route(POST=MANAGERS, sees=EVERYONE),
    "api:emv-rates-list": Route(GET=STAFF, POST=ADMINISTRATORS, sees=STAFF),
    "api:emv-rates-detail": Route(GET=STAFF, DELETE=ADMINISTRATORS, obj="rate", sees=STAFF, foreign=STAFF),
    "api:reports-list": Route(GET=EVERYONE, POST=MANAGERS, sees=EVERYONE),
    "api:reports-detail": Route(GET=STAFF, PATCH=MANAGERS, obj="report", sees=STAFF),
    "api:reports-lock": Route(POST=MANAGERS, obj="report", sees=STAFF),
    "api:reports-share": Route(POST=MANAGERS, obj="report", sees=STAFF),
    "api:reports-take-back": Route(POST=MANAGERS, obj=shared, sees=STAFF | CLIENTS),
    "api:reports-numbers": Route(GET=STAFF | CLIENTS, obj=shared),
    "api:reports-pdf": Route(GET=STAFF | CLIENTS, obj=shared),
    "api:reports-xlsx": Route(GET=STAFF | CLIENTS, obj=shared),
    "api:results-detail": Route(GET=STAFF, obj="campaign"),
}


def make_objects(side: Side) -> None:
    """A campaign of the side with a published post of the side's creator, a link, a code, an order and two reports."""
    from datetime import UTC, date, datetime
    from decimal import Decimal

    from reporting import attribution, reports, tracking
    from reporting.models import Conversion, EmvRate
    from tests.reporting.factories import make_campaign

    manager = side.users["campaign_manager"]
    campaign = make_campaign(side["brand"], manager)
    kol = add_kol(campaign, creator=side["creator"], views=1000, likes=100)
    side["campaign"] = side["campaign"] if "campaign" in side.objects else campaign
    side["link"] = tracking.create_link(kol.partnership, by=manager, target_url="https://shop.example/")
    side["code"] = attribution.create_promo_code(kol.partnership, by=manager, code=f"KOL{kol.partnership.pk}")
    side["conversion"] = Conversion.objects.create(
        source="web", order_ref=f"O{kol.partnership.pk}", partnership=kol.partnership, promo_code=side["code"],
        ordered_at=datetime(2026, 11, 5, tzinfo=UTC), amount=Decimal(1000), currency="IDR",
    )  # fmt: skip
    side["rate"] = EmvRate.objects.create(
        platform="x", metric="likes", per=1, value=Decimal(300), currency="IDR", source="test",
        valid_from=date(2020, 1, 1 + EmvRate.objects.filter(platform="x").count()),
    )  # fmt: skip
    side["report"] = reports.draft(campaign, by=manager, title="Draft")
    report = reports.lock(reports.draft(campaign, by=manager, title="Shared"), by=manager)
    side["shared_report"] = reports.share(report, by=manager)
