"""Local extracts as tidy tables: identifiers hashed, pupils joined, and nothing known before its day."""

from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.prepare import DEMONSTRATION_KEY, as_known, prepare
from analysis_lib.prepare.identifiers import hashed
from analysis_lib.prepare.local import TABLES
from analysis_lib.sources import read_returns
from analysis_lib.sources.tables.templates import example


def prepared(folder: Path, **texts: str) -> dict[str, pd.DataFrame]:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return prepare(read_returns(folder))


def known(table: pd.DataFrame, name: str, day: str) -> pd.DataFrame:
    return as_known({name: table}, pd.Timestamp(day), pd.Timestamp(day))[name]


@pytest.mark.parametrize("name", TABLES)
def test_the_example_makes_one_tidy_row_a_row_and_no_identifier_survives(tmp_path, name):
    tables = prepared(tmp_path, export=example(name))
    tidy = tables[name]
    assert len(tidy) == 3 and tables["problems"].empty
    cells = {str(cell) for column in tidy for cell in tidy[column]}
    assert not cells & {"1001", "1002", "1003", "2001", "2002", "2003", "F501", "H101", "W014", "A123456789012"}


def test_a_child_of_a_local_extract_is_the_child_of_the_ssda903(tmp_path):
    tidy = prepared(tmp_path, export=example("return_home_interviews"))["return_home_interviews"]
    assert tidy["child_id"][0] == hashed(pd.Series(["1001"]), DEMONSTRATION_KEY)[0]


def test_a_pupil_without_child_is_joined_by_the_upn(tmp_path):
    header = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n77,M,01/02/2012,WBRI,A123456789012,,\n"
    tidy = prepared(tmp_path, header=header, export=example("attendance"))["attendance"]
    of_77 = hashed(pd.Series(["77"]), DEMONSTRATION_KEY)[0]
    assert tidy["child_id"].tolist().count(of_77) == 2


def test_brothers_and_sisters_share_a_family(tmp_path):
    tidy = prepared(tmp_path, export=example("early_help"))["early_help"]
    assert tidy["family_id"].nunique() == 2 and tidy["child_id"].nunique() == 3


def test_the_latest_export_corrects_the_earlier_one(tmp_path):
    lines = example("issues_resolution").splitlines()
    for day, closed in (("2021-09-30", ""), ("2021-12-31", "18/12/2021")):
        place = tmp_path / day
        place.mkdir()
        third = lines[3].split(",")
        third[-1] = closed
        (place / "issues.csv").write_text("\n".join([lines[0], ",".join(third)]) + "\n", encoding="utf-8")
    tidy = prepare(read_returns(tmp_path))["issues_resolution"]
    assert tidy["issue_resolved_on"].tolist() == [pd.Timestamp("2021-12-18")]


@pytest.mark.parametrize(
    ("name", "day", "rows"),
    [
        ("attendance", "2021-12-30", 0),
        ("attendance", "2021-12-31", 2),
        ("exclusions", "2021-10-03", 0),
        ("exclusions", "2021-10-04", 1),
        ("early_help", "2021-04-05", 0),
        ("early_help", "2021-04-06", 2),
        ("fostering_households", "2021-09-29", 0),
        ("fostering_enquiries", "2021-01-13", 0),
        ("fostering_enquiries", "2021-01-14", 1),
        ("reviews_and_conferences", "2021-05-09", 0),
        ("reviews_and_conferences", "2021-05-10", 1),
        ("issues_resolution", "2021-05-11", 1),
        ("return_home_interviews", "2021-07-03", 1),
        ("regulation_44", "2021-07-30", 0),
        ("regulation_44", "2021-07-31", 2),
        ("caseloads", "2021-09-30", 3),
    ],
)
def test_a_row_is_known_from_its_day_on(tmp_path, name, day, rows):
    tidy = prepared(tmp_path, export=example(name))[name]
    assert len(known(tidy, name, day)) == rows


def test_what_ends_later_is_open_until_then(tmp_path):
    tidy = prepared(tmp_path, export=example("early_help"))["early_help"]
    before, after = (known(tidy, "early_help", day).iloc[0] for day in ("2021-10-13", "2021-10-14"))
    assert pd.isna(before["early_help_end"]) and pd.isna(before["early_help_outcome"])
    assert after["early_help_outcome"] == "NEEDS_MET"


def test_an_application_is_open_until_it_is_decided_and_its_household_is_that_of_the_households(tmp_path):
    tables = prepared(tmp_path, one=example("fostering_enquiries"), two=example("fostering_households"))
    tidy = tables["fostering_enquiries"]
    before, after = (known(tidy, "fostering_enquiries", day).iloc[0] for day in ("2021-08-10", "2021-08-11"))
    assert pd.isna(before[["application_decided_on", "application_outcome", "household_id"]]).all()
    assert (
        after["application_outcome"] == "APPROVED"
        and after["household_id"] == tables["fostering_households"]["household_id"][0]
    )
    assert known(tidy, "fostering_enquiries", "2021-03-01")["applied_on"].isna().all()


def test_a_review_due_and_not_held_stays_and_counts_from_the_day_it_was_due(tmp_path):
    tidy = prepared(tmp_path, export=example("reviews_and_conferences"))["reviews_and_conferences"]
    never = tidy[tidy["held_on"].isna()]
    assert never["counts_from"].tolist() == [pd.Timestamp("2021-09-17")]
