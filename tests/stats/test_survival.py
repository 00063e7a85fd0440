"""Survival curves against printed tables, then properties, then edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.stats.survival import cumulative_incidence, kaplan_meier, log_rank

pytestmark = pytest.mark.filterwarnings("error")  # what is documented as missing is no surprise

# Freireich EJ et al. (1963) Blood 21:699-716: weeks in remission, 6-mercaptopurine and placebo; False = still in remission.
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_kaplan_meier_matches_freireich_1963_as_printed_in_textbooks():
    """Estimates and numbers at risk as in Kleinbaum and Klein, Survival Analysis, chapter 2."""
    curve = kaplan_meier(TREATED, RELAPSED)
    assert list(curve.times) == [6, 7, 10, 13, 16, 22, 23]
    assert list(curve.at_risk) == [21, 17, 15, 12, 11, 7, 6]
    assert list(curve.events) == [3, 1, 1, 1, 1, 1, 1]
    assert curve.share == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)


def test_kaplan_meier_interval_matches_r_survival_log_log():
    """R: summary(survfit(Surv(weeks, relapse) ~ 1, conf.type = "log-log")), first and last rows."""
    curve = kaplan_meier(TREATED, RELAPSED)
    assert (curve.lower[0], curve.upper[0]) == pytest.approx((0.620, 0.952), abs=5e-4)
    assert (curve.lower[-1], curve.upper[-1]) == pytest.approx((0.188, 0.680), abs=5e-4)


def test_median_remission_is_23_weeks_treated_and_8_on_placebo():
    assert kaplan_meier(TREATED, RELAPSED).time_when(0.5) == 23
    assert kaplan_meier(TREATED, RELAPSED).time_when(0.25) == 13
    assert np.isnan(kaplan_meier(TREATED, RELAPSED).time_when(0.75))
    assert kaplan_meier(PLACEBO, [1] * 21).time_when(0.5) == 8


def test_without_anyone_lost_the_curve_is_the_plain_share():
    curve = kaplan_meier(PLACEBO, [True] * 21)
    plain = [np.mean(np.array(PLACEBO) > time) for time in curve.times]
    assert curve.share == pytest.approx(plain)


def naive_incidence(durations, ends, of, until):
    """Aalen-Johansen by a plain loop: at each time, the share still waiting times the share of those who reach it."""
    waiting, total = 1.0, 0.0
    for time in sorted(set(durations)):
        if time > until:
            break
        at_risk = sum(each >= time for each in durations)
        reached = [end for each, end in zip(durations, ends, strict=True) if each == time and end > 0]
        total += waiting * reached.count(of) / at_risk
        waiting *= 1 - len(reached) / at_risk
    return total, waiting


follow_up = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), min_size=1, max_size=40)


@given(follow_up, st.integers(0, 30))
def test_incidence_and_waiting_match_a_plain_loop_and_add_up_to_one(rows, until):
    durations, ends = [row[0] for row in rows], [row[1] for row in rows]
    until = min(until, max(durations))
    first, waiting = naive_incidence(durations, ends, 1, until)
    one = cumulative_incidence(durations, ends, of=1).at(until)[0][0]
    two = cumulative_incidence(durations, ends, of=2).at(until)[0][0]
    still = kaplan_meier(durations, np.array(ends) > 0).at(until)[0][0]
    assert one == pytest.approx(first, abs=1e-9)
    assert still == pytest.approx(waiting, abs=1e-9)
    assert one + two + still == pytest.approx(1, abs=1e-9)


@given(follow_up)
def test_intervals_hold_the_estimate_and_stay_between_0_and_1(rows):
    durations, ends = [row[0] for row in rows], [row[1] for row in rows]
    for curve in (kaplan_meier(durations, np.array(ends) > 0), cumulative_incidence(durations, ends, of=1)):
        known = ~np.isnan(curve.lower)
        assert (curve.lower[known] >= 0).all() and (curve.upper[known] <= 1).all()
        assert (curve.lower[known] <= curve.share[known] + 1e-12).all()
        assert (curve.share[known] <= curve.upper[known] + 1e-12).all()


def test_with_one_kind_of_end_incidence_is_kaplan_meier_turned_over_interval_included():
    survival = kaplan_meier(TREATED, RELAPSED)
    incidence = cumulative_incidence(TREATED, RELAPSED, of=1)
    assert incidence.share == pytest.approx(1 - survival.share)
    assert incidence.lower == pytest.approx(1 - survival.upper)
    assert incidence.upper == pytest.approx(1 - survival.lower)


def test_calling_another_end_a_loss_of_sight_overstates():
    """Ten children: four move in on day 10, five plans end on day 5, one is followed to day 20."""
    durations, ends = [10] * 4 + [5] * 5 + [20], [1] * 4 + [2] * 5 + [0]
    assert cumulative_incidence(durations, ends, of=1).at(10)[0][0] == pytest.approx(0.4)
    assert 1 - kaplan_meier(durations, np.array(ends) == 1).at(10)[0][0] == pytest.approx(0.8)


def test_at_holds_between_steps_and_says_nothing_beyond_the_last_follow_up():
    curve = kaplan_meier([5, 10, 20], [True, True, False])
    share, _, _ = curve.at([0, 4.9, 5, 9, 10, 20, 21])
    assert share[:6] == pytest.approx([1, 1, 2 / 3, 2 / 3, 1 / 3, 1 / 3])
    assert np.isnan(share[6])
    assert list(curve.followed_beyond([0, 5, 19, 20])) == [3, 2, 1, 0]
    assert list(curve.events_by([0, 5, 10, 20])) == [0, 1, 2, 2]


def test_an_event_on_the_first_day_counts():
    curve = kaplan_meier([0, 4], [True, False])
    assert curve.at([0, 4])[0] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("curve", [kaplan_meier([3, 4], [0, 0]), cumulative_incidence([3, 4], [0, 2], of=1)])
def test_no_event_is_a_flat_line(curve):
    assert curve.at([0, 3])[0] == pytest.approx([curve.start] * 2)
    assert np.isnan(curve.time_when(0.5))


def test_nobody_at_all_gives_no_figure():
    assert np.isnan(kaplan_meier([], []).at([0, 1])[0]).all()
    assert np.isnan(cumulative_incidence([], [], of=1).at([0, 1])[0]).all()


@pytest.mark.parametrize("durations", [[-1, 2], [np.nan, 2]])
def test_unknown_or_negative_durations_are_refused(durations):
    with pytest.raises(ValueError, match="known and not negative"):
        kaplan_meier(durations, [1, 1])


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="one of each"):
        kaplan_meier([1, 2], [1])


GROUPS = ["treated"] * 21 + ["placebo"] * 21


def test_log_rank_matches_freireich_1963_as_printed_in_textbooks():
    """Kleinbaum and Klein, Survival Analysis, chapter 2: log-rank 16.79 on one degree of freedom."""
    test = log_rank(TREATED + PLACEBO, RELAPSED + [1] * 21, GROUPS)
    assert test.statistic == pytest.approx(16.793, abs=5e-4)
    assert test.degrees == 1
    assert test.p_value == pytest.approx(4.17e-5, rel=2e-3)


def naive_log_rank(durations, occurred, first):
    """Two groups by a plain loop: observed less expected events of the first, squared, over their variance."""
    apart = variance = 0.0
    for time in sorted(set(durations)):
        at_risk = [
            (of, each == time and event)
            for each, event, of in zip(durations, occurred, first, strict=True)
            if each >= time
        ]
        n, n1 = len(at_risk), sum(of for of, _ in at_risk)
        d, d1 = sum(event for _, event in at_risk), sum(event for of, event in at_risk if of)
        apart += d1 - d * n1 / n
        if n > 1:
            variance += d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1)
    return apart**2 / variance if variance else None


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), min_size=2, max_size=30))
def test_log_rank_matches_a_plain_loop(rows):
    durations, occurred, first = zip(*rows, strict=True)
    expected = naive_log_rank(durations, occurred, first)
    if expected is not None and len(set(first)) == 2:
        test = log_rank(durations, occurred, first)
        assert test.statistic == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_log_rank_of_three_groups_has_two_degrees_of_freedom():
    assert log_rank([1, 2, 3, 4, 5, 6], [1] * 6, list("abcabc")).degrees == 2


def test_equal_waits_do_not_differ():
    test = log_rank([5, 9, 14] * 2, [1, 1, 0] * 2, list("aaabbb"))
    assert test.statistic == pytest.approx(0, abs=1e-12)
    assert test.p_value == pytest.approx(1)


@pytest.mark.parametrize(
    ("durations", "occurred", "groups"),
    [([], [], []), ([1, 2], [1, 1], ["a", "a"]), ([1, 2], [0, 0], ["a", "b"])],
    ids=["nobody", "one group", "no event"],
)
def test_log_rank_with_nothing_to_compare_is_missing(durations, occurred, groups):
    test = log_rank(durations, occurred, groups)
    assert np.isnan([test.statistic, test.p_value]).all()
    assert test.degrees == 0


def test_log_rank_checks_what_it_is_given():
    with pytest.raises(ValueError, match="known and not negative"):
        log_rank([-1, 2], [1, 1], ["a", "b"])
    with pytest.raises(ValueError) as raised:
        log_rank([1, 2], [1, 1], ["a"])
    assert str(raised.value) == "2 durations and 1 groups: one of each for every child"
    with pytest.raises(ValueError) as raised:
        log_rank([1, 2], [1], ["a", "b"])
    assert str(raised.value) == "2 durations and 1 ends: one of each for every child"


def test_curves_have_95_percent_limits_unless_said_otherwise():
    for curve, other, wider in (
        (kaplan_meier(TREATED, RELAPSED), kaplan_meier(TREATED, RELAPSED, 0.95), kaplan_meier(TREATED, RELAPSED, 0.96)),
        (
            cumulative_incidence(TREATED, RELAPSED, of=1),
            cumulative_incidence(TREATED, RELAPSED, of=1, confidence=0.95),
            cumulative_incidence(TREATED, RELAPSED, of=1, confidence=0.96),
        ),
    ):
        assert list(curve.lower) == list(other.lower) and list(curve.upper) == list(other.upper)
        assert (wider.lower < curve.lower).all() and (wider.upper > curve.upper).all()


def test_a_curve_of_one_end_counts_those_at_risk_and_their_events():
    """Two ends: of eight children two reach end 1 on day 3, one on day 7; end 2 takes one on day 3 and one on day 5."""
    curve = cumulative_incidence([3, 3, 3, 5, 7, 7, 9, 9], [1, 1, 2, 2, 1, 0, 0, 2], of=1)
    assert list(curve.times) == [3, 7]
    assert list(curve.at_risk) == [8, 4]
    assert list(curve.events) == [2, 1]
    assert curve.share == pytest.approx([2 / 8, 2 / 8 + 4 / 8 / 4])
    assert list(curve.durations) == [3, 3, 3, 5, 7, 7, 9, 9]
    assert curve.start == 0
    assert np.isnan(curve.at(2)[1]).all() and np.isnan(curve.at(2)[2]).all()


def test_of_the_second_end():
    curve = cumulative_incidence([3, 3, 3, 5, 7, 7, 9, 9], [1, 1, 2, 2, 1, 0, 0, 2], of=2)
    assert list(curve.times) == [3, 5, 9]
    assert curve.share[:2] == pytest.approx([1 / 8, 1 / 8 + 5 / 8 / 5])


def test_once_nobody_is_left_there_is_a_share_without_an_interval():
    curve = kaplan_meier([2, 4, 6], [1, 1, 1])
    assert curve.share[-1] == 0
    assert list(np.isnan(curve.lower)) == list(np.isnan(curve.upper)) == [False, False, True]


def test_the_time_of_a_share_is_the_first_that_reaches_it():
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])
    assert [curve.time_when(share) for share in (0.2, 0.25, 0.26, 0.5, 1)] == [1, 1, 2, 2, 4]


def test_ends_are_said_for_each_child():
    with pytest.raises(ValueError) as raised:
        kaplan_meier([1, 2], [1])
    assert str(raised.value) == "2 durations and 1 ends: one of each for every child"
    with pytest.raises(ValueError) as raised:
        kaplan_meier([1, -2], [1, 1])
    assert str(raised.value) == "durations must be known and not negative; leave out and count the others first"


def test_what_comes_as_objects_is_read():
    """As columns that a workbook gave."""
    durations, ends, groups = (np.array(each, object) for each in ([3, 5, 7, 9], [1, 0, 2, 1], ["a", "b", "a", "b"]))
    assert list(kaplan_meier(durations, ends > 0).share) == list(kaplan_meier([3, 5, 7, 9], [1, 0, 1, 1]).share)
    assert list(cumulative_incidence(durations, ends, of=1).share) == pytest.approx([0.25, 0.625])
    assert log_rank(durations, ends > 0, groups) == log_rank([3, 5, 7, 9], [1, 0, 1, 1], ["a", "b", "a", "b"])


def test_whatever_is_true_is_an_event():
    assert log_rank([3, 5, 7, 9], [2, 0, 2, 2], list("abab")) == log_rank([3, 5, 7, 9], [1, 0, 1, 1], list("abab"))
    assert list(kaplan_meier([3, 5, 7], [2, 0, 2]).share) == list(kaplan_meier([3, 5, 7], [1, 0, 1]).share)
