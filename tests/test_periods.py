"""The grammar of reporting periods, and the days at which one becomes another."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.errors import UsageError
from analysis_lib.periods import Period, day_in_words, labels_of, year_before

CODES = st.one_of(
    st.builds("{}-M{:02d}".format, st.integers(1950, 2090), st.integers(1, 12)),
    st.builds(lambda y, q: f"{y}-{(y + 1) % 100:02d}-Q{q}", st.integers(1950, 2090), st.integers(1, 4)),
    st.builds(lambda y, h: f"{y}-{(y + 1) % 100:02d}-H{h}", st.integers(1950, 2090), st.integers(1, 2)),
    st.builds(lambda y: f"{y}-{(y + 1) % 100:02d}", st.integers(1950, 2090)),
    st.builds(lambda y: f"{y}-{(y + 1) % 100:02d}-AY", st.integers(1950, 2090)),
)


@pytest.mark.parametrize(
    ("code", "start", "end", "label"),
    [
        ("2021-M09", "2021-09-01", "2021-09-30", "September 2021"),
        ("2021-22-Q1", "2021-04-01", "2021-06-30", "April to June 2021 (quarter 1)"),
        ("2021-22-Q2", "2021-07-01", "2021-09-30", "July to September 2021 (quarter 2)"),
        ("2019-20-Q4", "2020-01-01", "2020-03-31", "January to March 2020 (quarter 4)"),
        ("2021-22-H1", "2021-04-01", "2021-09-30", "April to September 2021 (half 1)"),
        ("2021-22-H2", "2021-10-01", "2022-03-31", "October 2021 to March 2022 (half 2)"),
        ("2021-22", "2021-04-01", "2022-03-31", "April 2021 to March 2022"),
        ("1999-00", "1999-04-01", "2000-03-31", "April 1999 to March 2000"),
        ("2020-21-AY", "2020-09-01", "2021-08-31", "academic year 2020/21"),
        ("2020-M02", "2020-02-01", "2020-02-29", "February 2020"),
    ],
)
def test_a_code_names_its_first_and_last_day(code, start, end, label):
    period = Period.parse(code)
    assert (period.start, period.end, period.label, str(period)) == (
        pd.Timestamp(start),
        pd.Timestamp(end),
        label,
        code,
    )


@pytest.mark.parametrize(
    "code",
    [
        "2021",
        "2021-Q2",
        "2021-22-Q5",
        "2021-M13",
        "2021-M00",
        "2021-23",
        "21-22-Q2",
        "2021-22-Q2 ",
        "",
        "last",
        "2021-22-q2",
    ],
)
def test_anything_else_is_refused_with_the_grammar(code):
    with pytest.raises(UsageError, match="2021-22-Q2") as refused:
        Period.parse(code)
    assert refused.value.exit_code == 2


def test_the_demonstration_period_knows_its_neighbours():
    period = Period.parse("2021-22-Q2")
    assert str(period.previous) == "2021-22-Q1"
    assert str(period.same_period_last_year) == "2020-21-Q2"
    assert (period.year_to_date.start, period.year_to_date.end) == (
        pd.Timestamp("2021-04-01"),
        pd.Timestamp("2021-09-30"),
    )
    assert str(period.last_full_financial_year) == "2020-21"
    assert str(period.last_complete_academic_year) == "2020-21-AY"
    assert period.months_to_end(36).start == pd.Timestamp("2018-10-01")
    assert [str(month) for month in period.months] == ["2021-M07", "2021-M08", "2021-M09"]


@pytest.mark.parametrize(
    ("code", "full_year", "academic_year"),
    [
        ("2020-21-Q4", "2020-21", "2019-20-AY"),  # ends on 31 March: that year is complete
        ("2021-22-Q1", "2020-21", "2019-20-AY"),
        ("2021-M08", "2020-21", "2020-21-AY"),  # ends on 31 August
        ("2021-M07", "2020-21", "2019-20-AY"),
        ("2020-21-AY", "2020-21", "2020-21-AY"),
    ],
)
def test_a_year_counts_as_complete_from_its_last_day(code, full_year, academic_year):
    period = Period.parse(code)
    assert (str(period.last_full_financial_year), str(period.last_complete_academic_year)) == (full_year, academic_year)


@given(CODES)
def test_going_back_and_forth_returns_to_the_same_period(code):
    period = Period.parse(code)
    assert period.previous.shifted(period.months_long) == period
    assert period.previous.end + pd.Timedelta(days=1) == period.start
    assert period.same_period_last_year.shifted(12) == period
    assert sum((month.end - month.start).days + 1 for month in period.months) == (period.end - period.start).days + 1


@given(CODES)
def test_both_end_days_belong_to_the_period(code):
    period = Period.parse(code)
    assert period.start in period
    assert period.end in period
    assert period.start - pd.Timedelta(days=1) not in period
    assert period.end + pd.Timedelta(days=1) not in period


@pytest.mark.parametrize(
    ("day", "year"), [("2021-03-31", "2020-21"), ("2021-04-01", "2021-22"), ("2020-02-29", "2019-20")]
)
def test_the_financial_year_turns_on_1_april(day, year):
    assert str(Period.financial_year_of(pd.Timestamp(day))) == year


def test_a_year_to_date_moves_back_whole_even_across_29_february():
    to_date = Period.span(pd.Timestamp("2020-02-29"), pd.Timestamp("2020-02-29")).shifted(-12)
    assert (to_date.start, to_date.end) == (pd.Timestamp("2019-02-28"), pd.Timestamp("2019-02-28"))
    half = Period.parse("2020-21-Q2").year_to_date.same_period_last_year
    assert (half.start, half.end) == (pd.Timestamp("2019-04-01"), pd.Timestamp("2019-09-30"))


def test_days_in_words():
    assert day_in_words(pd.Timestamp("2021-09-30")) == "30 September 2021"
    assert year_before(pd.Timestamp("2020-02-29")) == pd.Timestamp("2019-02-28")


def test_a_span_of_one_whole_month_is_called_by_its_name():
    assert Period.parse("2021-M04").year_to_date.label == "April 2021"


@pytest.mark.parametrize("code", ["2021-M09", "2021-22-Q2", "2020-21-Q4", "2021-22-H1", "2021-22", "2020-21-AY"])
def test_the_days_of_a_period_give_every_label_it_can_have(code):
    period = Period.parse(code)
    labels = labels_of(period.start, period.end)
    assert {period.label, Period.span(period.start, period.end).label} == labels
    assert labels_of(period.start, period.end - pd.Timedelta(days=1)).isdisjoint(labels)
