"""From rows of children to a `Result`: each row says on which day, or in which period, it counts (`when`), and in which group.

`when` numbers the days or periods asked for, from 0. Every day or period has a row in the result, and so has every expected
group, whether anything counts there or not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, members
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result

NOT_KNOWN = "Not known"
When = Sequence[Period] | Sequence[pd.Timestamp]


def dated(when: When) -> pd.DataFrame:
    """The columns period_start (missing for a day) and period_end of days or periods."""
    both = [(each.start, each.end) if isinstance(each, Period) else (pd.NaT, each) for each in when]
    return pd.DataFrame(both, columns=["period_start", "period_end"]).astype("datetime64[us]")


def in_periods(table: pd.DataFrame, day: str, periods: Sequence[Period]) -> pd.DataFrame:
    """The rows whose `day` falls in each of `periods`, first and last day counted, with the number of the period as `when`."""
    each = [
        table[table[day].between(period.start, period.end)].assign(when=number) for number, period in enumerate(periods)
    ]
    return pd.concat(each, ignore_index=True)


def numbers_of(measure: Measure, rows: pd.DataFrame, when: When) -> Result:
    """How many rows count on each day or in each period."""
    counts = dated(when).assign(numerator=_sizes(rows, len(when)))
    return build.count(measure, counts.assign(**members.named(numerator=lambda: _children(rows, len(when)))))


def share_of(measure: Measure, rows: pd.DataFrame, when: When, *, counts: pd.Series) -> Result:
    """The share of the rows for which `counts` holds, in per cent."""
    return build.proportion(measure, _two_sides(rows[counts], rows, when))


def ratio_of(measure: Measure, numerator: pd.DataFrame, denominator: pd.DataFrame, when: When) -> Result:
    """Rows of `numerator` for each row of `denominator`."""
    return build.ratio(measure, _two_sides(numerator, denominator, when))


def _two_sides(numerator: pd.DataFrame, denominator: pd.DataFrame, when: When) -> pd.DataFrame:
    number = len(when)
    return dated(when).assign(
        numerator=_sizes(numerator, number),
        denominator=_sizes(denominator, number),
        **members.named(
            numerator=lambda: _children(numerator, number), denominator=lambda: _children(denominator, number)
        ),
    )


def numbers_by(measure: Measure, rows: pd.DataFrame, when: When, *, group: str, expected: Sequence[str]) -> Result:
    """How many rows count in each group; the groups add up to all rows."""
    return build.count(measure, _grouped(rows, when, group, expected), groups=(group,), parts=(group,))


def shares_by(measure: Measure, rows: pd.DataFrame, when: When, *, group: str, expected: Sequence[str]) -> Result:
    """The share of each group in all rows, in per cent; the groups add up to 100."""
    counts = _grouped(rows, when, group, expected)
    whole = np.repeat(_sizes(rows, len(when)), len(expected))
    everyone = members.named(
        denominator=lambda: [each for each in _children(rows, len(when)) for _ in range(len(expected))]
    )
    return build.proportion(measure, counts.assign(denominator=whole, **everyone), groups=(group,), parts=(group,))


def _grouped(rows: pd.DataFrame, when: When, group: str, expected: Sequence[str]) -> pd.DataFrame:
    strange = set(rows[group]) - set(expected)
    if strange:
        raise ValueError(f"{group}: {', '.join(sorted(map(str, strange)))} is not one of {', '.join(expected)}")
    place = rows["when"] * len(expected) + pd.Categorical(rows[group], categories=list(expected)).codes
    cells = len(when) * len(expected)
    counts = dated(when).loc[np.repeat(np.arange(len(when)), len(expected))].reset_index(drop=True)
    placed = rows.assign(when=place)
    return counts.assign(
        **{group: list(expected) * len(when)},
        numerator=_sizes(placed, cells),
        **members.named(numerator=lambda: _children(placed, cells)),
    )


def statistic_of(measure: Measure, rows: pd.DataFrame, when: When, *, value: str, statistic: str) -> Result:
    """The mean or the median of column `value` (`statistic`) over the rows of each day or period; missing values left out."""

    def of(those: pd.DataFrame, day: Period | pd.Timestamp) -> Result:
        if statistic == "mean":
            return build.mean(measure, those, value=value, when=day)
        return build.quantile(measure, those, value=value, q=0.5, when=day, interval=build.ORDER_STATISTICS)

    each = [of(rows[rows["when"] == number], day).frame for number, day in enumerate(when)]
    return Result(measure, pd.concat(each, ignore_index=True))


def _sizes(rows: pd.DataFrame, number: int) -> np.ndarray:
    return np.bincount(rows["when"].to_numpy(dtype="int64"), minlength=number)


def _children(rows: pd.DataFrame, number: int) -> list[list[str]]:
    listed = rows.groupby("when")["child_id"].agg(list)
    return [listed.get(each, []) for each in range(number)]
