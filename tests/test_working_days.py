"""Working days in England: the bank holidays that GOV.UK lists, and the days that a time limit counts."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.working_days import bank_holidays, last_day_within, working_days_after

# England and Wales, as https://www.gov.uk/bank-holidays lists its years and public calendars the earlier ones.
LISTED = {
    2015: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2016: "01-01 03-25 03-28 05-02 05-30 08-29 12-26 12-27",
    2017: "01-02 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    2018: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2019: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
    2020: "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2012: "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26",
    2011: "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27",
    2002: "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26",
    1999: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28 12-31",
    1995: "01-02 04-14 04-17 05-08 05-29 08-28 12-25 12-26",
}


def days(*texts):
    return pd.Series(pd.to_datetime(list(texts)))


@pytest.mark.parametrize("year", LISTED)
def test_the_bank_holidays_are_the_listed_ones(year):
    ours = [str(day)[5:] for day in bank_holidays() if str(day)[:4] == str(year)]
    assert ours == LISTED[year].split()


def test_bank_holidays_are_weekdays_in_order_from_1980_to_2060():
    holidays = bank_holidays()
    assert np.is_busday(holidays).all() and (np.diff(holidays) > np.timedelta64(0)).all()
    assert (str(holidays[0])[:4], str(holidays[-1])[:4]) == ("1980", "2060")


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        ("2021-03-01", "2021-03-01", 0),
        ("2021-03-01", "2021-03-02", 1),
        ("2021-03-01", "2021-03-22", 15),
        ("2021-03-05", "2021-03-07", 0),  # Friday to Sunday
        ("2021-03-06", "2021-03-08", 1),  # a Saturday begins it: Monday is day 1
        ("2021-04-01", "2021-04-06", 1),  # Good Friday and Easter Monday between
        ("2021-12-24", "2021-12-29", 1),  # Christmas and Boxing Day in lieu
        ("2024-02-28", "2024-03-01", 2),  # 29 February 2024 is a Thursday
        ("2021-03-02", "2021-03-01", -1),
        ("2021-03-08", "2021-03-05", -1),
    ],
)
def test_the_day_that_begins_the_limit_is_day_0(start, end, counted):
    assert working_days_after(days(start), days(end)).tolist() == [counted]


def test_a_missing_day_gives_a_missing_number_in_its_place():
    found = working_days_after(
        days("2021-03-01", None, "2021-03-01").set_axis([7, 8, 9]), days("2021-03-03", "2021-03-03", None)
    )
    assert found.index.tolist() == [7, 8, 9]
    assert found[7] == 2 and found.isna().tolist() == [False, True, True]


def test_no_rows_give_none():
    assert working_days_after(days(), days()).tolist() == []


@given(st.dates(date(2015, 1, 1), date(2027, 1, 1)), st.integers(0, 200))
def test_it_is_what_counting_day_by_day_gives(start, length):
    holidays = {str(day) for day in bank_holidays()}
    each = [start + timedelta(days=number) for number in range(1, length + 1)]
    naive = sum(day.weekday() < 5 and str(day) not in holidays for day in each)
    found = working_days_after(days(start), days(start + timedelta(days=length)))
    assert found.tolist() == [naive]


@pytest.mark.parametrize(
    ("start", "number", "last"),
    [
        ("2021-01-04", 20, "2021-02-01"),
        ("2021-03-05", 1, "2021-03-08"),
        ("2021-03-06", 1, "2021-03-08"),  # a Saturday begins it: Monday is day 1
        ("2021-03-06", 20, "2021-04-06"),  # Good Friday and Easter Monday between
        ("2021-12-25", 1, "2021-12-29"),
        ("2021-12-27", 1, "2021-12-29"),
        ("2024-02-28", 1, "2024-02-29"),
    ],
)
def test_the_last_day_of_a_limit(start, number, last):
    assert last_day_within(days(start), number).tolist() == [pd.Timestamp(last)]


def test_a_limit_without_a_first_day_has_no_last_one_and_what_is_given_stays():
    given_days = days("2021-03-01", None).set_axis([7, 8])
    found = last_day_within(given_days, 1)
    assert found.index.tolist() == [7, 8] and found[7] == pd.Timestamp("2021-03-02") and pd.isna(found[8])
    assert given_days[7] == pd.Timestamp("2021-03-01")
    assert last_day_within(days(), 20).tolist() == []


@given(st.dates(date(2015, 1, 1), date(2027, 1, 1)), st.integers(1, 60))
def test_the_last_day_is_the_first_by_which_so_many_working_days_have_come(start, number):
    (last,) = last_day_within(days(start), number)
    assert working_days_after(days(start), days(last)).tolist() == [number]
    assert working_days_after(days(start), days(last - pd.Timedelta(days=1))).tolist() == [number - 1]
