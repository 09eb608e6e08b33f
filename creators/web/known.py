"""Parts of a creator's overview that tell what we know beyond figures."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, Window
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from creators import audience_words, profiles, records
from creators.custom.fields import PREFIX
from creators.custom.values import in_words
from creators.models import (
    BrandMention,
    Creator,
    CustomField,
    Platform,
    RateCard,
    RateFormat,
    SocialAccount,
    Sponsored,
)
from creators.safety import reading
from creators.scoring import safety
from creators.web import headline
from creators.web.forms import CreatorForm
from krm.web import charts

EDITABLE = ("display_name", "email", "phone", "city", "country", "languages", "categories", "bio", "owner")
FLAG_TONES = {"floor": "bad", "high": "bad", "medium": "warn", "low": "quiet"}
SHOWN_FLAGS = 4


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


def rates_now(creator: Creator) -> list[RateCard]:
    on = localdate()
    held = creator.rate_cards.filter(valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gte=on))  # type: ignore[attr-defined]
    return list(held.order_by("platform", "format")[:8])


def work(creator: Creator, accounts: list[SocialAccount], viewer: Any) -> dict[str, Any]:
    """What there was between us and for whom else they worked."""
    standing = records.record("standing", [creator.pk])
    return {
        "standing": standing.fillna(0).to_dict("records")[0] if len(standing) else None,
        "brands": brands_of(creator, accounts, viewer)[:8],
    }


def brands_of(creator: Creator, accounts: list[SocialAccount], viewer: Any) -> list[dict[str, Any]]:
    """Brands worked for with us, then those named in paid posts; `last_on` is a day something was done, never ahead."""
    on = localdate()
    ours = records.visible(records.record("brands", [creator.pk]), viewer) if viewer is not None else None
    brands: list[dict[str, Any]] = []
    if ours is not None:
        brands += [
            {"brand": row["brand"], "ours": True, "last_on": min(row["worked_on"], on) if row["worked_on"] else None}
            for row in ours.to_dict("records")
        ]  # fmt: skip
        brands.sort(key=lambda row: (row["last_on"] is None, row["last_on"] and -row["last_on"].toordinal()))
    named = (
        BrandMention.objects.filter(account_id__in=[a.pk for a in accounts], sponsored=Sponsored.YES)
        .values("brand")
        .annotate(posts=Count("pk"), last_on=Max("published_at"))
        .order_by("-posts", "brand")[:8]
    )
    return brands + [
        {"brand": f"@{row['brand']}", "posts": row["posts"], "last_on": row["last_on"]} for row in named
    ]


def safety_of(accounts: list[SocialAccount], scores: profiles.Scores) -> dict[str, Any]:
    """How each account stands and the worst of what was found, each with its evidence."""
    rows: list[dict[str, Any]] = []
    for account in accounts:
        score = scores.get(account.pk, {}).get("safety")
        if score is None or score.value is None:
            rows.append({"account": account, "standing": None})
            continue
        found = reading.standing_of(score)
        rows.append(
            {
                "account": account, "standing": found, "score": score,
                "band": reading.pair(safety.VERDICTS[found.band]), "tone": headline.TONES[found.band],
                "worst": reading.pair(safety.CATEGORIES[found.worst]) if found.worst else "",
                "posts": int(score.inputs.get("posts") or 0),
            }
        )  # fmt: skip
    flags = reading.counting(reading.flags_of(accounts)).annotate(of=Window(Count("pk")))
    shown = [{"flag": flag, "tone": FLAG_TONES[flag.severity]} for flag in flags[:SHOWN_FLAGS]]
    return {"rows": rows, "flags": shown, "count": shown[0]["flag"].of if shown else 0}


def audience_summary(accounts: list[SocialAccount], scores: profiles.Scores) -> dict[str, Any] | None:
    """Where, how old, which gender, how many real: of the source that is surest."""
    best = profiles.best_audience(accounts, profiles.audiences_of(accounts))
    score = headline.audience_score(accounts, scores)
    if best is None and score is None:
        return None
    groups = []
    if best is not None:
        for key, title in (("countries", _("Countries")), ("age", _("Age")), ("gender", _("Gender"))):
            given = [row for row in profiles.shares(getattr(best[1], key), limit=5) if row["share"] >= 0.005]
            if key == "age":
                given.sort(key=lambda row: row["group"])
            if given:
                groups.append(
                    (title, [(audience_words.group(key, row["group"]), row["share"]) for row in given])
                )
    return {
        "account": best[0] if best else None,
        "row": best[1] if best else None,
        "groups": groups,
        "quality": score,
        "fake": float(score.inputs["fake"]) if score else None,
        "parts": profiles.parts_of(score) if score else [],
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
