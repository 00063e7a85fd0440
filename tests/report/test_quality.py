"""The data-quality table: what was read, and what was wrong with it, without telling of a child."""

import pandas as pd
import pytest

from analysis_lib.report.quality import MOST_KINDS, quality

EXTRACTS = pd.DataFrame(
    [("ssda903", "returns", pd.Timestamp("2021-03-31"), False)], columns=["family", "label", "extract_date", "given"]
)
READ = pd.DataFrame(
    [
        ("ssda903", "header", 2, 104, 0, 52, ""),
        ("ssda903", "episodes", 2, 213, 3, 48, ""),
        ("ssda903", "reviews", 0, 0, 0, 0, "r.csv: expected a file that can be read."),
        ("annex_a", "list_06", 1, 9, 0, 0, ""),
    ],
    columns=["family", "table", "files", "rows", "left_out", "superseded", "closed"],
)


def found(*kinds) -> pd.DataFrame:
    """Problems from (table, severity, column, expected, how many)."""
    rows = [
        ("secret_file.csv", 7, column, "secret", expected, "It is counted. Correct A1.", severity, table)
        for table, severity, column, expected, count in kinds
        for _ in range(count)
    ]
    columns = ["file", "line", "column", "value", "expected", "advice", "severity", "table"]
    return pd.DataFrame(rows, columns=columns)


PROBLEMS = found(
    ("episodes", "warning", "RNE", "S; it is blank", 14),
    ("episodes", "error", "DECOM", "a date", 3),
    ("episodes", "warning", "DEC", "on or before 31/03/2021, the end of the year", 1),
    ("episodes", "warning", "DEC", "on or before 31/03/2020, the end of the year", 1),
    ("list_06", "warning", "Age", "an age", 40),
    ("", "warning", "", "the columns of a known return", 1),
)


def shown(edition: str):
    sources = {"header", "episodes", "reviews"}
    return quality("Used", sources, rows_read=READ, problems=PROBLEMS, extracts=EXTRACTS, edition=edition)


def test_the_restricted_edition_counts_by_table_that_the_page_used():
    text = shown("restricted").text
    assert text[:3] == (
        "SSDA903 Header; Council returns; 31 March 2021 (the latest date in it; none was stated); 2; 104; 0; 52; 0; 0",
        "SSDA903 Episodes; Council returns; 31 March 2021 (the latest date in it; none was stated); 2; 213; 3; 48; 3; 16",
        "SSDA903 Reviews; Council returns; 31 March 2021 (the latest date in it; none was stated); closed; ; ; ; 0; 0",
    )
    assert text[3:] == (
        "Error, SSDA903 Episodes, DECOM: expected a date. Not so 3 times. It is counted.",
        "Warning, SSDA903 Episodes, RNE: expected S. Not so 14 times. It is counted.",
        "Warning, SSDA903 Episodes, DEC: expected on or before the end of the year. Not so 2 times. It is counted.",
    )


def test_the_public_edition_rounds_and_never_tells_one_from_five():
    output = shown("public")
    assert output.text[1].endswith("; 2; 215; 1 to 5; 50; 1 to 5; 15")
    assert output.text[3].endswith("Not so 1 to 5 times. It is counted.")
    assert "rounded to the nearest 5" in output.html


@pytest.mark.parametrize("edition", ["public", "restricted"])
def test_no_file_line_value_or_identifier_is_shown(edition):
    whole = shown(edition).html + " ".join(shown(edition).text) + (shown(edition).csv or "")
    assert not any(secret in whole for secret in ("secret", "A1", "line 7", "list 6"))


def test_only_the_kinds_that_touch_most_rows_are_named():
    many = found(*(("episodes", "warning", "DEC", f"rule {chr(96 + number)}", number) for number in range(1, 20)))
    output = quality("Used", {"episodes"}, rows_read=READ, problems=many, extracts=EXTRACTS, edition="restricted")
    kinds = output.text[1:]
    assert len(kinds) == MOST_KINDS + 1 and kinds[-1] == "And 7 more kinds of problem."
    assert "expected rule s. Not so 19 times" in kinds[0]


def test_a_page_without_problems_has_a_table_and_no_list():
    output = quality("Used", {"header"}, rows_read=READ, problems=found(), extracts=EXTRACTS, edition="public")
    assert len(output.text) == 1 and "<ul" not in output.html and output.kind == "quality"
