"""Pages cost a fixed number of queries, whatever the number of rows; the calendar answers in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from campaigns import selection
from tests.campaigns import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy() -> Any:
    admin = f.make_admin()
    campaign = f.make_campaign(by=admin, budget=10**9)
    selection.add_candidates(campaign, by=admin, creators=[f.make_creator() for _ in range(3)])
    f.signed(f.drafted(f.accepted(f.make_partnership(campaign, by=admin))))
    return admin, campaign


@pytest.mark.parametrize("name", ["list", "tracker", "brands", "calendar"])
def test_lists_hold_their_query_budget(busy: Any, client_for: Any, query_budget: Any, name: str) -> None:
    browser = client_for(busy[0])
    url = reverse(f"campaigns:{name}")
    browser.get(url)
    with query_budget(f"campaigns.{name}"):
        assert browser.get(url).status_code == 200


@pytest.mark.parametrize("name", ["detail", "shortlist_tab", "partnerships_tab", "tracker_tab", "budget_tab"])
def test_workspace_costs_the_same_with_twice_the_rows(
    busy: Any, client_for: Any, constant_queries: Any, name: str
) -> None:
    admin, campaign = busy
    browser = client_for(admin)
    url = reverse(f"campaigns:{name}", args=[campaign.pk])

    def grow() -> None:
        selection.add_candidates(campaign, by=admin, creators=[f.make_creator() for _ in range(3)])
        f.signed(f.drafted(f.accepted(f.make_partnership(campaign, by=admin))))

    constant_queries(lambda: browser.get(url), grow)


def test_dragging_a_signed_post_opens_the_form_and_a_reason_moves_it(busy: Any, client_for: Any) -> None:
    admin, campaign = busy
    browser = client_for(admin)
    piece = campaign.partnerships.get().deliverables.first()
    events = browser.get(
        reverse("campaigns:calendar_events"), {"start": "2026-01-01", "end": "2027-12-31"}
    ).json()
    assert str(piece.pk) in {event["id"] for event in events}

    def drag(**more: str) -> Any:
        body = {"id": piece.pk, "start": campaign.ends_on.isoformat(), **more}
        return browser.post(
            reverse("campaigns:calendar_move"), json.dumps(body), content_type="application/json"
        )

    refused = drag()
    assert refused.status_code == 409
    assert refused.json()["dialog"].startswith(reverse("campaigns:deliverable_reschedule", args=[piece.pk]))
    assert drag(reason="client asked").status_code == 200
    piece.refresh_from_db()
    assert piece.publish_on.date() == campaign.ends_on


def test_bulk_action_of_the_creators_list_fills_a_shortlist(busy: Any, client_for: Any) -> None:
    admin, campaign = busy
    creator = f.make_creator()

    answer = client_for(admin).post(
        reverse("creators:list"),
        {"_bulk": "shortlist", "_confirmed": "1", "pk": [creator.pk], "code": campaign.code, "option": "B"},
    )

    assert answer.status_code in (200, 302), answer.content[:300]
    assert campaign.candidates.filter(creator=creator, option="B").exists()
