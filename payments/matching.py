"""The three-way match: agreement line, accepted work with its live post, and invoice line. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone

from campaigns.models import Agreement, Deliverable
from payments.milestones import agreement_of, is_due
from payments.models import Invoice, InvoiceLine


@dataclass(frozen=True)
class Finding:
    check: str
    ok: bool
    reason: str
    data: dict[str, Any] = field(default_factory=dict)
    line: InvoiceLine | None = None


def run(invoice: Invoice, *, today: date | None = None) -> list[Finding]:
    """Every check with its reason; the invoice matches when all are ok."""
    today = today or timezone.localdate()
    agreement = agreement_of(invoice.partnership)
    found = [_agreement(agreement)]
    lines = list(
        invoice.lines.select_related(
            "milestone__agreement",
            "milestone__deliverable__post",
            "deliverable__agreement",
            "deliverable__post",
        )
    )
    if agreement is not None:
        found.append(_currency(invoice, agreement))
        deliverables = list(agreement.deliverables.select_related("post"))
        for line in lines:
            found += _line(line, invoice, agreement, deliverables, today)
        found.append(_total(invoice, agreement))
    found += [_payee(invoice), _document(invoice), _faktur(invoice)]
    return found


def matches(findings: list[Finding]) -> bool:
    return all(finding.ok for finding in findings)


def _agreement(agreement: Agreement | None) -> Finding:
    if agreement is None or agreement.state in ("draft", "sent"):
        return Finding("agreement", False, "agreement_missing")
    if agreement.state == "cancelled":
        return Finding("agreement", False, "agreement_cancelled", {"number": agreement.number})
    signed = agreement.signed_at or agreement.created_at
    day = timezone.localtime(signed).date().isoformat()
    return Finding("agreement", True, "agreement_signed", {"number": agreement.number, "date": day})


def _currency(invoice: Invoice, agreement: Agreement) -> Finding:
    if invoice.currency == agreement.currency:
        return Finding("currency", True, "currency_same", {"currency": invoice.currency})
    return Finding(
        "currency", False, "currency_differs", {"agreed": agreement.currency, "invoiced": invoice.currency}
    )


def _line(
    line: InvoiceLine, invoice: Invoice, agreement: Agreement, deliverables: list[Deliverable], today: date
) -> list[Finding]:
    source = line.milestone or line.deliverable
    if source is None or source.agreement_id != agreement.pk:
        return [Finding("amount", False, "other_partnership", {"line": line.description}, line)]
    return [
        _amount(line, invoice, source.amount),
        _delivered(line, deliverables, today),
        _post_live(line, deliverables),
        _not_invoiced(line, invoice),
    ]


def _amount(line: InvoiceLine, invoice: Invoice, agreed: Decimal) -> Finding:
    data = {
        "line": line.description,
        "invoiced": str(line.amount),
        "agreed": str(agreed),
        "difference": str(abs(line.amount - agreed)),
        "currency": invoice.currency,
    }
    if line.amount == agreed:
        return Finding("amount", True, "amount_same", data, line)
    return Finding("amount", False, "amount_over" if line.amount > agreed else "amount_under", data, line)


def _delivered(line: InvoiceLine, deliverables: list[Deliverable], today: date) -> Finding:
    due, reason, data = is_due(line.milestone, line.deliverable, deliverables, today)
    return Finding("delivered", due, reason, data, line)


def _post_live(line: InvoiceLine, deliverables: list[Deliverable]) -> Finding:
    """Each piece of work this line pays for has a post, and none was deleted."""
    if line.milestone is not None and line.milestone.trigger in ("on_signing", "on_date"):
        return Finding("post_live", True, "post_not_needed", {"line": line.description}, line)
    if line.milestone is not None and line.milestone.trigger == "on_completion":
        work = [d for d in deliverables if d.state != "cancelled"]
    else:
        one = line.deliverable or (line.milestone.deliverable if line.milestone else None)
        work = [d for d in deliverables if one is not None and d.pk == one.pk]
    for deliverable in work:
        data = {"deliverable": deliverable.title}
        if deliverable.post is None and not deliverable.post_url:
            return Finding("post_live", False, "post_missing", data, line)
        if deliverable.post is not None and deliverable.post.is_deleted:
            return Finding("post_live", False, "post_deleted", data, line)
    if not work:
        return Finding("post_live", True, "post_not_needed", {"line": line.description}, line)
    names = ", ".join(d.title for d in work)
    return Finding("post_live", True, "post_live_ok", {"deliverable": names}, line)


def _not_invoiced(line: InvoiceLine, invoice: Invoice) -> Finding:
    """A milestone once; a deliverable not beside a milestone that pays for it. The database refuses the plain repeat."""
    others = InvoiceLine.objects.filter(active=True).exclude(invoice=invoice).select_related("invoice")
    if line.milestone_id:
        twin = others.filter(milestone_id=line.milestone_id).first()
        if twin is None and line.milestone and line.milestone.deliverable_id:
            twin = others.filter(milestone__isnull=True, deliverable_id=line.milestone.deliverable_id).first()
    else:
        twin = (
            others.filter(deliverable_id=line.deliverable_id).first()
            or others.filter(milestone__deliverable_id=line.deliverable_id).first()
        )
    if twin is not None:
        return Finding(
            "not_invoiced",
            False,
            "already_invoiced",
            {"line": line.description, "number": str(twin.invoice)},
            line,
        )
    return Finding("not_invoiced", True, "first_time", {"line": line.description}, line)


def _total(invoice: Invoice, agreement: Agreement) -> Finding:
    # What was found right so far; another invoice that asks too much is that invoice's own problem.
    standing = InvoiceLine.objects.filter(
        active=True,
        invoice__partnership=invoice.partnership,
        invoice__currency=invoice.currency,
        invoice__state__in=("matched", "approved", "scheduled", "paid"),
    ).exclude(invoice=invoice)
    total = standing.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    total += sum((line.amount for line in invoice.lines.all()), Decimal(0))
    data = {"sum": str(total), "total": str(agreement.total), "currency": agreement.currency}
    if total <= agreement.total:
        return Finding("total", True, "total_within", data)
    return Finding("total", False, "total_over", data | {"difference": str(total - agreement.total)})


def _payee(invoice: Invoice) -> Finding:
    payee = invoice.payee
    if payee.state == "verified" and payee.verified_at is not None:
        day = timezone.localtime(payee.verified_at).date().isoformat()
        return Finding("payee", True, "payee_verified", {"name": payee.legal_name, "date": day})
    if payee.state == "cooling_off" and payee.cooling_until is not None:
        day = timezone.localtime(payee.cooling_until).date().isoformat()
        return Finding("payee", False, "payee_cooling_off", {"date": day})
    if payee.state == "refused":
        return Finding("payee", False, "payee_refused", {"why": payee.refused_reason})
    return Finding("payee", False, "payee_unverified")


def _document(invoice: Invoice) -> Finding:
    if invoice.document:
        return Finding("document", True, "document_attached")
    if invoice.origin == Invoice.Origin.SYSTEM:
        return Finding("document", True, "document_not_needed")
    return Finding("document", False, "document_missing")


def _faktur(invoice: Invoice) -> Finding:
    if not invoice.payee.is_pkp:
        return Finding("faktur", True, "faktur_not_needed")
    if invoice.faktur_number.strip():
        return Finding("faktur", True, "faktur_given", {"number": invoice.faktur_number})
    return Finding("faktur", False, "faktur_missing")
