"""Exchange rates: which one is used, and that the answer says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from krm.errors import Conflict
from krm.money import rates
from krm.money.models import FxRate

DAY = date(2026, 11, 20)


@pytest.fixture
def dollar(db: None) -> FxRate:
    return rates.record_rate("USD", "IDR", Decimal("16250"), as_of=DAY, source="JISDOR")


def test_conversion_names_its_rate(dollar: FxRate) -> None:
    found = rates.convert(Decimal("12.34"), "USD", "IDR", on=date(2026, 11, 22))
    assert (found.amount, found.currency) == (Decimal(200525), "IDR")
    assert (found.rate, found.source, found.as_of) == (Decimal(16250), "JISDOR", DAY)


def test_the_pair_turned_round_serves_too(dollar: FxRate) -> None:
    assert rates.convert(Decimal(16250), "IDR", "USD", on=DAY).amount == Decimal("1.00")


def test_the_latest_rate_not_after_the_day(dollar: FxRate) -> None:
    rates.record_rate("USD", "IDR", Decimal(16300), as_of=date(2026, 11, 21), source="JISDOR")
    assert rates.convert(Decimal(1), "USD", "IDR", on=DAY).amount == Decimal(16250)
    assert rates.convert(Decimal(1), "USD", "IDR", on=date(2026, 12, 1)).amount == Decimal(16300)


def test_no_rate_is_said_not_guessed(dollar: FxRate) -> None:
    with pytest.raises(Conflict, match="no exchange rate from USD to IDR for 2026-11-19"):
        rates.convert(Decimal(1), "USD", "IDR", on=date(2026, 11, 19))


def test_the_same_currency_needs_no_rate(db: None) -> None:
    assert rates.convert(Decimal("10.4"), "IDR", "IDR", on=DAY).amount == Decimal(10)


def test_a_rate_is_written_once(dollar: FxRate) -> None:
    assert rates.record_rate("USD", "IDR", Decimal("16250"), as_of=DAY, source="JISDOR") == dollar
    with pytest.raises(Conflict, match="another rate"):
        rates.record_rate("USD", "IDR", Decimal(17000), as_of=DAY, source="JISDOR")


@pytest.mark.parametrize(
    ("quote", "rate", "field"), [("USD", "1", "quote"), ("IDR", "0", "rate"), ("IDR", "-1", "rate")]
)
def test_a_wrong_rate_is_refused_at_its_field(db: None, quote: str, rate: str, field: str) -> None:
    with pytest.raises(ValidationError) as error:
        rates.record_rate("USD", quote, Decimal(rate), as_of=DAY, source="test")
    assert list(error.value.message_dict) == [field]
    assert not FxRate.objects.exists()


class RoundTrip(TestCase):
    @given(
        st.decimals(min_value="1", max_value="100000000", places=2),
        st.decimals(min_value="100", max_value="20000", places=4),
    )
    def test_there_and_back_is_within_half_a_cent(self, amount: Decimal, rate: Decimal) -> None:
        rates.record_rate("USD", "IDR", rate, as_of=DAY, source="test")
        rupiah = rates.convert(amount, "USD", "IDR", on=DAY).amount
        back = rates.convert(rupiah, "IDR", "USD", on=DAY).amount
        assert abs(back - amount) <= Decimal("0.5") / rate + Decimal("0.01")
