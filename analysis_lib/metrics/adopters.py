"""Adoptive families, from Annex A list 11: who comes forward, who is approved, who waits for a child, how long each step takes.

The list has a row for each adopter. A couple is one family, so families are counted: the rows of one family identifier and
one enquiry, with the earliest day that either has for each step. An adopter without a family identifier is a family alone.
Families are no children: no number of this module can be named as children. The children are in `adoption`; the codes A11 to
A13 are those of the Department for Education's adoption scorecards.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis_lib.metrics.counting import build
from analysis_lib.metrics.counting.spells import as_list
from analysis_lib.metrics.facts import measures
from analysis_lib.periods import Period
from analysis_lib.results import Result

__all__ = [
    "applications_open", "approvals", "days_by_step", "days_waited_so_far", "enquiries", "left", "matched_late", "waiting",
]  # fmt: skip

MEASURES = measures("adopters")
STEPS = {
    "Enquiry to stage 1": ("enquiry_date", "stage_1_start"),
    "Stage 1": ("stage_1_start", "stage_1_end"),
    "Stage 2": ("stage_2_start", "stage_2_end"),
    "Application to approval": ("application_date", "approval_date"),
    "Approval to match": ("approval_date", "match_date"),
    "Match to moving in": ("match_date", "placed_date"),
}
DATES = (
    "enquiry_date", "stage_1_start", "stage_1_end", "stage_2_start", "stage_2_end", "application_date", "approval_date",
    "match_date", "placed_date", "adoption_date", "left_date",
)  # fmt: skip
LATE_AFTER_MONTHS = 3


def families(adopters: pd.DataFrame) -> pd.DataFrame:
    """One row per adoptive family and enquiry: `family` and the earliest day of each step, missing where it has not come.

    A row without a day of enquiry belongs to the family's first.
    """
    family = adopters["family_id"].where(adopters["family_id"].notna(), adopters["adopter_id"])
    rows = adopters[list(DATES)].assign(family=family)
    enquiry = rows["enquiry_date"].fillna(rows.groupby("family")["enquiry_date"].transform("min"))
    each = rows.assign(enquiry=enquiry).groupby(["family", "enquiry"], dropna=False)
    return each[list(DATES)].min().reset_index("family")


def enquiries(adopters: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Families whose enquiry about adoption was received in each period."""
    return _in_period("adopter_enquiries", adopters, "enquiry_date", period)


def approvals(adopters: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Families approved as adopters in each period; `waiting` counts those who still wait for a child on a day."""
    return _in_period("adopter_approvals", adopters, "approval_date", period)


def left(adopters: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """Families who left the process in each period without having adopted by then."""
    those = families(adopters)
    those = those[~(those["adoption_date"] <= those["left_date"])]
    return _counted("adopters_left", those["left_date"], period)


def waiting(adopters: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> Result:
    """A11: families approved by each census date and not matched by then, who have not left.

    A family with a child but without a day of the match counts as matched. `adoption.waiting_to_be_placed` counts
    the children who wait for a family.
    """
    days, those = as_list(census_date), families(adopters)
    return _stock("adopters_waiting", days, [int(_is_waiting(those, day).sum()) for day in days])


def days_waited_so_far(adopters: pd.DataFrame, *, census_date: pd.Timestamp) -> Result:
    """Median days since approval of the families who wait on `census_date` (`waiting`)."""
    those = families(adopters)
    those = those[_is_waiting(those, census_date)]
    those = those.assign(days=(census_date - those["approval_date"]).dt.days)
    return build.quantile(MEASURES["adopters_days_waited"], those, value="days", q=0.5, when=census_date)


def applications_open(adopters: pd.DataFrame, *, census_date: pd.Timestamp | Sequence[pd.Timestamp]) -> Result:
    """A13: families who had applied by each census date, had not been approved by then and had not left."""
    days, those = as_list(census_date), families(adopters)
    numbers = [
        int(((those["application_date"] <= day) & ~_by(those, day, "approval_date", "left_date")).sum()) for day in days
    ]
    return _stock("adopter_applications_open", days, numbers)


def matched_late(adopters: pd.DataFrame, *, period: Period | Sequence[Period]) -> Result:
    """A12: percentage of the families matched in each period who had waited 3 calendar months or more since approval.

    Families without a day of approval, or matched before it, are in neither number. Those who still wait are not in it.
    """
    those = families(adopters)
    those = those[those["approval_date"] <= those["match_date"]]
    # A day that the later month does not have is its last: approved on 30 November, three months are over on 28 February.
    is_late = those["match_date"] >= those["approval_date"] + pd.DateOffset(months=LATE_AFTER_MONTHS)
    rows = [
        {
            "period_start": each.start,
            "period_end": each.end,
            "numerator": int((is_late & inside).sum()),
            "denominator": int(inside.sum()),
        }
        for each in as_list(period)
        for inside in [those["match_date"].between(each.start, each.end)]
    ]
    return build.proportion(MEASURES["adopters_matched_late"], pd.DataFrame(rows))


def days_by_step(adopters: pd.DataFrame, *, period: Period) -> Result:
    """Median days that each of `STEPS` took, for the families who came to its end in `period`: group "step".

    Steps whose days are missing or out of order are left out for that family; `denominator` says how many are left.
    """
    those = families(adopters)
    took = []
    for step, (start, end) in STEPS.items():
        ended = those[those[end].between(period.start, period.end)]
        days = (ended[end] - ended[start]).dt.days
        took.append(pd.DataFrame({"step": step, "days": days.where(days >= 0)}))
    frame = pd.concat(took, ignore_index=True)
    frame["step"] = pd.Categorical(frame["step"], list(STEPS))
    measure = MEASURES["adopter_step_days"]
    result = build.quantile(measure, frame, value="days", q=0.5, groups=["step"], when=period).exact()
    return Result(measure, result.assign(step=result["step"].astype(object)), ("step",))


def _is_waiting(those: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    return (those["approval_date"] <= day) & ~_by(those, day, "match_date", "placed_date", "adoption_date", "left_date")


def _by(those: pd.DataFrame, day: pd.Timestamp, *dates: str) -> pd.Series:
    """Whether any of `dates` had come by `day`."""
    return (those[list(dates)] <= day).any(axis=1)


def _in_period(name: str, adopters: pd.DataFrame, date: str, period: Period | Sequence[Period]) -> Result:
    return _counted(name, families(adopters)[date], period)


def _counted(name: str, days: pd.Series, period: Period | Sequence[Period]) -> Result:
    rows = [
        {"period_start": each.start, "period_end": each.end, "numerator": int(days.between(each.start, each.end).sum())}
        for each in as_list(period)
    ]
    return build.count(MEASURES[name], pd.DataFrame(rows))


def _stock(name: str, days: Sequence[pd.Timestamp], numbers: Sequence[int]) -> Result:
    frame = pd.DataFrame({"period_start": pd.NaT, "period_end": days, "numerator": numbers})
    return build.count(MEASURES[name], frame)


def __dir__() -> list[str]:
    return __all__
