"""Placements: how stable they are, where they are, of which kind, who provides them, how long they last and why they end.

Who is looked after on a day is told by the table `care_periods`, as in `looked_after`; where the child is, by the table
`episodes`, joined into placements as `placement_history` says. Series of short breaks are in neither. A child looked after whose
placement no episode tells is counted as "Not known".

Children placed with or apart from their brothers and sisters are not counted: the return does not say who is whose brother or
sister.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics import build, members, sweep
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.placement_history import (
    BRIDGED,
    COUNTED,
    OPEN,
    days_of,
    in_order,
    numbered,
)
from analysis_lib.metrics.spells import as_list
from analysis_lib.metrics.tabulate import NOT_KNOWN
from analysis_lib.periods import year_before
from analysis_lib.results import Result

MEASURES = measures("placements")
MANY = 3  # placements in the year from which a child's care counts as unstable
__all__ = ["stability"]


def __dir__() -> list[str]:
    return __all__


def stability(
    episodes: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    by: Sequence[str] = (),
    temporary: str = BRIDGED,
    same_carer_moves: str = COUNTED,
) -> Result:
    """Share of the children looked after on each census date who had three or more placements in the 12 months to it.

    Counts every placement of 24 hours or more that the child was in on any day of the 12 months, those open on the first and
    on the last day included, in all periods of care of those months. The first of the months begins on the day after the same
    day a year before: 1 April for 31 March. Once called national indicator 62.

    Parameters
    ----------
    episodes, care_periods : DataFrame
        Tidy tables. They have to reach back a year before the census date; they may be of many authorities (`by`).
    census_date : one or several days
    by : names of columns of both tables
        One row per day and group; a child is one within its group, a missing group is "Not known". Groups are those of
        `care_periods`.
    temporary : "bridged" or "counted"
        Whether a hospital stay, a holiday or a carer's break, and the return from it, go on with the placement (the usual way;
        no official text says so), or count as placements of their own.
    same_carer_moves : "counted" or "not counted"
        Whether a new placement with the same carer (reason T or U: the carer moves house, the placement becomes long-term)
        counts. Adoption by the carer never does.
    """
    days = as_list(census_date)
    order = np.argsort(pd.DatetimeIndex(days), kind="stable")
    sorted_days = [days[place] for place in order]
    group, groups = _groups(care_periods, by)
    care = _in_care(care_periods, sorted_days, by)
    found = in_order(episodes, by=by, temporary=temporary, same_carer_moves=same_carer_moves)
    moved = _many_placements(found, sorted_days)
    both = _meet(moved, episodes, care, care_periods, [*by, "child_id"])
    column = np.empty(len(days), dtype="int64")
    column[order] = np.arange(len(days))

    def on_each_day(runs: sweep.Runs) -> np.ndarray:
        return sweep.counted(runs, group[runs.row], len(groups), len(days))[:, column].T.ravel()

    def children(runs: sweep.Runs) -> list[list[str]]:
        day, row = sweep.each_day(runs)
        listed = care_periods["child_id"].take(row).groupby([day, group[row]]).agg(list)
        return [listed.get((number, each), []) for number in column for each in range(len(groups))]

    counts = pd.DataFrame(
        {
            "period_start": pd.NaT,
            "period_end": np.repeat(pd.DatetimeIndex(days), len(groups)),
            **{name: np.tile(groups[name].to_numpy(), len(days)) for name in by},
            "numerator": on_each_day(both),
            "denominator": on_each_day(care),
            **members.named(numerator=lambda: children(both), denominator=lambda: children(care)),
        }
    )
    return build.proportion(MEASURES["placement_stability"], counts, groups=tuple(by))


def _groups(table: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """The number of each row's group, and the groups by number; one group of all where nothing is asked for."""
    if not by:
        return np.zeros(len(table), dtype="int64"), pd.DataFrame(index=[0])
    values = table[list(by)].astype(object)
    grouped = values.where(values.notna(), NOT_KNOWN).groupby(list(by), sort=True)
    return grouped.ngroup().to_numpy(), grouped.size().index.to_frame(index=False)


def _in_care(care_periods: pd.DataFrame, days: Sequence[pd.Timestamp], by: Sequence[str] = ()) -> sweep.Runs:
    """On which of `days` each child is looked after, no day twice; `days` in rising order."""
    start, end = days_of(care_periods["care_start"]), days_of(care_periods["care_end"])
    numbers = _numbers(days)
    usable = (start != OPEN) & (end >= start)
    runs = sweep.Runs(
        numbered(care_periods, [*by, "child_id"]),
        np.arange(len(care_periods)),
        np.searchsorted(numbers, start),
        np.searchsorted(numbers, end),
    )
    return sweep.disjoint(runs.take(usable))


def _many_placements(found, days: Sequence[pd.Timestamp]) -> sweep.Runs:
    """On which of `days` each child had had `MANY` placements or more in the 12 months to it.

    A child has had that many where the last of some three placements in a row had begun by the day, and the first of the
    three, in the order of their ends, had not ended by the first day of the 12 months.
    """
    first = np.flatnonzero(found.new)
    end = np.maximum.reduceat(found.end, first) if len(first) else found.end
    lasted = end > found.start[first]
    first, end = first[lasted], end[lasted]
    child, start = found.child[first], found.start[first]
    end = end[np.lexsort((end, child))] if _falls(child, end) else end
    last = np.flatnonzero(child[MANY - 1 :] == child[: len(child) - MANY + 1]) + MANY - 1
    year_begins = [year_before(day) + pd.Timedelta(days=1) for day in days]
    return sweep.disjoint(
        sweep.Runs(
            child[last],
            found.rows[first[last]],
            np.searchsorted(_numbers(days), start[last]),
            np.searchsorted(_numbers(year_begins), end[last - MANY + 1]),
        )
    )


def _falls(child: np.ndarray, end: np.ndarray) -> bool:
    return bool(((child[1:] == child[:-1]) & (end[1:] < end[:-1])).any())


def _numbers(days: Sequence[pd.Timestamp]) -> np.ndarray:
    return days_of(pd.Series(pd.DatetimeIndex(days)))


def _meet(
    one: sweep.Runs, table: pd.DataFrame, other: sweep.Runs, other_table: pd.DataFrame, keys: Sequence[str]
) -> sweep.Runs:
    """The days on which runs of the same child in two tables both hold; rows and children are those of the other table."""

    def keyed(runs: sweep.Runs, of: pd.DataFrame) -> pd.DataFrame:
        columns = {name: of[name].take(runs.row).to_numpy() for name in keys}
        return pd.DataFrame({**columns, "first": runs.first, "stop": runs.stop, "run": np.arange(len(runs.row))})

    pairs = keyed(one, table).merge(keyed(other, other_table), on=list(keys), suffixes=("", "_other"))
    place = pairs["run_other"].to_numpy()
    met = sweep.Runs(
        other.child[place],
        other.row[place],
        np.maximum(pairs["first"], pairs["first_other"]).to_numpy(),
        np.minimum(pairs["stop"], pairs["stop_other"]).to_numpy(),
    )
    return met.take(met.first < met.stop)
