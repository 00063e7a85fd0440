"""On which day figures first come out, by the publisher's habit: for files that do not say when they were released.

The habits are data, in `open_data.toml`; `data/raw/published/README.md` tells them in words, and how far to trust them.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

RULE, VERIFIED, CARD = "rule", "verified", "source card"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class ReleaseRule:
    """The nth `weekday` of `month` (-1 is the last), or `day` of it, `years_after` the year in which the period ends.

    `days` are the exceptions by that year; `verified` those of them that were read in a publication.
    """

    month: int
    nth: int = 0
    weekday: str = "Thursday"
    day: int = 0
    years_after: int = 0
    days: Mapping[str, dt.date] = field(default_factory=dict)
    verified: tuple[int, ...] = ()

    def day_of(self, period_end: pd.Timestamp) -> pd.Timestamp:
        """When figures for the period that ends on `period_end` first came out, or will by the rule."""
        if str(period_end.year) in self.days:
            return pd.Timestamp(self.days[str(period_end.year)])
        year = period_end.year + self.years_after
        return pd.Timestamp(year, self.month, self.day or _nth_weekday(year, self.month, self.weekday, self.nth))

    def basis(self, period_end: pd.Timestamp) -> str:
        """Whether that day was read in a publication ("verified") or follows from the rule ("rule")."""
        return VERIFIED if period_end.year in self.verified else RULE


def _nth_weekday(year: int, month: int, weekday: str, nth: int) -> int:
    days = [
        day
        for day in range(1, calendar.monthrange(year, month)[1] + 1)
        if calendar.weekday(year, month, day) == _WEEKDAYS.index(weekday)
    ]
    return days[nth - 1] if nth > 0 else days[nth]
