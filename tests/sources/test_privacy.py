"""What could identify a child is in no message, also where it stands in the wrong place."""

import pyarrow as pa
import pytest

from analysis_lib.errors import DataProblem
from analysis_lib.sources import TABLES
from analysis_lib.sources.files.headings import listed
from analysis_lib.sources.privacy import without_identifying_values


def shown(column: str, *values: str, children=("A1",)) -> list[str]:
    """The values of problems in one column of the episodes, as they are shown."""
    problems = [DataProblem("e.csv", line, column, value, "right") for line, value in enumerate(values, start=2)]
    cells = pa.table({"CHILD": list(children)})
    return [problem.value for problem in without_identifying_values(problems, TABLES["episodes"], cells)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("RNE", "Q"), ("LS", "C9"), ("CIN", "a) N9"), ("PLACE", "Female"), ("REC", "E4"), ("DECOM", "31/02/2021"),
        ("DECOM", "1/1/21"), ("DEC", "2021-13-01 00:00"), ("DEC", "12 Foo 2021"), ("RNE", "12.5"),
    ],
)  # fmt: skip
def test_slips_of_the_keyboard_are_shown(column, value):
    assert shown(column, value) == [value]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("RNE", "14/05/2013"), ("RNE", "A123456789012"), ("LS", "1761444"), ("CIN", "TS1 4QX"), ("CIN", "ts14qx"),
        ("PLACE", "Eugene Swift"), ("DECOM", "A123456789012"), ("DECOM", "1761444"), ("DECOM", "Swift"), ("RNE", "A1"),
    ],
)  # fmt: skip
def test_what_belongs_elsewhere_is_not_shown(column, value):
    assert shown(column, value) == [""]


def test_many_different_values_are_taken_for_identifiers_and_one_mistake_made_often_is_not():
    assert shown("RNE", "K1", "K2", "K3") == ["", "", ""]
    assert shown("RNE", "M", "F", "M", "F") == ["M", "F", "M", "F"]
    assert shown("DECOM", "31/02/2021", "30/02/2021", "31/04/2021") == ["31/02/2021", "30/02/2021", "31/04/2021"]


def test_problems_keep_their_order_and_all_else():
    before = [DataProblem("e.csv", 3, "LS", "1761444", "right", "do", "warning"), DataProblem("e.csv", 1, "", "", "x")]
    after = without_identifying_values(before, TABLES["episodes"], pa.table({"CHILD": ["A1"]}))
    assert after == [DataProblem("e.csv", 3, "LS", "", "right", "do", "warning"), before[1]]


def test_headings_are_listed_unless_one_looks_like_a_value():
    known = {"CHILD", "DOB"}.__contains__
    assert listed(["CHILD", " ", "Shoe\nsize"], known) == "CHILD, Shoe size"
    assert listed(["CHILD", "DOB", "Swift", "14/05/2013"], known) == "CHILD, DOB and 2 others"
    assert listed(["A1", "Swift", "1761444"]) == "3, which do not look like headings"
    assert listed([f"H{number}" for number in range(42)]).endswith("H39 and 2 others")
