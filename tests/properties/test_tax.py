"""Tax as properties, and vectors around every bracket and every change of the law.

The vectors are computed here a second time: from the tables of the reference, in whole numbers and fractions, and
without the rule book under test.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.tax import NeedsReview, Payee, Prior, assess, pph21, ppn
from payments.tax.article17 import slices, tax_on, top_rate
from payments.tax.book import PARTS, all_rules, rule_on
from payments.tax.flat import pph23, pph26
from payments.tax.rounding import to_rupiah

TODAY = date(2026, 11, 22)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))
RUPIAH = st.integers(1, 20_000_000_000).map(Decimal)
CENTS = st.decimals(0, 10**12, places=2, allow_nan=False, allow_infinity=False)
PAYEES = st.builds(
    Payee,
    kind=st.sampled_from(["individual", "company"]),
    country=st.sampled_from(["ID", "ID", "ID", "SG", "US"]),
    has_tax_id=st.booleans(),
    is_pkp=st.booleans(),
)
PERSON = Payee("individual", "ID", has_tax_id=True)

# The reference once more: 1.3 'Brackets', 'No valid NPWP/NIK', 'PPN', 'Rounding'.

HPP = [(60_000_000, 5), (250_000_000, 15), (500_000_000, 25), (5_000_000_000, 30), (None, 35)]
BEFORE_HPP = [(50_000_000, 5), (250_000_000, 15), (500_000_000, 25), (None, 30)]


def rounded(value: Fraction, on: date) -> int:
    if on < date(2025, 5, 22):
        return value.numerator // value.denominator
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def article17(base: int, on: date) -> Fraction:
    """Each rupiah by the bracket it lies in: the widths of the brackets are used up one after the other."""
    left, floor, tax = base, 0, Fraction(0)
    for ceiling, percent in HPP if on >= date(2022, 1, 1) else BEFORE_HPP:
        width = left if ceiling is None else min(left, ceiling - floor)
        tax += Fraction(width * percent, 100)
        left, floor = left - width, ceiling or floor
    assert left == 0
    return tax


def person_tax(gross: int, on: date, has_tax_id: bool, before: int = 0, withheld: int = 0) -> int:
    base = rounded(Fraction(gross + before, 2), on)
    return rounded(article17(base, on) * (Fraction(1) if has_tax_id else Fraction(6, 5)), on) - withheld


def value_added(price: int, on: date) -> int:
    if on >= date(2025, 1, 1):
        return rounded(Fraction(price * 12 * 11, 100 * 12), on)
    return rounded(Fraction(price * (11 if on >= date(2022, 4, 1) else 10), 100), on)


# Vectors

BORDERS = [60_000_000, 250_000_000, 500_000_000, 5_000_000_000]
CHANGES = {  # first days
    "rounding": [date(2025, 5, 22)],
    "article17": [date(2022, 1, 1)],
    "ppn": [date(2022, 4, 1), date(2025, 1, 1)],
    "pph21": [date(2024, 1, 1)],
}
PERSONS = [
    (2 * border + step, on, has_tax_id)
    for border in BORDERS
    for step in (-2, -1, 0, 1, 2)
    for on in (date(2025, 5, 21), TODAY)
    for has_tax_id in (True, False)
]
SECOND_PAYMENTS = [
    (2 * border - 1_000_001, 2_000_003, has_tax_id) for border in BORDERS for has_tax_id in (True, False)
]
AROUND_ROUNDING = [date(2025, 5, 21), date(2025, 5, 22)]
FIRMS = [
    (gross, on, has_tax_id)
    for gross in (25, 24, 75, 1_948_650, 1_000_025, 13_000_037)
    for on in AROUND_ROUNDING
    for has_tax_id in (True, False)
]
FOREIGN = [(gross, on) for gross in (2, 3, 7, 100_000_000, 99_999_998) for on in AROUND_ROUNDING]
VALUE_ADDED = [
    (price, first + timedelta(days=shift))
    for price in (1, 5, 99, 1_234_567, 12_770_270, 10_000_000)
    for first in (*CHANGES["ppn"], *CHANGES["rounding"])
    for shift in (-1, 0)
]
BRACKETS = [
    (border + step, first + timedelta(days=shift))
    for border in (50_000_000, *BORDERS)
    for step in (-1, 0, 1)
    for first in CHANGES["article17"]
    for shift in (-1, 0)
]


def test_there_are_enough_vectors() -> None:
    sizes = [len(rows) for rows in (PERSONS, SECOND_PAYMENTS, FIRMS, FOREIGN, VALUE_ADDED, BRACKETS)]
    assert sum(sizes) >= 180


@pytest.mark.parametrize(("gross", "on", "has_tax_id"), PERSONS)
def test_person_around_a_bracket(gross: int, on: date, has_tax_id: bool) -> None:
    found = assess(Decimal(gross), Payee("individual", "ID", has_tax_id), on)
    expected = person_tax(gross, on, has_tax_id)
    assert (found.withheld, found.net) == (expected, gross - expected)
    assert found.base == rounded(Fraction(gross, 2), on)


@pytest.mark.parametrize(("before", "gross", "has_tax_id"), SECOND_PAYMENTS)
def test_second_payment_of_a_month_crosses_a_bracket(before: int, gross: int, has_tax_id: bool) -> None:
    payee = Payee("individual", "ID", has_tax_id)
    first = assess(Decimal(before), payee, TODAY)
    second = assess(Decimal(gross), payee, TODAY, prior=Prior(first.gross, first.withheld))
    paid = person_tax(before, TODAY, has_tax_id)
    assert (first.withheld, second.withheld) == (paid, person_tax(gross, TODAY, has_tax_id, before, paid))


@pytest.mark.parametrize(("gross", "on", "has_tax_id"), FIRMS)
def test_firm_around_the_change_of_rounding(gross: int, on: date, has_tax_id: bool) -> None:
    expected = rounded(Fraction(gross * (2 if has_tax_id else 4), 100), on)
    assert assess(Decimal(gross), Payee("company", "ID", has_tax_id), on).withheld == expected


@pytest.mark.parametrize(("gross", "on"), FOREIGN)
def test_foreign_payee_around_the_change_of_rounding(gross: int, on: date) -> None:
    assert assess(Decimal(gross), Payee("individual", "SG", False), on).withheld == rounded(
        Fraction(gross, 5), on
    )


@pytest.mark.parametrize(("price", "on"), VALUE_ADDED)
def test_value_added_tax_around_its_changes(price: int, on: date) -> None:
    assert ppn.add(Decimal(price), on).tax == value_added(price, on)


@pytest.mark.parametrize(("base", "on"), BRACKETS)
def test_brackets_around_their_change(base: int, on: date) -> None:
    assert tax_on(Decimal(base), on) == article17(base, on)


# Dated rules


def test_non_employees_before_2024_need_a_person() -> None:
    with pytest.raises(NeedsReview):
        assess(Decimal(1_000_000), PERSON, date(2023, 12, 31))
    assert assess(Decimal(1_000_000), PERSON, date(2024, 1, 1)).withheld == 25_000


def test_each_version_holds_from_its_first_day_to_the_day_before_the_next() -> None:
    by_code: dict[str, list] = {}  # type: ignore[type-arg]
    for rule in all_rules():
        by_code.setdefault(rule.code, []).append(rule)
    for code, versions in by_code.items():
        days = [rule.effective_from for rule in versions]
        assert days == sorted(set(days)), f"two versions of {code} on one day"
        with pytest.raises(NeedsReview):
            rule_on(code, days[0] - timedelta(days=1))
        for rule, after in zip(versions, [*versions[1:], None], strict=True):
            assert rule_on(code, rule.effective_from) == rule
            last = after.effective_from - timedelta(days=1) if after else date(2030, 12, 31)
            assert rule_on(code, last) == rule


def test_a_rule_is_called_verified_only_when_nothing_of_it_is_open() -> None:
    for rule in all_rules():
        assert rule.status in ("verified", "unverified", "draft")
        assert (rule.status == "verified") == (not rule.open), f"{rule.code} {rule.version}"
        assert set(rule.open) <= set(PARTS)
        if rule.status == "verified":
            assert "http" in rule.source, f"{rule.code} {rule.version} names no source"


# Properties


@given(RUPIAH, PAYEES, DAYS)
def test_a_document_adds_up(gross: Decimal, payee: Payee, on: date) -> None:
    found = assess(gross, payee, on)
    assert found.net == found.gross + found.vat - found.withheld
    assert all(
        amount == amount.to_integral_value()
        for amount in (found.gross, found.base, found.vat, found.withheld)
    )


@given(RUPIAH, PAYEES, DAYS)
def test_never_more_than_35_percent_is_withheld(gross: Decimal, payee: Payee, on: date) -> None:
    found = assess(gross, payee, on)
    assert 0 <= found.withheld <= found.gross * Decimal("0.35")


@given(RUPIAH, RUPIAH, PAYEES, DAYS)
def test_a_higher_fee_never_pays_less_tax_nor_brings_home_less(
    one: Decimal, other: Decimal, payee: Payee, on: date
) -> None:
    low, high = (assess(gross, payee, on) for gross in sorted((one, other)))
    assert low.withheld <= high.withheld
    assert low.net <= high.net


@given(st.integers(1, 20_000_000_000), st.booleans(), DAYS)
def test_one_rupiah_more_costs_at_most_one_rupiah(gross: int, has_tax_id: bool, on: date) -> None:
    payee = Payee("individual", "ID", has_tax_id)
    step = assess(Decimal(gross + 1), payee, on).withheld - assess(Decimal(gross), payee, on).withheld
    assert 0 <= step <= 1


@given(st.integers(1, 20_000_000_000), st.booleans(), DAYS)
def test_a_person_is_taxed_as_computed_by_hand(gross: int, has_tax_id: bool, on: date) -> None:
    found = assess(Decimal(gross), Payee("individual", "ID", has_tax_id), on)
    assert found.withheld == person_tax(gross, on, has_tax_id)


@given(CENTS, PAYEES, DAYS)
def test_a_fee_with_cents_is_rounded_first_and_once(gross: Decimal, payee: Payee, on: date) -> None:
    whole = to_rupiah(gross, on)
    assert assess(gross, payee, on) == assess(whole, payee, on)


@given(RUPIAH, DAYS, st.sampled_from(["individual", "company"]))
def test_a_valid_tax_number_never_costs(gross: Decimal, on: date, kind: str) -> None:
    with_id, without = (
        assess(gross, Payee(kind, "ID", has_tax_id), on).withheld for has_tax_id in (True, False)
    )
    assert with_id <= without <= 2 * with_id + 1


@given(st.lists(RUPIAH, min_size=1, max_size=8), st.booleans(), DAYS)
def test_payments_of_a_month_pay_together_what_their_sum_pays(
    amounts: list[Decimal], has_tax_id: bool, on: date
) -> None:
    payee = Payee("individual", "ID", has_tax_id)
    gross = withheld = Decimal(0)
    for amount in amounts:
        found = assess(amount, payee, on, prior=Prior(gross, withheld))
        gross, withheld = gross + found.gross, withheld + found.withheld
    assert withheld == assess(sum(amounts, Decimal(0)), payee, on).withheld


@given(st.lists(RUPIAH, min_size=2, max_size=4), st.booleans())
def test_the_order_of_a_months_payments_does_not_matter(amounts: list[Decimal], has_tax_id: bool) -> None:
    payee = Payee("individual", "ID", has_tax_id)
    totals = set()
    for order in permutations(amounts):
        gross = withheld = Decimal(0)
        for amount in order:
            found = assess(amount, payee, TODAY, prior=Prior(gross, withheld))
            gross, withheld = gross + found.gross, withheld + found.withheld
        totals.add(withheld)
    assert len(totals) == 1


@given(st.lists(RUPIAH, min_size=2, max_size=5))
def test_counting_by_month_never_withholds_less_than_by_payment(amounts: list[Decimal]) -> None:
    """Apart from the rounding of each document."""
    alone = sum(assess(amount, PERSON, TODAY).withheld for amount in amounts)
    assert assess(sum(amounts, Decimal(0)), PERSON, TODAY).withheld >= alone - len(amounts)


@given(RUPIAH, RUPIAH, st.booleans())
def test_only_persons_are_counted_by_month(gross: Decimal, before: Decimal, has_tax_id: bool) -> None:
    for payee in (Payee("company", "ID", has_tax_id), Payee("individual", "SG", has_tax_id)):
        prior = Prior(before, Decimal(0))
        assert assess(gross, payee, TODAY, prior=prior).withheld == assess(gross, payee, TODAY).withheld


@given(RUPIAH, DAYS)
def test_slices_are_the_base_and_rates_rise(base: Decimal, on: date) -> None:
    cut = slices(base, on)
    assert sum(piece.base for piece in cut) == base
    assert [piece.rate for piece in cut] == sorted({piece.rate for piece in cut})
    assert top_rate(base, on) == cut[-1].rate
    assert tax_on(base, on) <= base * cut[-1].rate


@given(RUPIAH, st.dates(date(2010, 4, 1), date(2027, 12, 31)))
def test_value_added_tax_goes_in_and_comes_out(price: Decimal, on: date) -> None:
    added = ppn.add(price, on)
    assert added.total == price + added.tax
    assert ppn.price_of(added.total, on) == price


@given(RUPIAH, st.dates(date(2010, 4, 1), date(2027, 12, 31)))
def test_the_price_inside_a_total_is_within_one_rupiah_of_the_law(total: Decimal, on: date) -> None:
    """Totals to which no whole price leads included."""
    added = ppn.add(ppn.price_of(total, on), on)
    assert abs(added.total - total) <= 2


@given(RUPIAH, DAYS)
def test_value_added_tax_never_touches_what_is_withheld(gross: Decimal, on: date) -> None:
    for kind in ("individual", "company"):
        with_ppn, without = (assess(gross, Payee(kind, "ID", True, is_pkp), on) for is_pkp in (True, False))
        assert with_ppn.withheld == without.withheld
        assert with_ppn.net - without.net == with_ppn.vat == value_added(int(gross), on)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=0))
def test_no_float_is_taxed(amount: float) -> None:
    calls: list[Callable[[], object]] = [
        lambda: assess(amount, PERSON, TODAY),  # type: ignore[arg-type]
        lambda: pph21.withhold(amount, TODAY, has_tax_id=True),  # type: ignore[arg-type]
        lambda: pph23(amount, TODAY, has_tax_id=True),  # type: ignore[arg-type]
        lambda: pph26(amount, TODAY),  # type: ignore[arg-type]
        lambda: ppn.add(amount, TODAY),  # type: ignore[arg-type]
        lambda: tax_on(amount, TODAY),  # type: ignore[arg-type]
        lambda: to_rupiah(amount, TODAY),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(TypeError):
            call()


@given(RUPIAH, PAYEES, DAYS)
def test_the_explanation_says_the_same_figures(gross: Decimal, payee: Payee, on: date) -> None:
    found = assess(gross, payee, on)
    steps = {step["kind"]: step for step in found.steps}
    assert Decimal(steps["net"]["net"]) == found.net
    assert Decimal(steps[found.code]["tax"]) == found.withheld
    assert Decimal(steps.get("ppn", {"tax": "0"})["tax"]) == found.vat
    assert set(found.versions) >= {"rounding"} and all(
        rule_on(code, on).version == v for code, v in found.versions.items()
    )


@given(RUPIAH, PAYEES, DAYS, st.sampled_from(["USD", "SGD", "EUR", "MYR"]))
def test_another_currency_needs_a_person(gross: Decimal, payee: Payee, on: date, currency: str) -> None:
    with pytest.raises(NeedsReview):
        assess(gross, payee, on, currency=currency)
