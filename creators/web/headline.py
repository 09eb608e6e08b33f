"""The figures a creator is judged by at a glance: what, compared with what, from where, how old, how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from creators.models import RateCard, Score, ScoreKind, SocialAccount
from creators.models.forecasts import FORMS
from creators.profiles import Scores
from creators.safety import reading
from creators.scoring import safety
from krm.web import format

KINDS = (
    ScoreKind.ENGAGEMENT, ScoreKind.AUTHENTICITY, ScoreKind.AUDIENCE_QUALITY, ScoreKind.GROWTH, ScoreKind.SAFETY,
    ScoreKind.RELIABILITY, ScoreKind.PREDICTION,
)  # fmt: skip
TONES = {"low": "good", "medium": "warn", "high": "warn", "very_high": "bad", "floor": "bad"}
RISKY_FIRST = ("floor", "very_high", "high", "medium", "low")
BOOKED_FIRST = ("reel", "video", "short", "post", "carousel", "story", "thread", "live", "bundle")


@dataclass(frozen=True)
class Figure:
    """One figure of the strip. Without a value `hint` says what would make it known."""

    key: str
    label: str
    value: str
    tab: str  # where it is explained
    hint: str = ""
    source: str = ""
    as_of: Any = None
    confidence: float | None = None
    tone: str = ""


def figures(
    accounts: Sequence[SocialAccount], scores: Scores, usual: dict[int, Any], cards: Sequence[RateCard]
) -> list[Figure]:  # fmt: skip
    """The eight figures in the order they are asked for. Audience and engagement are of the largest account."""
    main = accounts[0]
    mine = scores.get(main.pk, {})
    return [
        _followers(main),
        _engagement(main, mine.get(ScoreKind.ENGAGEMENT), usual.get(main.pk)),
        _real(accounts, scores),
        _authenticity(main, mine.get(ScoreKind.AUTHENTICITY)),
        _safety(accounts, scores),
        _reliability(accounts, scores),
        _next_post(main, mine.get(ScoreKind.PREDICTION)),
        _price(main, cards),
    ]


def _followers(main: SocialAccount) -> Figure:
    hints = [str(main.tier)] if main.tier else []
    if main.growth_30d is not None:
        hints.append(gettext("%(change)s in 30 days") % {"change": _signed(main.growth_30d)})
    return Figure(
        "followers", gettext("Followers"), format.count(main.followers), "accounts", ", ".join(hints),
        main.figures_source, main.figures_as_of,
    )  # fmt: skip


def _engagement(main: SocialAccount, score: Score | None, usual: Any) -> Figure:
    ahead = percentile(score)
    if ahead is not None:
        hint = gettext("ahead of %(share)s of its peers") % {"share": format.percent(ahead, 0)}
    elif usual is not None:
        hint = gettext("usual: %(median)s") % {"median": format.percent(usual.median)}
    else:
        hint = "" if main.engagement_rate is not None else gettext("Comes with posts or averages.")
    return Figure(
        "engagement", gettext("Engagement"), format.percent(main.engagement_rate), "scores", hint,
        (score.source if score else "") or main.figures_source, (score.as_of if score else None) or main.figures_as_of,
        score.confidence if score and main.engagement_rate is not None else None,
    )  # fmt: skip


def percentile(score: Score | None) -> float | None:
    """Where the rate stands among accounts of its size: of the variant that counts."""
    for component in score.components if score is not None and score.value is not None else ():
        if component[0].startswith("by_") and component[2]:
            return None if component[3] is None else float(component[3])
    return None


def audience_score(accounts: Sequence[SocialAccount], scores: Scores) -> Score | None:
    """Audience quality of the largest account that has a sample or a report."""
    for account in accounts:
        score = scores.get(account.pk, {}).get(ScoreKind.AUDIENCE_QUALITY)
        if score is not None and isinstance(score.inputs.get("fake"), int | float):
            return score
    return None


def _real(accounts: Sequence[SocialAccount], scores: Scores) -> Figure:
    score = audience_score(accounts, scores)
    label = gettext("Real audience")
    if score is None:
        return Figure("real", label, "", "audience", gettext("Upload a sample or ask for a report."))
    low, high = score.inputs.get("fake_high"), score.inputs.get("fake_low")
    hint = (
        f"{format.percent(1 - low, 0)} – {format.percent(1 - high, 0)}"
        if isinstance(low, int | float) and isinstance(high, int | float)
        else ""
    )
    if score.inputs.get("basis") == "sample":
        hint = ", ".join(filter(None, [hint, gettext("by a sample of followers")]))
    return Figure(
        "real", label, format.percent(1 - float(score.inputs["fake"]), 0), "audience", hint, score.source, score.as_of,
        score.confidence,
    )  # fmt: skip


def _authenticity(main: SocialAccount, score: Score | None) -> Figure:
    known = main.authenticity is not None
    hint = gettext("Too little is known yet.") if not known else ""
    if known and score is not None and score.low is not None and score.high is not None:
        hint = f"{format.number(score.low, 0)} – {format.number(score.high, 0)}"
    return Figure(
        "authenticity", gettext("Authenticity"), points(main.authenticity), "scores", hint,
        (score.source if score else "") or main.figures_source, (score.as_of if score else None) or main.figures_as_of,
        main.authenticity_confidence if known else None,
    )  # fmt: skip


def _safety(accounts: Sequence[SocialAccount], scores: Scores) -> Figure:
    held = [
        score
        for account in accounts
        if (score := scores.get(account.pk, {}).get(ScoreKind.SAFETY)) is not None and score.value is not None
    ]
    label = gettext("Brand safety")
    if not held:
        return Figure("safety", label, "", "safety", gettext("Its posts were not read yet."))
    worst = min(held, key=lambda score: RISKY_FIRST.index(safety.band(score.value or 0.0)))
    standing = reading.standing_of(worst)
    read = sum(int(score.inputs.get("posts") or 0) for score in held)
    posts = gettext("%(n)s posts read") % {"n": format.number(read)}
    hint = gettext("Nothing found")
    if standing.worst:
        hint = gettext("worst: %(what)s") % {"what": reading.pair(safety.CATEGORIES[standing.worst])}
    return Figure(
        "safety", label, reading.pair(safety.VERDICTS[standing.band]), "safety", hint, posts, worst.computed_at,
        min(score.confidence for score in held), TONES[standing.band],
    )  # fmt: skip


def _reliability(accounts: Sequence[SocialAccount], scores: Scores) -> Figure:
    found = [own[ScoreKind.RELIABILITY] for own in scores.values() if ScoreKind.RELIABILITY in own]
    score = next((one for one in found if one.value is not None), None)
    label = gettext("Reliability")
    if score is None:
        return Figure("reliability", label, "", "overview", gettext("Comes with work together."))
    pieces = int(score.inputs.get("pieces") or 0)
    hints = []
    if score.low is not None and score.high is not None:
        hints.append(f"{format.number(score.low, 0)} – {format.number(score.high, 0)}")
    if pieces:
        on_time = int(score.inputs.get("on_time") or 0)
        hints.append(gettext("%(n)d of %(of)d on time") % {"n": on_time, "of": pieces})
    return Figure(
        "reliability", label, points(score.value), "overview", ", ".join(hints), gettext("Work with us"),
        score.computed_at, score.confidence,
    )  # fmt: skip


def _next_post(main: SocialAccount, score: Score | None) -> Figure:
    best = expected(score)
    label = gettext("Next post")
    if best is None or score is None:
        return Figure("next", label, "", "overview", gettext("Needs five posts of one format."))
    form, metric, (low, mid, high) = best
    what = gettext("views") if metric == "views" else gettext("interactions")
    name = str(dict(FORMS).get(form, form))
    hint = f"{format.count(low)} – {format.count(high)}, {name}"
    return Figure(
        "next",
        label,
        f"{format.count(mid)} {what}",
        "overview",
        hint,
        score.source,
        score.as_of,
        score.confidence,
    )


def expected(score: Score | None) -> tuple[str, str, tuple[float, float, float]] | None:
    """The forecast that rests on most posts: format, metric, (low, middle, high)."""
    forms = (score.inputs.get("forecasts") or {}) if score is not None else {}
    rows = [
        (metrics[metric][3], form, metric, tuple(metrics[metric][:3]))
        for form, metrics in forms.items()
        for metric in ("views", "engagement")
        if metric in metrics
    ]
    if not rows:
        return None
    _posts, form, metric, figures_ = max(rows, key=lambda row: (row[2] == "views", row[0]))
    return form, metric, figures_  # type: ignore[return-value]


def _price(main: SocialAccount, cards: Sequence[RateCard]) -> Figure:
    label = gettext("Price now")
    if not cards:
        return Figure("price", label, "", "rates", gettext("No rate holds today."))

    def order(card: RateCard) -> tuple[bool, int]:
        return card.platform != main.platform, BOOKED_FIRST.index(
            card.format
        ) if card.format in BOOKED_FIRST else 99

    card = min(cards, key=order)
    hint = f"{card.get_platform_display()} {card.get_format_display()}"
    if len(cards) > 1:
        hint = gettext("%(what)s, and %(n)d more") % {"what": hint, "n": len(cards) - 1}
    return Figure(
        "price", label, format.money(card.price, card.currency), "rates", hint, "manual", card.valid_from
    )


def points(value: float | None) -> str:
    return "" if value is None else f"{format.number(value, 0)}/100"


def _signed(share: float) -> str:
    return ("+" if share > 0 else "") + format.percent(share)
