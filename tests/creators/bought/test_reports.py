"""Asking a vendor, waiting, the answer, what goes wrong, and what each costs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from creators.models import AudienceReport, AudienceSnapshot, SocialAccount, VendorCredit
from creators.vendors import batch, credits, reports
from krm.connectors.models import OutcomeCount
from krm.errors import Conflict, Denied
from krm.events.models import Event, Notification
from tests.creators.factories import CreatorFactory
from tests.sandbox import Running, demo

BOTH = pytest.mark.parametrize("vendor", ["hypeauditor", "modash"])


def account_of(platform: str = "instagram", story: str = "organic", nth: int = 0) -> Any:
    source = demo(platform, story=story, nth=nth)
    return SocialAccount.objects.create(
        creator=CreatorFactory(), platform=platform, handle=source.handle, external_id=source.external_id,
        followers=source.target,
    )  # fmt: skip


def wait_over(report: AudienceReport) -> None:
    AudienceReport.objects.filter(pk=report.pk).update(next_try_at=timezone.now())


@BOTH
@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube"])
def test_asked_made_and_read(vendors: Running, staff: Any, vendor: str, platform: str) -> None:
    account, person = account_of(platform), staff()
    report = reports.request_report(account, vendor, by=person, agreed=Decimal(1))
    assert credits.budget_of(vendor).available == 9

    first = reports.read(report.pk)
    assert first is not None and first.state == "pending"
    assert reports.read(report.pk) is None  # not due yet: nothing is asked
    wait_over(report)
    ready = reports.read(report.pk)

    assert ready is not None and ready.state == "ready" and ready.as_of
    assert 0 <= ready.quality["fake_share"] < 0.2
    assert 0 < ready.quality["er"] < 0.1
    audience = AudienceSnapshot.objects.get(pk=ready.audience_id)
    assert audience.source == "vendor_estimate" and audience.countries["ID"] > 0.8
    assert sum(audience.age.values()) == pytest.approx(1, abs=0.01)
    held = credits.budget_of(vendor)
    assert (held.balance, held.reserved) == (9, 0)
    assert Notification.objects.filter(user=person, kind="creators.report_answered").count() == 1
    assert Event.objects.filter(name="creators.report_ready").exists()


@BOTH
def test_bought_followers_are_seen(vendors: Running, staff: Any, vendor: str) -> None:
    report = reports.request_report(account_of(story="bought"), vendor, by=staff())
    reports.read(report.pk)
    wait_over(report)
    ready = reports.read(report.pk)
    assert ready is not None and ready.quality["fake_share"] > 0.2


def test_a_young_report_costs_nothing(vendors: Running, staff: Any) -> None:
    account = account_of()
    report = reports.request_report(account, "modash", by=staff())
    assert reports.request_report(account, "modash", by=staff()).pk == report.pk  # on its way
    reports.read(report.pk)
    wait_over(report)
    reports.read(report.pk)
    quote = reports.quote(account, "modash")
    assert quote.credits == 0 and quote.existing is not None
    assert reports.request_report(account, "modash", by=staff()).pk == report.pk
    AudienceReport.objects.update(ready_at=timezone.now() - timedelta(days=31))
    assert reports.quote(account, "modash").credits == 1
    assert reports.request_report(account, "modash", by=staff()).pk != report.pk
    assert credits.budget_of("modash").balance == 9


CASES = [
    ("hypeauditor", "private", "failed", "unavailable"), ("modash", "private", "failed", "unavailable"),
    ("hypeauditor", "quota", "failed", "quota_spent"), ("modash", "quota", "failed", "quota_spent"),
    ("hypeauditor", "expired_token", "failed", "auth_revoked"), ("modash", "expired_token", "failed", "auth_revoked"),
    ("modash", "scope", "failed", "scope_missing"),
    ("hypeauditor", "rate_limited", "pending", "rate_limited"), ("modash", "rate_limited", "pending", "rate_limited"),
    ("hypeauditor", "server_error", "pending", "transient"), ("modash", "server_error", "pending", "transient"),
    ("hypeauditor", "truncated", "pending", "transient"), ("modash", "truncated", "pending", "transient"),
    ("hypeauditor", "bad_request", "failed", "bad_request"), ("modash", "bad_request", "failed", "bad_request"),
]  # fmt: skip


@pytest.mark.parametrize(("vendor", "fault", "state", "outcome"), CASES)
def test_a_fault(vendors: Running, staff: Any, vendor: str, fault: str, state: str, outcome: str) -> None:
    vendors.fault(vendor, fault)
    report = reports.request_report(account_of(), vendor, by=staff())
    after = reports.read(report.pk)
    assert after is not None and (after.state, bool(after.reason)) == (state, True)
    held = credits.budget_of(vendor)
    assert (held.balance, held.reserved) == (10, 0 if state == "failed" else 1)  # no report: nothing is spent
    assert OutcomeCount.objects.filter(platform=vendor, outcome=outcome).exists()


def test_given_up_after_three_days(vendors: Running, staff: Any) -> None:
    report = reports.request_report(account_of(), "modash", by=staff())
    AudienceReport.objects.update(requested_at=timezone.now() - timedelta(days=4))
    after = reports.read(report.pk)
    assert after is not None and after.state == "failed" and credits.budget_of("modash").available == 10


def test_refusals(vendors: Running, staff: Any) -> None:
    with pytest.raises(Denied):
        reports.request_report(account_of(), "modash", by=staff("reviewer"))
    with pytest.raises(Conflict, match="does not report on X"):
        x = SocialAccount.objects.create(platform="x", handle="rani")
        reports.request_report(x, "modash", by=staff())
    credits.set_rules("modash", by=staff("finance"), report_credits=Decimal(2))
    with pytest.raises(Conflict, match="now costs 2"):
        reports.request_report(account_of(nth=2), "modash", by=staff(), agreed=Decimal(1))
    with pytest.raises(Conflict, match="10 left"):
        credits.set_rules("modash", by=staff("finance"), report_credits=Decimal(11))
        reports.request_report(account_of(nth=1), "modash", by=staff())
    assert AudienceReport.objects.count() == 0 and VendorCredit.objects.filter(kind="reserve").count() == 0


def test_many_stop_at_what_was_allowed(vendors: Running, staff: Any) -> None:
    from krm.web import jobs

    person = staff()
    creators = [account_of(nth=n).creator_id for n in range(3)]
    job = batch.start(creators, "modash", at_most=Decimal(2), by=person)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert AudienceReport.objects.count() == 2 and job.result["credits"] == "2"
    assert job.errors.get().message.startswith("Not asked")


def test_pages(vendors: Running, staff: Any, client_for: Any, admin_user: Any, query_budget: Any) -> None:
    account = account_of()
    browser = client_for(staff())
    page = f"/creators/accounts/{account.pk}/report/"
    text = browser.get(page).content.decode()
    assert "1 credit, 10 left" in text
    assert browser.post(page, {"vendor": "modash"}).status_code == 422  # not confirmed
    assert browser.post(page, {"vendor": "modash", "agreed": "on"}).status_code == 302
    report = AudienceReport.objects.get()
    reports.read(report.pk)
    wait_over(report)
    reports.read(report.pk)
    panel = f"/creators/{account.creator_id}/reports/"
    assert "Fake followers" in browser.get(panel).content.decode()
    assert "used again and costs nothing" in browser.get(page).content.decode()
    assert str(account) in browser.get("/creators/reports/").content.decode()

    chief = client_for(admin_user)
    assert chief.post("/creators/vendors/modash/bought/", {"credits": "5"}).status_code == 302
    rules = {"report_credits": "1", "monthly_credits": "20", "cache_days": "14"}
    assert chief.post("/creators/vendors/modash/rules/", rules).status_code == 302
    assert browser.get("/creators/vendors/modash/rules/").status_code == 403
    with query_budget("creators.vendor_credits"):
        text = chief.get("/creators/vendors/").content.decode()
    assert ("Documentation only" in text and ">14<" in text) or "14 days" in text
    text = chief.get("/creators/connectors/").content.decode()
    assert "HypeAuditor" in text and "Documentation only" in text
    chief.post("/creators/connectors/hypeauditor/check/")
    assert "HypeAuditor answers: 2" in chief.get("/creators/connectors/").content.decode()


def test_books_without_credits_say_what_to_do(db: None, client_for: Any, admin_user: Any, staff: Any) -> None:
    from krm.connectors import credentials
    from krm.local.sandbox import tokens

    chief, other = client_for(admin_user), client_for(staff())
    page = "/creators/vendors/"
    assert "/creators/connectors/modash/" in chief.get(page).content.decode()
    assert "/creators/connectors/modash/" not in other.get(page).content.decode()
    credentials.save_application("modash", by=None, enabled=True, api_key=tokens.APPS["modash"][1])
    assert "Enter credits bought" in chief.get(page).content.decode()
    assert "An administrator enters what was bought" in other.get(page).content.decode()


def test_what_was_set_aside_is_shown_until_it_is_settled(
    vendors: Running, staff: Any, client_for: Any
) -> None:
    browser = client_for(staff())
    report = reports.request_report(account_of(), "modash", by=staff())
    assert "Set aside</td>" in browser.get("/creators/vendors/").content.decode()
    reports.give_up(report, reports.LATE)
    page = browser.get("/creators/vendors/").content.decode()
    assert "Given back</td>" in page and "Set aside</td>" not in page
    assert str(reports.LATE) in browser.get("/creators/reports/").content.decode(), "why it failed"


def test_rest(vendors: Running, staff: Any, api_for: Any) -> None:
    account = account_of()
    api = api_for(staff())
    body = {"account": account.pk, "vendor": "modash"}
    price = api.post("/api/v1/audience-reports/quote/", body, format="json").json()
    assert (price["credits"], price["affordable"]) == ("1.00", True)
    made = api.post("/api/v1/audience-reports/", {**body, "agreed_credits": "1"}, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "pending"
    assert api.get("/api/v1/vendor-budgets/").json()["results"][0]["available"]
    kinds = [row["kind"] for row in api.get("/api/v1/vendor-credits/").json()["results"]]
    assert kinds[0] == "reserve"
