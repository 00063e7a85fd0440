"""Child protection plans: how many children have one, how many start, end and come again, how long they last, their reviews.

Counts the plans of Annex A list 7 (table `cp_plans`), from the first day of a plan up to the day it ends. Unborn
children with a plan count. `metrics/counting/spells.py` says how the edges are counted. Months are calendar months.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, members, tally
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.spells import (
    as_list,
    children_open_on,
    events,
    month_ends_known,
    on,
    only_known,
    open_on,
    per_population,
    spells,
    stock,
)
from analysis_lib.metrics.counting.tally import happening, open_rows
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Result
from analysis_lib.working_days import working_days_after

__all__ = [
    "CATEGORIES",
    "DURATIONS",
    "month_ends_counted",
    "on_protection_plan_at",
    "plans_ended_after_two_years",
    "plans_ended_by_duration",
    "plans_ended_within_3_months",
    "plans_open_two_years",
    "plans_started_and_ended",
    "protection_plan_ends",
    "protection_plan_rate",
    "protection_plan_starts",
    "protection_plans",
    "protection_plans_by_category",
    "protection_plans_open",
    "protection_reviews_in_time",
    "protection_reviews_unknown",
    "protection_visits_in_time",
    "protection_visits_unknown",
    "second_plans",
    "second_plans_in_24_months",
    "second_plans_in_24_months_unknown",
    "second_plans_unknown",
]
MEASURES = measures("child_protection")
CATEGORIES = ("Neglect", "Physical abuse", "Sexual abuse", "Emotional abuse", "Multiple", NOT_KNOWN)
TWO_YEARS = 729  # a plan of more days than this, its last day included, has lasted two years (DfE, LAIT)
# How long plans lasted, in the bands that the Department for Education publishes (table D7).
DURATIONS = (
    "3 months or less", "more than 3 to 6 months", "more than 6 months, under 1 year", "1 year, under 2 years",
    "2 years or more",
)  # fmt: skip
MONTHS_TO_FIRST_REVIEW, MONTHS_TO_NEXT_REVIEW = 3, 6  # Working Together to Safeguard Children


def __dir__() -> list[str]:
    return __all__


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


def protection_plans_open(cp_plans: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> Result:
    """Child protection plans open on each census date: plans. `on_protection_plan_at` counts children.

    The two differ only where a child has two plans at once, which returns should not hold.
    """
    return stock(MEASURES["protection_plans_open"], _each_plan(cp_plans), census_date)


def protection_plans_by_category(
    cp_plans: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp], category: str = "latest"
) -> Result:
    """The share of plans open on each census date in each of `CATEGORIES` (group "category"), the latest or the initial one.

    The latest category is the one of the latest return that has the plan: returns do not say when it changed.
    """
    told = cp_plans[{"latest": "latest_category", "initial": "initial_category"}[category]]
    rows = cp_plans.assign(category=among(told.where(told.isin(CATEGORIES)), CATEGORIES))
    rows = open_rows(rows, "plan_start", "plan_end", census_date)
    return tally.shares(MEASURES["protection_plans_by_category"], rows, census_date, "category", groups_first=True)


def second_plans(cp_plans: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of plans starting in each period whose child had a plan of this council before, however long ago.

    An earlier plan is one in the table, or one that list 7 counts (`previous_plans`). Plans with neither an earlier one
    nor a count are left out: `second_plans_unknown`. Within two years only: `second_plans_in_24_months`.
    """
    return tally.share(
        MEASURES["second_plans"], happening(_with_history(cp_plans), "start", period), period, "is_again"
    )


def second_plans_unknown(cp_plans: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Plans starting in each period of which it is not known whether the child had one before."""
    return tally.unknown(
        MEASURES["second_plans_unknown"], happening(_with_history(cp_plans), "start", period), period, "is_again"
    )


def second_plans_in_24_months(
    cp_plans: pd.DataFrame, *, period: Period | Sequence[Period], known_from: pd.Timestamp | None = None
) -> Result:
    """The share of plans starting in each period whose child's plan before ended 24 months earlier at the most.

    A local measure; the official one is `second_plans`. Plans whose 24 months begin before `known_from`, the first day
    of which every plan that ended is at hand (the first end in the table where it is not given), are left out:
    `second_plans_in_24_months_unknown`.
    """
    rows = _ended_lately(cp_plans, known_from)
    return tally.share(MEASURES["second_plans_in_24_months"], happening(rows, "start", period), period, "is_lately")


def second_plans_in_24_months_unknown(
    cp_plans: pd.DataFrame, *, period: Period | Sequence[Period], known_from: pd.Timestamp | None = None
) -> Result:
    """Plans that `second_plans_in_24_months` leaves out: their 24 months begin before the plans at hand do."""
    rows = _ended_lately(cp_plans, known_from)
    return tally.unknown(
        MEASURES["second_plans_in_24_months_unknown"], happening(rows, "start", period), period, "is_lately"
    )


def plans_ended_after_two_years(cp_plans: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of plans ending in each period that had lasted more than 729 days, the last day included.

    Of plans still open: `plans_open_two_years`.
    """
    rows = _with_duration(cp_plans)
    rows = rows.assign(is_long=rows["duration"] == DURATIONS[-1])
    return tally.share(MEASURES["plans_ended_after_two_years"], happening(rows, "end", period), period, "is_long")


def plans_open_two_years(cp_plans: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> Result:
    """The share of plans open on each census date that have lasted more than 729 days, that day included.

    Of plans that ended: `plans_ended_after_two_years`.
    """
    days = as_list(census_date)
    plans = protection_plans(cp_plans)
    long = plans.assign(start=plans["start"] + pd.Timedelta(days=TWO_YEARS))
    long = long[~(long["end"] <= long["start"])]
    counts = on(days).assign(
        numerator=open_on(long, days),
        denominator=open_on(plans, days),
        **members.named(
            numerator=lambda: children_open_on(long, days), denominator=lambda: children_open_on(plans, days)
        ),
    )
    return build.proportion(MEASURES["plans_open_two_years"], counts)


def plans_ended_by_duration(cp_plans: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of plans ending in each period in each of `DURATIONS` (group "duration")."""
    rows = happening(_with_duration(cp_plans), "end", period)
    rows = rows.assign(duration=among(rows["duration"], DURATIONS))
    return tally.shares(MEASURES["plans_ended_by_duration"], rows, period, "duration", groups_first=True)


def plans_ended_within_3_months(cp_plans: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of plans ending in each period that had lasted 3 months or less."""
    rows = _with_duration(cp_plans)
    rows = rows.assign(is_short=rows["duration"] == DURATIONS[0])
    return tally.share(MEASURES["plans_ended_within_3_months"], happening(rows, "end", period), period, "is_short")


def protection_reviews_in_time(
    cp_plans: pd.DataFrame,
    reviews_and_conferences: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    known_from: pd.Timestamp | None = None,
) -> Result:
    """The share of plans open on each census date for at least 3 months whose reviews were all in time.

    The first is due within 3 months of the initial conference, the day the plan began, each later one within 6 months
    of the one before. One that is due by the census date and has not been held is late. Reviews are the review
    conferences (RCPC) held of the council's own extract, for list 7 has only the latest one. Plans that began before
    `known_from`, the first day of which the extract has all meetings (the first one held in it where it is not given),
    are left out: `protection_reviews_unknown`.
    """
    rows = _reviewable(cp_plans, reviews_and_conferences, census_date, known_from)
    return tally.share(MEASURES["protection_reviews_in_time"], rows, census_date, "is_in_time")


def protection_reviews_unknown(
    cp_plans: pd.DataFrame,
    reviews_and_conferences: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    known_from: pd.Timestamp | None = None,
) -> Result:
    """Plans that `protection_reviews_in_time` leaves out: they began before the extract of meetings does."""
    rows = _reviewable(cp_plans, reviews_and_conferences, census_date, known_from)
    return tally.unknown(MEASURES["protection_reviews_unknown"], rows, census_date, "is_in_time")


def _reviewable(cp_plans, meetings, census_date, known_from) -> pd.DataFrame:
    """The plans open for 3 months on each census date, with `is_in_time`, missing where their meetings are not all known."""
    first = meetings["held_on"].min() if known_from is None else known_from
    held = meetings.loc[(meetings["meeting"] == "RCPC") & meetings["held_on"].notna(), ["child_id", "held_on"]]
    plans = protection_plans(cp_plans)
    plans = plans.assign(reviewable=plans["start"] + pd.DateOffset(months=MONTHS_TO_FIRST_REVIEW))
    rows = open_rows(plans, "start", "end", census_date)
    rows = rows.assign(day=tally.date_of(rows, census_date))
    rows = _reviewed(rows[rows["reviewable"] <= rows["day"]].reset_index(drop=True), held)
    return rows.assign(is_in_time=rows["is_in_time"].mask(rows["start"] < first))


def _reviewed(plans: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """The plans, with `is_in_time`: no two meetings on each, nor the last one and its `day`, lie too far apart."""
    plans = plans.assign(plan=plans.index)
    reviews = plans.merge(held, on="child_id")
    reviews = reviews[(reviews["held_on"] > reviews["start"]) & (reviews["held_on"] <= reviews["day"])]
    # The census date closes the row of meetings: what had to be held by then and was not is late.
    meetings = pd.concat([reviews, plans.assign(held_on=plans["day"])]).sort_values(["plan", "held_on"], kind="stable")
    before = meetings.groupby("plan")["held_on"].shift()
    due = (before + pd.DateOffset(months=MONTHS_TO_NEXT_REVIEW)).fillna(meetings["reviewable"])
    late = meetings.loc[meetings["held_on"] > due, "plan"]
    return plans.assign(is_in_time=(~plans["plan"].isin(late)).astype("boolean"))


def protection_visits_in_time(
    cp_plans: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    within_working_days: int = 10,
) -> Result:
    """The share of plans open on each census date, for longer than so many working days, whose child was visited in them.

    A local measure: no national rule says how often. List 7 has the last visit before its own day only, so plans of an
    extract of another day than the census date are left out, with those that have no visit: `protection_visits_unknown`.
    """
    rows = open_rows(cp_plans, "plan_start", "plan_end", census_date)
    rows = seen_lately(rows, "plan_start", "last_visit", census_date, within_working_days)
    return tally.share(MEASURES["protection_visits_in_time"], rows, census_date, "is_seen")


def protection_visits_unknown(
    cp_plans: pd.DataFrame,
    *,
    census_date: pd.Timestamp | Sequence[pd.Timestamp],
    within_working_days: int = 10,
) -> Result:
    """Plans that `protection_visits_in_time` leaves out: their last visit by the census date is not known."""
    rows = open_rows(cp_plans, "plan_start", "plan_end", census_date)
    rows = seen_lately(rows, "plan_start", "last_visit", census_date, within_working_days)
    return tally.unknown(MEASURES["protection_visits_unknown"], rows, census_date, "is_seen")


def seen_lately(open_plans: pd.DataFrame, start: str, seen: str, census_date, within_working_days: int) -> pd.DataFrame:
    """The open plans that began more than so many working days before their census date, with `is_seen`: `seen` lies in them.

    Returns have the last such day before their own day only. So it is missing where `seen` is blank, and where the row
    comes from an extract of another day than the census date (column `extract_date`).
    """
    day = tally.date_of(open_plans, census_date)
    since = working_days_after(open_plans[seen], day).where(open_plans["extract_date"] == day)
    plans = open_plans.assign(is_seen=(since <= within_working_days).astype("boolean").mask(since.isna()))
    return plans[working_days_after(plans[start], day) > within_working_days]


def _each_plan(cp_plans: pd.DataFrame) -> pd.DataFrame:
    """Every plan as a spell of its own, overlaps not joined."""
    plans = cp_plans[["child_id", "plan_start", "plan_end"]].set_axis(["child_id", "start", "end"], axis=1)
    return plans[plans["start"].notna()]


def _with_history(cp_plans: pd.DataFrame) -> pd.DataFrame:
    """The spells on a plan with `ended_before`, the end of the child's spell before, and `is_again`, missing if not known."""
    plans = protection_plans(cp_plans)
    ended_before = plans.groupby("child_id")["end"].shift()
    counted = cp_plans.groupby(["child_id", "plan_start"], as_index=False)["previous_plans"].max()
    counted = counted.rename(columns={"plan_start": "start"})
    previous = plans.merge(counted, on=["child_id", "start"], how="left")["previous_plans"]
    previous = pd.Series(previous.to_numpy(dtype=float, na_value=np.nan), index=plans.index)
    is_again = (previous > 0).astype("boolean").mask(previous.isna()).mask(ended_before.notna(), True)
    return plans.assign(ended_before=ended_before, is_again=is_again)


def _ended_lately(cp_plans: pd.DataFrame, known_from: pd.Timestamp | None) -> pd.DataFrame:
    """The spells on a plan with `is_lately`: whether the child's plan before ended within 24 months."""
    plans = _with_history(cp_plans)
    since = plans["start"] - pd.DateOffset(months=24)
    first = plans["end"].min() if known_from is None else known_from
    return plans.assign(is_lately=(plans["ended_before"] >= since).astype("boolean").mask(since < first))


def _with_duration(cp_plans: pd.DataFrame) -> pd.DataFrame:
    """The spells on a plan that have ended, with the band of how long they lasted."""
    plans = protection_plans(cp_plans)
    plans = plans[plans["end"].notna()]
    return plans.assign(duration=durations(plans["start"], plans["end"]))


def durations(start: pd.Series, end: pd.Series) -> np.ndarray:
    """Which of `DURATIONS` each time from `start` to `end` falls into: two years by 729 days, the others by calendar months."""
    months = [end <= start + pd.DateOffset(months=number) for number in (3, 6)]
    is_long = (end - start).dt.days + 1 > TWO_YEARS
    under_a_year = end < start + pd.DateOffset(months=12)
    return np.select([*months, under_a_year, ~is_long], DURATIONS[:-1], DURATIONS[-1])
