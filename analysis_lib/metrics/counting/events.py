"""Counting rows of a list in each of several periods: the rows themselves, their children each once, or by kind.

`choose` says which rows belong to a period: those of a day in it (`on_a_day`), or by another rule. A measure of events may
count a child twice; the same list by children counts everyone once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, members
from analysis_lib.metrics.counting.spells import as_list, flow, over
from analysis_lib.periods import Period
from analysis_lib.results import Measure, Result

Choose = Callable[[pd.DataFrame, Period], pd.DataFrame]


def on_a_day(column: str) -> Choose:
    """Rows whose `column` is a day of the period, first and last day counted; a row without the day is in none."""
    return lambda rows, period: rows[rows[column].between(period.start, period.end)]


def events(measure: Measure, rows: pd.DataFrame, choose: Choose, period: Period | Sequence[Period]) -> Result:
    """How many of `rows` each period has."""
    periods = as_list(period)
    counted = [choose(rows, each) for each in periods]
    return flow(measure, _sizes(counted), periods, lambda: [members.ids(each) for each in counted])


def children(measure: Measure, rows: pd.DataFrame, choose: Choose, period: Period | Sequence[Period]) -> Result:
    """How many children have at least one of `rows` in each period."""
    periods = as_list(period)
    counted = [sorted(set(members.ids(choose(rows, each)))) for each in periods]
    return flow(measure, _sizes(counted), periods, lambda: counted)


def by_kind(
    measure: Measure,
    rows: pd.DataFrame,
    choose: Choose,
    period: Period | Sequence[Period],
    *,
    kind_of: Callable[[pd.DataFrame], pd.Series],
    expected: Sequence[str],
    group: str,
) -> Result:
    """How many of `rows` each period has of each of the `expected` kinds, 0 or not; they add up to the rows of the period.

    `kind_of` gives the kind of each row, one of `expected`; `group` is what the column of kinds is called.
    """
    periods = as_list(period)
    chosen = [choose(rows, each) for each in periods]
    kinds = [kind_of(each) for each in chosen]
    found = [each.value_counts() for each in kinds]
    frame = pd.concat([over(periods)] * len(expected), ignore_index=True).assign(
        numerator=[int(each.get(kind, 0)) for kind in expected for each in found],
        **{group: [kind for kind in expected for _ in periods]},
        **members.named(
            numerator=lambda: [
                members.ids(each[own.eq(kind)]) for kind in expected for each, own in zip(chosen, kinds, strict=True)
            ]
        ),
    )
    return build.count(measure, frame, groups=(group,), parts=(group,))


def _sizes(counted: list) -> np.ndarray:
    return np.array([len(each) for each in counted])
