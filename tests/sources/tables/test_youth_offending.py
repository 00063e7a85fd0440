"""The youth offending extract: generous in what it understands, strict in saying what it does not."""

import pandas as pd
import pytest

from analysis_lib.sources import read_returns
from analysis_lib.sources.table import MISREAD, read_date, read_yes_no
from analysis_lib.sources.tables.youth_offending import GROUPS, read_ethnic_group, read_sex, read_type


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("WBRI", "White"), ("wbri", "White"), ("WBRI - White British", "White"), ("White", "White"),
        ("White British", "White"), ("White - Irish", "White"), ("White: Gypsy or Irish Traveller", "White"),
        ("Any other White background", "White"), ("W1", "White"), ("W9 - Any other White background", "White"),
        ("MWAS", "Mixed"), ("Mixed", "Mixed"), ("White and Black Caribbean", "Mixed"), ("M3", "Mixed"),
        ("Mixed - White and Asian", "Mixed"), ("Mixed or multiple ethnic groups", "Mixed"), ("Dual heritage", "Mixed"),
        ("AIND", "Asian"), ("Asian or Asian British", "Asian"), ("Asian/Asian British - Pakistani", "Asian"),
        ("A3", "Asian"), ("Any other Asian background", "Asian"),
        ("BAFR", "Black"), ("Black", "Black"), ("Black, Black British, Caribbean or African", "Black"), ("B2", "Black"),
        ("Any other Black/African/Caribbean background", "Black"),
        ("CHNE", "Chinese"), ("Chinese", "Chinese"), ("Asian or Asian British: Chinese", "Chinese"), ("O1", "Chinese"),
        ("OOTH", "Other"), ("Arab", "Other"), ("Any other ethnic group", "Other"), ("O9", "Other"),
        ("REFU", "Not known"), ("NOBT", "Not known"), ("NS", "Not known"), ("Not known", "Not known"),
        ("NOT STATED", "Not known"), ("Information refused", "Not known"),
    ],
)  # fmt: skip
def test_ethnic_groups_of_usual_spellings(text, group):
    assert read_ethnic_group(text) == group and group in GROUPS


@pytest.mark.parametrize("text", ["XXXX", "Martian", "White Martian", "British Muslim", "???", "12", "W"])
def test_ethnicities_that_are_not_understood_are_not_guessed(text):
    assert read_ethnic_group(text) is MISREAD


@pytest.mark.parametrize(
    ("text", "sex"),
    [
        ("F", "female"), ("Female", "female"), ("FEMALE", "female"), ("2", "female"), ("b) Female", "female"),
        ("m", "male"), ("Male", "male"), ("1", "male"), ("U", "unknown"), ("Not recorded", "unknown"),
        ("3", MISREAD), ("X", MISREAD),
    ],
)  # fmt: skip
def test_sex_of_usual_spellings(text, sex):
    assert read_sex(text) is sex or read_sex(text) == sex


def test_yes_and_no_of_usual_spellings():
    assert [read_yes_no(text) for text in ("Y", "yes", "1", "TRUE", "a) Yes")] == [True] * 5
    assert [read_yes_no(text) for text in ("N", "No", "0", "false", "b) No")] == [False] * 5
    assert read_yes_no("not known") is None and read_yes_no("perhaps") is MISREAD


def test_dates_of_both_orders_and_29_february():
    for text in (
        "29/02/2020",
        "2020-02-29",
        "29-02-2020",
        "29.2.2020",
        "2020-02-29 00:00:00",
        "29/02/2020 00:00",
        "29/02/2020 10:30",
        "29-Feb-2020",
        "29 February 2020",
    ):
        assert pd.Timestamp(read_date(text)) == pd.Timestamp("2020-02-29"), text
    for text in (
        "29/02/2021",
        "2/29/2020",
        "29/02/20",
        "20200229",
        "1/1/0001",
        "29/02/2020 25:30",
        "44000",
        "29-Fox-2020",
    ):
        assert read_date(text) is MISREAD, text


def test_types_of_intervention():
    assert [read_type(text) for text in ("Prevention", "Out of Court Disposal", "court-order", "DTO", "walks")] == [
        "prevention", "out of court", "court order", "custody", MISREAD,
    ]  # fmt: skip


def test_headings_of_another_system_extra_columns_and_age_in_place_of_birth(tmp_path):
    (tmp_path / "caseload.csv").write_text(
        "Person ID,Gender,Age,Ethnic Origin,LAC,Start Date,End Date,Worker\n7,Male,16,W1,No,01/04/2021,,Someone\n"
    )
    raw = read_returns(tmp_path)
    case = raw.frames["youth_offending"].iloc[0]
    assert (case["SEX"], case["AGE"], case["ETHNICITY"], bool(case["LOOKED_AFTER"])) == ("male", 16, "White", False)
    assert [str(problem) for problem in raw.problems] == [
        "caseload.csv, line 1: expected known columns of the youth offending extract; not read: Worker. Nothing need be done."
    ]


def test_what_is_not_understood_is_reported_and_the_child_still_counted(tmp_path):
    (tmp_path / "y.csv").write_text(
        "CHILD,SEX,DATE_OF_BIRTH,AGE,ETHNICITY,LOOKED_AFTER,INTERVENTION_START,INTERVENTION_END\n"
        "1,Q,,,Martian,maybe,01/04/2021,\n"
    )
    raw = read_returns(tmp_path)
    assert len(raw.frames["youth_offending"]) == 1
    assert sorted((problem.column, problem.value, problem.severity) for problem in raw.problems) == [
        ("DATE_OF_BIRTH", "", "warning"),
        ("ETHNICITY", "Martian", "warning"),
        ("LOOKED_AFTER", "maybe", "warning"),
        ("SEX", "Q", "warning"),
    ]


def test_neither_birth_nor_age_closes_the_table(tmp_path):
    (tmp_path / "y.csv").write_text(
        "CHILD,SEX,ETHNICITY,LOOKED_AFTER,INTERVENTION_START,INTERVENTION_END\n1,F,WBRI,N,01/04/2021,\n"
    )
    (tmp_path / "h.csv").write_text("CHILD,SEX,DOB,ETHNIC\nA1,F,14/05/2013,WBRI\n")
    raw = read_returns(tmp_path)
    assert "DATE_OF_BIRTH or AGE: expected a column with one of these headings" in str(raw.closed["youth_offending"])
