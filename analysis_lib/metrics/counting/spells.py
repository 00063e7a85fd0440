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

import datetime as dt
import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis_lib.errors import UsageError
from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.groups import grouped, numbered, together
from analysis_lib.periods import Period, year_before
from analysis_lib.results import Measure, Result

NOW, QUARTER_BEFORE, YEAR_BEFORE, HIGHEST = "now", "three months before", "a year before", "highest month end"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENTS = (NOW, QUARTER_BEFORE, YEAR_BEFORE, HIGHEST)
FAR_AWAY = pd.Timestamp("2262-01-01")  # later than any day on a page; stands for the end of an open spell
OPEN = 106_650  # the same in days since 1970


def spells(table: pd.DataFrame, start: str, end: str, by: Sequence[str] = ()) -> pd.DataFrame:
    """The spells of `table` by child: child_id, the columns `by`, start, end (missing while open), overlaps joined.

    Rows without a start or that end before they start are left out: they are among the data problems, and no reading
    of them is safe. With `by` (columns of `table`: an authority, a sex) spells are joined inside a child and group, and
    the columns come back as categoricals of the groups to expect (`groups.py`).
    """
    frame = table[["child_id", *by, start, end]].set_axis(["child_id", *by, "start", "end"], axis=1)
    wrong = frame["start"].isna() | (frame["end"] < frame["start"])
    return _joined(grouped(frame, by)[~wrong], by)


def _joined(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    start, end = _day_numbers(frame["start"]), _day_numbers(frame["end"])
    group, groups = numbered(frame, by)
    # Each child and group has a stretch of its own on one long line of days: one sort and one running maximum serve all.
    stretch = 2 * OPEN * (pd.factorize(frame["child_id"], sort=True)[0] * len(groups) + group)
    # Of spells that begin on one day the one that ends the same day comes first, and so stays an event of its own.
    key = 2 * (stretch + start) + (end > start)
    order = np.argsort(key, kind="stable")
    key, stretch = key[order], stretch[order]
    latest_end = np.maximum.accumulate(stretch + end[order])
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = ((stretch + start[order])[1:] >= latest_end[:-1]) & (key[1:] != key[:-1])
    is_last = np.append(is_new[1:], True)[: len(order)]
    ends = (latest_end - stretch)[is_last]
    joined = frame.iloc[order[is_new]].reset_index(drop=True)
    return joined.assign(end=pd.Series(_as_days(ends)).astype(frame["end"].dtype))


def _day_numbers(days: pd.Series) -> np.ndarray:
    """Days since 1970 as whole numbers, `OPEN` where missing."""
    numbers = days.to_numpy("datetime64[D]").astype(np.int64)
    return np.where(days.isna(), OPEN, numbers)


def _as_days(numbers: np.ndarray) -> np.ndarray:
    return np.where(numbers == OPEN, np.datetime64("NaT"), numbers.astype("datetime64[D]"))


def union(*each: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """The spells in which a child is in at least one of several kinds of spell, each made by `spells` with the same `by`."""
    groups = {column: together([frame[column] for frame in each]) for column in by}
    return _joined(pd.concat(each, ignore_index=True).assign(**groups), by)


def open_on(of: pd.DataFrame, days: Sequence[pd.Timestamp], by: Sequence[str] = ()) -> np.ndarray:
    """How many children are in a spell on each of `days`; `of` is made by `spells` or `union`.

    With `by`, as given there: on each of `days` in the first group, then in the second, and so on.
    """
    return _up_to(of, "start", days, by) - _up_to(of, "end", days, by)


def children_open_on(of: pd.DataFrame, days: Sequence[pd.Timestamp], by: Sequence[str] = ()) -> list[list[str]]:
    """The children counted by `open_on`, in its order."""
    return _named(of, [np.flatnonzero((of["start"] <= day) & ~(of["end"] <= day)) for day in days], by)


def begun_in(of: pd.DataFrame, periods: Sequence[Period], by: Sequence[str] = ()) -> np.ndarray:
    """How many spells begin in each of `periods`, first and last day counted; with `by`, in the order of `open_on`."""
    return _within(of, "start", periods, by)


def ended_in(of: pd.DataFrame, periods: Sequence[Period], by: Sequence[str] = ()) -> np.ndarray:
    """How many spells end in each of `periods`, first and last day counted; with `by`, in the order of `open_on`."""
    return _within(of, "end", periods, by)


def children_of(of: pd.DataFrame, edge: str, periods: Sequence[Period], by: Sequence[str] = ()) -> list[list[str]]:
    """Whose spells begin (`edge` "start") or end ("end") in each of `periods`: a child for each such spell."""
    return _named(of, _in_periods(of, edge, periods), by)


def _up_to(of: pd.DataFrame, edge: str, days: Sequence[pd.Timestamp], by: Sequence[str]) -> np.ndarray:
    """How many of the spells begin or end (`edge`) up to each of `days`, group after group."""
    group, groups = numbered(of, by)
    asked = _day_numbers(pd.Series(days, dtype="datetime64[s]"))
    in_order = np.argsort(asked)
    # The first of the days by which each has happened; those later than all have a place of their own at the end.
    place = np.searchsorted(asked[in_order], _day_numbers(of[edge]))
    places = len(asked) + 1
    happened = np.bincount(group * places + place, minlength=len(groups) * places)
    counts = np.empty((len(groups), len(asked)), dtype=np.int64)
    counts[:, in_order] = happened.reshape(len(groups), places).cumsum(axis=1)[:, :-1]
    return counts.ravel()


def _within(of: pd.DataFrame, edge: str, periods: Sequence[Period], by: Sequence[str]) -> np.ndarray:
    days_before = [period.start - pd.Timedelta(days=1) for period in periods]
    return _up_to(of, edge, [period.end for period in periods], by) - _up_to(of, edge, days_before, by)


def _in_periods(of: pd.DataFrame, edge: str, periods: Sequence[Period]) -> list[np.ndarray]:
    """For each of `periods` the places of the spells that begin or end (`edge`) in it, in their order."""
    days = of[edge].to_numpy()
    in_order = np.argsort(days, kind="stable")
    days = days[in_order]
    first = np.searchsorted(days, [each.start.to_datetime64() for each in periods])
    last = np.searchsorted(days, [each.end.to_datetime64() for each in periods], side="right")
    return [np.sort(in_order[begin:end]) for begin, end in zip(first, last, strict=True)]


def _named(of: pd.DataFrame, places: list[np.ndarray], by: Sequence[str]) -> list[list[str]]:
    """The children of the spells at each of `places`: those of the first group, then of the second, and so on."""
    group, groups = numbered(of, by)
    children = of["child_id"].to_numpy(dtype=object)
    split = []
    for each in places:
        in_order = each[np.argsort(group[each], kind="stable")]
        split.append(np.split(children[in_order], np.cumsum(np.bincount(group[each], minlength=len(groups)))[:-1]))
    return [of_group.tolist() for together_on_a_day in zip(*split, strict=True) for of_group in together_on_a_day]


def as_list(one_or_more) -> list:
    """One census date or period, or several of them, as a list of timestamps or of periods.

    Text is read: "2021-03-31" is a day, "2020-21" or "2021-22-Q2" a period. Raises `UsageError` for text that is neither, and
    where there is none.
    """
    if isinstance(one_or_more, Period | str | dt.date | np.datetime64):
        one_or_more = [one_or_more]
    given = [_when(each) for each in one_or_more]
    if not given:
        raise UsageError("There is no day and no period to count at. Give one, such as 2021-03-31 or 2020-21.")
    return given


def _when(one) -> Period | pd.Timestamp:
    if isinstance(one, Period):
        return one
    if isinstance(one, str) and not _DAY.fullmatch(one):
        return Period.parse(one)
    try:
        return pd.Timestamp(one)
    except ValueError:
        raise UsageError(f"{one!r} is not a day. Write it as 2021-03-31.") from None


def stock(
    measure: Measure,
    of: pd.DataFrame,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    by: Sequence[str] = (),
) -> Result:
    """Children in a spell on each census date, as a result: a row for each group of `by` and date."""
    days = as_list(census_date)
    rows = for_each_group(of, on(days), by)
    counts = rows.assign(
        numerator=open_on(of, days, by), **members.named(numerator=lambda: children_open_on(of, days, by))
    )
    return build.count(measure, counts, groups=by, parts=by)


def events(
    measure: Measure, of: pd.DataFrame, edge: str, period: Period | Sequence[Period], by: Sequence[str] = ()
) -> Result:
    """Spells that begin (`edge` "start") or end ("end") in each period, as a result: a row for each group and period."""
    periods = as_list(period)
    counts = for_each_group(of, over(periods), by).assign(
        numerator=_within(of, edge, periods, by), **members.named(numerator=lambda: children_of(of, edge, periods, by))
    )
    return build.count(measure, counts, groups=by, parts=by)


def children_with_events(
    measure: Measure, of: pd.DataFrame, edge: str, period: Period | Sequence[Period], by: Sequence[str] = ()
) -> Result:
    """Children whose spells begin or end (`edge`) in each period, each once in a group and period, as a result."""
    periods = as_list(period)
    group, groups = numbered(of, by)
    # Spells lie by child and group: a number that rises where either changes tells who is whose neighbour.
    child = of["child_id"]
    whose = np.cumsum((child != child.shift()).to_numpy() | (np.diff(group, prepend=-1) != 0))
    places = [each[np.diff(whose[each], prepend=0) > 0] for each in _in_periods(of, edge, periods)]
    counted = [np.bincount(group[each], minlength=len(groups)) for each in places]
    counts = for_each_group(of, over(periods), by).assign(
        numerator=np.array(counted).T.ravel(), **members.named(numerator=lambda: _named(of, places, by))
    )
    return build.count(measure, counts, groups=by, parts=by)


def flow(
    measure: Measure, counted: np.ndarray, periods: Sequence[Period], children: Callable[[], list[list[str]]]
) -> Result:
    """Numbers of something in each of `periods`, as a result; `children` gives those counted in each."""
    return build.count(measure, over(periods).assign(numerator=counted, **members.named(numerator=children)))


def for_each_group(of: pd.DataFrame, dated: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The rows of `dated` (`on` days or `over` periods) for the first group of `by`, then for the second, and so on."""
    return numbered(of, by)[1].merge(dated, how="cross")


def on(days: Sequence[pd.Timestamp]) -> pd.DataFrame:
    """The columns period_start (missing) and period_end of census dates."""
    return pd.DataFrame({"period_start": pd.NaT, "period_end": days})


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
    frame = frame[frame["period_end"] <= day].set_index("period_end")
    # Month ends, so that three months before 30 June is 31 March.
    days = [day, day - pd.offsets.MonthEnd(3), year_before(day) + pd.offsets.MonthEnd(0), frame["value"].idxmax()]
    rows = frame.reindex(days).reset_index(drop=True)
    missing = rows["measure"].isna()
    rows = rows.assign(period_end=days, moment=MOMENTS)
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
