"""In which order the ways to tell a breakdown are tried, what they are called, and what the page makes of them."""

from pathlib import Path

import pandas as pd
import pytest

from analysis_lib.authority import read_authority
from analysis_lib.groupings import groupings
from analysis_lib.metrics.youth_caseload import AGE_BAND, CATEGORIES, ETHNIC_GROUP, LOOKED_AFTER, MERGE_ORDER, SEX
from analysis_lib.page import Page
from analysis_lib.pages.youth_offending import YouthOffending
from analysis_lib.pages.youth_offending.tellings import Telling, remedies, tellings
from analysis_lib.periods import Period
from analysis_lib.report.number_words import bare_numbers

HOME = Path(__file__).resolve().parents[2]
NOW = Period.parse("2021-22-Q2").year_to_date
LONG_AGO = ("2018-05-01", "2018-06-01")  # so that the extract reaches back


def cases(*groups: tuple) -> pd.DataFrame:
    """White boys and girls of 15, none looked after: (sex, how many, first day, last day or None) for each group."""
    rows = [
        {"child_id": f"{at}-{child}", "sex": sex, "intervention_start": start, "intervention_end": end}
        for at, (sex, number, start, end) in enumerate(groups)
        for child in range(number)
    ]
    frame = pd.DataFrame(rows).assign(age=15.0, ethnic_group="White", council_code="E06000002", intervention_type=None)
    frame["looked_after"] = pd.array([False] * len(frame), dtype="boolean")
    for column in ("intervention_start", "intervention_end"):
        frame[column] = pd.to_datetime(frame[column]).astype("datetime64[ns]")
    return frame.assign(birth_date=pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns]"))


def page(table: pd.DataFrame, period: str, earlier=(), edition: str = "public") -> YouthOffending:
    nobody = {"area_code": [], "area": [], "year": [], "sex": [], "age": [], "population": [], "released": []}
    tables = {
        "youth_offending_cases": table,
        "population": pd.DataFrame(nobody).assign(vintage="", source=""),
        "ethnicity_population": pd.DataFrame({"area_code": []}),
        "extracts": pd.DataFrame({"label": ["synthetic"]}),
    }
    made = Page(read_authority(HOME), Period.parse(period), edition, HOME, tables)
    vars(made).update(earlier=list(earlier), elsewhere=[])
    return YouthOffending(made)


def printed(of: YouthOffending) -> list:
    """What a reader has once the page's breakdown by sex is out."""
    assert of.sex
    return [figure for figure in of.page.gate._ledger.figures if figure.text != "c"]


def order(table: pd.DataFrame, by: str, now: Period = NOW, edition: str = "public") -> list[tuple]:
    found = tellings(table, by, now, edition=edition, threshold=6)
    return [(each.months, each.before is not None, len(set(each.groups.values()))) for each in found]


TWENTY = [("male", 20, "2021-05-01", None), ("female", 20, "2021-05-01", None)]


def test_merges_come_first_then_one_year_alone_then_longer_periods():
    some_unknown = cases(*TWENTY, ("unknown", 20, "2021-05-01", None), ("male", 1, *LONG_AGO))
    assert order(some_unknown, SEX) == [
        (0, True, 0), (0, True, 1), (0, False, 0), (0, False, 1),
        (12, True, 0), (12, True, 1), (12, False, 0), (12, False, 1), (24, False, 0), (24, False, 1),
    ]  # fmt: skip


def test_a_longer_period_is_offered_only_where_the_extract_reaches_back_to_it():
    assert order(cases(*TWENTY), SEX) == [(0, True, 0), (0, False, 0)]


def test_at_the_end_of_the_year_twelve_months_are_no_longer():
    year = Period.parse("2020-21-Q4").year_to_date
    assert [months for months, _, _ in order(cases(*TWENTY, ("male", 1, *LONG_AGO)), SEX, year)] == [0, 0, 24]


@pytest.mark.parametrize("by", CATEGORIES)
def test_the_restricted_edition_has_one_way(by):
    (only,) = tellings(cases(*TWENTY, ("male", 1, *LONG_AGO)), by, NOW, edition="restricted", threshold=6)
    assert only == Telling(by, {}, NOW, NOW.same_period_last_year)
    assert only.remedy == "" == only.span


def test_what_was_done_is_said_in_one_sentence():
    ages = Telling(AGE_BAND, {"16": "16 and over", "17+": "16 and over"}, NOW, NOW.same_period_last_year)
    year = NOW.months_to_end(12)
    ethnic = Telling(ETHNIC_GROUP, {}, year, year.same_period_last_year, 12)
    alone = Telling(LOOKED_AFTER, {}, NOW, None)
    begin = "So that no child can be recognised,"
    assert ages.remedy == f"{begin} the ages of 16 and over (16 and 17+) are shown together."
    assert ethnic.remedy == f"{begin} ethnic groups are shown for the twelve months to 30 September 2021."
    assert alone.remedy == f"{begin} looked-after children are shown for this year alone."
    assert remedies([ages, alone]) == (
        f"{begin} the ages of 16 and over (16 and 17+) are shown together; looked-after children are shown for this year alone."
    )
    assert remedies([]) == ""


@pytest.mark.parametrize("by", CATEGORIES)
def test_the_sentence_of_every_merge_has_only_numbers_that_are_words(by):
    def categories(name: str) -> list[str]:
        finer = () if name in CATEGORIES[by] else groupings().made_of(by, name)
        return [name] if not finer else [each for member in finer for each in categories(member)]

    for name, _ in MERGE_ORDER[by]:
        merged = Telling(by, dict.fromkeys(categories(name), name), NOW, None)
        assert bare_numbers(merged.remedy, known=[name]) == []


# What the page makes of them, quarter by quarter


BEFORE = [("male", 30, "2020-05-01", "2020-12-01"), ("female", 15, "2020-05-01", "2020-12-01"), ("male", 10, *LONG_AGO)]
FIRST = [*BEFORE, ("male", 60, "2021-05-01", None), ("female", 20, "2021-05-01", None)]


def test_where_many_more_are_added_nothing_needs_to_be_done():
    table = cases(*FIRST, ("male", 20, "2021-08-01", None), ("female", 10, "2021-08-01", None))
    second = page(table, "2021-22-Q2", printed(page(cases(*FIRST), "2021-22-Q1")))
    assert second.sex.telling == Telling(SEX, {}, NOW, NOW.same_period_last_year)


def test_three_more_girls_than_a_quarter_before_lengthen_the_period_and_the_page_says_so():
    table = cases(*FIRST, ("male", 20, "2021-08-01", None), ("female", 3, "2021-08-01", None))
    second = page(table, "2021-22-Q2", printed(page(cases(*FIRST), "2021-22-Q1")))
    view = second.sex
    assert (view.telling.months, view.counts.hidden) == (12, 0)
    sentence = (
        "So that no child can be recognised, girls and boys are shown for the twelve months to 30 September 2021."
    )
    assert view.telling.remedy == sentence
    assert {each.remedy for each in second.page.gate.records if dict(each.groups).get("sex")} == {sentence}
    (said,) = second.sex_in_words().text[:1]
    assert said.startswith("In the twelve months to 30 September 2021, boys were 74% of the caseload")
    rows = [row.split(",") for row in second.who().csv.splitlines()]
    assert ["Sex (the twelve months to 30 September 2021)", "All children", "148", ""] in rows
    assert ["Sex (the twelve months to 30 September 2021)", "Female", "38", "26"] in rows
    assert ["Caseload", "All children", "103", ""] in rows and sentence[:-1] in second.who().html
    assert "October 2020 to September 2021" in second.by_sex().html


def test_three_more_girls_last_year_leave_out_last_year():
    last_year = [("male", 30, "2020-05-01", "2020-12-01"), ("female", 15, "2020-05-01", "2020-12-01"), ("male", 10, *LONG_AGO)]  # fmt: skip
    later = [("female", 3, "2020-08-01", "2020-12-01"), ("male", 9, "2020-08-01", "2020-12-01")]
    this_year = [("male", 60, "2021-05-01", None), ("female", 20, "2021-05-01", None)]
    table = cases(*last_year, *later, *this_year, ("male", 20, "2021-08-01", None), ("female", 10, "2021-08-01", None))
    first = page(cases(*last_year, *later, *this_year), "2021-22-Q1")
    second = page(table, "2021-22-Q2", printed(first))
    assert second.sex.telling == Telling(SEX, {}, NOW, None)
    assert "Sex" not in second.changes().csv and "girls and boys are shown for this year alone" in second.changes().html
    assert "Boys" in second.sex_in_words().text[0]
    both = page(table, "2021-22-Q2", edition="restricted")
    assert both.sex.telling.before and "Sex,Female,30,18" in both.changes().csv


def test_where_no_way_helps_the_gate_hides():
    first = [("male", 60, "2021-05-01", None), ("female", 20, "2021-05-01", None)]
    table = cases(*first, ("male", 20, "2021-08-01", None), ("female", 3, "2021-08-01", None))
    second = page(table, "2021-22-Q2", printed(page(cases(*first), "2021-22-Q1")))
    assert second.sex.counts.hidden and second.total.values()[0].number == 103
    assert second.sex_in_words().text[0] == "How many of them were boys and how many girls cannot be shown."
