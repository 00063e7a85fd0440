"""Both lists of statistical neighbours, from files in the shape that the Department for Education issues."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis_lib.sources.files.csv_file import read_cells
from analysis_lib.sources.published.areas import areas_by_code, councils_by_old_code, known_areas, present_code
from analysis_lib.sources.published.neighbour_lists import model_of, read_neighbours
from analysis_lib.sources.published.open_data import heading

OF_2021 = "LA num,LA Name,LA number,GOInd,GOReg," + ",".join(f"SN{n},SNP" for n in range(1, 11)) + ","
OF_2025 = "old_la_code,la_name,region_ind,region_name," + ",".join(f"SN_{n},SN_{n}P" for n in range(1, 11))
NEAR = [805, 808, 390, 394, 393, 890, 861, 354, 355, 876]


def cells(header: str, *rows: str):
    return read_cells(("\ufeff" + "\n".join([header, *rows]) + "\n").encode(), "list.csv")


def row_2021(number="806", near=NEAR):
    return f"{number},Middlesbrough,{number},1,North East," + ",".join(f"{n},Very Close" for n in near) + ","


def row_2025(number="806", near=NEAR):
    return f"{number},Middlesbrough,1,North East," + ",".join(f"{n},Close " for n in near)


@pytest.mark.parametrize(
    ("header", "row", "model"), [(OF_2021, row_2021(), "2021 (April 2021)"), (OF_2025, row_2025(), "2025 (May 2025)")]
)
def test_a_list_has_its_ten_members_nearest_first(header, row, model):
    found, problems = read_neighbours(cells(header, row), "list.csv")
    assert problems == []
    assert set(found["model"]) == {model} and set(found["of_code"]) == {"E06000002"}
    assert found["rank"].tolist() == list(range(1, 11))
    assert found["area"].tolist()[:3] == ["Hartlepool", "Stockton-on-Tees", "Gateshead"]
    assert found["area_code"].tolist()[:3] == ["E06000001", "E06000004", "E08000037"]


def test_a_card_may_call_a_list_of_the_same_shape_otherwise():
    found, _ = read_neighbours(cells(OF_2025, row_2025()), "list.csv", "2027 (May 2027)")
    assert set(found["model"]) == {"2027 (May 2027)"}


def test_notes_below_the_list_are_passed_over_and_former_councils_keep_theirs():
    rows = [row_2021(), "," * 25, ",Old SNs:," + "," * 23, row_2021("928")]
    found, problems = read_neighbours(cells(OF_2021, *rows), "list.csv")
    assert problems == []
    assert set(found["of_area"]) == {"Middlesbrough", "Northamptonshire"}


def test_a_number_of_no_council_is_named_and_left_out():
    found, problems = read_neighbours(cells(OF_2025, row_2025(near=[999, *NEAR[1:]])), "list.csv")
    assert found["rank"].tolist() == list(range(2, 11))
    assert [(each.line, each.column, each.value) for each in problems] == [(2, "sn_1", "999")]


def test_a_member_that_is_listed_twice_counts_once_with_a_warning():
    found, problems = read_neighbours(cells(OF_2025, row_2025(near=[805, 805, *NEAR[2:]])), "list.csv")
    assert found["area"].tolist().count("Hartlepool") == 1 and len(found) == 9
    assert [each.severity for each in problems] == ["warning"]


def test_other_files_are_no_list():
    assert model_of(["old_la_code", "la_name", "sn_1", "sn_2"]) == ""
    assert model_of([heading(name) for name in OF_2021.split(",")]) == "2021 (April 2021)"


# The areas that the numbers stand for


def test_every_code_is_one_area_and_every_old_number_one_council():
    codes = [code for area in known_areas() for code in (area.code, *area.former_codes)]
    assert len(codes) == len(set(codes)) == len(areas_by_code())
    councils = [area for area in known_areas() if area.kind == "council"]
    assert len(councils_by_old_code()) == len(councils)
    regions = {area.code for area in known_areas() if area.kind == "region"}
    assert {area.region_code for area in councils} <= regions


def test_a_former_code_leads_to_the_present_one():
    assert present_code("E10000027") == "E06000066"  # Somerset, a unitary authority since April 2023
    assert present_code("E06000066") == "E06000066"
    assert present_code("E06000999") == "E06000999"


def test_a_member_stands_once_in_a_list():
    found, _ = read_neighbours(cells(OF_2025, row_2025()), "list.csv")
    assert not found.duplicated(["model", "of_code", "area_code"]).any()
    assert pd.api.types.is_integer_dtype(found["rank"])
