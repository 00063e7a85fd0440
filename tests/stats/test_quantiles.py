"""Intervals around medians and means without assuming a shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from analysis_lib.stats import quantiles

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise

DAYS = [112, 340, 201, 655, 430, 98, 97, 512, 367, 289, 1204, 77, 430, 388, 245]


@pytest.mark.parametrize(
    ("count", "low", "high"), [(6, 1, 6), (10, 2, 9), (15, 4, 12), (20, 6, 15), (25, 8, 18), (50, 18, 33)]
)
def test_ranks_for_a_median_match_the_table_of_campbell_and_gardner(count, low, high):
    """Altman DG, Machin D, Bryant TN, Gardner MJ (2000) Statistics with Confidence, table 18.4, exact 95%."""
    assert quantiles.order_statistics(range(1, count + 1)) == (low, high)


def test_too_few_values_for_a_median():
    assert np.isnan(quantiles.order_statistics([])).all()
    assert np.isnan(quantiles.order_statistics([1, 2, 3, 4, 5])).all()
    assert quantiles.order_statistics([1, 2, 3, 4, 5], confidence=0.9) == (1, 5)


def test_equal_values_give_that_value():
    assert quantiles.order_statistics([7] * 8) == (7, 7)


def test_a_quartile_of_few_values_may_lack_one_limit():
    """Of 8 values the chance that 2 or fewer lie under the upper quartile is 0.4%, 3 or fewer 2.7%; all 8, 10%."""
    lower, upper = quantiles.order_statistics(range(1, 9), q=0.75)
    assert lower == 3 and np.isnan(upper)


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=60), st.sampled_from([0.25, 0.5, 0.75]))
def test_order_statistics_cover_at_least_as_much_as_asked(values, q):
    """By the binomial: the ranks outside the limits hold at most 2.5% each."""
    ordered = sorted(values)
    lower, upper = quantiles.order_statistics(values, q)
    if not np.isnan(lower):
        rank = ordered.index(lower)  # values strictly below the limit
        assert binom.cdf(rank, len(values), q) <= 0.025 + 1e-9 or ordered.count(lower) > 1
    if not np.isnan([lower, upper]).any():
        assert lower <= upper


def naive_bca(values, statistic, confidence):
    """The bootstrap by a plain loop, with the same random draws: Efron and Tibshirani (1993), section 14.3."""
    values = sorted(map(float, values))
    size = len(values)
    draws = np.random.default_rng(20_210_930).integers(0, size, (9999, size))
    resampled = np.array([statistic([values[place] for place in draw]) for draw in draws])
    found = statistic(values)
    below = (np.sum(resampled < found) + np.sum(resampled <= found)) / (2 * len(resampled))
    bias = norm.ppf(below)
    left_out = np.array([statistic(values[:place] + values[place + 1 :]) for place in range(size)])
    apart = left_out.mean() - left_out
    acceleration = (apart**3).sum() / (6 * (apart**2).sum() ** 1.5)
    shares = []
    for z in (norm.ppf((1 - confidence) / 2), norm.ppf((1 + confidence) / 2)):
        shares.append(norm.cdf(bias + (bias + z) / (1 - acceleration * (bias + z))))
    return tuple(np.quantile(resampled, shares))


@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_bootstrap_mean_matches_a_plain_loop(confidence):
    expected = naive_bca(DAYS, lambda sample: sum(sample) / len(sample), confidence)
    assert quantiles.bootstrap_mean(DAYS, confidence) == pytest.approx(expected, rel=1e-9)


def test_bootstrap_of_a_lower_quartile_matches_a_plain_loop():
    def lower_quartile(sample):
        ordered, place = sorted(sample), (len(sample) - 1) / 4
        before = int(place)
        return ordered[before] + (place - before) * (ordered[before + 1] - ordered[before])

    expected = naive_bca(DAYS, lower_quartile, 0.95)
    assert quantiles.bootstrap_quantile(DAYS, 0.25) == pytest.approx(expected, rel=1e-9)


def test_bootstrap_is_of_the_median_unless_said_otherwise():
    assert quantiles.bootstrap_quantile(DAYS) == quantiles.bootstrap_quantile(DAYS, 0.5, 0.95)
    assert quantiles.bootstrap_quantile(DAYS) != quantiles.bootstrap_quantile(DAYS, 0.5, 0.9)
    assert quantiles.order_statistics(DAYS) == quantiles.order_statistics(DAYS, 0.5, 0.95)


@pytest.mark.parametrize("bootstrap", [quantiles.bootstrap_mean, quantiles.bootstrap_quantile])
def test_bootstrap_is_the_same_each_time_and_in_any_order(bootstrap):
    assert bootstrap(DAYS) == bootstrap(DAYS) == bootstrap(sorted(DAYS, reverse=True))


@pytest.mark.parametrize("bootstrap", [quantiles.bootstrap_mean, quantiles.bootstrap_quantile])
@pytest.mark.parametrize("values", [[], [4.0], [3, 3, 3]], ids=["none", "one", "equal"])
def test_bootstrap_says_nothing_of_too_few_or_equal_values(bootstrap, values):
    assert np.isnan(bootstrap(values)).all()


def test_two_different_values_are_enough():
    assert not np.isnan(quantiles.bootstrap_mean([1, 5])).any()


def test_one_child_with_many_events_widens_the_interval_beyond_poisson():
    """Thirty reoffences of ten children: three each, or thirty by one."""
    together = quantiles.bootstrap_mean([30] + [0] * 9)
    assert together[1] > 9  # exact Poisson: 4.28


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 15), min_size=3, max_size=12).filter(lambda values: len(set(values)) > 1))
def test_bootstrap_limits_stay_among_the_values(values):
    lower, upper = quantiles.bootstrap_mean(values)
    assert min(values) <= lower <= upper <= max(values)


def test_many_values_are_resampled_in_pieces():
    """400 children, 9,999 resamples: four million values, which are not held at once."""
    values = np.random.default_rng(7).poisson(2, 400)
    lower, upper = quantiles.bootstrap_mean(values)
    error = values.std(ddof=1) / 400**0.5
    assert (lower, upper) == pytest.approx((values.mean() - 1.96 * error, values.mean() + 1.96 * error), abs=0.02)


@pytest.mark.parametrize(
    "interval", [quantiles.order_statistics, quantiles.bootstrap_mean, quantiles.bootstrap_quantile]
)
def test_values_may_come_as_objects(interval):
    """As a column that a workbook gave."""
    assert interval(np.array(DAYS, object)) == interval(DAYS)
