"""ONS's detailed mid-year estimates by sex and single year of age, in the layout that its table MYEB1 has."""

from __future__ import annotations

import pytest

from analysis_lib.sources.files.csv_file import read_cells
from analysis_lib.sources.published.ons_population import is_detailed_series, read_detailed_series

HEADER = "ladcode23,laname23,country,sex,age,population_2022,population_2023"


def read(*rows: str, header: str = HEADER):
    return read_detailed_series(read_cells("\n".join([header, *rows, ""]).encode(), "myeb1.csv"), "myeb1.csv")


def number(found, **which) -> int:
    for column, value in which.items():
        found = found[found[column] == value]
    assert len(found) == 1
    return int(found["population"].iloc[0])


@pytest.mark.parametrize(("girls", "boys"), [("F", "M"), ("f", "m"), ("2", "1")])
def test_each_sex_and_both_together(girls, boys):
    found, problems = read(
        f'E06000002,Middlesbrough,E,{girls},10,"1,010",1020', f"E06000002,Middlesbrough,E,{boys},10,1000,1005"
    )
    assert problems == []
    assert number(found, year=2023, sex="female", age="10") == 1020
    assert number(found, year=2022, sex="female", age="10") == 1010
    assert number(found, year=2022, sex="persons", age="10") == 2010


def test_adults_districts_and_other_countries_are_passed_over():
    found, problems = read(
        "E06000002,Middlesbrough,E,f,25,1,1",
        "E07000105,Ashford,E,f,10,1,1",
        "W06000001,Isle of Anglesey,W,f,10,1,1",
        "E06000002,Middlesbrough,E,f,24,1,1",
    )
    assert problems == [] and set(found["age"]) == {"24"}


def test_one_sex_alone_is_not_everyone():
    found, _ = read("E06000002,Middlesbrough,E,f,10,1,1")
    assert set(found["sex"]) == {"female"}


@pytest.mark.parametrize("row", ["x,10,1,1", "f,ten,1,1", "f,10,many,1", "f,10,1,1.5"])
def test_a_row_that_is_not_understood_is_named(row):
    found, problems = read(f"E06000002,Middlesbrough,E,{row}")
    assert len(problems) == 1 and problems[0].line == 2 and problems[0].severity == "error"
    assert len(found) < 2


def test_a_row_that_stands_twice_counts_once():
    row = "E06000002,Middlesbrough,E,f,10,7,8"
    found, problems = read(row, row)
    assert number(found, year=2023, sex="female", age="10") == 8
    assert [each.severity for each in problems] == ["warning"]


def test_it_is_told_by_its_columns():
    assert is_detailed_series(HEADER.split(","))
    assert not is_detailed_series(["area_code", "area", "year", "sex", "age", "population"])
