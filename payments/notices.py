"""What people are told about invoices and payments, and where it leads."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from krm import events
from payments import people
from payments.models import Invoice, MatchResult, Payout

TITLES: dict[str, Any] = {
    "payments.invoice_drafted": _("An invoice is drafted for you"),
    "payments.invoice_voided": _("Your invoice is void"),
}


def portal_url(invoice: Invoice) -> str:
    try:
        return reverse("payments:portal_invoice_detail", args=[invoice.pk])
    except NoReverseMatch:
        return ""


def _about(invoice: Invoice) -> str:
    return f"{invoice} · {invoice.partnership.creator} · {invoice.partnership.campaign}"


def tell_portal(invoice: Invoice, kind: str, title: Any = None, text: Any = "", *, once: str = "") -> None:
    events.notify(
        kind,
        people.portal_users(invoice.partnership.creator),
        invoice,
        title=title or TITLES[kind],
        text=text or _about(invoice),
        url=portal_url(invoice),
        key=f"{kind}:{invoice.pk}:{once}",
    )


def tell_finance(invoice: Invoice, kind: str, title: Any, *, once: str = "") -> None:
    events.notify(
        kind,
        people.finance_users(invoice),
        invoice,
        title=title,
        text=_about(invoice),
        url=invoice.get_absolute_url(),
        key=f"{kind}:{invoice.pk}:{once}",
    )


def submitted(invoice: Invoice) -> None:
    title = _("Invoice to approve") if invoice.state == "matched" else _("Invoice that does not match")
    tell_finance(invoice, "payments.invoice_submitted", title, once=str(invoice.match_run))


def mismatched(invoice: Invoice) -> None:
    tell_portal(
        invoice,
        "payments.invoice_mismatched",
        _("Something on your invoice does not match"),
        first_problem(invoice),
        once=str(invoice.match_run),
    )


def first_problem(invoice: Invoice) -> str:
    result = (
        MatchResult.objects.filter(invoice=invoice, run=invoice.match_run, ok=False).order_by("pk").first()
    )
    return result.detail if result else ""


def approved(invoice: Invoice) -> None:
    tell_portal(
        invoice, "payments.invoice_approved", _("Your invoice is approved"), once=str(invoice.match_run)
    )


def rejected(invoice: Invoice) -> None:
    tell_portal(
        invoice,
        "payments.invoice_rejected",
        _("Your invoice needs a correction"),
        invoice.rejected_reason,
        once=str(invoice.match_run),
    )


def paid(payout: Payout) -> None:
    invoice = payout.invoice
    title = _("You are paid") if invoice.state == "paid" else _("A part of your invoice is paid")
    tell_portal(invoice, "payments.invoice_paid", title, once=str(payout.pk))


def came_back(payout: Payout) -> None:
    invoice = payout.invoice
    tell_portal(
        invoice,
        "payments.payment_reversed",
        _("A payment came back"),
        _("The bank returned the transfer. Check your bank data; we pay again."),
        once=f"kol:{payout.pk}",
    )
    tell_finance(invoice, "payments.payment_reversed", _("A payment came back"), once=f"finance:{payout.pk}")


def overdue(invoice: Invoice, period: str) -> None:
    tell_finance(invoice, "payments.invoice_overdue", _("Invoice overdue"), once=period)
