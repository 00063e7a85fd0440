"""Children looked after: how many on a day, how many come into care and leave it.

Everything counts periods of care (table `care_periods`: from the start of being looked after to the day it ceases).
Series of short breaks (legal status V3 and V4) are left out of that table, as the Department for Education does, and
unaccompanied asylum-seeking children are in. `metrics/spells.py` says how the edges are counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics import build, members
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.spells import (
    as_list,
    begun_in,
    children_of,
    children_open_on,
    ended_in,
    flow,
    month_ends_known,
    only_known,
    over,
    per_population,
    spells,
    stock,
)
from analysis_lib.periods import Period
from analysis_lib.results import Result

MEASURES = measures("looked_after")


def periods_of_care(care_periods: pd.DataFrame) -> pd.DataFrame:
    """Spells of being looked after, overlaps joined: what the counts of this module rest on."""
    return spells(care_periods, "care_start", "care_end")


def looked_after_at(care_periods: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> Result:
    """Children looked after on each census date (one day or many), each child once.

    A child whose care ends on the census date is not counted, one whose care starts on it is (DfE counts 31 March so).
    """
    return stock(MEASURES["looked_after"], periods_of_care(care_periods), census_date)


def month_ends_counted(care_periods: pd.DataFrame, *, until: pd.Timestamp) -> list[pd.Timestamp]:
    """The month ends up to `until` for which the return at hand holds every child looked after."""
    return month_ends_known(periods_of_care(care_periods), until=until)


def looked_after_rate(looked_after: Result, *, population: int | None) -> Result:
    """`looked_after` (from `looked_after_at`) per 10,000 of a `population` aged 0 to 17."""
    return per_population(MEASURES["looked_after_rate"], looked_after, population)


def uasc_share(
    care_periods: pd.DataFrame, children: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """Share of the children looked after on each census date who are unaccompanied asylum-seeking children.

    A child with no row in `children` counts in the base only.
    """
    days = as_list(census_date)
    unaccompanied = children.loc[children["uasc"].fillna(False).astype(bool), "child_id"]
    theirs = care_periods[care_periods["child_id"].isin(unaccompanied)]
    counts = pd.DataFrame(
        {
            "period_start": pd.NaT,
            "period_end": days,
            "numerator": looked_after_at(theirs, census_date=days).exact()["value"],
            "denominator": looked_after_at(care_periods, census_date=days).exact()["value"],
            **members.named(
                numerator=lambda: children_open_on(periods_of_care(theirs), days),
                denominator=lambda: children_open_on(periods_of_care(care_periods), days),
            ),
        }
    )
    return build.proportion(MEASURES["uasc_share"], counts)


def care_starts(care_periods: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Periods of care that start in each period: events, so a child who comes twice counts twice.

    With `care_ceases` this gives the change of the number looked after exactly. The Department for Education's count
    is `children_starting`.
    """
    periods = as_list(period)
    care = periods_of_care(care_periods)
    return flow(MEASURES["care_starts"], begun_in(care, periods), periods, lambda: children_of(care, "start", periods))


def care_ceases(care_periods: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Periods of care that end in each period: events, so a child who leaves twice counts twice.

    With `care_starts` this gives the change of the number looked after exactly. The Department for Education's count
    is `children_ceasing`.
    """
    periods = as_list(period)
    care = periods_of_care(care_periods)
    return flow(MEASURES["care_ceases"], ended_in(care, periods), periods, lambda: children_of(care, "end", periods))


def starts_per_cease(care_periods: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Periods of care that start for each one that ends, in each period: above 1 the number looked after rises.

    Missing where none ends. Both counts are events (`care_starts`, `care_ceases`).
    """
    periods, care = as_list(period), periods_of_care(care_periods)
    counts = over(periods).assign(
        numerator=begun_in(care, periods),
        denominator=ended_in(care, periods),
        **members.named(
            numerator=lambda: children_of(care, "start", periods),
            denominator=lambda: children_of(care, "end", periods),
        ),
    )
    return build.ratio(MEASURES["starts_per_cease"], counts)


def children_starting(care_periods: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Children who started to be looked after in each period, each once: the Department for Education's count.

    A child who came twice counts with the first start, so this is never more than `care_starts`.
    """
    return _children(MEASURES["children_starting"], care_periods, "start", as_list(period))


def children_ceasing(care_periods: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Children who ceased to be looked after in each period, each once: the Department for Education's count.

    A child who left twice counts with the last cessation, and one who left and came back counts though in care at the
    end, so starts less ceases do not give the change of the number looked after: use `care_starts` and `care_ceases`.
    """
    return _children(MEASURES["children_ceasing"], care_periods, "end", as_list(period))


def _children(measure, care_periods: pd.DataFrame, event: str, periods: list[Period]) -> Result:
    care = periods_of_care(care_periods)
    children = [sorted(set(each)) for each in children_of(care, event, periods)]
    return flow(measure, np.array([len(each) for each in children]), periods, lambda: children)


def flows_in_and_out(care_periods: pd.DataFrame, *, period: Period | Sequence[Period]) -> list[Result]:
    """Both ways of counting who comes and leaves in each period: starts and ends of care, starts for each end, and the
    children starting and ceasing.

    Missing, symbol "x", for a period that begins before the returns at hand do.
    """
    counts = (care_starts, care_ceases, starts_per_cease, children_starting, children_ceasing)
    care = periods_of_care(care_periods)
    return [only_known(each(care_periods, period=period), care) for each in counts]
