"""Amounts as people type them, in every field for an amount."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from krm.money.typed import read_amount
from krm.web.forms import MoneyField, amount_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("150000", "150000"), ("150.000", "150000"), ("1.500.000,50", "1500000.50"), ("1,500,000.50", "1500000.50"),
        ("Rp 19.500.000", "19500000"), ("Rp19.500.000", "19500000"), ("IDR 5", "5"), ("$1,234.5", "1234.5"),
        ("12.5", "12.5"), ("0,75", "0.75"), ("0.125", "0.125"), ("1250.125", "1250.125"), ("1.250", "1250"),
        ("-5", "-5"), ("1.218.750", "1218750"), ("1\u00a0500", "1500"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, value: str) -> None:
    assert read_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1.2.3", "1,2,3.4", "1.234.50", "NaN", "inf", "1e9", "--5", "5-", "\u0663", "1.234,567.8"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        read_amount(text)


@pytest.mark.parametrize("language", ["en", "id"])
@given(value=st.decimals(min_value=0, max_value=10**12, places=4, allow_nan=False, allow_infinity=False))
def test_what_a_field_shows_it_reads_back(language: str, value: Decimal) -> None:
    with translation.override(language):
        assert MoneyField().clean(amount_text(value)) == value


def test_a_field_shows_groups_and_says_what_it_wants() -> None:
    field = MoneyField(min_value=Decimal("0.0001"))
    with translation.override("id"):
        assert field.prepare_value(Decimal("1218750.0000")) == "1.218.750"
    with translation.override("en"):
        assert field.prepare_value(Decimal("1218750.0000")) == "1,218,750"
    assert field.prepare_value("1.2x") == "1.2x"  # typed: as it is
    assert field.clean("1.218.750") == Decimal(1_218_750)
    for text, message in (
        ("lima", "in digits"),
        ("-5", "greater than"),
        ("", "required"),
        ("9" * 20, "digits"),
    ):
        with pytest.raises(ValidationError, match=message):
            field.clean(text)
