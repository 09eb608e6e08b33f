"""The worked examples of reference/payments-and-tax.md 1.4, to the rupiah, and the warning vectors that are wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from payments.tax import NeedsReview, Payee, Prior, assess, pph21, ppn, rule_on
from payments.tax.article17 import tax_on, top_rate
from payments.tax.flat import pph23, pph26
from payments.tax.rounding import to_rupiah

TODAY = date(2026, 11, 22)
PERSON = Payee("individual", "ID", has_tax_id=True)
COMPANY = Payee("company", "ID", has_tax_id=True)


def test_t1_influencer_fee_of_20_million() -> None:
    result = assess(D(20_000_000), PERSON, TODAY)
    assert (result.base, result.withheld, result.net) == (D(10_000_000), D(500_000), D(19_500_000))
    assert result.object_code == "21-100-33"


def test_t2_a_gift_is_taxed_like_a_fee_and_before_2024_a_person_decides() -> None:
    with pytest.raises(NeedsReview):  # the official example is of December 2023, when the tax was cumulative
        assess(D(10_000_000), PERSON, date(2023, 12, 15))
    assert assess(D(10_000_000), PERSON, TODAY).withheld == D(250_000)


def test_t3_non_employee_fee_of_40_million() -> None:
    result = assess(D(40_000_000), PERSON, TODAY)
    assert (result.base, result.withheld, result.net) == (D(20_000_000), D(1_000_000), D(39_000_000))


@pytest.mark.parametrize(
    ("gross", "base", "rate", "tax"),
    [
        (12_000_000, 6_000_000, "0.05", 300_000),
        (150_000_000, 75_000_000, "0.15", 5_250_000),
        (3_750_000, 1_875_000, "0.05", 93_750),
    ],
)
def test_t4_base_and_bracket(gross: int, base: int, rate: str, tax: int) -> None:
    result = pph21.withhold(D(gross), TODAY, has_tax_id=True)
    assert (result.base, result.rate, result.tax) == (D(base), D(rate), D(tax))


@pytest.mark.parametrize(
    ("gross", "withheld", "takes_home"),
    [(82_051_282, 2_051_282, 80_000_000), (1_463_529_412, 163_529_412, 1_300_000_000)],
)
def test_t6_t7_a_grossed_up_fee_leaves_what_was_promised(gross: int, withheld: int, takes_home: int) -> None:
    result = assess(D(gross), PERSON, TODAY)
    assert (result.withheld, result.net) == (D(withheld), D(takes_home))


def test_t7_brackets_are_dated() -> None:
    base = D(650_000_000)
    assert tax_on(base, date(2021, 12, 31)) == D("140000000")
    assert tax_on(base, date(2022, 1, 1)) == D("139000000")
    assert top_rate(base, TODAY) == D("0.30")


def test_t8_ppn_on_10_million() -> None:
    added = ppn.add(D(10_000_000), TODAY)
    assert (added.other_base, added.tax, added.total) == (D("9166666.67"), D(1_100_000), D(11_100_000))
    assert ppn.price_of(D(11_100_000), TODAY) == D(10_000_000)


@pytest.mark.parametrize(
    ("price", "base", "tax"), [(800_000, "733333.33", 88_000), (1_500_000, "1375000.00", 165_000)]
)
def test_t9_ppn_on_small_amounts(price: int, base: str, tax: int) -> None:
    added = ppn.add(D(price), TODAY)
    assert (added.other_base, added.tax) == (D(base), D(tax))


def test_t10_a_line_with_cents_keeps_them_in_its_base_and_rounds_the_tax_once() -> None:
    line = D("12000000.12") * 10 - D("10000.89")
    added = ppn.add(line, TODAY)
    assert (line, added.other_base) == (D("119990000.31"), D("109990833.62"))
    assert added.tax == to_rupiah(D("13198900.03"), TODAY) == D(13_198_900)


@pytest.mark.parametrize(("raw", "rounded"), [("1500000.49", 1_500_000), ("1900000.50", 1_900_001)])
def test_t11_ppn_rounds_half_up(raw: str, rounded: int) -> None:
    assert to_rupiah(D(raw), date(2025, 5, 28)) == D(rounded)


@pytest.mark.parametrize(("raw", "rounded"), [("10500100.49", 10_500_100), ("10500100.50", 10_500_101)])
def test_t12_gross_on_bukti_potong_rounds_half_up(raw: str, rounded: int) -> None:
    assert pph21.withhold(D(raw), date(2025, 5, 28), has_tax_id=True).gross == D(rounded)


def test_rounding_went_down_before_per_11() -> None:
    assert to_rupiah(D("1900000.50"), date(2025, 5, 21)) == D(1_900_000)


@pytest.mark.parametrize(("gross", "tax"), [(1_500_000, 30_000), (13_000_000, 260_000), (1_948_650, 38_973)])
def test_t14_pph23_on_services(gross: int, tax: int) -> None:
    assert pph23(D(gross), TODAY, has_tax_id=True).tax == D(tax)
    assert assess(D(gross), COMPANY, TODAY).withheld == D(tax)


def test_t15_foreign_kol_without_treaty() -> None:
    assert pph26(D(100_000_000), TODAY).tax == D(20_000_000)
    result = assess(D(100_000_000), Payee("individual", "SG", has_tax_id=False), TODAY)
    assert (result.code, result.withheld, result.vat) == ("pph26", D(20_000_000), D(0))


@pytest.mark.parametrize(("has_tax_id", "tax"), [(True, 125_000), (False, 150_000)])
def test_t16_without_npwp_a_fifth_more(has_tax_id: bool, tax: int) -> None:
    assert assess(D(5_000_000), Payee("individual", "ID", has_tax_id), TODAY).withheld == D(tax)


def test_t17_two_fees_of_80_million_in_one_month() -> None:
    first = assess(D(80_000_000), PERSON, TODAY)
    alone = assess(D(80_000_000), PERSON, TODAY)
    added_up = assess(D(80_000_000), PERSON, TODAY, prior=Prior(gross=first.gross, withheld=first.withheld))
    assert first.withheld + alone.withheld == D(4_000_000)
    assert first.withheld + added_up.withheld == D(6_000_000)


def test_a_firm_adds_ppn_and_pph23_leaves_it_out() -> None:
    result = assess(D(100_000_000), Payee("company", "ID", has_tax_id=True, is_pkp=True), TODAY)
    assert (result.vat, result.withheld, result.net) == (
        D(11_000_000),
        D(2_000_000),
        D(109_000_000),
    )  # as T19


def test_company_without_npwp_pays_double_not_three_percent() -> None:
    assert pph23(D(1_000_000), TODAY, has_tax_id=False).tax == D(40_000)


def test_wrong_public_vectors_are_not_followed() -> None:
    # printed in public code: base 11,706,080.83 with PPN 1,532,432.40
    assert ppn.add(D(12_770_270), TODAY).tax == D(1_404_730)
    # "0 % up to 60 million" is the yearly exemption of employees, not this tax
    assert assess(D(60_000_000), PERSON, TODAY).withheld == D(1_500_000)
    # "round PPN down to thousands"
    assert ppn.add(D(1_234_567), TODAY).tax == D(135_802)


def test_no_rule_means_review_never_a_guess() -> None:
    with pytest.raises(NeedsReview):
        assess(D(1_000_000), PERSON, date(2023, 12, 31))  # PPh 21 of non-employees was cumulative then
    with pytest.raises(NeedsReview):
        assess(D(100), PERSON, TODAY, currency="USD")


def test_answer_names_every_rule_it_used() -> None:
    result = assess(D(20_000_000), PERSON, TODAY)
    assert result.version == "article17=uu-hpp-2022;pph21_non_employee=pmk-168-2023;rounding=per-11-2025"
    assert [step["kind"] for step in result.steps] == ["gross", "pph21_base", "pph21_slice", "pph21", "net"]
    assert rule_on("ppn", date(2024, 12, 31)).version == "uu-hpp-2022"
    assert rule_on("ppn", date(2025, 1, 1)).version == "pmk-131-2024"
