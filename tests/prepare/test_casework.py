"""Annex A lists 1 to 7 as tidy tables: the sector's words for what councils write, and what became of open assessments."""

import pandas as pd
import pytest

from analysis_lib.prepare import DEMONSTRATION_KEY, as_known, prepare
from analysis_lib.prepare.casework import (
    CATEGORIES_OF_ABUSE,
    SOURCE_GROUPS,
    answers,
    categories_of_abuse,
    source_groups,
)
from analysis_lib.prepare.identifiers import hashed
from analysis_lib.sources import read_returns

PERSON = "Child Unique ID,Gender,Ethnicity,Date of Birth,Age"
WHO = "a) Male,a) WBRI,05/06/2015,6"
LIST_1 = f"{PERSON},Date of Contact,Contact Source\n"
LIST_3 = f"{PERSON},Date of Referral,Referral Source,Referral NFA?,Number of Referrals in Last 12 Months\n"
LIST_4 = (
    f"{PERSON},Does the Child have a Disability,Continuous Assessment Start Date,Child Seen During Continuous Assessment,"
    "Continuous Assessment Date of Authorisation,"
    "Was the child assessed as requiring LA children's social care support?\n"
)
LIST_7 = (
    f"{PERSON},Child Protection Plan Start Date,Initial Category of Abuse,Latest Category of Abuse,"
    "Date of the Last Statutory Visit,Was the Child Seen Alone?,Date of latest review conference,"
    "Child Protection Plan End Date,Number of Previous Child Protection Plans\n"
)


def tables_of(folder, **lists):
    for name, text in lists.items():
        year, number = name.removeprefix("y").rsplit("_list", 1)
        path = folder / year.replace("_", "-") / f"list_{number}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return prepare(read_returns(folder))


def child(name):
    return hashed(pd.Series([name]), DEMONSTRATION_KEY)[0]


@pytest.mark.parametrize(
    ("written", "group"),
    [
        ("1A", "Individual"),
        ("1B: Individual", "Individual"),
        ("2A", "Schools"),
        ("2A: Schools", "Schools"),
        ("2b - Education", "Education services"),
        ("3D: Health services", "Health services"),
        ("4", "Housing"),
        ("5C", "Local authority services"),
        ("6: Police", "Police"),
        ("7", "Other legal agency"),
        ("8: Other", "Other"),
        ("9", "Anonymous"),
        ("10", "Not known"),
        ("police", "Police"),
        (" Housing ", "Housing"),
        ("2", "Not known"),  # schools or education services: the code does not say
        ("101", "Not known"),
        ("School nurse", "Not known"),
        (None, "Not known"),
    ],
)
def test_a_source_is_placed_by_the_code_that_begins_it_or_by_its_name(written, group):
    assert source_groups(pd.Series([written], dtype=object)).tolist() == [group]
    assert group in SOURCE_GROUPS.values()


def test_categories_and_answers_are_read_in_every_spelling_and_other_words_are_kept_or_missing():
    written = ["NEG", "neglect", "EMO", "Sexual Abuse", "Physical abuse", "MUL", "Both", None]
    assert categories_of_abuse(pd.Series(written, dtype=object)).fillna("").tolist() == [
        "Neglect", "Neglect", "Emotional abuse", "Sexual abuse", "Physical abuse", "Multiple", "Both", "",
    ]  # fmt: skip
    assert len(CATEGORIES_OF_ABUSE) == 5
    told = answers(pd.Series(["Yes", "no", "Y", "N", "CS Assessment Updated", None], dtype=object))
    assert told.fillna(False).tolist() == [True, False, True, False, False, False]
    assert told.isna().tolist() == [False, False, False, False, True, True]
    assert answers(pd.Series([None, None], dtype=object)).isna().all()


def test_contacts_are_a_table_and_a_row_twice_is_one_contact(tmp_path):
    row = f"A1,{WHO},01/05/2021,q) 6: Police\n"
    contacts = tables_of(tmp_path, y2021_22_list1=LIST_1 + row + row + f"A1,{WHO},01/05/2021,e) 2A: Schools\n")[
        "contacts"
    ]
    assert contacts["child_id"].tolist() == [child("A1")] * 2
    assert contacts["source_group"].tolist() == ["Police", "Schools"]
    assert contacts["contact_date"].tolist() == [pd.Timestamp("2021-05-01")] * 2


def test_referrals_carry_the_group_of_their_source(tmp_path):
    text = LIST_3 + f"A1,{WHO},01/05/2021,5A,b) No,0\nA2,{WHO},02/05/2021,,a) Yes,1\n"
    referrals = tables_of(tmp_path, y2021_22_list3=text)["referrals"]
    assert referrals["source_group"].tolist() == ["Local authority services", "Not known"]
    assert referrals["no_further_action"].tolist() == [False, True]


def test_an_open_assessment_that_no_later_return_has_is_dropped_on_the_day_after_with_a_warning(tmp_path):
    first = LIST_4 + (
        f"A1,{WHO},b) No,01/03/2021,,,\n"  # open, and in the next return authorised
        f"A2,{WHO},b) No,02/03/2021,,,\n"  # open, and never seen again
        f"A3,{WHO},b) No,03/02/2021,b) No,09/03/2021,a) Yes\n"
    )
    second = LIST_4 + (
        f"A1,{WHO},b) No,01/03/2021,a) Yes,20/04/2021,CS Assessment Updated\n"
        f"A4,{WHO},b) No,01/03/2022,,,\n"
    )  # fmt: skip
    tables = tables_of(tmp_path, y2020_21_list4=first, y2021_22_list4=second)
    rows = tables["assessments"].set_index("child_id")
    assert rows.loc[child("A2"), "dropped_date"] == pd.Timestamp("2021-04-01")
    assert rows.loc[[child("A1"), child("A3"), child("A4")], "dropped_date"].isna().all()
    assert rows["authorised_date"].isna().loc[[child("A2"), child("A4")]].all()
    assert rows.loc[child("A3"), "requires_support"] and not rows.loc[child("A3"), "child_seen"]
    assert pd.isna(rows.loc[child("A1"), "requires_support"]) and rows.loc[child("A1"), "child_seen"]
    warned = tables["problems"][tables["problems"]["severity"] == "warning"]
    assert warned["line"].tolist() == [3]


def test_plans_carry_the_last_visit_and_the_latest_review(tmp_path):
    text = LIST_7 + f"A1,{WHO},01/02/2021,NEG,neglect,20/03/2021,a) Yes,10/03/2021,,1\n"
    (row,) = tables_of(tmp_path, y2020_21_list7=text)["cp_plans"].to_dict("records")
    assert (row["initial_category"], row["latest_category"]) == ("Neglect", "Neglect")
    assert (row["last_visit"], row["latest_review"]) == (pd.Timestamp("2021-03-20"), pd.Timestamp("2021-03-10"))
    assert row["seen_alone"] and row["previous_plans"] == 1
    assert row["extract_date"] == pd.Timestamp("2021-03-31")


def test_what_came_after_the_day_is_not_known_on_it():
    day, next_day = pd.Timestamp("2021-09-30"), pd.Timestamp("2021-10-01")
    contacts = pd.DataFrame(
        {"child_id": ["a", "b"], "contact_date": [day, next_day], "source": "6", "source_group": "Police"}
    )
    assessments = pd.DataFrame(
        {
            "child_id": ["a", "b", "c"],
            "assessment_start": [day, day, next_day],
            "authorised_date": [next_day, day, pd.NaT],
            "dropped_date": [pd.NaT, pd.NaT, pd.NaT],
            "outcome": "Yes",
            "requires_support": pd.array([True] * 3, dtype="boolean"),
            "child_seen": pd.array([True] * 3, dtype="boolean"),
        }
    )
    dropped = assessments.assign(authorised_date=pd.NaT, dropped_date=[next_day, day, pd.NaT])
    plans = pd.DataFrame(
        {
            "child_id": ["a", "b"],
            "plan_start": day,
            "plan_end": pd.NaT,
            "last_visit": [next_day, day],
            "latest_review": [day, next_day],
            "seen_alone": pd.array([True, True], dtype="boolean"),
            "last_seen": [day, next_day],
            "closure_reason": None,
        }
    )
    known = as_known(
        {"contacts": contacts, "assessments": assessments, "cp_plans": plans, "cin_plans": plans}, day, day
    )
    assert known["contacts"]["child_id"].tolist() == ["a"]
    told = known["assessments"][["authorised_date", "outcome", "requires_support", "child_seen"]]
    assert told.isna().values.tolist() == [[True] * 4, [False] * 4]
    assert as_known({"assessments": dropped}, day, day)["assessments"]["dropped_date"].isna().tolist() == [True, False]
    assert known["cp_plans"][["last_visit", "seen_alone", "latest_review"]].isna().values.tolist() == [
        [True, True, False],
        [False, False, True],
    ]
    assert known["cin_plans"]["last_seen"].isna().tolist() == [False, True]
