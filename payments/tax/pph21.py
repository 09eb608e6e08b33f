"""PPh 21 of a non-employee (bukan pegawai): article 17 on half of the gross of the tax month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from payments.tax.article17 import Slice, slices, tax_on, top_rate
from payments.tax.book import rule_on
from payments.tax.rounding import to_rupiah


@dataclass(frozen=True)
class Pph21:
    gross: Decimal
    base: Decimal  # DPP of this payment
    month_base: Decimal  # DPP of the month up to and with this payment
    slices: tuple[Slice, ...]  # of the month's base
    factor: Decimal  # 1, or 1.2 without a valid tax id
    already_withheld: Decimal
    rate: Decimal  # bracket the month's base ends in
    tax: Decimal


def withhold(
    gross: Decimal,
    on: date,
    *,
    has_tax_id: bool,
    gross_before: Decimal = Decimal(0),
    withheld_before: Decimal = Decimal(0),
) -> Pph21:
    """Tax on `gross`, after `gross_before` was paid to the same person in the same tax month.

    With gross_before 0 each payment stands alone (the 'per payment' policy).
    """
    rule = rule_on("pph21_non_employee", on)
    share = rule.decimal("base_share")
    factor = Decimal(1) if has_tax_id else rule.decimal("no_tax_id_factor")
    rounded_gross = to_rupiah(gross, on)
    month_base = to_rupiah((rounded_gross + gross_before) * share, on)
    month_tax = to_rupiah(tax_on(month_base, on) * factor, on)
    return Pph21(
        gross=rounded_gross,
        base=to_rupiah(rounded_gross * share, on),
        month_base=month_base,
        slices=tuple(slices(month_base, on)),
        factor=factor,
        already_withheld=withheld_before,
        rate=top_rate(month_base, on),
        tax=max(month_tax - withheld_before, Decimal(0)),
    )
