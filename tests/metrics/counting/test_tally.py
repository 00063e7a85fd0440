"""Counting rows by period and group: every period and expected group has a row, and nothing is counted twice."""

import pandas as pd
import pytest

from analysis_lib.metrics.counting import tally
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.metrics.counting.tally import Group
from analysis_lib.periods import Period
from analysis_lib.results import Measure

YEAR, BEFORE = Period.parse("2020-21"), Period.parse("2019-20")
GROUPS = {"colour": Group("colour", {"R": "Red", "G": "Green"}), "place": Group("place")}


def measure(unit: str = "things") -> Measure:
    return Measure("things", "Things", "Things that happen.", unit, "neither", "made up")


def things(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["child_id", "happened", "colour", "place"])
    return frame.assign(happened=pd.to_datetime(frame["happened"]))


TABLE = things(
    ("a", "2020-04-01", "R", "north"),
    ("b", "2021-03-31", "R", "south"),
    ("a", "2020-10-01", "G", "north"),
    ("c", "2020-10-01", None, None),
    ("d", "2020-03-31", "R", "north"),
    ("e", "2021-04-01", "R", "north"),
    ("f", "2020-10-01", "BLUE", "south"),
)


def rows_of(result) -> list[dict]:
    return result.exact().to_dict("records")


def test_the_first_and_the_last_day_of_a_period_count():
    (row,) = rows_of(tally.number(measure(), TABLE, "happened", groups=GROUPS, period=YEAR))
    assert (row["numerator"], row["value"]) == (5, 5)
    assert (row["period_start"], row["period_end"]) == (YEAR.start, YEAR.end)
    assert pd.isna(row["denominator"]) and row["measure"] == "things"


def test_each_value_once_where_asked():
    assert (
        rows_of(tally.number(measure(), TABLE, "happened", groups=GROUPS, period=YEAR, once="child_id"))[0]["value"]
        == 4
    )
    by_colour = rows_of(
        tally.number(measure(), TABLE, "happened", groups=GROUPS, by=["colour"], period=YEAR, once="child_id")
    )
    assert [(row["colour"], row["value"]) for row in by_colour] == [("Red", 2), ("Green", 1), ("Not known", 2)]


def test_every_expected_group_has_a_row_in_every_period_and_what_is_not_recorded_is_not_known():
    result = tally.number(measure(), TABLE, "happened", groups=GROUPS, by=["colour"], period=[BEFORE, YEAR])
    assert result.groups == ("colour",)
    assert [(row["period_start"], row["colour"], row["value"]) for row in rows_of(result)] == [
        (BEFORE.start, "Red", 1), (BEFORE.start, "Green", 0), (BEFORE.start, "Not known", 0),
        (YEAR.start, "Red", 2), (YEAR.start, "Green", 1), (YEAR.start, "Not known", 2),
    ]  # fmt: skip


def test_groups_without_words_are_the_values_that_occur_in_order():
    result = tally.number(measure(), TABLE, "happened", groups=GROUPS, by=["place"], period=YEAR)
    assert [(row["place"], row["value"]) for row in rows_of(result)] == [("north", 2), ("south", 2), ("Not known", 1)]


def test_two_groups_give_every_combination():
    result = tally.number(measure(), TABLE, "happened", groups=GROUPS, by=["colour", "place"], period=YEAR)
    found = {(row["colour"], row["place"]): row["value"] for row in rows_of(result)}
    assert len(found) == 9 and sum(found.values()) == 5
    assert (found["Red", "north"], found["Red", "south"], found["Green", "north"]) == (1, 1, 1)
    assert (found["Not known", "south"], found["Not known", "Not known"], found["Green", "south"]) == (1, 1, 0)


def test_a_group_that_is_not_there_is_refused_by_name():
    with pytest.raises(ValueError, match="^no group size, shape; there are colour, place$"):
        tally.number(measure(), TABLE, "happened", groups=GROUPS, by=["size", "colour", "shape"], period=YEAR)


def test_shares_have_their_numerator_denominator_and_children():
    table = TABLE.assign(red=TABLE["colour"] == "R")
    with recorded():
        (row,) = rows_of(tally.share(measure("%"), table, "happened", "red", groups=GROUPS, period=YEAR))
    assert (row["numerator"], row["denominator"], row["value"]) == (2, 5, 40)
    assert row["numerator_children"] == ["a", "b"]
    assert row["denominator_children"] == ["a", "a", "b", "c", "f"]
    assert row["lower"] < 40 < row["upper"]
    by_place = rows_of(tally.share(measure("%"), table, "happened", "red", groups=GROUPS, by=["place"], period=YEAR))
    assert [(row["place"], row["numerator"], row["denominator"]) for row in by_place] == [
        ("north", 1, 2), ("south", 1, 2), ("Not known", 0, 1),
    ]  # fmt: skip


def test_a_share_of_nothing_is_missing_and_a_number_of_nothing_is_0():
    table = TABLE.assign(red=TABLE["colour"] == "R").iloc[:0]
    with recorded():
        (share,) = rows_of(tally.share(measure("%"), table, "happened", "red", groups=GROUPS, period=YEAR))
        (number,) = rows_of(tally.number(measure(), table, "happened", groups=GROUPS, period=YEAR))
    assert (share["numerator"], share["denominator"], share["symbol"]) == (0, 0, "z") and pd.isna(share["value"])
    assert share["numerator_children"] == share["denominator_children"] == number["numerator_children"] == []
    assert number["value"] == 0


def test_rows_without_children_name_none():
    with recorded():
        result = tally.number(measure(), TABLE.drop(columns="child_id"), "happened", groups=GROUPS, period=YEAR)
    assert "numerator_children" not in result.exact()


def test_medians_by_period_and_group():
    table = TABLE.assign(days=[1.0, 2.0, 30.0, 4.0, 500.0, 600.0, None])
    result = tally.median(
        measure("days"), table, "happened", "days", groups=GROUPS, by=["colour"], period=[BEFORE, YEAR]
    )
    assert [(row["period_start"], row["period_end"], row["colour"], row["value"], row["denominator"]) for row in rows_of(result)[:5]] == [
        (BEFORE.start, BEFORE.end, "Red", 500, 1), (BEFORE.start, BEFORE.end, "Green", pytest.approx(float("nan"), nan_ok=True), 0),
        (BEFORE.start, BEFORE.end, "Not known", pytest.approx(float("nan"), nan_ok=True), 0),
        (YEAR.start, YEAR.end, "Red", 1.5, 2), (YEAR.start, YEAR.end, "Green", 30, 1),
    ]  # fmt: skip
    assert rows_of(result)[5]["value"] == 4 and result.groups == ("colour",)
    places = rows_of(tally.median(measure("days"), table, "happened", "days", groups=GROUPS, by=["place"], period=YEAR))
    assert [(row["place"], row["value"]) for row in places] == [("north", 15.5), ("south", 2), ("Not known", 4)]
    (row,) = rows_of(tally.median(measure("days"), table, "happened", "days", groups=GROUPS, period=YEAR))
    assert (row["value"], row["denominator"], row["method"]) == (3, 4, "median (type 7)")


def test_sums_leave_out_rows_without_either_and_have_no_interval():
    table = TABLE.assign(part=[1, 2, None, 3, 50, 60, 9], whole=[2, 8, 5, 10, 50, 60, None])
    result = tally.sums(
        measure("%"), table, "happened", "part", "whole", groups=GROUPS, by=["place"], period=[BEFORE, YEAR]
    )
    assert [(row["period_start"], row["place"], row["numerator"], row["denominator"]) for row in rows_of(result)] == [
        (BEFORE.start, "north", 50, 50), (BEFORE.start, "south", 0, 0), (BEFORE.start, "Not known", 0, 0),
        (YEAR.start, "north", 1, 2), (YEAR.start, "south", 2, 8), (YEAR.start, "Not known", 3, 10),
    ]  # fmt: skip
    assert [row["value"] for row in rows_of(result)][3:] == [50, 25, 30] and pd.isna(rows_of(result)[1]["value"])
    assert result.exact()["lower"].isna().all() and result.groups == ("place",)
    (row,) = rows_of(tally.sums(measure("%"), table, "happened", "part", "whole", groups=GROUPS, period=YEAR))
    assert (row["numerator"], row["denominator"], row["value"]) == (6, 20, 30)


def test_the_table_is_left_as_it_was():
    before = TABLE.copy()
    tally.number(measure(), TABLE, "happened", groups=GROUPS, by=["colour"], period=YEAR, once="child_id")
    pd.testing.assert_frame_equal(TABLE, before)
