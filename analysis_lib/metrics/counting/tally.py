"""From rows of a tidy table to a `Result`: first choose the rows that count on each day or in each period, then count them.

`happening`, `open_rows` and `touching` choose. Their answer has a row for each time that a row of the table counts, with
`when`: the number of the day or period among those asked for, from 0. The functions after them count such rows, and have
a row for every day or period and every expected group, whether anything counts there or not. Rows stand for whatever the
table has (children, plans, incidents): `each_once` leaves every child, or whatever else, once.

`when` is one census date or period, or several. `by` names columns to count by, each a categorical of the groups to
expect (`metrics/counting/groups.py`). Spells of care and plans have a sweep of their own in `metrics/counting/spells.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.answers import is_true
from analysis_lib.metrics.counting.groups import grouped, numbered
from analysis_lib.metrics.counting.spells import as_list
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result, rows_of

When = Period | pd.Timestamp | Sequence[Period] | Sequence[pd.Timestamp]


# --- which rows count when -------------------------------------------------------------------------------------------


def happening(table: pd.DataFrame, day: str, when: When) -> pd.DataFrame:
    """The rows whose column `day` is each census date or lies in each period, first and last day counted, with `when`."""
    return _chosen(table, [table[day].between(*_edges(each)) for each in as_list(when)])


def open_rows(table: pd.DataFrame, start: str, end: str, days: pd.Timestamp | Sequence[pd.Timestamp]) -> pd.DataFrame:
    """The rows that have begun by each of `days` and not ended by it, with `when`."""
    return _chosen(table, [(table[start] <= day) & ~(table[end] <= day) for day in as_list(days)])


def touching(table: pd.DataFrame, start: str, end: str, periods: Period | Sequence[Period]) -> pd.DataFrame:
    """The rows that hold on at least one day of each of `periods`, with `when`; the day they end is one of theirs."""
    return _chosen(table, [(table[start] <= each.end) & ~(table[end] < each.start) for each in as_list(periods)])


def _chosen(table: pd.DataFrame, flags: Sequence[pd.Series]) -> pd.DataFrame:
    places = [np.flatnonzero(each) for each in flags]
    rows = table.take(np.concatenate(places)).reset_index(drop=True)
    return rows.assign(when=np.repeat(np.arange(len(places)), [len(each) for each in places]))


def _edges(when: Period | pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    return (when.start, when.end) if isinstance(when, Period) else (when, when)


def each_once(rows: pd.DataFrame, of: str = "child_id", *, by: Sequence[str] = ()) -> pd.DataFrame:
    """The first row of each child, or of each value of column `of`, on each day or in each period, and group of `by`."""
    return rows.drop_duplicates(["when", *by, of])


def date_of(rows: pd.DataFrame, days: pd.Timestamp | Sequence[pd.Timestamp]) -> pd.Series:
    """The census date on which each row counts."""
    return pd.Series(pd.DatetimeIndex(as_list(days)).take(rows["when"]), index=rows.index)


# --- counts ----------------------------------------------------------------------------------------------------------


def dated(when: When) -> pd.DataFrame:
    """The columns period_start (missing for a day) and period_end of days or periods."""
    both = [(each.start, each.end) if isinstance(each, Period) else (pd.NaT, each) for each in as_list(when)]
    return pd.DataFrame(both, columns=["period_start", "period_end"]).astype("datetime64[us]")


def counts(when: When, *, by: Sequence[str] = (), groups_first: bool = False, **sides: pd.DataFrame) -> pd.DataFrame:
    """How many rows count: a frame for `metrics/counting/build.py`, with the children of each number.

    `sides` are the rows of the `numerator` and, where there is one, the `denominator`, with the same groups to expect in the
    columns `by`. All groups of the first day come first, or with `groups_first` all days of the first group. Rows without
    `child_id` name nobody.
    """
    place, frame = _cells(when, by, groups_first, next(iter(sides.values())))
    numbers = {side: np.bincount(place(rows), minlength=len(frame)) for side, rows in sides.items()}
    whose = {
        side: lambda rows=rows: _children(rows, place(rows), len(frame))
        for side, rows in sides.items()
        if "child_id" in rows
    }
    return frame.assign(**numbers, **members.named(**whose))


def _cells(
    when: When, by: Sequence[str], groups_first: bool, rows: pd.DataFrame
) -> tuple[Callable[[pd.DataFrame], np.ndarray], pd.DataFrame]:
    """What tells in which row of a frame of counts each row counts, and that frame: its dates and groups."""
    dates, (_, groups) = dated(when), numbered(rows, by)

    def place(of: pd.DataFrame) -> np.ndarray:
        date, group = of["when"].to_numpy(dtype="int64"), numbered(of, by)[0]
        return group * len(dates) + date if groups_first else date * len(groups) + group

    return place, groups.merge(dates, how="cross") if groups_first else dates.merge(groups, how="cross")


def _children(rows: pd.DataFrame, place: np.ndarray, cells: int) -> list[list[str]]:
    listed = rows.groupby(place)["child_id"].agg(list)
    return [listed.get(each, []) for each in range(cells)]


def number(measure: Measure, rows: pd.DataFrame, when: When, *, by: Sequence[str] = ()) -> Result:
    """How many rows count on each day or in each period, in each group."""
    return build.count(measure, counts(when, by=by, numerator=grouped(rows, by)), groups=tuple(by))


def unknown(measure: Measure, rows: pd.DataFrame, when: When, answer: str) -> Result:
    """How many rows have no `answer`: what `share` leaves out."""
    return number(measure, rows[rows[answer].isna()], when)


def share(measure: Measure, rows: pd.DataFrame, when: When, answer: str, *, by: Sequence[str] = ()) -> Result:
    """The percentage of rows whose column `answer` is true, of those that have one, in each group; missing where none has."""
    rows = grouped(rows, by)
    known = rows[rows[answer].notna()]
    true = known[is_true(known[answer])]
    return build.proportion(measure, counts(when, by=by, numerator=true, denominator=known), groups=tuple(by))


def ratio(measure: Measure, numerator: pd.DataFrame, denominator: pd.DataFrame, when: When) -> Result:
    """Rows of `numerator` for each row of `denominator`."""
    return build.ratio(measure, counts(when, numerator=numerator, denominator=denominator))


# --- groups that add up ----------------------------------------------------------------------------------------------


def numbers(measure: Measure, rows: pd.DataFrame, when: When, by: str, *, groups_first: bool = False) -> Result:
    """How many rows count in each group of column `by`; the groups add up to all rows."""
    frame = counts(when, by=[by], groups_first=groups_first, numerator=grouped(rows, [by]))
    return build.count(measure, frame, groups=(by,), parts=(by,))


def shares(
    measure: Measure,
    rows: pd.DataFrame,
    when: When,
    by: str,
    *,
    within: Sequence[str] = (),
    groups_first: bool = False,
) -> Result:
    """The share of each group of column `by` in all rows, or in those of a group of `within`, in per cent; they add up to 100."""
    rows = grouped(rows, [*within, by])
    frame = counts(when, by=[*within, by], groups_first=groups_first, numerator=rows)
    whole = counts(when, by=within, denominator=rows)
    frame = frame.merge(whole, on=["period_start", "period_end", *within], how="left", validate="many_to_one")
    return build.proportion(measure, frame, groups=(*within, by), parts=(by,))


# --- sums and averages -----------------------------------------------------------------------------------------------


def total(measure: Measure, rows: pd.DataFrame, when: When, value: str, *, by: Sequence[str] = ()) -> Result:
    """The sum of column `value` over the rows, in each group; missing values add nothing, and nobody is named."""
    return build.count(measure, _sums(rows, when, by, numerator=value), groups=tuple(by))


def share_of_total(
    measure: Measure, rows: pd.DataFrame, when: When, part: str, whole: str, *, by: Sequence[str] = ()
) -> Result:
    """The sum of column `part` as a percentage of the sum of `whole`, over the rows that have both, in each group."""
    both = rows[rows[part].notna() & rows[whole].notna()]
    return build.share_of_sums(measure, _sums(both, when, by, numerator=part, denominator=whole), groups=tuple(by))


def _sums(rows: pd.DataFrame, when: When, by: Sequence[str], **sides: str) -> pd.DataFrame:
    rows = grouped(rows, by)
    place, frame = _cells(when, by, False, rows)
    sums = rows.groupby(place(rows))[list(sides.values())].sum().reindex(frame.index, fill_value=0)
    return frame.assign(**{side: sums[column].to_numpy() for side, column in sides.items()})


def mean(measure: Measure, rows: pd.DataFrame, when: When, value: str) -> Result:
    """The mean of column `value` over the rows of each day or period; missing values are left out."""
    return _summaries(measure, rows, when, (), partial(build.mean, value=value))


def median(
    measure: Measure, rows: pd.DataFrame, when: When, value: str, *, by: Sequence[str] = (), interval: str = ""
) -> Result:
    """The median of column `value` over the rows of each day or period and group; missing values are left out.

    With an `interval` if it is named, as in `build.quantile`.
    """
    return _summaries(measure, rows, when, by, partial(build.quantile, value=value, q=0.5, interval=interval))


def _summaries(measure: Measure, rows: pd.DataFrame, when: When, by: Sequence[str], summary) -> Result:
    rows = grouped(rows, by)
    place, cells = _cells(when, by, False, rows)
    where = place(rows)
    made = [
        summary(measure, rows[where == number], when=cell["period_end"]).exact().assign(**cell)
        for number, cell in enumerate(rows_of(cells))
    ]
    return Result(measure, pd.concat(made, ignore_index=True), tuple(by))
