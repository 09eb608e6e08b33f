"""CSV in and out: separators, byte-order marks, other names and other spellings."""

from __future__ import annotations

import csv
import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from creators.importing.numbers import EMPTY, BadNumber, parse_count

SHOWN = 20  # problems written one by one; the rest are counted
TRUE = {"1", "true", "t", "yes", "y", "ya", "on", "benar"}
FALSE = {"0", "false", "f", "no", "n", "tidak", "tdk", "off", "salah"}
csv.field_size_limit(10_000_000)


class BadCell(ValueError):
    """The sentence says what to write."""


class BadList(ValueError):
    """The whole list cannot be read; the sentence says why."""


def key(header: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", header.casefold())


def number(cell: str) -> float:
    """NaN for an empty cell; 12, 12.0, 409.8M, 1,2 jt."""
    try:
        value = float(cell)
    except ValueError:
        if cell.strip().casefold() in EMPTY:
            return math.nan
        try:
            found = parse_count(cell)
        except BadNumber as bad:
            raise BadCell(str(bad)) from None
        return math.nan if found is None else float(found)
    if math.isnan(value):
        return value
    if value < 0:
        raise BadCell(_("A count cannot be negative. Leave the cell empty if it is not known."))
    if math.isinf(value):
        raise BadCell(_("“%(text)s” is not a number.") % {"text": cell})
    return value


def share(cell: str) -> float:
    value = number(cell.strip().rstrip("%"))
    if cell.strip().endswith("%"):
        value /= 100.0
    if value > 1:
        raise BadCell(_("A share is between 0 and 1."))
    return value


def yes_no(cell: str) -> float:
    text = cell.strip().casefold()
    if text in TRUE:
        return 1.0
    if text in FALSE:
        return 0.0
    if text in EMPTY:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise BadCell(_("“%(text)s” is neither yes nor no. Write 1 or 0.") % {"text": cell[:30]}) from None
    if math.isnan(value):
        return value
    if value in (0.0, 1.0):
        return value
    raise BadCell(_("“%(text)s” is neither yes nor no. Write 1 or 0.") % {"text": cell[:30]})


def no_yes(cell: str) -> float:
    return 1.0 - yes_no(cell)


def length(cell: str) -> float:
    return float(len(cell.strip()))


@dataclass
class Problems:
    """What could not be read, told as it comes; the first twenty in full."""

    tell: Callable[[str], None]
    count: int = 0
    rows: set[int] = field(default_factory=set)

    def add(self, row: int, column: str, message: str) -> str:
        self.count += 1
        self.rows.add(row)
        text = _("row %(row)s, column %(column)s: %(message)s") % {
            "row": row,
            "column": column,
            "message": message,
        }
        if self.count <= SHOWN:
            self.tell(text)
        elif self.count == SHOWN + 1:
            self.tell(_("(further messages are left out)"))
        return text


@contextmanager
def opened(source: str, mode: str, standard: IO[str] | None = None) -> Iterator[IO[str]]:
    """A file, or standard input or output for `-`."""
    if source == "-":
        stream = standard or (sys.stdin if mode == "r" else sys.stdout)
        yield stream
        stream.flush() if mode == "w" else None
        return
    path = Path(source)
    if mode == "r":
        if not path.is_file():
            raise BadList(_("There is no file %(path)s.") % {"path": source})
        with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as handle:
            yield handle
        return
    # What is there already stays until the new list is whole: a list that cannot be read destroys nothing, and a list may
    # be scored into itself.
    regular = path.is_file() or not path.exists()
    part = path.with_name(f".{path.name}.part") if regular else path
    try:
        handle = part.open("w", encoding="utf-8", newline="")
    except OSError as failed:
        raise BadList(
            _("%(path)s cannot be written: %(why)s.") % {"path": source, "why": failed.strerror}
        ) from None
    try:
        with handle:
            yield handle
    except BaseException:
        if regular:
            part.unlink(missing_ok=True)
        raise
    if regular:
        part.replace(path)


@dataclass(frozen=True)
class Row:
    line: int  # as a spreadsheet counts
    cells: list[str]


class Reader:
    """The header at once, then rows."""

    def __init__(self, stream: IO[str]) -> None:
        head = ""
        for line in stream:
            if line.strip().strip("\ufeff"):
                head = line
                break
        if not head:
            raise BadList(_("The list is empty. Give it a header row."))
        head = head.lstrip("\ufeff")
        counts = {mark: head.count(mark) for mark in (",", ";", "\t", "|")}
        self.mark = max(counts, key=lambda mark: counts[mark])
        self.header = [cell.strip() for cell in next(csv.reader([head], delimiter=self.mark))]
        self._rows = csv.reader(stream, delimiter=self.mark)

    def __iter__(self) -> Iterator[Row]:
        try:
            for cells in self._rows:
                if cells and any(cell.strip() for cell in cells):
                    yield Row(self._rows.line_num + 1, cells)
        except csv.Error as bad:
            raise BadList(
                _("Line %(line)s cannot be read: %(why)s") % {"line": self._rows.line_num + 1, "why": bad}
            ) from None

    def chunks(self, size: int) -> Iterator[list[Row]]:
        rows = iter(self)
        while some := list(islice(rows, size)):
            yield some


def places(header: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """field -> which column holds it: the first name that fits, in the order the names are given."""
    by_key: dict[str, int] = {}
    for place, title in enumerate(header):
        by_key.setdefault(key(title), place)
    out: dict[str, int] = {}
    taken: set[int] = set()
    for name, spellings in names.items():
        for spelling in spellings:
            found = by_key.get(spelling)
            if found is not None and found not in taken:
                out[name] = found
                taken.add(found)
                break
    return out
