"""Spells counted on many days at once: each spell becomes the run of days on which it holds, and runs are added up.

Days are asked for in rising order and numbered from 0. A run goes from its first number up to, but not including, its `stop`.
Every spell is looked at once, however many days there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

OPEN = 1 << 17  # the end, in days, of what has not ended: later than any date, as far from 1970 as no date is


@dataclass(frozen=True)
class Runs:
    """Runs of days, with the number of the child (`child`) and the row of the table (`row`) that each belongs to."""

    child: np.ndarray
    row: np.ndarray
    first: np.ndarray
    stop: np.ndarray

    def take(self, which: np.ndarray) -> Runs:
        """The runs at the places, or with the flags, of `which`."""
        return Runs(self.child[which], self.row[which], self.first[which], self.stop[which])


def rising(asked: Sequence[pd.Timestamp]) -> tuple[list[pd.Timestamp], np.ndarray]:
    """The days asked for in rising order, and the place of each among them."""
    days = pd.DatetimeIndex(asked)
    order = np.argsort(days)
    return list(days[order]), np.argsort(order)


def day_numbers(days: Sequence[pd.Timestamp]) -> np.ndarray:
    """Days as whole numbers, as in `days_of`."""
    return days_of(pd.Series(pd.DatetimeIndex(days)))


def held(table: pd.DataFrame, start: str, end: str, days: Sequence[pd.Timestamp], by: Sequence[str] = ()) -> Runs:
    """On which of `days`, in rising order, each row holds: from its `start` up to, but not including, its `end`.

    Rows without a start, or that end before it, hold on none. A child is one within its group of `by`.
    """
    begins, ends, numbers = days_of(table[start]), days_of(table[end]), day_numbers(days)
    first, stop = np.searchsorted(numbers, begins), np.searchsorted(numbers, ends)
    runs = Runs(numbered(table, [*by, "child_id"]), np.arange(len(table)), first, stop)
    return runs.take(first < stop)


def once_a_day(table: pd.DataFrame, start: str, end: str, days: Sequence[pd.Timestamp], by: Sequence[str] = ()) -> Runs:
    """As `held`, but no child twice on a day."""
    return disjoint(held(table, start, end, days, by))


def spelled_out(runs: Runs, child_id: pd.Series, order: np.ndarray) -> pd.DataFrame:
    """A row for each run and day: child_id, when (the number of the day as it was asked for), row.

    `order` is the second answer of `rising`, `child_id` that of the table of the runs.
    """
    day, row = each_day(runs)
    return pd.DataFrame({"child_id": child_id.take(row).array, "when": np.argsort(order)[day], "row": row})


def disjoint(runs: Runs) -> Runs:
    """The same days of each child with no day twice, by child and day: what an earlier run covers, a later one leaves out."""
    runs = runs.take(runs.first < runs.stop)
    runs = runs.take(np.lexsort((runs.first, runs.child)))
    covered = np.concatenate([[0], running_maximum(runs.child, runs.stop)])[: len(runs.child)]
    covered = np.where(differs_from_before(runs.child), 0, covered)
    runs = Runs(runs.child, runs.row, np.maximum(runs.first, covered), runs.stop)
    return runs.take(runs.first < runs.stop)


def counted(runs: Runs, group: np.ndarray, groups: int, days: int) -> np.ndarray:
    """How many runs of each group hold on each day: a row for each of `groups`, a column for each of `days`."""
    width, size = days + 1, groups * (days + 1)
    change = np.bincount(group * width + runs.first, minlength=size) - np.bincount(
        group * width + runs.stop, minlength=size
    )
    return change.reshape(groups, width).cumsum(axis=1)[:, :days]


def each_day(runs: Runs) -> tuple[np.ndarray, np.ndarray]:
    """The runs spelled out: the number of the day and the row of the table, once for each day of each run."""
    length = runs.stop - runs.first
    start = np.cumsum(length) - length
    day = np.arange(length.sum()) - np.repeat(start - runs.first, length)
    return day, np.repeat(runs.row, length)


def days_of(dates: pd.Series) -> np.ndarray:
    """Dates as whole days since 1970, `OPEN` where missing."""
    days = dates.to_numpy("datetime64[D]")
    return np.where(np.isnat(days), OPEN, days.view("int64"))


def numbered(table: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """Numbers from 0, as they appear, for the combinations of the values in `columns`; a missing one counts as a value."""
    numbers = np.zeros(len(table), dtype="int64")
    for name in columns:
        values, distinct = pd.factorize(table[name])
        numbers = numbers * (len(distinct) + 1) + values
    return pd.factorize(numbers)[0]


def differs_from_before(numbers: np.ndarray) -> np.ndarray:
    """Whether each number is another than the one before it; the first is."""
    return np.concatenate([[True], numbers[1:] != numbers[:-1]])[: len(numbers)]


def running_maximum(child: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The largest of `values` (whole days) so far of each child, whose rows stand together."""
    offset = np.cumsum(differs_from_before(child)) * 2 * OPEN
    return np.maximum.accumulate(offset + values) - offset
