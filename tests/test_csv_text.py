"""CSV that people open in a spreadsheet program: formulas in it are text, numbers stay numbers."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.csv_text import csv_text, harmless


@pytest.mark.parametrize(
    "cell",
    [
        "=cmd|' /C calc'!A0",
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1+1)",
        "\t=1",
        "\r=1",
        " =1",
        "\ufeff=1",
        "=",
        "-A1",
        "＝1",
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_made_text(cell):
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "-3", "+4.5", "-1,234", "-12%", "-3.2 to 1.4", "a=b", "1-2", "'=1", "2021-22"])
def test_numbers_and_plain_text_stay_as_they_are(cell):
    assert harmless(cell) == cell


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0")), min_size=2, max_size=2)))
def test_csv_reads_back_as_the_same_cells_but_for_the_apostrophe(rows):
    back = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows), newline="")))
    assert back == [["a", "b"], *([harmless(cell) for cell in row] for row in rows)]


def test_nothing_is_an_empty_cell():
    assert csv_text(["a", "b"], [[None, 1]]) == "a,b\n,1\n"
