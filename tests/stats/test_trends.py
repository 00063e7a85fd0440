"""Trends over five or more periods."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.stats.trends import trend_of_proportions, trend_of_rates

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise

RISING = [20, 28, 35, 44, 50], [100, 100, 100, 100, 100]


def test_chi_square_for_trend_matches_alcohol_and_malformations_in_agresti():
    """Agresti A (2002) Categorical Data Analysis, 2nd edition, table 3.7: five levels of alcohol, statistic 6.57, p 0.010."""
    malformed, well = np.array([48, 38, 5, 1, 1]), np.array([17066, 14464, 788, 126, 37])
    trend = trend_of_proportions(malformed, malformed + well, [0, 0.5, 1.5, 4, 7])
    assert trend.statistic == pytest.approx(6.57, abs=5e-3)
    assert trend.p_value == pytest.approx(0.010, abs=5e-4)


def test_a_rise_in_shares_by_hand():
    """Shares 20, 28, 35, 44, 50%: 7.6 points a year; pooled 35.4%, error (0.354 * 0.646 / 1000) ** 0.5 = 0.015122."""
    trend = trend_of_proportions(*RISING)
    assert trend.change == pytest.approx(0.076)
    assert trend.statistic == pytest.approx((0.076 / 0.015122) ** 2, rel=1e-3)
    assert (trend.lower, trend.upper) == pytest.approx((0.076 - 3.0902 * 0.015122, 0.076 + 3.0902 * 0.015122), abs=1e-5)
    assert trend.p_value == pytest.approx(5.0e-7, rel=0.05)
    assert (trend.direction, trend.periods) == ("rising", 5)
    assert np.isnan(trend.dispersion)


def test_a_fall_is_a_rise_turned_round():
    counts, bases = RISING
    trend = trend_of_proportions(counts[::-1], bases)
    assert (trend.change, trend.direction) == (pytest.approx(-0.076), "falling")


def test_a_rate_that_doubles_each_year():
    trend = trend_of_rates([10, 20, 40, 80, 160], [1000] * 5)
    assert trend.change == pytest.approx(2)
    assert trend.dispersion == pytest.approx(0, abs=1e-12)
    assert trend.direction == "rising"
    assert 1 < trend.lower < 2 < trend.upper
    assert trend_of_rates([160, 80, 40, 20, 10], [1000] * 5).direction == "falling"


def test_a_rate_that_stays_while_the_population_grows():
    trend = trend_of_rates([10, 20, 40, 80, 160], [1000, 2000, 4000, 8000, 16000])
    assert trend.change == pytest.approx(1)
    assert trend.direction == "no clear change"


def test_years_that_scatter_widen_the_interval():
    counts, populations = [110, 190, 122, 201, 133, 260], [32_000] * 6
    trend = trend_of_rates(counts, populations, confidence=0.95)
    assert trend.dispersion > 10
    assert trend.direction == "no clear change"
    assert trend.lower < 1 < trend.upper


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
def test_a_trend_must_not_rest_on_one_year(trend_of):
    """Nine in ten of the chi-square come from the last year: without it the shares fall."""
    trend = trend_of([30, 29, 28, 27, 90], [100] * 5)
    assert trend.p_value < 0.002 or trend_of is trend_of_rates
    assert trend.direction == "no clear change"


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
@pytest.mark.parametrize("left_out", range(6))
def test_each_year_in_turn_is_left_out(trend_of, left_out):
    """Five flat years and one far up: whichever year it is, no trend is called at any confidence."""
    counts = [30] * 6
    counts[left_out] = 70
    assert trend_of(counts, [100] * 6, confidence=0.0001).direction == "no clear change"


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
def test_fewer_than_five_periods_say_nothing(trend_of):
    for counts, bases in (([], []), ([1, 2, 3, 40], [50] * 4), ([1, np.nan, 3, 40, 45], [50] * 5)):
        trend = trend_of(counts, bases)
        assert trend.direction == ""
        assert np.isnan(
            [trend.change, trend.lower, trend.upper, trend.statistic, trend.p_value, trend.dispersion]
        ).all()
    assert trend.periods == 4


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
def test_periods_with_anything_missing_are_left_out_and_keep_their_time(trend_of):
    counts, bases = [20, 28, np.nan, 44, 50, 7, 60], [100, 100, 100, 100, 100, 0, 105]
    gaps = trend_of(counts, bases)
    assert gaps == trend_of([20, 28, 44, 50, 60], [100, 100, 100, 100, 105], [0, 1, 3, 4, 6])
    assert gaps.periods == 5


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
def test_by_default_the_confidence_is_that_of_fingertips(trend_of):
    """Fingertips compares chi-square with 9.5495, its 99.8% point."""
    assert (
        trend_of([20, 28, 35, 44, 50], [100] * 5).lower == trend_of([20, 28, 35, 44, 50], [100] * 5, None, 0.998).lower
    )
    weak = trend_of([20, 22, 25, 29, 34], [100] * 5)
    assert 3.84 < weak.statistic < 9.5495 and weak.direction == "no clear change"
    assert trend_of([20, 22, 25, 29, 34], [100] * 5, confidence=0.95).direction == "rising"


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
def test_the_unit_of_time_is_that_of_the_times(trend_of):
    years = trend_of(*RISING, times=[2018, 2019, 2020, 2021, 2022])
    months = trend_of(*RISING, times=[0, 12, 24, 36, 48])
    assert years.change == pytest.approx(trend_of(*RISING).change)
    assert months.statistic == pytest.approx(years.statistic)
    if trend_of is trend_of_proportions:
        assert months.change == pytest.approx(years.change / 12)
    else:
        assert months.change == pytest.approx(years.change ** (1 / 12))


@pytest.mark.parametrize(("counts", "share"), [([0] * 5, 0), ([40] * 5, 1)], ids=["nobody", "everybody"])
def test_shares_of_nobody_or_everybody_have_no_trend(counts, share):
    trend = trend_of_proportions(counts, [40] * 5)
    assert (trend.change, trend.statistic, trend.p_value) == (0, 0, 1)
    assert (trend.direction, trend.periods) == ("no clear change", 5)
    assert np.isnan([trend.lower, trend.upper]).all()


@pytest.mark.parametrize("counts", [[0] * 5, [0, 0, 0, 0, 9], [9, 0, 0, 0, 0]], ids=["none", "last", "first"])
def test_events_in_no_year_or_at_one_end_have_no_slope(counts):
    trend = trend_of_rates(counts, [1000] * 5)
    assert np.isnan([trend.change, trend.lower, trend.upper, trend.statistic, trend.p_value]).all()
    assert (trend.direction, trend.periods) == ("no clear change", 5)


def test_events_in_two_years_have_a_slope():
    assert trend_of_rates([0, 0, 0, 3, 9], [1000] * 5).change > 1
    assert trend_of_rates([9, 1, 0, 0, 0], [1000] * 5).change < 1
    assert trend_of_rates([0, 0, 9, 0, 0], [1000] * 5).change == pytest.approx(1)


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
def test_periods_must_be_as_many_and_each_once(trend_of):
    with pytest.raises(ValueError) as raised:
        trend_of([1, 2, 3], [1, 2], [1, 2, 3])
    assert str(raised.value) == "3 counts, 2 bases, 3 times: one of each for every period"
    with pytest.raises(ValueError, match="one of each for every period"):
        trend_of([1, 2], [1, 2], [1])
    with pytest.raises(ValueError) as raised:
        trend_of([1, 2], [1, 2], [2020, 2020])
    assert str(raised.value) == "a period is there twice: each needs its own time"


periods = st.lists(
    st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=5, max_size=9
)


def naive_chi_square_for_trend(rows):
    """N times the squared correlation of the time and the answer over all children one by one (Armitage 1955)."""
    times = [place for place, (_, size) in enumerate(rows) for _ in range(size)]
    answers = [child < count for count, size in rows for child in range(size)]
    return len(times) * np.corrcoef(times, answers)[0, 1] ** 2


@settings(deadline=None)
@given(periods.filter(lambda rows: 0 < sum(row[0] for row in rows) < sum(row[1] for row in rows)))
def test_chi_square_matches_a_count_of_children_one_by_one(rows):
    counts, bases = zip(*rows, strict=True)
    assert trend_of_proportions(counts, bases).statistic == pytest.approx(
        naive_chi_square_for_trend(rows), rel=1e-9, abs=1e-9
    )


@settings(deadline=None)
@given(periods)
def test_a_direction_is_never_called_against_the_slope_or_inside_the_interval(rows):
    counts, bases = zip(*rows, strict=True)
    share = trend_of_proportions(counts, bases, confidence=0.8)
    rate = trend_of_rates(counts, bases, confidence=0.8)
    assert (share.direction == "rising") <= (share.lower > 0)
    assert (share.direction == "falling") <= (share.upper < 0)
    assert (rate.direction == "rising") <= (rate.lower > 1)
    assert (rate.direction == "falling") <= (rate.upper < 1)


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
def test_missing_may_be_none(trend_of):
    expected = trend_of([20, 28, 44, 50, 60], [100, 100, 100, 100, 105], [0, 1, 3, 4, 6])
    assert trend_of([20, 28, None, 44, 50, 7, 60], [100, 100, 100, 100, 100, None, 105]) == expected
    times = np.array([0, 1, 3, 4, 6], object)
    assert trend_of([20, 28, 44, 50, 60], [100, 100, 100, 100, 105], times) == expected


@pytest.mark.parametrize("trend_of", [trend_of_proportions, trend_of_rates])
def test_equal_years_have_no_trend(trend_of):
    trend = trend_of([30] * 5, [100] * 5)
    assert trend.statistic == pytest.approx(0, abs=1e-12)
    assert (trend.direction, trend.periods) == ("no clear change", 5)
