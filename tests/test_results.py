"""What travels: the columns a result must carry, and the text of a released value."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.metrics.counting import build
from analysis_lib.results import Measure, Result, number_text, round_half_up

MEASURE = Measure("looked_after", "Children looked after", "Children in care.", "children", "neither", "DfE")


def one_row(**changes) -> pd.DataFrame:
    row = dict(measure="looked_after", period_start=pd.NaT, period_end=pd.Timestamp("2021-03-31"), numerator=7.0, denominator=np.nan, value=7.0, lower=np.nan, upper=np.nan, unit="children", method="", symbol="", source="")  # fmt: skip
    return pd.DataFrame([{**row, **changes}])


def test_a_missing_column_is_named_with_those_found():
    with pytest.raises(ValueError, match="no column denominator"):
        Result(MEASURE, one_row().drop(columns="denominator"))


def test_two_rows_for_one_group_and_period_are_refused():
    with pytest.raises(ValueError, match="more than one row"):
        Result(MEASURE, pd.concat([one_row(), one_row()]))


def test_exact_figures_are_a_copy_and_the_given_frame_is_untouched():
    given_frame = one_row()
    result = Result(MEASURE, given_frame)
    exact = result.exact()
    exact.loc[0, "value"] = 99
    assert result.exact().loc[0, "value"] == 7
    assert given_frame.loc[0, "value"] == 7


def test_a_result_shows_its_title_period_and_shape_but_no_number():
    shown = repr(Result(MEASURE, one_row(value=543.0)))
    assert shown.startswith("<Result looked_after: Children looked after, 31 March 2021, 1 row; .exact()")
    assert "543" not in shown


def test_a_result_of_several_periods_and_groups_shows_the_days_that_it_covers():
    year = pd.Timestamp("2020-04-01")
    flows = pd.concat([one_row(sex=sex, period_start=year) for sex in ("Female", "Male")])
    result = Result(MEASURE, flows, ("sex",))
    assert repr(result).startswith(
        "<Result looked_after by sex: Children looked after, 1 April 2020 to 31 March 2021, 2 rows;"
    )
    assert (result.shape, result.when) == ((2, 1), "1 April 2020 to 31 March 2021")
    stocks = pd.concat([one_row(period_end=pd.Timestamp(day)) for day in ("2020-03-31", "2021-03-31")])
    assert Result(MEASURE, stocks).when == "31 March 2020 to 31 March 2021"
    assert Result(MEASURE, one_row().iloc[:0]).when == "no period"


def test_an_unknown_polarity_is_refused():
    with pytest.raises(ValueError, match="polarity"):
        Measure("x", "X", "X.", "children", "good", "DfE")


@pytest.mark.parametrize(
    ("number", "decimals", "rounded"),
    [
        (0.5, 0, 1),
        (1.5, 0, 2),
        (2.5, 0, 3),
        (8.25, 1, 8.3),
        (100 * 24 / 213, 1, 11.3),
        (6.25, 1, 6.3),
        (0.05, 1, 0.1),
        (2.4999, 0, 2),
    ],
)
def test_halves_are_rounded_up(number, decimals, rounded):
    assert round_half_up(number, decimals) == pytest.approx(rounded, abs=1e-12)


@given(st.integers(1, 2000), st.data())
def test_percentages_round_as_exact_decimal_arithmetic_does(denominator, data):
    numerator = data.draw(st.integers(0, denominator))
    tenths = (2000 * numerator + denominator) // (2 * denominator)  # half up, in integers
    assert round(float(round_half_up(100 * numerator / denominator, 1)) * 10) == tenths


def test_missing_stays_missing_when_rounded():
    assert np.isnan(round_half_up(np.nan, 1))


@pytest.mark.parametrize(
    ("number", "unit", "decimals", "text"),
    [(1135, "children", 0, "1,135"), (11.3, "%", 1, "11.3%"), (165.44, "per 10,000", 1, "165.4")],
)
def test_a_number_is_printed_with_its_unit_where_that_is_a_sign(number, unit, decimals, text):
    assert number_text(number, unit, decimals) == text


def test_counts_become_a_rate_with_its_interval_and_zero_population_gives_no_rate():
    rate = Measure("rate", "Rate", "R.", "per 10,000", "neither", "DfE", decimals=1)
    counts = pd.DataFrame({"area": ["a", "b"], "numerator": [505, 3], "denominator": [32_396, 0]})
    frame = build.rate(rate, counts, groups=["area"], when=pd.Timestamp("2019-02-08")).exact()
    assert frame.loc[0, "value"] == pytest.approx(155.9, abs=0.05)  # as the Executive Member reported it, 15 March 2019
    assert frame.loc[0, "lower"] < 155.9 < frame.loc[0, "upper"]
    assert np.isnan(frame.loc[1, "value"])
    assert frame.loc[1, "symbol"] == "z"


def test_a_mean_of_no_children_is_missing_and_says_that_it_rests_on_none():
    days = Measure("days", "Days", "D.", "days", "lower is better", "DfE")
    frame = build.mean(days, pd.DataFrame({"waited": []}), value="waited", when=pd.Timestamp("2021-03-31")).exact()
    assert frame.loc[0, "denominator"] == 0
    assert np.isnan(frame.loc[0, "value"])


def test_missing_observations_are_left_out_of_a_median_and_its_count():
    days = Measure("days", "Days", "D.", "days", "lower is better", "DfE")
    frame = build.quantile(
        days, pd.DataFrame({"waited": [1, 2, None, 9]}), value="waited", q=0.5, when=pd.Timestamp("2021-03-31")
    ).exact()
    assert (frame.loc[0, "value"], frame.loc[0, "denominator"]) == (2, 3)
