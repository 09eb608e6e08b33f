"""What the channel's owner let us read: watch time, subscribers won and lost, and who watches.

YouTube Analytics API v2, discovery revision 20240707. Rows without data are left out by YouTube: no rows, no figure.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from creators.ingest import AudienceReading
from creators.platforms.base import AccountRef, Pulled, Request, Session
from krm.connectors.budgets import Bucket
from krm.connectors.models import Credential

SCOPE = "https://www.googleapis.com/auth/yt-analytics.readonly"
CALLS = Bucket(
    "youtube_analytics.calls", limit=60, seconds=60
)  # Google gives each project its own; a careful one
DAYS = 28
METRICS = (
    "views", "estimatedMinutesWatched", "averageViewDuration", "likes", "comments", "shares", "subscribersGained",
    "subscribersLost",
)  # fmt: skip
PACIFIC = ZoneInfo("America/Los_Angeles")  # YouTube's days


def readable(credential: Credential | None) -> bool:
    return credential is not None and SCOPE in credential.scopes


def pull(session: Session, ref: AccountRef, pulled: Pulled) -> None:
    """Put the owner's figures in the place of the public ones: they are for 28 days, not for a post."""
    credential = ref.credential
    assert credential is not None and pulled.account is not None
    totals = _rows(report(session, credential, ref, metrics=",".join(METRICS)))
    if totals:
        row = totals[0]
        reading = pulled.account
        reading.source, reading.definition = "platform_authorised", "last_28_days"
        reading.views, reading.likes = _count(row, "views"), _count(row, "likes")
        reading.comments, reading.shares = _count(row, "comments"), _count(row, "shares")
        reading.followers_gained = _count(row, "subscribersGained")
        reading.followers_lost = _count(row, "subscribersLost")
        reading.watch_minutes = _count(row, "estimatedMinutesWatched")
        reading.average_view_seconds = _count(row, "averageViewDuration")
    if ref.wants_audience:
        pulled.audience = audience(
            _rows(report(session, credential, ref, metrics="viewerPercentage", dimensions="ageGroup,gender")),
            _rows(
                report(
                    session,
                    credential,
                    ref,
                    metrics="views",
                    dimensions="country",
                    sort="-views",
                    maxResults=25,
                )
            ),
            ref.id,
            session,
        )


def report(session: Session, credential: Credential, ref: AccountRef, **query: Any) -> Any:
    end = session.now.astimezone(PACIFIC).date() - timedelta(days=2)  # younger days are not complete
    return session.call(
        lambda c: Request(
            endpoint="analytics",
            method="GET",
            url=settings.PLATFORM_URLS["youtube_analytics"] + "/v2/reports",
            subject=ref.name,
            params={
                "ids": "channel==MINE",
                "startDate": (end - timedelta(days=DAYS - 1)).isoformat(),
                "endDate": end.isoformat(),
                **query,
            },
            headers={"Authorization": f"Bearer {c.access_token if c else ''}"},
            bucket=CALLS,
            bucket_key="app",
        ),
        credential,
    )


def _rows(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = [header["name"] for header in body.get("columnHeaders", [])]
    return [dict(zip(names, row, strict=True)) for row in body.get("rows") or []]


def _count(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    return None if value is None else round(value)


def audience(
    people: list[dict[str, Any]], countries: list[dict[str, Any]], account_id: int, session: Session
) -> AudienceReading | None:
    """Percent by age and gender together, views by country; shares of those YouTube knows."""
    age: dict[str, float] = {}
    gender: dict[str, float] = {}
    for row in people:
        part = float(row["viewerPercentage"]) / 100
        group = str(row["ageGroup"]).removeprefix("age").replace("65-", "65+")
        age[group] = round(age.get(group, 0) + part, 6)
        kind = {"user_specified": "unknown"}.get(row["gender"], row["gender"])
        gender[kind] = round(gender.get(kind, 0) + part, 6)
    total = sum(float(row["views"]) for row in countries)
    reading = AudienceReading(
        account_id=account_id,
        source="platform_authorised",
        as_of=timezone.localdate(session.now),
        observed_at=session.now,
        age=age,
        gender=gender,
        countries={row["country"]: round(float(row["views"]) / total, 6) for row in countries}
        if total
        else {},
        definition="viewers_28_days",
    )
    return reading if reading.age or reading.countries else None
