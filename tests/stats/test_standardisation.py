"""Direct standardisation and observed over expected."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats import intervals
from analysis_lib.stats.standardisation import directly_standardised_rate, standardised_ratio

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise


def test_a_standardised_rate_by_hand():
    """10 of 1,000 small and 30 of 1,000 older children; half as many small ones in the standard: 23.33 per 1,000.

    Weights 1/3 and 2/3; variance (10/9 + 4 * 30/9) / 1,000,000 is 14.4444 a million; of 40 events Byar's limits are
    28.5742 and 54.4697.
    """
    rate = directly_standardised_rate([10, 30], [1000, 1000], [100, 200], per=1000)
    scale = (14.44444 / 40) ** 0.5
    assert rate.value == pytest.approx(70 / 3)
    assert rate.lower == pytest.approx(70 / 3 + scale * (28.5742 - 40), abs=1e-3)
    assert rate.upper == pytest.approx(70 / 3 + scale * (54.4697 - 40), abs=1e-3)


def test_by_default_it_is_per_10_000_at_95_percent():
    bands = [10, 30], [1000, 1000], [100, 200]
    assert directly_standardised_rate(*bands) == directly_standardised_rate(*bands, per=10_000, confidence=0.95)
    assert directly_standardised_rate(*bands).value == pytest.approx(700 / 3)


@pytest.mark.parametrize(("counts", "missing"), [([4, 5], True), ([4, 6], False), ([0, 10], False), ([0, 0], True)])
def test_fewer_than_10_events_give_no_standardised_rate(counts, missing):
    assert np.isnan(directly_standardised_rate(counts, [100, 100], [1, 1])).all() == missing


@pytest.mark.parametrize(
    "bands",
    [
        ([np.nan, 30], [100, 100], [1, 1]),
        ([20, 30], [np.nan, 100], [1, 1]),
        ([20, 30], [100, 0], [1, 1]),
        ([20, 30], [100, 100], [1, np.nan]),
        ([], [], []),
    ],
)
def test_a_standardised_rate_is_missing_with_anything_missing(bands):
    assert np.isnan(directly_standardised_rate(*bands)).all()


def test_a_band_with_one_child_counts():
    assert directly_standardised_rate([9, 1], [100, 1], [1, 1], per=1).value == pytest.approx((0.09 + 1) / 2)


@pytest.mark.parametrize("bands", [([1], [1, 2], [1, 2]), ([1, 2], [1], [1, 2]), ([1, 2], [1, 2], [1])])
def test_bands_must_be_the_same(bands):
    with pytest.raises(ValueError) as raised:
        directly_standardised_rate(*bands)
    sizes = [len(each) for each in bands]
    assert str(raised.value) == "{} counts, {} populations, {} standard: one a band".format(*sizes)


bands = st.lists(
    st.tuples(st.integers(0, 80), st.integers(1, 5000), st.integers(1, 10_000)), min_size=1, max_size=6
).filter(lambda rows: sum(row[0] for row in rows) >= 10)


@given(bands)
def test_a_standardised_rate_lies_in_its_interval_and_between_the_bands(rows):
    counts, populations, standard = zip(*rows, strict=True)
    rate = directly_standardised_rate(counts, populations, standard, per=1)
    each = np.array(counts) / np.array(populations)
    assert rate.lower <= rate.value <= rate.upper
    assert each.min() - 1e-12 <= rate.value <= each.max() + 1e-12


@given(bands)
def test_the_areas_own_ages_as_standard_give_its_crude_rate_with_byars_limits(rows):
    counts, populations, _ = zip(*rows, strict=True)
    rate = directly_standardised_rate(counts, populations, populations, per=1)
    total, people = sum(counts), sum(populations)
    assert rate.value == pytest.approx(total / people)
    assert (rate.lower, rate.upper) == pytest.approx(tuple(limit / people for limit in intervals.byar(total)))


def test_observed_over_expected_by_hand():
    """15 seen, 10 expected; the exact limits of 15 are 8.3954 and 24.7402."""
    ratio = standardised_ratio(15, 10)
    assert ratio == pytest.approx((1.5, 0.83954, 2.47402), abs=1e-5)


def test_observed_over_expected_by_each_method_and_confidence():
    assert standardised_ratio(15, 10, method="fingertips") == standardised_ratio(15, 10, method="byar")
    assert standardised_ratio(15, 10, method="byar") != standardised_ratio(15, 10)
    assert standardised_ratio(15, 10, confidence=0.95) == standardised_ratio(15, 10, method="exact")
    assert standardised_ratio(15, 10, confidence=0.9).lower > standardised_ratio(15, 10).lower


@pytest.mark.parametrize(("observed", "expected"), [(np.nan, 4), (4, np.nan), (4, 0), (4, -1)])
def test_observed_over_nothing_expected_is_missing(observed, expected):
    assert np.isnan(standardised_ratio(observed, expected)).all()


def test_less_than_one_expected_is_something():
    assert standardised_ratio(1, 0.5).value == 2


def test_missing_may_be_none():
    for rows in (([None, 30], [100, 100], [1, 1]), ([20, 30], [None, 100], [1, 1]), ([20, 30], [100, 100], [1, None])):
        assert np.isnan(directly_standardised_rate(*rows)).all()
