"""Rank and quartile band among authorities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats.ranking import quartile_band, rank

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise

HIGH, LOW, NEITHER = "higher is better", "lower is better", "neither"


@pytest.mark.parametrize(
    ("polarity", "ranks"), [(HIGH, [3, 1, 4, 1, np.nan, 5]), (LOW, [3, 4, 2, 4, np.nan, 1])], ids=["high", "low"]
)
def test_ties_share_the_smaller_rank_and_a_gap_has_none(polarity, ranks):
    assert rank([50, 60, 40, 60, np.nan, 30], polarity) == pytest.approx(ranks, nan_ok=True)


@pytest.mark.parametrize(("polarity", "bands"), [(HIGH, "DDCBA"), (LOW, "AABCD")])
def test_a_value_on_a_quartile_belongs_to_the_quarter_below(polarity, bands):
    """Quartiles of 10, 20, 30, 40, 50 are 20, 30 and 40: as in the tool's own tests, 25% is still A where low is good."""
    assert "".join(quartile_band([10, 20, 30, 40, 50], polarity)) == bands


def test_bands_of_a_hundred_authorities_match_those_of_the_tool():
    """Local Authority Interactive Tool, its own test: with quartiles 0, 25, 50, 75, 100 the values 10, 30, 60, 80."""
    values = [10, 30, 60, 80, *range(101)]
    assert "".join(quartile_band(values, LOW)[:4]) == "ABCD"
    assert "".join(quartile_band(values, HIGH)[:4]) == "DCBA"


def test_a_missing_authority_is_a_gap_and_moves_nobody():
    with_gap = quartile_band([10, np.nan, 20, 30, 40, 50, np.nan], HIGH)
    assert list(with_gap) == ["D", "", "D", "C", "B", "A", ""]


def test_without_polarity_nobody_is_ranked():
    assert np.isnan(rank([3, 1, 2], NEITHER)).all()
    assert list(quartile_band([3, 1, 2], NEITHER)) == ["", "", ""]


@pytest.mark.parametrize("values", [[], [np.nan], [np.nan, np.nan]], ids=["nobody", "one gap", "two gaps"])
def test_nobody_to_rank(values):
    for polarity in (HIGH, LOW):
        assert np.isnan(rank(values, polarity)).all() and len(rank(values, polarity)) == len(values)
        assert list(quartile_band(values, polarity)) == [""] * len(values)


def test_one_authority_and_equal_ones():
    assert list(rank([7], HIGH)) == [1]
    assert list(rank([7, 7, 7], LOW)) == [1, 1, 1]
    assert list(quartile_band([7, 7, 7], LOW)) == ["A"] * 3
    assert list(quartile_band([7, 7, 7], HIGH)) == ["D"] * 3


@pytest.mark.parametrize("place", [rank, quartile_band])
def test_an_unknown_polarity_is_refused(place):
    with pytest.raises(ValueError, match="polarity 'up' is not one of"):
        place([1, 2], "up")


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_rank_is_one_more_than_how_many_are_better(values):
    assert list(rank(values, HIGH)) == [1 + sum(other > value for other in values) for value in values]
    assert list(rank(values, LOW)) == [1 + sum(other < value for other in values) for value in values]


@given(st.lists(st.integers(0, 1000), min_size=4, max_size=40, unique=True))
def test_bands_follow_the_ranks(values):
    for polarity in (HIGH, LOW):
        by_rank = [
            band for _, band in sorted(zip(rank(values, polarity), quartile_band(values, polarity), strict=True))
        ]
        assert by_rank == sorted(by_rank)
        assert set(by_rank) == set("ABCD")


def test_missing_may_be_none():
    assert rank([50, None, 60], HIGH) == pytest.approx([2, np.nan, 1], nan_ok=True)
    assert list(quartile_band([50, None, 60], LOW)) == ["A", "", "D"]
