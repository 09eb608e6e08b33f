"""The live stream: only ids, only what the viewer may see, and an end when the session ends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

from krm import events
from krm.events import live
from krm.events.models import Event


def lines(user: Any, *found: Event) -> list[dict[str, Any]]:
    batch = [
        {"id": e.pk, "name": e.name, "subject_type": e.subject_type, "subject_id": e.subject_id}
        for e in found
    ]
    return [json.loads(line.decode().split("data: ")[1]) for line in live.lines_for(user, batch)]


def happen(subject: Any) -> Event:
    with transaction.atomic():
        return events.record("test.happened", subject, data={"fee": 5_000_000})


def test_a_viewer_hears_of_what_they_see(staff: Any, team: Any) -> None:
    from krm.accounts.models import BrandTeam

    mine, foreign = happen(team), happen(BrandTeam.objects.create(name="Others"))
    assert lines(staff(), mine, foreign) == [
        {"subject_type": "accounts.brandteam", "subject_id": team.pk, "name": "test.happened"}
    ]


def test_guests_learn_the_subject_and_nothing_more(make_user: Any, team: Any) -> None:
    user = make_user("creator")
    assert lines(user, happen(team), happen(user)) == [
        {"subject_type": "accounts.user", "subject_id": user.pk}
    ]


def test_a_notification_goes_to_its_person(staff: Any) -> None:
    user, other = staff(), staff()
    message = {"user_id": user.pk, "title": "Offer answered", "url": "/x/"}
    assert live.lines_for(other, [message]) == []
    assert live.lines_for(user, [message])[0].startswith(b"event: notification\n")


def test_what_was_missed_is_told_after_a_broken_connection(staff: Any, team: Any) -> None:
    first, second = happen(team), happen(team)
    found = live.missed(staff(), first.pk)
    assert len(found) == 1
    assert found[0].startswith(f"id: {second.pk}\n".encode())


def test_nobody_listens_without_a_login(client: Any, db: None) -> None:
    assert client.get("/events/stream").status_code == 401


def test_streams_are_bounded(client_for: Any, staff: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(live, "MAX_PER_USER", 0)
    assert client_for(staff()).get("/events/stream").status_code == 503


@pytest.mark.django_db(transaction=True)
def test_an_event_travels_and_the_stream_ends_with_the_session(
    staff: Any, team: Any, client_for: Any
) -> None:
    from django.contrib.sessions.models import Session

    user = staff()
    key = client_for(user).session.session_key

    async def follow() -> list[bytes]:
        got: list[bytes] = []
        stream = live.stream(user, key)
        got.append(await anext(stream))
        waiting = asyncio.ensure_future(anext(stream))
        for _ in range(100):
            await asyncio.sleep(0.05)
            await sync_to_async(happen)(team)
            if waiting.done():
                break
        got.append(await asyncio.wait_for(waiting, 20))
        await sync_to_async(Session.objects.filter(session_key=key).delete)()
        await sync_to_async(happen)(team)
        async for chunk in stream:
            got.append(chunk)
        return got

    got = async_to_sync(follow)()
    assert got[0] == b"retry: 3000\n\n"
    assert json.loads(got[1].decode().split("data: ")[1])["subject_id"] == team.pk
    assert got[-1].startswith(b"event: bye")
    assert not live._open
