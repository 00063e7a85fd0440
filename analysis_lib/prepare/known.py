"""As known then: the tidy tables as they stood on a day, so that a pack for an old period uses nothing that came later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis_lib.periods import Period
from analysis_lib.sources.published.editions import known_on
from analysis_lib.sources.tables import ssda903


@dataclass(frozen=True)
class _Cut:
    """When a row of a table begins, and which of its dates may lie later, with the fields that only they bring."""

    begins: str
    later: tuple[tuple[str, tuple[str, ...]], ...] = ()


_RETURNS = {
    "episodes": _Cut("episode_start", (("episode_end", ("reason_ceased", "reason_place_change")),)),
    "care_periods": _Cut("care_start", (("care_end", ("reason_ceased",)),)),
    "reviews": _Cut("review_date"),
    "placement_decisions": _Cut("decision_date", (("decision_ceased_date", ("decision_ceased_reason",)),)),
    "missing_episodes": _Cut("missing_start", (("missing_end", ()),)),
    "cin_plans": _Cut("plan_start", (("plan_end", ("closure_reason",)), ("last_seen", ()))),
    "cp_plans": _Cut("plan_start", (("plan_end", ()), ("last_visit", ("seen_alone",)), ("latest_review", ()))),
    "contacts": _Cut("contact_date"),
    "social_workers": _Cut("worker_start", (("worker_end", ()),)),
    "referrals": _Cut("referral_date"),
    "assessments": _Cut(
        "assessment_start",
        (("authorised_date", ("outcome", "requires_support", "child_seen")), ("dropped_date", ())),
    ),
    "section47": _Cut("enquiry_start", (("conference_date", ("led_to_plan",)),)),
    "youth_offending_cases": _Cut("intervention_start", (("intervention_end", ()),)),
    "attendance": _Cut("term_end"),
    "exclusions": _Cut("exclusion_start"),
    "early_help": _Cut(
        "early_help_start",
        (("allocated_on", ()), ("first_contact_on", ()), ("early_help_end", ("early_help_outcome",))),
    ),
    "fostering_households": _Cut("counted_on"),
    "fostering_enquiries": _Cut(
        "enquired_on",
        (("applied_on", ()), ("application_decided_on", ("application_outcome", "household_id"))),
    ),
    "reviews_and_conferences": _Cut(
        "counts_from",
        (
            (
                "held_on",
                ("meeting_participation", "child_seen_before", "meeting_outcome", "meeting_grade"),
            ),
        ),
    ),
    "issues_resolution": _Cut("issue_raised_on", (("issue_resolved_on", ()),)),
    "return_home_interviews": _Cut(
        "missing_from",
        (("returned_on", ()), ("interview_offered_on", ()), ("interview_held_on", ())),
    ),
    "regulation_44": _Cut(
        "month_end",
        (
            ("visited_on", ("beds_occupied",)),
            ("reported_on", ("recommendations", "recommendations_closed")),
        ),
    ),
    "caseloads": _Cut("counted_on"),
    "care_leaver_list": _Cut("extract_date"),
}
# Tables that tell of whole years -> the column of the year: known from its last day.
_OF_A_YEAR = {
    "adoptions": "return_year", "care_leavers": "return_year", "health_outcomes": "return_year", "pupils": "academic_year",
}  # fmt: skip
_RELEASES = ("benchmarks", "population")  # held in every release of each figure
_ADOPTION_DATES = (
    ("entered_care", ()),
    ("decision_date", ()),
    ("placement_order_date", ()),
    ("match_date", ()),
    ("moved_in_date", ()),
    ("adoption_date", ()),
    ("decision_reversed_date", ("decision_reversed_reason",)),
    ("fostering_for_adoption_date", ()),
)
_ADOPTER_DATES = (
    ("enquiry_date", ()),
    ("stage_1_start", ()),
    ("stage_1_end", ()),
    ("stage_2_start", ()),
    ("stage_2_end", ()),
    ("application_date", ()),
    ("approval_date", ()),
    ("match_date", ()),
    ("placed_date", ("children_placed",)),
    ("adoption_date", ()),
    ("left_date", ("left_reason",)),
)
# (table, date) -> the fields that only this date brings
BROUGHT = {
    (table, date): brought
    for table, dates in [
        *((name, cut.later) for name, cut in _RETURNS.items()),
        ("adoption_list", _ADOPTION_DATES),
        ("adopters", _ADOPTER_DATES),
    ]
    for date, brought in dates
    if brought
}


def as_known(
    tables: Mapping[str, pd.DataFrame], returns_day: pd.Timestamp, publications_day: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """The tables as they stood: returns at the end of `returns_day`, publications on `publications_day`.

    Rows that begin later are dropped; later ends and other later dates are blanked, with the fields that only they
    bring. AD1, OC2 and OC3 rows are there for financial years ended by `returns_day`, previous permanence for those begun,
    pupils for academic years ended by it, published rows when they were out by `publications_day` (rows without a day of publication are dropped: it cannot
    be said that they were known). Of a figure that several releases give, the newest release that was out by then; where
    only later ones are held, the earliest of those. Tables without dates pass unchanged, and what is given is not altered.
    """
    return {name: known_table(name, table, returns_day, publications_day) for name, table in tables.items()}


def known_table(
    name: str, table: pd.DataFrame, returns_day: pd.Timestamp, publications_day: pd.Timestamp
) -> pd.DataFrame:
    """One table as `as_known` gives it: no table needs another for that."""
    if name in _RETURNS:
        cut = _RETURNS[name]
        known = _without_later_dates(table[table[cut.begins] <= returns_day], cut.later, returns_day)
        if name == "care_periods" and "care_end" in known:
            known = known.assign(ended_by_adoption=known["ended_by_adoption"] & known["care_end"].notna())
        return known
    if name == "adoption_list":
        return _adoption_list(table, returns_day)
    if name == "previous_permanence":
        return _of_begun_years(table, "return_year", returns_day)
    if name == "adopters":
        return _adopters(table, returns_day)
    if name in _OF_A_YEAR:
        return _of_ended_years(table, _OF_A_YEAR[name], returns_day)
    if name in _RELEASES:
        return known_on(table, name, publications_day)
    if name == "council_figures":
        return table[pd.to_datetime(table["published"]) <= publications_day].reset_index(drop=True)
    return table


def provisional(returns_used: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """The returns that figures up to `day` are counted from and that are not final: rows of `returns_used`, one a family.

    A return is final, or not, as its card says. Where no card does, the SSDA903 alone is made anew for each year: a
    figure is provisional when the return of the year of `day` was extracted before that year ended, or is not there and
    neither is a later one, which would carry its corrections.
    """
    year = Period.financial_year_of(day)
    is_903 = returns_used["family"] == ssda903.FAMILY
    stated = returns_used["final"]
    is_final = stated.fillna(~is_903 | (returns_used["extract_date"] >= year.end)).astype(bool)
    of_year = is_903 & (returns_used["year"] == year.code)
    if not of_year.any():
        of_year = is_903 & (returns_used["year"] == "")
    is_corrected = (is_903 & (returns_used["year"] > year.code)).any()
    if not of_year.any() and not is_corrected:
        of_year = is_903
    open_ones = returns_used[(of_year | ~is_903) & ~is_final]
    return open_ones.sort_values("extract_date", kind="stable").drop_duplicates("family", keep="last")


def _without_later_dates(frame: pd.DataFrame, dates, day: pd.Timestamp) -> pd.DataFrame:
    """Dates after `day` blanked, each with the fields that it brings; columns that are closed are passed over."""
    changes = {}
    for date, brought in dates:
        if date not in frame:  # what it brings is closed with it (`closing`)
            continue
        is_known = ~(frame[date] > day)
        changes |= {column: frame[column].where(is_known) for column in (date, *brought) if column in frame}
    return frame.assign(**changes).reset_index(drop=True)


def _adoption_list(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Children with a decision by `day`; those without one, from the first of their other dates."""
    dates = [date for date, _ in _ADOPTION_DATES if date in frame]
    begun = frame["decision_date"].fillna(frame[dates].min(axis=1)) <= day
    return _without_later_dates(frame[begun], _ADOPTION_DATES, day)


def _of_begun_years(frame: pd.DataFrame, column: str, day: pd.Timestamp) -> pd.DataFrame:
    """Rows of the years begun by `day`, and those of which it is not told of what year they are."""
    later = [year for year in frame[column].dropna().unique() if year and Period.parse(year).start > day]
    return frame[~frame[column].isin(later)].reset_index(drop=True)


def _adopters(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Adopters from the first of their dates on, whichever it is: not everyone's enquiry was written down."""
    dates = [date for date, _ in _ADOPTER_DATES if date in frame]
    return _without_later_dates(frame[frame[dates].min(axis=1) <= day], _ADOPTER_DATES, day)


def _of_ended_years(frame: pd.DataFrame, column: str, day: pd.Timestamp) -> pd.DataFrame:
    ended = {year: Period.parse(year).end <= day for year in frame[column].dropna().unique() if year}
    return frame[frame[column].map(ended).fillna(False).astype(bool)].reset_index(drop=True)
