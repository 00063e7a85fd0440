"""The optional school census: codes added up to groups, councils told by name or code."""

from pathlib import Path

from analysis_lib.authority import Area
from analysis_lib.prepare import prepare
from analysis_lib.sources import read_returns

COUNCILS = [Area("Middlesbrough", "E06000002"), Area("Redcar and Cleveland", "E06000003")]


def prepared(folder: Path, text: str):
    (folder / "pupils.csv").write_text(text, encoding="utf-8")
    return prepare(read_returns(folder), areas=COUNCILS)


def test_codes_are_added_up_to_groups_by_council(tmp_path):
    tables = prepared(
        tmp_path,
        "COUNCIL,ETHNIC_GROUP,PUPILS\nMiddlesbrough,WBRI,9000\nE06000002,WIRI,10\nMiddlesbrough,Asian,1500\n"
        "Redcar & Cleveland,White,8500\nRedcar & Cleveland,,20\n",
    )
    assert tables["school_census_ethnicity"].to_numpy().tolist() == [
        ["E06000002", "Asian", 1500],
        ["E06000002", "White", 9010],
        ["E06000003", "Not known", 20],
        ["E06000003", "White", 8500],
    ]
    assert tables["problems"].empty


def test_a_council_that_is_not_known_is_reported_and_its_row_not_used(tmp_path):
    tables = prepared(
        tmp_path, "COUNCIL,ETHNIC_GROUP,PUPILS\nMiddlesbrough,White,9000\nNarnia,White,5\nMiddlesbrough,White,many\n"
    )
    assert tables["school_census_ethnicity"]["population"].tolist() == [9000]
    assert tables["problems"][["line", "column", "severity"]].to_numpy().tolist() == [
        [3, "COUNCIL", "warning"],
        [4, "PUPILS", "error"],
    ]
