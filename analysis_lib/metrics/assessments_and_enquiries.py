"""Assessments, section 47 enquiries and initial child protection conferences: how many, how soon, and what came of them.

Assessments are Annex A list 4 (table `assessments`), enquiries list 5 (`section47`). An assessment is completed on the
day it is authorised. Working days leave out weekends and the bank holidays of England, and the day that begins a time
limit is day 0; what happens on a weekend after the last day in time is in time, for no working day lies between.

Initial child protection conferences come from list 5 (`conferences_listed`) or from the council's own extract of reviews
and conferences (`conferences_extracted`): say which. List 5 has one date for the strategy discussion that began an
enquiry and for the enquiry's start; the extract has the discussion only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import tally
from analysis_lib.metrics.counting.answers import is_true
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.spells import per_population, stock
from analysis_lib.metrics.counting.tally import each_once, happening
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Result
from analysis_lib.working_days import working_days_after

__all__ = [
    "ASSESSMENT_BANDS",
    "CONFERENCE_BANDS",
    "assessment_days",
    "assessment_rate",
    "assessments_by_days",
    "assessments_child_seen",
    "assessments_child_seen_unknown",
    "assessments_completed",
    "assessments_in_45_days",
    "assessments_not_requiring_support",
    "assessments_not_requiring_support_unknown",
    "assessments_open",
    "assessments_open_over_45_days",
    "children_with_conference",
    "children_with_enquiry",
    "conference_rate",
    "conferences_by_days",
    "conferences_extracted",
    "conferences_in_15_days",
    "conferences_in_15_days_unknown",
    "conferences_leading_to_plan",
    "conferences_leading_unknown",
    "conferences_listed",
    "enquiries_leading_to_conference",
    "enquiries_leading_unknown",
    "enquiry_rate",
    "initial_conferences",
    "section_47_enquiries",
]
MEASURES = measures("assessments_and_enquiries")
# Working Together to Safeguard Children: an assessment within 45 working days, a conference within 15.
ASSESSMENT_LIMIT, CONFERENCE_LIMIT = 45, 15
# The last working day of each band, as the Department for Education publishes them (tables C2 and C4).
ASSESSMENT_BANDS = {
    "same day": 0, "1 to 10": 10, "11 to 20": 20, "21 to 30": 30, "31 to 40": 40, "41 to 45": 45, "46 to 50": 50,
    "51 to 60": 60, "61 or more": np.inf,
}  # fmt: skip
CONFERENCE_BANDS = {"0 to 10": 10, "11 to 15": 15, "16 to 20": 20, "21 or more": np.inf}
BEFORE_ENQUIRY = "before the enquiry"


def __dir__() -> list[str]:
    return __all__


def assessments_completed(assessments: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Assessments authorised in each period: events, so a child may count more than once."""
    return tally.number(MEASURES["assessments_completed"], happening(assessments, "authorised_date", period), period)


def assessment_rate(completed: Result, *, population: int | None) -> Result:
    """`completed` (from `assessments_completed`) per 10,000 of a `population` aged 0 to 17; not scaled up to a year."""
    return per_population(MEASURES["assessment_rate"], completed, population)


def assessments_in_45_days(assessments: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of assessments authorised in each period within 45 working days of their start.

    The start is list 4's. Those still open are not in it: `assessments_open_over_45_days`.
    """
    rows = _timed(assessments)
    rows = rows.assign(is_in_time=rows["working_days"] <= ASSESSMENT_LIMIT)
    return tally.share(
        MEASURES["assessments_in_45_days"], happening(rows, "authorised_date", period), period, "is_in_time"
    )


def assessments_by_days(assessments: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of assessments authorised in each period in each of `ASSESSMENT_BANDS` (group "working_days").

    One without a first day has no length, and is left out.
    """
    rows = _timed(assessments).dropna(subset="working_days")
    *_, longest = ASSESSMENT_BANDS
    bands = _banded(rows["working_days"], ASSESSMENT_BANDS).fillna(longest)
    rows = happening(rows.assign(working_days=among(bands, [*ASSESSMENT_BANDS])), "authorised_date", period)
    return tally.shares(MEASURES["assessments_by_days"], rows, period, "working_days", groups_first=True)


def assessment_days(assessments: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The median number of working days that the assessments authorised in each period took."""
    rows = happening(_timed(assessments), "authorised_date", period)
    return tally.median(MEASURES["assessment_days"], rows, period, "working_days")


def assessments_open(assessments: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> Result:
    """Assessments begun by each census date and not authorised by it: assessments, so a child may count more than once.

    One that a return lists as open and no later return has is open up to the end of that return's year.
    """
    spells = _open_spells(assessments).set_axis(["child_id", "start", "end"], axis=1)
    return stock(MEASURES["assessments_open"], spells, census_date)


def assessments_open_over_45_days(
    assessments: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]
) -> Result:
    """The share of assessments open on each census date that began more than 45 working days before it."""
    rows = tally.open_rows(_open_spells(assessments), "assessment_start", "open_until", census_date)
    days = working_days_after(rows["assessment_start"], tally.date_of(rows, census_date))
    rows = rows.assign(is_over=days > ASSESSMENT_LIMIT)
    return tally.share(MEASURES["assessments_open_over_45_days"], rows, census_date, "is_over")


def assessments_not_requiring_support(assessments: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of assessments authorised in each period that found no need of the council's support.

    Assessments whose outcome is blank, or in words that are neither yes nor no, are left out:
    `assessments_not_requiring_support_unknown`.
    """
    rows = assessments.assign(is_without=~assessments["requires_support"])
    return tally.share(
        MEASURES["assessments_not_requiring_support"], happening(rows, "authorised_date", period), period, "is_without"
    )


def assessments_not_requiring_support_unknown(
    assessments: pd.DataFrame, *, period: Period | Sequence[Period]
) -> Result:
    """Assessments authorised in each period whose outcome is not known."""
    return tally.unknown(
        MEASURES["assessments_not_requiring_support_unknown"],
        happening(assessments, "authorised_date", period),
        period,
        "requires_support",
    )


def assessments_child_seen(assessments: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of assessments authorised in each period during which the child was seen, of those that say."""
    return tally.share(
        MEASURES["assessments_child_seen"], happening(assessments, "authorised_date", period), period, "child_seen"
    )


def assessments_child_seen_unknown(assessments: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Assessments authorised in each period that do not say whether the child was seen."""
    return tally.unknown(
        MEASURES["assessments_child_seen_unknown"],
        happening(assessments, "authorised_date", period),
        period,
        "child_seen",
    )


def section_47_enquiries(section47: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Section 47 enquiries begun in each period: events. `children_with_enquiry` counts children."""
    return tally.number(MEASURES["section_47_enquiries"], happening(section47, "enquiry_start", period), period)


def enquiry_rate(begun: Result, *, population: int | None) -> Result:
    """`begun` (from `section_47_enquiries`) per 10,000 of a `population` aged 0 to 17; not scaled up to a year."""
    return per_population(MEASURES["enquiry_rate"], begun, population)


def children_with_enquiry(section47: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Children with a section 47 enquiry begun in each period, each once. `section_47_enquiries` counts enquiries."""
    rows = happening(section47, "enquiry_start", period)
    return tally.number(MEASURES["children_with_enquiry"], each_once(rows), period)


def enquiries_leading_to_conference(section47: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of section 47 enquiries begun in each period that led to an initial child protection conference.

    An enquiry with a conference led to one; one whose conference was deemed unnecessary did not. With neither, the
    conference is still to come or not recorded: left out, `enquiries_leading_unknown`.
    """
    rows = enquiries_with_outcome(section47)
    return tally.share(
        MEASURES["enquiries_leading_to_conference"],
        happening(rows, "enquiry_start", period),
        period,
        "led_to_conference",
    )


def enquiries_leading_unknown(section47: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Section 47 enquiries begun in each period with no conference so far that has not been deemed unnecessary."""
    rows = enquiries_with_outcome(section47)
    return tally.unknown(
        MEASURES["enquiries_leading_unknown"], happening(rows, "enquiry_start", period), period, "led_to_conference"
    )


def enquiries_with_outcome(section47: pd.DataFrame) -> pd.DataFrame:
    """The enquiries with `led_to_conference`: true, false, or missing while nothing is decided."""
    held = section47["conference_date"].notna()
    decided = held | is_true(section47["conference_unnecessary"])
    return section47.assign(led_to_conference=held.astype("boolean").where(decided))


def conferences_listed(section47: pd.DataFrame) -> pd.DataFrame:
    """Initial child protection conferences held, from Annex A list 5: one row for a child and a day.

    Where several enquiries of a child led to one conference, it is timed from the first of them. Columns: child_id,
    discussion_date, enquiry_start (list 5 has the one date for both), conference_date, led_to_plan.
    """
    held = section47[section47["conference_date"].notna()].sort_values("enquiry_start", kind="stable")
    rows = held.drop_duplicates(["child_id", "conference_date"])
    rows = rows.assign(discussion_date=rows["enquiry_start"], led_to_plan=rows["led_to_plan"].astype("boolean"))
    return rows[["child_id", "discussion_date", "enquiry_start", "conference_date", "led_to_plan"]]


def conferences_extracted(reviews_and_conferences: pd.DataFrame) -> pd.DataFrame:
    """Initial child protection conferences held, from the council's own extract; columns as in `conferences_listed`.

    The extract does not tell when the enquiry began, so `enquiry_start` is missing.
    """
    rows = reviews_and_conferences
    rows = rows[(rows["meeting"] == "ICPC") & rows["held_on"].notna()]
    rows = rows.sort_values("strategy_discussion_on", kind="stable").drop_duplicates(["child_id", "held_on"])
    outcomes = {"PLAN": True, "NO_PLAN": False}
    return pd.DataFrame(
        {
            "child_id": rows["child_id"],
            "discussion_date": rows["strategy_discussion_on"],
            "enquiry_start": pd.NaT,
            "conference_date": rows["held_on"],
            "led_to_plan": rows["meeting_outcome"].map(outcomes).astype("boolean"),
        }
    )


def initial_conferences(conferences: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Initial child protection conferences held in each period, one for each child. `children_with_conference`: children.

    `conferences` comes from `conferences_listed` or `conferences_extracted`, as in all functions on conferences.
    """
    return tally.number(MEASURES["initial_conferences"], happening(conferences, "conference_date", period), period)


def conference_rate(held: Result, *, population: int | None) -> Result:
    """`held` (from `initial_conferences`) per 10,000 of a `population` aged 0 to 17; not scaled up to a year."""
    return per_population(MEASURES["conference_rate"], held, population)


def children_with_conference(conferences: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Children with an initial child protection conference in each period, each once."""
    rows = happening(conferences, "conference_date", period)
    return tally.number(MEASURES["children_with_conference"], each_once(rows), period)


def conferences_in_15_days(conferences: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of conferences in each period held within 15 working days of the strategy discussion that began the enquiry.

    That discussion is day 0, also where others followed. A conference dated before it is not in time but counts in the
    base. One whose discussion has no date is left out, not late: `conferences_in_15_days_unknown`. The Department for
    Education's bands, from the start of the enquiry, are `conferences_by_days`.
    """
    rows = _in_15_days(conferences)
    return tally.share(
        MEASURES["conferences_in_15_days"], happening(rows, "conference_date", period), period, "is_in_time"
    )


def conferences_in_15_days_unknown(conferences: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Conferences in each period whose strategy discussion has no date."""
    rows = _in_15_days(conferences)
    return tally.unknown(
        MEASURES["conferences_in_15_days_unknown"], happening(rows, "conference_date", period), period, "is_in_time"
    )


def _in_15_days(conferences: pd.DataFrame) -> pd.DataFrame:
    days = working_days_after(conferences["discussion_date"], conferences["conference_date"])
    return conferences.assign(is_in_time=days.between(0, CONFERENCE_LIMIT).astype("boolean").where(days.notna()))


def conferences_by_days(conferences: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of conferences in each period by working days from the start of the section 47 enquiry, as DfE bands them.

    Group "working_days": `CONFERENCE_BANDS`, and in the base as well, "before the enquiry" and "Not known". The local
    time limit, from the strategy discussion that began the enquiry, is `conferences_in_15_days`.
    """
    days = working_days_after(conferences["enquiry_start"], conferences["conference_date"])
    bands = among(
        _banded(days, CONFERENCE_BANDS).mask(days < 0, BEFORE_ENQUIRY), [*CONFERENCE_BANDS, BEFORE_ENQUIRY, NOT_KNOWN]
    )
    rows = happening(conferences.assign(working_days=bands), "conference_date", period)
    return tally.shares(MEASURES["conferences_by_days"], rows, period, "working_days", groups_first=True)


def conferences_leading_to_plan(conferences: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """The share of conferences in each period that led to a child protection plan, of those whose outcome is known."""
    return tally.share(
        MEASURES["conferences_leading_to_plan"],
        happening(conferences, "conference_date", period),
        period,
        "led_to_plan",
    )


def conferences_leading_unknown(conferences: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Conferences in each period whose outcome is not known."""
    return tally.unknown(
        MEASURES["conferences_leading_unknown"],
        happening(conferences, "conference_date", period),
        period,
        "led_to_plan",
    )


def _timed(assessments: pd.DataFrame) -> pd.DataFrame:
    """The assessments with the working days from their start to their authorisation."""
    days = working_days_after(assessments["assessment_start"], assessments["authorised_date"])
    return assessments.assign(working_days=days)


def _banded(days: pd.Series, bands: dict[str, float]) -> pd.Series:
    """The band of each number of days, by the last day of each; missing where the number is."""
    lasts = list(bands.values())
    return pd.cut(days, [-np.inf, *lasts], labels=list(bands)).astype(object)


def _open_spells(assessments: pd.DataFrame) -> pd.DataFrame:
    """When each assessment was open: to its authorisation, or to the day it dropped out of the returns."""
    until = assessments["authorised_date"].fillna(assessments["dropped_date"])
    return assessments[["child_id", "assessment_start"]].assign(open_until=until)
