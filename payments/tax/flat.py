"""Flat withholding on gross without PPN: PPh 23 (companies) and PPh 26 (foreign payees)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payments.tax.book import rule_on
from payments.tax.rounding import to_rupiah


@dataclass(frozen=True)
class Flat:
    gross: Decimal
    rate: Decimal
    factor: Decimal
    tax: Decimal


def _flat(code: str, gross: Decimal, on: date, has_tax_id: bool) -> Flat:
    rule = rule_on(code, on)
    factor = Decimal(1) if has_tax_id else Decimal(rule.params.get("no_tax_id_factor", "1"))
    base = to_rupiah(gross, on)
    rate = rule.decimal("rate")
    return Flat(gross=base, rate=rate, factor=factor, tax=to_rupiah(base * rate * factor, on))


def pph23(gross: Decimal, on: date, *, has_tax_id: bool) -> Flat:
    return _flat("pph23_service", gross, on, has_tax_id)


def pph26(gross: Decimal, on: date) -> Flat:
    return _flat("pph26_service", gross, on, True)
