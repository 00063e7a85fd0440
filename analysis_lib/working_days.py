"""Working days in England: Monday to Friday without bank holidays.

A time limit in working days counts from the day after the one that begins it: that day is day 0. So a conference due
within 15 working days of a discussion on Monday 1 March 2021 is in time up to Monday 22 March.

Source of the days: Banking and Financial Dealings Act 1971, with the days moved or added by proclamation since 1995 as
listed at https://www.gov.uk/bank-holidays (England and Wales).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

FIRST_YEAR, LAST_YEAR = 1980, 2060
# Bank holidays of one year only, and usual ones that were moved in a year.
ADDED = (
    "1995-05-08", "1999-12-31", "2002-06-03", "2002-06-04", "2011-04-29", "2012-06-04", "2012-06-05", "2020-05-08",
    "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08",
)  # fmt: skip
MOVED_FROM = ("1995-05-01", "2002-05-27", "2012-05-28", "2020-05-04", "2022-05-30")


@cache
def bank_holidays() -> np.ndarray:
    """Every bank holiday in England from `FIRST_YEAR` to `LAST_YEAR`, in order, as days."""
    usual = {day for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in _usual(year)}
    days = (usual - {np.datetime64(day) for day in MOVED_FROM}) | {np.datetime64(day) for day in ADDED}
    return np.array(sorted(days))


def working_days_after(start: pd.Series, end: pd.Series) -> pd.Series:
    """Working days from the day after `start` up to and including `end`; 0 on the same day, negative when `end` is before.

    Both are days, row by row; missing where either is. Years outside `FIRST_YEAR` to `LAST_YEAR` have no bank holidays.
    """
    first, last = (pd.to_datetime(days).to_numpy("datetime64[D]") for days in (start, end))
    known = ~(np.isnat(first) | np.isnat(last))
    earlier, later = np.minimum(first, last)[known], np.maximum(first, last)[known]
    between = np.busday_count(earlier + 1, later + 1, holidays=bank_holidays())
    counted = np.full(len(first), np.nan)
    counted[known] = np.where(last[known] < first[known], -between, between)
    return pd.Series(counted, index=start.index)


def last_day_within(start: pd.Series, number: int) -> pd.Series:
    """The last day of a time limit of `number` working days (1 or more) that begins on each `start`, which is day 0.

    Missing where `start` is. `working_days_after` counts the days between two.
    """
    days = pd.to_datetime(start).to_numpy("datetime64[D]")
    known = ~np.isnat(days)
    # From a day that is none, the working day before is day 0: the next one is day 1.
    days[known] = np.busday_offset(days[known], number, roll="backward", holidays=bank_holidays())
    return pd.Series(days.astype("datetime64[us]"), index=start.index)


def _usual(year: int) -> list[np.datetime64]:
    """The bank holidays of a year by rule, without what one year added or moved."""
    good_friday, easter_monday = _easter(year) - 2, _easter(year) + 1
    new_year = _next_weekday(np.datetime64(f"{year}-01-01"))
    christmas = _next_weekday(np.datetime64(f"{year}-12-25"))
    boxing_day = _next_weekday(max(np.datetime64(f"{year}-12-26"), christmas + 1))
    return [
        new_year, good_friday, easter_monday, _first_monday(year, 5), _last_monday(year, 5), _last_monday(year, 8),
        christmas, boxing_day,
    ]  # fmt: skip


def _next_weekday(day: np.datetime64) -> np.datetime64:
    """The day itself, or the Monday after a weekend: a bank holiday that falls on one is held then."""
    return np.busday_offset(day, 0, roll="forward")


def _first_monday(year: int, month: int) -> np.datetime64:
    return np.busday_offset(f"{year}-{month:02d}", 0, roll="forward", weekmask="Mon")


def _last_monday(year: int, month: int) -> np.datetime64:
    return np.busday_offset(f"{year}-{month + 1:02d}", -1, roll="forward", weekmask="Mon")


def _easter(year: int) -> np.datetime64:
    """Easter Sunday by the Gregorian calendar (the anonymous algorithm, J. Meeus, Astronomical Algorithms)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return np.datetime64(f"{year}-{month:02d}-{day + 1:02d}")
