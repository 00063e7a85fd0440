"""XmR charts with the rules of Making Data Count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats.control_charts import xmr

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise

HIGH, LOW = "higher is better", "lower is better"
OUTSIDE, TREND, NEAR, SHIFT = (
    "outside the limits",
    "seven-point trend",
    "two of three near a limit",
    "seven on one side",
)
ZIGZAG = [10, 12] * 6  # mean 11, every moving range 2: limits 5.68 and 16.32, near limits 7.4533 and 14.5467


def chart(values, **options):
    return xmr(values, **{"screen_moving_ranges": False, "of": "other", **options})


def marked(values, **options):
    """The rules by position, where there is one."""
    return {place: str(rule) for place, rule in enumerate(chart(values, **options).rule) if rule}


def test_limits_match_wheeler_2000_understanding_variation():
    """By hand: mean 11, mean moving range 2, limits 11 less and more 2.66 * 2, near limits two thirds of the way."""
    found = chart(ZIGZAG)
    assert found.mean == pytest.approx([11] * 12)
    assert found.lower == pytest.approx([5.68] * 12)
    assert found.upper == pytest.approx([16.32] * 12)
    assert found.near_lower == pytest.approx([11 - 2 * 2.66 * 2 / 3] * 12)
    assert found.near_upper == pytest.approx([11 + 2 * 2.66 * 2 / 3] * 12)
    assert list(found.values) == ZIGZAG
    assert list(found.rule) == [""] * 12
    assert list(found.label) == ["common cause"] * 12
    assert (found.events, found.assurance, found.cautions) == ({}, "", ())


# The values that NHSRplotthedots tests with, as it prints them (three digits, so that limits agree to two).
NHSR = [-0.560, -0.230, 1.56, 0.0705, 0.129, 1.72, 0.461, -1.27, -0.687, -0.446]
NHSR += [1.22, 0.360, 0.401, 0.111, -0.556, 1.79, 0.498, -1.97, 0.701, -0.473]


@pytest.mark.parametrize(
    ("values", "mean", "lower", "upper"),
    [(NHSR, 0.142, -3.01, 3.29), (NHSR[:10], 0.0746, -2.60, 2.75), (NHSR[10:], 0.209, -3.28, 3.70)],
    ids=["all", "first ten", "last ten"],
)
def test_limits_match_those_that_nhsrplotthedots_prints(values, mean, lower, upper):
    """NHSRplotthedots, tests/testthat/_snaps/ptd_spc.md, outliers screened: all common cause, target 0.5 hit and miss."""
    found = chart(values, screen_moving_ranges=True, polarity=HIGH, target=0.5)
    assert (found.mean[0], found.lower[0], found.upper[0]) == pytest.approx((mean, lower, upper), abs=0.01)
    assert set(found.label) == {"common cause"}
    assert found.assurance == "hit and miss"


def test_screening_leaves_out_outlying_moving_ranges_once():
    """Ten ranges of 2, then 40 and 40: their mean is 8.33, and 40 is more than 3.267 of it; 2 is left."""
    values = [10, 12] * 5 + [10, 50, 10]
    assert chart(values).upper[0] == pytest.approx(np.mean(values) + 2.66 * 100 / 12)
    screened = chart(values, screen_moving_ranges=True)
    assert screened.upper[0] == pytest.approx(np.mean(values) + 2.66 * 2)
    assert screened.mean[0] == np.mean(values)  # the point stays in the mean


def test_screening_happens_once_not_until_nothing_is_left_out():
    """Ranges 100, 10 and eighteen of 1: mean 6.4 leaves out 100; in what is left, mean 1.47, 10 would go next."""
    values = np.cumsum([0, *[1, -1] * 9, 10, 100])
    left = (18 + 10) / 19
    assert chart(values, screen_moving_ranges=True).upper[0] == pytest.approx(values.mean() + 2.66 * left)


def test_the_border_of_screening_is_3267():
    """One range of r and nine of 1: r is left out from 3.267 * (r + 9) / 10 on, that is from 4.367."""
    for r, kept in ((4.36, True), (4.38, False)):
        values = np.cumsum([0, *[1, -1] * 4, 1, r])
        expected = (r + 9) / 10 if kept else 1
        assert chart(values, screen_moving_ranges=True).upper[0] == pytest.approx(values.mean() + 2.66 * expected)


def test_whether_to_screen_must_be_said():
    with pytest.raises(TypeError, match="screen_moving_ranges"):
        xmr(ZIGZAG)


def test_a_point_outside_the_limits_is_marked_and_one_on_them_not():
    base = [10, 12] * 6
    for last, rule in ((16.32, ""), (16.4, OUTSIDE), (5.68, ""), (5.6, OUTSIDE)):
        found = chart([*base, last], fixed_after=12)
        assert found.rule[12] == rule


def test_a_trend_marks_all_seven_points_and_no_others():
    values = [11, 10, 12, 10, 10.2, 10.4, 10.8, 11.4, 11.9, 12, 11, 12, 10, 12]
    assert marked(values) == dict.fromkeys(range(3, 10), TREND)
    assert marked([22 - value for value in values]) == dict.fromkeys(range(3, 10), TREND)


def test_six_points_or_a_tie_are_no_trend():
    assert marked([11, 12, 10, 10.2, 10.4, 10.8, 11.4, 12, 11, 12, 10, 12]) == {}
    assert marked([11, 10, 12, 10, 10.2, 10.8, 10.8, 11.4, 11.9, 12, 11, 12, 10, 12]) == {}


def test_seven_on_one_side_marks_all_seven_and_a_point_on_the_mean_ends_it():
    side = [10.5, 12, 9, 10, 9, 12, 13, 12, 13, 12, 13, 12, 10.5, 12, 9, 10]
    assert 10.5 < np.mean(side) < 12
    assert marked(side) == dict.fromkeys(range(5, 12), SHIFT)
    six = [10, 12, 9, 13, 12, 13, 12, 13, 12, 9, 8, 10, 8]
    assert 8 < np.mean(six) < 12 and marked(six) == {}
    on_the_mean = [12, 13, 12, 11, 13, 12, 13, 10, 9, 10, 9, 10, 9, 11]
    assert np.mean(on_the_mean) == 11 and marked(on_the_mean) == {}


def test_longer_runs_are_marked_whole():
    assert marked([1, 4] * 5 + [5, 8] * 5) == {place: SHIFT for place in range(20)}


def test_two_of_three_near_a_limit_are_marked_and_not_the_third():
    """Limits of the zigzag: near above 14.5467, outside above 16.32."""
    for tail, places in (
        ([15, 15, 12], [12, 13]),
        ([15, 12, 15], [12, 14]),
        ([12, 15, 15], [13, 14]),
        ([15, 15, 15], [12, 13, 14]),
        ([15, 10, 15], []),  # one of the three on the other side
        ([15, 11, 15], []),  # one on the mean
        ([15, 12, 12], []),
        ([14.5, 14.5, 12], []),  # not beyond the near limit
        ([15, 17, 12], [13]),  # one of them is outside: not near
    ):
        found = marked(ZIGZAG + tail, fixed_after=12)
        assert sorted(found) == places
        assert set(found.values()) <= {NEAR} or places == [13]
        low = marked(ZIGZAG + [22 - value for value in tail], fixed_after=12)
        assert low == found


def test_two_near_opposite_limits_are_common_cause_as_in_nhsrplotthedots():
    """Its own test: alternating 1 and -1, then 5.5 and -5.5."""
    assert list(chart([1, -1] * 7 + [5.5, -5.5], screen_moving_ranges=True).label[-2:]) == ["common cause"] * 2


def test_near_points_at_the_very_start_and_end():
    assert sorted(marked([15, 15, 12] + ZIGZAG, rebase={3: "x"})) == []
    assert sorted(marked(ZIGZAG + [15, 15, 12], fixed_after=12)) == [12, 13]
    assert sorted(marked(ZIGZAG + [15, 15], fixed_after=12)) == [12, 13]  # with the 12 before them
    assert sorted(marked(ZIGZAG[:-1] + [15, 15], fixed_after=11)) == []  # with a 10 before them


def test_the_first_rule_that_holds_is_named():
    """A rise through everything: the point outside is "outside", the others "trend", though all lie on one side too."""
    rise = ZIGZAG + [12, 12.5, 13, 13.5, 14, 15, 15.5, 17]
    found = marked(rise, fixed_after=12)
    assert found[19] == OUTSIDE
    assert {found[place] for place in range(12, 19)} == {TREND}
    flat = ZIGZAG + [12, 12.5, 12, 15, 15, 12.5, 12]
    found = marked(flat, fixed_after=12)
    assert [found[place] for place in range(12, 19)] == [SHIFT, SHIFT, SHIFT, NEAR, NEAR, SHIFT, SHIFT]


@pytest.mark.parametrize(
    ("polarity", "high", "low"),
    [(HIGH, "improvement", "concern"), (LOW, "concern", "improvement"), ("neither", "neutral high", "neutral low")],
)
def test_labels_by_side_and_polarity(polarity, high, low):
    found = chart(ZIGZAG + [17, 5], fixed_after=12, polarity=polarity)
    assert list(found.label[11:]) == ["common cause", high, low]
    assert chart(ZIGZAG + [17], fixed_after=12).label[12] == "neutral high"


@pytest.mark.parametrize(("sign", "label"), [(1, "neutral high"), (-1, "neutral low")])
def test_a_point_on_the_mean_goes_with_its_trend(sign, label):
    values = sign * np.array([-3, -2, -1, 0, 1, 2, 3])
    found = chart(values)
    assert found.mean[0] == 0
    assert found.label[3] == label
    other = {"neutral high": "neutral low", "neutral low": "neutral high"}[label]
    assert list(found.label) == [other] * 3 + [label] * 4


def test_a_flat_series_of_decimals_is_common_cause():
    """The mean of twelve times 0.7 can be a hair off 0.7: no point lies above or below it."""
    for flat in ([0.7] * 12, [-0.7] * 12, [33.3e6] * 12, [0.7e-6] * 12):
        assert set(chart(flat).label) == {"common cause"}
        assert set(chart(flat, screen_moving_ranges=True).label) == {"common cause"}


def test_small_differences_count():
    """The same chart a million times smaller, or larger, says the same."""
    values = np.array(ZIGZAG + [17, 15, 15, 12, 12.5, 12, 12, 12.1])
    for scale in (1e-15, 1e-6, 1e6, 1e15):
        assert marked(values * scale, fixed_after=12) == marked(values, fixed_after=12) != {}


@pytest.mark.parametrize("line", ["near_lower", "near_upper", "lower", "upper"])
def test_a_point_on_a_line_is_not_beyond_it(line):
    """As computed, to the last digit."""
    for scale in (1, 1e-3, 1e3):
        zigzag = [scale * value for value in ZIGZAG]
        value = getattr(chart(zigzag), line)[0]
        third = scale * (12 if "upper" in line else 10)
        found = marked([*zigzag, value, value, third], fixed_after=12)
        assert sorted(found) == ([] if "near" in line else [12, 13])
        assert set(found.values()) <= {NEAR}


def test_a_missing_value_has_no_moving_range_and_breaks_runs():
    values = [10, 12, 10, np.nan, 30, 32, 30, 32]
    found = chart(values)
    assert found.mean[0] == pytest.approx(156 / 7)
    assert found.upper[0] == pytest.approx(156 / 7 + 2.66 * 2)
    assert (found.label[3], found.rule[3]) == ("", "")
    shift = ZIGZAG + [12, 12.5, 12, np.nan, 12.5, 12, 12.5, 12]
    assert marked(shift, fixed_after=12) == {}
    trend = ZIGZAG + [10, 10.5, 11, 11.2, np.nan, 11.4, 11.6, 11.8, 12]
    assert marked(trend, fixed_after=12) == {}
    near = ZIGZAG + [15, np.nan, 15]
    assert marked(near, fixed_after=12) == {}


def test_rebasing_gives_each_stretch_its_own_limits_and_runs():
    values = ZIGZAG + [110, 130] * 6
    found = chart(values, rebase={12: "one front door"})
    assert found.events == {12: "one front door"}
    assert list(found.mean) == [11] * 12 + [120] * 12
    assert found.upper[11] == pytest.approx(16.32) and found.upper[12] == pytest.approx(120 + 2.66 * 20)
    assert set(found.label) == {"common cause"}
    run = [10, 12] * 3 + [12, 12.5, 12, 12.5] + [12, 12.5, 12] + [10, 12] * 3
    assert marked(run, rebase={10: "x"}) == {}


def test_several_events_in_any_order():
    values = [1, 2, 1, 11, 12, 11, 21, 22, 21]
    found = chart(values, rebase={6: "second", 3: "first"})
    assert found.mean == pytest.approx([4 / 3] * 3 + [34 / 3] * 3 + [64 / 3] * 3)
    assert found.events == {6: "second", 3: "first"}


def test_limits_fixed_after_so_many_points_do_not_move():
    moved = chart(ZIGZAG + [30, 31, 30])
    fixed = chart(ZIGZAG + [30, 31, 30], fixed_after=12)
    assert fixed.upper == pytest.approx([16.32] * 15) and moved.upper[0] > 16.32
    both = chart(ZIGZAG + ZIGZAG + [50], fixed_after=12, rebase={12: "x"})
    assert both.upper == pytest.approx([16.32] * 25)
    assert chart([10, 12, 50], fixed_after=2).upper[0] == pytest.approx(11 + 2.66 * 2)


@pytest.mark.parametrize(
    ("target", "high", "low"),
    [
        (5, "consistently hits the target", "consistently fails the target"),
        (5.67, "consistently hits the target", "consistently fails the target"),
        (11, "hit and miss", "hit and miss"),
        (16.33, "consistently fails the target", "consistently hits the target"),
        (np.nan, "", ""),
    ],
)
def test_assurance_by_the_last_limits(target, high, low):
    assert chart(ZIGZAG, target=target, polarity=HIGH).assurance == high
    assert chart(ZIGZAG, target=target, polarity=LOW).assurance == low
    assert chart(ZIGZAG, target=target).assurance == ""
    before = chart([100, 120] * 6 + ZIGZAG, target=target, polarity=HIGH, rebase={12: "x"})
    assert before.assurance == high


def test_a_target_on_a_limit_is_hit_and_miss():
    found = chart(ZIGZAG)
    for target in (found.lower[-1], found.upper[-1]):
        assert chart(ZIGZAG, target=target, polarity=HIGH).assurance == "hit and miss"


def test_no_limits_no_assurance():
    assert chart([10], target=5, polarity=HIGH).assurance == ""
    assert chart([], target=5, polarity=HIGH).assurance == ""


STOCK_WORDS = (
    "This is a stock: each number is the one before and a little more, so an XmR chart would call most points special. "
    "Chart starts and leavers."
)
SMALL_WORDS = "Fewer than 10 a period on average: counts so small vary in a way that an XmR chart does not fit."


def test_a_stock_is_cautioned_against():
    assert chart(ZIGZAG, of="stock").cautions == (STOCK_WORDS,)
    assert chart([1, 2] * 6, of="stock").cautions == (STOCK_WORDS,)


def test_small_counts_are_cautioned_against_and_small_percentages_not():
    assert chart([9, 10] * 6, of="flow").cautions == (SMALL_WORDS,)
    assert chart([9, 11] * 6, of="flow").cautions == ()
    assert chart([1, 2] * 6).cautions == ()
    assert chart(ZIGZAG + [1, 2] * 6, of="flow", rebase={12: "x"}).cautions == (SMALL_WORDS,)
    assert xmr([1, 2] * 6, screen_moving_ranges=False).cautions == (SMALL_WORDS,)  # a flow unless said otherwise


def test_fewer_than_12_points_are_trial_limits():
    assert chart(ZIGZAG[:11]).cautions == ("Trial limits: they rest on 11 points, and need 12.",)
    assert chart(ZIGZAG).cautions == ()
    assert chart([*ZIGZAG[:11], np.nan]).cautions == ("Trial limits: they rest on 11 points, and need 12.",)
    assert chart(ZIGZAG, fixed_after=6).cautions == ("Trial limits: they rest on 6 points, and need 12.",)
    assert chart(ZIGZAG + ZIGZAG[:5], rebase={12: "x"}).cautions == (
        "Trial limits: they rest on 5 points, and need 12.",
    )
    assert chart([], of="flow").cautions == ("Trial limits: they rest on 0 points, and need 12.",)


@pytest.mark.parametrize(
    "values", [[], [5.0], [np.nan] * 3, [5.0, np.nan, 6.0]], ids=["none", "one", "missing", "apart"]
)
@pytest.mark.parametrize("screen", [True, False])
def test_without_two_neighbouring_values_there_are_no_limits(values, screen):
    found = chart(values, screen_moving_ranges=screen)
    for line in (found.lower, found.upper, found.near_lower, found.near_upper):
        assert np.isnan(line).all() and len(line) == len(values)
    assert list(found.label) == ["" if np.isnan(value) else "common cause" for value in values]
    if len(values) and not np.isnan(values[0]):
        assert found.mean[0] == np.nanmean(values)


def test_the_series_and_the_events_are_left_as_they_were():
    values, events = np.array(ZIGZAG, float), {6: "x"}
    chart(values, rebase=events)
    assert list(values) == ZIGZAG and events == {6: "x"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"polarity": "up"}, "polarity 'up' is not one of higher is better, lower is better, neither"),
        ({"of": "rate"}, "an XmR chart is of a flow, a stock or other, not of 'rate'"),
        ({"fixed_after": 1}, "limits fixed after 1 points: two at least give a moving range"),
        ({"rebase": {0: "x"}}, "rebased at position 0 of a series of 12 points: 1 to 11 can begin anew"),
        ({"rebase": {3: "a", 12: "x"}}, "rebased at position 12 of a series of 12 points: 1 to 11 can begin anew"),
    ],
)
def test_what_makes_no_sense_is_refused(options, message):
    with pytest.raises(ValueError) as raised:
        chart(ZIGZAG, **options)
    assert str(raised.value) == message


def test_the_second_and_the_last_position_can_begin_anew():
    assert chart(ZIGZAG, rebase={1: "x"}).mean[0] == 10
    assert chart(ZIGZAG, rebase={11: "x"}).mean[11] == 12


def naive_rules(values):
    """Every rule by a plain loop over all windows, with NHSRplotthedots' order of precedence."""
    known = [value for value in values if not np.isnan(value)]
    mean = sum(known) / len(known)
    ranges = [abs(b - a) for a, b in zip(values, values[1:], strict=False) if not np.isnan(a) and not np.isnan(b)]
    reach = 2.66 * sum(ranges) / len(ranges)
    found = [""] * len(values)
    windows = lambda size: (range(start, start + size) for start in range(len(values) - size + 1))  # noqa: E731
    sides = [0 if np.isnan(value) else (value > mean) - (value < mean) for value in values]
    for window in windows(7):
        if abs(sum(sides[place] for place in window)) == 7:
            for place in window:
                found[place] = SHIFT
    near = [2 * reach / 3 < abs(value - mean) <= reach for value in values]
    for window in windows(3):
        if abs(sum(sides[place] for place in window)) == 3 and sum(near[place] for place in window) >= 2:
            for place in window:
                found[place] = NEAR if near[place] else found[place]
    for window in windows(7):
        steps = [values[place + 1] - values[place] for place in window[:-1]]
        if all(step > 0 for step in steps) or all(step < 0 for step in steps):
            for place in window:
                found[place] = TREND
    return [OUTSIDE if abs(value - mean) > reach else rule for value, rule in zip(values, found, strict=True)]


# Eighths: sums and means of a few are exact or far from a limit, so that both agree to the last bit.
series = st.lists(st.one_of(st.integers(0, 160).map(lambda n: n / 8), st.just(np.nan)), min_size=2, max_size=40)


@given(series.filter(lambda values: any(not np.isnan(a + b) for a, b in zip(values, values[1:], strict=False))))
def test_rules_match_a_plain_loop(values):
    assert list(chart(values).rule) == naive_rules(values)


@given(st.lists(st.integers(0, 100), min_size=14, max_size=30))
def test_turning_the_series_turns_the_labels(values):
    turned = {"improvement": "concern", "concern": "improvement", "common cause": "common cause"}
    up, down = chart(values, polarity=HIGH), chart([100 - value for value in values], polarity=HIGH)
    assert list(down.label) == [turned[label] for label in up.label]
    assert list(down.rule) == list(up.rule)


def test_runs_are_found_in_a_long_walk():
    """A seeded walk of 200 steps: a stock, of which most points come out special, as the caution says."""
    steps = np.random.default_rng(3).normal(size=200)
    values = (np.round(np.cumsum(steps) * 8) / 8).tolist()
    found = chart(values)
    assert list(found.rule) == naive_rules(values)
    assert (found.rule != "").mean() > 0.5
    assert {OUTSIDE, NEAR, SHIFT} <= set(found.rule)


def test_missing_may_be_none():
    assert list(chart([10, 12, None, 12, 10]).label) == [
        "common cause",
        "common cause",
        "",
        "common cause",
        "common cause",
    ]
