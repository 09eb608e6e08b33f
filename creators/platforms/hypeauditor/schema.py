"""HypeAuditor's report as quality figures and an audience. Its shares are percent; KRM's are 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from creators.ingest import AudienceReading
from creators.vendors.base import Report, Subject


def share(value: Any) -> float | None:
    """Percent as a share; what is no percent is not known."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return round(value / 100, 6)


def value_of(node: Any) -> Any:
    """Figures come bare or as {"value": …}."""
    return node.get("value") if isinstance(node, dict) else node


def _data(node: Any) -> Any:
    return node.get("data", node) if isinstance(node, dict) else node


def report(result: Mapping[str, Any], subject: Subject, now: datetime, endpoint: str) -> Report:
    body = result.get("report") or result.get("user") or {}
    user = result.get("user") or {}
    metrics, features = body.get("metrics") or {}, body.get("features") or {}
    aqs = _data(features.get("aqs")) if features.get("aqs") else {"value": user.get("aqs")}
    types = _data(features.get("audience_by_type")) or {}
    quality: dict[str, Any] = {
        "score": value_of(aqs),
        "fake_share": share(types.get("bots")),
        "real_share": share(types.get("real")),
        "influencer_share": share(types.get("infs")),
        "mass_share": share(types.get("mass")),
        "suspicious_share": share(types.get("bots")),
        "er": share(value_of(metrics.get("er", user.get("er")))),
        "followers": value_of(metrics.get("subscribers_count", user.get("followers_count"))),
        "views": value_of(metrics.get("views_avg")),
    }
    quality = {key: value for key, value in quality.items() if value is not None}
    if result.get("report_state") == "READY_LOW_CONFIDENCE":
        quality["low_confidence"] = True
    return Report(
        as_of=timezone.localdate(now),
        quality=quality,
        audience=_audience(features, subject, now),
        endpoint=endpoint,
    )


def _audience(features: Mapping[str, Any], subject: Subject, now: datetime) -> AudienceReading | None:
    groups = _data(features.get("audience_age_gender")) or {}
    age: dict[str, float] = {}
    gender = {"female": 0.0, "male": 0.0}
    for group, sides in groups.items():
        both = {side: share(sides.get(side)) or 0.0 for side in gender}
        age[group] = round(sum(both.values()), 6)
        for side, part in both.items():
            gender[side] = round(gender[side] + part, 6)
    reading = AudienceReading(
        account_id=subject.account_id,
        source="vendor_estimate",
        as_of=timezone.localdate(now),
        observed_at=now,
        age=age,
        gender=gender if groups else {},
        countries=_coded(features.get("audience_geo")),
        languages=_coded(features.get("audience_languages")),
        definition="hypeauditor",
    )
    return reading if reading.age or reading.countries else None


def _coded(node: Any) -> dict[str, float]:
    rows = _data(node) or []
    found = {str(row.get("code", "")): share(row.get("prc")) for row in rows if isinstance(row, dict)}
    return {code.upper() if len(code) == 2 else code: part for code, part in found.items() if code and part}
