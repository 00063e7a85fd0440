"""Days and years as the returns count them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cache

FIRST_DAY = date(2016, 4, 1)
EXTRACT_DAY = date(2026, 3, 31)
FIRST_YEAR, LAST_YEAR = 2016, 2025  # financial years by the calendar year in which they begin


def year_of(day: date) -> int:
    """The financial year of `day`, by the calendar year in which it begins."""
    return day.year if day.month >= 4 else day.year - 1


@cache
def year_start(year: int) -> date:
    return date(year, 4, 1)


@cache
def year_end(year: int) -> date:
    return date(year + 1, 3, 31)


def year_code(year: int) -> str:
    """As folders and the pack write it: 2016-17."""
    return f"{year}-{(year + 1) % 100:02d}"


def by_year(items: Iterable, days: Callable[[object], tuple[date, date | None]]) -> dict[int, list]:
    """The items of every financial year in their order: those whose `days` (first, last or None: still open) touch it."""
    found: dict[int, list] = {year: [] for year in range(FIRST_YEAR, LAST_YEAR + 1)}
    for item in items:
        first, last = days(item)
        until = LAST_YEAR if last is None else min(year_of(last), LAST_YEAR)
        for year in range(max(year_of(first), FIRST_YEAR), until + 1):
            found[year].append(item)
    return found


def month_end(day: date) -> date:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def birthday(birth: date, age: int) -> date:
    """The day a child turns `age`; born on 29 February, the 28th in other years (as the rule engine has it)."""
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return birth.replace(year=birth.year + age, day=28)


def age_on(birth: date, day: date) -> int:
    """Age in completed years."""
    if birth.month == 2 and birth.day == 29:
        return day.year - birth.year - (birthday(birth, day.year - birth.year) > day)
    return day.year - birth.year - ((birth.month, birth.day) > (day.month, day.day))


def add_months(day: date, months: int) -> date:
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


def add_working_days(day: date, number: int) -> date:
    """`number` weekdays after `day` (bank holidays are counted as weekdays)."""
    if number == 0:
        return day
    weekday = day.weekday()
    if number > 0:  # counted from a Friday where the day itself is at the weekend; back, from a Monday
        day, weekday = (day - timedelta(days=weekday - 4), 4) if weekday > 4 else (day, weekday)
        weeks, rest = divmod(number + weekday, 5)
        return day + timedelta(days=7 * weeks + rest - weekday)
    day, weekday = (day + timedelta(days=7 - weekday), 0) if weekday > 4 else (day, weekday)
    weeks, rest = divmod(-number + 4 - weekday, 5)
    return day - timedelta(days=7 * weeks + rest - (4 - weekday))


@cache
def written(day: date | None) -> str:
    """dd/mm/yyyy; blank for no date."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}" if day else ""
