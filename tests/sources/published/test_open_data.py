"""Explore education statistics files: told by their columns, symbols kept, periods and areas understood, problems named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.sources.files.csv_file import read_cells
from analysis_lib.sources.published.open_data import file_kinds, heading, kind_of, nearest_kind, period_of, read_figures

PLACE = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code"
NEW = f"{PLACE},la_name,new_la_code,population_type,population_estimate,children_count,rate_per_10000"
OLD = f"{PLACE},new_la_code,la_name,population_count,population_estimate,number,rate_per_10000"
ON, AT = "Children looked after on 31 March each year", "Children looked after at 31 March each year"
ENGLAND = "2025,Reporting year,National,E92000001,England,,,,,"
NORTH_EAST = "2025,Reporting year,Regional,E92000001,England,E12000001,North East,,,"
HERE = "2025,Reporting year,Local authority,E92000001,England,E12000001,North East,806,Middlesbrough,E06000002"


def read(text: str, file: str = "figures.csv"):
    cells = read_cells(text.encode(), file)
    kind = kind_of([heading(name) for name in cells.table.column_names])
    return read_figures(kind, cells, file)


def looked_after(*rows: str, header: str = NEW) -> str:
    return "\n".join([header, *rows]) + "\n"


def named(name: str):
    return next(kind for kind in file_kinds() if kind.name == name)


# Which file is which


def test_a_file_is_told_by_its_columns_in_any_order_and_any_letters():
    columns = NEW.split(",")
    for headings in (columns, columns[::-1], [name.upper().replace("_", " ") for name in columns]):
        assert kind_of([heading(name) for name in headings]).name == "looked after: numbers and rates"


def test_each_kind_is_told_from_every_other_by_its_own_columns():
    for kind in file_kinds():
        shape = ["time_period", "time_identifier", "geographic_level", "country_code"]
        assert kind_of([*shape, *kind.tells]) is kind


def test_a_file_of_another_release_is_read_under_its_other_names():
    new = read(looked_after(f"{HERE},{ON},35617,493,138")).rows
    row = HERE.replace("Middlesbrough,E06000002", "E06000002,Middlesbrough")
    old = read(looked_after(f"{row},{AT},35617,493,138", header=OLD)).rows
    pd.testing.assert_frame_equal(new, old)


def test_a_file_without_the_common_shape_is_of_no_kind():
    assert (
        kind_of(["time_period", "population_type", "population_estimate", "children_count", "rate_per_10000"]) is None
    )


def test_a_file_that_lost_a_column_is_likened_to_the_kind_it_was():
    headings = [name for name in NEW.split(",") if name != "rate_per_10000"]
    kind, missing = nearest_kind(headings)
    assert (kind.name, missing) == ("looked after: numbers and rates", ["rate_per_10000"])


# What a row says


def test_counts_and_rates_of_england_region_and_council():
    found = read(
        "\ufeff"
        + looked_after(
            f"{ENGLAND},{ON},12183016,81770,67", f"{NORTH_EAST},{ON},542710,5820,107", f"{HERE},{ON},35617,493,138"
        )
    )
    assert [problem for problem in found.problems if "cla_31mar" in problem.expected] == []
    rates = found.rows.query("indicator == 'cla_31mar_rate'")
    assert rates["area_code"].tolist() == ["E92000001", "E12000001", "E06000002"]
    assert rates["area"].tolist() == ["England", "North East", "Middlesbrough"]
    assert rates["value"].tolist() == [67, 107, 138]
    assert rates["numerator"].tolist() == [81770, 5820, 493]  # rounded to 10, as printed
    assert rates["denominator"].tolist() == [12183016, 542710, 35617]
    assert set(rates["unit"]) == {"per 10,000"} and rates["period_start"].isna().all()
    assert set(rates["period_end"]) == {pd.Timestamp("2025-03-31")}


@pytest.mark.parametrize("symbol", ["c", "z", "x", "k", "u", "low", ":", "[c]", "C", " low "])
def test_a_symbol_stays_a_symbol_and_is_never_nought(symbol):
    found = read(looked_after(f"{HERE},{ON},35617,{symbol},{symbol}"))
    assert found.rows["symbol"].tolist() == [symbol.strip(" []").lower()] * 2
    assert found.rows[["value", "numerator", "denominator"]].isna().all().all()


def test_nought_is_a_number():
    found = read(looked_after(f"{HERE},{ON},35617,0,0")).rows
    assert found["value"].tolist() == [0, 0] and set(found["symbol"]) == {""}


def test_numbers_written_as_text_are_numbers():
    found = read(looked_after(f'{ENGLAND},{ON},"12,183,016","81,770",67')).rows
    assert found["value"].tolist() == [81770, 67]
    assert found["denominator"].tolist()[1] == 12183016


def test_a_share_has_its_base_from_the_row_of_all_children():
    header = f"{PLACE},la_name,new_la_code,cla_group,placement_stability,children_count,children_percent"
    of = "CLA on 31 March"
    found = read(
        looked_after(
            f"{HERE},{of},Total children,493,100",
            f"{HERE},{of},With 3 or more placements during the year,59,12",
            f"{HERE},CLA 2 years on 31 March,Total children,270,100",
            header=header,
        )
    ).rows
    assert found[["indicator", "value", "numerator", "denominator"]].to_numpy().tolist() == [
        ["cla_3plus_placements_pct", 12, 59, 493]
    ]


def test_months_written_as_years_and_months_are_months():
    header = "time_period,time_identifier,geographic_level,country_code,country_name,cla_group,stage_of_adoption_process,age_start_poc,number"
    start = "2025,Reporting year,National,E92000001,England,Age on starting final period of care"
    stage = "4. Total average time between entry into care and date placed for adoption"
    other = "Children adopted who were placed for adoption within 12 months of the LA decision to place the child for adoption"
    found = read(
        looked_after(
            f"{start},{stage},Total,01:07",
            f"{start},{stage},Aged 1,00:10",
            f"{start},{other},Total,2150",
            header=header,
        )
    )
    assert found.rows[["indicator", "value", "unit"]].to_numpy().tolist() == [["adoption_stage4_months", 19, "months"]]
    assert not [problem for problem in found.problems if problem.severity == "error"]  # 2150 is no figure of ours


@pytest.mark.parametrize("text", ["01:12", "19", "1.7", "1:7"])
def test_months_written_otherwise_are_a_problem(text):
    header = "time_period,time_identifier,geographic_level,country_code,stage_of_adoption_process,age_start_poc,number"
    stage = "6. Total average time between entry into care and adoption"
    found = read(looked_after(f"2025,Reporting year,National,E92000001,{stage},Total,{text}", header=header))
    assert found.rows.empty
    assert [(each.line, each.column, each.value) for each in found.problems if each.severity == "error"] == [
        (2, "number", text)
    ]


# Periods


@pytest.mark.parametrize(
    ("kind", "text", "identifier", "label", "start", "end"),
    [
        ("looked after: numbers and rates", "2025", "Reporting year", "2025", "2024-04-01", "2025-03-31"),
        ("looked after: numbers and rates", "202425", "Reporting year", "2025", "2024-04-01", "2025-03-31"),
        ("looked after: numbers and rates", "2024/25", "Financial year", "2025", "2024-04-01", "2025-03-31"),
        ("outcomes: key stage 2", "202425", "Academic year", "2024/25", "2024-09-01", "2025-08-31"),
        ("outcomes: key stage 2", "2024/25", "academic year", "2024/25", "2024-09-01", "2025-08-31"),
        ("outcomes: key stage 2", "2024-25", "Academic year", "2024/25", "2024-09-01", "2025-08-31"),
        ("outcomes: key stage 2", "199900", "Academic year", "1999/00", "1999-09-01", "2000-08-31"),
        ("workforce: children's social workers", "2025", "Reporting year", "2025", "2024-10-01", "2025-09-30"),
        ("ONS mid-year population, as issued by DfE", "2024", "Reporting year", "mid-2024", "2023-07-01", "2024-06-30"),
        (
            "16 and 17 year olds not in education, employment or training",
            "2025", "Calendar year", "Dec 2024-Feb 2025", "2024-12-01", "2025-02-28",
        ),
    ],
)  # fmt: skip
def test_a_time_period_is_understood_by_its_identifier(kind, text, identifier, label, start, end):
    assert period_of(named(kind), text, identifier) == (label, pd.Timestamp(start), pd.Timestamp(end))


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("2025", "Academic year"),
        ("202426", "Academic year"),
        ("2024Q1", "Reporting year"),
        ("2025", "Week 12"),
        ("", ""),
    ],
)
def test_a_period_that_could_be_another_is_left_out_and_named(text, identifier):
    row = HERE.replace("2025,Reporting year", f"{text},{identifier}", 1)
    found = read(looked_after(f"{row},{ON},35617,493,138", f"{HERE},{ON},35617,493,138"))
    assert len(found.rows) == 2
    named = [each for each in found.problems if each.column == "time_period"]
    assert [(each.line, each.value) for each in named] == [(2, text)]


@given(st.text(max_size=8))
def test_no_text_of_a_period_is_more_than_understood_or_not(text):
    found = period_of(file_kinds()[0], text, "Reporting year")
    assert found is None or found[2] == pd.Timestamp(int(found[0]), 3, 31)


# Areas


def test_a_former_code_is_the_same_council():
    row = HERE.replace("E12000001,North East,806,Middlesbrough,E06000002", "E12000008,South East,825,Bucks,E10000002")
    assert set(read(looked_after(f"{row},{ON},1,2,3")).rows["area_code"]) == {"E06000060"}


def test_a_council_without_a_code_is_known_by_its_old_number():
    row = HERE.replace("E06000002", "")
    assert set(read(looked_after(f"{row},{ON},1,2,3")).rows["area_code"]) == {"E06000002"}


def test_councils_that_report_together_are_left_out_once_named():
    row = HERE.replace("806,Middlesbrough,E06000002", "314 / 318,Kingston / Richmond,E09000021 / E09000027")
    found = read(looked_after(f"{row},{ON},1,2,3", f"{HERE},{ON},1,2,3", f"{row},{AT},1,2,3"))
    assert set(found.rows["area_code"]) == {"E06000002"}
    assert [(each.line, each.value) for each in found.problems if each.column == "new_la_code"] == [
        (2, "E09000021 / E09000027")
    ]


def test_a_new_council_is_used_under_its_printed_code_and_named():
    row = HERE.replace("806,Middlesbrough,E06000002", "999,West Surrey,E06000099")
    found = read(looked_after(f"{row},{ON},1,2,3"))
    assert set(found.rows["area"]) == {"West Surrey"}
    assert [each.value for each in found.problems if each.column == "new_la_code"] == ["E06000099"]


def test_another_level_is_left_out_and_named():
    row = HERE.replace("Local authority", "Parliamentary constituency")
    found = read(looked_after(f"{row},{ON},1,2,3", f"{HERE},{ON},1,2,3"))
    assert len(found.rows) == 2
    assert [each.value for each in found.problems if each.column == "geographic_level"] == [
        "Parliamentary constituency"
    ]


# Problems


@pytest.mark.parametrize("text", ["q", "about 40", "1,23", "12%", "1e3", "", "=1+1", "nan", "-"])
def test_what_is_neither_number_nor_symbol_is_named_with_its_place(text):
    found = read(looked_after(f"{ENGLAND},{ON},1,2,3", f'{HERE},{ON},35617,"{text}",138'))
    hits = [each for each in found.problems if each.column == "children_count"]
    if text == "-":  # an older publisher's sign for no figure
        assert hits == [] and "-" in set(found.rows["symbol"])
        return
    assert [(each.file, each.line, each.value, each.severity) for each in hits] == [("figures.csv", 3, text, "error")]
    here = found.rows.query("area_code == 'E06000002'")
    assert here["indicator"].tolist() == ["cla_31mar_rate"]
    assert np.isnan(here["numerator"].iloc[0])


def test_a_category_that_was_renamed_is_a_warning_with_what_was_found():
    found = read(looked_after(f"{HERE},Children in care on 31 March,35617,493,138"))
    said = [each for each in found.problems if "cla_31mar_number" in each.expected]
    assert len(said) == 1 and said[0].severity == "warning" and "'Children in care on 31 March'" in said[0].expected


def test_two_values_for_one_figure_are_both_left_out():
    found = read(looked_after(f"{HERE},{ON},35617,493,138", f"{HERE},{ON},35617,494,138"))
    assert found.rows["indicator"].tolist() == ["cla_31mar_rate"]
    errors = [each for each in found.problems if each.severity == "error"]
    assert [(each.line, each.value) for each in errors] == [(2, "cla_31mar_number, E06000002, 2025")]
    assert "lines 2, 3" in errors[0].expected


def test_two_rows_that_agree_count_once_with_a_warning():
    found = read(looked_after(f"{HERE},{ON},35617,493,138", f"{HERE},{ON},35617,493,138"))
    assert len(found.rows) == 2
    assert {each.severity for each in found.problems} == {"warning"}


def test_a_heading_that_stands_twice_over_other_cells_is_named_and_the_first_is_used():
    found = read(looked_after(f"{HERE},{ON},35617,493,138,999", header=f"{NEW},children_count"))
    assert found.rows["value"].tolist() == [493, 138]
    assert [each.column for each in found.problems if each.severity == "error"] == ["children_count"]


def test_a_figure_whose_column_is_gone_is_named_and_the_others_are_read():
    header = f"{PLACE},la_name,new_la_code,social_care_group,t_rwm_eligible_pupils,t_rwm_met_expected_standard,pt_rwm_met_expected_standard"
    row = HERE.replace("2025,Reporting", "202425,Academic")
    found = read(looked_after(f"{row},CLA 12 months at 31 March,15,7,47", header=header))
    assert found.rows[["indicator", "value", "denominator"]].to_numpy().tolist() == [["cla_ks2_rwm_pct", 47, 15]]
    assert "pt_mat_met_expected_standard" in {each.column for each in found.problems}
