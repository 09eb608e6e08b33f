"""The connectors over REST."""

from __future__ import annotations

from typing import Any

from creators.platforms.registry import PROGRAMS
from krm.connectors.models import Application
from tests.sandbox import Running

URL = "/api/v1/connectors"


def test_a_program_reads_what_the_page_shows(connected: Running, api_for: Any, staff: Any) -> None:
    rows = {row["key"]: row for row in api_for(staff()).get(URL).json()}
    assert set(rows) == set(PROGRAMS)
    assert rows["youtube"]["tested"] is True and rows["tiktok"]["tested"] is False
    assert rows["youtube"]["budgets"][0] == {
        "name": "youtube.units", "used": 0, "limit": 10000, "percent": None, "blocked_until": None,
    }  # fmt: skip
    assert rows["instagram"]["sandbox"] is True and rows["instagram"]["ready"] is True
    assert "secret" not in str(rows)


def test_configure_and_check(connected: Running, api_for: Any, admin_user: Any) -> None:
    api = api_for(admin_user)
    answer = api.post(f"{URL}/youtube/configure", {"enabled": True}, format="json")
    assert answer.status_code == 200  # the key that is stored stays
    assert Application.objects.get(platform="youtube").api_key
    answer = api.post(f"{URL}/youtube/check", format="json")
    assert answer.status_code == 200 and answer.json()["message"].startswith("YouTube answers")
    connected.fault("youtube", "expired_token")
    answer = api.post(f"{URL}/youtube/check", format="json")
    assert answer.status_code == 409 and "refused the key" in answer.json()["detail"]


def test_refusals(connected: Running, api_for: Any, staff: Any, admin_user: Any) -> None:
    assert (
        api_for(staff()).post(f"{URL}/youtube/configure", {"api_key": "x"}, format="json").status_code == 403
    )
    assert api_for(admin_user).get(f"{URL}/myspace").status_code == 404
    Application.objects.all().delete()
    answer = api_for(admin_user).post(f"{URL}/youtube/configure", {}, format="json")
    assert answer.status_code == 400 and "api_key" in str(answer.json())
