"""Which year a file belongs to: the rows decide, the path helps, and a contradiction is said."""

import pandas as pd
import pytest

from analysis_lib.sources import read_returns

COLUMNS = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"


def episodes(*spells):
    """Episodes from "A1 10/05/2020 15/02/2021": child, start and end, which is - while open."""
    rows = [spell.split() for spell in spells]
    return COLUMNS + "".join(
        f"{child},{start},S,C2,N1,U4,PR1,{'' if end == '-' else end},{'' if end == '-' else 'E4A'},,,,\n"
        for child, start, end in rows
    )


def header(*children):
    return "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\n" + "".join(
        f"{child},1,14/05/2013,WBRI,UN1,,\n" for child in children
    )


def oc3(*children):
    return "CHILD,DOB,IN_TOUCH,ACTIV,ACCOM\n" + "".join(f"{child},14/05/2001,YES,F2,K1\n" for child in children)


def read(folder, files):
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return read_returns(folder)


def years(raw, table="episodes"):
    return raw.frames[table].groupby("_file")["_year"].first().to_dict()


OF_2020 = episodes("A1 10/05/2018 15/02/2021", "A2 01/06/2020 20/07/2020", "A3 01/12/2019 -")
OF_2021 = episodes("A3 01/12/2019 02/06/2021", "A4 01/06/2021 20/07/2021", "A5 01/12/2021 -")


@pytest.mark.parametrize(
    "path",
    ["e.csv", "2020-21/e.csv", "2021/e.csv", "2020/e.csv", "SSDA903_2021.csv", "2020-21/episodes 2021.csv"],
)
def test_the_rows_tell_the_year_whatever_the_path_says_of_it(tmp_path, path):
    raw = read(tmp_path, {path: OF_2020})
    assert years(raw) == {path: "2020-21"} and raw.problems == []


@pytest.mark.parametrize("path", ["2018-19/e.csv", "2024/e.csv", "2023-05-12/e.csv"])
def test_a_path_that_contradicts_the_rows_is_said(tmp_path, path):
    raw = read(tmp_path, {path: OF_2020})
    assert years(raw) == {path: "2020-21"}
    (problem,) = raw.problems
    assert problem.severity == "warning" and "as its path says; they tell of 2020-21" in str(problem)
    assert "It is read as the return of 2020-21." in str(problem)


def test_a_year_in_which_nothing_has_ended_yet_is_that_of_its_path(tmp_path):
    raw = read(tmp_path, {"2021-22/e.csv": episodes("A1 10/05/2018 -", "A2 01/06/2020 -")})
    assert years(raw) == {"2021-22/e.csv": "2021-22"} and raw.problems == []


def test_without_an_end_the_last_start_is_a_lower_bound_that_no_path_may_be_below(tmp_path):
    raw = read(tmp_path, {"2018-19/e.csv": episodes("A1 10/05/2018 -", "A2 01/06/2020 -")})
    assert years(raw) == {"2018-19/e.csv": "2020-21"} and len(raw.problems) >= 1


def test_a_slip_of_the_keyboard_does_not_move_the_year(tmp_path):
    slip = OF_2020 + "A9,01/06/2030,S,C2,N1,U4,PR1,,,,,,\n"
    assert years(read(tmp_path, {"e.csv": slip})) == {"e.csv": "2020-21"}


@pytest.mark.parametrize(("slips", "year"), [(1, "2020-21"), (2, "2020-21"), (3, "")])
def test_a_few_ends_in_another_year_are_slips_and_a_tenth_are_another_year(tmp_path, slips, year):
    own = [f"A{number} 01/06/2018 20/07/2020" for number in range(22)]
    others = [f"B{number} 01/06/2018 20/07/2019" for number in range(slips)]
    assert years(read(tmp_path, {"e.csv": episodes(*own, *others)})) == {"e.csv": year}


def test_returns_of_several_years_in_one_folder_are_told_apart_by_their_names(tmp_path):
    raw = read(
        tmp_path,
        {
            "episodes_1.csv": OF_2020,
            "episodes_2.csv": OF_2021,
            "header_1.csv": header("A1", "A2", "A3"),
            "Header2.csv": header("A3", "A4", "A5"),
            "oc3_1.csv": oc3("L1"),
            "oc3_2.csv": oc3("L2").replace("F2", "F4"),
        },
    )
    assert years(raw) == {"episodes_1.csv": "2020-21", "episodes_2.csv": "2021-22"}
    assert years(raw, "header") == {"header_1.csv": "2020-21", "Header2.csv": "2021-22"}
    assert years(raw, "oc3") == {"oc3_1.csv": "2020-21", "oc3_2.csv": "2021-22"}
    assert raw.problems == []


def test_a_header_whose_name_says_nothing_goes_with_the_children_that_it_shares(tmp_path):
    raw = read(
        tmp_path,
        {"a.csv": OF_2020, "b.csv": OF_2021, "c.csv": header("A1", "A2", "A3"), "d.csv": header("A3", "A4", "A5")},
    )
    assert years(raw, "header") == {"c.csv": "2020-21", "d.csv": "2021-22"}


def test_a_file_that_nothing_dates_is_said(tmp_path):
    raw = read(tmp_path, {"a.csv": OF_2020, "b.csv": OF_2021, "oc3.csv": oc3("L1")})
    assert years(raw, "oc3") == {"oc3.csv": ""}
    assert [str(each)[:69] for each in raw.problems] == [
        "oc3.csv: expected a year: neither its rows nor its path say which. Na"
    ]


def test_folders_that_name_years_by_their_start_say_so_for_one_whose_rows_cannot(tmp_path):
    start = {"2020/e.csv": OF_2020, "2021/e.csv": OF_2021, "2022/oc3.csv": oc3("L1").replace("F2", "F4")}
    assert years(read(tmp_path / "start", start), "oc3") == {"2022/oc3.csv": "2022-23"}
    end = {"2021/e.csv": OF_2020, "2022/e.csv": OF_2021, "2023/oc3.csv": oc3("L1").replace("F2", "F4")}
    assert years(read(tmp_path / "end", end), "oc3") == {"2023/oc3.csv": "2022-23"}
    assert years(read(tmp_path / "none", {"2021/oc3.csv": oc3("L1")}), "oc3") == {"2021/oc3.csv": "2020-21"}


MERGED = OF_2020 + OF_2021.removeprefix(COLUMNS)


def test_one_file_of_several_years_is_one_history_without_a_year(tmp_path):
    raw = read(tmp_path, {"e.csv": MERGED, "h.csv": header("A1", "A2", "A3", "A3", "A4", "A5")})
    assert years(raw) == {"e.csv": ""} and years(raw, "header") == {"h.csv": ""}
    (problem,) = raw.problems  # and none about the child and the episode that both years' returns had
    assert "the return of one year; its episodes ceased in 2020-21 to 2021-22" in str(problem)
    assert raw.extracts[0].covers_from == pd.Timestamp("2020-04-01")


def test_a_return_that_holds_earlier_episodes_too_is_of_the_year_that_its_path_names(tmp_path):
    raw = read(tmp_path, {"2021-22/e.csv": MERGED})
    assert years(raw) == {"2021-22/e.csv": "2021-22"}


def test_an_adoption_in_a_file_of_several_years_is_of_the_year_in_which_it_happened(tmp_path):
    columns = "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\n"
    rows = "".join(f"{child},14/05/2018,01/02/2019,01/03/2019,0,1,F1,L0\n" for child in ("A2", "A4", "A9"))
    adopted = MERGED.replace("20/07/2020,E4A", "20/07/2020,E12").replace("20/07/2021,E4A", "20/07/2021,E11")
    raw = read(tmp_path, {"e.csv": adopted, "ad1.csv": columns + rows})
    assert raw.frames["ad1"]["_year"].tolist() == ["2020-21", "2021-22", ""]
    assert [problem.line for problem in raw.problems if problem.file == "ad1.csv"] == [4]
