"""Intervals around one estimate, against published tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats import intervals


@pytest.mark.parametrize(
    ("numerator", "denominator", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_matches_newcombe_1998_statistics_in_medicine_17_857_table_1(numerator, denominator, lower, upper):
    assert np.array(intervals.wilson(numerator, denominator)) == pytest.approx([lower, upper], abs=5e-5)


@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    [(0, 0.0, 3.688879), (1, 0.02531781, 5.571643), (10, 4.795389, 18.390356), (137, 115.0205, 161.9564)],
)
def test_exact_poisson_matches_r_poisson_test(count, lower, upper):
    """R 4: poisson.test(count)$conf.int; its manual's own example is 137 in 24.19893, 4.753125 to 6.692709."""
    assert np.array(intervals.exact_poisson(count)) == pytest.approx([lower, upper], rel=1e-6)


def test_mean_t_matches_student_1908_sleep_data():
    """The paired differences of Student's sleep data; R's manual page of t.test gives 0.7001142 to 2.4598858."""
    extra_hours = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    assert intervals.mean_t(extra_hours) == pytest.approx((0.7001142, 2.4598858), abs=1e-7)


counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_wilson_holds_its_proportion_and_stays_between_0_and_1(count):
    lower, upper = intervals.wilson(*count)
    assert 0 <= lower <= count[0] / count[1] + 1e-12
    assert count[0] / count[1] - 1e-12 <= upper <= 1


@given(counts)
def test_wilson_of_the_complement_is_the_mirror_image(count):
    numerator, denominator = count
    lower, upper = intervals.wilson(numerator, denominator)
    mirrored = intervals.wilson(denominator - numerator, denominator)
    assert np.array(mirrored) == pytest.approx([1 - upper, 1 - lower], abs=1e-12)


@given(st.integers(0, 10_000))
def test_exact_poisson_holds_its_count(count):
    lower, upper = intervals.exact_poisson(count)
    assert 0 <= lower <= count < upper


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=40))
def test_mean_t_of_days_holds_their_mean(values):
    lower, upper = intervals.mean_t(values)
    assert lower - 1e-6 <= np.mean(values) <= upper + 1e-6


@pytest.mark.parametrize(("numerator", "denominator"), [(0, 0), (np.nan, 20), (3, np.nan)])
def test_wilson_is_missing_without_a_base_or_a_count(numerator, denominator):
    assert np.isnan(intervals.wilson(numerator, denominator)).all()


def test_exact_poisson_of_a_missing_count_is_missing():
    assert np.isnan(intervals.exact_poisson(np.nan)).all()


@pytest.mark.parametrize("values", [[], [300.0]])
def test_mean_t_needs_two_values(values):
    assert np.isnan(intervals.mean_t(values)).all()


def test_mean_t_of_equal_values_is_that_value():
    assert intervals.mean_t([426.0, 426.0, 426.0]) == (426.0, 426.0)
