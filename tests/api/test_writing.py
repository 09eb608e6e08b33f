"""Writing: idempotency keys, ETags, CSRF, scopes, and what a refusal leaves behind (nothing)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, connections, transaction

from krm.accounts.models import BrandTeam
from krm.api import idempotency
from krm.api.models import IdempotencyRecord
from krm.events.models import Event

KEY = {"Idempotency-Key": "5f1c7f3e-order-1"}


def test_create_goes_through_the_verb(api_for: Any, admin_user: Any) -> None:
    answer = api_for(admin_user).post("/api/v1/teams", {"name": "Beauty"})
    assert answer.status_code == 201
    team = BrandTeam.objects.get(name="Beauty")
    assert answer["Location"].endswith(f"/api/v1/teams/{team.pk}")
    assert answer["ETag"] == api_for(admin_user).get(f"/api/v1/teams/{team.pk}")["ETag"]
    assert Event.objects.get(name="accounts.team_created").actor == admin_user


def test_the_same_key_twice_has_one_effect(api_for: Any, admin_user: Any) -> None:
    api = api_for(admin_user)
    first = api.post("/api/v1/teams", {"name": "Beauty"}, headers=KEY)
    again = api.post("/api/v1/teams", {"name": "Beauty"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert again["ETag"] == first["ETag"]
    assert again["Location"] == first["Location"]
    assert BrandTeam.objects.filter(name="Beauty").count() == 1


def test_the_same_key_for_something_else_is_refused(api_for: Any, admin_user: Any) -> None:
    api = api_for(admin_user)
    api.post("/api/v1/teams", {"name": "Beauty"}, headers=KEY)
    answer = api.post("/api/v1/teams", {"name": "Food"}, headers=KEY)
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert not BrandTeam.objects.filter(name="Food").exists()


def test_a_key_belongs_to_its_user(api_for: Any, admin_user: Any, make_user: Any) -> None:
    api_for(admin_user).post("/api/v1/teams", {"name": "Beauty"}, headers=KEY)
    other = api_for(make_user("administrator", all_teams=True))
    assert other.post("/api/v1/teams", {"name": "Food"}, headers=KEY).status_code == 201


def test_a_refused_request_frees_its_key(api_for: Any, admin_user: Any) -> None:
    api = api_for(admin_user)
    assert api.post("/api/v1/teams", {"name": " "}, headers=KEY).status_code == 400
    assert not IdempotencyRecord.objects.exists()
    assert api.post("/api/v1/teams", {"name": "Beauty"}, headers=KEY).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel"])
def test_a_bad_key_is_named(api_for: Any, admin_user: Any, key: str) -> None:
    answer = api_for(admin_user).post("/api/v1/teams", {"name": "Beauty"}, headers={"Idempotency-Key": key})
    assert answer.json()["code"] == "invalid_idempotency_key"
    assert not BrandTeam.objects.filter(name="Beauty").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_works_and_one_waits(api_for: Any, admin_user: Any) -> None:
    api = api_for(admin_user)
    record = IdempotencyRecord.objects.create(
        user=admin_user, key=KEY["Idempotency-Key"], method="POST", path="/api/v1/teams", body_hash="?"
    )
    answers: list[Any] = []

    def second() -> None:
        answers.append(api.post("/api/v1/teams", {"name": "Beauty"}, headers=KEY))
        connections.close_all()

    probe = api.post("/api/v1/teams", {"name": "Beauty"}, headers={"Idempotency-Key": "other"})
    record.body_hash = IdempotencyRecord.objects.get(key="other").body_hash
    record.save()
    BrandTeam.objects.filter(pk=probe.json()["id"]).delete()
    with transaction.atomic():
        IdempotencyRecord.objects.select_for_update().get(pk=record.pk)
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(20)
    assert answers[0].status_code == 409
    assert answers[0].json()["code"] == "idempotency_in_progress"
    assert answers[0]["Retry-After"] == "1"
    assert not BrandTeam.objects.filter(name="Beauty").exists()


def test_old_keys_are_forgotten(api_for: Any, admin_user: Any) -> None:
    api_for(admin_user).post("/api/v1/teams", {"name": "Beauty"}, headers=KEY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE api_idempotencyrecord SET created_at = now() - interval '25 hours'")
    assert idempotency.forget_old() == 1


def test_an_update_of_what_i_have_seen(api_for: Any, admin_user: Any, team: Any) -> None:
    api = api_for(admin_user)
    url = f"/api/v1/teams/{team.pk}"
    seen = api.get(url)["ETag"]
    first = api.patch(url, {"name": "Mine"}, headers={"If-Match": seen})
    assert first.status_code == 200
    late = api.patch(url, {"name": "Theirs"}, headers={"If-Match": seen})
    assert late.status_code == 412
    assert late.json()["code"] == "precondition_failed"
    team.refresh_from_db()
    assert team.name == "Mine"
    assert api.patch(url, {"name": "New"}, headers={"If-Match": first["ETag"]}).status_code == 200


def test_delete_respects_if_match_too(api_for: Any, admin_user: Any, team: Any) -> None:
    api = api_for(admin_user)
    assert api.delete(f"/api/v1/teams/{team.pk}", headers={"If-Match": '"stale"'}).status_code == 412
    assert api.delete(f"/api/v1/teams/{team.pk}", headers={"If-Match": "no quotes"}).status_code == 400
    assert api.delete(f"/api/v1/teams/{team.pk}", headers={"If-Match": "*"}).status_code == 204


def test_a_key_does_no_more_than_its_scopes(api_for: Any, admin_user: Any) -> None:
    api = api_for(admin_user, scopes=("accounts:read",))
    assert api.get("/api/v1/teams").status_code == 200
    answer = api.post("/api/v1/teams", {"name": "Beauty"})
    assert answer.status_code == 403
    assert "accounts:write" in answer.json()["detail"]
    assert not BrandTeam.objects.filter(name="Beauty").exists()


def test_the_browser_session_needs_its_csrf_token(admin_user: Any) -> None:
    from tests.conftest import browser_of

    browser = browser_of(admin_user, enforce_csrf_checks=True)
    answer = browser.post("/api/v1/teams", '{"name": "Beauty"}', content_type="application/json")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_the_role_is_asked_and_strangers_learn_nothing(
    api_for: Any, staff: Any, make_user: Any, team: Any
) -> None:
    denied = api_for(staff("viewer")).post("/api/v1/teams", {"name": "Beauty"})
    assert (denied.status_code, denied.json()["code"]) == (403, "denied")
    assert api_for(make_user("creator")).get(f"/api/v1/teams/{team.pk}").status_code == 404


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_request"),
        (b"\xff\xfe", "application/json", 400, "bad_request"),
        (b"[]", "application/json", 400, "invalid"),
        (b'{"name": NaN}', "application/json", 400, "bad_request"),
        (b'{"name": "a\\u0000b"}', "application/json", 400, "invalid"),
        (b"name=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ],
)
def test_hostile_bodies(
    api_for: Any, admin_user: Any, body: bytes, kind: str, status: int, code: str
) -> None:
    answer = api_for(admin_user).generic("POST", "/api/v1/teams", body, content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_errors_are_named_by_field_in_the_readers_language(api_for: Any, make_user: Any) -> None:
    admin = make_user("administrator", all_teams=True)
    BrandTeam.objects.create(name="Beauty")
    answer = api_for(admin).post("/api/v1/teams", {"name": "beauty"})
    assert answer.json()["errors"] == {"name": ["A team of this name exists already."]}


def test_me(api_for: Any, staff: Any, team: Any) -> None:
    user = staff()
    api = api_for(user)
    assert api.get("/api/v1/me").json()["team_ids"] == [team.pk]
    answer = api.patch("/api/v1/me", {"name": "Budi", "role": "administrator"})
    assert (answer.json()["name"], answer.json()["role"]) == ("Budi", "campaign_manager")


def test_history_tells_who_changed_what(api_for: Any, admin_user: Any, team: Any) -> None:
    api = api_for(admin_user)
    api.patch(f"/api/v1/teams/{team.pk}", {"name": "After"})
    newest = api.get(f"/api/v1/history/accounts/brandteam/{team.pk}").json()["results"][0]
    assert newest["who"] == admin_user.name
    assert newest["fields_changed"] == [{"label": "Name", "before": team.name, "after": "After"}]


def test_a_crash_is_a_problem_without_details(api_for: Any, admin_user: Any, monkeypatch: Any) -> None:
    from krm.api.resources import accounts

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(accounts.BrandTeamViewSet, "list", broken)
    api = api_for(admin_user)
    api.raise_request_exception = False
    answer = api.get("/api/v1/teams")
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert "secret detail" not in answer.content.decode()


@pytest.mark.django_db
def test_the_description_is_complete_and_without_warning(api_client: Any, capsys: Any) -> None:
    description = api_client.get("/api/v1/schema").json()
    assert description["openapi"].startswith("3.1")
    operations = [
        operation
        for path in description["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict)
    ]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert {"apiKey", "session"} <= set(description["components"]["securitySchemes"])
    assert all("429" in operation["responses"] for operation in operations)
    assert "Warning" not in capsys.readouterr().err
