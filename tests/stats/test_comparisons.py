"""Two figures beside each other, against published examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats.comparisons import (
    difference_of_means,
    difference_of_proportions,
    difference_of_rates,
    odds_ratio,
    relative_rate,
    relative_risk,
)

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise


@pytest.mark.parametrize(
    ("first", "other", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_difference_matches_newcombe_1998_statistics_in_medicine_17_873_table_2_method_10(first, other, lower, upper):
    difference = difference_of_proportions(*first, *other)
    assert (difference.lower, difference.upper) == pytest.approx((lower, upper), abs=5e-5)


def test_relative_rate_matches_r_poisson_test_of_two_samples():
    """R's manual page of poisson.test: 11 in 800 against 6+8+7 in 1083+1050+878."""
    ratio = relative_rate(11, 800, 21, 3011)
    assert (ratio.value, ratio.lower, ratio.upper) == pytest.approx((1.971488, 0.8584264, 4.2772659), abs=1e-6)
    assert ratio.verdict == "no clear difference"


pairs = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(pairs, pairs)
def test_difference_lies_in_its_interval_and_turns_its_sign_when_the_sides_change(first, other):
    there, back = difference_of_proportions(*first, *other), difference_of_proportions(*other, *first)
    assert there.lower - 1e-9 <= there.value <= there.upper + 1e-9
    assert (back.lower, back.upper) == pytest.approx((-there.upper, -there.lower), abs=1e-9)


@given(st.integers(1, 200), st.integers(1, 200), st.floats(1, 1e5), st.floats(1, 1e5))
def test_relative_rate_lies_in_its_interval_and_inverts(count, other_count, population, other_population):
    there = relative_rate(count, population, other_count, other_population)
    back = relative_rate(other_count, other_population, count, population)
    assert there.lower <= there.value <= there.upper
    assert (1 / back.upper, 1 / back.lower) == pytest.approx((there.lower, there.upper), rel=1e-6)


@given(st.integers(0, 30), st.integers(1, 30))
def test_relative_rate_does_not_depend_on_the_unit_of_the_populations(count, other_count):
    ones, thousands = relative_rate(count, 40, other_count, 70), relative_rate(count, 40_000, other_count, 70_000)
    assert (ones.value, ones.lower, ones.upper) == pytest.approx((thousands.value, thousands.lower, thousands.upper))


def test_relative_rate_of_no_cases_starts_at_0():
    ratio = relative_rate(0, 1000, 3, 1000)
    assert (ratio.value, ratio.lower) == (0, 0)
    assert ratio.upper == pytest.approx(2.41995, abs=1e-5)  # from 1 - 0.025 ** (1/3) by hand


def test_relative_rate_against_no_cases_has_no_value_and_no_upper_limit():
    ratio = relative_rate(8, 1000, 0, 1000)
    assert np.isnan(ratio.value)
    assert ratio.upper == np.inf
    assert ratio.verdict == "higher"  # 8 against 0 in equal populations: two-sided p = 0.008


@pytest.mark.parametrize("arguments", [(0, 1000, 0, 1000), (3, 0, 4, 1000), (3, 1000, 4, 0)])
def test_relative_rate_of_nothing_is_missing(arguments):
    ratio = relative_rate(*arguments)
    assert np.isnan([ratio.value, ratio.lower, ratio.upper]).all()
    assert ratio.verdict == "no clear difference"


@pytest.mark.parametrize("arguments", [(0, 0, 3, 10), (3, 10, 0, 0)])
def test_difference_without_a_base_is_missing(arguments):
    difference = difference_of_proportions(*arguments)
    assert np.isnan([difference.value, difference.lower, difference.upper]).all()


def test_overlapping_intervals_may_still_differ():
    """60 of 100 and 75 of 100: the Wilson intervals overlap (0.502-0.691, 0.657-0.825), the difference is clear of 0."""
    assert difference_of_proportions(60, 100, 75, 100).verdict == "lower"


def test_difference_of_rates_is_in_events_per_so_many():
    """30 in 10,000 less 10 in 5,000: 30 less 20 per 10,000; 3 less 2 per 1,000."""
    assert difference_of_rates(30, 10_000, 10, 5_000).value == pytest.approx(10)
    assert difference_of_rates(30, 10_000, 10, 5_000, per=1_000).value == pytest.approx(1)


def test_difference_of_rates_by_default_has_95_percent_confidence():
    """By hand: score limits of 30 in 10,000 are 21.0151 and 42.8263 per 10,000, of 10 in 5,000 10.8638 and 36.8190."""
    found = difference_of_rates(30, 10_000, 10, 5_000)
    assert found.lower == pytest.approx(10 - np.hypot(30 - 21.0151, 36.8190 - 20), abs=5e-4)
    assert found.upper == pytest.approx(10 + np.hypot(42.8263 - 30, 20 - 10.8638), abs=5e-4)
    assert found.verdict == "no clear difference"


@given(st.integers(0, 300), st.integers(1, 5000), st.integers(0, 300), st.integers(1, 5000))
def test_difference_of_rates_lies_in_its_interval_and_turns_its_sign_when_the_sides_change(x, t, y, u):
    there, back = difference_of_rates(x, t, y, u), difference_of_rates(y, u, x, t)
    assert there.lower - 1e-9 <= there.value <= there.upper + 1e-9
    assert (back.lower, back.upper) == pytest.approx((-there.upper, -there.lower), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("arguments", [(3, 0, 4, 1000), (3, 1000, 4, 0), (3, np.nan, 4, 10), (3, 10, 4, np.nan)])
def test_a_rate_without_a_population_compares_with_nothing(arguments):
    assert np.isnan(difference_of_rates(*arguments).value)
    assert np.isnan(relative_rate(*arguments).value)
    assert difference_of_rates(*arguments).verdict == "no clear difference"


def test_a_population_below_one_is_a_population():
    """Rates of person-years: half a year counts."""
    assert difference_of_rates(1, 0.5, 1, 1, per=1).value == pytest.approx(1)
    assert relative_rate(1, 0.5, 1, 1).value == pytest.approx(2)
    assert relative_rate(1, 1, 1, 0.5).value == pytest.approx(0.5)
    assert difference_of_rates(1, 1, 1, 0.5, per=1).value == pytest.approx(-1)


def test_relative_risk_matches_sahai_and_khurshid_1996_example_3_1():
    """Heart disease in 27 of 122 men and 44 of 487 (Statistics in Epidemiology): 2.45, as scipy's manual repeats it."""
    risk = relative_risk(27, 122, 44, 487)
    assert (risk.value, risk.lower, risk.upper) == pytest.approx((2.4495, 1.5837, 3.7887), abs=5e-5)
    assert risk.verdict == "higher"


def test_relative_risk_of_nobody_and_against_nobody():
    first = relative_risk(0, 40, 16, 80)
    assert (first.value, first.lower) == (0, 0) and np.isnan(first.upper)
    other = relative_risk(4, 40, 0, 80)
    assert np.isnan([other.value, other.lower]).all() and other.upper == np.inf
    assert first.verdict == other.verdict == "no clear difference"


def test_relative_risk_of_everyone_on_both_sides_is_1_without_an_interval():
    risk = relative_risk(4, 4, 9, 9)
    assert risk.value == 1 and np.isnan([risk.lower, risk.upper]).all()
    assert not np.isnan(relative_risk(4, 4, 8, 9).lower)
    assert not np.isnan(relative_risk(3, 4, 9, 9).lower)


@pytest.mark.parametrize("arguments", [(0, 10, 0, 20), (0, 0, 3, 20), (3, 10, 0, 0)])
def test_relative_risk_of_nothing_is_missing(arguments):
    risk = relative_risk(*arguments)
    assert np.isnan([risk.value, risk.lower, risk.upper]).all()


def test_odds_ratio_matches_fishers_tea_drinker_in_r():
    """R's manual page of fisher.test: estimate 6.408309, interval 0.3135693 (one-sided there), p two-sided 0.4857."""
    odds = odds_ratio(3, 4, 1, 4)
    assert odds.value == pytest.approx(6.408309, abs=2e-5)
    assert odds.p_value == pytest.approx(0.4857, abs=5e-5)
    assert odds.verdict == "no clear difference"


def test_odds_ratio_matches_the_convicted_twins_in_r():
    """R's manual page of fisher.test: 2 of 17 dizygotic against 10 of 13: 0.04693661, 0.003325764 to 0.363182271.

    R solves for the limits to about 1e-5; reference.R solves the same equations further.
    """
    odds = odds_ratio(2, 17, 10, 13)
    assert (odds.value, odds.lower, odds.upper) == pytest.approx((0.04693661, 0.003325764, 0.363182271), abs=2e-5)
    assert odds.p_value == pytest.approx(0.0005367, abs=5e-8)
    assert odds.verdict == "lower"


@pytest.mark.parametrize("arguments", [(0, 0, 3, 10), (3, 10, 0, 0), (0, 10, 0, 20), (10, 10, 20, 20)])
def test_odds_ratio_of_an_empty_margin_is_missing(arguments):
    odds = odds_ratio(*arguments)
    assert np.isnan([odds.value, odds.lower, odds.upper, odds.p_value]).all()
    assert odds.verdict == "no clear difference"


def test_difference_of_means_matches_student_1908_sleep_data_in_r():
    """R's manual page of t.test, Welch: -3.3654832 to 0.2054832, p = 0.07939."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    other = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = difference_of_means(first, other)
    assert (found.lower, found.upper) == pytest.approx((-3.3654832, 0.2054832), abs=1e-7)
    assert found.value == pytest.approx(-1.58)
    assert found.p_value == pytest.approx(0.07939, abs=5e-6)


@pytest.mark.parametrize(
    "sides", [([], [1, 2]), ([5], [1, 2]), ([1, 2], [5]), ([4, 4], [7, 7])], ids=["none", "one", "other one", "flat"]
)
def test_difference_of_means_needs_two_values_a_side_and_some_spread(sides):
    found = difference_of_means(*sides)
    assert np.isnan([found.value, found.lower, found.upper, found.p_value]).all()


def test_difference_of_means_of_two_values_a_side():
    """By hand: 2 less 12, standard errors 1 and 1, Welch's degrees of freedom 2, t = 4.302653."""
    found = difference_of_means([1, 3], [11, 13])
    assert (found.value, found.lower, found.upper) == pytest.approx(
        (-10, -10 - 4.302653 * 2**0.5, -10 + 4.302653 * 2**0.5)
    )
    assert found.verdict == "lower"


def test_one_flat_side_is_compared():
    assert difference_of_means([4, 4], [7, 8]).value == pytest.approx(-3.5)
    assert difference_of_means([7, 8], [4, 4]).value == pytest.approx(3.5)


@given(pairs, pairs)
def test_relative_risk_lies_in_its_interval_where_it_has_one(first, other):
    risk = relative_risk(*first, *other)
    if not np.isnan([risk.value, risk.lower, risk.upper]).any():
        assert risk.lower - 1e-12 <= risk.value <= risk.upper + 1e-12


@pytest.mark.parametrize(
    ("compare", "arguments"),
    [
        (difference_of_proportions, (30, 100, 45, 100)),
        (relative_risk, (30, 100, 45, 100)),
        (relative_rate, (30, 1000, 45, 1000)),
        (odds_ratio, (30, 100, 45, 100)),
        (difference_of_means, ([1, 2, 5], [4, 9, 7])),
    ],
)
def test_by_default_confidence_is_95_percent(compare, arguments):
    assert compare(*arguments) == compare(*arguments, confidence=0.95) != compare(*arguments, confidence=0.951)


@pytest.mark.parametrize("compare", [difference_of_proportions, relative_risk])
def test_comparisons_without_a_test_have_no_p_value(compare):
    assert np.isnan(compare(30, 100, 45, 100).p_value)


def test_relative_rate_p_value_matches_r_poisson_test():
    """R's manual page of poisson.test, two samples: p-value = 0.07967."""
    assert relative_rate(11, 800, 21, 3011).p_value == pytest.approx(0.07967, abs=5e-6)


def test_values_may_come_as_objects():
    """As a column that a workbook gave."""
    first, other = [3, 4, 9], [8, 11, 10]
    found = difference_of_means(np.array(first, object), np.array(other, object))
    assert found == difference_of_means(first, other)
