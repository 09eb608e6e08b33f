"""From bytes to rows of text, whatever wrote them: encodings, byte-order marks, separators, workbooks."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

MAX_BYTES = 100 * 1024 * 1024
MAX_COLUMNS = 200
MAX_UNPACKED = 1024 * 1024 * 1024
CSV_TYPES = (".csv", ".tsv", ".txt")
csv.field_size_limit(1_000_000)

Row = tuple[int, list[str]]  # line number as a spreadsheet counts, cells


class BadFile(ValueError):
    """The sentence says what to upload."""


def decode(raw: bytes) -> tuple[str, str]:
    """Text and the encoding it was in. UTF-8 where it fits, else what charset-normalizer believes most."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
                           (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):  # fmt: skip
        if raw.startswith(mark):
            try:
                return raw.decode(encoding), encoding
            except UnicodeDecodeError:
                break
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if raw[:400].count(b"\x00") > len(raw[:400]) // 4:  # UTF-16 without a mark
        even = raw[0:400:2].count(0) > raw[1:400:2].count(0)
        encoding = "utf-16-be" if even else "utf-16-le"
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            pass
    from charset_normalizer import from_bytes

    found = from_bytes(raw[:500_000], preemptive_behaviour=True)
    best = found.best()
    encoding = best.encoding if best is not None else "cp1252"
    # eight-bit code pages look alike in a few accents; where the western one fits as well, it is the likelier one
    if best is not None and any(m.encoding == "cp1252" and m.chaos <= best.chaos + 0.02 for m in found):
        encoding = "cp1252"
    return raw.decode(encoding, errors="replace"), encoding


def separator(text: str) -> str:
    """The separator that cuts the first lines into the same number (> 1) of cells most often."""
    lines = [line for line in text[:20_000].splitlines()[:20] if line.strip()][:10]
    best, score = ",", 0.0
    for mark in (",", ";", "\t", "|"):
        widths = [len(row) for row in csv.reader(lines, delimiter=mark)]
        if widths and widths[0] > 1:
            same = sum(width == widths[0] for width in widths) / len(widths)
            if same * 100 + widths[0] > score:
                best, score = mark, same * 100 + widths[0]
    return best


def rows_of(file: IO[bytes], filename: str) -> tuple[Iterator[Row], str]:
    """All rows with the header first, and the encoding. The file must be seekable."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _workbook(file), "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadFile(_("This is an old Excel file (.xls). Save it as .xlsx or CSV and upload that."))
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")):
        raise BadFile(_("This is no list. Upload a CSV or XLSX file."))
    raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise BadFile(_("The file is larger than 100 MB. Split it."))
    text, encoding = decode(raw)
    if not text.strip("\ufeff \r\n\t\x00"):
        raise BadFile(_("The file is empty. Upload one with a header row."))
    return _delimited(text), encoding


def _delimited(text: str) -> Iterator[Row]:
    text = text.lstrip("\ufeff").replace("\x00", "")
    hint = re.match(r"sep=(.)\r?\n", text)
    if hint:  # Excel's own hint line
        text = text[hint.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=hint[1] if hint else separator(text))
    started = False
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not started:
                started = True
                yield reader.line_num, [cell.strip().lstrip("\ufeff") for cell in cells[:MAX_COLUMNS]]
            else:
                yield reader.line_num, cells[:MAX_COLUMNS]
    except csv.Error as error:
        raise BadFile(
            _(
                "Line %(line)s cannot be read: a cell is longer than a million characters or a quote never ends."
            )
            % {"line": reader.line_num}
        ) from error


def _workbook(file: IO[bytes]) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise BadFile(_("The workbook unpacks to more than 1 GB. Split it."))
        file.seek(0)
        import openpyxl

        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.active or book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            texts = [_cell(value) for value in cells[:MAX_COLUMNS]]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                yield number, texts
    except BadFile:
        raise
    except Exception as error:
        raise BadFile(
            _("This workbook cannot be read. Open it in a spreadsheet and save it again as .xlsx.")
        ) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def signature(columns: list[str]) -> str:
    """The same headers, in any order, are the same kind of file."""
    names = sorted(" ".join(column.casefold().split()) for column in columns)
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()
