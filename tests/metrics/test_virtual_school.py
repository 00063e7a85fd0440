"""Virtual school measures: published examples, a plain loop as judge, properties, and the edges by name."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis_lib.authority import DisclosurePolicy
from analysis_lib.disclosure import release
from analysis_lib.metrics import virtual_school as school
from analysis_lib.periods import Period

POLICY = DisclosurePolicy(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)
FLAGS = ["looked_after_12m", "school_in_authority", "gld", "ks1_reading", "ks1_writing", "ks1_maths", "ks2_reading", "ks2_writing", "ks2_maths", "pep_autumn", "pep_spring", "pep_summer", "permanent_exclusion", "left_care_before_move", "next_school_in_authority"]  # fmt: skip
NUMBERS = ["ks4_english", "ks4_maths", "attainment_8", "sessions_possible", "sessions_authorised", "sessions_unauthorised", "suspensions", "suspension_days"]  # fmt: skip
TEXTS = ["child_id", "academic_year", "nc_year", "key_stage_end", "sen", "assessed_by", "transition", "post16_offer", "eet_status"]  # fmt: skip
USUAL = {
    "academic_year": "2018-19-AY",
    "nc_year": "6",
    "looked_after_12m": True,
    "sen": "N",
    "school_in_authority": True,
}


def pupils(*rows):
    """The tidy table of `rows`, each a dict of what differs from a usual pupil of year 6 in 2018/19."""
    full = [{"child_id": f"{number:016x}", **USUAL, **row} for number, row in enumerate(rows)]
    frame = pd.DataFrame(full, columns=[*TEXTS, *FLAGS, *NUMBERS])
    return frame.astype(dict.fromkeys(FLAGS, "boolean") | dict.fromkeys(NUMBERS, float) | dict.fromkeys(TEXTS, object))


def ks2(year="2018-19-AY", **results):
    return {
        "academic_year": year,
        "key_stage_end": "KS2",
        **{f"ks2_{subject}": reached for subject, reached in results.items()},
    }


def ks4(year="2018-19-AY", **results):
    return {"academic_year": year, "key_stage_end": "KS4", "nc_year": "11", **results}


def attended(possible, authorised=0, unauthorised=0, **other):
    return {
        "sessions_possible": possible,
        "sessions_authorised": authorised,
        "sessions_unauthorised": unauthorised,
        **other,
    }


def years(*codes):
    return [Period.parse(code) for code in codes]


def shares(result, group, column="value"):
    frame = result.exact()
    return dict(zip(frame[group], frame[column], strict=True))


ALL_YEARS = years(*(f"{year}-{(year + 1) % 100:02d}-AY" for year in range(2016, 2025)))
THIS_YEAR = years("2018-19-AY")
ALL_REACHED = {"reading": True, "writing": True, "maths": True}


# Published examples


def test_england_key_stage_2_of_2018_19_as_dfe_prints_it():
    """DfE, Outcomes for children in need (ks2_la.csv), looked after 12 months, 2018/19: reading 1,590 of 3,240, printed 49."""
    table = pupils(*[ks2(reading=True)] * 1590, *[ks2(reading=False)] * 1600, *[ks2()] * 50)
    result = school.attainment(table, school.KEY_STAGE_2, years=THIS_YEAR)
    reading = release(result, edition="public", policy=POLICY).value(standard="Reading")
    assert (reading.text, reading.numerator, reading.denominator) == ("49%", 1590, 3240)


def test_attendance_bands_of_the_council_in_2020_21():
    """Middlesbrough Virtual School, interim annual report 2020/21, page 8: 44 children (12%) at 100%, 177 (48.3%) at 95% or
    above, 161 (44%) below 90%. On 366 children 177 is 48.4%; the report cut the digit instead of rounding it."""
    table = pupils(
        *[attended(380)] * 44,
        *[attended(380, 10, 5)] * 133,
        *[attended(380, 20, 10)] * 28,
        *[attended(380, 40, 30)] * 161,
    )
    bands = shares(school.attendance_bands(table, years=THIS_YEAR), "band")
    assert [round(bands[band], 1) for band in school.BANDS] == [48.4, 7.7, 44.0]
    assert school.full_attendance(table, years=THIS_YEAR).exact()["value"].item() == pytest.approx(12.0219, abs=1e-4)


def test_the_council_s_printed_table_has_an_impossible_combination_in_2021():
    """The same report, page 7: in 2021 key stage 1 reading, writing and maths 62, reading 40, writing 69, maths 69."""
    printed = pd.DataFrame(
        {"standard": ["All three", "Reading", "Writing", "Maths"], "value": [62.0, 40.0, 69.0, 69.0]}
    )
    found = school.impossible_combinations(as_shares(printed))
    assert [(each.combined, each.part, each.combined_value, each.part_value) for each in found] == [
        ("All three", "Reading", 62.0, 40.0)
    ]


def as_shares(frame):
    from analysis_lib.results import PUBLISHED, Result

    measure = school.measures("virtual_school")["ks1_expected_standard"]
    blank = dict.fromkeys(["numerator", "denominator", "lower", "upper"], np.nan)
    frame = frame.assign(**blank, measure=measure.name, period_start=THIS_YEAR[0].start, period_end=THIS_YEAR[0].end, unit="%", method="as published", symbol="", source="")  # fmt: skip
    return Result(measure, frame, ("standard",), PUBLISHED)


# Who counts


def test_pupils_looked_after_for_less_than_12_months_count_only_when_asked_for():
    table = pupils(
        ks2(**ALL_REACHED), {**ks2(reading=False), "looked_after_12m": False}, {**ks2(), "looked_after_12m": None}
    )
    twelve = school.attainment(table, school.KEY_STAGE_2, years=THIS_YEAR)
    everyone = school.attainment(table, school.KEY_STAGE_2, years=THIS_YEAR, cohort=school.ALL_LOOKED_AFTER)
    assert shares(twelve, "standard", "denominator")["Reading"] == 1
    assert shares(everyone, "standard", "denominator")["Reading"] == 3
    with pytest.raises(ValueError, match="no cohort 'six months'"):
        school.attainment(table, school.KEY_STAGE_2, years=THIS_YEAR, cohort="six months")


def test_a_pupil_without_a_result_stays_in_the_base_and_has_not_reached_the_standard():
    table = pupils(ks2(**ALL_REACHED), ks2(), ks2(reading=True))
    result = school.attainment(table, school.KEY_STAGE_2, years=THIS_YEAR)
    assert shares(result, "standard", "numerator") == {"Reading": 2, "Writing": 1, "Maths": 1, "All three": 1}
    assert set(shares(result, "standard", "denominator").values()) == {3}
    not_assessed = shares(school.pupils_not_assessed(table, years=THIS_YEAR), "key_stage")
    assert not_assessed[school.KEY_STAGE_2.title] == 1


def test_a_year_in_which_nobody_has_a_result_has_no_figure_instead_of_0_percent():
    table = pupils(ks2("2017-18-AY"), ks2("2017-18-AY"), ks2("2018-19-AY", reading=False))
    result = school.attainment(table, school.KEY_STAGE_2, years=years("2017-18-AY", "2018-19-AY"))
    reading = result.exact().query("standard == 'Reading'")
    assert reading["value"].isna().tolist() == [True, False]
    assert reading["symbol"].tolist() == ["z", ""]
    cohort = school.pupils_at_key_stage_end(table, years=years("2017-18-AY", "2018-19-AY")).exact()
    assert cohort.query(f"key_stage == '{school.KEY_STAGE_2.title}'")["value"].tolist() == [2, 1]


@pytest.mark.parametrize(("grade", "nine_to_five", "nine_to_four"), [(3, 0, 0), (4, 0, 1), (5, 1, 1)])
def test_grades_one_below_at_and_above_the_boundaries(grade, nine_to_five, nine_to_four):
    table = pupils(ks4(ks4_english=grade, ks4_maths=9), ks4(ks4_english=9))
    result = school.attainment(table, school.KEY_STAGE_4, years=THIS_YEAR)
    assert shares(result, "standard", "numerator") == {school.GRADE_5: nine_to_five, school.GRADE_4: nine_to_four}
    assert set(shares(result, "standard", "denominator").values()) == {2}


def test_attainment_8_counts_a_pupil_without_a_score_as_0_unless_nobody_has_one():
    table = pupils(ks4(attainment_8=30), ks4(attainment_8=15), ks4(), ks4("2017-18-AY"))
    result = school.attainment_8(table, years=years("2017-18-AY", "2018-19-AY")).exact()
    assert result["denominator"].tolist() == [0, 3]
    assert result["value"].tolist()[1] == 15
    assert np.isnan(result["value"].tolist()[0])


# Breaks in series


@pytest.mark.parametrize("stage", school.KEY_STAGES[:3], ids=lambda stage: stage.code)
def test_cancelled_years_have_no_figure_even_when_results_are_in_the_extract(stage):
    column = stage.columns[0]
    rows = [{"academic_year": year.code, "key_stage_end": stage.code, column: True} for year in ALL_YEARS]
    result = school.attainment(pupils(*rows), stage, years=ALL_YEARS).exact()
    shown = result[result["standard"].eq(next(iter(stage.standards))) & result["value"].notna()]["period_end"].dt.year
    assert set(shown) & {2020, 2021} == set()
    assert set(shown) == (
        {2017, 2018, 2019, 2022, 2023} if stage.code == "KS1" else {2017, 2018, 2019, 2022, 2023, 2024, 2025}
    )


def test_centre_and_teacher_grades_of_key_stage_4_are_shown_and_local_assessments_elsewhere_are_not():
    table = pupils(
        ks4("2019-20-AY", ks4_english=5, ks4_maths=5, assessed_by="CAG"),
        ks4("2020-21-AY", ks4_english=5, ks4_maths=5, assessed_by="TAG"),
        {**ks2("2020-21-AY", **ALL_REACHED), "assessed_by": "TEACHER"},
        {**ks2("2018-19-AY", **ALL_REACHED), "assessed_by": "TEACHER"},
        ks2("2018-19-AY", **ALL_REACHED),
    )
    own = years("2018-19-AY", "2019-20-AY", "2020-21-AY")
    fours = school.attainment(table, school.KEY_STAGE_4, years=own).exact().query("standard == 'Grade 5 or above'")
    assert fours["numerator"].fillna(-1).tolist() == [-1, 1, 1]
    twos = school.attainment(table, school.KEY_STAGE_2, years=own).exact().query("standard == 'All three'")
    assert twos["numerator"].fillna(-1).tolist() == [1, -1, -1]
    assert twos["denominator"].fillna(-1).tolist() == [2, -1, -1]
    local = school.teacher_assessment(table, years=own).exact()
    assert set(local["period_end"].dt.year) == {2021}
    assert set(local["key_stage"]) == {school.KEY_STAGE_2.title}


def test_years_are_pooled_by_adding_counts_and_never_across_a_break():
    rows = [ks2("2016-17-AY", **ALL_REACHED)] * 1 + [ks2("2016-17-AY", reading=False)] * 9
    rows += [ks2("2018-19-AY", **ALL_REACHED)] * 40
    rows += [ks2("2021-22-AY", **ALL_REACHED), ks2("2021-22-AY", reading=False)]
    before = school.pooled(school.attainment(pupils(*rows), school.KEY_STAGE_2, years=ALL_YEARS[:5])).exact()
    reading = before.query("standard == 'Reading'").iloc[0]
    # 2017/18 has no pupils, so the run of years stops there: a gap in the records is not bridged.
    assert (reading["years"], reading["numerator"], reading["denominator"]) == ("2018/19", 40, 40)
    rows += [ks2("2017-18-AY", reading=False)] * 10
    before = school.pooled(school.attainment(pupils(*rows), school.KEY_STAGE_2, years=ALL_YEARS[:5])).exact()
    reading = before.query("standard == 'Reading'").iloc[0]
    assert (reading["years"], reading["numerator"], reading["denominator"]) == ("2016/17 to 2018/19", 41, 60)
    assert reading["value"] == pytest.approx(100 * 41 / 60)  # the mean of 10%, 0% and 100% would be 36.7%
    assert reading["period_start"] == pd.Timestamp(2016, 9, 1)
    assert reading["period_end"] == pd.Timestamp(2019, 8, 31)
    after = school.pooled(school.attainment(pupils(*rows), school.KEY_STAGE_2, years=ALL_YEARS[:6])).exact()
    assert after.query("standard == 'Reading'")[["years", "numerator", "denominator"]].values.tolist() == [
        ["2021/22", 1, 2]
    ]


def test_teacher_grades_of_2021_are_pooled_with_no_other_year():
    rows = [ks4(year.code, ks4_english=5, ks4_maths=5) for year in ALL_YEARS]
    for last, run in (
        (3, "2016/17 to 2018/19"),
        (4, "2019/20"),
        (5, "2020/21"),
        (6, "2021/22"),
        (9, "2022/23 to 2024/25"),
    ):
        result = school.pooled(school.attainment(pupils(*rows), school.KEY_STAGE_4, years=ALL_YEARS[:last])).exact()
        assert set(result["years"]) == {run}


def test_a_year_hidden_among_pooled_years_takes_a_second_one_with_it():
    rows = [ks2(year, reading=n < reached) for year, reached in (("2016-17-AY", 8), ("2017-18-AY", 9), ("2018-19-AY", 3)) for n in range(20)]  # fmt: skip
    result = school.attainment(pupils(*rows), school.KEY_STAGE_2, years=ALL_YEARS[:3])
    reading = release(result, edition="public", policy=POLICY).where(standard="Reading")
    assert [value.text for value in reading.values()] == ["c", "45%", "c"]
    total = release(school.pooled(result), edition="public", policy=POLICY).value(standard="Reading")
    assert total.text == "33%"  # 20 of 60: without the second hidden year, 20 - 8 - 9 gives the hidden 3


# Impossible combinations


def test_our_own_figures_cannot_have_an_impossible_combination():
    found = school.impossible_combinations(school.attainment(seeded(), school.KEY_STAGE_2, years=ALL_YEARS))
    assert found == []


def test_equal_shares_are_possible_and_hidden_ones_are_passed_over():
    equal = pd.DataFrame({"standard": ["All three", "Reading"], "value": [40.0, 40.0]})
    assert school.impossible_combinations(as_shares(equal)) == []
    hidden = pd.DataFrame({"standard": ["All three", "Reading"], "value": [40.0, np.nan]})
    assert school.impossible_combinations(as_shares(hidden)) == []
    above = pd.DataFrame({"standard": ["Grade 5 or above", "Grade 4 or above"], "value": [12.0, 10.9]})
    released = release(as_shares(above), edition="restricted", policy=POLICY)
    assert len(school.impossible_combinations(released)) == 1


# Attendance


@pytest.mark.parametrize(
    ("missed", "band", "persistent", "severe"),
    [
        (0, "95% or more", False, False),
        (20, "95% or more", False, False),
        (21, "90% to under 95%", False, False),
        (39, "90% to under 95%", False, False),
        (40, "90% to under 95%", True, False),
        (41, "Under 90%", True, False),
        (199, "Under 90%", True, False),
        (200, "Under 90%", True, True),
    ],
)
def test_bands_and_thresholds_one_session_below_at_and_above(missed, band, persistent, severe):
    table = pupils(attended(400, missed))
    assert shares(school.attendance_bands(table, years=THIS_YEAR), "band")[band] == 100
    assert school.persistent_absence(table, years=THIS_YEAR).exact()["numerator"].item() == persistent
    assert school.severe_absence(table, years=THIS_YEAR).exact()["numerator"].item() == severe
    assert school.full_attendance(table, years=THIS_YEAR).exact()["numerator"].item() == (missed == 0)


def test_absence_is_a_ratio_of_sums_and_its_parts_add_up():
    table = pupils(
        *[attended(100, 20, 30)] * 5, *[attended(400, 4, 0)] * 5, attended(0), {"nc_year": "12", **attended(100, 100)}
    )
    rates = shares(school.absence(table, years=THIS_YEAR), "kind")
    assert rates["Overall"] == pytest.approx(100 * 270 / 2500)  # the mean of the pupils' own rates would be 25.5%
    assert rates["Authorised"] + rates["Unauthorised"] == pytest.approx(rates["Overall"])


def test_absence_of_nine_pupils_is_not_given_and_of_ten_is():
    nine = school.absence(pupils(*[attended(380, 10)] * 9), years=THIS_YEAR).exact()
    ten = school.absence(pupils(*[attended(380, 10)] * 10), years=THIS_YEAR).exact()
    assert nine["value"].isna().all()
    assert ten["value"].notna().all()


def test_pupils_without_a_record_of_sessions_are_in_no_attendance_figure_and_are_counted():
    table = pupils(attended(380, 380), {}, attended(0), attended(380))
    assert school.persistent_absence(table, years=THIS_YEAR).exact()[["numerator", "denominator"]].values.tolist() == [
        [1, 2]
    ]
    assert school.attendance_recorded(table, years=THIS_YEAR).exact()["value"].item() == 50


def test_suspensions_days_and_permanent_exclusions():
    table = pupils(
        {"suspensions": 2, "suspension_days": 3.5, "permanent_exclusion": False},
        {"suspensions": 1, "suspension_days": 0.5, "permanent_exclusion": True},
        {"suspensions": 0, "permanent_exclusion": False},
        {},
    )
    suspended = school.suspended_pupils(table, years=THIS_YEAR).exact()
    assert suspended[["numerator", "denominator"]].values.tolist() == [[2, 3]]
    days = school.suspension_days(table, years=THIS_YEAR).exact()
    assert days[["numerator", "denominator", "value"]].values.tolist() == [[4, 2, 2]]
    excluded = school.permanent_exclusions(table, years=years("2017-18-AY", "2018-19-AY")).exact()
    assert excluded["value"].fillna(-1).tolist() == [-1, 1]  # nobody has an entry in 2017/18: no figure, not 0


# Plans, needs and moves


def test_plans_are_a_share_of_those_who_should_have_had_one_in_the_term():
    table = pupils(
        {"pep_autumn": True}, {"pep_autumn": False, "pep_spring": True}, {"looked_after_12m": False, "pep_spring": True}
    )
    result = school.pep_in_place(table, years=THIS_YEAR)
    assert shares(result, "term", "numerator") == {"Autumn": 1, "Spring": 2, "Summer": 0}
    assert shares(result, "term", "denominator") == {"Autumn": 2, "Spring": 2, "Summer": 0}
    assert np.isnan(shares(result, "term")["Summer"])


def test_moves_count_those_who_left_care_and_only_recorded_next_schools():
    table = pupils(
        {"transition": "SECONDARY", "left_care_before_move": True, "sen": "E"},
        {"transition": "SECONDARY", "left_care_before_move": False, "next_school_in_authority": True, "sen": "K"},
        {"transition": "SECONDARY", "left_care_before_move": False, "next_school_in_authority": False, "sen": None},
        {"transition": "POST16", "post16_offer": "EDUCATION"},
        {"transition": "POST16"},
    )
    move = "To secondary school"
    assert shares(school.pupils_moving_on(table, years=THIS_YEAR), "move")[move] == 3
    left = school.left_care_before_move(table, years=THIS_YEAR)
    assert (shares(left, "move", "numerator")[move], shares(left, "move", "denominator")[move]) == (1, 3)
    inside = school.next_school_in_authority(table, years=THIS_YEAR)
    assert (shares(inside, "move", "numerator")[move], shares(inside, "move", "denominator")[move]) == (1, 2)
    needs = school.moving_on_with_needs(table, years=THIS_YEAR)
    assert (shares(needs, "move", "numerator")[move], shares(needs, "move", "denominator")[move]) == (2, 2)
    offers = shares(school.post16_offers(table, years=THIS_YEAR), "offer")
    assert (offers["Education"], offers["Not recorded"], offers["No offer"]) == (50, 50, 0)


def test_young_people_of_years_12_and_13_with_the_unknown_in_the_base():
    older = [{"nc_year": "12", "eet_status": "NEET"}, {"nc_year": "13", "eet_status": "EDUCATION"}, {"nc_year": "13"}, {"nc_year": "11", "eet_status": "NEET"}]  # fmt: skip
    activity = school.post16_activity(pupils(*older), years=THIS_YEAR)
    assert shares(activity, "activity", "numerator") == {"Education": 1, "Employment": 0, "Training": 0, school.NEET: 1, "Not known": 1}  # fmt: skip
    assert set(shares(activity, "activity", "denominator").values()) == {3}


def test_special_needs_and_schools_outside_leave_out_nursery_and_sixth_form():
    table = pupils(
        {"sen": "E", "school_in_authority": False},
        {"sen": "K"},
        {"nc_year": "N2", "sen": "E"},
        {"school_in_authority": None},
    )
    needs = shares(school.special_educational_needs(table, years=THIS_YEAR), "need", "numerator")
    assert needs == {"None": 1, "Support at school": 1, "Education, health and care plan": 1}
    outside = school.school_outside(table, years=THIS_YEAR).exact()
    assert outside[["numerator", "denominator"]].values.tolist() == [[1, 2]]


# Whatever comes


def test_an_empty_table_gives_rows_without_values():
    empty, last = pupils().iloc[0:0], Period.parse("2015-16-AY")
    shown = school.academic_years(empty, last)
    assert shown == [last]
    assert school.key_standards(empty, years=shown).exact()["value"].isna().all()
    for measure in (school.absence, school.attendance_bands, school.suspension_days, school.pep_in_place, school.post16_activity, school.attainment_8, school.permanent_exclusions):  # fmt: skip
        assert measure(empty, years=shown).exact()["value"].isna().all()
    assert len(school.teacher_assessment(empty, years=shown)) == 0


def test_academic_years_run_from_the_first_in_the_table_to_the_last_asked_for():
    table = pupils({"academic_year": "2016-17-AY"}, {"academic_year": "2019-20-AY"})
    assert [year.code for year in school.academic_years(table, Period.parse("2018-19-AY"))] == ["2016-17-AY", "2017-18-AY", "2018-19-AY"]  # fmt: skip


def test_the_table_is_not_changed():
    table = seeded()
    before = table.copy(deep=True)
    school.key_standards(table, years=ALL_YEARS)
    school.attendance_bands(table, years=ALL_YEARS)
    assert_frame_equal(table, before)


def seeded(rows=600):
    chance = random.Random(7)
    return pupils(
        *(
            {
                "academic_year": chance.choice(ALL_YEARS).code,
                "key_stage_end": chance.choice(["KS2", "KS4", None]),
                "looked_after_12m": chance.choice([True, True, False, None]),
                "assessed_by": chance.choice([None, None, None, "TEACHER"]),
                **{f"ks2_{subject}": chance.choice([True, False, None]) for subject in ("reading", "writing", "maths")},
                **attended(chance.choice([0, 100, 380]), chance.randrange(40), chance.choice([0, 5, 60])),
            }
            for _ in range(rows)
        )
    )


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
    result = school.attainment(table, school.KEY_STAGE_2, years=ALL_YEARS).exact().query("standard == 'All three'")
    shown = {
        year.code: (row["numerator"], row["denominator"])
        for year, row in zip(ALL_YEARS, result.to_dict("records"), strict=True)
    }
    assert {code: pair for code, pair in shown.items() if not np.isnan(pair[1])} == expected
    overall = school.absence(table, years=ALL_YEARS).exact().query("kind == 'Overall'")
    assert dict(zip([year.code for year in ALL_YEARS], zip(overall["numerator"], overall["denominator"], strict=True), strict=True)) == absences  # fmt: skip


results_of_a_pupil = st.fixed_dictionaries(
    {
        "academic_year": st.sampled_from([year.code for year in ALL_YEARS[:4]]),
        "key_stage_end": st.just("KS2"),
        **{f"ks2_{subject}": st.sampled_from([True, False, None]) for subject in ("reading", "writing", "maths")},
    }
)


@settings(max_examples=15, deadline=None)
@given(st.lists(results_of_a_pupil, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_pooled_shares_lie_between_the_years_and_do_not_depend_on_row_order(rows, chance):
    yearly = school.attainment(pupils(*rows), school.KEY_STAGE_2, years=ALL_YEARS[:4])
    assert school.impossible_combinations(yearly) == []
    pool = school.pooled(yearly)
    for row in pool.exact().dropna(subset=["value"]).to_dict("records"):
        own = yearly.exact().query("standard == @row['standard'] and added_in == @row['years']")["value"]
        assert own.min() - 1e-9 <= row["value"] <= own.max() + 1e-9
        assert row["lower"] <= row["value"] + 1e-9 and row["value"] <= row["upper"] + 1e-9
    mixed = list(rows)
    chance.shuffle(mixed)
    assert_frame_equal(
        pool.exact(), school.pooled(school.attainment(pupils(*mixed), school.KEY_STAGE_2, years=ALL_YEARS[:4])).exact()
    )
