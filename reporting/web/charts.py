"""Charts of a campaign's results."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from creators.models import PostSnapshot
from krm.web import charts
from reporting.documents.words import label
from reporting.models import Click

if TYPE_CHECKING:
    from campaigns.models import Campaign


def views_by_kol(numbers: dict[str, Any]) -> charts.Spec | None:
    """Views of each KOL, largest first; at most 12 bars."""
    rows = sorted((k for k in numbers["kols"] if k["views"]), key=lambda k: -k["views"])[:12]
    if not rows:
        return None
    return charts.bar(
        [{"kol": row["label"], "views": row["views"]} for row in rows],
        x="kol",
        y="views",
        x_title=_("KOL"),
        y_title=label("views"),
        horizontal=True,
        sort="-x",
    )


def views_over_time(numbers: dict[str, Any], campaign: Campaign) -> charts.Spec | None:
    """Views of all the campaign's posts by day, as last seen on each day."""
    ids = [row["post_id"] for row in numbers["posts"]]
    accounts = {row["account_id"] for row in numbers["posts"]}
    if not ids:
        return None
    start = campaign.starts_on - timedelta(days=7)
    rows = list(
        PostSnapshot.objects.filter(account_id__in=accounts, post_id__in=ids, as_of__gte=start)
        .values("post_id", "as_of", "views")
        .exclude(views=None)
        .order_by("as_of")
    )
    latest: dict[int, int] = {}
    by_day: dict[Any, int] = {}
    for row in rows:
        latest[row["post_id"]] = row["views"] or 0
        by_day[row["as_of"]] = sum(latest.values())
    if len(by_day) < 2:
        return None
    return charts.area(
        [{"day": day, "views": views} for day, views in by_day.items()],
        x="day",
        y="views",
        x_title=_("Day"),
        y_title=label("views"),
    )


def clicks_over_time(campaign: Campaign) -> charts.Spec | None:
    """Clicks by people, by day, in the last 90 days."""

    since = timezone.now() - timedelta(days=90)
    rows = list(
        Click.objects.filter(link__partnership__campaign=campaign, is_bot=False, at__gte=since)
        .annotate(day=TruncDate("at"))
        .values("day")
        .annotate(clicks=Count("pk"))
        .order_by("day")
    )
    if len(rows) < 2:
        return None
    return charts.bar(
        [{"day": row["day"], "clicks": row["clicks"]} for row in rows],
        x="day",
        y="clicks",
        x_title=_("Day"),
        y_title=_("Clicks"),
    )
