"""When money is due: terms in days, moved to the next working day of the agency's country. Imports no Django."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=32)
def _holidays(country: str, year: int) -> holidays.HolidayBase | None:
    try:
        return holidays.country_holidays(country, years=year)
    except NotImplementedError:
        return None  # a country without a calendar: weekends only


def is_working_day(day: date, country: str = "ID") -> bool:
    if day.weekday() >= 5:
        return False
    calendar = _holidays(country, day.year)
    return calendar is None or day not in calendar


def next_working_day(day: date, country: str = "ID") -> date:
    """The day itself where banks work on it, else the next on which they do."""
    while not is_working_day(day, country):
        day += timedelta(days=1)
    return day


def due_date(submitted_on: date, terms_days: int, country: str = "ID") -> date:
    return next_working_day(submitted_on + timedelta(days=terms_days), country)
