"""Live updates: what a viewer's open page should fetch again. Only ids travel; the page asks for the rest.

A stream reads Redis, checks every subject with the viewer's `visible_to`, beats every 15 seconds and ends when
the session is over. It holds no database connection while it waits.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections

from krm.accounts.models import User
from krm.events.models import Event
from krm.events.publishing import channel
from krm.events.seeing import visible_subjects

HEARTBEAT = 15.0
GATHER = 0.15  # events of one moment are checked together
LONGEST = 600.0  # then the browser connects anew, perhaps to another process
RETRY_MS = 3000
MAX_STREAMS = 200  # a process
MAX_PER_USER = 8
REPLAY = 200

_open: dict[int, int] = {}


def has_room(user_id: int) -> bool:
    return sum(_open.values()) < MAX_STREAMS and _open.get(user_id, 0) < MAX_PER_USER


async def stream(user: User, session_key: str, last_id: int | None = None) -> AsyncIterator[bytes]:
    """The body of `text/event-stream` for one viewer."""
    _open[user.pk] = _open.get(user.pk, 0) + 1
    client = redis.asyncio.Redis.from_url(settings.REDIS_URL)
    pubsub = client.pubsub()
    try:
        yield f"retry: {RETRY_MS}\n\n".encode()
        try:
            await pubsub.subscribe(channel())
        except redis.RedisError:
            yield b": updates wait\n\n"
            return
        await sync_to_async(connections.close_all)()
        if last_id is not None:
            for line in await sync_to_async(missed)(user, last_id):
                yield line
        async for chunk in follow(pubsub, user, session_key):
            yield chunk
    finally:
        _open[user.pk] -= 1
        if _open[user.pk] <= 0:
            del _open[user.pk]
        await pubsub.aclose()  # type: ignore[no-untyped-call]
        await client.aclose()


async def follow(pubsub: Any, user: User, session_key: str) -> AsyncIterator[bytes]:
    ends = time.monotonic() + LONGEST
    while time.monotonic() < ends:
        try:
            batch = await gather(pubsub)
        except redis.RedisError:
            return
        lines = await sync_to_async(checked)(user, session_key, batch)
        if lines is None:
            yield b"event: bye\ndata: {}\n\n"
            return
        if not lines:
            yield b": beat\n\n"
        for line in lines:
            yield line


async def gather(pubsub: Any) -> list[dict[str, Any]]:
    """What comes within a moment of the first message; nothing after a heartbeat's time."""
    found: list[dict[str, Any]] = []
    until = time.monotonic() + HEARTBEAT
    while len(found) < 500 and (left := until - time.monotonic()) > 0:
        message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=left)
        if message is not None:
            found.append(json.loads(message["data"]))
            until = min(until, time.monotonic() + GATHER)
    return found


def checked(user: User, session_key: str, batch: list[dict[str, Any]]) -> list[bytes] | None:
    """The lines this viewer gets of a batch; None when they are no longer logged in."""
    try:
        fresh = User.objects.filter(pk=user.pk, is_active=True).first()
        store = import_module(settings.SESSION_ENGINE).SessionStore
        if fresh is None or (session_key and not store().exists(session_key)):
            return None
        return lines_for(fresh, batch)
    finally:
        connections.close_all()


def lines_for(user: User, batch: list[dict[str, Any]]) -> list[bytes]:
    seen = visible_subjects(
        user, [(m["subject_type"], m["subject_id"]) for m in batch if "subject_type" in m]
    )
    lines = []
    for message in batch:
        if message.get("user_id") is not None:
            if message["user_id"] == user.pk:
                data = {"title": message["title"], "url": message["url"]}
                lines.append(f"event: notification\ndata: {json.dumps(data)}\n\n".encode())
        elif (message["subject_type"], message["subject_id"]) in seen:
            lines.append(line_of(user, message))
    return lines


def line_of(user: User, message: dict[str, Any]) -> bytes:
    """Guests learn that something changed, not by which verb."""
    data = {"subject_type": message["subject_type"], "subject_id": message["subject_id"]}
    if user.is_staff_member:
        data["name"] = message["name"]
    return f"id: {message['id']}\ndata: {json.dumps(data)}\n\n".encode()


def missed(user: User, last_id: int) -> list[bytes]:
    """Events since the browser's `Last-Event-ID`, after a broken connection."""
    try:
        rows = (
            Event.objects.filter(pk__gt=last_id)
            .order_by("pk")
            .values("pk", "name", "subject_type", "subject_id")
        )
        batch = [{**row, "id": row["pk"]} for row in rows[:REPLAY]]
        return lines_for(user, batch)
    finally:
        connections.close_all()
