"""Codes and tables of a collection year."""

import pytest

from analysis_lib.sources import TABLES, read_returns
from analysis_lib.sources.tables import ssda903

EPISODES = """CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN
A1,10/05/{0},S,C2,N1,{1},PR1,15/09/{0},{2},{3},,,
A2,10/05/{0},S,C2,N1,U4,PR1,15/09/{0},E3,,,,
"""


@pytest.mark.parametrize(
    ("year", "place", "ceased", "change", "said"),
    [
        (2023, "H5", "E4A", "", ""),
        (2024, "H5", "E4A", "", "'H5' is not a code of 2024-25; it was used to 2023-24."),
        (2023, "K3", "E4A", "", "'K3' is not a code of 2023-24; it was used from 2024-25."),
        (2024, "K3", "E4A", "", ""),
        (2023, "P2", "E4A", "", ""),
        (2024, "P2", "E4A", "", "'P2' is not a code of 2024-25; it was used to 2023-24."),
        (2024, "Z1", "E4A", "", ""),
        (2025, "Z1", "E4A", "", "'Z1' is not a code of 2025-26; it was used to 2024-25."),
        (2025, "Z11", "E4A", "", ""),
        (2017, "U4", "E43", "", ""),
        (2018, "U4", "E43", "", "'E43' is not a code of 2018-19; it was used to 2017-18."),
        (2017, "U4", "E45", "", "'E45' is not a code of 2017-18; it was used from 2018-19."),
        (2018, "U4", "E4", "", "'E4' is not a code of 2018-19; it was used to 2017-18."),
        (2017, "U4", "X1", "CUSTOD", "'CUSTOD' is not a code of 2017-18; it was used from 2018-19."),
        (2018, "U4", "X1", "CUSTOD", ""),
    ],
)
def test_a_code_outside_its_years_is_a_warning_and_is_used(tmp_path, year, place, ceased, change, said):
    (tmp_path / "e.csv").write_text(EPISODES.format(year, place, ceased, change))
    raw = read_returns(tmp_path)
    assert raw.frames["episodes"].loc[0, ["PLACE", "REC"]].tolist() == [place, ceased]
    assert [(problem.line, problem.severity) for problem in raw.problems] == ([(2, "warning")] if said else [])
    assert said in "".join(map(str, raw.problems))


@pytest.mark.parametrize(
    ("year", "activity", "is_of_year"),
    [(2020, "F3", True), (2021, "F3", False), (2020, "P5", False), (2021, "P5", True), (2020, "G6", True)],
)
def test_activities_changed_in_2021_22(tmp_path, year, activity, is_of_year):
    folder = tmp_path / f"{year}-{year - 1999}"
    folder.mkdir()
    (folder / "oc3.csv").write_text(f"CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\nL1,14/05/2001,YES,{activity},K1\n")
    assert (read_returns(tmp_path).problems == []) is is_of_year


@pytest.mark.parametrize(
    ("year", "sex", "is_of_year"), [(2023, "1", True), (2023, "F", False), (2024, "F", True), (2024, "2", False)]
)
def test_sex_became_letters_in_2024_25(tmp_path, year, sex, is_of_year):
    (tmp_path / "e.csv").write_text(EPISODES.format(year, "U4", "E4A", ""))
    (tmp_path / "h.csv").write_text(f"CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA1,{sex},14/05/2013,WBRI,UN1,,\n")
    assert (read_returns(tmp_path).problems == []) is is_of_year


@pytest.mark.parametrize(
    ("table", "year", "is_collected"),
    [
        ("sw_episodes", 2022, False),
        ("sw_episodes", 2023, True),
        ("dolo", 2025, False),
        ("dolo", 2026, True),
    ],
)
def test_a_table_before_its_first_year_is_a_warning_and_is_read(tmp_path, table, year, is_collected):
    columns = [column.name for column in TABLES[table].columns]
    folder = tmp_path / f"{year}-{year - 1999}"
    folder.mkdir()
    cells = {
        "CHILD": "A1",
        "DOB": "14/05/2013",
        "SW_ID": "SW1",
        "SW_DECOM": f"01/06/{year}",
        "DOLO_START": f"01/06/{year}",
    }
    (folder / "x.csv").write_text(f"{','.join(columns)}\n{','.join(cells.get(name, '') for name in columns)}\n")
    raw = read_returns(tmp_path)
    told = [str(problem) for problem in raw.problems if "a table of" in problem.expected]
    assert bool(told) is not is_collected and len(raw.frames[table]) == 1
    assert (
        is_collected or f"expected a table of {year}-{year - 1999}; {TABLES[table].title} is collected from" in told[0]
    )


def test_an_unknown_code_is_no_code_of_any_year():
    assert ssda903.PLACEMENT.read("Q9") not in ssda903.PLACEMENT.meanings
    for codes in (ssda903.SEX, ssda903.PLACEMENT, ssda903.REASON_CEASED, ssda903.ACTIVITY, ssda903.REASON_PLACE_CHANGE):
        assert set(codes.used) <= set(codes.meanings)
