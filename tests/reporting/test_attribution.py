"""Links count each visitor once a day; orders are joined once; bad rows are named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from krm.errors import Denied
from reporting import attribution, tracking
from reporting.models import Click, Conversion, TrackingLink
from tests.reporting.factories import add_kol, make_brand, make_campaign

pytestmark = pytest.mark.django_db
PERSON = tracking.Visit(
    "203.0.113.7", "Mozilla/5.0 (Linux; Android 14) Chrome/140", "https://www.instagram.com/p/1/"
)


@pytest.fixture
def manager(staff: Any) -> Any:
    return staff()


@pytest.fixture
def kol(team: Any, manager: Any) -> Any:
    return add_kol(make_campaign(make_brand(team), manager), views=10)


@pytest.fixture
def link(kol: Any, manager: Any) -> TrackingLink:
    return tracking.create_link(
        kol.partnership, by=manager, target_url="https://shop.example/p?ref=1", code="abc"
    )


def test_the_redirect_counts_and_adds_utm(link: TrackingLink, client: Any) -> None:
    response = client.get(reverse("reporting:go", args=["abc"]), headers={"user-agent": PERSON.user_agent})
    assert response.status_code == 302
    assert response.url.startswith(
        "https://shop.example/p?ref=1&utm_source=instagram&utm_medium=kol&utm_campaign=c"
    )
    link.refresh_from_db()
    assert (link.clicks_count, link.visitors_count) == (1, 1)
    assert "203" not in Click.objects.get().visitor


def test_one_visitor_twice_a_day_is_two_clicks_one_visitor_and_bots_are_apart(link: TrackingLink) -> None:
    tracking.record_click(link, PERSON)
    tracking.record_click(link, PERSON)
    tracking.record_click(link, tracking.Visit("203.0.113.8", "WhatsApp/2.23", ""))
    link.refresh_from_db()
    assert (link.clicks_count, link.visitors_count) == (2, 1)
    assert Click.objects.filter(is_bot=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_racing_clicks_of_one_visitor_make_one_visitor(link: TrackingLink) -> None:
    def click(_n: int) -> None:
        try:
            tracking.record_click(link, PERSON)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(24)))
    link.refresh_from_db()
    assert (link.clicks_count, link.visitors_count) == (24, 1)


def test_a_switched_off_or_unknown_link_is_not_found(link: TrackingLink, manager: Any, client: Any) -> None:
    tracking.switch_off(link, by=manager)
    assert client.get(reverse("reporting:go", args=["abc"])).status_code == 404
    assert client.get(reverse("reporting:go", args=["nope"])).status_code == 404
    assert not Click.objects.exists()


def test_a_taken_code_is_refused_at_its_field(link: TrackingLink, kol: Any, manager: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        tracking.create_link(kol.partnership, by=manager, target_url="https://x.example/", code="abc")
    assert "abc is taken" in refused.value.message_dict["code"][0]
    with pytest.raises(ValidationError) as refused:
        tracking.create_link(kol.partnership, by=manager, target_url="javascript:alert(1)")
    assert "target_url" in refused.value.message_dict


def test_the_same_file_twice_adds_nothing(kol: Any, manager: Any) -> None:
    campaign = kol.partnership.campaign
    attribution.create_promo_code(kol.partnership, by=manager, code="KOL1")
    text = "Nomor Pesanan;Kode Voucher;Total Pembayaran;Tanggal\nA1;kol1;Rp 150.000;22/11/2026\nA1;kol1;150.000;22/11/2026\n"
    first = attribution.import_conversions(campaign, by=manager, source="Tokopedia", text=text)
    again = attribution.import_conversions(campaign, by=manager, source="tokopedia ", text=text)
    assert (first.added, first.known, again.added, again.known) == (1, 1, 0, 2)
    found = Conversion.objects.get()
    assert (found.amount, found.ordered_at.isoformat()) == (Decimal(150_000), "2026-11-21T17:00:00+00:00")


def test_bad_rows_are_named_and_good_ones_kept(kol: Any, manager: Any) -> None:
    campaign = kol.partnership.campaign
    attribution.create_promo_code(kol.partnership, by=manager, code="KOL1")
    text = (
        "order,code,amount,date,currency\n"
        "A1,KOL1,1000,2026-11-22,\n"
        ",KOL1,1000,2026-11-22,\n"
        "A3,OTHER,1000,2026-11-22,\n"
        "A4,KOL1,=1+1,2026-11-22,\n"
        "A5,KOL1,1000,31/31/2026,\n"
        "A6,KOL1,1000,2026-11-22,USD\n"
    )
    outcome = attribution.import_conversions(campaign, by=manager, source="web", text=text)
    assert outcome.added == 1
    assert [(e.row, e.field) for e in outcome.errors] == [
        (3, "order_ref"), (4, "code"), (5, "amount"), (6, "ordered_at"), (7, "currency")
    ]  # fmt: skip


def test_a_missing_column_is_refused_before_anything_is_written(kol: Any, manager: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        attribution.import_conversions(kol.partnership.campaign, by=manager, source="web", text="a,b\n1,2\n")
    assert "no column for order" in refused.value.message_dict["file"][0]


def test_a_code_belongs_to_one_kol_whatever_its_case(kol: Any, manager: Any) -> None:
    other = add_kol(kol.partnership.campaign)
    attribution.create_promo_code(kol.partnership, by=manager, code="Sale")
    with pytest.raises(ValidationError, match="already belongs"):
        attribution.create_promo_code(other.partnership, by=manager, code="SALE")


def test_only_managers_import(kol: Any, staff: Any) -> None:
    with pytest.raises(Denied):
        attribution.import_conversions(
            kol.partnership.campaign, by=staff("finance"), source="x", text="order,code,amount,date\n"
        )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("150000", "150000"), ("150.000", "150000"), ("1.500.000,50", "1500000.50"), ("1,500,000.50", "1500000.50"),
        ("Rp 19.500.000", "19500000"), ("12.5", "12.5"), ("0,75", "0.75"), ("1,234,567", "1234567"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, value: str) -> None:
    assert attribution.parse_amount(text) == Decimal(value)


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_a_value_error(text: str) -> None:
    try:
        assert attribution.parse_amount(text) >= 0
    except ValueError:
        pass


@given(st.integers(min_value=0, max_value=10**12))
def test_grouped_amounts_read_back(number: int) -> None:
    assert attribution.parse_amount(f"{number:,}") == number
    assert attribution.parse_amount(f"{number:,}".replace(",", ".")) == number
