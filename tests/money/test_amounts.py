"""Exact arithmetic: rounding once, splitting to the last rupiah."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krm.money.amounts import exponent, from_minor, round_amount, split, to_minor
from krm.money.formatting import format_money

CURRENCIES = st.sampled_from(["IDR", "USD", "JPY", "KWD", "EUR", "SGD"])
AMOUNTS = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("19500000", "IDR", "Rp19.500.000"),
        ("19500000.5", "IDR", "Rp19.500.001"),
        ("-5000", "IDR", "\u2212Rp5.000"),
        ("-0.4", "IDR", "Rp0"),
        ("1234.5", "USD", "$1,234.50"),
        ("1234.5", "EUR", "€1.234,50"),
        ("1234.5", "KWD", "KWD\u00a01,234.500"),
        ("1234", "JPY", "¥1,234"),
    ],
)
def test_money_is_written_as_at_home(amount: str, currency: str, written: str) -> None:
    assert format_money(Decimal(amount), currency) == written


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.5", "IDR", "1"),
        ("-0.5", "IDR", "-1"),
        ("0.4999", "IDR", "0"),
        ("1.005", "USD", "1.01"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_rounding_is_half_up(amount: str, currency: str, rounded: str) -> None:
    assert round_amount(Decimal(amount), currency) == Decimal(rounded)


def test_a_float_is_refused() -> None:
    with pytest.raises(TypeError, match="never a float"):
        round_amount(0.1, "IDR")  # type: ignore[arg-type]


def test_minor_units_never_round() -> None:
    assert to_minor(Decimal("12.34"), "USD") == 1234
    with pytest.raises(ValueError, match="finer than"):
        to_minor(Decimal("0.5"), "IDR")


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_split_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(Decimal(10), weights, "IDR")


def test_the_largest_remainder_gets_the_last_rupiah() -> None:
    assert split(Decimal(100), [1, 1, 1], "IDR") == [Decimal(34), Decimal(33), Decimal(33)]
    assert split(Decimal("0.05"), [60, 30, 10], "USD") == [Decimal("0.03"), Decimal("0.02"), Decimal("0.00")]


@given(AMOUNTS, CURRENCIES)
def test_rounding_is_idempotent_and_near(amount: Decimal, currency: str) -> None:
    once = round_amount(amount, currency)
    assert round_amount(once, currency) == once
    assert abs(once - amount) <= Decimal(1).scaleb(-exponent(currency)) / 2


@given(AMOUNTS, CURRENCIES)
def test_minor_units_come_back(amount: Decimal, currency: str) -> None:
    rounded = round_amount(amount, currency)
    assert from_minor(to_minor(rounded, currency), currency) == rounded


@given(AMOUNTS, WEIGHTS, CURRENCIES)
def test_split_sums_exactly_and_fairly(amount: Decimal, weights: list[int], currency: str) -> None:
    total = round_amount(amount, currency)
    parts = split(total, weights, currency)
    unit = Decimal(1).scaleb(-exponent(currency))
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < unit + Decimal("1e-9")
        assert weight or part == 0


@given(AMOUNTS, WEIGHTS, CURRENCIES)
def test_a_debt_splits_like_a_claim(amount: Decimal, weights: list[int], currency: str) -> None:
    total = round_amount(amount, currency)
    assert split(-total, weights, currency) == [-part for part in split(total, weights, currency)]
