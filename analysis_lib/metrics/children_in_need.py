"""Children in need: the council's count of children on a child in need plan, and what DfE means by the same words.

The two are different measures and never share a chart, a table or a ratio: the council counts children on a child in
need plan alone, the Department for Education every open episode of need, which takes in child protection plans,
children looked after and care leavers.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.child_protection import DURATIONS, durations, protection_plans, seen_lately
from analysis_lib.metrics.counting import build, members, tally
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.spells import (
    as_list,
    children_open_on,
    events,
    for_each_group,
    month_ends_known,
    on,
    open_on,
    per_population,
    spells,
    union,
)
from analysis_lib.metrics.counting.tally import each_once, open_rows
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.looked_after import periods_of_care
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = [
    "NEEDS",
    "month_ends_counted",
    "need_plan_ends",
    "need_plan_rate",
    "need_plan_starts",
    "need_plans",
    "need_plans_by_duration",
    "need_plans_by_need",
    "need_visits_in_time",
    "need_visits_unknown",
    "on_need_plan_at",
]
MEASURES = measures("children_in_need")
# Primary need by the children in need census, and the code that the lists have for it.
NEEDS = {
    "N1": "Abuse or neglect",
    "N2": "Child's disability or illness",
    "N3": "Parent's disability or illness",
    "N4": "Family in acute stress",
    "N5": "Family dysfunction",
    "N6": "Socially unacceptable behaviour",
    "N7": "Low income",
    "N8": "Absent parenting",
    "N9": "Cases other than children in need",
    "N0": NOT_KNOWN,
}


def __dir__() -> list[str]:
    return __all__


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


def need_plan_starts(cin_plans: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()) -> Result:
    """Child in need plans that start in each period: events, whatever else the child has, so a child may count twice."""
    return events(MEASURES["need_plan_starts"], need_plans(cin_plans, by), "start", period, by)


def need_plan_ends(cin_plans: pd.DataFrame, *, period: Period | Sequence[Period], by: Sequence[str] = ()) -> Result:
    """Child in need plans that end in each period: events, whatever else the child has, so a child may count twice."""
    return events(MEASURES["need_plan_ends"], need_plans(cin_plans, by), "end", period, by)


def need_plans_by_need(
    cin_plans: pd.DataFrame,
    cp_plans: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
) -> Result:
    """The share of the children of `on_need_plan_at` with each primary need (group "need", the words of `NEEDS`).

    Of a child with two plans open the one that began last tells. The council's own words, N0 and blanks are "Not known".
    """
    rows = _alone(cin_plans, cp_plans, care_periods, census_date)
    rows = rows.assign(need=among(rows["primary_need"].map(NEEDS), NEEDS.values()))
    return tally.shares(MEASURES["need_plans_by_need"], rows, census_date, "need", groups_first=True)


def need_plans_by_duration(
    cin_plans: pd.DataFrame,
    cp_plans: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
) -> Result:
    """The share of the children of `on_need_plan_at` by how long their plan has been open (group "duration").

    The bands are those in which the Department for Education publishes how long protection plans lasted.
    """
    rows = _alone(cin_plans, cp_plans, care_periods, census_date)
    lasted = pd.Series(durations(rows["plan_start"], tally.date_of(rows, census_date)))
    rows = rows.assign(duration=among(lasted, DURATIONS))
    return tally.shares(MEASURES["need_plans_by_duration"], rows, census_date, "duration", groups_first=True)


def need_visits_in_time(
    cin_plans: pd.DataFrame,
    cp_plans: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    within_working_days: int = 20,
) -> Result:
    """The share of the children of `on_need_plan_at`, on a plan for longer than so many working days, seen in them.

    A local measure: no national rule says how often. List 6 has the day the child was last seen before its own day only,
    so children of an extract of another day than the census date are left out, with those without a day on record:
    `need_visits_unknown`.
    """
    rows = _alone(cin_plans, cp_plans, care_periods, census_date)
    rows = seen_lately(rows, "plan_start", "last_seen", census_date, within_working_days)
    return tally.share(MEASURES["need_visits_in_time"], rows, census_date, "is_seen")


def need_visits_unknown(
    cin_plans: pd.DataFrame,
    cp_plans: pd.DataFrame,
    care_periods: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    within_working_days: int = 20,
) -> Result:
    """Children whom `need_visits_in_time` leaves out: when they were last seen by the census date is not known."""
    rows = _alone(cin_plans, cp_plans, care_periods, census_date)
    rows = seen_lately(rows, "plan_start", "last_seen", census_date, within_working_days)
    return tally.unknown(MEASURES["need_visits_unknown"], rows, census_date, "is_seen")


def _alone(cin_plans, cp_plans, care_periods, census_date) -> pd.DataFrame:
    """The open plan of every child of `on_need_plan_at` on each census date, one row a child and date."""
    higher = union(protection_plans(cp_plans), periods_of_care(care_periods))
    higher = each_once(open_rows(higher, "start", "end", census_date))[["child_id", "when"]]
    rows = open_rows(cin_plans.sort_values("plan_start", kind="stable"), "plan_start", "plan_end", census_date)
    rows = rows.drop_duplicates(["child_id", "when"], keep="last")
    has_more = pd.MultiIndex.from_frame(rows[["child_id", "when"]]).isin(pd.MultiIndex.from_frame(higher))
    return rows[~has_more].reset_index(drop=True)
