"""Rows of children into results: every day, period and expected group has a row, and every row names its children."""

import pandas as pd
import pytest

from analysis_lib.metrics.counting import tabulate
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period
from analysis_lib.results import Measure

DAYS = [pd.Timestamp("2021-03-31"), pd.Timestamp("2020-03-31")]
PERIODS = [Period.parse("2020-21"), Period.parse("2020-M04")]
ROWS = pd.DataFrame(
    {
        "child_id": ["a", "b", "c", "d"],
        "when": [0, 0, 1, 0],
        "kind": ["x", "y", "x", "x"],
        "days": [1.0, 2.0, None, 9.0],
    }
)


def measure(unit="children"):
    return Measure("made_up", "Made up", "A measure made up for the tests.", unit, "neither", "nobody")


def named(make, side="numerator"):
    with recorded():
        return behind(make())[f"{side}_children"].tolist()


def rows_of(result, *columns):
    return result.exact()[list(columns)].values.tolist()


def test_days_have_an_end_alone_and_periods_both():
    assert tabulate.dated(DAYS)["period_start"].isna().all() and tabulate.dated(DAYS)["period_end"].tolist() == DAYS
    assert tabulate.dated(PERIODS).values.tolist() == [[each.start, each.end] for each in PERIODS]
    assert tabulate.dated([]).empty


def test_numbers_on_days():
    def make():
        return tabulate.numbers_of(measure(), ROWS, DAYS)

    assert rows_of(make(), "value") == [[3], [1]] and named(make) == [["a", "b", "d"], ["c"]]
    assert rows_of(tabulate.numbers_of(measure(), ROWS[:0], DAYS), "value") == [[0], [0]]


def test_shares_and_ratios():
    def share():
        return tabulate.share_of(measure("%"), ROWS, DAYS, counts=ROWS["kind"] == "y")

    assert rows_of(share(), "numerator", "denominator") == [[1, 3], [0, 1]]
    assert named(share) == [["b"], []] and named(share, "denominator") == [["a", "b", "d"], ["c"]]

    def ratio():
        return tabulate.ratio_of(measure("ratio"), ROWS, ROWS[1:3], DAYS)

    assert rows_of(ratio(), "numerator", "denominator", "value") == [[3, 1, 3], [1, 1, 1]]
    assert named(ratio, "denominator") == [["b"], ["c"]]


def test_groups_that_are_expected_are_there_in_their_order():
    def numbers():
        return tabulate.numbers_by(measure(), ROWS, PERIODS, group="kind", expected=["z", "y", "x"])

    assert rows_of(numbers(), "kind", "value") == [["z", 0], ["y", 1], ["x", 2], ["z", 0], ["y", 0], ["x", 1]]
    assert named(numbers) == [[], ["b"], ["a", "d"], [], [], ["c"]]
    assert numbers().exact()["period_end"].tolist() == [PERIODS[0].end] * 3 + [PERIODS[1].end] * 3
    assert numbers().groups == ("kind",) == numbers().parts

    def shares():
        return tabulate.shares_by(measure("%"), ROWS, PERIODS, group="kind", expected=["x", "y"])

    assert rows_of(shares(), "numerator", "denominator") == [[2, 3], [1, 3], [1, 1], [0, 1]]
    assert named(shares, "denominator") == [["a", "b", "d"]] * 2 + [["c"]] * 2
    assert shares().parts == ("kind",)


def test_a_group_that_nobody_expects_is_refused():
    with pytest.raises(ValueError, match="kind: x, y is not one of z, w"):
        tabulate.numbers_by(measure(), ROWS, DAYS, group="kind", expected=["z", "w"])


def test_rows_in_periods_may_count_in_several():
    table = pd.DataFrame(
        {"child_id": list("abcd"), "day": pd.to_datetime(["2020-04-01", "2020-04-30", "2021-03-31", None])}
    )
    rows = tabulate.in_periods(table, "day", PERIODS)
    assert rows[["child_id", "when"]].values.tolist() == [["a", 0], ["b", 0], ["c", 0], ["a", 1], ["b", 1]]


def test_means_and_medians():
    mean = tabulate.statistic_of(measure("days"), ROWS, DAYS, value="days", statistic="mean").exact()
    assert mean[["numerator", "denominator"]].values.tolist() == [[12, 3], [0, 0]]
    assert mean["value"].tolist()[0] == 4 and pd.isna(mean["value"][1]) and mean["period_end"].tolist() == DAYS
    median = tabulate.statistic_of(measure("days"), ROWS, PERIODS, value="days", statistic="median").exact()
    assert median["value"].tolist()[0] == 2 and median["period_start"].tolist() == [each.start for each in PERIODS]
    assert median["method"].str.contains("median").all() and median["method"].str.contains("order statistics").all()
