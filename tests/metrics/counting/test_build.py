"""From counts to results: values, intervals, units and the words for the method."""

import numpy as np
import pandas as pd
import pytest

from analysis_lib.metrics.counting import build
from analysis_lib.periods import Period
from analysis_lib.results import RATE_UNITS, Measure
from analysis_lib.stats import intervals, quantiles

DAY = pd.Timestamp("2025-03-31")


def measure(unit):
    return Measure("made_up", "Made up", "A made-up measure.", unit, "neither", "nobody")


def row(result):
    frame = result.exact()
    assert len(frame) == 1
    return frame.iloc[0]


def counted(numerator, denominator):
    return pd.DataFrame({"numerator": [numerator], "denominator": [denominator]})


@pytest.mark.parametrize(("unit", "per"), [("per 1,000", 1_000), ("per 10,000", 10_000), ("per 100,000", 100_000)])
def test_a_rate_is_per_so_many_by_its_unit(unit, per):
    assert RATE_UNITS[unit] == per
    found = row(build.rate(measure(unit), counted(12, 3_000), when=DAY))
    assert found["value"] == pytest.approx(12 * per / 3_000)
    assert (found["lower"], found["upper"]) == pytest.approx((6.2006 * per / 3_000, 20.9616 * per / 3_000), rel=1e-5)
    assert (found["method"], found["unit"]) == ("exact Poisson, 95%", unit)
    assert not measure(unit).is_count


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("exact", "exact Poisson, 95%"),
        ("byar", "Byar, 95%"),
        ("fingertips", "exact Poisson below 10, Byar from 10, 95%"),
    ],
)
def test_a_rate_by_another_method(method, words):
    found = row(build.rate(measure("per 1,000"), counted(12, 1_000), when=DAY, method=method))
    assert (found["lower"], found["upper"]) == intervals.poisson(12, method=method)
    assert (found["value"], found["method"]) == (12, words)


def test_a_rate_by_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="'normal' is not one of exact, byar, fingertips"):
        build.rate(measure("per 1,000"), counted(12, 1_000), when=DAY, method="normal")


def test_a_rate_without_people_is_missing():
    for people in (0, np.nan):
        found = row(build.rate(measure("per 1,000"), counted(0, people), when=DAY))
        assert np.isnan([found["value"], found["lower"], found["upper"]]).all()
        assert found["symbol"] == "z"


REOFFENCES = pd.DataFrame({"child_id": list("abcdefg"), "reoffences": [0, 2, 0, 1, 7, 0, np.nan]})


def test_events_per_child():
    """Ten reoffences of six children whose number is known."""
    found = row(build.per_child(measure("ratio"), REOFFENCES, value="reoffences", when=DAY))
    assert (found["numerator"], found["denominator"]) == (10, 6)
    assert found["value"] == pytest.approx(10 / 6)
    assert (found["lower"], found["upper"]) == quantiles.bootstrap_mean([0, 2, 0, 1, 7, 0])
    assert found["lower"] < 10 / 6 < found["upper"]
    assert found["method"] == "events per child, BCa bootstrap over children 95%"
    assert found["period_end"] == DAY and pd.isna(found["period_start"])


def test_events_per_child_do_not_depend_on_the_order_of_the_children():
    there = build.per_child(measure("ratio"), REOFFENCES, value="reoffences", when=DAY).exact()
    back = build.per_child(measure("ratio"), REOFFENCES[::-1], value="reoffences", when=DAY).exact()
    pd.testing.assert_frame_equal(there, back)


def test_events_per_child_by_group_and_period():
    observations = REOFFENCES.assign(sex=list("ffmmmfm"))
    period = Period.parse("2024-25")
    frame = build.per_child(measure("ratio"), observations, value="reoffences", groups=("sex",), when=period).exact()
    assert list(frame["sex"]) == ["f", "m"]
    assert list(frame["numerator"]) == [2, 8] and list(frame["denominator"]) == [3, 3]
    assert (frame["period_start"] == period.start).all() and (frame["period_end"] == period.end).all()


def test_events_of_no_child():
    found = row(build.per_child(measure("ratio"), REOFFENCES[:0], value="reoffences", when=DAY))
    assert (found["numerator"], found["denominator"]) == (0, 0)
    assert np.isnan([found["value"], found["lower"], found["upper"]]).all()
    assert found["symbol"] == "z"


DAYS = pd.DataFrame({"child_id": list("abcdefgh"), "days": [30, 10, 20, 80, 50, 40, 60, np.nan]})


@pytest.mark.parametrize(
    ("interval", "limits", "words"),
    [
        ("", (np.nan, np.nan), "median (type 7)"),
        ("order statistics", (10, 80), "median (type 7), order statistics 95%"),
        (
            "bootstrap",
            quantiles.bootstrap_quantile([10, 20, 30, 40, 50, 60, 80]),
            "median (type 7), BCa bootstrap 95%",
        ),
    ],
)
def test_a_median_with_and_without_an_interval(interval, limits, words):
    found = row(build.quantile(measure("days"), DAYS, value="days", q=0.5, when=DAY, interval=interval))
    assert (found["value"], found["denominator"]) == (40, 7)
    assert (found["lower"], found["upper"]) == pytest.approx(limits, nan_ok=True)
    assert found["method"] == words
    assert np.isnan(found["numerator"])


def test_a_median_has_no_interval_unless_it_is_named():
    plain = build.quantile(measure("days"), DAYS, value="days", q=0.5, when=DAY).exact()
    pd.testing.assert_frame_equal(
        plain, build.quantile(measure("days"), DAYS, value="days", q=0.5, when=DAY, interval="").exact()
    )


@pytest.mark.parametrize(
    ("q", "value", "words"),
    [
        (0.25, 25, "lower quartile (type 7), order statistics 95%"),
        (0.75, 55, "upper quartile (type 7), order statistics 95%"),
        (0.9, 68, "quantile 0.9 (type 7), order statistics 95%"),
    ],
)
def test_quartiles_say_so(q, value, words):
    found = row(build.quantile(measure("days"), DAYS, value="days", q=q, when=DAY, interval="order statistics"))
    assert (found["value"], found["method"]) == (pytest.approx(value), words)
    limits = quantiles.order_statistics([10, 20, 30, 40, 50, 60, 80], q)
    assert (found["lower"], found["upper"]) == pytest.approx(limits, nan_ok=True)


def test_an_unknown_interval_is_refused():
    with pytest.raises(KeyError):
        build.quantile(measure("days"), DAYS, value="days", q=0.5, when=DAY, interval="normal")


@pytest.mark.parametrize("interval", ["", "order statistics", "bootstrap"])
def test_a_median_of_nobody_is_missing(interval):
    found = row(build.quantile(measure("days"), DAYS[:0], value="days", q=0.5, when=DAY, interval=interval))
    assert found["denominator"] == 0
    assert np.isnan([found["value"], found["lower"], found["upper"]]).all()


def test_a_mean_with_its_interval():
    """By hand: 290 days of 7 children; t with 6 degrees of freedom 2.446912, standard error 9.2214."""
    found = row(build.mean(measure("days"), DAYS, value="days", when=DAY))
    assert (found["numerator"], found["denominator"]) == (290, 7)
    assert found["value"] == pytest.approx(290 / 7)
    reach = 2.446912 * np.std([30, 10, 20, 80, 50, 40, 60], ddof=1) / 7**0.5
    assert (found["lower"], found["upper"]) == pytest.approx((290 / 7 - reach, 290 / 7 + reach), rel=1e-6)
    assert found["method"] == "mean, t interval 95%"


def test_a_count_and_a_percentage_and_ratios():
    found = row(build.count(measure("children"), counted(7, 20), when=DAY))
    assert (found["value"], found["numerator"], found["method"]) == (7, 7, "full count, no interval")
    assert np.isnan([found["denominator"], found["lower"], found["upper"]]).all()
    found = row(build.proportion(measure("%"), counted(81, 263), when=DAY))
    assert (found["value"], found["lower"], found["upper"]) == pytest.approx((30.798, 25.53, 36.62), abs=5e-3)
    assert (found["method"], found["symbol"], found["source"]) == ("Wilson score, 95%", "", "")
    found = row(build.ratio(measure("ratio"), counted(6, 4), when=DAY))
    assert (found["value"], found["method"]) == (1.5, "ratio of two full counts, no interval")
    found = row(build.share_of_sums(measure("%"), counted(6, 40), when=DAY))
    assert (found["value"], found["method"]) == (15, "ratio of two sums over children, no interval")


@pytest.mark.parametrize(
    ("make", "unit"), [(build.proportion, "%"), (build.ratio, "ratio"), (build.share_of_sums, "%")]
)
def test_nothing_to_divide_by_gives_no_value(make, unit):
    found = row(make(measure(unit), counted(0, 0), when=DAY))
    assert np.isnan([found["value"], found["lower"], found["upper"]]).all()
    assert (found["numerator"], found["denominator"], found["symbol"]) == (0, 0, "z")
