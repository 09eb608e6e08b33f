"""One document: which rules apply to this payee on this day, what is added and withheld, and why.

The answer carries its explanation as plain data (`steps`), so that it can be stored with the document
and shown in any language, and the versions of every rule used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from payments.tax import flat, pph21, ppn
from payments.tax.book import NeedsReview, rule_on
from payments.tax.rounding import to_rupiah


@dataclass(frozen=True)
class Payee:
    kind: str  # individual | company
    country: str  # ISO 3166, where the payee is taxed
    has_tax_id: bool  # a NPWP or NIK that DJP confirmed
    is_pkp: bool = False


@dataclass(frozen=True)
class Prior:
    """What the same payee was already given in this tax month (zero under the per-payment policy)."""

    gross: Decimal = Decimal(0)
    withheld: Decimal = Decimal(0)


@dataclass(frozen=True)
class Assessment:
    code: str  # pph21 | pph23 | pph26
    gross: Decimal
    base: Decimal
    vat: Decimal
    withheld: Decimal
    net: Decimal
    rate: Decimal
    object_code: str
    versions: dict[str, str]
    steps: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "gross": str(self.gross),
            "base": str(self.base),
            "vat": str(self.vat),
            "withheld": str(self.withheld),
            "net": str(self.net),
            "rate": str(self.rate),
            "object_code": self.object_code,
            "versions": self.versions,
            "steps": self.steps,
        }

    @property
    def version(self) -> str:
        return ";".join(f"{code}={version}" for code, version in sorted(self.versions.items()))


def _step(kind: str, **values: object) -> dict[str, Any]:
    return {"kind": kind, **{name: str(value) for name, value in values.items()}}


def assess(
    gross: Decimal, payee: Payee, on: date, *, currency: str = "IDR", prior: Prior | None = None
) -> Assessment:
    """Raises NeedsReview where no rule covers the case."""
    if currency != "IDR":
        raise NeedsReview("withholding", on, f"no withholding rule is set for {currency}")
    prior = prior or Prior()
    amount = to_rupiah(gross, on)
    versions = {"rounding": rule_on("rounding", on).version}
    steps = [_step("gross", amount=amount)]

    vat = Decimal(0)
    if payee.is_pkp and payee.country == "ID":
        added = ppn.add(amount, on)
        vat = added.tax
        versions["ppn"] = rule_on("ppn", on).version
        steps.append(
            _step(
                "ppn",
                base=added.other_base,
                rate=added.rate,
                numerator=added.numerator,
                denominator=added.denominator,
                tax=vat,
            )
        )

    if payee.country != "ID":
        foreign = flat.pph26(amount, on)
        code, rule_code, base, withheld, rate = "pph26", "pph26_service", amount, foreign.tax, foreign.rate
        steps.append(_step("pph26", base=base, rate=rate, tax=withheld))
    elif payee.kind == "company":
        service = flat.pph23(amount, on, has_tax_id=payee.has_tax_id)
        code, rule_code, base, withheld, rate = "pph23", "pph23_service", amount, service.tax, service.rate
        steps.append(_step("pph23", base=base, rate=rate, factor=service.factor, tax=withheld))
    else:
        person = pph21.withhold(
            amount,
            on,
            has_tax_id=payee.has_tax_id,
            gross_before=prior.gross,
            withheld_before=prior.withheld,
        )
        code, rule_code, base, withheld, rate = (
            "pph21",
            "pph21_non_employee",
            person.base,
            person.tax,
            person.rate,
        )
        versions["article17"] = rule_on("article17", on).version
        steps.append(_step("pph21_base", base=person.base, share=rule_on(rule_code, on).params["base_share"]))
        if prior.gross:
            steps.append(_step("pph21_month", gross_before=prior.gross, month_base=person.month_base))
        steps.extend(_step("pph21_slice", base=s.base, rate=s.rate, tax=s.tax) for s in person.slices)
        if person.factor != 1:
            steps.append(_step("no_tax_id", factor=person.factor))
        if prior.withheld:
            steps.append(_step("already_withheld", amount=prior.withheld))
        steps.append(_step("pph21", tax=withheld))
    versions[rule_code] = rule_on(rule_code, on).version

    net = amount + vat - withheld
    steps.append(_step("net", gross=amount, vat=vat, withheld=withheld, net=net))
    return Assessment(
        code=code,
        gross=amount,
        base=base,
        vat=vat,
        withheld=withheld,
        net=net,
        rate=rate,
        object_code=rule_on(rule_code, on).params["object_code"],
        versions=versions,
        steps=steps,
    )
