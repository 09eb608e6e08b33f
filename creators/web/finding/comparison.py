"""Two to six accounts side by side."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from creators.finding import comparing
from krm.web import format as formats
from krm.web.pages import Page

FIGURES: tuple[tuple[str, Any, str], ...] = (
    ("followers", _("Followers"), "count"),
    ("engagement_rate", _("Engagement"), "percent"),
    ("engagement_percentile", _("Engagement above so many of its peers"), "percent"),
    ("er_followers", _("Engagement by followers"), "percent"),
    ("er_views", _("Engagement by views"), "percent"),
    ("er_reach", _("Engagement by reach"), "percent"),
    ("growth_30d", _("Growth in 30 days"), "percent"),
    ("last_post_on", _("Last post"), "day"),
)
SCORES: tuple[tuple[str, Any, str], ...] = (
    ("authenticity", _("Authenticity"), "score"),
    ("audience_quality", _("Audience quality"), "score"),
    ("growth", _("Follower growth (score)"), "score"),
    ("comment_quality", _("Comment quality"), "score"),
    ("pods", _("Engagement pods"), "score"),
    ("consistency", _("Content consistency"), "score"),
    ("formats", _("Format strength"), "score"),
    ("innovation", _("Innovation and collaboration"), "score"),
    ("prediction", _("Expected performance"), "score"),
    ("safety", _("Brand safety"), "score"),
    ("reliability", _("Reliability"), "score"),
)
AUDIENCE: tuple[tuple[str, Any, str], ...] = (
    ("audience_female", _("Women"), "percent"),
    ("audience_male", _("Men"), "percent"),
    ("audience_13_17", _("Aged 13 to 17"), "percent"),
    ("audience_18_24", _("Aged 18 to 24"), "percent"),
    ("audience_25_34", _("Aged 25 to 34"), "percent"),
    ("audience_35_44", _("Aged 35 to 44"), "percent"),
    ("audience_45_up", _("Aged 45 and over"), "percent"),
)


def _without(found: comparing.Comparison, pk: int) -> str:
    """The same page with one account less, where enough are left to compare."""
    kept = [column.account.pk for column in found.columns if column.account.pk != pk]
    if len(kept) < comparing.LEAST:
        return ""
    return f"{reverse('creators:compare')}?{urlencode([('account', one) for one in kept])}"


class ComparePage(Page):
    perm = "creators.view"
    title = _("Compare")
    template_name = "creators/finding/compare.html"
    breadcrumbs = ((_("Find creators"), "creators:find"),)

    def get_context(self) -> dict[str, Any]:
        keys = [int(pk) for pk in self.request.GET.getlist("account") if pk.isdecimal() and len(pk) < 19]
        try:
            found = comparing.compare(keys, self.request.user)
        except ValidationError as error:
            return {"refusal": " ".join(error.messages), "comparison": None}
        names = {c.account.pk: str(c.account) for c in found.columns}
        overlap = found.overlap
        return {
            "comparison": found,
            "columns": [
                {"it": column, "without": _without(found, column.account.pk)} for column in found.columns
            ],
            "too_few": len(found.columns) < comparing.LEAST,
            "sections": [
                (_("Figures"), lines(found, FIGURES)),
                (_("Scores"), lines(found, SCORES)),
                (_("Audience"), lines(found, AUDIENCE)),
            ],
            "pairs": [(names[p.a], names[p.b], p) for p in overlap.pairs] if overlap else [],
            "exclusive": [(names[pk], share) for pk, share in overlap.exclusive.items()] if overlap else [],
            "widths": range(len(found.columns)),
        }


def lines(
    found: comparing.Comparison, wanted: tuple[tuple[str, Any, str], ...]
) -> list[tuple[Any, list[Any]]]:
    """Rows of the table; those that nobody has a value for are left out. The best one of a row is marked."""
    rows = []
    for key, label, kind in wanted:
        values = [getattr(column.row, key) for column in found.columns]
        known = [value for value in values if value is not None]
        if not known:
            continue
        best = (
            max(known)
            if len(set(known)) > 1
            and kind in ("score", "percent", "count")
            and not key.startswith("audience_1")
            else None
        )
        rows.append(
            (label, [
                (written(value, kind), best is not None and value == best and wanted is not AUDIENCE,
                 column.confidence.get(key) if kind == "score" else None)
                for value, column in zip(values, found.columns, strict=True)
            ])
        )  # fmt: skip
    return rows


def written(value: Any, kind: str) -> str:
    if value is None:
        return formats.NONE
    if kind == "count":
        return formats.count(value)
    if kind == "percent":
        return formats.percent(value)
    if kind == "day":
        return formats.day(value)
    return formats.count(round(value)) if abs(value) >= 1_000 else formats.number(value, 0)
