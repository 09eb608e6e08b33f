"""The report as PDF, in the language that is active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from krm.web import format as fmt
from krm.web.typeset import typeset
from reporting.documents.words import label, partial_note, shown

if TYPE_CHECKING:
    from reporting.models import Report

QUANTITATIVE = ("posts", "reach", "views", "impressions", "engagements", "er_views", "er_followers", "clicks")
BUSINESS = ("conversions", "new_customers", "revenue", "roas", "cpa", "roi")
COSTS = ("cost", "cpm", "cpe", "cpv")


def figures(numbers: dict[str, Any], names: tuple[str, ...]) -> list[list[str]]:
    """(label, value, note) of each figure the document has; a figure a reader may not see is not in `numbers`."""
    totals, currency = numbers["totals"], numbers["campaign"]["currency"]
    rows = []
    for name in names:
        if name in totals:
            known = totals["known"].get(name)
            note = partial_note(known, totals["posts"]) if known is not None else ""
            rows.append([label(name), shown(name, totals[name], currency), note])
    return rows


def targets(numbers: dict[str, Any]) -> list[list[str]]:
    currency = numbers["campaign"]["currency"]
    return [
        [
            label(t["metric"]),
            shown(t["metric"], t["target"], currency),
            shown(t["metric"], t["actual"], currency),
            fmt.percent(t["progress"], 0),
        ]
        for t in numbers["targets"]
    ]


def table(numbers: dict[str, Any], part: str, names: tuple[str, ...]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of KOLs or tiers; columns that this reader's document lacks are left out."""
    currency = numbers["campaign"]["currency"]
    rows = numbers[part]
    names = tuple(n for n in names if not rows or n in rows[0])
    header = [_("KOL") if part == "kols" else _("Tier"), *[label(n) for n in names]]
    return header, [
        [row["label"] or _("No tier"), *[shown(n, row[n], currency) for n in names]] for row in rows
    ]


def report_pdf(report: Report, numbers: dict[str, Any]) -> bytes:
    """PDF bytes of `numbers` (as `reports.numbers_of` gives them for the reader)."""
    campaign = numbers["campaign"]
    kol_header, kol_rows = table(
        numbers, "kols", ("posts", "views", "engagements", "er_views", "emv", "clicks", "cost", "cpe")
    )
    tier_header, tier_rows = table(
        numbers, "tiers", ("posts", "views", "engagements", "er_views", "emv", "cost", "cpm", "cpe")
    )
    delivery = numbers["delivery"]
    as_of = parse_datetime(numbers["as_of"])
    start, end = parse_date(campaign["starts_on"]), parse_date(campaign["ends_on"])
    data = {
        "lang": (get_language() or "en")[:2],
        "title": report.title,
        "subtitle": f"{campaign['brand']} · {campaign['name']} · {fmt.day(start)} – {fmt.day(end)}",
        "summary": report.summary,
        "footer": _("Numbers as of %(moment)s. %(hash)s")
        % {
            "moment": fmt.moment(as_of),
            "hash": f"SHA-256 {report.numbers_sha256[:16]}…" if report.numbers_sha256 else _("Draft, not locked."),
        },
        "headings": {
            "targets": _("Against targets"),
            "quantitative": _("Reach and response"),
            "qualitative": _("Media value"),
            "relationship": _("Collaboration"),
            "business": _("Business impact"),
            "costs": _("Cost"),
            "kols": _("By KOL"),
            "tiers": _("By tier"),
            "posts": _("Posts"),
            "method": _("How these numbers are made"),
        },
        "target_header": [_("Goal"), _("Target"), _("Actual"), _("Reached")],
        "targets": targets(numbers),
        "quantitative": figures(numbers, QUANTITATIVE),
        "qualitative": figures(numbers, ("emv", "comments", "shares", "saves")),
        "business": figures(numbers, BUSINESS),
        "costs": figures(numbers, COSTS),
        "relationship": [
            [_("Content published"), f"{delivery['published']} / {delivery['planned']}", ""],
            [_("Published on time"), fmt.percent(delivery["on_time"], 0), ""],
            [_("Approved without a revision"), fmt.percent(delivery["first_time_right"], 0), ""],
            [_("Revision rounds a content"), fmt.number(delivery["revisions_average"], 1) if delivery["revisions_average"] is not None else "–", ""],
        ],
        "kol_header": kol_header,
        "kols": kol_rows,
        "tier_header": tier_header,
        "tiers": tier_rows,
        "post_header": [_("KOL"), _("Content"), _("Date"), label("views"), label("engagements"), label("er_views")],
        "posts": [
            [p["kol"], p["title"], fmt.day(parse_date(p["published_on"])) if p["published_on"] else "–",
             shown("views", p["views"], ""), shown("engagements", p["engagements"], ""), shown("er_views", p["er_views"], "")]
            for p in numbers["posts"]
        ],
        "method": method(numbers),
    }  # fmt: skip
    return typeset("reporting/report.typ", data=data)


def method(numbers: dict[str, Any]) -> list[str]:
    """The formulas in words, so that a reader can compute every number again."""
    lines = [
        _("Engagements are likes and comments, plus shares and saves where the platform gives them."),
        _(
            "An engagement rate is the sum of engagements divided by the sum of views (or reach, or followers) of the posts that gave both."
        ),
        _("Reach is added up over posts and is not de-duplicated: a person who saw two posts counts twice."),
        _(
            "Earned media value is the sum of views, likes, comments, shares and saves, each times the rate in force on that day. It is no revenue and is never added to it."  # noqa: E501
        ),
        _("A dash means that the platform did not give the number."),
    ]
    lines.append(_("Formula version %(version)s.") % {"version": numbers["formula_version"]})
    return lines
