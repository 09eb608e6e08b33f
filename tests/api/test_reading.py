"""Listing and reading through the furniture every room uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from krm.accounts.models import BrandTeam


@pytest.fixture
def teams(db: None) -> list[BrandTeam]:
    return [BrandTeam.objects.create(name=f"Name {n:02}") for n in range(7)]


def walk(api: Any, url: str) -> list[str]:
    names: list[str] = []
    while url:
        page = api.get(url).json()
        names += [row["name"] for row in page["results"]]
        url = page["next"]
    return names


def test_pages_follow_one_another_without_gap_or_repeat(
    api_for: Any, admin_user: Any, teams: list[BrandTeam]
) -> None:
    api = api_for(admin_user)
    assert walk(api, "/api/v1/teams?page_size=3") == [team.name for team in teams]
    assert walk(api, "/api/v1/teams?page_size=2&ordering=-name") == [team.name for team in reversed(teams)]


def test_previous_leads_back(api_for: Any, admin_user: Any, teams: list[BrandTeam]) -> None:
    api = api_for(admin_user)
    first = api.get("/api/v1/teams?page_size=3").json()
    second = api.get(first["next"]).json()
    back = api.get(second["previous"]).json()
    assert first["previous"] is None
    assert [row["name"] for row in back["results"]] == [row["name"] for row in first["results"]]
    assert back["previous"] is None
    assert api.get(back["next"]).json()["results"] == second["results"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=rubbish", "cursor"),
        ("page_size=0", "page_size"),
        ("page_size=1000", "page_size"),
        ("ordering=password", "ordering"),
        ("nmae=x", "nmae"),
    ],
)
def test_a_wrong_parameter_is_named(api_for: Any, admin_user: Any, query: str, field: str) -> None:
    answer = api_for(admin_user).get(f"/api/v1/teams?{query}")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


def test_a_team_of_others_does_not_exist_for_me(
    api_for: Any, staff: Any, team: Any, teams: list[BrandTeam]
) -> None:
    api = api_for(staff())
    assert [row["id"] for row in api.get("/api/v1/teams").json()["results"]] == [team.pk]
    assert api.get(f"/api/v1/teams/{teams[0].pk}").status_code == 404


def test_etag_saves_the_second_reading(api_for: Any, staff: Any, team: Any) -> None:
    api = api_for(staff())
    first = api.get(f"/api/v1/teams/{team.pk}")
    again = api.get(f"/api/v1/teams/{team.pk}", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_who_is_not_signed_in_is_told_how(api_client: Any, db: None) -> None:
    answer = api_client.get("/api/v1/teams")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="krm"'
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/nothing", 404),
        ("put", "/api/v1/teams", 405),
        ("post", "/api/v1/users", 405),
        ("options", "/api/v1/users", 405),
    ],
)
def test_refusals_are_problems(api_for: Any, admin_user: Any, method: str, path: str, status: int) -> None:
    answer = getattr(api_for(admin_user), method)(path)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_rate_headers_count_down(api_for: Any, admin_user: Any, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    api = api_for(admin_user)
    answers = [api.get("/api/v1/teams") for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert [a["RateLimit-Remaining"] for a in answers] == ["1", "0", "0"]
    assert 0 < int(answers[2]["Retry-After"]) <= 61
    assert answers[2].json()["code"] == "throttled"


def test_a_slash_at_the_end_is_forgiven(api_for: Any, admin_user: Any) -> None:
    assert api_for(admin_user).get("/api/v1/teams/").status_code == 200


def test_query_budget_of_a_list(
    api_for: Any, admin_user: Any, teams: Any, query_budget: Callable[..., Any]
) -> None:
    api = api_for(admin_user)
    with query_budget("api.teams"):
        api.get("/api/v1/teams")
