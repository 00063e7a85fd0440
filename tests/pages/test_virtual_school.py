"""Wording of the virtual school's page: intervals in plain words, sums of printed figures, columns that read like another's."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.disclosure import release
from analysis_lib.metrics.facts import measures
from analysis_lib.pages.virtual_school import VirtualSchool
from analysis_lib.pages.virtual_school.figures import code_of, in_ten, listed
from analysis_lib.pages.virtual_school.printed import reads_like
from analysis_lib.periods import Period
from analysis_lib.results import Value

HOME = Path(__file__).resolve().parents[2]
STANDARD = measures("virtual_school")["ks2_expected_standard"]


def value(number, lower=np.nan, upper=np.nan):
    end = pd.Timestamp(2019, 8, 31)
    return Value(f"{number}%", number, STANDARD, pd.NaT, end, "published", 0, lower=lower, upper=upper)


@pytest.mark.parametrize(
    ("lower", "upper", "words"),
    [
        (30, 60, "between 3 and 6 in ten"),
        (29, 61, "between 2 and 7 in ten"),
        (3, 17, "at most 2 in ten"),
        (0, 10, "at most 1 in ten"),
        (85, 97, "at least 8 in ten"),
        (np.nan, np.nan, ""),
    ],
)
def test_an_interval_is_rounded_outward_to_tens(lower, upper, words):
    assert in_ten(value(50, lower, upper)) == words


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
        "benchmarks": pd.DataFrame(columns=["indicator", "area_code", "unit", "period_start", "period_end"]),
        "statistical_neighbours": pd.DataFrame(columns=["model", "rank", "area_code", "area"]),
    }
    as_at = period.end + pd.Timedelta(days=authority.as_at_days)
    gate = lambda result: release(result, edition="public", policy=authority.disclosure)  # noqa: E731
    return type("Page", (), {"__getitem__": lambda self, name: tables[name], "authority": authority, "period": period, "edition": "public", "as_at": as_at, "release": staticmethod(gate)})()  # fmt: skip


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
    assert school.printed_attendance().text[1] == f"Attendance and absence together {said}"


def test_a_council_that_printed_nothing_is_said_to_have_printed_nothing():
    school = VirtualSchool(page(printed()))
    assert "had published no attendance figures" in school.printed_attendance().text[0]
    assert "had published no table of results by 30 November 2021" in school.printed_table().text[0]
    assert "had published no figures of pupils moving on" in school.printed_moves().text[0]
    assert "Nothing was printed" in school.printed_objections().text[0]


def test_each_objection_names_its_figures():
    school = VirtualSchool(page(printed(ks1_rwm=62, ks1_reading=40, ks4_english_maths_5=15)))
    assert school.printed_objections().text == (
        "In 2020/21 key stage 1 has 62% for all three subjects and 40% for reading. That is impossible: whoever reached the first reached the second.",
        "2020/21 has figures for key stage 1, though there were no statutory assessments in that year; what was counted is not said.",
        "No cohorts are printed, so no interval can be given: ten points may be two or three pupils.",
    )
