"""CSV and XLSX of a list. Text can never become a formula in the reader's spreadsheet."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe_text(value: str) -> str:
    """Prefix an apostrophe where a spreadsheet would read a formula (OWASP, CSV injection)."""
    return "'" + value if value.lstrip(" \n").startswith(DANGEROUS) or value.startswith(DANGEROUS) else value


def csv_cell(value: Any) -> str:
    """Numbers stay numbers, dates are ISO, everything else is made safe text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value.is_finite() else ""
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return (
            timezone.localtime(value).isoformat(timespec="seconds")
            if timezone.is_aware(value)
            else value.isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    return safe_text(str(value).replace("\x00", ""))


class _Echo:
    def write(self, value: str) -> str:
        return value


def csv_lines(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"  # spreadsheets read UTF-8 only with the mark
    yield writer.writerow([csv_cell(str(heading)) for heading in headings]).encode()
    for row in rows:
        yield writer.writerow([csv_cell(value) for value in row]).encode()


def _batched(lines: Iterator[bytes], size: int = 64 * 1024) -> Iterator[bytes]:
    buffer = bytearray()
    for line in lines:
        buffer += line
        if len(buffer) >= size:
            yield bytes(buffer)
            buffer.clear()
    if buffer:
        yield bytes(buffer)


async def _in_thread(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    following = sync_to_async(lambda: next(chunks, None), thread_sensitive=True)
    while (chunk := await following()) is not None:
        yield chunk


def csv_response(
    request: HttpRequest, name: str, headings: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    chunks = _batched(csv_lines(headings, rows))
    content: Any = _in_thread(chunks) if isinstance(request, ASGIRequest) else chunks
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response  # type: ignore[return-value]


def write_xlsx(target: Any, title: str, headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Constant memory; text cells are typed as text, so a formula is never a formula."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(target, options)
    bold = book.add_format({"bold": True, "bottom": 1})
    day, moment = (
        book.add_format({"num_format": "yyyy-mm-dd"}),
        book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    )
    amount = book.add_format({"num_format": "#,##0.00##"})
    sheet = book.add_worksheet(_sheet_name(title))
    sheet.freeze_panes(1, 0)
    for index, heading in enumerate(headings):
        sheet.write_string(0, index, str(heading), bold)
    for number, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(number, index, value)
            elif isinstance(value, int):
                if abs(value) < 10**15:
                    sheet.write_number(number, index, value)
                else:  # a spreadsheet keeps 15 digits
                    sheet.write_string(number, index, str(value))
            elif isinstance(value, Decimal | float):
                sheet.write_number(number, index, float(value), amount)
            elif isinstance(value, datetime):
                local = timezone.make_naive(value) if timezone.is_aware(value) else value
                sheet.write_datetime(number, index, local, moment)
            elif isinstance(value, date):
                sheet.write_datetime(number, index, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a sheet has no zones
            else:
                sheet.write_string(number, index, str(value).replace("\x00", "")[:32767])
    book.close()


def _sheet_name(title: str) -> str:
    cleaned = "".join(" " if c in "[]:*?/\\'" else c for c in title).strip()
    return cleaned[:31] or "Sheet1"


def xlsx_response(
    name: str, title: str, headings: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    target = tempfile.TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    write_xlsx(target, title, headings, rows)
    target.seek(0)
    return FileResponse(  # type: ignore[return-value]
        target,
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def xlsx_bytes(title: str, headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    buffer = io.BytesIO()
    write_xlsx(buffer, title, headings, rows)
    return buffer.getvalue()
