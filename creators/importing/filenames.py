"""What a file's name says: the platform, and the month its figures are for."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

MONTHS = {
    "jan": 1, "januari": 1, "january": 1, "feb": 2, "februari": 2, "february": 2, "mar": 3, "maret": 3, "march": 3,
    "apr": 4, "april": 4, "may": 5, "mei": 5, "jun": 6, "juni": 6, "june": 6, "jul": 7, "juli": 7, "july": 7,
    "aug": 8, "agu": 8, "agustus": 8, "ags": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "oct": 10, "okt": 10,
    "oktober": 10, "october": 10, "nov": 11, "november": 11, "dec": 12, "des": 12, "desember": 12, "december": 12,
}  # fmt: skip
PLATFORMS = {
    "instagram": "instagram", "insta": "instagram", "ig": "instagram", "tiktok": "tiktok", "tik": "tiktok", "tt": "tiktok",
    "youtube": "youtube", "yt": "youtube", "facebook": "facebook", "fb": "facebook", "twitter": "x", "x": "x",
}  # fmt: skip


@dataclass(frozen=True)
class Proposal:
    as_of: date | None
    year_known: bool  # False: the year is a guess and must be confirmed


def _end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def words_of(filename: str) -> list[str]:
    stem = filename.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return [word.lower() for word in re.findall(r"[A-Za-z]+|\d+", stem)]


def propose_platform(filename: str) -> str:
    for word in words_of(filename):
        if word in PLATFORMS:
            return PLATFORMS[word]
    return ""


def propose_as_of(filename: str, today: date, *, context: str = "") -> Proposal:
    """Last day of the month or quarter named; without a year, the last such month that is over.

    `context` is more text that may hold the year: the folder the file lies in (`top1000_2022`).
    """
    stem = filename.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    full = re.search(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])[-_. ]?(0[1-9]|[12]\d|3[01])(?!\d)", stem)
    if full:
        try:
            return Proposal(date(*map(int, full.groups())), True)
        except ValueError:
            pass
    quarter = re.search(r"(?<!\d)(20\d\d)[-_. ]?[qQ]([1-4])(?!\d)", stem) or None
    if quarter:
        return Proposal(_end(int(quarter[1]), int(quarter[2]) * 3), True)
    quarter = re.search(r"(?<![A-Za-z])[qQ]([1-4])[-_. ]?(20\d\d)(?!\d)", stem)
    if quarter:
        return Proposal(_end(int(quarter[2]), int(quarter[1]) * 3), True)
    month_first = re.search(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?!\d)", stem)
    words = words_of(filename)
    month = next((MONTHS[word] for word in words if word in MONTHS), None)
    years = [int(word) for word in words if re.fullmatch(r"20\d\d", word)]
    outer = [int(year) for year in re.findall(r"(?<!\d)(20\d\d)(?!\d)", context)]
    if month is not None:
        if years or outer:
            return Proposal(_end((years or outer)[-1], month), True)
        year = today.year if _end(today.year, month) < today else today.year - 1
        return Proposal(_end(year, month), False)
    if month_first:
        return Proposal(_end(int(month_first[1]), int(month_first[2])), True)
    if years:
        last = date(years[-1], 12, 31)
        return Proposal(min(last, today), True)
    return Proposal(None, False)
