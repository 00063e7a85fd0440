"""Results at the end of each key stage: published examples, breaks, pooled years, impossible combinations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from virtual_school_pupils import ALL_REACHED, ALL_YEARS, THIS_YEAR, ks2, ks4, pupils, seeded, shares, told, years

from analysis_lib.disclosure import Gate, release
from analysis_lib.metrics import attainment
from analysis_lib.metrics.facts import every_measure
from analysis_lib.metrics.pupils import ALL_LOOKED_AFTER
from analysis_lib.policy import DisclosurePolicy
from analysis_lib.results import PUBLISHED, Result

POLICY = DisclosurePolicy.alike(threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20)


def test_england_key_stage_2_of_2018_19_as_dfe_prints_it():
    """DfE, Outcomes for children in need (ks2_la.csv), looked after 12 months, 2018/19: reading 1,590 of 3,240, printed 49."""
    table = pupils(*[ks2(reading=True)] * 1590, *[ks2(reading=False)] * 1600, *[ks2()] * 50)
    result = attainment.by_standard(table, attainment.KEY_STAGE_2, years=THIS_YEAR)
    reading = release(result, edition="public", policy=POLICY).value(standard="Reading")
    assert (reading.text, reading.numerator, reading.denominator) == ("49%", 1590, 3240)


def test_the_council_s_printed_table_has_an_impossible_combination_in_2021():
    """The same report, page 7: in 2021 key stage 1 reading, writing and maths 62, reading 40, writing 69, maths 69."""
    printed = pd.DataFrame(
        {"standard": ["All three", "Reading", "Writing", "Maths"], "value": [62.0, 40.0, 69.0, 69.0]}
    )
    found = attainment.impossible_combinations(as_shares(printed))
    assert [(each.combined, each.part, each.combined_value, each.part_value) for each in found] == [
        ("All three", "Reading", 62.0, 40.0)
    ]


def as_shares(frame):
    measure = attainment.MEASURES["ks1_expected_standard"]
    blank = dict.fromkeys(["numerator", "denominator", "lower", "upper"], np.nan)
    frame = frame.assign(**blank, measure=measure.name, period_start=THIS_YEAR[0].start, period_end=THIS_YEAR[0].end, unit="%", method="as published", symbol="", source="")  # fmt: skip
    return Result(measure, frame, ("standard",), PUBLISHED)


def test_pupils_looked_after_for_less_than_12_months_count_only_when_asked_for():
    table = pupils(
        ks2(**ALL_REACHED), {**ks2(reading=False), "looked_after_12m": False}, {**ks2(), "looked_after_12m": None}
    )
    twelve = attainment.by_standard(table, attainment.KEY_STAGE_2, years=THIS_YEAR)
    everyone = attainment.by_standard(table, attainment.KEY_STAGE_2, years=THIS_YEAR, cohort=ALL_LOOKED_AFTER)
    assert shares(twelve, "standard", "denominator")["Reading"] == 1
    assert shares(everyone, "standard", "denominator")["Reading"] == 3
    with pytest.raises(ValueError, match="no cohort 'six months'"):
        attainment.by_standard(table, attainment.KEY_STAGE_2, years=THIS_YEAR, cohort="six months")


def test_a_pupil_without_a_result_stays_in_the_base_and_has_not_reached_the_standard():
    table = pupils(ks2(**ALL_REACHED), ks2(), ks2(reading=True))
    result = attainment.by_standard(table, attainment.KEY_STAGE_2, years=THIS_YEAR)
    assert shares(result, "standard", "numerator") == {"Reading": 2, "Writing": 1, "Maths": 1, "All three": 1}
    assert set(shares(result, "standard", "denominator").values()) == {3}
    not_assessed = shares(attainment.pupils_not_assessed(table, years=THIS_YEAR), "key_stage")
    assert not_assessed[attainment.KEY_STAGE_2.title] == 1


def test_a_year_in_which_nobody_has_a_result_has_no_figure_instead_of_0_percent():
    table = pupils(ks2("2017-18-AY"), ks2("2017-18-AY"), ks2("2018-19-AY", reading=False))
    result = attainment.by_standard(table, attainment.KEY_STAGE_2, years=years("2017-18-AY", "2018-19-AY"))
    reading = result.exact().query("standard == 'Reading'")
    assert reading["value"].isna().tolist() == [True, False]
    assert reading["symbol"].tolist() == ["z", ""]
    cohort = attainment.pupils_at_key_stage_end(table, years=years("2017-18-AY", "2018-19-AY")).exact()
    assert cohort.query(f"key_stage == '{attainment.KEY_STAGE_2.title}'")["value"].tolist() == [2, 1]


@pytest.mark.parametrize(("grade", "nine_to_five", "nine_to_four"), [(3, 0, 0), (4, 0, 1), (5, 1, 1)])
def test_grades_one_below_at_and_above_the_boundaries(grade, nine_to_five, nine_to_four):
    table = pupils(ks4(ks4_english=grade, ks4_maths=9), ks4(ks4_english=9))
    result = attainment.by_standard(table, attainment.KEY_STAGE_4, years=THIS_YEAR)
    assert shares(result, "standard", "numerator") == {
        attainment.GRADE_5: nine_to_five,
        attainment.GRADE_4: nine_to_four,
    }
    assert set(shares(result, "standard", "denominator").values()) == {2}


def test_attainment_8_counts_a_pupil_without_a_score_as_0_unless_nobody_has_one():
    table = pupils(ks4(attainment_8=30), ks4(attainment_8=15), ks4(), ks4("2017-18-AY"))
    result = attainment.attainment_8(table, years=years("2017-18-AY", "2018-19-AY")).exact()
    assert result["denominator"].tolist() == [0, 3]
    assert result["value"].tolist()[1] == 15
    assert np.isnan(result["value"].tolist()[0])


@pytest.mark.parametrize("stage", attainment.KEY_STAGES[:3], ids=lambda stage: stage.code)
def test_cancelled_years_have_no_figure_even_when_results_are_in_the_extract(stage):
    column = stage.columns[0]
    rows = [{"academic_year": year.code, "key_stage_end": stage.code, column: True} for year in ALL_YEARS]
    result = attainment.by_standard(pupils(*rows), stage, years=ALL_YEARS).exact()
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
    fours = (
        attainment.by_standard(table, attainment.KEY_STAGE_4, years=own).exact().query("standard == 'Grade 5 or above'")
    )
    assert fours["numerator"].fillna(-1).tolist() == [-1, 1, 1]
    twos = attainment.by_standard(table, attainment.KEY_STAGE_2, years=own).exact().query("standard == 'All three'")
    assert twos["numerator"].fillna(-1).tolist() == [1, -1, -1]
    assert twos["denominator"].fillna(-1).tolist() == [2, -1, -1]
    local = attainment.teacher_assessment(table, years=own).exact()
    assert set(local["period_end"].dt.year) == {2021}
    assert set(local["key_stage"]) == {attainment.KEY_STAGE_2.title}


def test_years_are_pooled_by_adding_counts_and_never_across_a_break():
    rows = [ks2("2016-17-AY", **ALL_REACHED)] * 1 + [ks2("2016-17-AY", reading=False)] * 9
    rows += [ks2("2018-19-AY", **ALL_REACHED)] * 40
    rows += [ks2("2021-22-AY", **ALL_REACHED), ks2("2021-22-AY", reading=False)]
    before = attainment.pooled(
        attainment.by_standard(pupils(*rows), attainment.KEY_STAGE_2, years=ALL_YEARS[:5])
    ).exact()
    reading = before.query("standard == 'Reading'").iloc[0]
    # 2017/18 has no pupils, so the run of years stops there: a gap in the records is not bridged.
    assert (reading["years"], reading["numerator"], reading["denominator"]) == ("2018/19", 40, 40)
    rows += [ks2("2017-18-AY", reading=False)] * 10
    before = attainment.pooled(
        attainment.by_standard(pupils(*rows), attainment.KEY_STAGE_2, years=ALL_YEARS[:5])
    ).exact()
    reading = before.query("standard == 'Reading'").iloc[0]
    assert (reading["years"], reading["numerator"], reading["denominator"]) == ("2016/17 to 2018/19", 41, 60)
    assert reading["value"] == pytest.approx(100 * 41 / 60)  # the mean of 10%, 0% and 100% would be 36.7%
    assert reading["period_start"] == pd.Timestamp(2016, 9, 1)
    assert reading["period_end"] == pd.Timestamp(2019, 8, 31)
    after = attainment.pooled(
        attainment.by_standard(pupils(*rows), attainment.KEY_STAGE_2, years=ALL_YEARS[:6])
    ).exact()
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
        result = attainment.pooled(
            attainment.by_standard(pupils(*rows), attainment.KEY_STAGE_4, years=ALL_YEARS[:last])
        ).exact()
        assert set(result["years"]) == {run}


def test_a_year_hidden_among_pooled_years_takes_a_second_one_with_it():
    rows = [ks2(year, reading=n < reached) for year, reached in (("2016-17-AY", 8), ("2017-18-AY", 9), ("2018-19-AY", 3)) for n in range(20)]  # fmt: skip
    result = attainment.by_standard(pupils(*rows), attainment.KEY_STAGE_2, years=ALL_YEARS[:3])
    gate = Gate("public", POLICY, measures=every_measure())
    total = gate.release(attainment.pooled(result)).value(standard="Reading")
    assert total.text == "33%"  # 20 of 60: without the second hidden year, 20 - 8 - 9 gives the hidden 3
    assert [value.text for value in gate.release(result).where(standard="Reading").values()] == ["c", "45%", "c"]


def test_our_own_figures_cannot_have_an_impossible_combination():
    found = attainment.impossible_combinations(
        attainment.by_standard(seeded(), attainment.KEY_STAGE_2, years=ALL_YEARS)
    )
    assert found == []


def test_equal_shares_are_possible_and_hidden_ones_are_passed_over():
    equal = pd.DataFrame({"standard": ["All three", "Reading"], "value": [40.0, 40.0]})
    assert attainment.impossible_combinations(as_shares(equal)) == []
    hidden = pd.DataFrame({"standard": ["All three", "Reading"], "value": [40.0, np.nan]})
    assert attainment.impossible_combinations(as_shares(hidden)) == []
    above = pd.DataFrame({"standard": ["Grade 5 or above", "Grade 4 or above"], "value": [12.0, 10.9]})
    released = release(as_shares(above), edition="restricted", policy=POLICY)
    assert len(attainment.impossible_combinations(released)) == 1


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
    yearly = attainment.by_standard(pupils(*rows), attainment.KEY_STAGE_2, years=ALL_YEARS[:4])
    assert attainment.impossible_combinations(yearly) == []
    pool = attainment.pooled(yearly)
    for row in pool.exact().dropna(subset=["value"]).to_dict("records"):
        own = yearly.exact().query("standard == @row['standard'] and added_in == @row['years']")["value"]
        assert own.min() - 1e-9 <= row["value"] <= own.max() + 1e-9
        assert row["lower"] <= row["value"] + 1e-9 and row["value"] <= row["upper"] + 1e-9
    mixed = list(rows)
    chance.shuffle(mixed)
    assert_frame_equal(
        pool.exact(),
        attainment.pooled(attainment.by_standard(pupils(*mixed), attainment.KEY_STAGE_2, years=ALL_YEARS[:4])).exact(),
    )


# Every column of the rows


def test_the_rows_of_a_key_stage():
    table = pupils(ks2("2017-18-AY", **ALL_REACHED), ks2("2018-19-AY", reading=True), ks2("2018-19-AY", maths=False))
    result = attainment.by_standard(
        table, attainment.KEY_STAGE_2, years=years("2017-18-AY", "2018-19-AY", "2019-20-AY")
    )
    frame = result.exact()
    assert (result.measure.name, result.groups, result.parts) == (
        "ks2_expected_standard", ("standard", "added_in"), ("period_end",)
    )  # fmt: skip
    reading = frame[frame["standard"] == "Reading"]
    assert reading["added_in"].tolist() == ["2017/18 to 2018/19", "2017/18 to 2018/19", "2019/20"]
    assert reading["numerator"].tolist()[:2] == [1, 1] and reading["denominator"].tolist()[:2] == [1, 2]
    assert reading["value"].tolist()[:2] == [100, 50] and reading["symbol"].tolist() == ["", "", "z"]
    assert set(frame["unit"]) == {"%"} and set(frame["measure"]) == {"ks2_expected_standard"}
    assert frame["standard"].drop_duplicates().tolist() == ["Reading", "Writing", "Maths", "All three"]


def test_children_of_pooled_years_are_those_of_the_years():
    def make():
        table = pupils(ks2("2017-18-AY", **ALL_REACHED), ks2("2018-19-AY", reading=True), ks2("2018-19-AY"))
        return attainment.pooled(attainment.by_standard(table, attainment.KEY_STAGE_2, years=ALL_YEARS[:3]))

    counted = told(make, "standard", "years")
    end = "2018-19-AY"
    ids = [f"{number:016x}" for number in range(3)]
    assert counted[end, "Reading", "2017/18 to 2018/19"] == (2, 3, ids[:2], ids)
    assert counted[end, "Maths", "2017/18 to 2018/19"] == (1, 3, ids[:1], ids)
    assert make().groups == ("standard", "years") and make().measure.name == "ks2_expected_standard"


def test_a_standard_without_any_figure_keeps_one_row_of_the_last_year():
    table = pupils(ks2("2017-18-AY"))
    frame = attainment.pooled(
        attainment.by_standard(table, attainment.KEY_STAGE_2, years=years("2017-18-AY", "2018-19-AY"))
    ).exact()
    assert frame["years"].tolist() == ["2018/19"] * 4 and frame["value"].isna().all()
    assert frame[["numerator", "denominator"]].isna().all(axis=None)
    assert set(frame["period_start"]) == {pd.Timestamp("2018-09-01")} and set(frame["symbol"]) == {"z"}


def test_the_key_standards_are_the_last_of_each_key_stage_and_both_grades():
    every = {f"ks1_{subject}": True for subject in ("reading", "writing", "maths")}
    table = pupils(
        {"key_stage_end": "EYFS", "gld": True},
        {"key_stage_end": "KS1", **every},
        {"key_stage_end": "KS1", "ks1_reading": True},
        ks2(**ALL_REACHED), ks2(reading=True), ks2(),
        ks4(ks4_english=5, ks4_maths=4), ks4(ks4_english=5, ks4_maths=5), ks4(), ks4(),
    )  # fmt: skip
    result = attainment.key_standards(table, years=THIS_YEAR)
    frame = result.exact()
    assert frame[["standard", "years", "numerator", "denominator"]].to_numpy().tolist() == [
        ["Early years: good level of development", "2018/19", 1, 1],
        ["Key stage 1: reading, writing and maths", "2018/19", 1, 2],
        ["Key stage 2: reading, writing and maths", "2018/19", 1, 3],
        ["Key stage 4: English and maths, grade 5 or above", "2018/19", 1, 4],
        ["Key stage 4: English and maths, grade 4 or above", "2018/19", 2, 4],
    ]
    assert (result.measure.name, result.groups) == ("key_standards", ("standard", "years"))
    fewer = attainment.key_standards(table.assign(looked_after_12m=False), years=THIS_YEAR)
    assert fewer.exact()["value"].isna().all()
    everyone = attainment.key_standards(table.assign(looked_after_12m=False), years=THIS_YEAR, cohort=ALL_LOOKED_AFTER)
    assert everyone.exact()["numerator"].tolist() == [1, 1, 1, 1, 2]


def test_counts_of_pupils_by_key_stage():
    table = pupils(
        {"key_stage_end": "EYFS"}, {"key_stage_end": "KS1", "ks1_maths": False}, ks2(), ks2(reading=True), ks4()
    )
    at_end = attainment.pupils_at_key_stage_end(table, years=THIS_YEAR)
    titles = [stage.title for stage in attainment.KEY_STAGES]
    assert titles == ["Early years (age five)", "Key stage 1 (age seven)", "Key stage 2 (age eleven)", "Key stage 4 (age sixteen)"]  # fmt: skip
    assert at_end.exact()["key_stage"].tolist() == titles and at_end.exact()["value"].tolist() == [1, 1, 2, 1]
    without = attainment.pupils_not_assessed(table, years=THIS_YEAR)
    # Where nobody has a result it cannot be said who was left out.
    assert without.exact()["value"].fillna(-1).tolist() == [-1, 0, 1, -1]
    for result in (at_end, without):
        assert result.groups == ("key_stage",) and set(result.exact()["unit"]) == {"pupils"}


def test_a_teacher_s_assessment_has_a_row_only_in_years_without_statutory_ones():
    by_teacher = {"assessed_by": "TEACHER"}
    table = pupils(
        {**ks2("2020-21-AY", reading=True), **by_teacher}, {**ks2("2018-19-AY", reading=True), **by_teacher},
        {**ks4("2020-21-AY", ks4_english=5), **by_teacher}, ks2("2019-20-AY", reading=True),
    )  # fmt: skip
    result = attainment.teacher_assessment(table, years=ALL_YEARS)
    assert (result.measure.name, result.groups) == ("teacher_assessed_standard", ("key_stage", "standard"))
    assert result.exact()[["period_end", "standard", "numerator", "denominator"]].to_numpy().tolist() == [
        [pd.Timestamp("2021-08-31"), standard, reached, 1]
        for standard, reached in (("Reading", 1), ("Writing", 0), ("Maths", 0), ("All three", 0))
    ]


# Attainment 8, years added together


def test_attainment_8_is_pooled_over_at_most_three_years_and_never_across_a_break():
    rows = [ks4(year.code, attainment_8=10 * place) for place, year in enumerate(ALL_YEARS)]
    for last, run, value in (
        (1, "2016/17", 0),
        (2, "2016/17 to 2017/18", 5),
        (3, "2016/17 to 2018/19", 10),
        (4, "2019/20", 30),
        (5, "2020/21", 40),
        (6, "2021/22", 50),
        (9, "2022/23 to 2024/25", 70),
    ):
        (row,) = attainment.attainment_8_pooled(pupils(*rows), years=ALL_YEARS[:last]).exact().to_dict("records")
        assert (row["years"], row["value"]) == (run, value)
        assert row["period_end"] == ALL_YEARS[last - 1].end


def test_pooled_attainment_8_without_scores_is_one_missing_row():
    result = attainment.attainment_8_pooled(pupils(ks4()), years=THIS_YEAR)
    (row,) = result.exact().to_dict("records")
    assert np.isnan(row["value"]) and (row["years"], row["denominator"], row["symbol"]) == ("2018/19", 0, "z")
    assert (row["period_start"], row["period_end"]) == (THIS_YEAR[0].start, THIS_YEAR[0].end)
    assert (result.measure.name, result.groups) == ("attainment_8_pooled", ("years",))


def test_pooled_attainment_8_names_its_pupils_and_takes_the_cohort():
    table = pupils(ks4("2017-18-AY", attainment_8=30), ks4(), {**ks4(attainment_8=60), "looked_after_12m": False})
    ids = table["child_id"].tolist()
    shown = years("2017-18-AY", "2018-19-AY")
    # In 2018/19 nobody of the cohort has a score, so the year is not added.
    assert told(lambda: attainment.attainment_8_pooled(table, years=shown), "years") == {
        ("2017-18-AY", "2017/18"): (30, 1, None, ids[:1])
    }
    everyone = told(lambda: attainment.attainment_8_pooled(table, years=shown, cohort=ALL_LOOKED_AFTER), "years")
    assert everyone == {("2018-19-AY", "2017/18 to 2018/19"): (90, 3, None, ids)}
    yearly = attainment.attainment_8(table, years=shown)
    assert yearly.measure.name == "attainment_8" and yearly.exact()["period_end"].tolist() == [
        each.end for each in shown
    ]


# Impossible combinations, wherever they are


def test_combinations_are_sought_within_a_period_and_a_group():
    measure, blank = (
        attainment.MEASURES["key_standards"],
        dict.fromkeys(["numerator", "denominator", "lower", "upper"], np.nan),
    )
    rows = [
        ("A", "2019-08-31", "both", 50), ("A", "2019-08-31", "one", 40),
        ("B", "2019-08-31", "both", 40), ("B", "2019-08-31", "one", 40),
        ("B", "2020-08-31", "both", 30), ("A", "2020-08-31", "one", 20),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["area", "period_end", "claim", "value"]).assign(
        **blank, measure=measure.name, unit="%", method="as published", symbol="", source="", period_start=pd.NaT
    )
    frame["period_end"] = pd.to_datetime(frame["period_end"])
    found = attainment.impossible_combinations(
        Result(measure, frame, ("area", "claim"), PUBLISHED),
        column="claim",
        contained=(("both", "one"), ("one", "neither")),
    )
    assert found == [attainment.Impossible(pd.Timestamp("2019-08-31"), "both", "one", 50, 40)]


def test_every_pair_that_contains_another_is_sought():
    assert attainment.CONTAINED == (
        ("All three", "Reading"), ("All three", "Writing"), ("All three", "Maths"), ("Grade 5 or above", "Grade 4 or above")
    )  # fmt: skip
    printed = pd.DataFrame(
        {"standard": ["All three", "Reading", "Writing", "Maths"], "value": [50.0, 49.0, 48.0, 47.0]}
    )
    assert [each.part for each in attainment.impossible_combinations(as_shares(printed))] == [
        "Reading",
        "Writing",
        "Maths",
    ]


def test_the_module_shows_its_measures():
    assert dir(attainment) == sorted(attainment.__all__) and "by_standard" in dir(attainment)


def test_pooled_attainment_8_without_scores_is_a_row_of_the_last_year_alone():
    frame = attainment.attainment_8_pooled(pupils(ks4()), years=years("2017-18-AY", "2018-19-AY")).exact()
    assert frame["years"].tolist() == ["2018/19"] and frame["value"].isna().all()
