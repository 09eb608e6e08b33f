# ruff: noqa: DTZ001 - naive on purpose: sheets have no zones, or made aware at once
"""No text of ours becomes a formula in somebody's spreadsheet, and every value comes back as it went in."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from krm.web.lists.export import csv_cell, csv_lines, safe_text, xlsx_bytes

# Lone surrogates are no text; the other control characters are refused by the XLSX format itself.
cells = st.text(st.characters(blacklist_categories=["Cs", "Cc"], whitelist_characters="\t\r\n"), max_size=40)
attacks = st.builds(lambda space, mark, rest: space + mark + rest, st.sampled_from(["", " ", "  ", "\n"]),
                    st.sampled_from("=+-@\t\r"), cells)  # fmt: skip


def read_csv(rows: list[list[Any]]) -> list[list[str]]:
    text = b"".join(csv_lines(["a"], rows)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


@given(st.one_of(cells, attacks))
def test_no_csv_cell_of_text_starts_a_formula(text: str) -> None:
    cell = csv_cell(text)
    assert not cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.lists(st.one_of(cells, attacks), min_size=2, max_size=2), max_size=4))
def test_csv_text_reads_back_as_written_or_with_the_apostrophe(rows: list[list[str]]) -> None:
    for written, read in zip(rows, read_csv(rows), strict=True):
        assert read == [safe_text(cell) for cell in written]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-5, "-5"),
        (Decimal("-19500000.0000"), "-19500000"),
        (Decimal("0.10"), "0.1"),
        (1.5, "1.5"),
        (None, ""),
        (True, "true"),
        (date(2026, 11, 22), "2026-11-22"),
        ("-5", "'-5"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("plain", "plain"),
    ],
)
def test_csv_values(value: Any, expected: str) -> None:
    assert csv_cell(value) == expected


@given(st.lists(st.one_of(cells, attacks), min_size=1, max_size=6))
def test_xlsx_text_is_typed_as_text(values: list[str]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes("t", ["a"], [[value] for value in values])))
    column = [cell for (cell,) in book.active.iter_rows(min_row=2, max_row=1 + len(values))]
    for value, cell in zip(values, column, strict=False):
        assert cell.data_type in ("s", "n", "inlineStr"), cell.data_type
        if value:
            assert isinstance(cell.value, str)


def test_xlsx_keeps_types() -> None:
    rows = [
        [
            Decimal("19500000.50"),
            3,
            date(2026, 11, 22),
            datetime(2026, 11, 22, 8, 5),
            True,
            None,
            "=1+1",
            10**17,
        ]
    ]
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes("Creators: [all]/1", list("abcdefgh"), rows)))
    sheet = book.active

    assert sheet.title == "Creators   all  1"
    assert [cell.value for cell in sheet[2]] == [
        19500000.5, 3, datetime(2026, 11, 22), datetime(2026, 11, 22, 8, 5), True, None, "=1+1", "1" + "0" * 17,
    ]  # fmt: skip
    assert sheet["G2"].data_type == "s"
