"""Two to six accounts side by side: figures, scores, audience, prices, and how far their audiences overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from creators.finding import overlap, sketches
from creators.models import AudienceSnapshot, DiscoveryRow, RateCard, Score, SocialAccount, Tier
from creators.profiles import audiences_of
from krm.accounts.models import User

LEAST, MOST = 2, 6


@dataclass(frozen=True)
class Column:
    row: DiscoveryRow
    account: SocialAccount
    tier: str
    audience: AudienceSnapshot | None
    prices: list[RateCard]
    confidence: dict[str, float]


@dataclass(frozen=True)
class Comparison:
    columns: list[Column]
    overlap: overlap.Overlap | None
    unsketched: list[SocialAccount]

    @property
    def reach(self) -> float | None:
        """Followers without doubles, as far as followers overlap like the people who comment."""
        if self.overlap is None or self.overlap.unique_share is None:
            return None
        known = [c.row.followers for c in self.columns if c.account.pk in self.overlap.sizes]
        return None if None in known else sum(n for n in known if n) * self.overlap.unique_share

    @property
    def followers(self) -> int:
        return sum(
            c.row.followers or 0 for c in self.columns if self.overlap and c.account.pk in self.overlap.sizes
        )


def compare(account_ids: Sequence[int], user: User) -> Comparison:
    """In the order given; what the person may not see is not there."""
    ids = list(dict.fromkeys(int(pk) for pk in account_ids))
    if len(ids) > MOST:
        raise ValidationError({"account": _("Choose at most %(most)s accounts.") % {"most": MOST}})
    rows = {row.pk: row for row in DiscoveryRow.objects.visible_to(user).filter(pk__in=ids)}
    found = [pk for pk in ids if pk in rows]
    accounts = SocialAccount.objects.visible_to(user).select_related("creator").in_bulk(found)
    found = [pk for pk in found if pk in accounts]
    tiers = dict(Tier.objects.values_list("pk", "name"))
    audiences = audiences_of([accounts[pk] for pk in found])
    confidence: dict[int, dict[str, float]] = {}
    scores = Score.objects.visible_to(user).current().filter(account_id__in=found)
    for pk, kind, sure in scores.values_list("account_id", "kind", "confidence"):
        confidence.setdefault(pk, {})[kind] = sure
    prices: dict[tuple[int, str], list[RateCard]] = {}
    today = localdate()
    owners = [owner for pk in found if (owner := accounts[pk].creator_id) is not None]
    for card in RateCard.objects.visible_to(user).filter(creator_id__in=owners, valid_from__lte=today):
        if card.valid_to is None or card.valid_to >= today:
            prices.setdefault((card.creator_id, card.platform), []).append(card)
    columns = [
        Column(
            rows[pk], accounts[pk], tiers.get(rows[pk].tier or 0, ""), audiences.get(pk),
            prices.get((accounts[pk].creator_id or 0, accounts[pk].platform), []), confidence.get(pk, {}),
        )
        for pk in found
    ]  # fmt: skip
    samples = sketches.of(found)
    return Comparison(
        columns,
        overlap.compare(samples) if len(samples) >= LEAST else None,
        [accounts[pk] for pk in found if pk not in samples],
    )


def overlap_of(account_ids: Sequence[int], user: User) -> dict[str, Any]:
    """For the API: pairs, union and own shares of the accounts that have a sketch."""
    visible = (
        DiscoveryRow.objects.visible_to(user).filter(pk__in=list(account_ids)).values_list("pk", flat=True)
    )
    samples = sketches.of(visible)
    missing = sorted(set(map(int, account_ids)) - set(samples))
    if len(samples) < LEAST:
        return {
            "accounts": [],
            "pairs": [],
            "union": None,
            "unique_share": None,
            "sampled": False,
            "not_sketched": missing,
        }
    found = overlap.compare(samples)
    spread = lambda e: {"value": e.value, "low": e.low, "high": e.high}  # noqa: E731
    return {
        "accounts": [
            {"account": pk, "audience": found.sizes[pk], "seen": samples[pk].people, "exclusive_share": found.exclusive[pk],
             "sampled_fraction": samples[pk].fraction}
            for pk in sorted(found.sizes)
        ],
        "pairs": [
            {"a": p.a, "b": p.b, "common": spread(p.common), "of_smaller": spread(p.of_smaller),
             "jaccard": spread(p.jaccard), "exact": p.exact}
            for p in found.pairs
        ],
        "union": spread(found.union), "unique_share": found.unique_share, "sampled": found.sampled,
        "not_sketched": missing,
    }  # fmt: skip
