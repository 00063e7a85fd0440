"""The words that an interval earns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib import results
from analysis_lib.stats import verdicts
from analysis_lib.stats.verdicts import (
    beside_benchmark,
    better_or_worse,
    direction_of_travel,
    improving_or_worsening,
    side,
    verdict,
)

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise


def test_the_polarities_are_those_of_measures():
    assert results.POLARITIES == (verdicts.HIGHER_IS_BETTER, verdicts.LOWER_IS_BETTER, verdicts.NEITHER)


@pytest.mark.parametrize(
    ("lower", "upper", "reference", "word"),
    [
        (0.01, 0.3, 0, "higher"),
        (0, 0.3, 0, ""),
        (-0.3, 0.3, 0, ""),
        (-0.3, 0, 0, ""),
        (-0.3, -0.01, 0, "lower"),
        (11, 12, 10, "higher"),
        (8, 9, 10, "lower"),
        (np.nan, 9, 10, "lower"),
        (11, np.inf, 10, "higher"),
        (np.nan, np.nan, 0, ""),
        (1, 2, np.nan, ""),
    ],
)
def test_the_side_of_a_whole_interval(lower, upper, reference, word):
    assert side(lower, upper, reference) == word


@pytest.mark.parametrize(
    ("lower", "upper", "neutral", "word"),
    [
        (0.01, 0.3, 0, "higher"),
        (0, 0.3, 0, "no clear difference"),
        (-0.3, -0.01, 0, "lower"),
        (-0.3, 0, 0, "no clear difference"),
        (1.01, 4, 1, "higher"),
        (0.2, 0.99, 1, "lower"),
        (0.2, 1.01, 1, "no clear difference"),
        (np.nan, np.nan, 0, "no clear difference"),
    ],
)
def test_verdict_at_and_beside_the_neutral_value(lower, upper, neutral, word):
    assert verdict(lower, upper, neutral) == word


def test_verdict_is_of_a_difference_unless_said_otherwise():
    assert verdict(0.5, 2) == "higher"
    assert verdict(-0.5, 2) == "no clear difference"


@pytest.mark.parametrize(
    ("benchmark", "neither", "high", "low"),
    [
        (9.9, "higher", "better", "worse"),
        (10, "similar", "similar", "similar"),
        (15, "similar", "similar", "similar"),
        (20, "similar", "similar", "similar"),
        (20.1, "lower", "worse", "better"),
        (np.nan, "", "", ""),
    ],
)
def test_a_figure_of_15_with_interval_10_to_20_beside_a_benchmark(benchmark, neither, high, low):
    assert beside_benchmark(15, 10, 20, benchmark) == neither
    assert beside_benchmark(15, 10, 20, benchmark, "neither") == neither
    assert beside_benchmark(15, 10, 20, benchmark, "higher is better") == high
    assert beside_benchmark(15, 10, 20, benchmark, "lower is better") == low


@pytest.mark.parametrize("figure", [(np.nan, 10, 20), (15, np.nan, 20), (15, 10, np.nan)])
def test_a_figure_that_lacks_its_value_or_a_limit_earns_no_word(figure):
    assert beside_benchmark(*figure, 5, "higher is better") == ""


@pytest.mark.parametrize(
    ("direction", "polarity", "word"),
    [
        ("higher", "higher is better", "better"),
        ("lower", "higher is better", "worse"),
        ("higher", "lower is better", "worse"),
        ("lower", "lower is better", "better"),
        ("higher", "neither", "higher"),
        ("lower", "neither", "lower"),
        ("no clear difference", "lower is better", "no clear difference"),
        ("similar", "higher is better", "similar"),
    ],
)
def test_better_or_worse_by_polarity(direction, polarity, word):
    assert better_or_worse(direction, polarity) == word


@pytest.mark.parametrize(
    ("lower", "upper", "neutral", "neither", "high", "low"),
    [
        (0.5, 2, 0, "rising", "improving", "worsening"),
        (-2, -0.5, 0, "falling", "worsening", "improving"),
        (-1, 2, 0, "no clear change", "no clear change", "no clear change"),
        (1.2, 2, 1, "rising", "improving", "worsening"),
        (0.5, 2, 1, "no clear change", "no clear change", "no clear change"),
        (0.5, 0.9, 1, "falling", "worsening", "improving"),
        (np.nan, 2, 0, "", "", ""),
        (1, np.nan, 0, "", "", ""),
    ],
)
def test_direction_of_travel_by_polarity(lower, upper, neutral, neither, high, low):
    assert direction_of_travel(lower, upper, neutral=neutral) == neither
    assert direction_of_travel(lower, upper, neutral=neutral, polarity="higher is better") == high
    assert direction_of_travel(lower, upper, neutral=neutral, polarity="lower is better") == low


def test_direction_of_travel_is_of_a_difference_unless_said_otherwise():
    assert direction_of_travel(0.2, 0.4) == "rising"


def test_what_is_not_a_direction_stays():
    assert improving_or_worsening("no clear change", "lower is better") == "no clear change"
    assert improving_or_worsening("", "higher is better") == ""


@pytest.mark.parametrize("rule", [better_or_worse, improving_or_worsening])
def test_an_unknown_polarity_is_refused(rule):
    with pytest.raises(ValueError) as raised:
        rule("higher", "up is good")
    assert str(raised.value) == "polarity 'up is good' is not one of higher is better, lower is better, neither"


limits = st.tuples(st.floats(-100, 100), st.floats(-100, 100)).map(sorted)


@given(limits, st.floats(-100, 100), st.sampled_from(results.POLARITIES))
def test_never_a_word_for_a_benchmark_inside_the_interval(pair, benchmark, polarity):
    lower, upper = pair
    word = beside_benchmark((lower + upper) / 2, lower, upper, benchmark, polarity)
    assert (word == "similar") == (lower <= benchmark <= upper)


@given(limits, st.floats(-100, 100))
def test_turning_the_polarity_turns_the_word(pair, benchmark):
    turned = {"better": "worse", "worse": "better", "similar": "similar"}
    high = beside_benchmark(0, *pair, benchmark, "higher is better")
    assert beside_benchmark(0, *pair, benchmark, "lower is better") == turned[high]
