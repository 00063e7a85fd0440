"""Days as the returns count them."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.synthetic.calendar import add_working_days, age_on, birthday, by_year

DAYS = st.dates(date(1995, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(-80, 120))
def test_working_days_are_weekdays_counted_one_by_one(day, number):
    step, expected = (1 if number >= 0 else -1), day
    for _ in range(abs(number)):
        expected += timedelta(days=step)
        while expected.weekday() > 4:
            expected += timedelta(days=step)
    assert add_working_days(day, number) == expected


@given(DAYS, st.integers(0, 9000))
def test_an_age_is_the_number_of_birthdays_that_have_come(birth, days):
    day = birth + timedelta(days=days)
    assert age_on(birth, day) == sum(birthday(birth, age) <= day for age in range(1, 30))


def test_an_item_stands_in_every_financial_year_that_its_days_touch():
    spans = [(date(2015, 1, 1), date(2016, 4, 1)), (date(2017, 3, 31), date(2017, 4, 1)), (date(2025, 4, 1), None)]
    found = by_year(spans, lambda span: span)
    assert {year: items for year, items in found.items() if items} == {
        2016: spans[:2], 2017: [spans[1]], 2025: [spans[2]],
    }  # fmt: skip
