"""Counts and shares of rows that stand for events or plans, over periods and on days.

Every function takes a list of frames, one for each period or day asked for (`happening`, `open_rows`), each with the
column `child_id` and a row for each thing counted. An answer is a column of true and false; where it is missing the row
is left out of a share and counted by `unknown`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.spells import as_list, over
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result
from analysis_lib.working_days import working_days_after

NOT_KNOWN = "Not known"
Frames = list[pd.DataFrame]


def happening(rows: pd.DataFrame, day: str, period: Period | Sequence[Period]) -> tuple[pd.DataFrame, Frames]:
    """The rows whose column `day` lies in each period, first and last day counted; and the periods as columns."""
    periods = as_list(period)
    return over(periods), [rows[rows[day].between(each.start, each.end)] for each in periods]


def on_days(census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> tuple[pd.DataFrame, list[pd.Timestamp]]:
    """The census dates as the columns of a result, and as a list."""
    days = as_list(census_date)
    return pd.DataFrame({"period_start": pd.NaT, "period_end": days}), days


def open_rows(rows: pd.DataFrame, start: str, end: str, days: Sequence[pd.Timestamp]) -> Frames:
    """The rows that have begun by each day and not ended by it."""
    return [rows[(rows[start] <= day) & ~(rows[end] <= day)] for day in days]


def number(measure: Measure, when: pd.DataFrame, frames: Frames) -> Result:
    """How many rows each frame has: things, so a child may count more than once."""
    return build.count(measure, when.assign(**_counted("numerator", frames)))


def number_of_children(measure: Measure, when: pd.DataFrame, frames: Frames) -> Result:
    """How many children each frame has, each once."""
    return number(measure, when, _each_child_once(frames))


def unknown(measure: Measure, when: pd.DataFrame, frames: Frames, answer: str) -> Result:
    """How many rows of each frame have no `answer`: what `share` leaves out."""
    return number(measure, when, [rows[rows[answer].isna()] for rows in frames])


def share(measure: Measure, when: pd.DataFrame, frames: Frames, answer: str) -> Result:
    """The percentage of rows whose `answer` is true, of those that have one; missing where none has."""
    return build.proportion(measure, share_counts(when, frames, answer))


def share_counts(when: pd.DataFrame, frames: Frames, answer: str) -> pd.DataFrame:
    """The counts of `share`: rows whose `answer` is true (numerator) of those that have one (denominator)."""
    known = [rows[rows[answer].notna()] for rows in frames]
    true = [rows[rows[answer].astype(bool)] for rows in known]
    return when.assign(**_counted("numerator", true), **_counted("denominator", known))


def share_of_children(measure: Measure, when: pd.DataFrame, frames: Frames, answer: str) -> Result:
    """The percentage of children with a row whose `answer` is true, of those with a row that has one; each child once."""
    known = [rows[rows[answer].notna()] for rows in frames]
    true = _each_child_once([rows[rows[answer].astype(bool)] for rows in known])
    counts = when.assign(**_counted("numerator", true), **_counted("denominator", _each_child_once(known)))
    return build.proportion(measure, counts)


def shares(measure: Measure, when: pd.DataFrame, frames: Frames, group: str, expected: Sequence[str]) -> Result:
    """The percentage of each frame's rows in each of the `expected` values of column `group`, also in those without any.

    Rows whose value is none of them are in the last of `expected`, which is the one for what is not known.
    """
    placed = [rows[group].where(rows[group].isin(list(expected)), expected[-1]) for rows in frames]
    each = [
        when.assign(
            **{group: value},
            **_counted("numerator", [rows[is_in == value] for rows, is_in in zip(frames, placed, strict=True)]),
            **_counted("denominator", frames),
        )
        for value in expected
    ]
    return build.proportion(measure, pd.concat(each, ignore_index=True), groups=(group,), parts=(group,))


def median(measure: Measure, periods: Sequence[Period], frames: Frames, value: str) -> Result:
    """The median of column `value` over the rows of each frame that have one, a frame for each of `periods`."""
    each = [
        build.quantile(measure, rows, value=value, q=0.5, when=period).exact()
        for period, rows in zip(periods, frames, strict=True)
    ]
    return Result(measure, pd.concat(each, ignore_index=True))


def seen_lately(rows: pd.DataFrame, start: str, seen: str, day: pd.Timestamp, within_working_days: int) -> pd.DataFrame:
    """The rows that began more than so many working days before `day`, with `is_seen`: column `seen` lies in them.

    Returns have the last such day before their own day only. So it is missing where `seen` is blank, and where the row
    comes from an extract of another day than `day` (column `extract_date`).
    """
    on_day = pd.Series(day, index=rows.index)
    since = working_days_after(rows[seen], on_day).where(rows["extract_date"] == day)
    rows = rows.assign(is_seen=(since <= within_working_days).astype("boolean").mask(since.isna()))
    return rows[working_days_after(rows[start], on_day) > within_working_days]


def _counted(side: str, frames: Frames) -> dict[str, list]:
    return {
        side: [len(rows) for rows in frames],
        **members.named(**{side: lambda: [members.ids(rows) for rows in frames]}),
    }


def _each_child_once(frames: Frames) -> Frames:
    return [rows.drop_duplicates("child_id") for rows in frames]
