"""Children in need: the council's count of children on a child in need plan, and what DfE means by the same words.

The two are different measures and never share a chart, a table or a ratio: the council counts children on a child in
need plan alone, the Department for Education every open episode of need, which takes in child protection plans,
children looked after and care leavers.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics import build, members
from analysis_lib.metrics.child_protection import protection_plans
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.looked_after import periods_of_care
from analysis_lib.metrics.spells import (
    as_list,
    children_open_on,
    for_each_group,
    month_ends_known,
    on,
    open_on,
    per_population,
    spells,
    union,
)
from analysis_lib.results import Result

MEASURES = measures("children_in_need")


def need_plans(cin_plans: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Spells on a child in need plan, overlaps joined, whatever else the child has."""
    return spells(cin_plans, "plan_start", "plan_end", by)


def on_need_plan_at(
    cin_plans: pd.DataFrame,
    cp_plans: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    by: Sequence[str] = (),
) -> Result:
    """Children on a child in need plan on each census date who have no child protection plan and are not looked after.

    This is taken to be what the council prints as children in need (it gives no definition): on 8 February 2019 it
    printed 1,135 beside 227 on a protection plan and 505 looked after, as three groups.

    `by` names columns that the caller joined on to all three tables (an authority): a row for each group and day, a child
    counted in the group of the plan unless on a protection plan or looked after in the same group.
    """
    days = as_list(census_date)
    higher = union(protection_plans(cp_plans, by), periods_of_care(care_periods, by), by=by)
    # Children in either, less children in the higher ones, are those in need plans only. The groups are those of all three.
    either = union(higher, need_plans(cin_plans, by), by=by)
    higher = higher.assign(
        **{column: higher[column].cat.set_categories(either[column].cat.categories) for column in by}
    )
    counts = for_each_group(either, on(days), by).assign(
        numerator=open_on(either, days, by) - open_on(higher, days, by)
    )

    def children() -> list[list[str]]:
        both = zip(children_open_on(either, days, by), children_open_on(higher, days, by), strict=True)
        return [sorted(set(all_) - set(those)) for all_, those in both]

    counts = counts.assign(**members.named(numerator=children))
    return build.count(MEASURES["on_need_plan"], counts, groups=by, parts=by)


def need_plan_rate(on_plan: Result, *, population: int | None) -> Result:
    """`on_plan` (from `on_need_plan_at`) per 10,000 of a `population` aged 0 to 17."""
    return per_population(MEASURES["need_plan_rate"], on_plan, population)


def month_ends_counted(
    cin_plans: pd.DataFrame, cp_plans: pd.DataFrame, care_periods: pd.DataFrame, *, until: pd.Timestamp
) -> list[pd.Timestamp]:
    """The month ends up to `until` for which the returns at hand hold all three: plans of both kinds and care."""
    each = (need_plans(cin_plans), protection_plans(cp_plans), periods_of_care(care_periods))
    return month_ends_known(*each, until=until)
