"""The stricter profile: what every kind of figure becomes when its counts are rounded to 5."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.disclosure import Gate
from analysis_lib.disclosure.rounding import rounded, to_nearest
from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.policy import ClassPolicy, DisclosurePolicy
from analysis_lib.results import PUBLISHED, Measure, Result
from analysis_lib.stats import intervals

EXACT = ClassPolicy("characteristics", 6, 10, 10, 20)
TO_5 = ClassPolicy("characteristics", 6, 10, 10, 20, round_to=5)
QUARTER = Period.parse("2021-22-Q2")


def of(unit, **facts):
    return Measure("m", "M", "Something.", unit, "neither", "local", **facts)


def made(builder, unit, numerator, denominator=None, policy=TO_5, **facts):
    counts = pd.DataFrame({"numerator": [numerator], "denominator": [denominator]})
    result = builder(of(unit, **facts), counts, when=QUARTER)
    return rounded(result, result.exact(), policy).loc[0]


@pytest.mark.parametrize(("number", "printed"), [(0, 0), (2, 0), (2.5, 5), (6, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_to_the_nearest_5(number, printed):
    assert to_nearest(pd.Series([number]), 5)[0] == printed


def test_a_percentage_is_worked_out_from_the_rounded_counts_with_its_interval():
    row = made(build.proportion, "%", 13, 41)
    assert (row["numerator"], row["denominator"], row["value"]) == (15, 40, 37.5)
    assert (row["lower"], row["upper"]) == pytest.approx([100 * float(each) for each in intervals.wilson(15, 40)])


def test_a_count_and_a_difference_of_counts():
    assert made(build.count, "children", 213)["value"] == 215
    row = made(build.difference, "children", 213, 196)
    assert (row["numerator"], row["denominator"], row["value"]) == (215, 195, 20)


def test_a_public_population_stays_and_a_base_of_our_own_is_rounded():
    public, ours = made(build.rate, "per 10,000", 13, 32817), made(build.rate, "per 100", 13, 41, base="pupils")
    assert (public["denominator"], public["value"]) == (32817, 10_000 * 15 / 32817)
    assert public["lower"] == pytest.approx(
        10_000 * float(intervals.poisson(np.array(15.0), method="exact")[0]) / 32817
    )
    assert (ours["denominator"], ours["value"]) == (40, 37.5)


@pytest.mark.parametrize("method", ["exact", "byar", "fingertips"])
def test_the_limits_of_a_rate_follow_its_method(method):
    counts = pd.DataFrame({"numerator": [13], "denominator": [32817]})
    result = build.rate(of("per 10,000"), counts, when=QUARTER, method=method)
    row = rounded(result, result.exact(), TO_5).loc[0]
    expected = build.rate(of("per 10,000"), counts.assign(numerator=15), when=QUARTER, method=method).exact().loc[0]
    assert (row["lower"], row["upper"]) == (expected["lower"], expected["upper"])


def test_a_ratio_keeps_its_factor_and_loses_an_interval_that_two_counts_do_not_give():
    assert made(build.ratio, "ratio", 13, 41)["value"] == 15 / 40
    result = build.ratio(of("ratio"), pd.DataFrame({"numerator": [13], "denominator": [41]}), when=QUARTER)
    frame = result.exact().assign(value=2.6 * 13 / 41, lower=0.1, upper=0.9, method="exact conditional interval, 95%")
    row = rounded(result, frame, TO_5).loc[0]
    assert row["value"] == pytest.approx(2.6 * 15 / 40) and np.isnan(row["lower"]) and np.isnan(row["upper"])


def test_a_gap_is_measured_from_the_same_published_share():
    result = build.proportion(of("%"), pd.DataFrame({"numerator": [13], "denominator": [41]}), when=QUARTER)
    measure = of("percentage points")
    gap = Result(measure, result.exact().assign(value=100 * 13 / 41 - 20.5, unit=measure.unit))
    assert rounded(gap, gap.exact(), TO_5).loc[0, "value"] == pytest.approx(37.5 - 20.5)


def test_an_average_keeps_its_value_and_loses_the_sum_that_gives_its_base():
    result = build.mean(of("days"), pd.DataFrame({"days": range(13)}), value="days", when=QUARTER)
    row = rounded(result, result.exact(), TO_5).loc[0]
    assert row["value"] == 6 and row["denominator"] == 15 and np.isnan(row["numerator"])


def test_nothing_is_rounded_in_the_other_profile_nor_in_published_figures():
    result = build.count(of("children"), pd.DataFrame({"numerator": [213]}), when=QUARTER)
    assert rounded(result, result.exact(), EXACT).loc[0, "value"] == 213
    published = Result(result.measure, result.exact(), origin=PUBLISHED)
    assert rounded(published, published.exact(), TO_5).loc[0, "value"] == 213


def test_what_is_missing_stays_missing():
    assert np.isnan(made(build.proportion, "%", 0, 0)["value"])
    absent = build.proportion(of("%"), pd.DataFrame({"numerator": [13], "denominator": [41]}), when=QUARTER)
    frame = absent.exact().assign(value=np.nan, lower=np.nan, upper=np.nan, symbol="x")
    assert rounded(absent, frame, TO_5)[["value", "lower", "upper"]].isna().all(axis=None)


@settings(max_examples=30)
@given(st.integers(0, 400), st.integers(0, 400))
def test_a_rounded_share_is_a_share_and_not_far_off(above, rest):
    row = made(build.proportion, "%", above, above + rest)
    assert abs(row["numerator"] - above) <= 2 and abs(row["denominator"] - above - rest) <= 2
    if above + rest > 2:
        assert 0 <= row["lower"] <= row["value"] <= row["upper"] <= 100


@settings(max_examples=30)
@given(st.lists(st.integers(0, 99), min_size=1, max_size=6))
def test_the_exact_rows_are_left_as_they_are(numbers):
    counts = pd.DataFrame({"numerator": numbers, "g": [str(at) for at in range(len(numbers))]})
    result = build.count(of("children"), counts, groups=["g"], when=QUARTER)
    frame = result.exact()
    rounded(result, frame, TO_5)
    pd.testing.assert_frame_equal(frame, result.exact())


def test_the_gate_prints_every_count_to_5_and_reckons_with_what_it_prints():
    policy = DisclosurePolicy.alike(
        threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20, profile="rounded"
    )
    counts = pd.DataFrame({"need": list("abcd"), "numerator": [213, 8, 0, 4]})
    result = build.count(of("children"), counts, groups=["need"], when=QUARTER)
    gate = Gate("public", policy, measures={"m": of("children")})
    assert [value.text for value in gate.release(result).values()] == ["215", "10", "0", "c"]
    assert [figure.text for figure in gate._ledger.figures] == ["215", "10", "0", "c"]


@pytest.mark.parametrize(
    ("profile", "numbers", "printed"),
    [
        ("exact", [38, 22, 17, 4], ["38", "22", "c", "c"]),
        ("rounded", [38, 22, 17, 4], ["40", "20", "15", "c"]),
        # The total is 38 to 42 and the first part too: the second cannot be 5.
        ("rounded", [38, 4], ["c", "c"]),
    ],
)
def test_rounding_keeps_more_groups_and_the_attacker_still_looks(profile, numbers, printed):
    policy = DisclosurePolicy.alike(
        threshold=6, min_percentage_base=10, min_average_base=10, min_quartile_base=20, profile=profile
    )
    counts = pd.DataFrame({"need": list("abcd")[: len(numbers)], "numerator": numbers})
    gate = Gate("public", policy, measures={"m": of("children")})
    gate.release(build.count(of("children"), pd.DataFrame({"numerator": [sum(numbers)]}), when=QUARTER))
    parts = build.count(of("children"), counts, groups=["need"], parts=["need"], when=QUARTER)
    assert [value.text for value in gate.release(parts).values()] == printed
