"""How a score came about over time: its history, what moved it, and how two versions of a formula differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from django.db import connection

from creators.models import Score, SocialAccount
from creators.profiles import Part, parts_of
from creators.scoring import registry
from creators.scoring.wording import number, percent, pick

SHOWN = 200  # rows of history on a page
SAMPLE = 4_000  # accounts that stand for all of them where versions are compared
SMALLEST = 0.05  # points: less is not told
MOVES_TOLD = 3


def history(account: SocialAccount, kind: str, limit: int = SHOWN) -> list[Score]:
    """Every row of that kind, all versions, oldest first; without components."""
    rows = (
        Score.objects.filter(account=account, kind=kind)
        .defer("components", "inputs")
        .order_by("-computed_at", "-pk")[:limit]
    )
    return list(reversed(rows))


@dataclass(frozen=True)
class Change:
    """One component of two scores: what it did to the value. `moved` is in points, or in the rate's own unit."""

    name: str
    label: str
    was: float | None
    now: float | None
    moved: float | None
    sentence_was: str
    sentence_now: str


@dataclass(frozen=True)
class Compared:
    before: Score
    after: Score
    moved: float | None
    other_formula: bool
    changes: list[Change]  # largest first
    words: str


def before(score: Score) -> Score | None:
    """The row that this one replaced: the same version, else whatever version came before."""
    rows = Score.objects.filter(
        account=score.account_id, kind=score.kind, computed_at__lte=score.computed_at
    ).exclude(pk=score.pk)
    same = rows.filter(formula_version=score.formula_version).order_by("-computed_at", "-pk").first()
    return same or rows.order_by("-computed_at", "-pk").first()


def compare(earlier: Score, later: Score, lang: str = "en") -> Compared:
    """Which components moved the value, by how much, in words. Points of the parts add up to that of the whole."""
    definition = registry.find(later.kind, later.formula_version)
    unit = definition.unit if definition is not None else "points"
    was: dict[str, tuple[Part | None, dict[str, Any]]] = {
        part.name: (part, component[5]) for part, component in _pairs(earlier, lang)
    }
    now: dict[str, tuple[Part | None, dict[str, Any]]] = {
        part.name: (part, component[5]) for part, component in _pairs(later, lang)
    }
    changes = []
    nothing: tuple[Part | None, dict[str, Any]] = (None, {})
    for name in [*now, *(name for name in was if name not in now)]:
        one, facts_was = was.get(name, nothing)
        other, facts_now = now.get(name, nothing)
        held: Part = other or one  # type: ignore[assignment]
        if unit in ("rate", "share"):
            first, second = facts_was.get("rate"), facts_now.get("rate")
        elif unit == "count":  # a number of its own, not a sum of points: what its parts are worth
            first, second = (one.value if one else None), (other.value if other else None)
        else:
            first, second = (one.points if one else 0.0), (other.points if other else 0.0)
        moved = second - first if first is not None and second is not None else None
        changes.append(
            Change(name, held.label, first, second, moved, one.sentence if one else "", other.sentence if other else "")
        )  # fmt: skip
    changes.sort(key=lambda change: -abs(change.moved or 0.0))
    total = later.value - earlier.value if later.value is not None and earlier.value is not None else None
    other_formula = earlier.formula_version != later.formula_version
    return Compared(earlier, later, total, other_formula, changes,
                    _words(unit, earlier, later, total, changes, lang))  # fmt: skip


def _pairs(score: Score, lang: str) -> list[tuple[Part, Any]]:
    return list(zip(parts_of(score, lang), score.components, strict=True))


def _signed(value: float, share: bool, lang: str) -> str:
    text = percent(abs(value), lang) if share else number(abs(value), lang)
    return ("+" if value >= 0 else "−") + text


def _words(
    unit: str, earlier: Score, later: Score, total: float | None, changes: list[Change], lang: str
) -> str:  # fmt: skip
    if total is None:
        return pick(
            ("One of the two has no value: too little was known.", "Salah satunya tidak bernilai: terlalu sedikit yang diketahui."), lang
        )  # fmt: skip
    points = unit == "points"
    least = SMALLEST if points else 0.0
    told = [change for change in changes if change.moved is not None and abs(change.moved) > least][
        :MOVES_TOLD
    ]
    parts = ", ".join(f"{change.label} {_signed(change.moved or 0.0, not points, lang)}" for change in told)
    if abs(total) <= least:
        text = pick(("Unchanged", "Tidak berubah"), lang)
    else:
        text = _signed(total, unit in ("rate", "share"), lang)
        text += pick((" points", " poin"), lang) if points else ""
    if parts:
        text += f": {parts}"
    if earlier.formula_version != later.formula_version:
        text += pick(
            (f" (formula {earlier.formula_version} → {later.formula_version})", f" (rumus {earlier.formula_version} → {later.formula_version})"), lang
        )  # fmt: skip
    return text + "."


# -- versions over many accounts -----------------------------------------------------------

# Accounts evenly over all ids: a few thousand index look-ups whatever the size of the table.
_SAMPLE = """
SELECT s.account_id, s.formula_version, s.value, s.confidence, s.verdict
FROM (
    SELECT id FROM (
        SELECT DISTINCT (SELECT id FROM creators_socialaccount WHERE id >= n ORDER BY id LIMIT 1) AS id
        FROM generate_series((SELECT coalesce(min(id), 1) FROM creators_socialaccount),
            (SELECT coalesce(max(id), 1) FROM creators_socialaccount),
            greatest(1, (SELECT coalesce(max(id) - min(id), 1) FROM creators_socialaccount) / %(sample)s)) n
    ) x WHERE id IS NOT NULL
) a
LEFT JOIN creators_score s ON s.account_id = a.id AND s.kind = %(kind)s AND s.is_current
"""


@dataclass(frozen=True)
class Moved:
    account_id: int
    old: float
    new: float


@dataclass(frozen=True)
class VersionsCompared:
    """Two versions over the same accounts, from a sample of them."""

    old: str
    new: str
    count: int
    mean_old: float
    mean_new: float
    rank_correlation: float | None
    quartiles: tuple[float, float, float]  # of new - old
    largest: list[Moved]


def sample(kind: str, size: int = SAMPLE) -> pd.DataFrame:
    """Current rows of every version for accounts drawn evenly; accounts without a score have no version."""
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, {"kind": kind, "sample": size})
        columns = [column[0] for column in cursor.description]
        found = pd.DataFrame(cursor.fetchall(), columns=columns)
    found["value"] = found["value"].astype(float)
    return found


def compare_versions(held: pd.DataFrame, old: str, new: str, told: int = 10) -> VersionsCompared | None:
    """From a `sample`; None where no account has both."""
    by = held[held["formula_version"].isin([old, new])].dropna(subset=["value"])
    both = by.pivot_table(index="account_id", columns="formula_version", values="value").dropna()
    if both.empty or old not in both or new not in both:
        return None
    moved = both[new] - both[old]
    rank = both[old].rank().corr(both[new].rank()) if len(both) > 2 else float("nan")
    order = moved.abs().sort_values(ascending=False, kind="stable").index[:told]
    low, mid, high = moved.quantile([0.25, 0.5, 0.75])
    return VersionsCompared(
        old, new, len(both), float(both[old].mean()), float(both[new].mean()), None if pd.isna(rank) else float(rank),
        (float(low), float(mid), float(high)),
        [Moved(int(pk), float(both.at[pk, old]), float(both.at[pk, new])) for pk in order],
    )  # fmt: skip


def versions_held(held: pd.DataFrame) -> Sequence[str]:
    return sorted(held["formula_version"].dropna().unique())
