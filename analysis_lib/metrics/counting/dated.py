"""Rows into counts: how many of them belong to each census date or period, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import members
from analysis_lib.metrics.counting.spells import as_list, over
from analysis_lib.periods import Period


def on_days(census_date: pd.Timestamp | Sequence[pd.Timestamp], **sides: pd.DataFrame) -> pd.DataFrame:
    """Counts of the rows of each census date, by their column `period_end`: a frame for `metrics.build`.

    `sides` are the rows of the numerator and, where there is one, of the denominator; each has `child_id`.
    """
    days = as_list(census_date)
    dates = pd.DataFrame({"period_start": pd.NaT, "period_end": days})
    return _counts(dates, {side: [rows[rows["period_end"] == day] for day in days] for side, rows in sides.items()})


def in_periods(period: Period | Sequence[Period], day: str, **sides: pd.DataFrame) -> pd.DataFrame:
    """Counts of the rows whose `day` lies in each period, first and last day counted: a frame for `metrics.build`.

    `sides` as in `on_days`.
    """
    periods = as_list(period)
    within = {side: [rows[rows[day].between(each.start, each.end)] for each in periods] for side, rows in sides.items()}
    return _counts(over(periods), within)


def _counts(dates: pd.DataFrame, sides: dict[str, list[pd.DataFrame]]) -> pd.DataFrame:
    numbers = {side: [len(rows) for rows in each] for side, each in sides.items()}
    whose = {side: lambda each=each: [members.ids(rows) for rows in each] for side, each in sides.items()}
    return dates.assign(**numbers, **members.named(**whose))
