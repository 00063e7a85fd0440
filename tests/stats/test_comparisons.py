"""Two figures beside each other, against published examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats.comparisons import (
    beside_benchmark,
    better_or_worse,
    difference_of_proportions,
    relative_rate,
    verdict,
)


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


@pytest.mark.parametrize(
    ("lower", "upper", "neutral", "word"),
    [
        (0.01, 0.3, 0, "higher"),
        (0, 0.3, 0, "no clear difference"),
        (-0.3, -0.01, 0, "lower"),
        (-0.3, 0, 0, "no clear difference"),
        (1.01, 4, 1, "higher"),
        (0.2, 0.99, 1, "lower"),
        (np.nan, np.nan, 0, "no clear difference"),
    ],
)
def test_verdict_at_and_beside_the_neutral_value(lower, upper, neutral, word):
    assert verdict(lower, upper, neutral) == word


@pytest.mark.parametrize(
    ("benchmark", "word"),
    [(9.9, "higher"), (10, "similar"), (15, "similar"), (20, "similar"), (20.1, "lower"), (np.nan, "")],
)
def test_a_benchmark_inside_the_interval_is_similar(benchmark, word):
    assert beside_benchmark(10, 20, benchmark) == word


@pytest.mark.parametrize(
    ("direction", "polarity", "word"),
    [
        ("higher", "higher is better", "better"),
        ("lower", "higher is better", "worse"),
        ("higher", "lower is better", "worse"),
        ("lower", "lower is better", "better"),
        ("higher", "neither", "higher"),
        ("no clear difference", "lower is better", "no clear difference"),
        ("similar", "higher is better", "similar"),
    ],
)
def test_better_or_worse_by_polarity(direction, polarity, word):
    assert better_or_worse(direction, polarity) == word
