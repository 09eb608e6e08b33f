"""The layers as pure functions: facts in, (score or None, reasons) out. No Django, no database.

A reason is {"code": ..., "params": {...}}; `words` has its sentence. Formula version 1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

VERSION = "1"
MIN_POSTS = 5

# Words that no brand wants beside its name, in Indonesian and English. A brand's own list comes on top.
RISK_WORDS = (
    "judi online",
    "slot gacor",
    "togel",
    "pinjol ilegal",
    "narkoba",
    "sabu",
    "bokep",
    "porn",
    "online gambling",
    "casino bonus",
)

Reason = dict[str, Any]
Result = tuple[float | None, list[Reason]]


@dataclass(frozen=True)
class PostFacts:
    kind: str
    caption: str
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    views: int | None
    age_days: float
    sponsored: bool | None


@dataclass(frozen=True)
class Facts:
    """Everything about one candidate that the layers look at."""

    authenticity: float | None = None
    confidence: float | None = None
    engagement_rate: float | None = None  # a share: 0.034
    peer_rate: float | None = None
    peer_name: str = ""
    audience: dict[str, dict[str, float]] = field(default_factory=dict)
    target: dict[str, list[str]] = field(default_factory=dict)
    posts: tuple[PostFacts, ...] = ()
    banned_words: tuple[str, ...] = ()
    competitors: tuple[str, ...] = ()
    competitor_work: tuple[str, ...] = ()  # names of competing brands worked for lately
    exclusive_to: tuple[str, ...] = ()
    brand_category: str = ""
    categories: tuple[str, ...] = ()
    published: int = 0  # pieces published for us
    on_time: int = 0
    revisions: int = 0
    cancelled: int = 0
    answers: int = 0
    answer_hours: float | None = None


def why(code: str, **params: Any) -> Reason:
    return {"code": code, "params": params}


def clamp(value: float) -> float:
    return max(0.0, min(100.0, value))


def authenticity(facts: Facts) -> Result:
    if facts.authenticity is None:
        return None, [why("authenticity_missing")]
    reasons = [why("authenticity_score", score=round(facts.authenticity))]
    if facts.confidence is not None:
        reasons.append(why("authenticity_confidence", percent=round(facts.confidence * 100)))
    return clamp(facts.authenticity), reasons


def audience_fit(facts: Facts) -> tuple[float | None, list[Reason]]:
    """The share of the audience inside the brand's target, averaged over the groups both sides know."""
    shares: list[float] = []
    reasons: list[Reason] = []
    for group, wanted in sorted(facts.target.items()):
        have = {str(k).lower(): float(v) for k, v in facts.audience.get(group, {}).items()}
        if not wanted or not have:
            continue
        share = sum(have.get(str(value).lower(), 0.0) for value in wanted)
        shares.append(min(share, 1.0))
        reasons.append(why("audience_share", group=group, percent=round(min(share, 1.0) * 100)))
    return (sum(shares) / len(shares) * 100 if shares else None), reasons


def performance(facts: Facts) -> Result:
    """Engagement against peers (twice the median is 75, half is 25) and fit of the audience."""
    parts: list[tuple[float, float]] = []
    reasons: list[Reason] = []
    if facts.engagement_rate is not None and facts.peer_rate and facts.engagement_rate > 0:
        ratio = facts.engagement_rate / facts.peer_rate
        parts.append((clamp(50 + 25 * math.log2(ratio)), 0.6))
        reasons.append(
            why(
                "engagement_vs_peers",
                rate=round(facts.engagement_rate * 100, 2),
                peers=round(facts.peer_rate * 100, 2),
                group=facts.peer_name,
            )
        )
    fit, more = audience_fit(facts)
    if fit is not None:
        parts.append((fit, 0.4))
        reasons += more
    low, mid, high, count = forecast(facts.posts)
    if mid is not None:
        reasons.append(why("forecast_views", low=low, mid=mid, high=high, posts=count))
    if not parts:
        return None, [*reasons, why("performance_missing")]
    weight = sum(w for _, w in parts)
    return sum(score * w for score, w in parts) / weight, reasons


def quantile(values: Sequence[int], share: float) -> int:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def forecast(posts: Iterable[PostFacts], kinds: frozenset[str] | None = None) -> tuple[Any, Any, Any, int]:
    """Views per post from the creator's own last 30 posts: lower quartile, median, upper quartile, how many."""
    ours = [
        p.views for p in sorted(posts, key=lambda p: p.age_days) if p.views is not None and p.age_days >= 2
    ]
    if kinds:
        alike = [
            p.views
            for p in sorted(posts, key=lambda p: p.age_days)
            if p.views is not None and p.kind in kinds
        ]
        ours = alike if len(alike) >= MIN_POSTS else ours
    ours = ours[:30]
    if len(ours) < MIN_POSTS:
        return None, None, None, len(ours)
    return quantile(ours, 0.25), round(median(ours)), quantile(ours, 0.75), len(ours)


def find_words(words: Iterable[str], posts: Iterable[PostFacts]) -> dict[str, int]:
    """In how many posts each word or phrase stands, whole words only, case ignored."""
    found: dict[str, int] = {}
    texts = [p.caption.lower() for p in posts]
    for word in words:
        pattern = re.compile(rf"(?<!\w){re.escape(word.lower())}(?!\w)")
        hits = sum(1 for text in texts if pattern.search(text))
        if hits:
            found[word] = hits
    return found


def competitor_posts(facts: Facts) -> dict[str, int]:
    """Competitors named in captions, hashtags or mentions, and in how many posts."""
    found: dict[str, int] = {}
    for name in facts.competitors:
        bare = re.sub(r"\W+", "", name.lower())
        if len(bare) < 3:
            continue
        pattern = re.compile(rf"(?<!\w){re.escape(name.lower())}(?!\w)")
        hits = sum(
            1
            for p in facts.posts
            if pattern.search(p.caption.lower())
            or bare in p.hashtags
            or any(re.sub(r"\W+|_", "", m).startswith(bare) for m in p.mentions)
        )
        if hits:
            found[name] = hits
    return found


def brand_safety(facts: Facts) -> Result:
    """100 less what was found: forbidden words weigh 20 a post, competitors 10 a post, past work for one 15."""
    if not facts.posts and not facts.competitor_work and not facts.exclusive_to:
        return None, [why("no_posts")]
    score = 100.0
    reasons: list[Reason] = []
    for word, hits in find_words((*RISK_WORDS, *facts.banned_words), facts.posts).items():
        score -= 20 * min(hits, 3)
        reasons.append(why("banned_word", word=word, posts=hits))
    for name, hits in competitor_posts(facts).items():
        score -= 10 * min(hits, 3)
        reasons.append(why("competitor_named", name=name, posts=hits))
    for name in facts.competitor_work:
        score -= 15
        reasons.append(why("competitor_work", name=name))
    for name in facts.exclusive_to:
        score -= 60
        reasons.append(why("exclusive_to", name=name))
    if not reasons:
        reasons.append(why("nothing_found", posts=len(facts.posts)))
    return clamp(score), reasons


def creative(facts: Facts) -> Result:
    """Half category match, a quarter steady posting (12 posts in 90 days is full), a quarter breadth of formats."""
    if len(facts.posts) < MIN_POSTS and not (facts.brand_category and facts.categories):
        return None, [why("no_posts")]
    parts: list[tuple[float, float]] = []
    reasons: list[Reason] = []
    if facts.brand_category and facts.categories:
        match = facts.brand_category.lower() in {c.lower() for c in facts.categories}
        parts.append((100.0 if match else 30.0, 0.5))
        reasons.append(why("category_match" if match else "category_other", category=facts.brand_category))
    if len(facts.posts) >= MIN_POSTS:
        recent = sum(1 for p in facts.posts if p.age_days <= 90)
        parts.append((clamp(recent / 12 * 100), 0.25))
        reasons.append(why("posting_rate", posts=recent))
        kinds: dict[str, int] = {}
        for post in facts.posts:
            kinds[post.kind] = kinds.get(post.kind, 0) + 1
        used = [kind for kind, hits in kinds.items() if hits >= 3]
        parts.append((clamp(len(used) * 34), 0.25))
        best = max(kinds, key=lambda kind: kinds[kind])
        reasons.append(why("main_format", format=best, percent=round(kinds[best] / len(facts.posts) * 100)))
    weight = sum(w for _, w in parts)
    return sum(score * w for score, w in parts) / weight, reasons


def relationship(facts: Facts) -> Result:
    """On time counts 70, few revisions 30; each cancelled partnership costs 10, quick answers give up to 10."""
    if facts.published == 0 and facts.cancelled == 0:
        reasons = [why("never_worked")]
        if facts.answers and facts.answer_hours is not None:
            reasons.append(why("answer_time", hours=round(facts.answer_hours)))
        return None, reasons
    score = 50.0
    reasons = []
    if facts.published:
        on_time = facts.on_time / facts.published
        rounds = facts.revisions / facts.published
        score = 70 * on_time + 30 * max(0.0, 1 - rounds / 4)
        reasons.append(why("on_time", percent=round(on_time * 100), pieces=facts.published))
        reasons.append(why("revisions", rounds=round(rounds, 1)))
    if facts.cancelled:
        score -= 10 * facts.cancelled
        reasons.append(why("cancelled", count=facts.cancelled))
    if facts.answers and facts.answer_hours is not None:
        score += 10 if facts.answer_hours <= 24 else 5 if facts.answer_hours <= 72 else 0
        reasons.append(why("answer_time", hours=round(facts.answer_hours)))
    return clamp(score), reasons


LAYERS = {
    "authenticity": authenticity,
    "performance": performance,
    "brand_safety": brand_safety,
    "creative": creative,
    "relationship": relationship,
}


def overall(scores: dict[str, float | None], weights: dict[str, int]) -> float | None:
    """Weighted mean over the layers that could be judged; with fewer than two of them there is no number."""
    known = {
        layer: score for layer, score in scores.items() if score is not None and weights.get(layer, 0) > 0
    }
    weight = sum(weights[layer] for layer in known)
    if len(known) < 2 or weight == 0:
        return None
    return sum(score * weights[layer] for layer, score in known.items()) / weight
