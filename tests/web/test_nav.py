"""The rail: grouped, for each role only what answers, each letter one page, groups as the person left them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from krm.accounts.models import User
from krm.web import nav

ROLES = ("administrator", "campaign_manager", "reviewer", "finance", "viewer")


def person(staff: Callable[..., Any], role: str) -> User:
    found: User = staff(role, all_teams=role == "administrator")
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_entry_answers_whoever_sees_it(role: str, staff: Callable[..., Any], client: Client) -> None:
    user = person(staff, role)
    client.force_login(user)
    items = nav.items_for("staff", user, "", everything=True)
    assert {item.key: client.get(item.url).status_code for item in items} == {item.key: 200 for item in items}


def test_groups_hold_everything_in_one_place(staff: Callable[..., Any]) -> None:
    items = nav.items_for("staff", person(staff, "administrator"), "/")
    groups = nav.groups_for("staff", items, {})
    keys = [group.key for group in groups if group.key]
    assert keys == ["creators", "campaigns", "money", "agency"]
    inside = {group.key: [item.key for item in group.items] for group in groups}
    assert {"duplicates", "dossiers", "tasks", "found_posts", "safety"} <= set(inside["creators"])
    assert {"people", "connectors", "updates", "scores", "webhooks", "parked"} <= set(inside["agency"])
    places = [(item.order, item.group) for item in nav._nav.get("staff") if item.listed and item.group]
    assert len(places) == len(set(places))  # no two share a place


def test_roles_see_no_entry_they_may_not_open(staff: Callable[..., Any]) -> None:
    seen = {role: {i.key for i in nav.items_for("staff", person(staff, role), "/")} for role in ROLES}
    assert "people" in seen["administrator"] - seen["campaign_manager"]
    assert "ledger" in seen["finance"] - seen["viewer"]
    assert "safety" in seen["reviewer"] - seen["viewer"]
    assert {"creators", "find", "duplicates", "dossiers", "tasks", "scores"} <= seen["viewer"]


@pytest.mark.parametrize("area", ["staff", "portal", "client"])
def test_a_letter_leads_to_one_page(area: str) -> None:
    letters = [letter for letter in nav.letters(area).values() if letter]
    assert len(letters) == len(set(letters))
    assert nav.HOME not in letters


def test_a_long_rail_starts_with_groups_closed_and_opens_that_of_the_page(staff: Callable[..., Any]) -> None:
    user = person(staff, "administrator")

    def opened(path: str, cookie: str = "") -> dict[str, bool]:
        groups = nav.groups_for("staff", nav.items_for("staff", user, path), nav.remembered(cookie))
        shown = 1 + sum(bool(group.key) + len(group.items) * group.open for group in groups)
        assert cookie or shown <= nav.FITS
        return {group.key: group.open for group in groups if group.key}

    assert opened("/") == {"creators": True, "campaigns": True, "money": True, "agency": False}
    assert opened(reverse("creators:connectors"))["agency"]
    assert opened("/", "creators:0.agency:1") == {
        "creators": False, "campaigns": True, "money": True, "agency": True,
    }  # fmt: skip
    assert opened(reverse("creators:find"), "creators:0")["creators"]


def test_the_cookie_may_hold_anything() -> None:
    assert nav.remembered("creators:1.x:2..:0.<b>:1") == {"creators": True, "<b>": True}
    assert nav.remembered("") == {}


def test_pages_below_an_entry_count_as_it(staff: Callable[..., Any], client: Client) -> None:
    client.force_login(person(staff, "campaign_manager"))
    for name, entry in (("creators:segments", "creators:find"), ("creators:merges", "creators:duplicates")):
        body = client.get(reverse(name)).content.decode()
        current = re.findall(r'<a href="([^"]+)" aria-current="page"', body.split("</nav>")[0])
        assert current == [reverse(entry)]


def test_the_palette_finds_pages_the_rail_leaves_out(staff: Callable[..., Any], client: Client) -> None:
    client.force_login(person(staff, "campaign_manager"))
    body = client.get(reverse("web:palette"), {"q": "segm"}).content.decode()
    assert reverse("creators:segments") in body
    client.force_login(person(staff, "viewer"))
    body = client.get(reverse("web:palette"), {"q": "import"}).content.decode()
    assert reverse("creators:import") not in body
