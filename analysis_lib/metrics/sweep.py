"""Spells counted on many days at once: each spell becomes the run of days on which it holds, and runs are added up.

Days are asked for in rising order and numbered from 0. A run goes from its first number up to, but not including, its `stop`.
Every spell is looked at once, however many days there are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis_lib.metrics.placement_history import differs_from_before, running_maximum


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
