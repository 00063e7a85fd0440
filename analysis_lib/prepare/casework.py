"""Ofsted's Annex A lists as tidy tables: referrals, assessments, enquiries, plans, children with an adoption decision."""

from __future__ import annotations

import pandas as pd

from analysis_lib.prepare.given import Given, Made
from analysis_lib.prepare.join import close_what_is_not_carried_on, of_the_latest_return, one_row_each, renamed

CHILD = "Child Unique ID"
MADE_OF = {
    "adoption_list": ("list_10",),
    "cin_plans": ("list_06",),
    "cp_plans": ("list_07",),
    "referrals": ("list_03",),
    "assessments": ("list_04",),
    "section47": ("list_05",),
}
ADOPTION_LIST_NAMES = {
    "_extract": "extract_date",
    "Date the Child Entered Care": "entered_care",
    "Date of Decision that Child Should be Placed for Adoption": "decision_date",
    "Date of Placement Order": "placement_order_date",
    "Date of Matching Child and Prospective Adopters": "match_date",
    "Date Placed for Adoption": "moved_in_date",
    "Date of Adoption Order": "adoption_date",
    "Date of Decision that Child Should No Longer be Placed for Adoption": "decision_reversed_date",
    "Reason Why Child No Longer Placed for Adoption": "decision_reversed_reason",
    "Date the child was placed for fostering in FFA or concurrent planning placement": "fostering_for_adoption_date",
}
CIN_PLAN_NAMES = {
    "CIN Start Date": "plan_start", "CIN Closure Date": "plan_end", "Primary Need Code": "primary_need",
    "Reason for Closure": "closure_reason",
}  # fmt: skip
CP_PLAN_NAMES = {
    "Child Protection Plan Start Date": "plan_start",
    "Child Protection Plan End Date": "plan_end",
    "Initial Category of Abuse": "initial_category",
    "Latest Category of Abuse": "latest_category",
    "Number of Previous Child Protection Plans": "previous_plans",
}
REFERRAL_NAMES = {
    "Date of Referral": "referral_date",
    "Referral Source": "source",
    "Referral NFA?": "no_further_action",
    "Number of Referrals in Last 12 Months": "referrals_in_12_months",
}
ASSESSMENT_NAMES = {
    "Continuous Assessment Start Date": "assessment_start",
    "Continuous Assessment Date of Authorisation": "authorised_date",
    "Child Seen During Continuous Assessment": "child_seen",
    "Was the child assessed as requiring LA children's social care support?": "outcome",
}
SECTION47_NAMES = {
    "Strategy discussion initiating Section 47 Enquiry Start Date": "enquiry_start",
    "Was an Initial Child Protection Conference deemed unnecessary?": "conference_unnecessary",
    "Date of Initial Child Protection Conference": "conference_date",
    "Did the Initial Child Protection Conference Result in a Child Protection Plan": "led_to_plan",
}
NAMES = {
    "adoption_list": ADOPTION_LIST_NAMES,
    "cin_plans": CIN_PLAN_NAMES,
    "cp_plans": CP_PLAN_NAMES,
    "referrals": REFERRAL_NAMES,
    "assessments": ASSESSMENT_NAMES,
    "section47": SECTION47_NAMES,
}


def tables(given: Given) -> Made:
    """The tables of `MADE_OF` whose lists are there."""
    frames, key = given.frames, given.key
    made, problems = {}, []
    for name, table, names in (("list_06", "cin_plans", CIN_PLAN_NAMES), ("list_07", "cp_plans", CP_PLAN_NAMES)):
        if name in frames:
            start, end = list(names)[:2]
            listed = on_a_plan(frames[name]) if name == "list_06" else frames[name]
            rows = one_row_each(listed, [CHILD, start], "_extract")
            rows, found = close_what_is_not_carried_on(rows, end, "_extract")
            problems += found
            made[table] = renamed(rows, CHILD, names, key)
    for name, table, names in (
        ("list_03", "referrals", REFERRAL_NAMES),
        ("list_04", "assessments", ASSESSMENT_NAMES),
        ("list_05", "section47", SECTION47_NAMES),
    ):
        if name in frames:
            rows = of_the_latest_return(frames[name], [CHILD, next(iter(names))], "_extract")
            rows = rows.drop_duplicates([CHILD, *names], keep="last")
            made[table] = renamed(rows, CHILD, names, key)
    if "list_10" in frames:
        made["adoption_list"] = tidy_adoption_list(frames["list_10"], key)
    return made, problems


def on_a_plan(list_06: pd.DataFrame) -> pd.DataFrame:
    """List 6 without the children whose assessment is still open: they are in need, and have no plan."""
    if "Case Status" not in list_06:
        return list_06
    words = list_06["Case Status"].astype(object).where(list_06["Case Status"].notna(), "").map(str)
    return list_06[~words.str.lower().str.contains("open assessment", regex=False)]


def tidy_adoption_list(list_10: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per child and decision, as the latest extract has it."""
    decision = "Date of Decision that Child Should be Placed for Adoption"
    rows = without_superseded_blanks(one_row_each(list_10, [CHILD, decision], "_extract"), decision)
    return renamed(rows, CHILD, ADOPTION_LIST_NAMES, key)


def without_superseded_blanks(rows: pd.DataFrame, decision: str) -> pd.DataFrame:
    """A child listed without a decision, and later with one, is one case: the row without is dropped."""
    decided = rows[rows[decision].notna()].groupby(CHILD)["_extract"].max()
    decided_in = decided.astype("datetime64[us]").reindex(rows[CHILD]).to_numpy()
    superseded = rows[decision].isna() & (decided_in >= rows["_extract"].to_numpy())
    return rows[~superseded]
