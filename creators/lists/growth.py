"""`score_growth`: which intervals of follower series look bought?"""

from __future__ import annotations

import csv
import math
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import override

from creators.lists import table
from creators.scoring.audience import growth as score

OUTPUT = ("from_date", "days", "change", "anomaly_score", "anomaly", "reason")
AT_ONCE = 400_000  # rows held in memory; longer lists are split by account into files first
BUCKETS = 32
NAMES: dict[str, tuple[str, ...]] = {
    "account": ("account", "accountname", "accountid", "username", "handle", "screenname", "channel", "channelid",
                "channelname", "name", "profile", "akun", "id"),
    "date": ("date", "asof", "day", "datetime", "timestamp", "time", "observedat", "startdate", "week", "tanggal"),
    "followers": ("followers", "followercount", "followerscount", "follower", "subscribers", "subscribercount", "subs",
                  "fans", "pengikut", "value", "count"),
    "views": ("views", "viewcount", "totalviews", "weeklyviews", "dailyviews", "tayangan"),
}  # fmt: skip
_SLASHED = re.compile(r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T](.+))?$")


def moment(text: str, day_first: bool = True) -> pd.Timestamp:
    """ISO dates and moments, 20221231, 31/12/2022, seconds since 1970. Zones become UTC, none is kept."""
    cell = text.strip()
    try:
        if cell.isdigit() and len(cell) == 8:
            return pd.Timestamp(datetime.strptime(cell, "%Y%m%d").replace(tzinfo=UTC)).tz_localize(None)
        if cell.isdigit() and len(cell) in (10, 13):
            return pd.Timestamp(int(cell), unit="s" if len(cell) == 10 else "ms")
        slashed = _SLASHED.match(cell)
        if slashed:
            first, second, year, rest = slashed.groups()
            day, month = (first, second) if day_first else (second, first)
            cell = f"{year}-{int(month):02d}-{int(day):02d}" + (f" {rest}" if rest else "")
        found = pd.Timestamp(cell)
    except (ValueError, OverflowError):
        raise table.BadCell(
            _("“%(text)s” is not a date. Write it as 2026-11-22.") % {"text": text[:30]}
        ) from None
    if found is pd.NaT:
        raise table.BadCell(_("The date is missing."))
    return found.tz_convert(None) if found.tzinfo else found


def is_day_first(cells: Iterable[str]) -> bool:
    """31/12 says so; 12/31 says no; when nothing tells, the day comes first."""
    for cell in cells:
        found = _SLASHED.match(cell.strip())
        if found and int(found[2]) > 12:
            return False
        if found and int(found[1]) > 12:
            return True
    return True


@dataclass
class Readings:
    """Rows of a list that read well, by column."""

    rows: list[list[str]]
    account: list[str]
    at: list[pd.Timestamp]
    followers: list[float]
    views: list[float]


def columns(header: list[str]) -> dict[str, int]:
    found = table.places(header, NAMES)
    missing = [name for name in ("date", "followers") if name not in found]
    if missing:
        raise table.BadList(
            _("The list has no column %(names)s. Its columns are: %(columns)s.")
            % {"names": ", ".join(missing), "columns": ", ".join(header)[:300]}
        )
    return found


def _views(cell: str) -> float:
    """Views may fall (a video was taken down): a fall tells nothing about followers."""
    return math.nan if cell.strip().startswith("-") else table.number(cell)


def read(
    rows: Sequence[table.Row], header: list[str], places: dict[str, int], problems: table.Problems
) -> Readings:
    out = Readings([], [], [], [], [])
    known: dict[str, pd.Timestamp] = {}
    width = len(header)

    def cell(row: table.Row, name: str) -> str:
        place = places.get(name, width)
        return row.cells[place] if place < len(row.cells) else ""

    day_first = is_day_first(cell(row, "date") for row in rows)
    for row in rows:
        column = "date"
        try:
            if len(row.cells) > width and any(extra.strip() for extra in row.cells[width:]):
                column = header[-1]
                raise table.BadCell(
                    _("The row has %(found)s cells, the header %(wanted)s.")
                    % {"found": len(row.cells), "wanted": width}
                )
            column = header[places["date"]]
            text = cell(row, "date")
            if not text.strip():
                raise table.BadCell(_("The date is missing."))
            at = known.get(text)
            if at is None:
                at = known[text] = moment(text, day_first)
            column = header[places["followers"]]
            followers = table.number(cell(row, "followers"))
            if math.isnan(followers):
                continue  # a gap: the interval spans it
            views = math.nan
            if "views" in places:
                column = header[places["views"]]
                views = _views(cell(row, "views"))
        except table.BadCell as bad:
            problems.add(row.line, column, str(bad))
            continue
        out.rows.append([*row.cells, *[""] * (width - len(row.cells))][:width])
        out.account.append(cell(row, "account").strip())
        out.at.append(at)
        out.followers.append(followers)
        out.views.append(views)
    return out


def judge(held: Readings, platform: str, problems: table.Problems) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The readings as a frame (with `place`, their row), and the intervals between them."""
    frame = pd.DataFrame(
        {
            "account_id": pd.Series(held.account, dtype=object),
            "at": pd.to_datetime(pd.Series(held.at)),
            "followers": held.followers,
            "views": held.views,
            "place": range(len(held.rows)),
        }
    )
    if frame.empty:
        return frame, pd.DataFrame(columns=score.COLUMNS)
    twice = frame[frame.duplicated(["account_id", "at"], keep="last")]
    if len(twice):
        last = frame.drop_duplicates(["account_id", "at"], keep="last").set_index(["account_id", "at"])[
            "followers"
        ]
        other = (
            twice["followers"].to_numpy()
            != last.reindex(pd.MultiIndex.from_frame(twice[["account_id", "at"]])).to_numpy()
        )
        if other.any():
            problems.tell(
                _("%(count)s readings of the same account and date differ; the last of each counts.")
                % {"count": int(other.sum())}
            )
    platforms = pd.Series(platform, index=frame["account_id"].unique())
    found = score.intervals(frame.drop(columns="place"), platforms)
    keyed = frame.drop_duplicates(["account_id", "at"], keep="last")[["account_id", "at", "place"]]
    return frame, found.merge(keyed, on=["account_id", "at"], how="left")


def reason(row: Any) -> str:
    """Why an interval is called what it is, in one sentence."""
    gain, usual = round(row.change), round(row.expected) if not math.isnan(row.expected) else 0
    facts = {
        "gain": f"{gain:+,}",
        "days": f"{row.days:.3g}",
        "usual": f"{usual:+,}",
        "lost": f"{row.melted:.0%}",
    }
    if row.note == "melted":
        return (
            _(
                "%(gain)s followers in %(days)s days where %(usual)s is usual; %(lost)s was lost again soon after"
            )
            % facts
        )
    if row.note == "jump":
        return _("%(gain)s followers in %(days)s days where %(usual)s is usual") % facts
    if row.note == "viral":
        return (
            _("%(gain)s followers where %(usual)s is usual, but views rose too: rather viral than bought")
            % facts
        )
    if row.note == "giveaway":
        return _("%(gain)s followers where %(usual)s is usual, around a giveaway") % facts
    if row.note == "drop":
        return _("%(gain)s followers in %(days)s days where %(usual)s is usual: a purge or a loss") % facts
    if row.note == "few":
        return _("too few readings to know this account's habit")
    return _("usual")


def write(
    writer: Any, held: Readings, intervals: pd.DataFrame, kept: Sequence[int], order: str = "account"
) -> int:
    first = {name: place for place, name in reversed(list(enumerate(held.account)))}
    intervals = intervals.assign(_first=intervals["account_id"].map(first)).sort_values(["_first", "at"])
    names = {at: f"{at:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00") for at in intervals["start"].unique()}
    for row in intervals.itertuples(index=False):
        cells = held.rows[int(row.place)]
        writer.writerow([
            *(cells[place] for place in kept), names[row.start], f"{row.days:.6g}", f"{row.change:.10g}",
            f"{row.score:.6f}", int(row.anomaly), reason(row),
        ])  # fmt: skip
    return len(intervals)


def run(
    source: IO[str],
    target: IO[str],
    platform: str,
    tell: Callable[[str], None],
    language: str = "en",
    at_once: int = AT_ONCE,
) -> tuple[int, table.Problems]:
    """Judge every interval of a list. Returns intervals written and what could not be read."""
    problems = table.Problems(tell)
    written = 0
    with override(language):
        reader = table.Reader(source)
        places = columns(reader.header)
        kept = [place for place, title in enumerate(reader.header) if title not in OUTPUT]
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow([*(reader.header[place] for place in kept), *OUTPUT])
        chunks = reader.chunks(at_once)
        rows = next(chunks, [])
        more = next(chunks, None)
        if more is None:
            held = read(rows, reader.header, places, problems)
            return write(writer, held, judge(held, platform, problems)[1], kept), problems
        with tempfile.TemporaryDirectory() as folder:
            files = [
                tempfile.TemporaryFile("w+", newline="", dir=folder, encoding="utf-8")  # noqa: SIM115
                for _n in range(BUCKETS)
            ]
            try:
                outs = [csv.writer(handle) for handle in files]
                part: list[table.Row] | None = rows
                while part is not None:
                    for row in part:
                        place = places.get("account", len(row.cells))
                        name = row.cells[place].strip() if place < len(row.cells) else ""
                        outs[zlib.crc32(name.encode()) % BUCKETS].writerow([row.line, *row.cells])
                    part, more = more, next(chunks, None)
                for handle in files:
                    handle.seek(0)
                    mine = [table.Row(int(cells[0]), cells[1:]) for cells in csv.reader(handle)]
                    held = read(mine, reader.header, places, problems)
                    written += write(writer, held, judge(held, platform, problems)[1], kept)
            finally:
                for handle in files:
                    handle.close()
    return written, problems
