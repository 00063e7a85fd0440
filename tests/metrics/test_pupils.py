"""What every measure of the virtual school's pupils shares: years, cohorts, empty tables, untouched input."""

import numpy as np
from pandas.testing import assert_frame_equal
from virtual_school_pupils import ALL_YEARS, pupils, seeded

from analysis_lib.metrics import attainment, attendance, education_plans, exclusions, moving_on
from analysis_lib.metrics.pupils import academic_years
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


def test_attainment_and_absence_agree_with_a_plain_loop_over_the_rows():
    table = seeded()
    expected, absences = {}, {}
    for row in table.astype(object).to_dict("records"):
        if row["looked_after_12m"] is not True:
            continue
        year = row["academic_year"]
        if row["sessions_possible"] > 0:
            missed, possible = absences.get(year, (0, 0))
            absences[year] = (
                missed + row["sessions_authorised"] + row["sessions_unauthorised"],
                possible + row["sessions_possible"],
            )
        if row["key_stage_end"] == "KS2" and year not in ("2019-20-AY", "2020-21-AY"):
            reached, base = expected.get(year, (0, 0))
            all_three = row["assessed_by"] != "TEACHER" and all(row[f"ks2_{subject}"] is True for subject in ("reading", "writing", "maths"))  # fmt: skip
            expected[year] = (reached + all_three, base + 1)
    result = (
        attainment.by_standard(table, attainment.KEY_STAGE_2, years=ALL_YEARS).exact().query("standard == 'All three'")
    )
    shown = {
        year.code: (row["numerator"], row["denominator"])
        for year, row in zip(ALL_YEARS, result.to_dict("records"), strict=True)
    }
    assert {code: pair for code, pair in shown.items() if not np.isnan(pair[1])} == expected
    overall = attendance.absence(table, years=ALL_YEARS).exact().query("kind == 'Overall'")
    assert dict(zip([year.code for year in ALL_YEARS], zip(overall["numerator"], overall["denominator"], strict=True), strict=True)) == absences  # fmt: skip
