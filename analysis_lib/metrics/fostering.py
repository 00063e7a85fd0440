"""Fostering: approved households and their places on a day, who joined and who left, and how enquiries become approvals.

The households extract counts them on some days (the last of each quarter): a census date on which nothing was counted has no
figure, symbol "x". A household is approved on a day of counting when no day is given on which it left. What a household has not
written down about places that cannot be used is read as none.

Groups (`by`): "carers" (mainstream, or family and friends: as Ofsted reports them apart from 2022 on, the second those whose kind
is connected) and "kind" (of approval, as the extract has it); of departures also "reason".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import build, tally
from analysis_lib.metrics.counting.groups import Group, divided
from analysis_lib.metrics.counting.tally import happening
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Result

MEASURES = measures("fostering")
MAINSTREAM, FAMILY_AND_FRIENDS = "Mainstream", "Family and friends"
KINDS = {
    "MAINSTREAM": "Mainstream fostering", "CONNECTED": "Family and friends", "SHORT_BREAK": "Short breaks",
    "PARENT_CHILD": "Parent and child", "SUPPORTED_LODGINGS": "Supported lodgings", "OTHER": "Other",
}  # fmt: skip
LEFT = {
    "RETIRED": "Retired", "PERMANENCE": "Became adopters or special guardians", "OTHER_AGENCY": "Another agency",
    "DEREGISTERED": "Ended by the council", "PERSONAL": "Personal reasons", "OTHER": "Other",
}  # fmt: skip
ON_HOLD = {
    "HOLIDAY": "Holiday or rest", "HEALTH": "Illness", "ALLEGATION": "An allegation", "REVIEW": "Under review",
    "PERSONAL": "Personal reasons", "OTHER": "Other",
}  # fmt: skip
DECIDED = {"APPROVED": "Approved", "NOT_APPROVED": "Not approved", "WITHDRAWN": "Withdrawn"}
GROUPS = {
    "carers": Group(
        "household_kind", {kind: FAMILY_AND_FRIENDS if kind == "CONNECTED" else MAINSTREAM for kind in KINDS}
    ),
    "kind": Group("household_kind", KINDS),
}
LEFT_GROUPS = {**GROUPS, "reason": Group("household_left_reason", LEFT)}
ON_HOLD_GROUPS = {**GROUPS, "reason": Group("on_hold_reason", ON_HOLD)}
_OUTCOMES = {"outcome": Group("application_outcome", DECIDED)}
APPLIED_WITHIN_MONTHS = 6  # our own: long enough for most applications to be made
When = pd.Timestamp | Sequence[pd.Timestamp]
Span = Period | Sequence[Period]

__all__ = [
    "application_outcomes",
    "applications",
    "applications_approved",
    "applications_per_enquiry",
    "approvals",
    "days_to_decision",
    "deregistrations",
    "enquiries",
    "enquiries_that_applied",
    "households_approved",
    "households_on_hold",
    "occupancy",
    "places_approved",
    "places_filled",
    "places_not_available",
    "places_vacant",
]


def __dir__() -> list[str]:
    return __all__


# --- on a day --------------------------------------------------------------------------------------------------------


def households_approved(households: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Fostering households approved on each census date, whether or not a child lives with them."""
    return _on_a_day("fostering_households", households, census_date, by, lambda rows: np.ones(len(rows)))


def households_on_hold(households: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Approved households with a place on hold on each census date; group "reason" says why, "Not known" included."""
    on_hold = households[households["places_on_hold"] > 0]
    return _on_a_day(
        "fostering_households_on_hold", on_hold, census_date, by, lambda rows: np.ones(len(rows)), ON_HOLD_GROUPS,
        counted_on=households["counted_on"],
    )  # fmt: skip


def places_approved(households: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Places for which households are approved on each census date: filled, vacant and not available."""
    return _on_a_day("fostering_places", households, census_date, by, lambda rows: rows["places_approved"])


def places_filled(households: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Children placed with approved households on each census date; a household may have more than it has places."""
    return _on_a_day("fostering_places_filled", households, census_date, by, lambda rows: rows["places_filled"])


def places_not_available(households: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Approved places on each census date that cannot be used: on hold, or unavailable for another reason."""
    return _on_a_day("fostering_places_not_available", households, census_date, by, _not_available)


def places_vacant(households: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Approved places on each census date that are neither filled nor unavailable, household by household.

    A household with more children than places has none vacant, and takes none from another. So approved places are those
    filled, not available and vacant only where no household has more children than places.
    """
    return _on_a_day("fostering_places_vacant", households, census_date, by, _vacant)


def occupancy(households: pd.DataFrame, *, census_date: When, by: Sequence[str] = ()) -> Result:
    """Children placed with approved households on each census date as a percentage of the places approved.

    Places that cannot be used are in the base. Above 100 where households have more children than places; without an interval,
    for the places of one household go together.
    """
    sizes = [
        function(households, census_date=census_date, by=by).exact() for function in (places_filled, places_approved)
    ]
    filled, approved = sizes
    result = build.share_of_sums(
        MEASURES["fostering_occupancy"],
        filled[["period_start", "period_end", *by]].assign(numerator=filled["value"], denominator=approved["value"]),
        groups=by,
    )
    return _not_counted(result, approved["symbol"] == "x")


def _not_available(rows: pd.DataFrame) -> pd.Series:
    return rows["places_unavailable"].fillna(0) + rows["places_on_hold"].fillna(0)


def _vacant(rows: pd.DataFrame) -> pd.Series:
    return (rows["places_approved"] - rows["places_filled"] - _not_available(rows)).clip(lower=0)


def _on_a_day(
    name: str, households: pd.DataFrame, census_date: When, by: Sequence[str], size, groups=GROUPS, counted_on=None
) -> Result:
    """The sum of `size` over the households approved on each day; symbol "x" where no household was counted that day."""
    approved = households[households["household_left_on"].isna()]
    approved = happening(divided(approved.assign(size=size(approved)), groups, by), "counted_on", census_date)
    result = tally.total(MEASURES[name], approved, census_date, "size", by=by)
    known = (households["counted_on"] if counted_on is None else counted_on).unique()
    return _not_counted(result, ~result.frame["period_end"].isin(known))


def _not_counted(result: Result, where: pd.Series) -> Result:
    frame = result.exact()
    frame.loc[where.to_numpy(), ["numerator", "denominator", "value", "lower", "upper"]] = np.nan
    frame.loc[where.to_numpy(), "symbol"] = "x"
    return Result(result.measure, frame, result.groups, result.origin, result.parts)


# --- joining and leaving ---------------------------------------------------------------------------------------------


def approvals(households: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Households first approved in each period, those that have left again included.

    A household that is approved and leaves between two days of counting is here when the extract has it among those that left.
    """
    return _events("fostering_approvals", households, "household_approved_on", period, by, GROUPS)


def deregistrations(households: pd.DataFrame, *, period: Span, by: Sequence[str] = ()) -> Result:
    """Households whose approval ended in each period; group "reason" says why, "Not known" included."""
    return _events("fostering_deregistrations", households, "household_left_on", period, by, LEFT_GROUPS)


def _events(name: str, households: pd.DataFrame, day: str, period: Span, by: Sequence[str], groups) -> Result:
    """A household stands in the extract once a day of counting: as the latest one that tells the day has it."""
    told = households[households[day].notna()].sort_values(["counted_on", "household_id"])
    latest = told.drop_duplicates("household_id", keep="last")
    return tally.number(MEASURES[name], happening(divided(latest, groups, by), day, period), period, by=by)


# --- enquiries and applications --------------------------------------------------------------------------------------


def enquiries(fostering_enquiries: pd.DataFrame, *, period: Span) -> Result:
    """First enquiries made in each period by people who may become foster carers."""
    return _number("fostering_enquiries", fostering_enquiries, "enquired_on", period)


def applications(fostering_enquiries: pd.DataFrame, *, period: Span) -> Result:
    """Applications received in each period, whenever the enquiry was made."""
    return _number("fostering_applications", fostering_enquiries, "applied_on", period)


def application_outcomes(fostering_enquiries: pd.DataFrame, *, period: Span) -> Result:
    """Applications decided or ended in each period, by outcome (group "outcome")."""
    rows = divided(fostering_enquiries, _OUTCOMES, ["outcome"])
    rows = happening(rows, "application_decided_on", period)
    return tally.number(MEASURES["fostering_application_outcomes"], rows, period, by=["outcome"])


def applications_approved(fostering_enquiries: pd.DataFrame, *, period: Span) -> Result:
    """Share of the applications decided or ended in each period, with an outcome recorded, that were approved."""
    rows = fostering_enquiries[fostering_enquiries["application_outcome"].notna()]
    rows = rows.assign(approved=rows["application_outcome"] == "APPROVED")
    rows = happening(rows, "application_decided_on", period)
    return tally.share(MEASURES["fostering_applications_approved"], rows, period, "approved")


def applications_per_enquiry(fostering_enquiries: pd.DataFrame, *, period: Span) -> Result:
    """Applications received in each period for every 100 enquiries made in it, as Ofsted sets them against each other.

    They are not the same people: an application of April may follow an enquiry of February. `enquiries_that_applied` follows
    the people who enquired.
    """
    received, made = applications(fostering_enquiries, period=period), enquiries(fostering_enquiries, period=period)
    frame = made.exact()[["period_start", "period_end"]]
    frame = frame.assign(numerator=received.exact()["value"], denominator=made.exact()["value"])
    return build.share_of_sums(MEASURES["fostering_applications_per_enquiry"], frame)


def enquiries_that_applied(
    fostering_enquiries: pd.DataFrame,
    *,
    period: Span,
    known_until: pd.Timestamp,
    within_months: int = APPLIED_WITHIN_MONTHS,
) -> Result:
    """Share of the enquiries made in each period that had led to an application within so many months.

    Enquiries of the last months before `known_until`, the day of the extract, cannot be followed and are left out.
    `applications_per_enquiry` sets the applications of a period against its enquiries, whoever made them.
    """
    limit = fostering_enquiries["enquired_on"] + pd.DateOffset(months=within_months)
    rows = fostering_enquiries.assign(applied=fostering_enquiries["applied_on"] <= limit)[limit <= known_until]
    rows = happening(rows, "enquired_on", period)
    return tally.share(MEASURES["fostering_enquiries_that_applied"], rows, period, "applied")


def days_to_decision(fostering_enquiries: pd.DataFrame, *, period: Span) -> Result:
    """Median days from application to decision, of the applications decided in each period; withdrawn ones are left out."""
    decided = fostering_enquiries[fostering_enquiries["application_outcome"].isin(["APPROVED", "NOT_APPROVED"])]
    days = (decided["application_decided_on"] - decided["applied_on"]).dt.days.astype(float)
    rows = decided.assign(days=days)[days >= 0]
    rows = happening(rows, "application_decided_on", period)
    return tally.median(MEASURES["fostering_days_to_decision"], rows, period, "days")


def _number(name: str, rows: pd.DataFrame, day: str, period: Span) -> Result:
    return tally.number(MEASURES[name], happening(rows, day, period), period)
