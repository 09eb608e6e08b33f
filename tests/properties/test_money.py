"""Properties of amounts, splitting, exchange and the way money is written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from krm.money.amounts import EXPONENTS, at_rate, exponent, from_minor, round_amount, split, to_minor
from krm.money.formatting import format_money

CURRENCIES = st.sampled_from(["IDR", "USD", "JPY", "KWD", "EUR", "SGD", "BHD", "VND"])
MINOR = st.integers(-(10**18), 10**18)
FINE = st.decimals(-(10**14), 10**14, places=4, allow_nan=False, allow_infinity=False)
# What people type as shares, and shares no decimal holds exactly.
WEIGHTS = st.lists(
    st.one_of(
        st.integers(0, 10**12),
        st.decimals(0, 10**6, places=9, allow_nan=False, allow_infinity=False),
    ),
    min_size=1,
    max_size=40,
).filter(any)
RATES = st.decimals("0.000001", "1000000", places=12, allow_nan=False, allow_infinity=False).filter(
    lambda r: r > 0
)


def unit(currency: str) -> Decimal:
    return Decimal(1).scaleb(-exponent(currency))


def exact_half_up(value: Fraction, currency: str) -> Decimal:
    """Half away from zero, by whole numbers only."""
    scaled = abs(value) * 10 ** exponent(currency)
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-exponent(currency))


# Splitting


@given(MINOR, WEIGHTS, CURRENCIES)
def test_parts_add_up_to_the_whole(minor: int, weights: list[Any], currency: str) -> None:
    total = from_minor(minor, currency)
    parts = split(total, weights, currency)
    assert sum(to_minor(part, currency) for part in parts) == minor
    assert len(parts) == len(weights)


@given(MINOR, WEIGHTS, CURRENCIES)
def test_each_part_is_within_one_unit_of_its_share(minor: int, weights: list[Any], currency: str) -> None:
    whole = sum(Fraction(weight) for weight in weights)
    for part, weight in zip(split(from_minor(minor, currency), weights, currency), weights, strict=True):
        assert abs(to_minor(part, currency) - minor * Fraction(weight) / whole) < 1


@given(MINOR, WEIGHTS, CURRENCIES)
def test_nothing_goes_to_a_share_of_zero_and_no_part_turns_sign(
    minor: int, weights: list[Any], currency: str
) -> None:
    for part, weight in zip(split(from_minor(minor, currency), weights, currency), weights, strict=True):
        assert part * minor >= 0
        if weight == 0:
            assert part == 0


@given(st.integers(0, 10**15), WEIGHTS, CURRENCIES)
def test_a_greater_share_never_gets_less(minor: int, weights: list[Any], currency: str) -> None:
    parts = split(from_minor(minor, currency), weights, currency)
    ranked = sorted(zip(weights, parts, strict=True), key=lambda pair: pair[0])
    for (low, less), (high, more) in pairwise(ranked):
        if high > low:
            assert more >= less


@given(st.integers(-(10**15), 10**15), WEIGHTS, CURRENCIES, st.integers(2, 1000))
def test_only_the_ratio_of_the_shares_counts(
    minor: int, weights: list[Any], currency: str, times: int
) -> None:
    total = from_minor(minor, currency)
    assert split(total, weights, currency) == split(total, [weight * times for weight in weights], currency)


@given(MINOR, WEIGHTS, CURRENCIES)
def test_a_refund_is_split_like_its_charge(minor: int, weights: list[Any], currency: str) -> None:
    charge, refund = (
        split(from_minor(minor, currency), weights, currency),
        split(from_minor(-minor, currency), weights, currency),
    )
    assert [a + b for a, b in zip(charge, refund, strict=True)] == [Decimal(0)] * len(weights)


# Minor units and rounding


@given(MINOR, CURRENCIES)
def test_minor_units_and_decimals_are_the_same_amount(minor: int, currency: str) -> None:
    assert to_minor(from_minor(minor, currency), currency) == minor


@given(FINE, CURRENCIES)
def test_decimals_come_back_from_minor_units_or_are_refused(amount: Decimal, currency: str) -> None:
    if amount % unit(currency) == 0:
        assert from_minor(to_minor(amount, currency), currency) == amount
    else:
        with pytest.raises(ValueError, match="finer than"):
            to_minor(amount, currency)


@given(FINE, CURRENCIES)
def test_rounding_is_half_up_once_and_then_rests(amount: Decimal, currency: str) -> None:
    rounded = round_amount(amount, currency)
    assert rounded == exact_half_up(Fraction(amount), currency)
    assert round_amount(rounded, currency) == rounded


@given(FINE, FINE, CURRENCIES)
def test_rounding_keeps_the_order(one: Decimal, other: Decimal, currency: str) -> None:
    low, high = sorted((one, other))
    assert round_amount(low, currency) <= round_amount(high, currency)


@given(FINE, CURRENCIES)
def test_rounding_treats_debt_as_credit(amount: Decimal, currency: str) -> None:
    assert round_amount(-amount, currency) == -round_amount(amount, currency)


@given(st.floats(), CURRENCIES)
def test_no_float_is_money(amount: float, currency: str) -> None:
    with pytest.raises(TypeError):
        round_amount(amount, currency)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        to_minor(amount, currency)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        from_minor(amount, currency)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        split(amount, [1, 1], currency)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        split(Decimal(10), [amount, 1], currency)  # type: ignore[list-item]
    with pytest.raises(TypeError):
        at_rate(amount, Decimal(1), currency)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        at_rate(Decimal(1), amount, currency)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        format_money(amount, currency)  # type: ignore[arg-type]


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_no_money(amount: str) -> None:
    for call in (
        lambda: round_amount(Decimal(amount), "IDR"),
        lambda: to_minor(Decimal(amount), "IDR"),
        lambda: split(Decimal(amount), [1], "IDR"),
        lambda: split(Decimal(1), [Decimal(amount)], "IDR"),
    ):
        with pytest.raises(ValueError, match="no amount"):
            call()


# Exchange


@given(FINE, RATES, CURRENCIES, st.booleans())
def test_exchange_rounds_once(amount: Decimal, rate: Decimal, currency: str, turned: bool) -> None:
    exactly = Fraction(amount) / Fraction(rate) if turned else Fraction(amount) * Fraction(rate)
    assert at_rate(amount, rate, currency, turned=turned) == exact_half_up(exactly, currency)


@given(st.integers(-(10**14), 10**14), RATES, CURRENCIES, CURRENCIES)
def test_there_and_back_is_within_one_minor_unit(minor: int, rate: Decimal, base: str, quote: str) -> None:
    """Through a currency that is finer than the one it came from; a coarser one loses what it cannot hold."""
    assume(base != quote)
    coarse = unit(quote) / rate  # one minor unit of the other currency, in this one
    amount = from_minor(minor, base)
    back = at_rate(at_rate(amount, rate, quote), rate, base, turned=True)
    assert abs(back - amount) <= coarse / 2 + unit(base) / 2 + Decimal("1e-20")
    if coarse <= unit(base):
        assert abs(back - amount) <= unit(base)


@given(FINE, FINE, RATES, CURRENCIES)
def test_exchange_keeps_the_order(one: Decimal, other: Decimal, rate: Decimal, currency: str) -> None:
    low, high = sorted((one, other))
    assert at_rate(low, rate, currency) <= at_rate(high, rate, currency)


# Written


@given(FINE, st.sampled_from([*EXPONENTS, "USD", "EUR", "SGD"]))
def test_what_is_written_reads_back_as_the_rounded_amount(amount: Decimal, currency: str) -> None:
    text = format_money(amount, currency)
    digits = "".join(char for char in text if char.isdecimal())
    rounded = round_amount(amount, currency)
    assert int(digits) == abs(to_minor(rounded, currency))
    assert text.startswith("\u2212") == (rounded < 0)
