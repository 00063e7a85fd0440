"""Children continuously looked after for 12 months: the cohort that health, offending and school figures rest on.

The rule is that of the Department for Education's validation rules for the SSDA903 (2021-22, version 1.2), as the public rule
engine carries it out. Of the children in care on a day, in the usual case 31 March, it leaves out those who in the year up to
and including that day

- started to be looked after (reason for new episode S) after the year's first day: one who starts on 1 April is in, on
  2 April is not;
- ceased to be looked after (any reason but X1) before the day; or
- had a short break (legal status V3 or V4) at any time.

A child whose care ends on the very day is in the cohort by that rule, though not in the count of children looked after on
that day (`looked_after.looked_after_at`); `left_on_the_day` chooses.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import tally
from analysis_lib.metrics.counting.spells import as_list
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import year_before
from analysis_lib.results import Result

__all__ = ["cohort", "continuously_looked_after", "first_day_of_year"]
MEASURES = measures("health")
COUNTED, LEFT_OUT = "counted", "left out"
SHORT_BREAKS = ("V3", "V4")
STARTS_CARE, GOES_ON = "S", "X1"


def __dir__() -> list[str]:
    return __all__


def cohort(
    episodes: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    left_on_the_day: str = COUNTED,
) -> pd.DataFrame:
    """The children continuously looked after for 12 months on each census date.

    Parameters
    ----------
    episodes : DataFrame
        Tidy `episodes`; rows without a first day do not count.
    census_date : day or days
        Each is the last day of its 12 months.
    left_on_the_day : "counted" or "left out"
        What a child is whose care ends on the census date: counted by the validation rule, left out as in the count of
        children looked after.

    Returns
    -------
    DataFrame
        `child_id` and `period_end` (the census date), once for each child and day, by day and child.
    """
    if left_on_the_day not in (COUNTED, LEFT_OUT):
        raise ValueError(f"left_on_the_day is {COUNTED!r} or {LEFT_OUT!r}, not {left_on_the_day!r}")
    days = _in_days(sorted(set(as_list(census_date))))
    years = _in_days([first_day_of_year(day) for day in sorted(set(as_list(census_date)))])
    rows = episodes[episodes["episode_start"].notna()]
    child, names = pd.factorize(rows["child_id"], sort=True)
    begins, ends, has_ended = (
        _in_days(rows["episode_start"]),
        _in_days(rows["episode_end"]),
        rows["episode_end"].notna(),
    )
    is_break = rows["legal_status"].isin(SHORT_BREAKS)
    # What an episode says holds for the census dates from one place in `days` to before another.
    since_begun = np.searchsorted(days, begins)
    until_over = np.searchsorted(days, ends, side="right" if left_on_the_day == COUNTED else "left")
    until_begun_before_year = np.searchsorted(years, begins)
    since_after_end = np.searchsorted(days, ends, side="right")
    until_over_before_year = np.where(has_ended, np.searchsorted(years, ends, side="right"), len(days))

    def children(which, since, until):
        return _expanded(child[which], since[which], until[which], len(names))

    present = children(~is_break, since_begun, np.where(has_ended, until_over, len(days)))
    started = children(rows["reason_new_episode"].eq(STARTS_CARE), since_begun, until_begun_before_year)
    ceased = children(has_ended & rows["reason_ceased"].ne(GOES_ON), since_after_end, until_over_before_year)
    on_break = children(is_break, since_begun, until_over_before_year)
    place, who = np.divmod(np.setdiff1d(present, np.concatenate([started, ceased, on_break])), max(len(names), 1))
    return pd.DataFrame({"child_id": names.take(who), "period_end": pd.DatetimeIndex(days[place])})


def first_day_of_year(census_date: pd.Timestamp) -> pd.Timestamp:
    """The first of the 12 months that end with `census_date`: 1 April for 31 March."""
    return year_before(census_date) + pd.Timedelta(days=1)


def continuously_looked_after(
    episodes: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    left_on_the_day: str = COUNTED,
) -> Result:
    """Children continuously looked after for 12 months on each census date: the size of the `cohort`.

    Children looked after on the day, however long, are `looked_after.looked_after_at`.
    """
    found = cohort(episodes, census_date=census_date, left_on_the_day=left_on_the_day)
    found = tally.happening(found, "period_end", census_date)
    return tally.number(MEASURES["looked_after_12_months"], found, census_date)


def _in_days(days) -> np.ndarray:
    return pd.DatetimeIndex(days).to_numpy("datetime64[D]")


def _expanded(child: np.ndarray, since: np.ndarray, until: np.ndarray, children: int) -> np.ndarray:
    """A number for each child and place from `since` to before `until`: the place times `children`, plus the child."""
    times = np.maximum(until - since, 0)
    ends = times.cumsum()
    place = np.arange(times.sum()) - np.repeat(ends - times, times) + np.repeat(since, times)
    return place * children + np.repeat(child, times)
