"""Checks that others make on the council's work: Regulation 44 visits, issues resolution, return home interviews.

Regulation 44 of the Children's Homes (England) Regulations 2015 has an independent person visit each home at least once a
month. Issues resolution is how reviewing officers and conference chairs challenge practice. A return home interview is offered
to a child who was missing and has come back.

Groups (`by`): of issues "stage", "raised_at" and "reason"; of interviews "whose" (looked after, not looked after, placed here by
another council). What is not recorded is "Not known".
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import tally
from analysis_lib.metrics.counting.answers import is_true
from analysis_lib.metrics.counting.groups import Group, divided
from analysis_lib.metrics.counting.spells import spells, stock
from analysis_lib.metrics.counting.tally import happening
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Result

MEASURES = measures("quality_assurance")
RAISED_AT = {"CLA_REVIEW": "A child looked after", "CONFERENCE": "A child on a protection plan", "OTHER": "Other"}
REASONS = {
    "DRIFT": "Drift or delay", "CARE_PLAN": "Care plan", "VISITS": "Visits", "REPORT": "Reports", "PLACEMENT": "Placement",
    "EDUCATION": "Education", "HEALTH": "Health", "CONTACT": "Family time", "RECORDS": "Records", "OTHER": "Other",
}  # fmt: skip
STAGES = {1: "1", 2: "2", 3: "3 and above", 4: "3 and above", 5: "3 and above", 6: "3 and above"}
OWN_STAGES = (1, 2)  # social worker and team manager; from 3 on heads of service
ISSUE_GROUPS = {
    "stage": Group("issue_stage", STAGES),
    "raised_at": Group("issue_raised_at", RAISED_AT),
    "reason": Group("issue_reason", REASONS),
}
LOOKED_AFTER, AT_HOME, PLACED_HERE = "Looked after", "Not looked after", "Placed here by another council"
INTERVIEW_GROUPS = {"whose": Group("whose", {each: each for each in (LOOKED_AFTER, AT_HOME, PLACED_HERE)})}
HOURS_ASKED_FOR = 72
DAYS_ASKED_FOR = HOURS_ASKED_FOR // 24  # days are recorded, not hours
When = pd.Timestamp | Sequence[pd.Timestamp]
Span = Period | Sequence[Period]

__all__ = [
    "days_to_report",
    "days_to_resolution",
    "home_occupancy",
    "home_visits",
    "interviews_accepted",
    "interviews_held",
    "interviews_held_in_72_hours",
    "interviews_offered",
    "issues_due_not_known",
    "issues_in_time",
    "issues_open",
    "issues_raised",
    "issues_settled_early",
    "offers_not_known",
    "recommendations",
    "recommendations_closed",
    "returns",
    "returns_followed_in_72_hours",
]


def __dir__() -> list[str]:
    return __all__


# --- Regulation 44 ---------------------------------------------------------------------------------------------------


def home_visits(regulation_44: pd.DataFrame, *, period: Span) -> Result:
    """Share of the visits due in each period, one a home and month, that were made in the month they were due.

    A visit in another month does not stand for it. A month counts in the period in which it ends.
    """
    visited, due = regulation_44["visited_on"], regulation_44["month_end"]
    in_the_month = (visited <= due) & (visited > due - pd.offsets.MonthEnd(1))
    rows = regulation_44.assign(made=in_the_month)
    return tally.share(MEASURES["regulation_44_visits"], happening(rows, "month_end", period), period, "made")


def recommendations(regulation_44: pd.DataFrame, *, period: Span) -> Result:
    """Recommendations in the reports on visits made in each period; a report without a number written down adds none."""
    rows = happening(regulation_44, "visited_on", period)
    return tally.total(MEASURES["regulation_44_recommendations"], rows, period, "recommendations")


def recommendations_closed(regulation_44: pd.DataFrame, *, period: Span) -> Result:
    """Share of the recommendations from visits made in each period that had been carried out by the day of the extract."""
    rows, measure = happening(regulation_44, "visited_on", period), MEASURES["regulation_44_recommendations_closed"]
    return tally.share_of_total(measure, rows, period, "recommendations_closed", "recommendations")


def days_to_report(regulation_44: pd.DataFrame, *, period: Span) -> Result:
    """Median days from visit to report, of the visits made in each period that have one; one dated before is left out."""
    return _days(
        "regulation_44_days_to_report", regulation_44, "visited_on", "reported_on", "visited_on", period, {}, ()
    )


def home_occupancy(regulation_44: pd.DataFrame, *, period: Span) -> Result:
    """Beds occupied as a percentage of the beds registered, over the days of the visits made in each period."""
    rows = happening(regulation_44, "visited_on", period)
    return tally.share_of_total(MEASURES["children_home_occupancy"], rows, period, "beds_occupied", "beds")


# --- issues resolution -----------------------------------------------------------------------------------------------


def issues_raised(issues_resolution: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Challenges raised in each period. A child may have several, and some are about no single child."""
    # Those about no single child are counted and name nobody, so the count names no child at all.
    rows = issues_resolution.drop(columns="child_id")
    rows = happening(divided(rows, ISSUE_GROUPS, by), "issue_raised_on", period)
    return tally.number(MEASURES["issues_raised"], rows, period, by=by)


def issues_open(issues_resolution: pd.DataFrame, *, census_date: When) -> Result:
    """Challenges raised by each census date and not resolved by then; one resolved on the day is not open."""
    rows = issues_resolution.assign(child_id=issues_resolution["issue"])  # each challenge is a spell of its own
    counted = stock(MEASURES["issues_open"], spells(rows, "issue_raised_on", "issue_resolved_on"), census_date)
    return Result(counted.measure, counted.exact().drop(columns="numerator_children", errors="ignore"))


def issues_in_time(
    issues_resolution: pd.DataFrame, *, period: Span, known_until: pd.Timestamp, by: Sequence[str] = ()
) -> Result:
    """Share of the challenges due in each period that were resolved by the day they were due.

    One that is not resolved is not in time. Those due after `known_until`, the day of the extract, are left out, and so are those
    without a due day: `issues_due_not_known` counts them.
    """
    rows = issues_resolution[issues_resolution["issue_due"] <= known_until].drop(columns="child_id")
    rows = rows.assign(in_time=rows["issue_resolved_on"] <= rows["issue_due"])
    rows = happening(divided(rows, ISSUE_GROUPS, by), "issue_due", period)
    return tally.share(MEASURES["issues_in_time"], rows, period, "in_time", by=by)


def issues_due_not_known(issues_resolution: pd.DataFrame, *, period: Span) -> Result:
    """Challenges raised in each period without a day by which they are due: they are in no share of `issues_in_time`."""
    rows = issues_resolution[issues_resolution["issue_due"].isna()].drop(columns="child_id")
    return tally.number(MEASURES["issues_due_not_known"], happening(rows, "issue_raised_on", period), period)


def issues_settled_early(issues_resolution: pd.DataFrame, *, period: Span) -> Result:
    """Share of the challenges resolved in each period at stage 1 or 2, of those whose stage is recorded."""
    rows = issues_resolution[issues_resolution["issue_stage"].notna()].drop(columns="child_id")
    rows = rows.assign(early=rows["issue_stage"].isin(OWN_STAGES))
    return tally.share(MEASURES["issues_settled_early"], happening(rows, "issue_resolved_on", period), period, "early")


def days_to_resolution(issues_resolution: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Median days from raising to resolving, of the challenges resolved in each period."""
    rows = issues_resolution.drop(columns="child_id")
    return _days(
        "issues_days_to_resolution", rows, "issue_raised_on", "issue_resolved_on", "issue_resolved_on", period,
        ISSUE_GROUPS, by,
    )  # fmt: skip


def _days(name: str, rows: pd.DataFrame, start: str, end: str, day: str, period: Span, groups, by) -> Result:
    days = (rows[end] - rows[start]).dt.days.astype(float)
    rows = rows.assign(days=days)[days >= 0]
    rows = happening(divided(rows, groups, by), day, period)
    return tally.median(MEASURES[name], rows, period, "days", by=by)


# --- return home interviews ------------------------------------------------------------------------------------------


def returns(return_home_interviews: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Times that a child came back from being missing in each period: after each of them an interview is to be offered."""
    rows = _returned(_with_whose(return_home_interviews), period, by)
    return tally.number(MEASURES["missing_returns"], rows, period, by=by)


def interviews_offered(return_home_interviews: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Share of the returns in each period after which an interview was offered, of those where that is recorded."""
    rows = _with_whose(return_home_interviews)
    rows = rows[rows["interview_offered"].notna()]
    return _of_returns("interviews_offered", rows, is_true(rows["interview_offered"]), period, by)


def offers_not_known(return_home_interviews: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Returns in each period for which it is not recorded whether an interview was offered."""
    rows = _with_whose(return_home_interviews)
    rows = rows[rows["interview_offered"].isna()]
    return tally.number(MEASURES["interview_offers_not_known"], _returned(rows, period, by), period, by=by)


def interviews_accepted(return_home_interviews: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Share of the interviews offered after the returns of each period that the child accepted, of those with an answer."""
    rows = _with_whose(return_home_interviews)
    rows = rows[is_true(rows["interview_offered"]) & rows["interview_accepted"].notna()]
    return _of_returns("interviews_accepted", rows, is_true(rows["interview_accepted"]), period, by)


def interviews_held(return_home_interviews: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Share of the returns in each period after which an interview was held, whenever that was."""
    rows = _with_whose(return_home_interviews)
    return _of_returns("interviews_held", rows, rows["interview_held_on"].notna(), period, by)


def interviews_held_in_72_hours(
    return_home_interviews: pd.DataFrame, *, period: Span, by: Sequence[str] = ()
) -> Result:
    """Share of the interviews held after the returns of each period that were held within 72 hours of the return.

    Days are recorded, not hours: up to three days after the day of the return is in time, so up to a day too many counts as in
    time. Returns without an interview are not in it: `returns_followed_in_72_hours` has them in its base.
    """
    rows = _with_whose(return_home_interviews)
    rows = rows[rows["interview_held_on"].notna()]
    return _of_returns("interviews_held_in_72_hours", rows, _in_72_hours(rows), period, by)


def returns_followed_in_72_hours(
    return_home_interviews: pd.DataFrame, *, period: Span, known_until: pd.Timestamp, by: Sequence[str] = ()
) -> Result:
    """Share of the returns in each period that were followed by an interview within 72 hours, refusals in the base.

    Returns of the last three days up to `known_until`, the day of the extract, are left out: their time has not run.
    `interviews_held_in_72_hours` is of the interviews held only.
    """
    rows = _with_whose(return_home_interviews)
    rows = rows[rows["returned_on"] + pd.Timedelta(days=DAYS_ASKED_FOR) <= known_until]
    return _of_returns("returns_followed_in_72_hours", rows, _in_72_hours(rows), period, by)


def _in_72_hours(rows: pd.DataFrame) -> pd.Series:
    return rows["interview_held_on"] <= rows["returned_on"] + pd.Timedelta(days=DAYS_ASKED_FOR)


def _of_returns(name: str, rows: pd.DataFrame, part: pd.Series, period: Span, by: Sequence[str]) -> Result:
    return tally.share(MEASURES[name], _returned(rows.assign(part=part), period, by), period, "part", by=by)


def _returned(rows: pd.DataFrame, period: Span, by: Sequence[str]) -> pd.DataFrame:
    return happening(divided(rows, INTERVIEW_GROUPS, by), "returned_on", period)


def _with_whose(return_home_interviews: pd.DataFrame) -> pd.DataFrame:
    """With the column `whose`; a child placed here by another council is looked after, and stands apart."""
    rows = return_home_interviews
    whose = rows["in_care"].map({True: LOOKED_AFTER, False: AT_HOME}).astype(object)
    placed = is_true(rows["placed_by_another_council"])
    return rows.assign(whose=whose.mask(placed, PLACED_HERE))
