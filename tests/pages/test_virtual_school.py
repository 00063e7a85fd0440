"""Wording of the virtual school's page: intervals, a year beside the one before, sums of printed figures, columns that read like another's."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.metrics import attainment
from analysis_lib.metrics.attainment import KEY_STANDARDS, MEASURES
from analysis_lib.metrics.counting import build
from analysis_lib.metrics.moving_on import MEASURES as MOVING_ON
from analysis_lib.page import Page
from analysis_lib.pages.virtual_school import VirtualSchool
from analysis_lib.pages.virtual_school.figures import code_of, listed, stage_of
from analysis_lib.pages.virtual_school.printed import reads_like
from analysis_lib.periods import Period
from analysis_lib.results import Value

HOME = Path(__file__).resolve().parents[2]
STANDARD = MEASURES["ks2_expected_standard"]


def value(number, lower=np.nan, upper=np.nan):
    end = pd.Timestamp(2019, 8, 31)
    return Value(f"{number}%", number, STANDARD, pd.NaT, end, "published", 0, lower=lower, upper=upper)


@pytest.mark.parametrize(("other", "same"), [((37, 49), True), ((38, 48), True), ((39, 49), False), ((), False)])
def test_a_printed_column_reads_like_another_when_every_figure_is_within_a_point_and_a_half(other, same):
    printed = {"All three": value(37), "Reading": value(49), "Maths": value(52)}
    assert reads_like(printed, {name: value(number) for name, number in zip(printed, other, strict=False)}) is same


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2021-08-31", "2020-21-AY"),
        ("2021-09-01", "2021-22-AY"),
        ("2020-01-01", "2019-20-AY"),
        ("1999-12-31", "1999-00-AY"),
    ],
)
def test_a_day_is_in_the_academic_year_that_begins_on_1_september(day, code):
    assert code_of(pd.Timestamp(day)) == code
    assert pd.Timestamp(day) in Period.parse(code)


def test_words_in_a_row():
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


def page(figures, pupils=None):
    """A page of a council with the given printed figures and no pupils or benchmarks."""
    authority, period = read_authority(HOME), Period.parse("2021-22-Q2")
    tables = {
        "pupils": pd.DataFrame({"academic_year": pd.Series(dtype=object)}) if pupils is None else pupils,
        "council_figures": figures,
        "benchmarks": pd.DataFrame(
            columns=["indicator", "area_code", "unit", "period_start", "period_end", "first_released"]
        ),
        "extracts": pd.DataFrame({"label": ["synthetic"]}),
        "statistical_neighbours": pd.DataFrame(columns=["model", "rank", "area_code", "area"]),
    }
    made = Page(authority, period, "public", HOME, tables)
    vars(made).update(earlier=[], elsewhere=[])  # no pack signed off before, and nothing published of the council
    return made


def printed(**shares):
    rows = [
        {
            "figure_id": name,
            "measure": name,
            "breakdown": "",
            "period_start": pd.Timestamp(2020, 9, 1),
            "period_end": pd.Timestamp(2021, 8, 31),
            "value": share,
            "unit": "%",
            "locator": "page 8",
            "source": "Report",
            "note": "",
        }  # fmt: skip
        for name, share in shares.items()
    ]
    columns = [
        "figure_id",
        "measure",
        "breakdown",
        "period_start",
        "period_end",
        "value",
        "unit",
        "locator",
        "source",
        "note",
    ]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(
    ("attendance", "absence", "said"),
    [
        (84.5, 15.5, "make 100.0%, as they should."),
        (84.6, 15.5, "make 100.1%, not 100%; rounding can explain that."),
        (84.2, 15.5, "make 99.7%, not 100%; rounding cannot explain that, so a figure is wrong."),
    ],
)
def test_printed_shares_are_added_up_and_rounding_is_given_its_due(attendance, absence, said):
    school = VirtualSchool(page(printed(attendance=attendance, absence=absence)))
    assert school.printed_attendance()[0].text[1] == f"Attendance and absence together {said}"


def test_a_council_that_printed_nothing_is_said_to_have_printed_nothing():
    school = VirtualSchool(page(printed()))
    assert "No attendance figures" in school.printed_attendance()[0].text[0]
    assert (
        "No table of results that Middlesbrough had published by 30 November 2021 is held"
        in school.printed_table().text[0]
    )
    assert "No figures of pupils moving on" in school.printed_moves().text[0]
    assert "Nothing was printed" in school.printed_objections().text[0]


def test_each_objection_names_its_figures():
    school = VirtualSchool(page(printed(ks1_rwm=62, ks1_reading=40, ks4_english_maths_5=15)))
    assert school.printed_objections().text == (
        "In 2020/21 key stage 1 has 62% for all three subjects and 40% for reading. That is impossible: whoever reached the first reached the second.",
        "2020/21 has figures for key stage 1, though there were no statutory assessments in that year; what was counted is not said.",
        "No cohorts are printed, so no interval can be given: ten points may be two or three pupils.",
    )


def with_results(code, **reached):
    """A page with these counts (reached, of) of the last standard of key stage `code`; years as "y2018" for 2017/18."""
    stage = stage_of(code)
    standard = list(stage.standards)[-1]
    rows = [
        {
            "period_start": pd.Timestamp(int(year[1:]) - 1, 9, 1),
            "period_end": pd.Timestamp(int(year[1:]), 8, 31),
            "numerator": count,
            "denominator": pupils,
            "standard": standard,
        }
        for year, (count, pupils) in reached.items()
    ]
    school = VirtualSchool(page(printed()))
    school.years = [Period.parse("2015-16-AY").shifted(12 * year) for year in range(6)]
    measure = MEASURES[stage.measure]
    school.by_year = {code: school._release(build.proportion(measure, pd.DataFrame(rows), groups=("standard",)))}
    return school


@pytest.mark.parametrize(
    ("code", "results", "ending"),
    [
        ("KS2", {"y2018": (12, 40), "y2019": (30, 40)}, ": up 45 percentage points from the 30% of 2017/18."),
        ("KS2", {"y2018": (2, 40), "y2019": (30, 40)},
         "; the figure for the year before, 2017/18, is hidden (too few pupils)."),
        ("KS2", {"y2018": (0, 0), "y2019": (30, 40)}, "; no results of the year before, 2017/18, are held."),
        ("KS2", {"y2019": (30, 40)}, "; no results of the year before, 2017/18, are held."),
        ("KS4", {"y2019": (12, 40), "y2020": (30, 40)},
         "; the year before, 2018/19, cannot be compared with it, for the assessments changed in between."),
        ("KS4", {"y2019": (2, 40), "y2020": (30, 40)},
         "; the figure for the year before, 2018/19, is hidden (too few pupils)."),
        ("KS2", {"y2022": (30, 40)}, "; there were no statutory assessments in 2020/21."),
    ],
)  # fmt: skip
def test_why_a_year_is_not_set_beside_the_one_before_is_said(code, results, ending):
    (said,) = with_results(code, **results).change_in_words(code).text
    assert said.split("95% interval ")[1].split("%", 2)[2] == ending


def test_an_interval_is_said_in_its_own_percentages():
    # 12 of 50: 14.3% to 37.4% by Wilson's method, rounded outward.
    school = VirtualSchool(page(printed()))
    end = pd.Timestamp(2019, 8, 31)
    pupils = {"period_start": pd.Timestamp(2018, 9, 1), "period_end": end, "numerator": 12, "denominator": 50}
    rows = [{**pupils, "standard": label, "years": "2018/19"} for label, _, _ in KEY_STANDARDS]
    measure = MEASURES["key_standards"]
    school.standards = school._release(build.proportion(measure, pd.DataFrame(rows), groups=("standard", "years")))
    school.national_standards = school.standards.where(standard="nothing published")
    label = "Key stage 2: reading, writing and maths"
    assert f"{label}: 24% in 2018/19. Allowing for chance, the true figure may lie anywhere from 14% to 38%." in (
        school.standards_in_words().text
    )
    said = school._standard_in_words(label, stage_of("KS2"), "reached it")
    assert "Allowing for chance, the true figure may lie anywhere from 14% to 38%." in said.text


YEARS = [Period.parse(code) for code in ("2016-17-AY", "2017-18-AY", "2018-19-AY")]


def yearly(stage, numbers):
    """What `attainment.by_standard` gives where every standard of `stage` has these (number, base) in three years."""
    rows = [
        {"standard": standard, "added_in": "2016/17 to 2018/19", "period_start": year.start, "period_end": year.end,
         "numerator": number, "denominator": base}
        for standard in stage.standards
        for year, (number, base) in zip(YEARS, numbers, strict=True)
    ]  # fmt: skip
    return build.proportion(
        MEASURES[stage.measure], pd.DataFrame(rows), groups=("standard", "added_in"), parts=("period_end",)
    )


def school_of(**numbers):
    """A school with these results by key stage code; 20 of 40 in each of the years where nothing is said."""
    school = VirtualSchool(page(printed()))
    school.years = YEARS
    school._yearly = {
        stage.code: yearly(stage, numbers.get(stage.code, [(20, 40)] * 3)) for stage in attainment.KEY_STAGES
    }
    heads = pd.concat(
        attainment.pooled(school._yearly[stage.code]).exact().query("standard == @standard").assign(standard=label)
        for label, stage, standard in KEY_STANDARDS
    )
    school.standards = school._release(build.proportion(MEASURES["key_standards"], heads, groups=("standard", "years")))
    return school


def test_single_years_are_shown_where_none_has_to_be_hidden():
    school = school_of()
    assert list(school.by_year) == ["EYFS", "KS1", "KS2", "KS4"]
    assert school.early_stages_table().kind == "table"


def test_a_key_stage_with_a_small_year_is_shown_with_years_added_together_only():
    school = school_of(KS2=[(6, 18), (10, 18), (5, 18)])
    assert list(school.by_year) == ["EYFS", "KS1", "KS4"]
    (added,) = school.added_up["KS2"]
    assert added.where(standard=attainment.ALL_THREE).value().text == "39%"
    shown = school.early_stages_table()
    assert "Key stage 2" not in shown.csv and "Key stage 1" in shown.csv
    assert "Results of key stage 2 are not shown for single school years" in shown.html
    assert "c" not in [cell for row in shown.csv.splitlines() for cell in row.split(",")]
    (said,) = school.change_in_words("KS2").text
    assert said.startswith("How the results of key stage 2 moved from one school year to the next is not said")
    school._held_elsewhere["ks2_expected_standard", "cla_ks2_rwm_pct"] = {}
    assert school.key_stage_2_chart().kind == "sentence"  # nothing published is held: no chart of nothing


def test_where_no_key_stage_has_single_years_a_sentence_stands_in_place_of_the_table():
    few = [(6, 18), (10, 18), (5, 18)]
    school = school_of(EYFS=few, KS1=few, KS2=few)
    assert school.early_stages_table().kind == "sentence"
    assert "Key stage 1: all three,2016/17 to 2018/19,39,21,54" in school.intervals_table().csv.replace('"', "")


def test_rows_of_which_every_figure_is_hidden_are_named_and_not_printed():
    school = VirtualSchool(page(printed()))
    few, many = (
        build.proportion(
            MEASURES[name],
            pd.DataFrame({"numerator": [number], "denominator": [40], "standard": ["Good level"]}),
            groups=("standard",),
            when=YEARS[0],
        )
        for name, number in (("eyfs_good_level", 2), ("ks2_expected_standard", 20))
    )
    series = {"Severely absent (50% or more)": school._release(few), "Present": school._release(many)}
    shown = school._beside("absence_kinds", "Absence", series, "")
    assert "Severely" not in shown.csv and "Present" in shown.csv
    assert "Not shown, because too few pupils are behind each figure: severely absent." in shown.html
    assert school._beside("absence_kinds", "Absence", dict(list(series.items())[:1]), "").kind == "sentence"


def test_a_hidden_part_of_a_whole_keeps_its_row_so_that_the_others_do_not_pass_for_the_whole():
    school = VirtualSchool(page(printed()))
    kinds = pd.DataFrame({"activity": ["Education", "Not known"], "numerator": [20, 2], "denominator": [40, 40]})
    done = school._release(
        build.proportion(MOVING_ON["post16_activity"], kinds, groups=("activity",), parts=("activity",), when=YEARS[0])
    )
    hidden = done.where(activity="Not known")
    assert hidden.value().symbol == "c"
    both = {kind: done.where(activity=kind) for kind in kinds["activity"]}
    both["Education"] = replace(both["Education"], frame=both["Education"].frame.assign(symbol="", value=50.0))
    shown = school._beside("post16_activity", "What they do", both, "Activity")
    assert shown.csv.splitlines() == ["Activity,2016/17", "Education,50", "Not known,c"]
    assert school._beside("post16_activity", "What they do", {"Not known": hidden}, "Activity").kind == "sentence"
