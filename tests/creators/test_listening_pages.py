"""The pages and endpoints of hashtags and found posts."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.timezone import now

from creators.models import FoundPost, TrackedHashtag
from tests.creators.factories import PostFactory

pytestmark = pytest.mark.django_db
FOUND, TAGS = "/creators/found/", "/creators/hashtags/"


def finds(count: int, tag: TrackedHashtag) -> None:
    for n in range(count):
        number = FoundPost.objects.count()
        FoundPost.objects.create(
            platform="instagram", external_id=f"f{number}", found_by="hashtag", hashtag=tag, caption=f"Kopi {n}",
            post=PostFactory(), first_seen_at=now(), observed_at=now(), likes=n,
        )  # fmt: skip


def test_the_list_says_why_and_whose(client_for: Any, staff: Any, query_budget: Any) -> None:
    tag = TrackedHashtag.objects.create(term="kopikita", due_at=now())
    finds(3, tag)
    client = client_for(staff())
    with query_budget("creators.found_posts"):
        text = client.get(FOUND).content.decode()
    assert "#kopikita" in text and "Kopi 2" in text and "Rani" in text
    assert "Kopi 2" not in client.get(FOUND, {"known": "no"}).content.decode()
    assert "Kopi 2" in client.get(FOUND, {"hashtag": tag.pk, "found_by": "hashtag"}).content.decode()


def test_following_and_stopping(client_for: Any, staff: Any, query_budget: Any) -> None:
    client = client_for(staff())
    answer = client.post(f"{TAGS}add/", {"term": "#KopiKita"})
    assert answer.status_code == 302
    tag = TrackedHashtag.objects.get(term="kopikita")
    with query_budget("creators.hashtags"):
        text = client.get(TAGS).content.decode()
    assert "#kopikita" in text and "0 of 30" in text
    assert "already" in client.post(f"{TAGS}add/", {"term": "kopikita"}).content.decode()
    assert client_for(staff("viewer")).post(f"{TAGS}add/", {"term": "x"}).status_code == 403
    assert tag.active


def test_programs_follow_and_read(api_for: Any, staff: Any) -> None:
    api = api_for(staff())
    made = api.post(
        "/api/v1/hashtags/", {"term": "Kopi_Kita", "campaign_id": 4}, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    finds(2, TrackedHashtag.objects.get(pk=pk))
    rows = api.get("/api/v1/found-posts/?campaign_id=4").json()["results"]
    assert len(rows) == 2 and rows[0]["hashtag"] == pk
    assert api.get("/api/v1/found-posts/?campaign_id=5").json()["results"] == []
    assert api.post(f"/api/v1/hashtags/{pk}/stop/").json()["active"] is False
    assert api.post(f"/api/v1/hashtags/{pk}/search/").status_code == 409
    refused = api.post("/api/v1/hashtags/", {"term": "dua kata"}, content_type="application/json")
    assert refused.status_code == 400 and "term" in refused.content.decode()
