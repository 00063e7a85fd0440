"""Permanence: why children leave care, special guardianship and going home, who comes back, and what they had before.

Leaving care is the end of a period of care (table `care_periods`; overlapping ones are joined, and the one that ends last gives
the reason). `counting` "children" takes each child once in a period, with the last time it left, as the Department for Education
does; "episodes" takes every time. A child who turns 18 leaves care on its 18th birthday, whatever the reason that is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis_lib.metrics.counting import tally
from analysis_lib.metrics.counting.ages import age_on
from analysis_lib.metrics.counting.groups import NOT_KNOWN, among
from analysis_lib.metrics.counting.tally import each_once, happening
from analysis_lib.metrics.facts import measures
from analysis_lib.metrics.looked_after import periods_of_care
from analysis_lib.metrics.placement_history import check_word, grouped, is_one_of
from analysis_lib.periods import Period
from analysis_lib.results import Result

MEASURES = measures("permanence")
CHILDREN, EPISODES = "children", "episodes"
WITH_RESPONSIBILITY, ANYBODY = "with parental responsibility", "anybody"
ANY_REASON, WENT_HOME = "any reason", "went home"
ADOPTED, DIED, TRANSFERRED, ADULT = ("E11", "E12"), ("E2",), ("E3",), ("E15",)
SPECIAL_GUARDIANSHIP = ("E43", "E44", "E45", "E46", "E47", "E48")
HOME = ("E4", "E4A", "E4B")
WITHOUT_RESPONSIBILITY = ("E13",)
# What each group holds, by the codes of the return; what is in none is "Not known".
REASONS: Mapping[str, Sequence[str]] = {
    "Adopted": ADOPTED,
    "Special guardianship": SPECIAL_GUARDIANSHIP,
    "Residence or child arrangements order": ("E41",),
    "Home to parents or others with parental responsibility": HOME,
    "To parents or others without parental responsibility": WITHOUT_RESPONSIBILITY,
    "Independent living": ("E5", "E6"),
    "Stayed with carers at 18": ("E17",),
    "Adult social care": ("E7",),
    "Care taken over by another council": TRANSFERRED,
    "Sentenced to custody": ("E9",),
    "Remand ended": ("E14",),
    "Found to be 18 or over": ADULT,
    "Moved abroad": ("E16",),
    "Died": DIED,
    "Other": ("E8",),
    NOT_KNOWN: (),
}
GUARDIANS: Mapping[str, Sequence[str]] = {
    "Relative or friend who fostered the child": ("E45",),
    "Other foster carer of the child": ("E46",),
    "Relative or friend who did not foster the child": ("E47",),
    "Other person": ("E48",),
    "Foster carer, kind not recorded": ("E43",),
    "Not a foster carer, kind not recorded": ("E44",),
}
PLANNED: Mapping[str, Sequence[str]] = {"Planned": ("E4A",), "Not planned": ("E4B",), NOT_KNOWN: ()}
AGES: Mapping[str, int] = {  # so many years or more
    "Under 1": 0,
    "1 to 4": 1,
    "5 to 9": 5,
    "10 to 15": 10,
    "16": 16,
    "17": 17,
    "18 or over": 18,
}
EARLIER: Mapping[str, Sequence[str]] = {
    "Adoption": ("P1",),
    "Special guardianship": ("P2",),
    "Residence or child arrangements order": ("P3",),
    "None": ("Z1",),
    NOT_KNOWN: (),
}
HAD_PERMANENCE = ("P1", "P2", "P3")
MONTHS_AFTER = 12
OLDEST_FOLLOWED = 16  # at 17 a child comes of age within the 12 months
__all__ = [
    "previous_permanence",
    "return_to_care",
    "return_to_care_awaited",
    "returned_home",
    "returned_home_by_plan",
    "special_guardians",
    "special_guardianship",
    "started_after_permanence",
    "why_left",
    "ages_at_leaving",
]


def __dir__() -> list[str]:
    return sorted(__all__)


def why_left(care_periods: pd.DataFrame, *, period: Period | Sequence[Period], counting: str = CHILDREN) -> Result:
    """Share of the children who left care in each period by why they did (group "reason")."""
    rows = _leavers(care_periods, period, counting)
    rows = rows.assign(reason=grouped(rows["reason_ceased"], REASONS))
    return tally.shares(MEASURES["leaving_reasons"], rows, period, "reason")


def special_guardianship(
    care_periods: pd.DataFrame, *, period: Period | Sequence[Period], counting: str = CHILDREN
) -> Result:
    """Share of the children who left care in each period who left to a special guardian (E43 to E48)."""
    return _share_leaving("special_guardianship", SPECIAL_GUARDIANSHIP, care_periods, period, counting)


def special_guardians(
    care_periods: pd.DataFrame, *, period: Period | Sequence[Period], counting: str = CHILDREN
) -> Result:
    """Children who left care to a special guardian in each period, by who that is (group "guardian").

    Codes E43 and E44 (to 2017-18) tell foster carers from others and not whether they are relatives or friends.
    """
    rows = _leavers(care_periods, period, counting)
    rows = rows[is_one_of(rows["reason_ceased"], SPECIAL_GUARDIANSHIP)]
    rows = rows.assign(guardian=grouped(rows["reason_ceased"], GUARDIANS))
    return tally.numbers(MEASURES["special_guardians"], rows, period, "guardian")


def returned_home(
    care_periods: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    counting: str = CHILDREN,
    to: str = WITH_RESPONSIBILITY,
) -> Result:
    """Share of the children who left care in each period who went home.

    `to` "with parental responsibility" (the usual way): to parents, relatives or others who have it (E4, E4A, E4B); "anybody":
    those without it, too (E13).
    """
    check_word("to", to, (WITH_RESPONSIBILITY, ANYBODY))
    codes = HOME if to == WITH_RESPONSIBILITY else (*HOME, *WITHOUT_RESPONSIBILITY)
    return _share_leaving("returned_home", codes, care_periods, period, counting)


def returned_home_by_plan(
    care_periods: pd.DataFrame, *, period: Period | Sequence[Period], counting: str = CHILDREN
) -> Result:
    """Share of the children who went home in each period whose return was planned, or not (group "plan").

    To parents, relatives or others with parental responsibility. Code E4 (to 2017-18) does not say: "Not known".
    """
    rows = _leavers(care_periods, period, counting)
    rows = rows[is_one_of(rows["reason_ceased"], HOME)]
    rows = rows.assign(plan=grouped(rows["reason_ceased"], PLANNED))
    return tally.shares(MEASURES["returned_home_by_plan"], rows, period, "plan")


def ages_at_leaving(
    care_periods: pd.DataFrame,
    children: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    counting: str = CHILDREN,
) -> Result:
    """Share of the children who left care in each period by their age on the day they left (group "age")."""
    rows = _with_age(_leavers(care_periods, period, counting), children)
    band = np.searchsorted(list(AGES.values()), rows["age"].fillna(0), side="right") - 1
    told = pd.Series(np.array(list(AGES), dtype=object)[band], rows.index).where(rows["age"].ge(0))
    rows = rows.assign(age=among(told, [*AGES, NOT_KNOWN]))
    return tally.shares(MEASURES["leaving_ages"], rows, period, "age")


def return_to_care(
    care_periods: pd.DataFrame,
    children: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    known_until: pd.Timestamp,
    counting: str = EPISODES,
    left: str = ANY_REASON,
) -> Result:
    """Share of the times that children left care in each period after which they came back within 12 months.

    In the base are children who left before their 17th birthday, and so could have come back on any day of the 12 months; not those
    who were adopted or died, whose care another council took over, or who were found to be adults. A return on the same day of the next
    year is within. Left out, because nobody can know yet, are those whose 12 months were not over by `known_until`, the last day that
    the returns tell of: `return_to_care_awaited` counts them. A child without a date of birth is in neither count.

    `counting` "episodes" (the usual way) takes every time a child left; with "children" only the last time in the period counts,
    which hides a return in the same period. `left` "went home" asks for those alone who went to parents, relatives or others with
    parental responsibility. A child who comes back to another council is not seen.
    """
    rows = _followed(care_periods, children, period, counting, left)
    rows = rows[rows["followed_until"] <= known_until]
    rows = rows.assign(came_back=rows["next_start"] <= rows["followed_until"])
    return tally.share(MEASURES["return_to_care"], rows, period, "came_back")


def return_to_care_awaited(
    care_periods: pd.DataFrame,
    children: pd.DataFrame,
    *,
    period: Period | Sequence[Period],
    known_until: pd.Timestamp,
    counting: str = EPISODES,
    left: str = ANY_REASON,
) -> Result:
    """Times that children left care in each period of which it cannot be known yet whether they came back within 12 months.

    Those left out of `return_to_care` because their 12 months were not over by `known_until`.
    """
    rows = _followed(care_periods, children, period, counting, left)
    rows = rows[rows["followed_until"] > known_until]
    return tally.number(MEASURES["return_to_care_awaited"], rows, period)


def previous_permanence(
    care_periods: pd.DataFrame, previous_permanence: pd.DataFrame, *, period: Period | Sequence[Period]
) -> Result:
    """Share of the children who came into care in each period by the permanence that they had had before (group "permanence").

    Each child once, with the first start in the period, and what the return of that financial year says. A child with no such row, or
    of whom the kind is not known (P4), is "Not known".
    """
    rows = _starters(care_periods, previous_permanence, period)
    rows = rows.assign(permanence=grouped(rows["permanence"], EARLIER))
    return tally.shares(MEASURES["previous_permanence"], rows, period, "permanence")


def started_after_permanence(
    care_periods: pd.DataFrame, previous_permanence: pd.DataFrame, *, period: Period | Sequence[Period]
) -> Result:
    """Share of the children who came into care in each period after an adoption, special guardianship or such an order.

    The base holds the children of whom it is not known, too.
    """
    rows = _starters(care_periods, previous_permanence, period)
    rows = rows.assign(had=is_one_of(rows["permanence"], HAD_PERMANENCE))
    return tally.share(MEASURES["started_after_permanence"], rows, period, "had")


def _share_leaving(name: str, codes: Sequence[str], care_periods: pd.DataFrame, period, counting: str) -> Result:
    rows = _leavers(care_periods, period, counting)
    rows = rows.assign(left_so=is_one_of(rows["reason_ceased"], codes))
    return tally.share(MEASURES[name], rows, period, "left_so")


def _times_in_care(care_periods: pd.DataFrame) -> pd.DataFrame:
    """Periods of care, overlaps joined: child_id, start, end, reason_ceased, next_start (of the child's next one)."""
    times = periods_of_care(care_periods)
    told = care_periods[care_periods["care_end"].notna()].drop_duplicates(["child_id", "care_end"], keep="last")
    told = told[["child_id", "care_end", "reason_ceased"]].rename(columns={"care_end": "end"})
    times = times.merge(told, on=["child_id", "end"], how="left", validate="many_to_one")
    return times.assign(next_start=times.groupby("child_id")["start"].shift(-1))


def _leavers(care_periods: pd.DataFrame, period: Period | Sequence[Period], counting: str) -> pd.DataFrame:
    """A row for each time a child left care in each period, or for each child that did: as `_times_in_care`, and when."""
    check_word("counting", counting, (CHILDREN, EPISODES))
    rows = happening(_times_in_care(care_periods), "end", period)
    return rows.drop_duplicates(["child_id", "when"], keep="last") if counting == CHILDREN else rows


def _followed(care_periods: pd.DataFrame, children: pd.DataFrame, period, counting: str, left: str) -> pd.DataFrame:
    check_word("left", left, (ANY_REASON, WENT_HOME))
    rows = _with_age(_leavers(care_periods, period, counting), children)
    if left == WENT_HOME:
        rows = rows[is_one_of(rows["reason_ceased"], HOME)]
    rows = rows[~is_one_of(rows["reason_ceased"], (*ADOPTED, *DIED, *TRANSFERRED, *ADULT))]
    rows = rows[rows["age"] <= OLDEST_FOLLOWED]
    return rows.assign(followed_until=rows["end"] + pd.DateOffset(months=MONTHS_AFTER))


def _with_age(rows: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    births = children.set_index("child_id")["birth_date"]
    born = births.reindex(rows["child_id"]).set_axis(rows.index)
    return rows.assign(age=age_on(born, rows["end"]))


def _starters(care_periods: pd.DataFrame, previous_permanence: pd.DataFrame, period) -> pd.DataFrame:
    """A row for each child who came into care in each period, with what the return of that year says of it."""
    rows = each_once(happening(periods_of_care(care_periods), "start", period))
    years = {day: Period.financial_year_of(day).code for day in rows["start"].drop_duplicates()}
    rows = rows.assign(return_year=rows["start"].map(years).astype(object))
    told = previous_permanence.drop_duplicates(["child_id", "return_year"], keep="last")
    told = told[["child_id", "return_year", "permanence"]]
    untold = told[told["return_year"].isna() | (told["return_year"] == "")].set_index("child_id")["permanence"]
    rows = rows.merge(told, on=["child_id", "return_year"], how="left", validate="many_to_one")
    code = rows["permanence"].astype(object)
    return rows.assign(permanence=code.where(code.notna(), rows["child_id"].map(untold).astype(object)))
