"""From an invoice and its payee to the tax that is added and withheld, by the dated rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments import policy
from payments.models import Invoice, PayeeProfile, PaymentPolicy
from payments.tax import Assessment, NeedsReview, Payee, Prior, assess
from payments.tax.book import VERIFIED, rule_of

RULE_NAMES: dict[str, Any] = {
    "rounding": gettext_lazy("Rounding to whole rupiah"),
    "article17": gettext_lazy("Rates of article 17"),
    "pph21_non_employee": gettext_lazy("PPh 21 of non-employees"),
    "pph23_service": gettext_lazy("PPh 23 on services"),
    "pph26_service": gettext_lazy("PPh 26 on services"),
    "ppn": gettext_lazy("PPN"),
}
OPEN_PARTS: dict[str, Any] = {
    "figures": gettext_lazy("figures"),
    "object_code": gettext_lazy("tax object code"),
    "first_day": gettext_lazy("first day"),
}
STATUS_WORDS: dict[str, Any] = {
    "verified": gettext_lazy("Verified"),
    "unverified": gettext_lazy("Not verified"),
    "draft": gettext_lazy("Draft, not used"),
}


def payee_facts(payee: PayeeProfile) -> Payee:
    return Payee(kind=payee.kind, country=payee.tax_country, has_tax_id=payee.has_tax_id, is_pkp=payee.is_pkp)


def prior_in_month(payee: PayeeProfile, month: date, *, excluding: Invoice | None = None) -> Prior:
    """What this payee was already given in the tax month, where the policy adds it up."""
    if policy.current().tax_period != PaymentPolicy.TaxPeriod.MONTH:
        return Prior()
    earlier = Invoice.objects.filter(
        payee=payee,
        tax_month=month,
        state__in=("approved", "scheduled", "paid"),
        currency="IDR",
        tax__code="pph21",
    )
    if excluding is not None:
        earlier = earlier.exclude(pk=excluding.pk)
    sums = earlier.aggregate(gross=Sum("gross"), withheld=Sum("withheld"))
    return Prior(gross=sums["gross"] or Decimal(0), withheld=sums["withheld"] or Decimal(0))


def assess_invoice(invoice: Invoice, on: date, *, gross: Decimal | None = None) -> Assessment:
    """Raises `payments.tax.NeedsReview` where no rule covers the case."""
    amount = invoice.gross if gross is None else gross
    return assess(
        amount,
        payee_facts(invoice.payee),
        on,
        currency=invoice.currency,
        prior=prior_in_month(invoice.payee, on.replace(day=1), excluding=invoice),
    )


def preview(payee: PayeeProfile, gross: Decimal, currency: str, on: date) -> Assessment | None:
    """What an invoice of this amount would give today; None where a person must decide."""
    try:
        return assess(
            gross, payee_facts(payee), on, currency=currency, prior=prior_in_month(payee, on.replace(day=1))
        )
    except NeedsReview:
        return None


def steps_in_words(tax: dict[str, Any], currency: str) -> list[tuple[str, str, bool]]:
    """(sentence, amount, is the result) for each step of a stored assessment, in the reader's language."""
    from krm.web.format import money, percent

    def cash(value: str) -> str:
        return money(Decimal(value), currency)

    def rate(value: str) -> str:
        return percent(Decimal(value))

    rows: list[tuple[str, str, bool]] = []
    for step in tax.get("steps", []):
        match step["kind"]:
            case "gross":
                rows.append((_("Fee"), cash(step["amount"]), False))
            case "ppn":
                share = f"{step['numerator']}/{step['denominator']}"
                text = (
                    _("PPN: %(rate)s of %(share)s of the fee (%(base)s)")
                    if step["denominator"] != "1"
                    else _("PPN: %(rate)s of the fee (%(base)s)")
                )
                rows.append(
                    (
                        text % {"rate": rate(step["rate"]), "share": share, "base": cash(step["base"])},
                        cash(step["tax"]),
                        True,
                    )
                )
            case "pph21_base":
                rows.append(
                    (
                        _("Taxed part: %(share)s of the fee") % {"share": rate(step["share"])},
                        cash(step["base"]),
                        False,
                    )
                )
            case "pph21_month":
                text = _("With %(before)s earlier in this tax month, the taxed part of the month is")
                rows.append((text % {"before": cash(step["gross_before"])}, cash(step["month_base"]), False))
            case "pph21_slice":
                text = _("%(rate)s of %(base)s")
                rows.append(
                    (
                        text % {"rate": rate(step["rate"]), "base": cash(step["base"])},
                        cash(step["tax"]),
                        False,
                    )
                )
            case "no_tax_id":
                more = Decimal(step["factor"]) - 1
                rows.append((_("No valid NPWP or NIK: %(more)s more") % {"more": rate(str(more))}, "", False))
            case "already_withheld":
                rows.append((_("Withheld earlier in this tax month"), "\u2212" + cash(step["amount"]), False))
            case "pph21":
                rows.append((_("PPh 21 withheld"), cash(step["tax"]), True))
            case "pph23":
                text = _("PPh 23 withheld: %(rate)s of the fee without PPN")
                effective = Decimal(step["rate"]) * Decimal(step.get("factor", "1"))
                rows.append((text % {"rate": rate(str(effective))}, cash(step["tax"]), True))
                if Decimal(step.get("factor", "1")) != 1:
                    rows.append((_("Doubled, for there is no valid NPWP"), "", False))
            case "pph26":
                text = _("PPh 26 withheld: %(rate)s of the fee")
                rows.append((text % {"rate": rate(step["rate"])}, cash(step["tax"]), True))
            case "manual":
                rows.append(
                    (_("Withheld by decision: %(why)s") % {"why": step["why"]}, cash(step["tax"]), True)
                )
            case "net":
                rows.append((_("To be paid"), cash(step["net"]), True))
    return rows


def open_parts(parts: tuple[str, ...]) -> str:
    return ", ".join(str(OPEN_PARTS[part]) for part in parts)


def doubts(tax: dict[str, Any]) -> list[str]:
    """One sentence for each rule behind a stored assessment that nobody verified wholly, by what is known today."""
    found = []
    for code, version in sorted(tax.get("versions", {}).items()):
        rule = rule_of(code, version)
        if rule is None or rule.status != VERIFIED:
            parts = open_parts(rule.open) if rule else str(OPEN_PARTS["figures"])
            found.append(f"{RULE_NAMES.get(code, code)} ({version}): {parts}")
    return found
