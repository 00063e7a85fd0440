"""Spells: who is in one on a day, what begins and ends, and the identity that ties them together."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.errors import UsageError
from analysis_lib.metrics.counting import members
from analysis_lib.metrics.counting.spells import (
    MOMENTS,
    as_list,
    begun_in,
    children_of,
    children_open_on,
    children_with_events,
    ended_in,
    events,
    flow,
    moments,
    month_ends_known,
    months_known,
    only_known,
    open_on,
    over,
    per_population,
    spells,
    stock,
    union,
)
from analysis_lib.periods import Period
from analysis_lib.results import PUBLISHED, Measure, Result

CHILDREN = Measure("children", "Children", "Children in something.", "children", "neither", "local")


def table(*rows):
    """Rows of child, first day, day it ended (None while open)."""
    frame = pd.DataFrame(rows, columns=["child_id", "start", "end"])
    return frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))


def made(*rows):
    return spells(table(*rows), "start", "end")


def day(text):
    return pd.Timestamp(text)


@pytest.mark.parametrize(
    ("census", "counted"),
    [
        ("2021-03-29", 0),
        ("2021-03-30", 1),  # the first day counts
        ("2022-03-30", 1),
        ("2022-03-31", 0),  # the day it ends does not: not in care that night
        ("2022-04-01", 0),
    ],
)
def test_a_spell_counts_from_its_first_day_up_to_the_day_it_ends(census, counted):
    assert open_on(made(("a", "2021-03-30", "2022-03-31")), [day(census)]).tolist() == [counted]


def test_a_spell_that_begins_and_ends_on_one_day_is_two_events_and_no_child():
    one = made(("a", "2020-02-29", "2020-02-29"))
    leap_day = Period.span(day("2020-02-29"), day("2020-02-29"))
    assert open_on(one, [day("2020-02-28"), day("2020-02-29"), day("2020-03-01")]).tolist() == [0, 0, 0]
    assert begun_in(one, [leap_day]).tolist() == [1]
    assert ended_in(one, [leap_day]).tolist() == [1]


def test_a_child_with_overlapping_or_adjacent_spells_counts_once():
    several = made(
        ("a", "2021-01-01", "2021-06-01"),
        ("a", "2021-03-01", "2021-04-01"),  # inside the first
        ("a", "2021-06-01", None),  # the day the first ends
        ("a", "2021-06-01", None),  # the same row twice
        ("b", "2021-05-01", None),
    )
    assert open_on(several, [day("2021-03-15"), day("2021-06-01"), day("2022-01-01")]).tolist() == [1, 2, 2]


def test_a_spell_inside_another_is_no_event_and_an_adjacent_one_is():
    year = [Period.parse("2020-21")]
    assert begun_in(made(("a", "2020-05-01", None), ("a", "2020-06-01", "2020-07-01")), year).tolist() == [1]
    adjacent = made(("a", "2020-05-01", "2020-06-01"), ("a", "2020-06-01", None))
    assert (begun_in(adjacent, year).tolist(), ended_in(adjacent, year).tolist()) == ([2], [1])


def test_events_on_the_first_and_last_day_of_a_period_are_in_it():
    on_edges = made(("a", "2021-04-01", "2022-03-31"), ("b", "2021-03-31", "2022-04-01"), ("c", "2022-03-31", None))
    year = [Period.parse("2021-22")]
    assert (begun_in(on_edges, year).tolist(), ended_in(on_edges, year).tolist()) == ([2], [1])


def test_rows_without_a_start_or_that_end_before_it_are_left_out():
    wrong = made(("a", None, "2021-05-01"), ("b", "2021-05-02", "2021-05-01"), ("c", "2021-01-01", None))
    assert wrong["child_id"].tolist() == ["c"]


def test_the_same_row_twice_is_one_event():
    twice = made(("a", "2020-05-01", "2020-05-01"), ("a", "2020-05-01", "2020-05-01"))
    assert begun_in(twice, [Period.parse("2020-21")]).tolist() == [1]


def test_nothing_at_all_counts_as_nothing():
    none = made()
    assert len(none) == 0
    assert open_on(none, [day("2021-03-31")]).tolist() == [0]
    assert begun_in(none, [Period.parse("2020-21")]).tolist() == [0]


def test_the_table_given_stays_as_it_is():
    given_table = table(("b", "2021-05-01", None), ("a", "2021-01-01", "2021-06-01"))
    before = given_table.copy()
    spells(given_table, "start", "end")
    pd.testing.assert_frame_equal(given_table, before)


def in_words_of_a_loop(rows: pd.DataFrame, on: pd.Timestamp) -> int:
    """The naive count: every row of every child, one day."""
    children = set()
    for row in rows.itertuples():
        if row.start <= on and (pd.isna(row.end) or row.end > on):
            children.add(row.child_id)
    return len(children)


def test_counts_agree_with_a_loop_over_rows():
    draw = np.random.default_rng(20210930)
    starts = day("2019-01-01") + pd.to_timedelta(draw.integers(0, 900, 400), unit="D")
    lengths = pd.to_timedelta(draw.integers(0, 300, 400), unit="D")
    rows = pd.DataFrame({"child_id": draw.integers(0, 90, 400).astype(str), "start": starts, "end": starts + lengths})
    rows.loc[draw.random(400) < 0.2, "end"] = pd.NaT
    days = list(pd.date_range("2018-12-31", "2022-03-31", freq="ME"))
    expected = [in_words_of_a_loop(rows, each) for each in days]
    assert open_on(spells(rows, "start", "end"), days).tolist() == expected


DAYS = st.integers(0, 40)
ROWS = st.lists(st.tuples(st.sampled_from("abc"), DAYS, st.one_of(st.none(), st.integers(0, 12))), max_size=12)


def drawn(rows):
    first = day("2020-02-10")
    return table(
        *(
            (
                child,
                first + pd.Timedelta(days=start),
                None if lasts is None else first + pd.Timedelta(days=start + lasts),
            )
            for child, start, lasts in rows
        )
    )


@settings(max_examples=25, deadline=None)
@given(ROWS, DAYS, DAYS, st.randoms(use_true_random=False))
def test_starts_less_ends_give_the_change_whatever_the_order_of_rows(rows, one, other, shuffle):
    earlier, later = (day("2020-02-10") + pd.Timedelta(days=each) for each in sorted((one, other)))
    shuffled = list(rows)
    shuffle.shuffle(shuffled)
    made_of = [spells(drawn(each), "start", "end") for each in (rows, shuffled)]
    pd.testing.assert_frame_equal(*made_of)
    between = [Period.span(earlier + pd.Timedelta(days=1), later)]
    before, after = open_on(made_of[0], [earlier, later])
    assert after - before == (begun_in(made_of[0], between) - ended_in(made_of[0], between))[0]
    assert after == in_words_of_a_loop(drawn(rows), later)


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS, DAYS)
def test_a_union_counts_children_in_either(rows, more, on):
    census = day("2020-02-10") + pd.Timedelta(days=on)
    both = union(spells(drawn(rows), "start", "end"), spells(drawn(more), "start", "end"))
    assert open_on(both, [census])[0] == in_words_of_a_loop(pd.concat([drawn(rows), drawn(more)]), census)


def test_months_are_known_from_the_first_end_in_the_later_table():
    early = made(("a", "2015-01-01", "2016-04-20"), ("b", "2016-05-01", None))
    late = made(("a", "2017-01-01", "2017-06-30"))
    months = months_known(early, late, until=day("2017-09-30"))
    assert [month.code for month in months] == ["2017-M06", "2017-M07", "2017-M08", "2017-M09"]
    assert [month.code for month in months_known(early, until=day("2017-09-30"), months=2)] == ["2017-M08", "2017-M09"]


def test_only_the_last_month_is_known_when_nothing_has_ended():
    assert [month.code for month in months_known(made(("a", "2016-05-01", None)), until=day("2017-09-30"))] == [
        "2017-M09"
    ]


def test_moments_are_month_ends_and_the_highest_is_the_first_of_equals():
    of = made(("a", "2020-01-01", "2021-06-15"), ("b", "2020-05-31", "2020-08-10"), ("c", "2021-06-01", "2021-06-20"))
    series = stock(CHILDREN, of, list(pd.date_range("2020-01-31", "2021-06-30", freq="ME")))
    found = moments(series, day("2021-06-30")).exact()
    assert found["moment"].tolist() == list(MOMENTS)
    assert found["period_end"].tolist() == [day("2021-06-30"), day("2021-03-31"), day("2020-06-30"), day("2020-05-31")]
    assert found["value"].tolist() == [0, 1, 2, 2]


def test_moments_keep_the_measure_the_origin_and_the_source_of_their_series():
    series = stock(
        CHILDREN, made(("a", "2020-01-01", None)), list(pd.date_range("2020-02-29", "2021-02-28", freq="ME"))
    )
    printed = Result(CHILDREN, series.exact().assign(source="a paper"), (), PUBLISHED)
    found = moments(printed, day("2021-02-28"))
    assert (found.measure, found.groups, found.origin) == (CHILDREN, ("moment",), PUBLISHED)
    assert found.exact()["source"].tolist() == ["a paper"] * 4
    # The end of February a year before 28 February 2021 is the 29th.
    assert found.exact()["period_end"].tolist()[1:3] == [day("2020-11-30"), day("2020-02-29")]


def test_a_moment_before_the_series_is_missing_and_says_so():
    series = stock(CHILDREN, made(("a", "2020-01-01", None)), [day("2020-02-29")])
    found = moments(series, day("2020-02-29")).exact()
    assert found["value"].isna().tolist() == [False, True, True, False]
    assert found["symbol"].tolist() == ["", "x", "x", ""]
    assert found["source"].tolist() == [""] * 4 and found["period_start"].isna().all()
    assert found[["measure", "unit"]].values.tolist() == [["children", "children"]] * 4
    assert found["method"].tolist() == ["full count, no interval"] * 4
    # 29 February has the end of February a year before.
    assert found["period_end"].tolist()[2] == day("2019-02-28")


# ------------------------------------------------------------------------------------------------------------- groups


def by_area(*rows, areas=None):
    """Spells of rows of child, area, first day, day it ended."""
    frame = pd.DataFrame(rows, columns=["child_id", "area", "start", "end"])
    frame = frame.assign(start=pd.to_datetime(frame["start"]), end=pd.to_datetime(frame["end"]))
    return frame if areas is None else frame.assign(area=pd.Categorical(frame["area"], areas))


TWO_AREAS = by_area(
    ("ann", "east", "2021-03-30", "2021-06-01"),
    ("ann", "east", "2021-05-01", "2021-07-01"),  # overlaps in the same area: one spell
    ("ann", "west", "2021-05-15", None),  # overlaps in another: a spell of its own
    ("bob", "west", "2021-03-31", "2021-04-01"),
    ("cat", "west", "2020-02-29", "2020-02-29"),
)


def test_spells_join_within_a_child_and_group_only():
    joined = spells(TWO_AREAS, "start", "end", ["area"])
    assert joined.columns.tolist() == ["child_id", "area", "start", "end"]
    assert joined[["child_id", "area"]].values.tolist() == [
        ["ann", "east"],
        ["ann", "west"],
        ["bob", "west"],
        ["cat", "west"],
    ]
    assert joined["end"].tolist()[0] == day("2021-07-01") and pd.isna(joined["end"].tolist()[1])


def test_a_stock_has_a_row_for_each_group_and_day_group_after_group():
    of = spells(TWO_AREAS, "start", "end", ["area"])
    days = [day("2021-03-31"), day("2021-03-30"), day("2021-06-01")]  # as asked, not in order
    with members.recorded():
        result = stock(CHILDREN, of, days, ["area"])
    frame = members.behind(result)
    assert result.groups == ("area",) and result.parts == ("area",)
    assert frame["area"].tolist() == ["east"] * 3 + ["west"] * 3
    assert frame["period_end"].tolist() == days * 2 and frame["period_start"].isna().all()
    assert frame["value"].tolist() == frame["numerator"].tolist() == [1, 1, 1, 1, 0, 1]
    assert frame["numerator_children"].tolist() == [["ann"], ["ann"], ["ann"], ["bob"], [], ["ann"]]


def test_events_have_a_row_for_each_group_and_period():
    of = spells(TWO_AREAS, "start", "end", ["area"])
    months = [Period.parse("2021-M04"), Period.parse("2021-M03"), Period.parse("2020-M02")]
    with members.recorded():
        begin, end = (events(CHILDREN, of, edge, months, ["area"]) for edge in ("start", "end"))
    assert begin.exact()["value"].tolist() == [0, 1, 0, 0, 1, 1]
    assert members.behind(begin)["numerator_children"].tolist() == [[], ["ann"], [], [], ["bob"], ["cat"]]
    assert end.exact()["value"].tolist() == [0, 0, 0, 1, 0, 1]
    assert begin.exact()["period_start"].tolist() == [month.start for month in months] * 2
    assert begin.exact()["period_end"].tolist() == [month.end for month in months] * 2
    assert (begin.groups, begin.parts) == (("area",), ("area",))


def test_a_child_with_several_events_counts_once_in_each_group_and_period():
    of = spells(
        by_area(
            ("ann", "west", "2020-05-01", "2020-05-10"),
            ("ann", "west", "2020-06-01", "2020-06-10"),
            ("ann", "east", "2020-07-01", "2020-07-10"),
            ("bob", "east", "2020-07-01", None),
            ("bob", "east", "2021-03-31", None),  # inside the one before
        ),
        "start",
        "end",
        ["area"],
    )
    periods = [Period.parse("2020-21"), Period.parse("2020-M06")]
    with members.recorded():
        result = children_with_events(CHILDREN, of, "start", periods, ["area"])
        left = children_with_events(CHILDREN, of, "end", periods[0])
    assert members.behind(result)["numerator_children"].tolist() == [["ann", "bob"], [], ["ann"], ["ann"]]
    assert result.exact()["value"].tolist() == [2, 0, 1, 1]
    assert (result.groups, result.parts) == (("area",), ("area",))
    assert members.behind(left)["numerator_children"].tolist() == [["ann"]] and left.groups == ()


def test_expected_groups_have_a_row_without_a_child_and_the_unknown_one_of_their_own():
    table = by_area(("ann", None, "2021-01-01", None), areas=["north", "south"])
    result = stock(CHILDREN, spells(table, "start", "end", ["area"]), day("2021-03-31"), ["area"]).exact()
    assert dict(zip(result["area"], result["value"], strict=True)) == {"north": 0, "south": 0, "Not known": 1}
    nobody = by_area(areas=["north", "south"])
    for result in (
        stock(CHILDREN, spells(nobody, "start", "end", ["area"]), day("2021-03-31"), ["area"]),
        events(CHILDREN, spells(nobody, "start", "end", ["area"]), "start", Period.parse("2020-21"), ["area"]),
        children_with_events(
            CHILDREN, spells(nobody, "start", "end", ["area"]), "end", Period.parse("2020-21"), ["area"]
        ),
    ):
        assert result.exact()[["area", "value"]].values.tolist() == [["north", 0], ["south", 0]]
    unnamed = stock(CHILDREN, spells(by_area(), "start", "end", ["area"]), day("2021-03-31"), ["area"]).exact()
    assert unnamed[["area", "value"]].values.tolist() == [["Not known", 0]]


def test_a_union_by_group_has_the_groups_of_all_and_joins_inside_each():
    one = spells(by_area(("ann", "b", "2021-01-01", "2021-02-01"), areas=["b", "a"]), "start", "end", ["area"])
    other = spells(
        by_area(("ann", "b", "2021-01-15", None), ("ann", "c", "2021-01-15", None)), "start", "end", ["area"]
    )
    both = union(one, other, by=["area"])
    assert both["area"].cat.categories.tolist() == ["b", "a", "c"]
    assert open_on(both, [day("2021-01-20"), day("2021-03-01")], ["area"]).tolist() == [1, 1, 0, 0, 1, 1]


def loop_by_area(rows: pd.DataFrame, areas: list[str], days: list[pd.Timestamp], counts) -> list[int]:
    """The naive count of each area and day, row after row."""
    return [sum(counts(row, on) for row in rows.itertuples() if row.area == area) for area in areas for on in days]


def test_groups_agree_with_a_loop_over_rows():
    draw = np.random.default_rng(20220331)
    starts = day("2019-01-01") + pd.to_timedelta(draw.integers(0, 500, 150), unit="D")
    rows = pd.DataFrame({"child_id": draw.integers(0, 30, 150).astype(str), "area": draw.choice(list("abcd"), 150)})
    rows = rows.assign(start=starts, end=starts + pd.to_timedelta(draw.integers(0, 200, 150), unit="D"))
    rows.loc[draw.random(150) < 0.2, "end"] = pd.NaT
    of = spells(rows, "start", "end", ["area"])
    days, areas = list(pd.date_range("2018-12-31", "2020-12-31", freq="ME")), list("abcd")
    months = [Period.month_of(each) for each in days]
    expected = [in_words_of_a_loop(rows[rows["area"] == area], each) for area in areas for each in days]
    assert open_on(of, days, ["area"]).tolist() == expected
    assert [len(each) for each in children_open_on(of, days, ["area"])] == expected
    for edge, counted in (("start", begun_in), ("end", ended_in)):
        expected = loop_by_area(of, areas, months, lambda row, month, edge=edge: getattr(row, edge) in month)
        assert counted(of, months, ["area"]).tolist() == expected
        named = children_of(of, edge, months, ["area"])
        assert [len(each) for each in named] == expected
        once = children_with_events(CHILDREN, of, edge, months, ["area"]).exact()["value"]
        assert once.tolist() == [len(set(each)) for each in named]


@settings(max_examples=15, deadline=None)
@given(ROWS, DAYS, st.permutations("abc"))
def test_groups_add_up_to_the_total_when_each_child_stays_in_one(rows, on, areas):
    table_ = drawn(rows)
    table_["area"] = table_["child_id"].map(dict(zip("abc", areas, strict=True)))
    census = day("2020-02-10") + pd.Timedelta(days=on)
    month = [Period.span(day("2020-02-29"), census)] if census >= day("2020-02-29") else [Period.parse("2020-M02")]
    whole, parts = spells(table_, "start", "end"), spells(table_, "start", "end", ["area"])
    assert open_on(parts, [census], ["area"]).sum() == open_on(whole, [census])[0]
    assert begun_in(parts, month, ["area"]).sum() == begun_in(whole, month)[0]
    assert ended_in(parts, month, ["area"]).sum() == ended_in(whole, month)[0]


# ------------------------------------------------------------------------------------------------------ other details


def test_children_are_named_in_the_order_of_their_ids_each_time_they_count():
    of = made(
        ("b", "2021-01-01", "2021-02-01"),
        ("a", "2021-01-05", None),
        ("b", "2021-01-03", "2021-01-10"),
        ("b", "2021-02-01", None),
    )
    assert children_open_on(of, [day("2021-01-04"), day("2021-02-01")]) == [["b"], ["a", "b"]]
    quarter = [Period.parse("2020-21-Q4")]
    assert children_of(of, "start", quarter) == [["a", "b", "b"]]
    assert children_of(of, "end", quarter) == [["b"]]


def test_a_spell_inside_a_longer_one_does_not_end_it_early():
    of = made(("a", "2021-01-01", None), ("a", "2021-02-01", "2021-03-01"), ("a", "2021-04-01", "2021-05-01"))
    assert len(of) == 1 and pd.isna(of["end"][0])
    of = made(("a", "2021-01-01", "2021-12-01"), ("a", "2021-02-01", "2021-03-01"), ("a", "2021-04-01", "2021-05-01"))
    assert of[["start", "end"]].values.tolist() == [[day("2021-01-01"), day("2021-12-01")]]


def test_an_event_on_the_day_a_longer_spell_begins_stays_an_event():
    of = made(("a", "2021-01-01", "2021-02-01"), ("a", "2021-01-01", "2021-01-01"))
    assert of["end"].tolist() == [day("2021-01-01"), day("2021-02-01")]
    assert made(
        ("a", "2021-01-01", "2021-02-01"), ("a", "2021-02-01", "2021-02-01"), ("a", "2021-01-15", "2021-01-15")
    )["end"].tolist() == [day("2021-02-01"), day("2021-02-01")]


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_dates_keep_their_unit_and_children_before_1970_count(unit):
    frame = table(("a", "1969-12-30", "1970-01-02"), ("b", "1960-01-01", None)).astype(
        {"start": f"datetime64[{unit}]", "end": f"datetime64[{unit}]"}
    )
    of = spells(frame, "start", "end")
    assert (of["start"].dtype, of["end"].dtype) == (frame["start"].dtype, frame["end"].dtype)
    assert open_on(of, [day("1969-12-29"), day("1970-01-01"), day("1970-01-02")]).tolist() == [1, 2, 1]


def test_a_flow_has_the_counts_and_children_that_it_is_given():
    months = [Period.parse("2021-M01"), Period.parse("2021-M02")]
    with members.recorded():
        result = members.behind(flow(CHILDREN, np.array([2, 0]), months, lambda: [["a", "b"], []]))
    assert result["numerator"].tolist() == result["value"].tolist() == [2, 0]
    assert result["numerator_children"].tolist() == [["a", "b"], []]
    assert result[["period_start", "period_end"]].values.tolist() == over(months).values.tolist()
    assert over(months).values.tolist() == [[month.start, month.end] for month in months]


def test_month_ends_known_are_those_of_the_months():
    of = made(("a", "2016-05-01", "2017-02-10"))
    assert month_ends_known(of, until=day("2017-03-31")) == [day("2017-02-28"), day("2017-03-31")]
    # Care that ended only after the day says nothing of when the returns begin.
    late = made(("a", "2016-05-01", "2018-02-10"))
    assert month_ends_known(late, until=day("2017-03-31")) == [day("2017-03-31")]


def test_figures_of_months_before_the_returns_are_not_known():
    of = made(("a", "2016-05-01", "2017-02-10"), ("b", "2017-01-01", None))
    months = [Period.parse(code) for code in ("2017-M01", "2017-M02", "2017-M03")]
    frame = only_known(events(CHILDREN, of, "end", months), of).exact()
    assert frame["symbol"].tolist() == ["x", "", ""]
    assert frame["value"].isna().tolist() == frame["numerator"].isna().tolist() == [True, False, False]
    assert frame["value"].tolist()[1:] == [1, 0]


RATE = Measure("rate", "Rate", "Children for every 10,000.", "per 10,000", "neither", "local")


def test_a_rate_keeps_groups_and_children_and_is_unknown_without_a_population():
    of = spells(TWO_AREAS, "start", "end", ["area"])
    with members.recorded():
        counts = stock(CHILDREN, of, day("2021-06-01"), ["area"])
    rate = per_population(RATE, counts, 400)
    frame = members.behind(rate)
    assert frame["value"].tolist() == [25, 25] and frame["denominator"].tolist() == [400, 400]
    assert frame["numerator_children"].tolist() == [["ann"], ["ann"]] and rate.groups == ("area",)
    assert (frame["measure"] == "rate").all() and (frame["symbol"] == "").all()
    unknown = per_population(RATE, counts, None)
    assert unknown.exact()["value"].isna().all() and (unknown.exact()["symbol"] == "x").all()
    assert unknown.groups == ("area",) and unknown.exact()["numerator"].tolist() == [1, 1]
    assert unknown.exact()["denominator"].isna().all() and unknown.measure == RATE


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2021-03-31", [pd.Timestamp("2021-03-31")]),
        (dt.date(2021, 3, 31), [pd.Timestamp("2021-03-31")]),
        (np.datetime64("2021-03-31"), [pd.Timestamp("2021-03-31")]),
        (["2021-03-31", pd.Timestamp("2022-03-31")], [pd.Timestamp("2021-03-31"), pd.Timestamp("2022-03-31")]),
        ("2020-21", [Period.parse("2020-21")]),
        ([Period.parse("2020-21"), "2021-22-Q2"], [Period.parse("2020-21"), Period.parse("2021-22-Q2")]),
    ],
)
def test_days_and_periods_may_be_written_as_an_analyst_types_them(given, read):
    assert as_list(given) == read


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("2021-02-30", r"'2021-02-30' is not a day\. Write it as 2021-03-31\."),
        ("March 2021", "'March 2021' is not a reporting period"),
        ([], "There is no day and no period to count at"),
    ],
)
def test_what_is_neither_a_day_nor_a_period_is_refused_in_words(given, told):
    with pytest.raises(UsageError, match=told):
        as_list(given)
