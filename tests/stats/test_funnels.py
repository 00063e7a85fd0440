"""Authorities around their pooled value."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from analysis_lib.stats import funnels, intervals
from analysis_lib.stats.funnels import dispersion, funnel, limits

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise


def test_limits_of_a_proportion_by_hand():
    """20% of 100: standard error 4 points; 1.96 of them at 95%, 3.0902 at 99.8%."""
    assert limits(100, 0.2, of="proportion", confidence=0.95) == pytest.approx((0.2 - 0.0784, 0.2 + 0.0784), abs=1e-4)
    assert limits(100, 0.2, of="proportion") == pytest.approx((0.2 - 0.12361, 0.2 + 0.12361), abs=1e-5)


@pytest.mark.parametrize(
    ("size", "lower_95", "upper_95", "lower_998", "upper_998"),
    [
        (1, 3.204264, 100, 0, 100),
        (18, 62.390093, 98.894803, 51.864359, 100),
        (41, 68.548635, 92.73626, 61.574398, 99.710497),
        (211, 75.311383, 85.973512, 72.237075, 89.04782),
        (110000, 80.408963, 80.875933, 80.274317, 81.010578),
    ],
)
def test_limits_match_the_funnel_that_public_health_england_tests_with(size, lower_95, upper_95, lower_998, upper_998):
    """PHEindicatormethods, testdata_funnel_prop_outputs.csv: percentages around 80.642448."""
    for confidence, expected in ((0.95, (lower_95, upper_95)), (0.998, (lower_998, upper_998))):
        found = limits(size, 0.80642448, of="proportion", confidence=confidence)
        assert 100 * np.array(found) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(
    ("numerator", "denominator", "word"),
    [
        (33698.3088, 42484, "much lower"),  # Middlesbrough PCT
        (19941.1968, 24224, "much higher"),  # Langbaurgh PCT
        (30277.5312, 37828, "lower"),  # North Devon PCT
        (26789.2380, 33012, "higher"),  # West Norfolk PCT
        (24866.9160, 30929, "within"),  # Exeter PCT
    ],
)
def test_standing_matches_the_funnel_that_public_health_england_tests_with(numerator, denominator, word):
    """PHEindicatormethods, testdata_funnel_prop_inputs.csv, around the same 80.642448%, here held by all the others."""
    others = 1e12
    found = funnel([numerator, 0.80642448 * others], [denominator, others], of="proportion", allow_overdispersion=False)
    assert found.standing[0] == word


def test_limits_of_a_proportion_stay_between_0_and_1():
    assert limits([4, 4], 0.05, of="proportion")[0].tolist() == [0, 0]
    assert limits([4, 4], 0.95, of="proportion")[1].tolist() == [1, 1]


@pytest.mark.parametrize("confidence", [0.95, 0.998])
@pytest.mark.parametrize("expected", [0.5, 2, 5, 20, 300])
def test_limits_of_a_rate_are_the_counts_whose_exact_interval_ends_at_the_expected_number(expected, confidence):
    lower, upper = limits(1000, expected / 1000, of="rate", confidence=confidence)
    assert intervals.exact_poisson(1000 * upper, confidence)[0] == pytest.approx(expected)
    if lower > 0:
        assert intervals.exact_poisson(1000 * lower, confidence)[1] == pytest.approx(expected)
    else:
        assert intervals.exact_poisson(0, confidence)[1] >= expected


def test_a_rate_so_rare_that_none_is_not_unusual_has_a_lower_limit_of_0():
    """No event where 3.6 are expected has a chance of 2.7%, where 3.7 are 2.5%."""
    lower, _ = limits([360, 370, 400], 0.01, of="rate", confidence=0.95)
    assert lower[0] == 0 and 0 < lower[1] < lower[2]


def test_limits_of_nobody_are_missing():
    for of in ("proportion", "rate"):
        lower, upper = limits([0, np.nan, 50], 0.2, of=of)
        assert list(np.isnan(lower)) == list(np.isnan(upper)) == [True, True, False]


def test_limits_of_one_child_are_there():
    for of in ("proportion", "rate"):
        assert not np.isnan(limits(1, 0.2, of=of)).any()


@pytest.mark.parametrize("of", ["proportion", "rate"])
def test_four_times_the_dispersion_is_a_quarter_of_the_size(of):
    assert np.array(limits(400, 0.2, of=of, dispersion=4)) == pytest.approx(np.array(limits(100, 0.2, of=of)))


def test_dispersion_by_hand():
    """Nine authorities of 100 at 50%, standard error 5: z of -4, -2, -1, 0, 0, 0, 1, 2, 9.

    The 10% and 90% points (type 7) lie at -2.4 and 3.4: what is beyond is pulled in.
    """
    counts = 50 + 5 * np.array([-4, -2, -1, 0, 0, 0, 1, 2, 9])
    expected = (2.4**2 + 4 + 1 + 1 + 4 + 3.4**2) / 9
    assert dispersion(counts, [100] * 9, 0.5, of="proportion") == pytest.approx(expected)
    assert dispersion(counts, [100] * 9, 0.5, of="proportion", winsorised=0) == pytest.approx(
        (16 + 4 + 1 + 1 + 4 + 81) / 9
    )


def test_dispersion_of_a_rate_by_hand():
    """Expected 25 each, standard error 5: z of -1, 0 and 3; the borders at -0.8 and 2.4."""
    found = dispersion([20, 25, 40], [1000] * 3, 0.025, of="rate")
    assert found == pytest.approx((0.64 + 2.4**2) / 3)


def test_gaps_do_not_count_in_the_dispersion():
    with_gap = dispersion([20, np.nan, 25, 40, 7], [1000, 1000, 1000, 1000, np.nan], 0.025, of="rate")
    assert with_gap == dispersion([20, 25, 40], [1000] * 3, 0.025, of="rate")


@pytest.mark.parametrize(("centre", "of"), [(0, "proportion"), (1, "proportion"), (0, "rate"), (np.nan, "rate")])
def test_dispersion_around_nobody_or_everybody_is_missing(centre, of):
    assert np.isnan(dispersion([0, 0], [10, 20], centre, of=of))


def test_dispersion_around_a_rate_of_one_a_person_is_measured():
    assert dispersion([9, 11], [10, 10], 1, of="rate", winsorised=0) == pytest.approx(0.1)


# Five of 1,000 at about 20%: 2 and 3.1 standard errors are 2.5 and 3.9 points.
FIVE = [200, 230, 170, 240, 160], [1000] * 5


def test_where_authorities_stand():
    found = funnel(*FIVE, of="proportion", allow_overdispersion=False)
    assert found.of == "proportion"
    assert found.centre == pytest.approx(0.2)
    assert found.values == pytest.approx([0.2, 0.23, 0.17, 0.24, 0.16])
    assert list(found.standing) == ["within", "higher", "lower", "much higher", "much lower"]
    assert found.widened_by == 1


def test_where_rates_stand():
    """Around 20 events: exact 95% intervals of 12 and 30 end at 20.96 and begin at 20.24; 99.8% ones of 5 and 38 do so."""
    found = funnel([20, 30, 11, 38, 6, 15], [100] * 6, of="rate", allow_overdispersion=False)
    assert found.centre == pytest.approx(0.2)
    assert list(found.standing) == ["within", "higher", "lower", "much higher", "much lower", "within"]


def test_overdispersion_is_said_and_widens_the_limits():
    """z of 0, 2.37, -2.37, 3.16, -3.16: the most extreme are pulled in to 2.846; their mean square is 5.49."""
    found = funnel(*FIVE, of="proportion")
    assert found.dispersion == pytest.approx((2 * 900 + 2 * 36**2) / 160 / 5)
    assert found.widened_by == found.dispersion
    assert set(found.standing) == {"within"}
    assert found.limits(1000)[1] == pytest.approx(0.2 + norm.isf(0.001) * (0.16 / 1000 * found.dispersion) ** 0.5)
    assert found.limits(1000, 0.95)[1] == pytest.approx(0.2 + norm.isf(0.025) * (0.16 / 1000 * found.dispersion) ** 0.5)


def test_less_scatter_than_chance_does_not_narrow_the_limits():
    found = funnel([200, 201, 199, 202, 198], [1000] * 5, of="rate")
    assert found.dispersion < 0.1 and found.widened_by == 1
    assert found.limits(1000) == limits(1000, 0.2, of="rate")


def test_a_missing_authority_is_a_gap():
    counts, sizes = [200, np.nan, 230, 170, 5, 7, 240, 160], [1000, 1000, 1000, 1000, np.nan, 0, 1000, 1000]
    found, without = (
        funnel(counts, sizes, of="proportion", allow_overdispersion=False),
        funnel(*FIVE, of="proportion", allow_overdispersion=False),
    )
    assert list(found.standing) == ["within", "", "higher", "lower", "", "", "much higher", "much lower"]
    assert (found.centre, found.dispersion) == (without.centre, without.dispersion)
    assert list(np.isnan(found.values)) == [False, True, False, False, True, True, False, False]


@pytest.mark.parametrize("of", ["proportion", "rate"])
@pytest.mark.parametrize("counts", [[], [np.nan]], ids=["nobody", "one gap"])
def test_a_funnel_of_nobody(of, counts):
    found = funnel(counts, [10] * len(counts), of=of)
    assert np.isnan([found.centre, found.dispersion]).all()
    assert list(found.standing) == [""] * len(counts)
    assert found.widened_by == 1


@pytest.mark.parametrize("of", ["proportion", "rate"])
def test_a_funnel_without_any_event_calls_nobody_unusual(of):
    found = funnel([0, 0, 0], [10, 200, 3000], of=of)
    assert list(found.standing) == ["within"] * 3
    assert found.centre == 0 and np.isnan(found.dispersion)


def test_one_authority_is_its_own_centre():
    found = funnel([7], [30], of="proportion")
    assert found.standing[0] == "within" and found.dispersion == 0


@pytest.mark.parametrize("call", [lambda of: funnel([1], [2], of=of), lambda of: limits([1], 0.5, of=of)])
def test_a_funnel_of_something_else_is_refused(call):
    with pytest.raises(ValueError) as raised:
        call("mean")
    assert str(raised.value) == "a funnel is of a proportion or a rate, not of 'mean'"


areas = st.lists(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=12
)


@given(areas, st.sampled_from(["proportion", "rate"]), st.booleans())
def test_standing_is_outside_the_limits_that_are_drawn(rows, of, widened):
    counts, sizes = zip(*rows, strict=True)
    found = funnel(counts, sizes, of=of, allow_overdispersion=widened)
    if 0 < found.centre < 1:
        for confidence, words in (
            (0.998, {"much higher", "much lower"}),
            (0.95, {"higher", "lower", "much higher", "much lower"}),
        ):
            lower, upper = found.limits(sizes, confidence)
            clear = np.minimum(abs(found.values - lower), abs(found.values - upper)) > 1e-9
            outside = (found.values > upper) | (found.values < lower)
            assert (np.isin(found.standing, list(words)) == outside)[clear].all()


def test_rate_limits_match_tails_of_the_poisson():
    """Whole counts outside the 95% limits of 20 expected have tails below 2.5%, those inside not."""
    lower, upper = (100 * limit for limit in limits(100, 0.2, of="rate", confidence=0.95))
    for count in range(60):
        tail = min(poisson.cdf(count, 20), poisson.sf(count - 1, 20))
        assert (tail < 0.025) == (count < lower or count > upper)


def test_constants_of_the_field():
    assert (funnels.WARNING, funnels.ALARM) == (0.95, 0.998)


def test_missing_may_be_none():
    counts, sizes = [200, None, 230, 170, 5, 240, 160], [1000, 1000, 1000, 1000, None, 1000, 1000]
    found = funnel(counts, sizes, of="proportion", allow_overdispersion=False)
    assert list(found.standing) == ["within", "", "higher", "lower", "", "much higher", "much lower"]
    assert np.isnan(limits([None, 50], 0.2, of="rate")[0][0])
    assert dispersion([20, None, 25, 40, 7], [1000, 1000, 1000, 1000, None], 0.025, of="rate") == pytest.approx(
        (0.64 + 2.4**2) / 3
    )


def test_an_authority_with_one_child_is_no_gap():
    for of in ("proportion", "rate"):
        found = funnel([1, 30], [1, 60], of=of)
        assert list(found.standing) == ["within", "within"]
        assert found.centre == pytest.approx(31 / 61)


def test_a_funnel_of_everyone_calls_nobody_unusual():
    assert list(funnel([10, 200], [10, 200], of="proportion").standing) == ["within"] * 2
