"""Spells: who is in one on a day, what begins and ends, and the identity that ties them together."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics.spells import (
    MOMENTS,
    begun_in,
    ended_in,
    moments,
    months_known,
    open_on,
    spells,
    stock,
    union,
)
from analysis_lib.periods import Period
from analysis_lib.results import Measure

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


def test_a_moment_before_the_series_is_missing_and_says_so():
    series = stock(CHILDREN, made(("a", "2020-01-01", None)), [day("2020-02-29")])
    found = moments(series, day("2020-02-29")).exact()
    assert found["value"].isna().tolist() == [False, True, True, False]
    assert found["symbol"].tolist() == ["", "x", "x", ""]
    # 29 February has the end of February a year before.
    assert found["period_end"].tolist()[2] == day("2019-02-28")
