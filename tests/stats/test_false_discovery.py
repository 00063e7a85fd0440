"""Many comparisons at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats import intervals
from analysis_lib.stats.false_discovery import benjamini_hochberg, p_of_count, p_of_proportion

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise

# Benjamini and Hochberg (1995), section 4.1: fifteen tests of thrombolysis in myocardial infarction.
PAPER = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1,
]


def test_four_of_fifteen_are_found_as_in_benjamini_and_hochberg_1995():
    """The paper: Bonferroni finds three, controlling the false discovery rate at 5% finds four."""
    assert (benjamini_hochberg(PAPER) < 0.05).sum() == 4


def test_adjusted_by_hand():
    """Three tests: 0.01 * 3 / 1, 0.03 * 3 / 2 against 0.04 * 3 / 3, which is smaller."""
    assert benjamini_hochberg([0.04, 0.01, 0.03]) == pytest.approx([0.04, 0.03, 0.04])


def test_missing_p_values_stay_missing_and_count_in_nobody_elses():
    found = benjamini_hochberg([0.04, np.nan, 0.01, 0.03, np.nan])
    assert found == pytest.approx([0.04, np.nan, 0.03, 0.04, np.nan], nan_ok=True)


@pytest.mark.parametrize("values", [[], [np.nan]])
def test_nothing_to_adjust(values):
    assert np.isnan(benjamini_hochberg(values)).all() and len(benjamini_hochberg(values)) == len(values)


def test_one_comparison_is_left_as_it_is():
    assert benjamini_hochberg([0.03]) == pytest.approx([0.03])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusting_never_makes_a_difference_more_certain(values):
    adjusted = benjamini_hochberg(values)
    assert (adjusted >= np.array(values) - 1e-15).all() and (adjusted <= 1).all()


pairs = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(pairs, st.floats(0.01, 0.99))
def test_a_proportion_differs_where_its_wilson_interval_leaves_the_benchmark_out(pair, benchmark):
    lower, upper = intervals.wilson(*pair)
    p_value = p_of_proportion(*pair, benchmark)
    if abs(p_value - 0.05) > 1e-9:
        assert (p_value < 0.05) == (not lower <= benchmark <= upper)


@given(st.integers(0, 200), st.floats(0.01, 250))
def test_a_count_differs_where_its_exact_interval_leaves_the_expected_number_out(count, expected):
    lower, upper = intervals.exact_poisson(count)
    p_value = p_of_count(count, expected)
    if abs(p_value - 0.05) > 1e-9:
        assert (p_value < 0.05) == (not lower <= expected <= upper)


def test_p_of_a_proportion_by_hand():
    """60 of 100 beside 50%: two standard errors of 5."""
    assert p_of_proportion(60, 100, 0.5) == pytest.approx(0.0455, abs=5e-5)
    assert p_of_proportion(40, 100, 0.5) == pytest.approx(0.0455, abs=5e-5)


def test_p_of_a_count_by_hand():
    """None where 3 are expected: twice exp(-3). As many as expected: certain."""
    assert p_of_count(0, 3) == pytest.approx(2 * np.exp(-3))
    assert p_of_count(3, 3) == 1
    assert p_of_count(1, 0.05) == pytest.approx(2 * (1 - np.exp(-0.05)))


def test_p_values_of_arrays_keep_gaps():
    proportion = p_of_proportion([5, np.nan, 3, 3], [10, 10, 0, np.nan], 0.4)
    assert list(np.isnan(proportion)) == [False, True, True, True]
    count = p_of_count([5, np.nan, 3, 3], [10, 10, 0, np.nan])
    assert list(np.isnan(count)) == [False, True, True, True]


@pytest.mark.parametrize("benchmark", [0, 1, np.nan])
def test_no_test_against_a_benchmark_of_nobody_or_everybody(benchmark):
    assert np.isnan(p_of_proportion(5, 10, benchmark))
    assert np.isnan(p_of_proportion([0, 10], 10, benchmark)).all()


def test_missing_may_be_none():
    assert benjamini_hochberg([0.04, None, 0.01, 0.03]) == pytest.approx([0.04, np.nan, 0.03, 0.04], nan_ok=True)
    assert list(np.isnan(p_of_proportion([5, None, 3], [10, 10, None], [0.4, 0.4, 0.4]))) == [False, True, True]
    assert np.isnan(p_of_proportion(5, 10, None))
    assert list(np.isnan(p_of_count([5, None, 3], [10, 10, None]))) == [False, True, True]
