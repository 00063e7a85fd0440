"""Counting spells (periods of care, plans): how many children are in one on a day, and what begins and ends when.

A spell lasts from its first day up to, but not including, the day it ends: a child who leaves on 31 March is not
counted on 31 March, one who arrives on 31 March is. One that begins and ends on the same day is an event on both
sides, and never a child on a day. Spells of one child that overlap are joined into one before anything is counted;
one that begins on the day another ends stays a new one. So for any two days the count on the later one is the count
on the earlier one, plus what began, less what ended in between.

Days are counted by sorting all beginnings and all ends once and looking each day up in both, not by going through
every spell for every day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics import build, members
from analysis_lib.periods import Period, year_before
from analysis_lib.results import Measure, Result

NOW, QUARTER_BEFORE, YEAR_BEFORE, HIGHEST = "now", "three months before", "a year before", "highest month end"
MOMENTS = (NOW, QUARTER_BEFORE, YEAR_BEFORE, HIGHEST)
FAR_AWAY = pd.Timestamp("2262-01-01")  # later than any day on a page; stands for the end of an open spell


def spells(table: pd.DataFrame, start: str, end: str) -> pd.DataFrame:
    """The spells of `table` by child: child_id, start, end (missing while open), overlaps joined.

    Rows without a start or that end before they start are left out: they are among the data problems, and no reading
    of them is safe.
    """
    frame = table[["child_id", start, end]].set_axis(["child_id", "start", "end"], axis=1)
    wrong = frame["start"].isna() | (frame["end"] < frame["start"])
    return _joined(frame[~wrong])


def _joined(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.assign(end=frame["end"].fillna(FAR_AWAY)).drop_duplicates()
    frame = frame.sort_values(["child_id", "start", "end"], ignore_index=True)
    latest_end = frame.groupby("child_id")["end"].cummax()
    # A child's first row has no row before: the shift stays inside the child.
    ended_before = latest_end.groupby(frame["child_id"]).shift()
    is_new = ended_before.isna() | (frame["start"] >= ended_before)
    joined = frame.groupby(is_new.cumsum()).agg(
        child_id=("child_id", "first"), start=("start", "first"), end=("end", "max")
    )
    return joined.assign(end=joined["end"].mask(joined["end"] == FAR_AWAY)).reset_index(drop=True)


def union(*each: pd.DataFrame) -> pd.DataFrame:
    """The spells in which a child is in at least one of several kinds of spell, each made by `spells`."""
    return _joined(pd.concat(each, ignore_index=True))


def open_on(of: pd.DataFrame, days: Sequence[pd.Timestamp]) -> np.ndarray:
    """How many children are in a spell on each of `days`; `of` is made by `spells` or `union`."""
    return _up_to(of["start"], days) - _up_to(of["end"].dropna(), days)


def children_open_on(of: pd.DataFrame, days: Sequence[pd.Timestamp]) -> list[list[str]]:
    """The children counted by `open_on`, for each of `days`."""
    return [members.ids(of[(of["start"] <= day) & ~(of["end"] <= day)]) for day in days]


def children_of(of: pd.DataFrame, edge: str, periods: Sequence[Period]) -> list[list[str]]:
    """Whose spells begin (`edge` "start") or end ("end") in each of `periods`: a child for each such spell."""
    return [members.ids(of[of[edge].between(each.start, each.end)]) for each in periods]


def begun_in(of: pd.DataFrame, periods: Sequence[Period]) -> np.ndarray:
    """How many spells begin in each of `periods`, first and last day counted."""
    return _within(of["start"], periods)


def ended_in(of: pd.DataFrame, periods: Sequence[Period]) -> np.ndarray:
    """How many spells end in each of `periods`, first and last day counted."""
    return _within(of["end"].dropna(), periods)


def _up_to(days_of: pd.Series, days: Sequence[pd.Timestamp]) -> np.ndarray:
    return np.searchsorted(np.sort(_as_days(days_of)), _as_days(days), side="right")


def _within(days_of: pd.Series, periods: Sequence[Period]) -> np.ndarray:
    days_before = [period.start - pd.Timedelta(days=1) for period in periods]
    return _up_to(days_of, [period.end for period in periods]) - _up_to(days_of, days_before)


def _as_days(days) -> np.ndarray:
    return pd.DatetimeIndex(days).to_numpy("datetime64[D]")


def as_list(one_or_more) -> list:
    """One census date or period, or several of them, as a list."""
    return [one_or_more] if isinstance(one_or_more, (Period, pd.Timestamp)) else list(one_or_more)


def stock(measure: Measure, of: pd.DataFrame, census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> Result:
    """Children in a spell on each census date, as a result."""
    days = as_list(census_date)
    counts = pd.DataFrame({"period_start": pd.NaT, "period_end": days, "numerator": open_on(of, days)})
    return build.count(measure, counts.assign(**members.named(numerator=lambda: children_open_on(of, days))))


def flow(
    measure: Measure, counted: np.ndarray, periods: Sequence[Period], children: Callable[[], list[list[str]]]
) -> Result:
    """Numbers of something in each of `periods`, as a result; `children` gives those counted in each."""
    return build.count(measure, over(periods).assign(numerator=counted, **members.named(numerator=children)))


def over(periods: Sequence[Period]) -> pd.DataFrame:
    """The columns period_start and period_end of `periods`."""
    return pd.DataFrame(
        {"period_start": [each.start for each in periods], "period_end": [each.end for each in periods]}
    )


def months_known(*tables: pd.DataFrame, until: pd.Timestamp, months: int | None = None) -> list[Period]:
    """The calendar months up to `until` for which returns can be trusted to hold every spell, the last `months` of them.

    A return holds what was open at any time in its year, so children who left before the first return are in none. The
    first spell to end says when the returns begin: counting starts with its month, in the later of `tables` (each made
    by `spells`). With no end at all only the month of `until` is known.
    """
    first_ends = [table["end"].min() for table in tables]
    first = until if any(pd.isna(first_ends)) else max(first_ends)
    known = Period.span(min(first, until), until).months
    return known if months is None else known[-months:]


def month_ends_known(*tables: pd.DataFrame, until: pd.Timestamp) -> list[pd.Timestamp]:
    """The last days of `months_known`: those on which what is in all of `tables` can be counted."""
    return [month.end for month in months_known(*tables, until=until)]


def only_known(result: Result, of: pd.DataFrame) -> Result:
    """`result` with the figures of periods that begin before the months known from `of` missing, symbol "x"."""
    first = months_known(of, until=result.frame["period_end"].max())[0].start
    frame = result.exact()
    early = frame["period_start"] < first
    frame.loc[early, ["numerator", "denominator", "value", "lower", "upper"]] = np.nan
    frame.loc[early, "symbol"] = "x"
    return Result(result.measure, frame, result.groups, result.origin, result.parts)


def moments(series: Result, day: pd.Timestamp) -> Result:
    """The figures of a month-end series that a reader compares: on `day`, three months and a year before, and the highest.

    Group "moment" has one row for each of `MOMENTS`. A day that the series does not have gives a missing value, symbol
    "x". The highest is the first of equals, up to `day`. `series` has one row a month end and no groups.
    """
    frame = series.exact()
    frame = frame[frame["period_end"] <= day].set_index("period_end", drop=False)
    # Month ends, so that three months before 30 June is 31 March.
    days = [day, day - pd.offsets.MonthEnd(3), year_before(day) + pd.offsets.MonthEnd(0), frame["value"].idxmax()]
    rows = frame.reindex(days).reset_index(drop=True)
    missing = rows["measure"].isna()
    rows = rows.assign(period_start=pd.NaT, period_end=days, moment=MOMENTS)
    rows = rows.assign(measure=series.measure.name, unit=series.measure.unit, method=frame["method"].iloc[0])
    rows["symbol"] = rows["symbol"].mask(missing, "x")
    rows["source"] = rows["source"].mask(missing, "")
    return Result(series.measure, rows, ("moment",), series.origin)


def per_population(measure: Measure, counts: Result, population: int | None) -> Result:
    """The rate of each row of `counts` in a population of `population` people, in the unit of `measure`.

    Without a population (None) every rate is missing, symbol "x".
    """
    exact = counts.exact()
    frame = exact[["period_start", "period_end", *counts.groups, "numerator", *members.named_in(exact)]]
    if population is not None:
        return build.rate(measure, frame.assign(denominator=float(population)), groups=counts.groups)
    rates = build.rate(measure, frame.assign(denominator=np.nan), groups=counts.groups)
    return Result(measure, rates.exact().assign(symbol="x"), counts.groups)
