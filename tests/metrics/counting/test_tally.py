"""Counting rows by day or period and group: each of them has a row, nothing is counted twice, every row names its children."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics.counting import build, tally
from analysis_lib.metrics.counting.groups import Group, among, divided, stacked
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.metrics.counting.tally import each_once, happening, open_rows, touching
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


def in_groups(*by: str, period=YEAR, table: pd.DataFrame = TABLE) -> pd.DataFrame:
    return happening(divided(table, GROUPS, by), "happened", period)


def rows_of(result) -> list[dict]:
    return result.exact().to_dict("records")


def named(make, side: str = "numerator") -> list:
    with recorded():
        return behind(make())[f"{side}_children"].tolist()


# --- which rows count when -------------------------------------------------------------------------------------------


def test_rows_happen_in_every_period_that_has_their_day_first_and_last_counted():
    april = Period.parse("2020-M04")
    rows = happening(TABLE, "happened", [YEAR, april])
    assert rows[["child_id", "when"]].values.tolist() == [["a", 0], ["b", 0], ["a", 0], ["c", 0], ["f", 0], ["a", 1]]
    pd.testing.assert_frame_equal(happening(TABLE, "happened", april), happening(TABLE, "happened", [april]))
    assert happening(TABLE, "happened", [YEAR]).dtypes.drop("when").equals(TABLE.dtypes)


def test_rows_happen_on_their_own_census_date():
    days = [pd.Timestamp("2021-03-31"), pd.Timestamp("2020-10-01"), pd.Timestamp("2020-10-02")]
    rows = happening(TABLE, "happened", days)
    assert rows[["child_id", "when"]].values.tolist() == [["b", 0], ["a", 1], ["c", 1], ["f", 1]]
    assert tally.date_of(rows, days).tolist() == [days[0], *[days[1]] * 3]


def test_rows_are_open_up_to_the_day_before_they_end_and_touch_a_period_on_that_day():
    spans = pd.DataFrame(
        {
            "child_id": list("abcd"),
            "start": pd.to_datetime(["2020-03-31", "2020-04-01", None, "2020-04-02"]),
            "end": pd.to_datetime(["2020-04-01", None, "2021-01-01", "2020-04-02"]),
        }
    )
    days = [pd.Timestamp("2020-04-02"), pd.Timestamp("2020-04-01"), pd.Timestamp("2020-03-31")]
    assert open_rows(spans, "start", "end", days)[["child_id", "when"]].values.tolist() == [
        ["b", 0], ["b", 1], ["a", 2],
    ]  # fmt: skip
    rows = touching(spans, "start", "end", [BEFORE, YEAR])
    assert rows[["child_id", "when"]].values.tolist() == [["a", 0], ["a", 1], ["b", 1], ["d", 1]]


def test_days_and_periods_may_be_text():
    pd.testing.assert_frame_equal(happening(TABLE, "happened", "2020-21"), happening(TABLE, "happened", YEAR))
    rows = open_rows(TABLE.assign(end=pd.NaT), "happened", "end", "2020-04-01")
    assert tally.date_of(rows, "2020-04-01").tolist() == [pd.Timestamp("2020-04-01")] * 2
    assert tally.number(measure(), rows, "2020-04-01").exact()["value"].tolist() == [2]


def test_days_have_an_end_alone_and_periods_both():
    days = [pd.Timestamp("2021-03-31"), pd.Timestamp("2020-03-31")]
    assert tally.dated(days)["period_start"].isna().all() and tally.dated(days)["period_end"].tolist() == days
    assert tally.dated([YEAR, BEFORE]).values.tolist() == [[each.start, each.end] for each in (YEAR, BEFORE)]


# --- counts ----------------------------------------------------------------------------------------------------------


def test_the_rows_of_a_period_are_counted():
    (row,) = rows_of(tally.number(measure(), in_groups(), YEAR))
    assert (row["numerator"], row["value"]) == (5, 5)
    assert (row["period_start"], row["period_end"]) == (YEAR.start, YEAR.end)
    assert pd.isna(row["denominator"]) and row["measure"] == "things"


def test_counts_are_those_of_each_side_and_name_their_children():
    days = [pd.Timestamp("2020-10-01"), pd.Timestamp("2021-03-31"), pd.Timestamp("2019-03-31")]
    whole = happening(TABLE, "happened", days)
    with recorded():
        counts = tally.counts(days, numerator=whole[whole["child_id"] == "a"], denominator=whole)
    assert list(counts.columns) == [
        "period_start", "period_end", "numerator", "denominator", "numerator_children", "denominator_children",
    ]  # fmt: skip
    assert counts["period_end"].tolist() == days and counts["period_start"].isna().all()
    assert counts[["numerator", "denominator"]].values.tolist() == [[1, 3], [0, 1], [0, 0]]
    assert counts["numerator_children"].tolist() == [["a"], [], []]
    assert counts["denominator_children"].tolist() == [["a", "c", "f"], ["b"], []]
    assert tally.counts(days[0], numerator=whole[:3])["numerator"].tolist() == [3]


def test_each_value_once_where_asked():
    assert rows_of(tally.number(measure(), each_once(in_groups()), YEAR))[0]["value"] == 4
    assert named(lambda: tally.number(measure(), each_once(in_groups()), YEAR)) == [["a", "b", "c", "f"]]
    rows = each_once(in_groups("colour"), by=["colour"])
    by_colour = rows_of(tally.number(measure(), rows, YEAR, by=["colour"]))
    assert [(row["colour"], row["value"]) for row in by_colour] == [("Red", 2), ("Green", 1), ("Not known", 2)]
    assert len(each_once(in_groups(), "place")) == 3 and len(each_once(in_groups(period=[YEAR, YEAR]))) == 8


def test_every_expected_group_has_a_row_in_every_period_and_what_is_not_recorded_is_not_known():
    periods = [BEFORE, YEAR]
    result = tally.number(measure(), in_groups("colour", period=periods), periods, by=["colour"])
    assert result.groups == ("colour",) and result.parts == ()
    assert [(row["period_start"], row["colour"], row["value"]) for row in rows_of(result)] == [
        (BEFORE.start, "Red", 1), (BEFORE.start, "Green", 0), (BEFORE.start, "Not known", 0),
        (YEAR.start, "Red", 2), (YEAR.start, "Green", 1), (YEAR.start, "Not known", 2),
    ]  # fmt: skip


def test_groups_without_words_are_the_values_that_occur_in_order():
    result = tally.number(measure(), in_groups("place"), YEAR, by=["place"])
    assert [(row["place"], row["value"]) for row in rows_of(result)] == [("north", 2), ("south", 2), ("Not known", 1)]


def test_two_groups_give_every_combination():
    result = tally.number(measure(), in_groups("colour", "place"), YEAR, by=["colour", "place"])
    found = {(row["colour"], row["place"]): row["value"] for row in rows_of(result)}
    assert len(found) == 9 and sum(found.values()) == 5
    assert (found["Red", "north"], found["Red", "south"], found["Green", "north"]) == (1, 1, 1)
    assert (found["Not known", "south"], found["Not known", "Not known"], found["Green", "south"]) == (1, 1, 0)


def test_a_group_that_is_not_there_is_refused_by_name():
    with pytest.raises(ValueError, match="^no group size, shape; there are colour, place$"):
        divided(TABLE, GROUPS, ["size", "colour", "shape"])


def test_shares_have_their_numerator_denominator_and_children():
    table = TABLE.assign(red=TABLE["colour"] == "R")
    with recorded():
        (row,) = rows_of(tally.share(measure("%"), in_groups(table=table), YEAR, "red"))
    assert (row["numerator"], row["denominator"], row["value"]) == (2, 5, 40)
    assert row["numerator_children"] == ["a", "b"]
    assert row["denominator_children"] == ["a", "b", "a", "c", "f"]
    assert row["lower"] < 40 < row["upper"]
    by_place = rows_of(tally.share(measure("%"), in_groups("place", table=table), YEAR, "red", by=["place"]))
    assert [(row["place"], row["numerator"], row["denominator"]) for row in by_place] == [
        ("north", 1, 2), ("south", 1, 2), ("Not known", 0, 1),
    ]  # fmt: skip


def test_rows_without_an_answer_are_in_no_share_and_counted_as_unknown():
    answers = pd.array([True, False, None, None, True, True, True], dtype="boolean")
    rows = in_groups(table=TABLE.assign(answer=answers))
    (share,) = rows_of(tally.share(measure("%"), rows, YEAR, "answer"))
    assert (share["numerator"], share["denominator"]) == (2, 3)
    assert rows_of(tally.unknown(measure(), rows, YEAR, "answer"))[0]["value"] == 2
    assert named(lambda: tally.unknown(measure(), rows, YEAR, "answer")) == [["a", "c"]]


def test_a_share_of_nothing_is_missing_and_a_number_of_nothing_is_0():
    rows = in_groups(table=TABLE.assign(red=TABLE["colour"] == "R").iloc[:0])
    with recorded():
        (share,) = rows_of(tally.share(measure("%"), rows, YEAR, "red"))
        (number,) = rows_of(tally.number(measure(), rows, YEAR))
    assert (share["numerator"], share["denominator"], share["symbol"]) == (0, 0, "z") and pd.isna(share["value"])
    assert share["numerator_children"] == share["denominator_children"] == number["numerator_children"] == []
    assert number["value"] == 0


def test_ratios_name_both_sides():
    rows = in_groups(period=[BEFORE, YEAR])

    def ratio():
        return tally.ratio(measure("ratio"), rows, each_once(rows), [BEFORE, YEAR])

    assert [(row["numerator"], row["denominator"], row["value"]) for row in rows_of(ratio())] == [
        (1, 1, 1),
        (5, 4, 1.25),
    ]
    assert named(ratio, "denominator") == [["d"], ["a", "b", "c", "f"]]


def test_rows_without_children_name_none():
    with recorded():
        result = tally.number(measure(), in_groups(table=TABLE.drop(columns="child_id")), YEAR)
    assert "numerator_children" not in result.exact()


# --- groups that add up ----------------------------------------------------------------------------------------------


def test_numbers_and_shares_of_groups_add_up_in_the_order_expected():
    periods = [YEAR, BEFORE]
    rows = in_groups("colour", period=periods)

    def numbers():
        return tally.numbers(measure(), rows, periods, "colour")

    assert [(row["colour"], row["value"]) for row in rows_of(numbers())] == [
        ("Red", 2), ("Green", 1), ("Not known", 2), ("Red", 1), ("Green", 0), ("Not known", 0),
    ]  # fmt: skip
    assert named(numbers) == [["a", "b"], ["a"], ["c", "f"], ["d"], [], []]
    assert numbers().exact()["period_end"].tolist() == [YEAR.end] * 3 + [BEFORE.end] * 3
    assert numbers().groups == numbers().parts == ("colour",)

    def shares():
        return tally.shares(measure("%"), rows, periods, "colour")

    assert [(row["numerator"], row["denominator"]) for row in rows_of(shares())] == [
        (2, 5), (1, 5), (2, 5), (1, 1), (0, 1), (0, 1),
    ]  # fmt: skip
    assert named(shares, "denominator") == [["a", "b", "a", "c", "f"]] * 3 + [["d"]] * 3
    assert shares().groups == shares().parts == ("colour",)


@pytest.mark.parametrize("days", [[YEAR, BEFORE], [YEAR.end, YEAR.start]])
def test_groups_may_come_first(days):
    rows = in_groups("colour", period=days)
    for count, unit in ((tally.numbers, "things"), (tally.shares, "%")):
        by_day = count(measure(unit), rows, days, "colour").exact()
        by_group = count(measure(unit), rows, days, "colour", groups_first=True).exact()
        assert by_group["colour"].tolist() == ["Red", "Red", "Green", "Green", "Not known", "Not known"]
        assert by_group["period_end"].tolist() == tally.dated(days)["period_end"].tolist() * 3
        pd.testing.assert_frame_equal(
            by_day.sort_values(["colour", "period_end"], ignore_index=True),
            by_group.sort_values(["colour", "period_end"], ignore_index=True),
        )


def test_a_group_that_nobody_expects_is_refused():
    with pytest.raises(ValueError, match="place: north, south is not one of west, east"):
        among(TABLE["place"], ["west", "east"])


def test_a_missing_group_is_not_known():
    south = TABLE["place"].where(TABLE["place"] == "south")
    rows = in_groups(table=TABLE.assign(place=among(south, ["south", "west"])))
    result = tally.numbers(measure(), rows, YEAR, "place")
    assert [(row["place"], row["value"]) for row in rows_of(result)] == [("south", 2), ("west", 0), ("Not known", 3)]


def test_shares_within_a_group_are_of_that_group():
    rows = in_groups("colour", "place")

    def shares():
        return tally.shares(measure("%"), rows, YEAR, "colour", within=["place"])

    found = {(row["place"], row["colour"]): (row["numerator"], row["denominator"]) for row in rows_of(shares())}
    assert found["north", "Red"] == found["north", "Green"] == found["south", "Red"] == (1, 2)
    assert (found["north", "Not known"], found["Not known", "Not known"]) == ((0, 2), (1, 1)) and len(found) == 9
    assert shares().groups == ("place", "colour") and shares().parts == ("colour",)


def test_rows_may_be_in_several_groups_and_groups_empty():
    groups = {"all": TABLE, "none": TABLE.iloc[:0], "north": TABLE[TABLE["place"] == "north"]}
    rows = happening(stacked(groups, "which"), "happened", YEAR)
    assert [(row["which"], row["value"]) for row in rows_of(tally.number(measure(), rows, YEAR, by=["which"]))] == [
        ("all", 5), ("none", 0), ("north", 2),
    ]  # fmt: skip


# --- sums and averages -----------------------------------------------------------------------------------------------


def test_medians_by_period_and_group():
    table = TABLE.assign(days=[1.0, 2.0, 30.0, 4.0, 500.0, 600.0, None])
    periods = [BEFORE, YEAR]
    rows = in_groups("colour", period=periods, table=table)
    result = tally.median(measure("days"), rows, periods, "days", by=["colour"])
    nothing = pytest.approx(float("nan"), nan_ok=True)
    assert [(row["period_start"], row["period_end"], row["colour"], row["value"], row["denominator"]) for row in rows_of(result)] == [
        (BEFORE.start, BEFORE.end, "Red", 500, 1), (BEFORE.start, BEFORE.end, "Green", nothing, 0),
        (BEFORE.start, BEFORE.end, "Not known", nothing, 0), (YEAR.start, YEAR.end, "Red", 1.5, 2),
        (YEAR.start, YEAR.end, "Green", 30, 1), (YEAR.start, YEAR.end, "Not known", 4, 1),
    ]  # fmt: skip
    assert result.groups == ("colour",)
    places = rows_of(tally.median(measure("days"), in_groups("place", table=table), YEAR, "days", by=["place"]))
    assert [(row["place"], row["value"]) for row in places] == [("north", 15.5), ("south", 2), ("Not known", 4)]
    (row,) = rows_of(tally.median(measure("days"), in_groups(table=table), YEAR, "days"))
    assert (row["value"], row["denominator"], row["method"]) == (3, 4, "median (type 7)")
    assert (row["period_start"], row["period_end"]) == (YEAR.start, YEAR.end)


def test_means_and_medians_on_days_with_their_intervals():
    table = TABLE.assign(days=[1.0, 2.0, 30.0, 4.0, 500.0, 600.0, None])
    days = [pd.Timestamp("2020-10-01"), pd.Timestamp("2021-03-31"), pd.Timestamp("2019-03-31")]
    rows = happening(table, "happened", days)
    mean = tally.mean(measure("days"), rows, days, "days").exact()
    assert mean[["numerator", "denominator"]].values.tolist() == [[34, 2], [2, 1], [0, 0]]
    assert mean["value"].tolist()[:2] == [17, 2] and pd.isna(mean["value"][2])
    assert mean["period_end"].tolist() == days and mean["period_start"].isna().all()
    median = tally.median(measure("days"), rows, days, "days", interval=build.ORDER_STATISTICS)
    assert median.exact()["value"].tolist()[:2] == [17, 2]
    assert (median.exact()["method"] == "median (type 7), order statistics 95%").all()
    assert named(lambda: tally.mean(measure("days"), rows, days, "days"), "denominator") == [["a", "c"], ["b"], []]


def test_totals_add_what_is_there():
    periods = [BEFORE, YEAR]
    rows = in_groups("place", period=periods, table=TABLE.assign(days=[1.0, 2.5, 30.0, None, 500.0, 600.0, None]))
    result = tally.total(measure(), rows, periods, "days", by=["place"])
    assert [(row["place"], row["value"]) for row in rows_of(result)] == [
        ("north", 500), ("south", 0), ("Not known", 0), ("north", 31), ("south", 2.5), ("Not known", 0),
    ]  # fmt: skip
    assert [row["value"] for row in rows_of(tally.total(measure(), rows, periods, "days"))] == [500, 33.5]


def test_shares_of_totals_leave_out_rows_without_either_and_have_no_interval():
    table, periods = TABLE.assign(part=[1, 2, None, 3, 50, 60, 9], whole=[2, 8, 5, 10, 50, 60, None]), [BEFORE, YEAR]
    rows = in_groups("place", period=periods, table=table)
    result = tally.share_of_total(measure("%"), rows, periods, "part", "whole", by=["place"])
    assert [(row["period_start"], row["place"], row["numerator"], row["denominator"]) for row in rows_of(result)] == [
        (BEFORE.start, "north", 50, 50), (BEFORE.start, "south", 0, 0), (BEFORE.start, "Not known", 0, 0),
        (YEAR.start, "north", 1, 2), (YEAR.start, "south", 2, 8), (YEAR.start, "Not known", 3, 10),
    ]  # fmt: skip
    assert [row["value"] for row in rows_of(result)][3:] == [50, 25, 30] and pd.isna(rows_of(result)[1]["value"])
    assert result.exact()["lower"].isna().all() and result.groups == ("place",)
    (row,) = rows_of(tally.share_of_total(measure("%"), in_groups(table=table), YEAR, "part", "whole"))
    assert (row["numerator"], row["denominator"], row["value"]) == (6, 20, 30)


# --- whatever the rows -----------------------------------------------------------------------------------------------


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 80)), max_size=12))
def test_two_periods_side_by_side_have_what_the_one_over_both_has(drawn):
    march, april, first = Period.parse("2021-M03"), Period.parse("2021-M04"), pd.Timestamp("2021-02-20")
    table = things(*((child, first + pd.Timedelta(days=after), "R", "x") for child, after in drawn))
    apart = tally.number(measure(), happening(table, "happened", [march, april]), [march, april])
    both = Period.span(march.start, april.end)
    rows = happening(table, "happened", both)
    assert tally.number(measure(), rows, both).exact()["value"].item() == apart.exact()["value"].sum()
    children = {child for child, after in drawn if march.start <= first + pd.Timedelta(days=after) <= april.end}
    assert tally.number(measure(), each_once(rows), both).exact()["value"].item() == len(children)


def test_the_table_is_left_as_it_was():
    before = TABLE.copy()
    tally.number(measure(), each_once(in_groups("colour"), by=["colour"]), YEAR, by=["colour"])
    pd.testing.assert_frame_equal(TABLE, before)
