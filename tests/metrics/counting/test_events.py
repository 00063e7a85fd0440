"""Rows of a list counted in periods: events, children each once, kinds; first and last days; names."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics.counting import events
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.periods import Period
from analysis_lib.results import Measure

MEASURE = Measure("visits", "Visits", "Number of visits in the period.", "visits", "neither", "nobody")
MARCH, APRIL = Period.parse("2021-M03"), Period.parse("2021-M04")
ON = events.on_a_day("day")


def visits(*rows):
    frame = pd.DataFrame(list(rows), columns=["child_id", "day", "kind"])
    return frame.assign(day=pd.to_datetime(frame["day"]))


LIST = visits(
    ("a", "2021-02-28", "x"),
    ("b", "2021-03-01", "x"),
    ("a", "2021-03-30", "y"),
    ("b", "2021-03-31", "x"),
    ("a", "2021-04-01", "y"),
    ("c", None, "x"),
)


def rows_of(make):
    with recorded():
        return behind(make())[["period_start", "period_end", "value", "numerator_children"]].to_numpy().tolist()


def test_events_and_children_of_two_periods():
    assert rows_of(lambda: events.events(MEASURE, LIST, ON, [MARCH, APRIL])) == [
        [MARCH.start, MARCH.end, 3, ["b", "a", "b"]],
        [APRIL.start, APRIL.end, 1, ["a"]],
    ]
    assert rows_of(lambda: events.children(MEASURE, LIST, ON, [MARCH, APRIL])) == [
        [MARCH.start, MARCH.end, 2, ["a", "b"]],
        [APRIL.start, APRIL.end, 1, ["a"]],
    ]


def test_one_period_is_as_good_as_a_list_of_one():
    for count in (events.events, events.children):
        one, of_one = count(MEASURE, LIST, ON, MARCH).exact(), count(MEASURE, LIST, ON, [MARCH]).exact()
        pd.testing.assert_frame_equal(one, of_one)
        assert one["measure"].tolist() == ["visits"] and one["unit"].tolist() == ["visits"]


def test_kinds_have_a_row_each_in_the_order_expected_and_add_up():
    def make():
        kinds = {"kind_of": lambda rows: rows["kind"], "expected": ("y", "z", "x"), "group": "sort"}
        return events.by_kind(MEASURE, LIST, ON, [MARCH, APRIL], **kinds)

    with recorded():
        result = make()
    assert (result.groups, result.parts) == (("sort",), ("sort",))
    frame = behind(result)
    assert frame[["sort", "period_end", "value", "numerator_children"]].to_numpy().tolist() == [
        ["y", MARCH.end, 1, ["a"]],
        ["y", APRIL.end, 1, ["a"]],
        ["z", MARCH.end, 0, []],
        ["z", APRIL.end, 0, []],
        ["x", MARCH.end, 2, ["b", "b"]],
        ["x", APRIL.end, 0, []],
    ]
    assert set(zip(frame["period_start"], frame["period_end"], strict=True)) == {
        (MARCH.start, MARCH.end),
        (APRIL.start, APRIL.end),
    }
    assert set(make().exact().columns) == set(frame.columns) - {"numerator_children", "denominator_children"}


def test_nothing_at_all_is_nobody():
    for count in (events.events, events.children):
        assert count(MEASURE, LIST.iloc[:0], ON, MARCH).exact()["value"].tolist() == [0]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 80)), max_size=12))
def test_two_periods_side_by_side_have_what_the_one_over_both_has(drawn):
    first = pd.Timestamp("2021-02-20")
    table = visits(*((child, first + pd.Timedelta(days=after), "x") for child, after in drawn))
    apart = events.events(MEASURE, table, ON, [MARCH, APRIL]).exact()["value"].sum()
    both = Period.span(MARCH.start, APRIL.end)
    assert events.events(MEASURE, table, ON, both).exact()["value"].item() == apart
    assert events.children(MEASURE, table, ON, both).exact()["value"].item() == pytest.approx(
        len({child for child, after in drawn if MARCH.start <= first + pd.Timedelta(days=after) <= APRIL.end})
    )
