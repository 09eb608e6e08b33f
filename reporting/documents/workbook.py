"""The report as a workbook: one row a post, one a KOL, and totals that are formulas over those rows."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from krm.money.amounts import exponent
from reporting.documents.pdf import method, targets
from reporting.documents.words import MONEY, SHARES, label

if TYPE_CHECKING:
    from reporting.models import Report

POST_COLUMNS = ("kol", "title", "platform", "format", "url", "published_on", "views", "reach", "impressions", "likes",
                "comments", "shares", "saves", "engagements", "er_views", "emv", "cost", "source", "observed_at")  # fmt: skip
KOL_COLUMNS = ("label", "handle", "platform", "tier", "posts", "views", "reach", "engagements", "er_views", "emv",
               "clicks", "conversions", "revenue", "cost", "cpm", "cpe", "roas")  # fmt: skip
SUMMED = ("posts", "views", "reach", "impressions", "likes", "comments", "shares", "saves", "engagements", "emv", "cost",
          "clicks", "conversions", "revenue")  # fmt: skip


def headings() -> dict[str, str]:
    return {
        "kol": _("KOL"), "label": _("KOL"), "handle": _("Handle"), "title": _("Content"), "platform": _("Platform"),
        "format": _("Format"), "url": _("Address"), "published_on": _("Date"), "tier": _("Tier"),
        "source": _("Source"), "observed_at": _("Observed"),
    }  # fmt: skip


def report_workbook(report: Report, numbers: dict[str, Any]) -> bytes:
    """XLSX bytes. Text cells are written as text, so no cell of a person's making is ever a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    currency = numbers["campaign"]["currency"]
    places = exponent(currency)
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "money": book.add_format({"num_format": "#,##0" + ("." + "0" * places if places else "")}),
        "share": book.add_format({"num_format": "0.00%"}),
        "count": book.add_format({"num_format": "#,##0"}),
        "bold": book.add_format({"bold": True}),
        "total": book.add_format({"bold": True, "top": 1, "num_format": "#,##0"}),
        "total_share": book.add_format({"bold": True, "top": 1, "num_format": "0.00%"}),
    }
    overview = book.add_worksheet(_("Overview")[:31])
    _sheet(book, _("KOLs"), numbers["kols"], KOL_COLUMNS, formats)
    _sheet(book, _("Posts"), numbers["posts"], POST_COLUMNS, formats)
    _overview(overview, report, numbers, formats)
    book.close()
    return out.getvalue()


def _sheet(
    book: Any, name: str, rows: list[dict[str, Any]], columns: tuple[str, ...], formats: dict[str, Any]
) -> None:
    sheet = book.add_worksheet(name[:31])
    names = headings()
    columns = tuple(c for c in columns if not rows or c in rows[0])
    for at, column in enumerate(columns):
        sheet.write_string(0, at, names.get(column) or label(column), formats["head"])
    for number, row in enumerate(rows, start=1):
        for at, column in enumerate(columns):
            _cell(sheet, number, at, column, row.get(column), formats)
    sheet.freeze_panes(1, 1)
    sheet.autofit(max_width=320)
    if not rows:
        return
    last = len(rows)
    sheet.write_string(last + 1, 0, _("Total"), formats["total"])
    for at, column in enumerate(columns):
        letter = xl_col_to_name(at)
        if column in SUMMED:
            sheet.write_formula(
                last + 1, at, f"=SUM({letter}2:{letter}{last + 1})", formats["total"], _sum(rows, column)
            )
        elif column == "er_views" and "views" in columns and "engagements" in columns:
            top, bottom = (xl_col_to_name(columns.index(c)) for c in ("engagements", "views"))
            # Only rows that gave both numbers, as the report itself counts.
            both = f'({top}2:{top}{last + 1}<>"")*({bottom}2:{bottom}{last + 1}<>"")'
            formula = f'=IFERROR(SUMPRODUCT({both}*{top}2:{top}{last + 1})/SUMPRODUCT({both}*{bottom}2:{bottom}{last + 1}),"")'
            sheet.write_formula(last + 1, at, formula, formats["total_share"], _rate(rows))


def _sum(rows: list[dict[str, Any]], column: str) -> float:
    return float(sum(Decimal(str(row[column])) for row in rows if row.get(column) is not None))


def _rate(rows: list[dict[str, Any]]) -> float | str:
    pairs = [
        (r["engagements"], r["views"])
        for r in rows
        if r.get("engagements") is not None and r.get("views") is not None
    ]
    views = sum(v for _e, v in pairs)
    return sum(e for e, _v in pairs) / views if views else ""


def _cell(sheet: Any, row: int, column: int, name: str, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None)
    elif name in MONEY:
        sheet.write_number(row, column, float(Decimal(str(value))), formats["money"])
    elif name in SHARES:
        sheet.write_number(row, column, float(value), formats["share"])
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, formats["count"])
    else:
        sheet.write_string(row, column, str(value))


def _overview(sheet: Any, report: Report, numbers: dict[str, Any], formats: dict[str, Any]) -> None:
    campaign, totals = numbers["campaign"], numbers["totals"]
    sheet.write_string(0, 0, report.title, formats["bold"])
    rows = [
        (_("Brand"), campaign["brand"]), (_("Campaign"), campaign["name"]), (_("Period"), f"{campaign['starts_on']} – {campaign['ends_on']}"),
        (_("Currency"), campaign["currency"]), (_("Numbers as of"), numbers["as_of"]), ("SHA-256", report.numbers_sha256 or "–"),
    ]  # fmt: skip
    at = 1
    for name, value in rows:
        sheet.write_string(at, 0, name)
        sheet.write_string(at, 1, str(value))
        at += 1
    at += 1
    for name, value in totals.items():
        if name in ("label", "known"):
            continue
        sheet.write_string(at, 0, label(name))
        _cell(sheet, at, 1, name, value, formats)
        at += 1
    if numbers["targets"]:
        at += 1
        for place, text in enumerate((_("Goal"), _("Target"), _("Actual"), _("Reached"))):
            sheet.write_string(at, place, text, formats["head"])
        for row in targets(numbers):
            at += 1
            for place, text in enumerate(row):
                sheet.write_string(at, place, text)
        at += 1
    at += 1
    for line in method(numbers):
        sheet.write_string(at, 0, line)
        at += 1
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 3, 22)
