"""The layers, second version: with calibrated forecasts, fit part by part, safety findings and reliability.

Where the newer figures are not known yet, a layer falls back to what the first version makes of it. Pure, like it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaigns.assessment import layers
from campaigns.assessment.layers import MIN_POSTS, Facts, Reason, Result, clamp, why

VERSION = "2"
FORECAST_FORMS = 3
SEVERITY = {"low": 90.0, "medium": 60.0, "high": 25.0, "floor": 0.0}


@dataclass(frozen=True)
class Newer:
    """What the scores of the creators room and the fit to the campaign add to the facts."""

    fit: Mapping[str, float] = field(default_factory=dict)  # part -> value in [0, 1]
    terms: str = ""
    severity: str = ""  # worst open finding; "none": scanned, nothing found; blank: never scanned
    findings: int = 0
    safety: float | None = None  # the account's score: 100 less the worst category
    paid_competitors: tuple[tuple[str, int], ...] = ()  # competitor, posts that were paid for or look it
    forecasts: tuple[tuple[str, int, int, int, int], ...] = ()  # format, low, mid, high views, posts
    reliability: float | None = None
    reliability_sure: float = 0.0


def mixed(parts: list[tuple[float, float]]) -> float | None:
    weight = sum(share for _score, share in parts)
    return sum(score * share for score, share in parts) / weight if weight else None


def authenticity(facts: Facts, newer: Newer) -> Result:
    return layers.authenticity(facts)


def performance(facts: Facts, newer: Newer) -> Result:
    """Engagement against peers .6, audience in the target by total variation .4; the forecast is told, not scored."""
    without = layers.Facts(
        engagement_rate=facts.engagement_rate, peer_rate=facts.peer_rate, peer_name=facts.peer_name
    )
    score, reasons = layers.performance(without)
    reasons = [reason for reason in reasons if reason["code"] != "performance_missing"]
    parts = [] if score is None else [(score, 0.6)]
    if "audience" in newer.fit:
        parts.append((100 * newer.fit["audience"], 0.4))
        reasons.append(why("audience_match", percent=round(100 * newer.fit["audience"])))
    reasons += [
        why("forecast_next", format=form, low=low, mid=mid, high=high, posts=posts)
        for form, low, mid, high, posts in newer.forecasts[:FORECAST_FORMS]
    ]
    found = mixed(parts)
    return (found, reasons) if found is not None else (None, [*reasons, why("performance_missing")])


def brand_safety(facts: Facts, newer: Newer) -> Result:
    """The lowest of what words and competitors leave, the account's safety score, and what the worst finding allows.

    A paid post for a competitor weighs 10 more than one that only names it.
    """
    score, reasons = layers.brand_safety(facts)
    for name, posts in newer.paid_competitors:
        score = layers.clamp((100.0 if score is None else score) - 10 * min(posts, 3))
        reasons = [r for r in reasons if r["code"] not in ("no_posts", "nothing_found")]
        reasons.append(why("competitor_paid", name=name, posts=posts))
    if newer.safety is not None:
        reasons = [r for r in reasons if r["code"] not in ("no_posts", "nothing_found")]
        reasons.append(why("safety_score", score=round(newer.safety)))
        score = newer.safety if score is None else min(score, newer.safety)
    if newer.severity in SEVERITY:
        most = SEVERITY[newer.severity]
        reasons = [r for r in reasons if r["code"] not in ("no_posts", "nothing_found")]
        reasons.append(why("safety_findings", severity=newer.severity, findings=newer.findings))
        return (most if score is None else min(score, most)), reasons
    return score, reasons


def creative(facts: Facts, newer: Newer) -> Result:
    """Topic .4 where the account's words were read, the first version's judgement for the rest."""
    score, reasons = layers.creative(facts)
    if "topic" not in newer.fit:
        return score, reasons
    told: Reason = why("topic_terms", terms=newer.terms) if newer.terms else why("topic_none")
    if score is None:
        reasons = []
    return mixed([(100 * newer.fit["topic"], 0.4), *([(score, 0.6)] if score is not None else [])]), [
        told,
        *reasons,
    ]


def relationship(facts: Facts, newer: Newer) -> Result:
    """The reliability score; the first version's counts are told beside it."""
    score, reasons = layers.relationship(facts)
    if newer.reliability is None:
        return score, reasons
    kept = [reason for reason in reasons if reason["code"] != "never_worked"]
    told = why("reliability", score=round(newer.reliability), percent=round(100 * newer.reliability_sure))
    return clamp(newer.reliability), [told, *kept]


def forecast(facts: Facts, newer: Newer) -> tuple[Any, Any, Any, int]:
    """Views of the next post in the format posted most; from single posts where there is no calibrated forecast."""
    if newer.forecasts:
        _form, low, mid, high, posts = newer.forecasts[0]
        return low, mid, high, posts
    return (
        layers.forecast(facts.posts)
        if len(facts.posts) >= MIN_POSTS
        else (None, None, None, len(facts.posts))
    )


LAYERS = {
    "authenticity": authenticity,
    "performance": performance,
    "brand_safety": brand_safety,
    "creative": creative,
    "relationship": relationship,
}
