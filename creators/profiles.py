"""What the pages of one creator show, read with few queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils.timezone import localdate
from django.utils.translation import get_language

from creators.models import (
    AccountSnapshot,
    AudienceSnapshot,
    BenchmarkRow,
    Creator,
    Post,
    Score,
    ScoreKind,
    SocialAccount,
)
from creators.scoring import registry
from creators.scoring import wording as scoring_words

HISTORY_DAYS = 730
PARTS = ("likes", "comments", "shares", "saves")


def accounts_of(creator: Creator) -> list[SocialAccount]:
    return list(
        creator.accounts.select_related("tier").order_by(F("followers").desc(nulls_last=True), "pk")  # type: ignore[attr-defined]
    )


def history(accounts: Sequence[SocialAccount]) -> list[AccountSnapshot]:
    """Snapshots of the two years before the newest figure, oldest first."""
    if not accounts:
        return []
    newest = max((a.figures_as_of for a in accounts if a.figures_as_of), default=localdate())
    return list(
        AccountSnapshot.objects.filter(
            account_id__in=[a.pk for a in accounts], as_of__gt=newest - timedelta(days=HISTORY_DAYS)
        ).order_by("as_of", "account_id", "source")
    )


def growth_rows(
    accounts: Sequence[SocialAccount], snapshots: Iterable[AccountSnapshot]
) -> list[dict[str, Any]]:
    """Points of the growth chart; a vendor's estimate and the platform's own count are never one series."""
    names = {a.pk: f"{a.get_platform_display()} {a}" for a in accounts}
    rows = []
    for snapshot in snapshots:
        if snapshot.followers is None:
            continue
        own = snapshot.source.startswith("platform")
        label = (
            names[snapshot.account_id]
            if own
            else f"{names[snapshot.account_id]} ({snapshot.get_source_display()})"
        )
        rows.append({"day": snapshot.as_of, "followers": snapshot.followers, "account": label})
    return rows


Scores = dict[int, dict[str, Score]]


def scores_of(accounts: Sequence[SocialAccount], kinds: Iterable[str]) -> Scores:
    """Current scores of these kinds by account and kind: one query."""
    rows = Score.objects.filter(account_id__in=[a.pk for a in accounts], kind__in=list(kinds)).current()
    out: Scores = {}
    for row in rows.order_by("account_id", "kind", "computed_at", "pk"):
        out.setdefault(row.account_id, {})[row.kind] = row
    return out


def growth_marks(accounts: Sequence[SocialAccount], scores: Scores) -> list[dict[str, Any]]:
    """Where the growth score saw the sharpest step that looks bought, for the chart."""
    names = {a.pk: f"{a.get_platform_display()} {a}" for a in accounts}
    rows = [found[ScoreKind.GROWTH] for found in scores.values() if ScoreKind.GROWTH in found]
    out = []
    for score in rows:
        day, flagged = score.inputs.get("worst_at"), score.inputs.get("flagged")
        if day and flagged:
            parts = parts_of(score)
            why = parts[0].sentence if parts else ""
            out.append({"account": names[score.account_id], "day": str(day)[:10], "why": why})
    return out


def benchmarks_of(accounts: Sequence[SocialAccount]) -> dict[int, BenchmarkRow]:
    """Engagement that is usual for each account's platform and tier, by account."""
    if not accounts:
        return {}
    rows = BenchmarkRow.objects.filter(
        platform__in={a.platform for a in accounts}, metric="er", source="own"
    ).order_by("as_of")
    found = {(row.platform, row.tier): row for row in rows}
    out: dict[int, BenchmarkRow] = {}
    for account in accounts:
        tier = account.tier.name if account.tier else ""
        row = found.get((account.platform, tier)) or found.get((account.platform, ""))
        if row is not None:
            out[account.pk] = row
    return out


def interactions(post: Post) -> int | None:
    given = [value for value in (getattr(post, name) for name in PARTS) if value is not None]
    return sum(given) if given else None


def recent_posts(accounts: Sequence[SocialAccount], limit: int = 200) -> list[Post]:
    """The newest posts, newest first; their accounts are those given."""
    mine = {a.pk: a for a in accounts}
    rows = Post.objects.filter(account_id__in=list(mine), is_deleted=False).order_by("-published_at")[:limit]
    for post in rows:
        post.account = mine[post.account_id]
    return list(rows)


def best_of(posts: Iterable[Post], limit: int = 6) -> list[Post]:
    return sorted(posts, key=lambda post: interactions(post) or 0, reverse=True)[:limit]


def best_posts(accounts: Sequence[SocialAccount], limit: int = 6) -> list[Post]:
    """The most answered of the last 200 posts."""
    return best_of(recent_posts(accounts), limit)


@dataclass(frozen=True)
class Part:
    """One bar of a score's explanation."""

    name: str
    label: str
    value: float | None
    weight: float
    points: float  # what it adds to the score
    lost: float  # what it takes from 100
    percentile: float | None
    evidence: int
    sentence: str


@dataclass(frozen=True)
class Explained:
    score: Score
    parts: list[Part]
    changed: float | None  # since the score before


def explain(accounts: Sequence[SocialAccount]) -> dict[int, dict[str, Explained]]:
    """Current scores of these accounts with their reasons, by account and kind: one query."""
    ids = [a.pk for a in accounts]
    scores = list(
        Score.objects.filter(account_id__in=ids)
        .current()
        .order_by("account_id", "kind", "-computed_at", "-pk")
    )
    before = scores_before(scores)
    out: dict[int, dict[str, Explained]] = {}
    for score in scores:
        earlier = before.get((score.account_id, score.kind))
        changed = score.value - earlier if earlier is not None and score.value is not None else None
        out.setdefault(score.account_id, {})[score.kind] = Explained(score, parts_of(score), changed)
    return out


def scores_before(scores: Sequence[Score]) -> dict[tuple[int, str], float | None]:
    """The value that stood before each of these, under the same version; by account and kind."""
    rows = (
        Score.objects.filter(
            account_id__in={s.account_id for s in scores},
            is_current=False,
            formula_version__in={s.formula_version for s in scores},
        )
        .order_by("account_id", "kind", "-computed_at", "-pk")
        .distinct("account_id", "kind")
        .values_list("account_id", "kind", "value")
    )
    return {(account, kind): value for account, kind, value in rows}


def parts_of(score: Score, lang: str | None = None) -> list[Part]:
    """The stored components of a score with their names and sentences, in the reader's language."""
    lang = lang or get_language() or "en"
    definition = registry.find(score.kind, score.formula_version)
    out = []
    for component in score.components:
        name, value, weight, percentile, evidence, _facts = component
        known = value if value is not None else 0.0
        out.append(
            Part(
                name, scoring_words.component_name(definition, name, lang), value, weight or 0.0, 100 * (weight or 0.0) * known,
                100 * (weight or 0.0) * (1 - known), percentile, evidence or 0,
                scoring_words.sentence(definition, component, lang),
            )
        )  # fmt: skip
    return out


def components_out(score: Score) -> list[dict[str, Any]]:
    """The components as the API gives them: facts, and the sentence in both languages."""
    return [
        {
            "name": english.name, "label": english.label, "value": english.value, "weight": english.weight,
            "percentile": english.percentile, "evidence": english.evidence, "facts": component[5],
            "sentence_en": english.sentence, "sentence_id": local.sentence,
        }
        for english, local, component in zip(
            parts_of(score, "en"), parts_of(score, "id"), score.components, strict=True
        )
    ]  # fmt: skip


def score_history(
    account: SocialAccount, kind: str = ScoreKind.AUTHENTICITY, limit: int = 200
) -> list[Score]:
    return list(reversed(Score.objects.filter(account=account, kind=kind, value__isnull=False)[:limit]))


def audiences_of(accounts: Sequence[SocialAccount]) -> dict[int, AudienceSnapshot]:
    """The newest audience of each account."""
    rows = (
        AudienceSnapshot.objects.filter(account_id__in=[a.pk for a in accounts])
        .order_by("account_id", "-as_of", "-pk")
        .distinct("account_id")
    )
    return {row.account_id: row for row in rows}


SURE_FIRST = ("platform_authorised", "vendor_estimate", "platform_public", "manual")


def best_audience(
    accounts: Sequence[SocialAccount], found: dict[int, AudienceSnapshot]
) -> tuple[SocialAccount, AudienceSnapshot] | None:
    """The audience that tells most of a creator: what the owner let us read first, then the larger account."""
    held = [(a, found[a.pk]) for a in accounts if a.pk in found]
    place = {source: at for at, source in enumerate(SURE_FIRST)}
    return min(held, key=lambda pair: place.get(pair[1].source, len(place)), default=None)


def watch_times(accounts: Sequence[SocialAccount]) -> dict[int, AccountSnapshot]:
    """The newest reading with watch time of each account whose owner let us read it."""
    rows = (
        AccountSnapshot.objects.filter(account_id__in=[a.pk for a in accounts], watch_minutes__isnull=False)
        .order_by("account_id", "-as_of")
        .distinct("account_id")
    )
    return {row.account_id: row for row in rows}


def shares(groups: dict[str, float], limit: int = 8) -> list[dict[str, Any]]:
    """The largest groups of an audience, as chart rows."""
    ordered = sorted(groups.items(), key=lambda pair: -float(pair[1]))[:limit]
    return [{"group": name, "share": float(value)} for name, value in ordered]
