"""Pages and endpoints of reporting, as their users meet them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from krm.web import jobs
from krm.web.models import Job
from reporting import attribution, reports, tracking
from reporting.models import Conversion, Report, TrackingLink
from tests.reporting.factories import add_kol, make_brand, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(staff: Any) -> Any:
    return staff()


@pytest.fixture
def campaign(team: Any, manager: Any) -> Any:
    campaign = make_campaign(make_brand(team), manager)
    add_kol(campaign, fee=7_654_321, views=100_000, likes=5_000, comments=500)
    return campaign


@pytest.mark.parametrize(
    ("role", "sees_cost"),
    [("campaign_manager", True), ("finance", True), ("viewer", False), ("reviewer", False)],
)
def test_the_dashboard_shows_costs_to_those_who_may_see_them(
    campaign: Any, staff: Any, client_for: Any, role: str, sees_cost: bool
) -> None:
    page = (
        client_for(staff(role))
        .get(reverse("reporting:campaign_results", args=[campaign.pk]))
        .content.decode()
    )
    assert "100,000" in page
    assert ("Rp7.654.321" in page) is sees_cost


def test_the_client_reads_the_shared_report_without_a_cost_in_any_form(
    campaign: Any, manager: Any, client_user: Any, client_for: Any
) -> None:
    report = reports.share(
        reports.lock(reports.draft(campaign, by=manager, title="Nov"), by=manager), by=manager
    )
    browser = client_for(client_user(campaign.brand))
    page = browser.get(reverse("reporting:client_report", args=[report.pk]))
    assert (
        page.status_code == 200
        and "7.654" not in page.content.decode()
        and "100,000" in page.content.decode()
    )
    assert browser.get(reverse("reporting:client_report_pdf", args=[report.pk])).content.startswith(b"%PDF-")
    workbook = browser.get(reverse("reporting:client_report_xlsx", args=[report.pk])).content
    assert workbook.startswith(b"PK") and b"7654321" not in workbook
    assert browser.get(reverse("reporting:report", args=[report.pk])).status_code == 404


def test_a_kol_sees_their_own_results_and_nobody_elses(
    campaign: Any, manager: Any, portal_user: Any, client_for: Any
) -> None:
    mine = campaign.partnerships.get()
    other = add_kol(campaign, views=77_777, likes=1)
    tracking.create_link(mine, by=manager, target_url="https://shop.example/", code="punyaku")
    tracking.create_link(other.partnership, by=manager, target_url="https://shop.example/", code="punyadia")
    page = client_for(portal_user(mine.creator)).get(reverse("reporting:portal_results")).content.decode()
    assert "/go/punyaku" in page and "punyadia" not in page and "77,8 rb" not in page and "100 rb" in page


def test_orders_are_imported_as_a_job_and_bad_rows_are_listed(
    campaign: Any, manager: Any, client_for: Any
) -> None:
    attribution.create_promo_code(campaign.partnerships.get(), by=manager, code="HEMAT")
    upload = SimpleUploadedFile(
        "o.csv", b"order,code,amount,date\nA1,HEMAT,1000,2026-11-02\nA2,LAIN,5,2026-11-02\n"
    )
    answer = client_for(manager).post(
        reverse("reporting:orders_import", args=[campaign.pk]), {"source": "shopee", "file": upload}
    )
    job = Job.objects.get(kind="reporting.import_conversions")
    assert answer.status_code == 302 and answer.url == job.get_absolute_url()
    jobs.run(job.pk)
    jobs.run(job.pk)  # a second delivery of the task changes nothing
    job.refresh_from_db()
    assert (job.state, job.result["added"], job.result["refused"]) == ("done", 1, 1)
    assert list(job.errors.values_list("row", "field")) == [(3, "code")]
    assert Conversion.objects.get().order_ref == "A1"


def test_a_file_that_is_no_csv_is_refused_at_its_field(campaign: Any, manager: Any, client_for: Any) -> None:
    answer = client_for(manager).post(
        reverse("reporting:orders_import", args=[campaign.pk]),
        {"source": "my shop", "file": SimpleUploadedFile("o.csv", b"PK\x03\x04\x00\x00")},
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "no CSV file" in page and "my shop" in page
    assert not Job.objects.exists()


def test_a_link_is_made_on_the_page_and_keeps_what_was_typed_when_refused(
    campaign: Any, manager: Any, client_for: Any
) -> None:
    partnership = campaign.partnerships.get()
    url, browser = reverse("reporting:link_new", args=[campaign.pk]), client_for(manager)
    data = {"partnership": partnership.pk, "target_url": "https://shop.example/x", "code": "promo"}
    assert browser.post(url, data).status_code == 302
    again = browser.post(url, data)
    assert again.status_code == 422 and "promo is taken" in again.content.decode()
    assert "https://shop.example/x" in again.content.decode()
    assert TrackingLink.objects.count() == 1


def test_foreign_campaigns_are_not_found(campaign: Any, staff: Any, client_for: Any) -> None:
    from krm.accounts.models import BrandTeam

    stranger = client_for(staff(teams=[BrandTeam.objects.create(name="Elsewhere")]))
    for name in (
        "campaign_results",
        "campaign_tracking",
        "report_new",
        "link_new",
        "code_new",
        "orders_import",
    ):
        assert stranger.get(reverse(f"reporting:{name}", args=[campaign.pk])).status_code == 404, name


def test_query_budgets(
    campaign: Any, manager: Any, client_for: Any, query_budget: Any, constant_queries: Any
) -> None:
    browser = client_for(manager)
    reports.draft(campaign, by=manager, title="One")
    for name, url in {
        "reporting.list": reverse("reporting:list"),
        "reporting.results": reverse("reporting:campaign_results", args=[campaign.pk]),
        "reporting.tracking": reverse("reporting:campaign_tracking", args=[campaign.pk]),
    }.items():
        browser.get(url)
        with query_budget(name):
            assert browser.get(url).status_code == 200

        def grow() -> None:
            for number in range(3):
                kol = add_kol(campaign, views=10, likes=1)
                tracking.create_link(kol.partnership, by=manager, target_url="https://shop.example/")
                reports.draft(campaign, by=manager, title=f"More {number}")

        constant_queries(lambda url=url: browser.get(url), grow)


def test_the_api_drafts_locks_shares_and_serves_a_report(campaign: Any, manager: Any, api_for: Any) -> None:
    api = api_for(manager)
    made = api.post("/api/v1/reports", {"campaign": campaign.pk, "title": "API"}, format="json")
    assert made.status_code == 201
    pk = made.json()["id"]
    assert api.post(f"/api/v1/reports/{pk}/share").status_code == 409
    assert api.post(f"/api/v1/reports/{pk}/lock").json()["state"] == "locked"
    assert api.post(f"/api/v1/reports/{pk}/share").json()["state"] == "shared"
    assert api.get(f"/api/v1/reports/{pk}/numbers").json()["totals"]["views"] == 100_000
    assert api.get(f"/api/v1/reports/{pk}/pdf").content.startswith(b"%PDF-")
    assert api.get(f"/api/v1/results/{campaign.pk}").json()["totals"]["cost"] == "7654321"
    assert Report.objects.get(pk=pk).state == "shared"
