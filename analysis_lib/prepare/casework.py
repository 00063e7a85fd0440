"""Ofsted's Annex A lists as tidy tables: contacts, referrals, assessments, enquiries, plans, adoption decisions."""

from __future__ import annotations

import re

import pandas as pd

from analysis_lib.errors import DataProblem
from analysis_lib.prepare.given import Given, Made
from analysis_lib.prepare.identifiers import ADOPTER, ADOPTIVE_FAMILY, hashed
from analysis_lib.prepare.join import (
    close_what_is_not_carried_on,
    mapped,
    of_the_latest_return,
    one_row_each,
    renamed,
)

CHILD = "Child Unique ID"
MADE_OF = {
    "adoption_list": ("list_10",),
    "cin_plans": ("list_06",),
    "cp_plans": ("list_07",),
    "contacts": ("list_01",),
    "referrals": ("list_03",),
    "assessments": ("list_04",),
    "section47": ("list_05",),
    "care_leaver_list": ("list_09",),
    "adopters": ("list_11",),
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
    "Family identifier": "family_id",
}
CIN_PLAN_NAMES = {
    "CIN Start Date": "plan_start", "CIN Closure Date": "plan_end", "Primary Need Code": "primary_need",
    "Reason for Closure": "closure_reason", "Date Child Was Last Seen": "last_seen",
    "_extract": "extract_date",
}  # fmt: skip
CP_PLAN_NAMES = {
    "Child Protection Plan Start Date": "plan_start",
    "Child Protection Plan End Date": "plan_end",
    "Initial Category of Abuse": "initial_category",
    "Latest Category of Abuse": "latest_category",
    "Number of Previous Child Protection Plans": "previous_plans",
    "Date of the Last Statutory Visit": "last_visit",
    "Was the Child Seen Alone?": "seen_alone",
    "Date of latest review conference": "latest_review",
    "_extract": "extract_date",
}
CONTACT_NAMES = {"Date of Contact": "contact_date", "Contact Source": "source"}
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
CARE_LEAVER_NAMES = {
    "_extract": "extract_date",
    "Date of Birth": "birth_date",
    "Eligibility Category": "eligibility",
    "LA in Touch": "in_touch",
    "Latest Date of Contact": "latest_contact",
    "Type of Accommodation": "accommodation",
    "Suitability of Accommodation": "suitability",
    "Activity Status": "activity",
}
ADOPTER_NAMES = {
    "_extract": "extract_date",
    "Family identifier": "family_id",
    "Is the (prospective) adopter fostering for adoption?": "fosters_for_adoption",
    "Date enquiry received": "enquiry_date",
    "Date Stage 1 started": "stage_1_start",
    "Date Stage 1 ended": "stage_1_end",
    "Date Stage 2 started": "stage_2_start",
    "Date Stage 2 ended": "stage_2_end",
    "Date application submitted": "application_date",
    "Date application approved": "approval_date",
    "Date adopter matched with child(ren)": "match_date",
    "Date child/children placed with adopter(s)": "placed_date",
    "No. of children placed": "children_placed",
    "Date of Adoption Order": "adoption_date",
    "Date of leaving adoption process": "left_date",
    "Reason for leaving adoption process": "left_reason",
}
NAMES = {
    "adoption_list": ADOPTION_LIST_NAMES,
    "cin_plans": CIN_PLAN_NAMES,
    "cp_plans": CP_PLAN_NAMES,
    "contacts": CONTACT_NAMES,
    "referrals": REFERRAL_NAMES,
    "assessments": ASSESSMENT_NAMES,
    "section47": SECTION47_NAMES,
    "care_leaver_list": CARE_LEAVER_NAMES,
    "adopters": ADOPTER_NAMES,
}
# List 9 gives the codes of SSDA903 OC3, alone or before their words ("U: Independent living"), or the words alone.
_ACTIVITY_CODE = re.compile(r"([FP][1-5]|G[4-6])\b")
_ACCOMMODATION_CODE = re.compile(r"([A-Z])[12]?\b(?! [A-Za-z])")
_TOUCH_CODE = re.compile(r"(YES|NO|DIED|REFU|NREQ|RHOM)\b", re.IGNORECASE)
_SUITABLE = {"suitable": "suitable", "unsuitable": "unsuitable", "not suitable": "unsuitable"}


# Source of a contact or a referral by the children in need census: its code, or the number that begins it.
SOURCE_GROUPS = {
    "1": "Individual", "2A": "Schools", "2B": "Education services", "3": "Health services", "4": "Housing",
    "5": "Local authority services", "6": "Police", "7": "Other legal agency", "8": "Other", "9": "Anonymous",
    "10": "Not known",
}  # fmt: skip
_SOURCE_CODE = re.compile(r"\s*(10|[1-9])([A-F])?(?![0-9A-Za-z]).*", re.IGNORECASE | re.DOTALL)
CATEGORIES_OF_ABUSE = {
    "NEG": "Neglect", "PHY": "Physical abuse", "SAB": "Sexual abuse", "EMO": "Emotional abuse", "MUL": "Multiple",
}  # fmt: skip


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
        ("list_01", "contacts", CONTACT_NAMES),
        ("list_03", "referrals", REFERRAL_NAMES),
        ("list_04", "assessments", ASSESSMENT_NAMES),
        ("list_05", "section47", SECTION47_NAMES),
    ):
        if name in frames:
            rows = of_the_latest_return(frames[name], [CHILD, next(iter(names))], "_extract")
            rows = rows.drop_duplicates([CHILD, *names], keep="last")
            made[table] = renamed(rows, CHILD, names, key)
            if name == "list_04":
                made[table]["dropped_date"], found = dropped(rows)
                problems += found
    if "list_10" in frames:
        made["adoption_list"] = tidy_adoption_list(frames["list_10"], key)
    if "list_09" in frames:
        made["care_leaver_list"] = tidy_care_leaver_list(frames["list_09"], key)
    if "list_11" in frames:
        made["adopters"] = tidy_adopters(frames["list_11"], key)
    return {table: in_words(table, rows) for table, rows in made.items()}, problems


def in_words(table: str, tidy: pd.DataFrame) -> pd.DataFrame:
    """Answers as true or false, and the sector's own words for codes that councils write in different ways."""
    if table in ("contacts", "referrals"):
        return tidy.assign(source_group=source_groups(tidy["source"]))
    if table == "assessments":
        return tidy.assign(child_seen=answers(tidy["child_seen"]), requires_support=answers(tidy["outcome"]))
    if table == "cp_plans":
        categories = {name: categories_of_abuse(tidy[name]) for name in ("initial_category", "latest_category")}
        return tidy.assign(**categories, seen_alone=answers(tidy["seen_alone"]))
    return tidy


def source_groups(sources: pd.Series) -> pd.Series:
    """The group of each source, by the code that begins it or by its own name; "Not known" for blanks and other words."""
    groups = {text: _source_group(text) for text in sources.dropna().unique()}
    return mapped(sources, groups).fillna("Not known")


def _source_group(text: str) -> str:
    match = _SOURCE_CODE.fullmatch(text)
    if match:
        code = f"{match[1]}{match[2] or ''}".upper()
        return SOURCE_GROUPS.get(code, SOURCE_GROUPS.get(match[1], "Not known"))
    named = {group.casefold(): group for group in SOURCE_GROUPS.values()}
    return named.get(text.strip().casefold(), "Not known")


def categories_of_abuse(categories: pd.Series) -> pd.Series:
    """Each category in the census's words, from its code or its name; other words stay as they are."""
    words = {word.casefold(): word for word in CATEGORIES_OF_ABUSE.values()}
    words |= {code.casefold(): word for code, word in CATEGORIES_OF_ABUSE.items()}
    return mapped(categories, {text: words.get(text.strip().casefold(), text) for text in categories.dropna().unique()})


def answers(texts: pd.Series) -> pd.Series:
    """Yes as true and No as false; missing where it is blank or in other words."""
    meaning = {"yes": True, "y": True, "no": False, "n": False}
    return texts.map({text: meaning.get(text.strip().casefold()) for text in texts.dropna().unique()}).astype("boolean")


def dropped(rows: pd.DataFrame) -> tuple[list, list[DataProblem]]:
    """The day after the last return that lists an assessment as open, where a later one does not have it, with warnings.

    It is open no longer and was not authorised on any day that a return tells: it counts as neither.
    """
    end = "Continuous Assessment Date of Authorisation"
    closed, problems = close_what_is_not_carried_on(rows, end, "_extract")
    return closed[end].where(rows[end].isna()).tolist(), problems


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
    tidy = renamed(rows, CHILD, ADOPTION_LIST_NAMES, key)
    return tidy.assign(family_id=hashed(tidy["family_id"], key, ADOPTIVE_FAMILY))


def without_superseded_blanks(rows: pd.DataFrame, decision: str) -> pd.DataFrame:
    """A child listed without a decision, and later with one, is one case: the row without is dropped."""
    decided = rows[rows[decision].notna()].groupby(CHILD)["_extract"].max()
    decided_in = decided.astype("datetime64[us]").reindex(rows[CHILD]).to_numpy()
    superseded = rows[decision].isna() & (decided_in >= rows["_extract"].to_numpy())
    return rows[~superseded]


def tidy_care_leaver_list(list_09: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per young person and extract: each list tells of its own day, and no later one corrects it.

    Activity and accommodation are the codes of OC3 (accommodation without its digit) where the list has one, else the
    council's words.
    """
    rows = one_row_each(list_09, [CHILD, "_extract"], "_extract")
    tidy = renamed(rows, CHILD, CARE_LEAVER_NAMES, key)
    return tidy.assign(
        in_touch=_code_or_words(tidy["in_touch"], _TOUCH_CODE),
        accommodation=_code_or_words(tidy["accommodation"], _ACCOMMODATION_CODE),
        suitability=mapped(
            tidy["suitability"], {word: _SUITABLE.get(word.casefold()) for word in _words_of(tidy["suitability"])}
        ),
        activity=_code_or_words(tidy["activity"], _ACTIVITY_CODE),
    )


def _words_of(column: pd.Series) -> list[str]:
    return column.dropna().unique().tolist()


def _code_or_words(column: pd.Series, code: re.Pattern) -> pd.Series:
    """The code that begins each text, in capitals; the whole text where none does."""
    found = {text: code.match(text) for text in _words_of(column)}
    return mapped(column, {text: match[1].upper() if match else text for text, match in found.items()})


def tidy_adopters(list_11: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """One row per adopter and enquiry, as the latest extract has it."""
    adopter = "Individual adopter identifier"
    rows = one_row_each(list_11, [adopter, "Date enquiry received"], "_extract")
    tidy = renamed(rows, adopter, ADOPTER_NAMES, key, ADOPTER).rename(columns={"child_id": "adopter_id"})
    return tidy.assign(family_id=hashed(tidy["family_id"], key, ADOPTIVE_FAMILY))
