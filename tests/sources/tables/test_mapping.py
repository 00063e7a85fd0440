"""A council's own headings and words, from authority.toml."""

import numpy as np
import pyarrow as pa
import pytest

from analysis_lib.errors import UsageError
from analysis_lib.sources import TABLES
from analysis_lib.sources.table import check
from analysis_lib.sources.tables.mapping import mapped

HEADINGS = {
    "Client Ref": "CHILD",
    "Gender Desc": "SEX",
    "Programme Start": "INTERVENTION_START",
    "Order": "INTERVENTION_TYPE",
}
WORDS = {"INTERVENTION_TYPE": {"Ref Order (RO)": "court order", "No longer used": ""}, "SEX": {"Young woman": "Female"}}


def explained(headings=HEADINGS, words=WORDS):
    return mapped(TABLES, {"youth_offending": headings}, {"youth_offending": words})["youth_offending"]


def checked(table, rows):
    headings = ["Client Ref", "Gender Desc", "AGE", "ETHNICITY", "LAC", "Programme Start", "INTERVENTION_END", "Order"]
    cells = pa.table({heading: list(column) for heading, column in zip(headings, zip(*rows, strict=True), strict=True)})
    return check(table, cells, np.arange(2, 2 + len(rows)), "childview.csv")


def test_an_export_is_read_under_its_own_headings_and_words():
    rows = [
        ("1", "young  woman", "15", "WBRI", "N", "01/04/2021", "", "REF ORDER (RO)"),
        ("2", "M", "16", "WBRI", "N", "02/04/2021", "", "no longer used"),
        ("3", "M", "16", "WBRI", "N", "02/04/2021", "", "prevention"),
    ]
    found = checked(explained(), rows)
    assert found.problems == []
    assert found.frame["SEX"].tolist() == ["female", "male", "male"]
    assert found.frame["INTERVENTION_TYPE"].fillna("").tolist() == ["court order", "", "prevention"]


def test_a_word_that_nobody_explained_is_still_a_problem():
    found = checked(explained(), [("1", "?", "15", "WBRI", "N", "01/04/2021", "", "Ref Ordr")])
    assert [(problem.column, problem.value) for problem in found.problems] == [
        ("SEX", "?"),
        ("INTERVENTION_TYPE", "Ref Ordr"),
    ]


def test_codes_are_explained_too():
    header = mapped(TABLES, {}, {"header": {"ETHNIC": {"White UK": "WBRI"}}})["header"]
    cells = pa.table(
        {name: [value] for name, value in {"CHILD": "1", "SEX": "1", "DOB": "01/01/2010", "ETHNIC": "White UK"}.items()}
    )
    assert check(header, cells, np.array([2]), "h.csv").frame["ETHNIC"].tolist() == ["WBRI"]


def test_what_is_not_mapped_is_as_it_was():
    tables = mapped(TABLES, {"youth_offending": HEADINGS}, {})
    assert [name for name in TABLES if tables[name] != TABLES[name]] == ["youth_offending"]


@pytest.mark.parametrize(
    ("columns", "values", "message"),
    [
        ({"childview": {"Ref": "CHILD"}}, {}, "there is no extract 'childview'. There are: header, "),
        ({"header": {"Ref": "CHILD_ID"}}, {}, "there is no column 'CHILD_ID'. There are: CHILD, SEX, "),
        ({"header": {"dob": "SEX"}}, {}, "'dob' cannot stand for SEX, because DOB is a column of that name"),
        ({}, {"list_99": {}}, "there is no extract 'list_99'"),
        ({}, {"header": {"RACE": {}}}, "there is no column 'RACE'"),
        ({}, {"header": {"ETHNIC": {"White UK": "WHITE"}}}, "'White UK' stands for 'WHITE', which is not one of WBRI"),
    ],
)
def test_a_mapping_that_leads_nowhere_is_refused(columns, values, message):
    with pytest.raises(UsageError) as refused:
        mapped(TABLES, columns, values)
    assert message in str(refused.value)
