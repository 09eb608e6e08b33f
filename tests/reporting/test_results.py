"""What a campaign achieved, worked by hand."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pandas as pd
import pypdf
import pytest
from django.utils import translation

from campaigns.models import Spend
from krm.errors import Conflict, Denied
from krm.events.models import Event
from reporting import attribution, reading, reports, results
from reporting.documents import report_pdf, report_workbook
from reporting.models import Report
from tests.reporting.factories import add_kol, make_brand, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(staff: Any) -> Any:
    return staff()


@pytest.fixture
def campaign(team: Any, manager: Any) -> Any:
    campaign = make_campaign(make_brand(team), manager)
    add_kol(campaign, fee=10_000_000, views=100_000, likes=5_000, comments=500, shares=300, saves=200)
    add_kol(campaign, fee=5_000_000, views=50_000, likes=1_000, comments=None, shares=None, saves=None)
    add_kol(campaign, fee=3_000_000)  # nothing published yet
    return campaign


def test_totals_costs_and_targets(campaign: Any) -> None:
    Spend.objects.create(
        campaign=campaign, kind="amplification", amount=Decimal(2_000_000), occurred_on="2026-11-02", key="a1"
    )
    numbers = results.campaign_numbers(campaign)
    totals = numbers["totals"]
    assert totals["posts"] == 2
    assert totals["views"] == 150_000
    assert totals["engagements"] == 7_000
    assert totals["known"]["comments"] == 1
    assert totals["er_views"] == round(7_000 / 150_000, 6)
    assert totals["cost"] == "20000000"  # 18 million in fees and 2 million of media
    assert totals["cpe"] == "2857"  # 20,000,000 / 7,000 = 2857.14
    assert totals["cpm"] == "133333"
    assert totals["emv"] == "3750000"  # 150,000 views at IDR 25,000 a thousand
    assert totals["roas"] is None and totals["roi"] is None
    assert numbers["targets"] == [
        {
            "metric": "views",
            "target": "200000",
            "actual": "150000",
            "progress": 0.75,
            "lower_is_better": False,
        }
    ]
    fees = next(line for line in numbers["budget"] if line["kind"] == "fees")
    assert fees == {
        "kind": "fees",
        "planned": "65000000",
        "committed": "18000000",
        "spent": "0",
        "used": 0.276923,
    }
    assert numbers["delivery"]["planned"] == 3 and numbers["delivery"]["published"] == 2


def test_each_kol_and_tier_stands_alone(campaign: Any) -> None:
    numbers = results.campaign_numbers(campaign)
    first, second, third = numbers["kols"]
    assert (first["views"], first["cpe"], first["cost"]) == (100_000, "1667", "10000000")
    assert (second["engagements"], second["comments"]) == (1_000, None)
    assert (third["posts"], third["views"], third["cpe"]) == (0, None, None)
    assert [tier["label"] for tier in numbers["tiers"]] == ["micro"] or len(numbers["tiers"]) == 1


def test_queries_do_not_grow_with_the_campaign(campaign: Any, constant_queries: Any) -> None:
    def grow() -> None:
        for _ in range(4):
            add_kol(campaign, views=10, likes=1)

    constant_queries(lambda: results.campaign_numbers(campaign), grow)


def test_the_clients_document_has_no_trace_of_a_cost(campaign: Any, manager: Any, client_user: Any) -> None:
    for kol in campaign.partnerships.all():
        assert kol.agreement.total
    numbers = results.for_client(results.campaign_numbers(campaign))
    text = str(numbers)
    for canary in (
        "10000000",
        "5000000",
        "18000000",
        "65000000",
        "2857",
        "1667",
        "'cost'",
        "cpe",
        "cpm",
        "roas",
        "budget",
    ):
        assert canary not in text, canary


def test_a_locked_report_keeps_its_numbers(campaign: Any, manager: Any) -> None:
    report = reports.lock(reports.draft(campaign, by=manager, title="November"), by=manager)
    add_kol(campaign, views=999_999, likes=9)
    report.refresh_from_db()
    assert reading.visible_numbers(report, viewer=manager)["totals"]["views"] == 150_000
    assert reports.is_intact(report)
    assert Event.objects.filter(name="reporting.report_locked", subject_id=report.pk).count() == 1
    with pytest.raises(Conflict, match="only a draft can be locked"):
        reports.lock(report, by=manager)


def test_the_database_refuses_to_change_locked_numbers(campaign: Any, manager: Any) -> None:
    from django.db import InternalError, transaction

    report = reports.lock(reports.draft(campaign, by=manager, title="November"), by=manager)
    for change in ({"numbers": {"a": 1}}, {"numbers_sha256": "f" * 64}, {"state": "draft"}):
        with pytest.raises(InternalError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**change)


def test_clients_see_shared_reports_only(campaign: Any, manager: Any, client_user: Any, team: Any) -> None:
    reader, stranger = client_user(campaign.brand), client_user(make_brand(team))
    report = reports.lock(reports.draft(campaign, by=manager, title="November"), by=manager)
    assert not Report.objects.visible_to(reader).exists()
    reports.share(report, by=manager)
    assert list(Report.objects.visible_to(reader)) == [report]
    assert not Report.objects.visible_to(stranger).exists()
    reports.take_back(Report.objects.get(pk=report.pk), by=manager)
    assert not Report.objects.visible_to(reader).exists()


def test_a_viewer_drafts_nothing(campaign: Any, staff: Any) -> None:
    with pytest.raises(Denied):
        reports.draft(campaign, by=staff("viewer"), title="x")
    assert not Report.objects.exists()


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_pdf_reads_like_the_page(campaign: Any, manager: Any, language: str) -> None:
    report = reports.lock(
        reports.draft(campaign, by=manager, title="Laporan #1 *x*", summary="= not a heading"), by=manager
    )
    with translation.override(language):
        content = report_pdf(report, reading.visible_numbers(report, viewer=manager))
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert "Laporan #1 *x*" in text and "= not a heading" in text
    assert ("150.000" if language == "id" else "150,000") in text
    assert "Rp20.000.000" not in text and "Rp18.000.000" in text


def test_the_workbook_opens_and_its_sums_are_formulas(campaign: Any, manager: Any) -> None:
    import openpyxl

    report = reports.lock(reports.draft(campaign, by=manager, title="=HYPERLINK(1)"), by=manager)
    content = report_workbook(report, reading.visible_numbers(report, viewer=manager))
    posts = pd.read_excel(io.BytesIO(content), sheet_name="Posts")
    assert posts["Views"].tolist()[:2] == [100_000, 50_000]
    book = openpyxl.load_workbook(io.BytesIO(content))
    formulas = [
        c.value
        for c in book["Posts"][book["Posts"].max_row]
        if isinstance(c.value, str) and c.value.startswith("=")
    ]
    assert any(f.startswith("=SUM(") for f in formulas)
    assert book["Overview"]["A1"].data_type == "s" and book["Overview"]["A1"].value == "=HYPERLINK(1)"


def test_orders_make_revenue_roas_and_roi(campaign: Any, manager: Any) -> None:
    partnership = campaign.partnerships.first()
    attribution.create_promo_code(partnership, by=manager, code="HEMAT10")
    outcome = attribution.import_conversions(
        campaign, by=manager, source="Shopee",
        text="order,code,amount,date\nA1,hemat10,27000000,2026-11-05\nA2,HEMAT10,9000000,2026-11-06\n",
    )  # fmt: skip
    assert (outcome.added, outcome.known, outcome.errors) == (2, 0, [])
    totals = results.campaign_numbers(campaign)["totals"]
    assert (totals["conversions"], totals["revenue"], totals["roas"], totals["roi"]) == (
        2,
        "36000000",
        2.0,
        1.0,
    )
