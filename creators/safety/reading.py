"""What pages and other rooms ask about a creator's safety."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Min, Q, QuerySet, Sum, Value, When
from django.utils.translation import get_language

from creators.models import (
    BrandMention,
    FlagState,
    PostText,
    SafetyFlag,
    Score,
    ScoreKind,
    Severity,
    SocialAccount,
    Sponsored,
)
from creators.scoring import safety

RANK = Case(
    *[When(severity=name, then=Value(place)) for place, name in enumerate(Severity.values)],
    output_field=IntegerField(),
)


def counting(flags: QuerySet[Any]) -> QuerySet[Any]:
    """Flags that count: found by the last scan, or confirmed by a person; not dismissed ones."""
    return flags.exclude(state=FlagState.DISMISSED).filter(
        Q(is_current=True) | Q(state__in=[FlagState.CONFIRMED, FlagState.ESCALATED])
    )


@dataclass(frozen=True)
class Standing:
    """An account's safety in one line."""

    value: float
    band: str
    flags: int
    worst: str  # category, "" without flags


def standings(account_ids: Iterable[int]) -> dict[int, Standing]:
    """Current safety scores by account; accounts whose posts were never read are missing."""
    found = {}
    rows = Score.objects.filter(
        account__in=list(account_ids), kind=ScoreKind.SAFETY, is_current=True,
        formula_version=safety.DEFINITION.version, value__isnull=False,
    )  # fmt: skip
    for row in rows:
        found[row.account_id] = standing_of(row)
    return found


def standing_of(row: Score) -> Standing:
    """What a safety score with a value says."""
    assert row.value is not None
    risks = row.inputs.get("risks") or {}
    worst = max(risks, key=lambda name: risks[name]) if risks else ""
    flags = int(row.inputs.get("flags") or 0)
    return Standing(row.value, safety.band(row.value), flags, worst if worst and risks[worst] > 0 else "")


def pair(texts: tuple[str, str]) -> str:
    """The reader's language of a (English, Indonesian) pair."""
    return texts[1] if (get_language() or "").startswith("id") else texts[0]


def moods(accounts: Sequence[SocialAccount]) -> dict[int, dict[str, Any]]:
    """How the comments under an account's posts feel: counts over every post that was read."""
    rows = (
        PostText.objects.filter(account__in=accounts, comments_read__gt=0)
        .values("account_id")
        .annotate(
            posts=Count("pk"), comments=Sum("comments_read"), positive=Sum("positive"), neutral=Sum("neutral"),
            negative=Sum("negative"), abusive=Sum("abusive"), hateful=Sum("hateful"), spam=Sum("spam"),
        )
    )  # fmt: skip
    return {row["account_id"]: dict(row) for row in rows}


def brands_of(accounts: Sequence[SocialAccount], limit: int = 12) -> list[dict[str, Any]]:
    """Brands named in posts, those paid for first."""
    rows = (
        BrandMention.objects.filter(account__in=accounts)
        .values("brand")
        .annotate(
            posts=Count("pk"),
            paid=Count("pk", filter=Q(sponsored=Sponsored.YES)),
            likely=Count("pk", filter=Q(sponsored=Sponsored.LIKELY)),
            first=Min("published_at"),
            last=Max("published_at"),
        )
        .order_by("-paid", "-likely", "-posts", "brand")
    )
    return [dict(row) for row in rows[:limit]]


def past_brands(account_ids: Iterable[int], *, sponsored_only: bool = True) -> dict[int, dict[str, str]]:
    """By account: brand handle -> how sure we are that it paid (yes, likely, no)."""
    rows = BrandMention.objects.filter(account__in=list(account_ids))
    if sponsored_only:
        rows = rows.exclude(sponsored=Sponsored.NO)
    order = {"yes": 0, "likely": 1, "no": 2}
    found: dict[int, dict[str, str]] = {}
    for account_id, brand, state in rows.values_list("account_id", "brand", "sponsored"):
        mine = found.setdefault(account_id, {})
        if order[state] < order.get(mine.get(brand, ""), 9):
            mine[brand] = state
    return found


def paid_posts_for(account_ids: Iterable[int], names: Sequence[str]) -> dict[int, dict[str, int]]:
    """By account: of these brands, in how many posts each was named by its handle and paid, or seems to have."""
    wanted = {name: re.sub(r"\W+|_", "", name.lower()) for name in names}
    wanted = {name: bare for name, bare in wanted.items() if len(bare) >= 3}
    ids = list(account_ids)
    if not wanted or not ids:
        return {}
    rows = (
        BrandMention.objects.filter(account__in=ids)
        .exclude(sponsored=Sponsored.NO)
        .values_list("account_id", "brand")
        .annotate(posts=Count("pk"))
        .order_by("account_id", "brand")
    )
    found: dict[int, dict[str, int]] = {}
    for account_id, brand, posts in rows:
        handle = re.sub(r"\W+|_", "", brand)
        for name, bare in wanted.items():
            if handle.startswith(bare):
                mine = found.setdefault(account_id, {})
                mine[name] = mine.get(name, 0) + posts
    return found


def flags_of(accounts: Sequence[SocialAccount]) -> QuerySet[SafetyFlag]:
    return (
        SafetyFlag.objects.filter(account__in=accounts)
        .select_related("post", "account", "decided_by")
        .annotate(rank=RANK)
        .order_by("rank", "-published_at", "-pk")
    )
