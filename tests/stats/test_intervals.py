"""Intervals around one estimate, against published tables."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats import intervals

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise


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


@pytest.mark.parametrize("count", [10, 11, 25, 65, 400, 1045])
def test_byar_is_within_02_percent_of_the_exact_limits_from_10_on(count):
    """As PHE's Technical Guide to Confidence Intervals (2018) says of 95% intervals."""
    assert np.array(intervals.byar(count)) == pytest.approx(np.array(intervals.exact_poisson(count)), rel=0.002)


def test_byar_of_0_starts_at_0():
    """By hand: the upper limit is (1 - 1/9 + 1.959964/3)^3."""
    lower, upper = intervals.byar(0)
    assert lower == 0
    assert upper == pytest.approx((8 / 9 + 1.959964 / 3) ** 3, abs=1e-5)


def test_byar_below_10_can_fall_under_0():
    assert intervals.byar(1, 0.998)[0] < 0


@pytest.mark.parametrize(("count", "method"), [(0, "exact"), (9, "exact"), (9.5, "exact"), (10, "byar"), (11, "byar")])
def test_fingertips_changes_to_byar_at_10(count, method):
    assert intervals.fingertips_poisson(count, 0.9) == intervals.poisson(count, 0.9, method)
    other = {"exact": intervals.byar, "byar": intervals.exact_poisson}[method]
    assert intervals.fingertips_poisson(count)[1] != other(count)[1]


def test_counts_come_as_arrays_with_gaps():
    for method in ("exact", "byar", "fingertips"):
        lower, upper = intervals.poisson([4, np.nan, 12, 0], method=method)
        assert np.isnan([lower[1], upper[1]]).all()
        assert not np.isnan([*lower[[0, 2, 3]], *upper[[0, 2, 3]]]).any()
        assert lower[3] == 0


def test_the_interval_of_a_count_is_exact_unless_said_otherwise():
    assert intervals.poisson(12) == intervals.exact_poisson(12)
    assert intervals.poisson(12, method="byar") == intervals.byar(12)
    assert intervals.poisson(12, method="fingertips") == intervals.fingertips_poisson(12)


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError) as raised:
        intervals.poisson(3, method="normal")
    assert str(raised.value) == "interval of a count: 'normal' is not one of exact, byar, fingertips"


@pytest.mark.parametrize(
    ("interval", "arguments"),
    [
        (intervals.wilson, (15, 148)),
        (intervals.exact_poisson, (7,)),
        (intervals.byar, (17,)),
        (intervals.fingertips_poisson, (7,)),
        (intervals.poisson, (7,)),
        (intervals.mean_t, ([3, 4, 9],)),
    ],
)
def test_by_default_confidence_is_95_percent(interval, arguments):
    assert interval(*arguments) == interval(*arguments, confidence=0.95) != interval(*arguments, confidence=0.951)


@given(st.integers(10, 100_000), st.sampled_from([0.8, 0.95, 0.998]))
def test_byar_holds_its_count(count, confidence):
    lower, upper = intervals.byar(count, confidence)
    assert 0 < lower < count < upper


def test_wilson_of_all_reaches_1_and_of_none_0():
    lower, upper = intervals.wilson([20, 0], [20, 20])
    assert upper[0] == 1 and lower[1] == 0


def test_wilson_keeps_the_gaps_of_an_array_in_place():
    lower, upper = intervals.wilson([5, 3, np.nan, 1], [10, 0, 10, np.nan])
    assert list(np.isnan(lower)) == list(np.isnan(upper)) == [False, True, True, True]


def test_mean_t_of_two_values():
    """By hand: 20, standard error 10, t with 1 degree of freedom 12.7062."""
    assert intervals.mean_t([10, 30]) == pytest.approx((20 - 127.062, 20 + 127.062), abs=1e-3)


@pytest.mark.parametrize(
    ("count", "confidence", "lower", "upper"),
    [
        (1, 0.95, 0.025317898, 5.571644585),
        (5, 0.95, 1.623486324, 11.6683331),
        (9, 0.95, 4.11537405, 17.08479966),
        (10, 0.95, 4.795387629, 18.39035799),
        (58, 0.95, 44.04182619, 74.9784561),
        (716, 0.95, 664.5083011, 770.4222128),
        (2, 0.998, 0.04540199, 11.22886836),
        (9, 0.998, 2.452425215, 22.65737951),
        (10, 0.998, 2.960519925, 24.13397235),
        (100, 0.998, 71.92139974, 134.9243187),
        (716, 0.998, 636.1521174, 802.60414),
    ],
)
def test_exact_limits_match_those_that_public_health_england_tests_with(count, confidence, lower, upper):
    """PHEindicatormethods, testdata_funnel_ratio_outputs.csv: expected events at which so many observed are just in."""
    found = np.array(intervals.exact_poisson(count, confidence))
    assert found == pytest.approx([lower, upper], rel=2e-5)  # theirs come from a search that stops near


def test_missing_may_be_none():
    lower, upper = intervals.wilson([5, None, 3], [10, 10, None])
    assert list(np.isnan(lower)) == list(np.isnan(upper)) == [False, True, True]
    for method in ("exact", "byar", "fingertips"):
        lower, upper = intervals.poisson([4, None, 12], method=method)
        assert list(np.isnan(lower)) == list(np.isnan(upper)) == [False, True, False]


def test_values_may_come_as_objects():
    """As a column that a workbook gave."""
    assert intervals.mean_t(np.array([3, 4, 9], object)) == intervals.mean_t([3, 4, 9])


def test_t_limits_are_of_95_percent_and_need_two_values():
    lower, upper = intervals.t_limits([10.0, 10.0], [2.0, 2.0], [1, 5])
    assert np.isnan([lower[0], upper[0]]).all()
    # t of 4 degrees of freedom at 0.975 is 2.7764451 (Student's table)
    assert (lower[1], upper[1]) == pytest.approx((10 - 2 * 2.7764451, 10 + 2 * 2.7764451), abs=1e-6)
