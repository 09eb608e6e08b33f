# ruff: noqa: DTZ001 - naive on purpose: sheets have no zones, or made aware at once
from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

from krm.web import format


@pytest.mark.parametrize(
    ("value", "english", "indonesian"),
    [
        (930, "930", "930"),
        (1000, "1K", "1 rb"),
        (48_120, "48.1K", "48,1 rb"),
        (999_949, "1M", "1 jt"),
        (1_234_567, "1.2M", "1,2 jt"),
        (409_800_000, "410M", "410 jt"),
        (2_000_000_000, "2B", "2 M"),
        (None, "–", "–"),
        (-1500, "−1.5K", "−1,5 rb"),
        (0, "0", "0"),
    ],
)
def test_counts_are_short_in_the_language(value: Any, english: str, indonesian: str) -> None:
    with translation.override("en"):
        assert format.count(value) == english
    with translation.override("id"):
        assert format.count(value) == indonesian


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("19500000"), "IDR", "Rp19.500.000"),
        (Decimal("-5000"), "IDR", "−Rp5.000"),
        (Decimal("1234.5"), "USD", "$1,234.50"),
        (Decimal("0"), "IDR", "Rp0"),
        (None, "IDR", "–"),
        (Decimal("19500000.5000"), "IDR", "Rp19.500.001"),
    ],
)
@pytest.mark.parametrize("language", ["en", "id"])
def test_money_is_written_as_at_its_home(language: str, amount: Any, currency: str, text: str) -> None:
    with translation.override(language):
        assert format.money(amount, currency) == text


def test_percent_and_number() -> None:
    with translation.override("id"):
        assert (format.percent(0.0342), format.number(1234.5)) == ("3,4\u00a0%", "1.234,5")
    with translation.override("en"):
        assert (format.percent(0.0342), format.number(1234.5)) == ("3.4\u00a0%", "1,234.5")


def test_dates() -> None:
    with translation.override("en"), timezone.override("Asia/Jakarta"):
        assert format.day(date(2026, 11, 22)) == "22 Nov 2026"
        assert format.moment(timezone.make_aware(datetime(2026, 11, 22, 14, 5))) == "22 Nov 2026, 14:05"


@pytest.mark.parametrize(
    ("back", "text"),
    [(10, "just now"), (180, "3 min ago"), (7200, "2 h ago"), (86400 * 3, "3 days ago"), (-7200, "in 2 h")],
)
def test_ages(back: int, text: str) -> None:
    with translation.override("en"):
        assert format.ago(timezone.now() - timedelta(seconds=back)) == text
