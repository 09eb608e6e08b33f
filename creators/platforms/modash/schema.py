"""Modash's report as quality figures and an audience. Its weights are shares already."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from creators.ingest import AudienceReading
from creators.vendors.base import Report, Subject


def share(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return round(float(value), 6)


def report(body: Mapping[str, Any], subject: Subject, now: datetime) -> Report:
    outer = body["profile"]
    profile = outer.get("profile") or {}
    audience = outer.get("audience") or body.get("audience") or {}
    credibility = share(audience.get("credibility"))
    quality: dict[str, Any] = {
        "credibility": credibility,
        # Modash calls the part of followers that is not credible its fake followers.
        "fake_share": None if credibility is None else round(1 - credibility, 6),
        "influencer_share": share(audience.get("notable")),
        "er": share(profile.get("engagementRate")),
        "followers": profile.get("followers"),
        "engagements": profile.get("engagements"),
    }
    reading = AudienceReading(
        account_id=subject.account_id,
        source="vendor_estimate",
        as_of=timezone.localdate(now),
        observed_at=now,
        age=_weights(audience.get("ages")),
        gender=_weights(audience.get("genders"), str.lower),
        countries=_weights(audience.get("geoCountries"), str.upper),
        cities=_weights(audience.get("geoCities"), name="name"),
        languages=_weights(audience.get("languages")),
        interests=_weights(audience.get("interests"), name="name"),
        definition="modash",
    )
    return Report(
        as_of=timezone.localdate(now),
        quality={key: value for key, value in quality.items() if value is not None},
        audience=reading if reading.age or reading.gender or reading.countries else None,
        endpoint="report",
    )


def _weights(rows: Any, change: Any = str, name: str = "code") -> dict[str, float]:
    found: dict[str, float] = {}
    for row in rows or []:
        part = share(row.get("weight"))
        key = row.get(name) or row.get("code") or row.get("name")
        if part and key:
            found[change(str(key))] = part
    return found
