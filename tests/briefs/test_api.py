"""The whole content journey through the API, as a program would do it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from briefs import review
from briefs.models import Draft
from tests.briefs import factories
from tests.briefs.conftest import Cast

ApiFor = Callable[..., Any]
V1 = "/api/v1"


def test_brief_to_approval(cast: Cast, api_for: ApiFor) -> None:
    manager, kol, reviewer, client = (
        api_for(u) for u in (cast.manager, cast.kol, cast.reviewer, cast.client)
    )
    made = manager.post(f"{V1}/briefs", {"campaign": cast.campaign.pk, **factories.CONTENT}, format="json")
    assert made.status_code == 201, made.json()
    version = manager.post(f"{V1}/briefs/{made.json()['id']}/publish", {"note": "v1"}, format="json")
    assert version.status_code == 201, version.json()
    read = kol.post(
        f"{V1}/brief-versions/{version.json()['id']}/acknowledge",
        {"partnership": cast.partnership.pk},
        format="json",
    )
    assert read.json()["acknowledged_at"]
    ideas = [{"title": t, "body": "…"} for t in ("Jendela", "Hujan")]
    sent = kol.post(
        f"{V1}/concepts/submit", {"deliverable": cast.deliverable.pk, "concepts": ideas}, format="json"
    )
    assert sent.status_code == 201, sent.json()
    chosen = reviewer.post(f"{V1}/concepts/{sent.json()[0]['id']}/choose", {}, format="json")
    assert chosen.json()["state"] == "chosen"

    data = factories.video(size=4000)
    upload = kol.post(
        f"{V1}/uploads",
        {
            "filename": "reel.mp4",
            "size": len(data),
            "deliverable": cast.deliverable.pk,
            "sha256": hashlib.sha256(data).hexdigest(),
        },
        format="json",
    )
    assert upload.status_code == 201, upload.json()
    address = f"{V1}/uploads/{upload.json()['id']}/data"
    for start in (0, 3000):
        piece = data[start : start + 3000]
        part = kol.put(address, piece, content_type="application/octet-stream", HTTP_UPLOAD_OFFSET=str(start))
        assert part.status_code == 200, part.json()
    assert part.json()["state"] == "done"

    draft = kol.post(
        f"{V1}/drafts",
        {
            "deliverable": cast.deliverable.pk,
            "asset": part.json()["asset"],
            "caption": factories.GOOD_CAPTION,
        },
        format="json",
    )
    assert draft.status_code == 201, draft.json()
    address = f"{V1}/drafts/{draft.json()['id']}"
    assert client.get(address).status_code == 404
    assert reviewer.post(f"{address}/approve", {}, format="json").json()["state"] == "client_review"
    shown = client.get(address).json()
    assert [step["kind"] for step in shown["steps"]] == ["client"]
    assert client.post(f"{address}/approve", {}, format="json").json()["state"] == "approved"
    again = client.post(f"{address}/approve", {}, format="json")
    assert again.status_code == 409
    assert "final" in again.json()["detail"]
    file = client.get(f"{V1}/assets/{part.json()['asset']}/file")
    assert b"".join(file.streaming_content) == data


def test_checks_before_sending(drafting: Cast, api_for: ApiFor) -> None:
    answer = api_for(drafting.kol).post(
        f"{V1}/drafts/check", {"deliverable": drafting.deliverable.pk, "caption": "#ad gratis"}, format="json"
    )

    failed = {row["code"] for row in answer.json() if row["status"] == "fail"}
    assert failed == {"hashtag", "mention", "banned_word"}


def test_bad_input_is_named_at_its_field(drafting: Cast, api_for: ApiFor) -> None:
    kol = api_for(drafting.kol)

    missing = kol.post(f"{V1}/drafts", {"deliverable": drafting.deliverable.pk}, format="json")
    foreign = kol.post(
        f"{V1}/drafts",
        {"deliverable": drafting.other.deliverable.pk, "link": "https://x.example"},
        format="json",
    )

    assert missing.status_code == 400
    assert "asset" in str(missing.json())
    assert foreign.status_code == 400
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "drafts",
        "concepts",
        "assets",
        "briefs",
        "brief-versions",
        "comments",
        "usage-rights",
        "brief-receipts",
    ],
)
def test_strangers_get_empty_lists(drafting: Cast, api_for: ApiFor, path: str) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
    review.approve(draft, by=drafting.reviewer)

    for who in ("other_kol", "other_client", "other_staff"):
        answer = api_for(getattr(drafting, who)).get(f"{V1}/{path}")
        assert answer.status_code == 200
        assert answer.json()["results"] == [], who


def test_the_kol_does_not_read_why_something_was_let_through(drafting: Cast, api_for: ApiFor) -> None:
    draft = factories.submitted_draft(drafting.deliverable, drafting.kol)
    review.approve(draft, by=drafting.reviewer, comment="Internal: klien suka")

    steps = api_for(drafting.kol).get(f"{V1}/drafts/{draft.pk}").json()["steps"]

    assert steps[0]["review"]["comment"] == ""
    assert "Internal" not in str(steps)
