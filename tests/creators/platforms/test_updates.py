"""The updates page and policy: what is promised, what budgets allow, what another policy would cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from creators.models import AccountSchedule, PullPolicy, SocialAccount
from creators.pulling import outlook, schedule
from krm.errors import Denied
from krm.events.models import Event
from tests.sandbox import Running

USUAL = {"live": 6, "shortlisted": 24, "warm": 168, "cold": 720}


def fill(number: int, platform: str = "youtube", cadence: str = "cold", **fields: Any) -> None:
    start = SocialAccount.objects.count()
    accounts = SocialAccount.objects.bulk_create(
        [SocialAccount(platform=platform, handle=f"u{start + n}") for n in range(number)]
    )
    schedule.ensure([a.pk for a in accounts])
    AccountSchedule.objects.filter(pk__in=[a.pk for a in accounts]).update(
        cadence=cadence, rank=schedule.RANKS[cadence], **fields
    )


@pytest.mark.django_db
def test_lines_count_what_waits_and_how_old_it_is() -> None:
    now = timezone.now()
    fill(2, cadence="warm", due_at=now - timedelta(hours=1), last_ok_at=now - timedelta(days=3))
    fill(1, cadence="warm", due_at=now - timedelta(days=9), last_ok_at=now - timedelta(days=40))
    fill(1, cadence="warm", due_at=now + timedelta(days=1), paused_reason="auth_revoked")
    (line,) = outlook.lines()
    assert (line.total, line.due, line.late, line.paused, line.active) == (4, 3, 1, 1, 3)
    assert line.ages == {"day": 0, "week": 2, "month": 0, "older": 1, "never": 1}


def test_what_budgets_allow_is_worked_out(connected: Running) -> None:
    from krm.connectors.models import Application

    Application.objects.filter(platform="youtube").update(options={"daily_units": 100})
    fill(60, cadence="live")
    (cost,) = outlook.cost(USUAL, outlook.lines(), outlook.capacities())
    assert cost.refreshes == 240 and cost.calls == pytest.approx(240 * 1.7)
    assert cost.share == pytest.approx(240 * 1.7 / 70)
    # 70 units a day are 41.2 accounts: each of 60 is read every 1.46 days, not four times a day
    assert cost.real_days["live"] == pytest.approx(60 * 1.7 / 70)
    assert cost.stretched


def test_a_platform_that_is_not_set_up_is_never_read(connected: Running) -> None:
    from krm.connectors.models import Application

    Application.objects.filter(platform="youtube").delete()
    fill(1)
    (cost,) = outlook.cost(USUAL, outlook.lines(), outlook.capacities())
    assert cost.share is None and cost.real_days["cold"] == float("inf")


def test_the_policy_belongs_to_administrators(admin_user: Any, staff: Any) -> None:
    with pytest.raises(Denied):
        outlook.change(by=staff(), **USUAL)
    fill(1, cadence="cold", due_at=timezone.now() + timedelta(days=29))
    outlook.change(by=admin_user, **{**USUAL, "cold": 240})
    assert schedule.intervals()["cold"] == timedelta(days=10)
    row = AccountSchedule.objects.get()
    assert row.due_at < timezone.now() + timedelta(days=10), "a faster cadence is due within its new time"
    event = Event.objects.get(name="creators.update_policy_changed")
    assert event.data["before"]["cold"] == 720 and event.data["after"]["cold"] == 240
    outlook.change(by=admin_user, **{**USUAL, "cold": 240})
    assert Event.objects.filter(name="creators.update_policy_changed").count() == 1, "nothing changed"
    assert PullPolicy.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"cold": 800}, {"live": 0}, {"warm": 5}, {"shortlisted": 2}])
def test_hours_out_of_order_are_refused_at_their_field(admin_user: Any, wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError) as refused:
        outlook.change(by=admin_user, **{**USUAL, **wrong})
    assert list(refused.value.message_dict) == list(wrong)


def test_the_page(
    client_for: Any, admin_user: Any, staff: Any, connected: Running, query_budget: Any
) -> None:
    fill(3, cadence="warm")
    browser = client_for(admin_user)
    browser.get("/creators/updates/")
    with query_budget("creators.updates"):
        page = browser.get("/creators/updates/").content.decode()
    assert "Who is read how often" in page and "YouTube" in page
    asked = browser.post("/creators/updates/", {**USUAL, "cold": 100, "warm": 90, "work_out": "1"})
    assert asked.status_code == 302
    assert "csrf" not in asked["Location"]
    page = browser.get(asked["Location"]).content.decode()
    assert "What you asked about" in page and 'value="100"' in page
    answer = browser.post("/creators/updates/", {**USUAL, "cold": 9000})
    assert answer.status_code in (200, 422) and "720" in answer.content.decode()
    browser.post("/creators/updates/", {**USUAL, "cold": 400})
    assert PullPolicy.objects.get().cold == 400
    looker = client_for(staff("viewer")).get("/creators/updates/").content.decode()
    assert "Only administrators change" in looker and "work_out" not in looker


def test_times_the_server_sets_are_said_in_words(
    client_for: Any, admin_user: Any, connected: Running, settings: Any
) -> None:
    fill(1, cadence="live")
    settings.KRM_PULL_SECONDS = {"live": 120, "shortlisted": 3600}
    page = client_for(admin_user).get("/creators/updates/").content.decode()
    notice = page[page.index("set to other times") :]
    assert "In a live campaign <strong>every 2 minutes</strong>" in notice
    assert "<strong>every hour</strong>" in notice
    settings.KRM_PULL_SECONDS = {}
    assert "set to other times" not in client_for(admin_user).get("/creators/updates/").content.decode()


def test_the_api(api_for: Any, admin_user: Any, connected: Running) -> None:
    fill(2, cadence="live")
    api = api_for(admin_user)
    now = api.get("/api/v1/updates").json()
    assert now["lines"][0]["total"] == 2 and now["costs"][0]["refreshes_per_day"] == pytest.approx(8)
    answer = api.post("/api/v1/updates/cost", {**USUAL, "live": 1}, format="json")
    assert answer.status_code == 200 and answer.json()[0]["refreshes_per_day"] == pytest.approx(48)
    assert (
        api.post("/api/v1/updates/policy", {**USUAL, "live": 2}, format="json").json()["hours"]["live"] == 2
    )
    bad = api.post("/api/v1/updates/policy", {**USUAL, "warm": 3}, format="json")
    assert bad.status_code == 400 and "warm" in str(bad.json())
