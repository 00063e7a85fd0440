"""Ages by birthday: boundary days by hand, 29 February, and a plain walk over birthdays as judge."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics.counting import ages


def dates(*days):
    return pd.Series(pd.to_datetime(list(days)))


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2004-02-29", "2021-02-28", 16),
        ("2004-02-29", "2021-03-01", 17),
        ("2004-02-29", "2020-02-28", 15),
        ("2004-02-29", "2020-02-29", 16),
        ("2003-03-31", "2021-03-30", 17),  # the day before the eighteenth birthday
        ("2003-03-31", "2021-03-31", 18),
        ("2003-03-31", "2021-04-01", 18),
        ("2003-04-01", "2021-03-31", 17),
        ("2003-04-01", "2021-04-01", 18),
        ("2003-12-31", "2021-01-01", 17),
        ("2003-01-31", "2021-02-01", 18),
        ("2021-06-01", "2021-06-01", 0),
        ("2021-06-02", "2021-06-01", -1),
    ],
)
def test_age_by_birthday(born, day, age):
    assert ages.age_on(dates(born), pd.Timestamp(day)).tolist() == [age]


def test_age_on_a_day_of_their_own_for_each_and_missing_where_a_date_is():
    born = pd.Series(pd.to_datetime(["2004-05-05", None, "2004-05-05"]), index=[7, 3, 5])
    day = pd.Series(pd.to_datetime(["2021-05-04", "2021-05-05", None]), index=[7, 3, 5])
    found = ages.age_on(born, day)
    assert found.index.tolist() == [7, 3, 5] and found.dtype == float
    assert found.iloc[0] == 16 and found.iloc[1:].isna().all()


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        ("2004-02-29", 18, "2022-03-01"),
        ("2004-02-29", 16, "2020-02-29"),
        ("2003-03-31", 18, "2021-03-31"),
        ("2003-12-31", 1, "2004-12-31"),
        ("2003-01-01", 0, "2003-01-01"),
    ],
)
def test_the_day_somebody_turns_an_age(born, age, day):
    assert ages.turns(dates(born), age).tolist() == [pd.Timestamp(day)]


def test_turning_an_age_of_their_own_for_each_and_missing_without_a_birth_date():
    born = pd.Series(pd.to_datetime(["2004-05-05", None]), index=["a", "b"])
    found = ages.turns(born, pd.Series([17, 18], index=["a", "b"]))
    assert found["a"] == pd.Timestamp("2021-05-05") and pd.isna(found["b"])


def test_bands_count_both_their_ends_may_overlap_and_have_nobody_of_unknown_age():
    age = pd.Series([16, 17, 18, 19, 21, 22, np.nan], index=range(10, 17))
    found = ages.in_bands(age, ["17-18", "18-21", "22"])
    assert {band: age[rows].tolist() for band, rows in found.items()} == {
        "17-18": [17, 18],
        "18-21": [18, 19, 21],
        "22": [22],
    }


@pytest.mark.parametrize("band", ["", "17-x", "x-18", "adults", "-18"])
def test_what_is_no_band_of_ages_is_refused(band):
    with pytest.raises(
        ValueError, match=f"^'{band}' is neither an age such as '19' nor a band of ages such as '17-18'$"
    ):
        ages.in_bands(pd.Series([17.0]), [band])


def plain_birthday(born, age):
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


@settings(max_examples=150, deadline=None)
@given(st.dates(date(1980, 1, 1), date(2026, 3, 31)), st.integers(0, 30), st.integers(-1, 1))
def test_age_goes_up_by_one_on_the_day_somebody_turns_it(born, age, offset):
    birthday = plain_birthday(born, age)
    assert ages.turns(dates(born), age).tolist() == [pd.Timestamp(birthday)]
    found = ages.age_on(dates(born), pd.Timestamp(birthday + timedelta(days=offset))).tolist()
    assert found == [age - 1 if offset < 0 else age]
