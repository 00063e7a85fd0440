"""Local extracts without a national format: one field of a good example spoiled, and what is said of it."""

import csv
import io
from pathlib import Path

import pytest

from analysis_lib.sources import read_returns
from analysis_lib.sources.tables.templates import example


def spoiled(folder: Path, name: str, row: int, **cells: str):
    rows = list(csv.DictReader(io.StringIO(example(name))))
    rows[row] |= cells
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    (folder / "export.csv").write_text(out.getvalue(), encoding="utf-8")
    return read_returns(folder)


@pytest.mark.parametrize(
    ("name", "row", "cells", "column", "expected", "left_out"),
    [
        ("attendance", 0, {"SESSIONS_AUTHORISED": "141"}, "SESSIONS_AUTHORISED", "no more than SESSIONS_POSSIBLE", 1),
        ("attendance", 0, {"UPN": ""}, "UPN", "a value, or CHILD filled", 1),
        ("attendance", 1, {"ATTENDANCE_TERM": "LENT"}, "ATTENDANCE_TERM", "one of AUTUMN, SPRING, SUMMER", 1),
        ("exclusions", 1, {"EXCLUSION_DAYS": ""}, "EXCLUSION_DAYS", "a number of days for each suspension", 0),
        ("exclusions", 1, {"EXCLUSION_REASON": "ZZ"}, "EXCLUSION_REASON", "one of PP, PA", 0),
        ("early_help", 0, {"EARLY_HELP_END": "05/04/2021"}, "EARLY_HELP_END", "on or after EARLY_HELP_START", 1),
        ("early_help", 0, {"FIRST_CONTACT_ON": "06/04/2021"}, "FIRST_CONTACT_ON", "on or after ALLOCATED_ON", 0),
        ("early_help", 0, {"LEVEL": "5"}, "LEVEL", "a whole number from 1 to 4", 0),
        ("fostering_households", 0, {"ON_HOLD_REASON": ""}, "ON_HOLD_REASON", "a reason where places are on hold", 0),
        (
            "fostering_households",
            0,
            {"PLACES_UNAVAILABLE": "3"},
            "PLACES_UNAVAILABLE",
            "no more than PLACES_APPROVED",
            0,
        ),
        ("fostering_enquiries", 0, {"APPLIED_ON": "13/01/2021"}, "APPLIED_ON", "on or after ENQUIRED_ON", 0),
        (
            "fostering_enquiries",
            1,
            {"APPLICATION_DECIDED_ON": "07/06/2021"},
            "APPLICATION_DECIDED_ON",
            "on or after APPLIED",
            0,
        ),
        (
            "fostering_enquiries",
            2,
            {"APPLICATION_OUTCOME": "WITHDRAWN"},
            "APPLICATION_OUTCOME",
            "blank where there is no",
            0,
        ),
        ("fostering_enquiries", 2, {"ENQUIRED_ON": ""}, "ENQUIRED_ON", "", 1),
        ("reviews_and_conferences", 2, {"MEETING_DUE": ""}, "MEETING_DUE", "a date, or HELD_ON filled", 1),
        ("reviews_and_conferences", 2, {"MEETING_OUTCOME": "PLAN"}, "MEETING_OUTCOME", "blank where the meeting", 0),
        (
            "issues_resolution",
            0,
            {"ISSUE_RESOLVED_ON": "10/05/2021"},
            "ISSUE_RESOLVED_ON",
            "on or after ISSUE_RAISED",
            1,
        ),
        ("return_home_interviews", 2, {"INTERVIEW_HELD_ON": "20/09/2021"}, "INTERVIEW_HELD_ON", "blank where no", 0),
        ("return_home_interviews", 0, {"RETURNED_ON": "02/07/2021"}, "RETURNED_ON", "on or after MISSING_FROM", 1),
        ("regulation_44", 0, {"BEDS_OCCUPIED": "6"}, "BEDS_OCCUPIED", "no more than BEDS", 0),
        ("caseloads", 0, {"FTE": "37"}, "FTE", "a number from 0 to 1.5", 1),
        ("caseloads", 0, {"LAST_SUPERVISION_ON": "01/10/2021"}, "COUNTED_ON", "on or after LAST_SUPERVISION_ON", 0),
    ],
)
def test_a_spoiled_field_is_named(tmp_path, name, row, cells, column, expected, left_out):
    raw = spoiled(tmp_path, name, row, **cells)
    (problem,) = raw.problems
    assert (problem.line, problem.column) == (row + 2, column)
    assert expected in problem.expected
    assert raw.left_out == ({name: 1} if left_out else {})


def test_identifiers_are_never_shown(tmp_path):
    raw = spoiled(tmp_path, "caseloads", 0, WORKER="")
    assert raw.problems[0].column == "WORKER" and raw.problems[0].value == ""
