"""What every measure of the virtual school's pupils shares: years, cohorts, empty tables, untouched input."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from virtual_school_pupils import ALL_YEARS, pupils, seeded

from analysis_lib.metrics import attainment, attendance, education_plans, exclusions, moving_on
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.metrics.education_plans import MEASURES
from analysis_lib.metrics.pupils import (
    ALL_LOOKED_AFTER,
    NOT_KNOWN,
    NOT_RECORDED,
    TWELVE_MONTHS,
    academic_years,
    in_cohort,
    is_true,
    only_where,
    per_year,
    school_age,
    school_year,
    share_per_year,
    shares_of_kinds,
)
from analysis_lib.periods import Period


def test_an_empty_table_gives_rows_without_values():
    empty, last = pupils().iloc[0:0], Period.parse("2015-16-AY")
    shown = academic_years(empty, last)
    assert shown == [last]
    assert attainment.key_standards(empty, years=shown).exact()["value"].isna().all()
    for measure in (attendance.absence, attendance.attendance_bands, exclusions.suspension_days, education_plans.pep_in_place, moving_on.post16_activity, attainment.attainment_8, exclusions.permanent_exclusions):  # fmt: skip
        assert measure(empty, years=shown).exact()["value"].isna().all()
    assert len(attainment.teacher_assessment(empty, years=shown)) == 0


def test_academic_years_run_from_the_first_in_the_table_to_the_last_asked_for():
    table = pupils({"academic_year": "2016-17-AY"}, {"academic_year": "2019-20-AY"})
    assert [year.code for year in academic_years(table, Period.parse("2018-19-AY"))] == ["2016-17-AY", "2017-18-AY", "2018-19-AY"]  # fmt: skip


def test_the_table_is_not_changed():
    table = seeded()
    before = table.copy(deep=True)
    attainment.key_standards(table, years=ALL_YEARS)
    attendance.attendance_bands(table, years=ALL_YEARS)
    assert_frame_equal(table, before)


def test_the_cohorts():
    table = pupils({}, {"looked_after_12m": False}, {"looked_after_12m": None}, {"nc_year": "N2"}, {"nc_year": None})
    ids = table["child_id"].tolist()
    assert in_cohort(table, TWELVE_MONTHS)["child_id"].tolist() == [ids[0], ids[3], ids[4]]
    assert in_cohort(table, ALL_LOOKED_AFTER)["child_id"].tolist() == ids
    assert school_age(table, TWELVE_MONTHS)["child_id"].tolist() == ids[:1]
    assert school_age(table, ALL_LOOKED_AFTER)["child_id"].tolist() == ids[:3]
    with pytest.raises(
        ValueError, match="^there is no cohort 'x': choose looked after for 12 months or all looked after$"
    ):
        in_cohort(table, "x")


@pytest.mark.parametrize(
    ("year", "is_in"), [("N1", False), ("R", True), ("1", True), ("11", True), ("12", False), ("0", False)]
)
def test_school_age_is_reception_to_year_11(year, is_in):
    assert len(school_age(pupils({"nc_year": year}), TWELVE_MONTHS)) == is_in


def test_a_school_year_as_schools_write_it():
    assert [school_year(Period.parse(code)) for code in ("1999-00-AY", "2008-09-AY", "2020-21-AY")] == [
        "1999/00", "2008/09", "2020/21",
    ]  # fmt: skip


def test_years_that_begin_after_the_last_asked_for_and_blank_ones_are_passed_over():
    table = pupils({"academic_year": "2019-20-AY"}, {"academic_year": None})
    assert academic_years(table, Period.parse("2018-19-AY")) == [Period.parse("2018-19-AY")]
    table = pupils({"academic_year": "2018-19-AY"})
    assert academic_years(table, Period.parse("2018-19-AY")) == [Period.parse("2018-19-AY")]


def test_counts_and_shares_of_a_year():
    table, shown = (
        pupils({}, {}, {"academic_year": "2017-18-AY"}),
        [Period.parse("2018-19-AY"), Period.parse("2019-20-AY")],
    )
    with recorded():
        counts = share_per_year(table, pd.Series([True, False, True]), shown)
    ids = table["child_id"].tolist()
    assert counts.to_dict("list") == {
        "period_start": [each.start for each in shown],
        "period_end": [each.end for each in shown],
        "numerator": [1, 0],
        "numerator_children": [ids[:1], []],
        "denominator": [2, 0],
        "denominator_children": [ids[:2], []],
    }
    assert list(per_year(table, shown).columns) == ["period_start", "period_end", "numerator"]
    only = only_where(counts, [False, True])
    assert only["numerator"].isna().tolist() == only["denominator"].isna().tolist() == [True, False]
    assert only_where(per_year(table, shown), [True, False])["numerator"].isna().tolist() == [False, True]


def test_is_true_of_what_is_missing_is_false():
    assert is_true(pd.Series([True, False, None], dtype="boolean")).tolist() == [True, False, False]


def test_an_unknown_kind_has_rows_only_where_it_occurs():
    measure, shown = MEASURES["special_educational_needs"], [Period.parse("2018-19-AY")]
    table = pupils({}, {})
    for unknown in (NOT_RECORDED, NOT_KNOWN):
        without = shares_of_kinds(measure, table, pd.Series(["a", "b"]), shown, ("a", "c", unknown), "kind").exact()
        assert without[["kind", "value"]].to_numpy().tolist() == [["a", 50], ["c", 0]]
        there = shares_of_kinds(measure, table, pd.Series(["a", unknown]), shown, ("a", "c", unknown), "kind").exact()
        assert there["kind"].tolist() == ["a", "c", unknown]
