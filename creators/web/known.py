"""Parts of a creator's overview that tell what we know beyond figures."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext

from creators import records
from creators.custom.fields import PREFIX
from creators.custom.values import in_words
from creators.models import (
    BrandMention,
    Creator,
    CustomField,
    FlagState,
    Platform,
    Post,
    RateFormat,
    SafetyFlag,
    Severity,
    SocialAccount,
    Sponsored,
)
from creators.web.forms import CreatorForm
from krm.web import charts

EDITABLE = ("display_name", "email", "phone", "city", "country", "languages", "categories", "bio", "owner")


def marked(spec: Any, rows: list[dict[str, Any]], marks: list[dict[str, Any]]) -> Any:
    """The growth chart with a mark at each step that looks bought."""
    at = {(row["account"], str(row["day"])): row["followers"] for row in rows}
    values = [
        {**mark, "followers": at[(mark["account"], mark["day"])]}
        for mark in marks
        if (mark["account"], mark["day"]) in at
    ]
    if not values:
        return spec
    line = {name: spec.pop(name) for name in ("mark", "encoding")}
    tooltip = [
        {"field": "day", "type": "temporal"},
        {"field": "why", "type": "nominal", "title": gettext("Anomaly")},
    ]
    spec["layer"] = [
        line,
        {
            "data": {"values": values},
            "mark": {"type": "point", "shape": "triangle-down", "filled": True, "size": 140, "color": "#c92a2a", "yOffset": -10},
            "encoding": {
                "x": {"field": "day", "type": "temporal"}, "y": {"field": "followers", "type": "quantitative"},
                "tooltip": tooltip,
            },
        },
    ]  # fmt: skip
    return spec


def known(creator: Creator, accounts: list[SocialAccount], viewer: Any) -> dict[str, Any]:
    """What we know beyond figures: brands, work together, rates of today, safety, tasks."""
    on = localdate()
    rates = creator.rate_cards.filter(valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gte=on))  # type: ignore[attr-defined]
    ours = records.visible(records.record("brands", [creator.pk]), viewer) if viewer is not None else None
    brands: list[dict[str, Any]] = []
    if ours is not None:
        brands += [
            {"brand": row["brand"], "ours": True, "last_on": row["last_on"] or row["first_on"]}
            for row in ours.to_dict("records")
        ]
    ids = [account.pk for account in accounts]
    named = (
        BrandMention.objects.filter(account_id__in=ids, sponsored=Sponsored.YES)
        .values("brand")
        .annotate(posts=Count("pk"), last_on=Max("published_at"))
        .order_by("-posts", "brand")[:8]
    )
    brands += [
        {"brand": f"@{row['brand']}", "posts": row["posts"], "last_on": row["last_on"]} for row in named
    ]
    standing = records.record("standing", [creator.pk])
    made = records.record("deliveries", [creator.pk])
    judged = made[made["on_time"].notna()]
    flags = dict(
        SafetyFlag.objects.filter(account_id__in=ids, is_current=True)
        .exclude(state=FlagState.DISMISSED)
        .values_list("severity")
        .annotate(n=Count("pk"))
    )
    return {
        "brands": brands[:12],
        "standing": standing.fillna(0).to_dict("records")[0] if len(standing) else None,
        "delivered": len(judged),
        "on_time": float(judged["on_time"].astype(float).mean()) if len(judged) else None,
        "rates_now": list(rates.order_by("platform", "format")[:8]),
        "flags": [(label, flags[value]) for value, label in Severity.choices if value in flags],
        "open_tasks": list(creator.todos.filter(done_at=None)[:5]),  # type: ignore[attr-defined]
        "dossier": creator.dossiers.standing().defer("body", "document").first(),  # type: ignore[attr-defined]
        "sponsored": list(
            Post.objects.filter(account_id__in=ids, is_sponsored=True, is_deleted=False).order_by(
                "-published_at"
            )[:5]
        ),
    }


def field_rows(creator: Creator, custom_fields: list[CustomField]) -> list[dict[str, Any]]:
    """Every simple field with its value as people read it."""
    rows = []
    for name in EDITABLE:
        value: Any = getattr(creator, name)
        if isinstance(value, list):
            value = ", ".join(value)
        rows.append(
            {"name": name, "label": CreatorForm.base_fields[name].label, "text": str(value) if value else ""}
        )
    for field in custom_fields:
        held = creator.custom.get(field.key)
        rows.append(
            {"name": PREFIX + field.key, "label": field.label, "text": in_words(field, held),
             "url": held if field.kind == "url" else ""}
        )  # fmt: skip
    return rows


def price_charts(history: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """What was asked and agreed over time, a chart a currency, a line a format."""
    words = {"asked": gettext("asked"), "agreed": gettext("agreed")}
    out = []
    for currency in sorted({row["currency"] for row in history}):
        rows = [
            {
                "day": row["day"], "price": float(row["price"]),
                "what": f"{Platform(row['platform']).label} {RateFormat(row['format']).label}, {words[row['kind']]}",
            }
            for row in history
            if row["currency"] == currency and row["platform"] in Platform.values and row["format"] in RateFormat.values
        ]  # fmt: skip
        if len(rows) > 1:
            out.append(
                (currency, charts.line(rows, "day", "price", series="what", x_title=gettext("Day"),
                                       y_title=gettext("Price"), points=True))
            )  # fmt: skip
    return out
