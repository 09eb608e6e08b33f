"""Sums for pages: what waits for whom, and what a campaign has committed and paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from campaigns.models import Agreement, Campaign
from krm.accounts.models import User
from payments.models import Invoice, PayeeProfile, Payout

WAITING = ("submitted", "matched", "mismatch", "approved", "scheduled")


@dataclass(frozen=True)
class Pile:
    """Invoices that wait for the same thing."""

    count: int
    totals: list[tuple[Decimal, str]]  # per currency


def pile(invoices: QuerySet[Invoice], amount: str = "net") -> Pile:
    rows = invoices.order_by().values("currency").annotate(n=Count("id"), sum=Sum(amount)).order_by("-sum")
    found = list(rows)
    return Pile(sum(row["n"] for row in found), [(row["sum"], row["currency"]) for row in found])


def home(user: User, *, today: date | None = None) -> dict[str, Any]:
    """The four piles of finance, and payees that wait to be verified. One query a pile."""
    today = today or timezone.localdate()
    visible = Invoice.objects.visible_to(user)
    return {
        "to_match": pile(visible.filter(state__in=("submitted", "mismatch")), "gross"),
        "to_approve": pile(visible.filter(state="matched"), "gross"),
        "to_pay": pile(visible.open()),
        "overdue": pile(visible.filter(state__in=WAITING, due_on__lt=today)),
        "payees": PayeeProfile.objects.visible_to(user)
        .filter(state__in=("unverified", "cooling_off"))
        .count(),
    }


def work(user: User, states: tuple[str, ...], limit: int = 8) -> list[Invoice]:
    """The oldest promises first."""
    return list(
        Invoice.objects.visible_to(user)
        .filter(state__in=states)
        .for_list()
        .order_by(F("due_on").asc(nulls_last=True), "id")[:limit]
    )


@dataclass(frozen=True)
class CampaignMoney:
    currency: str
    committed: Decimal
    invoiced: Decimal
    approved: Decimal
    vat: Decimal
    withheld: Decimal
    paid: Decimal
    open: Decimal

    @property
    def not_invoiced(self) -> Decimal:
        return self.committed - self.invoiced


def campaign_money(campaign: Campaign) -> list[CampaignMoney]:
    """Per currency: agreed, invoiced and approved fees; what left the bank and what is still to leave."""
    committed = dict(
        Agreement.objects.filter(partnership__campaign=campaign, state="signed")
        .values_list("currency")
        .annotate(sum=Sum("total"))
        .values_list("currency", "sum")
    )
    settled = Q(state__in=("approved", "scheduled", "paid"))
    invoiced = {
        row["currency"]: row
        for row in Invoice.objects.filter(partnership__campaign=campaign)
        .exclude(state__in=("draft", "void", "rejected"))
        .values("currency")
        .annotate(
            gross_sum=Sum("gross"),
            approved_sum=Sum("gross", filter=settled),
            vat_sum=Sum("vat", filter=settled),
            withheld_sum=Sum("withheld", filter=settled),
            net_sum=Sum("net", filter=settled),
        )
    }
    paid = dict(
        Payout.objects.filter(invoice__partnership__campaign=campaign, state="succeeded")
        .values_list("currency")
        .annotate(sum=Sum("amount"))
        .values_list("currency", "sum")
    )
    zero = Decimal(0)
    found = []
    for currency in sorted({*committed, *invoiced, *paid} or {campaign.currency}):
        row: Any = invoiced.get(currency, {})
        found.append(
            CampaignMoney(
                currency=currency,
                committed=committed.get(currency) or zero,
                invoiced=row.get("gross_sum") or zero,
                approved=row.get("approved_sum") or zero,
                vat=row.get("vat_sum") or zero,
                withheld=row.get("withheld_sum") or zero,
                paid=paid.get(currency) or zero,
                open=(row.get("net_sum") or zero) - (paid.get(currency) or zero),
            )
        )
    return found
