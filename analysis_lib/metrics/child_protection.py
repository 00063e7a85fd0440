"""Child protection plans: how many children have one on a day, and how many plans start and end.

Counts the plans of Annex A list 7 (table `cp_plans`), from the first day of a plan up to the day it ends. Unborn
children with a plan count. `metrics/spells.py` says how the edges are counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.spells import (
    events,
    month_ends_known,
    only_known,
    per_population,
    spells,
    stock,
)
from analysis_lib.periods import Period
from analysis_lib.results import Result

MEASURES = measures("child_protection")


def protection_plans(cp_plans: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Spells on a child protection plan, overlaps joined: what the counts of this module rest on."""
    return spells(cp_plans, "plan_start", "plan_end", by)


def on_protection_plan_at(
    cp_plans: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp], by: Sequence[str] = ()
) -> Result:
    """Children on a child protection plan on each census date (one day or many), each child once.

    A plan that ends on the census date is not counted. `by` names columns of `cp_plans` that the caller joined on (an
    authority, a sex): a row for each group and day, as in `metrics/looked_after.py`.
    """
    return stock(MEASURES["on_protection_plan"], protection_plans(cp_plans, by), census_date, by)


def month_ends_counted(cp_plans: pd.DataFrame, *, until: pd.Timestamp) -> list[pd.Timestamp]:
    """The month ends up to `until` for which the return at hand holds every child protection plan."""
    return month_ends_known(protection_plans(cp_plans), until=until)


def protection_plan_rate(on_plan: Result, *, population: int | None) -> Result:
    """`on_plan` (from `on_protection_plan_at`) per 10,000 of a `population` aged 0 to 17."""
    return per_population(MEASURES["protection_plan_rate"], on_plan, population)


def protection_plan_starts(
    cp_plans: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()
) -> Result:
    """Child protection plans that start in each period: events, so a child may count twice."""
    return events(MEASURES["protection_plan_starts"], protection_plans(cp_plans, by), "start", period, by)


def protection_plan_ends(
    cp_plans: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()
) -> Result:
    """Child protection plans that end in each period: events, so a child may count twice."""
    return events(MEASURES["protection_plan_ends"], protection_plans(cp_plans, by), "end", period, by)


def plans_started_and_ended(cp_plans: pd.DataFrame, *, period: Period | Sequence[Period]) -> list[Result]:
    """Plans starting and plans ending in each period; missing, symbol "x", where it begins before the returns do."""
    plans = protection_plans(cp_plans)
    return [only_known(each(cp_plans, period=period), plans) for each in (protection_plan_starts, protection_plan_ends)]
