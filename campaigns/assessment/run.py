"""Read the facts of many candidates in a dozen queries, judge them, store the result."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, Sum, Window
from django.db.models.functions import RowNumber, TruncDate
from django.utils import timezone

from campaigns import fitting
from campaigns.assessment import layers, layers_v2
from campaigns.assessment.layers import Facts, PostFacts
from campaigns.assessment.layers_v2 import Newer
from campaigns.brands import competing
from campaigns.exclusivity import conflicts
from campaigns.models import Assessment, Brand, Candidate, Deliverable, Offer, Partnership
from creators.models import AudienceSnapshot, BenchmarkRow, Post, Score, ScoreKind
from creators.safety import reading as safety_reading
from creators.scoring import registry

POSTS_EACH = 60
GROUPS = {
    "countries": "countries",
    "gender": "gender",
    "age": "age",
    "cities": "cities",
    "interests": "interests",
}


def gather(brand: Brand, candidates: list[Candidate]) -> dict[int, Facts]:
    """Facts by candidate id. The number of queries does not grow with the number of candidates."""
    creator_ids = {c.creator_id for c in candidates}
    account_ids = {c.account_id for c in candidates if c.account_id}
    posts = _posts(account_ids)
    audiences = _audiences(account_ids)
    peers = _peers()
    work = _competitor_work(brand, creator_ids)
    history = _history(creator_ids)
    windows = conflicts(candidates[0].campaign, creator_ids) if candidates else {}
    target = {
        group: [str(v) for v in brand.target_audience.get(group, [])]
        for group in GROUPS
        if isinstance(brand.target_audience.get(group), list)
    }
    found = {}
    for candidate in candidates:
        account, creator = candidate.account, candidate.creator
        tier = account.tier.name if account is not None and account.tier is not None else ""
        peer = peers.get((account.platform, tier)) if account is not None else None
        past = history.get(creator.pk, {})
        found[candidate.pk] = Facts(
            authenticity=account.authenticity if account else None,
            confidence=account.authenticity_confidence if account else None,
            engagement_rate=account.engagement_rate if account else None,
            peer_rate=peer,
            peer_name=f"{account.get_platform_display()} {tier}".strip() if account else "",
            audience=audiences.get(candidate.account_id or 0, {}),
            target=target,
            posts=tuple(posts.get(candidate.account_id or 0, ())),
            banned_words=tuple(brand.banned_words),
            competitors=tuple(brand.competitors),
            competitor_work=tuple(sorted(work.get(creator.pk, ()))),
            exclusive_to=tuple(sorted({w.brand.name for w in windows.get(creator.pk, ())})),
            brand_category=brand.category,
            categories=tuple(creator.categories),
            **past,
        )
    return found


def _posts(account_ids: set[int]) -> dict[int, list[PostFacts]]:
    now = timezone.now()
    rows = (
        Post.objects.filter(
            account_id__in=account_ids, is_deleted=False, published_at__gte=now - timedelta(days=365)
        )
        .annotate(place=Window(RowNumber(), partition_by=F("account_id"), order_by=F("published_at").desc()))
        .filter(place__lte=POSTS_EACH)
        .values(
            "account_id", "kind", "caption", "hashtags", "mentions", "views", "published_at", "is_sponsored"
        )
    )
    found: dict[int, list[PostFacts]] = defaultdict(list)
    row: Any
    for row in rows:
        caption = row["caption"].lower()
        found[row["account_id"]].append(
            PostFacts(
                kind=row["kind"],
                caption=row["caption"],
                hashtags=tuple(str(t).lower() for t in row["hashtags"] or re.findall(r"#(\w+)", caption)),
                mentions=tuple(str(m).lower() for m in row["mentions"] or re.findall(r"@([\w.]+)", caption)),
                views=row["views"],
                age_days=(now - row["published_at"]).total_seconds() / 86400,
                sponsored=row["is_sponsored"],
            )
        )
    return found


def _audiences(account_ids: set[int]) -> dict[int, dict[str, dict[str, float]]]:
    rows = (
        AudienceSnapshot.objects.filter(account_id__in=account_ids)
        .order_by("account_id", "-as_of", "-id")
        .distinct("account_id")
        .values("account_id", *GROUPS.values())
    )
    return {row["account_id"]: {group: row[column] or {} for group, column in GROUPS.items()} for row in rows}


def _peers() -> dict[tuple[str, str], float]:
    """The newest own median engagement rate by platform and tier."""
    rows = BenchmarkRow.objects.filter(metric="er", source="own").order_by("as_of")
    found: dict[tuple[str, str], float] = {}
    for row in rows:
        found[(row.platform, row.tier)] = row.median
    return found


def _competitor_work(brand: Brand, creator_ids: set[int]) -> dict[int, set[str]]:
    since = timezone.localdate() - timedelta(days=180)
    rows = (
        Partnership.objects.filter(
            creator_id__in=creator_ids,
            state__in=["agreed", "briefed", "in_production", "live", "completed"],
            campaign__ends_on__gte=since,
        )
        .exclude(campaign__brand=brand)
        .select_related("campaign__brand")
    )
    found: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if competing(brand, row.campaign.brand):
            found[row.creator_id].add(row.campaign.brand.name)
    return found


def _history(creator_ids: set[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {pk: {} for pk in creator_ids}
    row: Any
    done = (
        Deliverable.objects.filter(
            partnership__creator_id__in=creator_ids,
            state__in=["published", "accepted"],
            publish_on__isnull=False,
        )
        .values("partnership__creator_id")
        .annotate(
            published=Count("pk"),
            on_time=Count("pk", filter=Q(published_at__date__lte=TruncDate("publish_on"))),
            revisions=Sum("revisions"),
        )
        .order_by()
    )
    for row in done:
        found[row["partnership__creator_id"]].update(
            published=row["published"], on_time=row["on_time"], revisions=row["revisions"] or 0
        )
    for row in (
        Partnership.objects.filter(
            creator_id__in=creator_ids, state="cancelled", agreement__signed_at__isnull=False
        )
        .values("creator_id")
        .annotate(count=Count("pk"))
        .order_by()
    ):
        found[row["creator_id"]]["cancelled"] = row["count"]
    took = ExpressionWrapper(F("answered_at") - F("sent_at"), output_field=DurationField())
    for row in (
        Offer.objects.filter(
            partnership__creator_id__in=creator_ids,
            side="agency",
            state__in=["countered", "accepted", "declined"],
            answered_at__isnull=False,
            sent_at__isnull=False,
        )
        .values("partnership__creator_id")
        .annotate(count=Count("pk"), took=Avg(took))
        .order_by()
    ):
        found[row["partnership__creator_id"]].update(
            answers=row["count"], answer_hours=row["took"].total_seconds() / 3600 if row["took"] else None
        )
    return found


def newer(candidates: list[Candidate]) -> dict[int, Newer]:
    """What version 2 looks at beside, by candidate id: fit to the campaign, forecasts, reliability."""
    campaign = candidates[0].campaign
    ids = sorted({c.account_id for c in candidates if c.account_id})
    found = fitting.fits_of(campaign.brand, ids, campaign) if ids else None
    kinds = [ScoreKind.PREDICTION, ScoreKind.RELIABILITY]
    current = [one.version for kind in kinds if (one := registry.current(kind))]
    scores: dict[tuple[int, str], Score] = {
        (score.account_id, score.kind): score
        for score in Score.objects.filter(
            account_id__in=ids, kind__in=kinds, formula_version__in=current, is_current=True
        )
    }
    standings = safety_reading.standings(ids)
    rivals = safety_reading.paid_posts_for(ids, campaign.brand.competitors)
    out = {}
    for candidate in candidates:
        pk = candidate.account_id or 0
        parts = (
            {part["name"]: part for part in found.of(pk)}
            if found is not None and pk in found.table.index
            else {}
        )
        ahead, kept = scores.get((pk, ScoreKind.PREDICTION)), scores.get((pk, ScoreKind.RELIABILITY))
        views = [
            (form, *(int(v) for v in metrics["views"]))
            for form, metrics in (ahead.inputs.get("forecasts", {}) if ahead else {}).items()
            if "views" in metrics
        ]
        safety = parts.get("safety")
        out[candidate.pk] = Newer(
            fit={name: float(part["value"]) for name, part in parts.items()},
            terms=str(parts["topic"]["facts"].get("terms") or "") if "topic" in parts else "",
            severity=(safety["facts"].get("severity") or "none") if safety else "",
            findings=int(safety["facts"].get("flags") or 0) if safety else 0,
            safety=standings[pk].value if pk in standings else None,
            paid_competitors=tuple(sorted(rivals.get(pk, {}).items())),
            forecasts=tuple(sorted(views, key=lambda one: (-one[4], one[0]))),
            reliability=kept.value if kept else None,
            reliability_sure=kept.confidence if kept else 0.0,
        )
    return out


def assess(candidates: Iterable[Candidate]) -> int:
    """Judge candidates of one campaign anew and store scores, reasons and forecast. Safe to run twice."""
    ids = [candidate.pk for candidate in candidates]
    rows = list(
        Candidate.objects.filter(pk__in=ids).select_related(
            "campaign__brand", "creator", "account__tier", "creator__primary_account"
        )
    )
    if not rows:
        return 0
    brand = rows[0].campaign.brand
    facts = gather(brand, rows)
    beside = newer(rows)
    now = timezone.now()
    results = []
    for candidate in rows:
        own = facts[candidate.pk]
        scores: dict[str, float | None] = {}
        for layer, judge in layers_v2.LAYERS.items():
            score, reasons = judge(own, beside[candidate.pk])
            scores[layer] = score
            results.append(
                Assessment(
                    candidate=candidate,
                    layer=layer,
                    score=_rounded(score),
                    weight=int(brand.weights.get(layer, 0)),
                    explanation=reasons,
                    formula_version=layers_v2.VERSION,
                    computed_at=now,
                )
            )
        low, mid, high, posts = layers_v2.forecast(own, beside[candidate.pk])
        candidate.forecast_low, candidate.forecast_mid, candidate.forecast_high = low, mid, high
        candidate.forecast_posts = posts
        candidate.score = _rounded(layers.overall(scores, {k: int(v) for k, v in brand.weights.items()}))
        candidate.assessed_at = now
    with transaction.atomic():
        Assessment.objects.bulk_create(
            results,
            update_conflicts=True,
            unique_fields=["candidate", "layer"],
            update_fields=["score", "weight", "explanation", "formula_version", "computed_at", "updated_at"],
        )
        Candidate.objects.bulk_update(
            rows, ["forecast_low", "forecast_mid", "forecast_high", "forecast_posts", "score", "assessed_at"]
        )
    return len(rows)


def _rounded(score: float | None) -> Decimal | None:
    return None if score is None else Decimal(str(round(score, 2)))
