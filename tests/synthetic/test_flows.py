"""The plan of starts and ends: every given stock and every number of starts is hit, whatever they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.synthetic import flows
from analysis_lib.synthetic.calendar import year_end, year_of
from analysis_lib.synthetic.draws import Draws

OPENING = date(2016, 3, 31)


def stocks_from(changes: list[int]) -> dict[date, int]:
    stock, stocks = 400, {OPENING: 400}
    for year, change in zip(range(2016, 2026), changes, strict=True):
        stock += change
        stocks[year_end(year)] = stock
    return stocks


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-30, 60), min_size=10, max_size=10), st.integers(0, 2**31), st.integers(150, 400))
def test_every_stock_and_every_year_of_starts_is_hit(changes, seed, starts):
    stocks = stocks_from(changes)
    segments = flows.plan(stocks, dict.fromkeys(range(2016, 2026), starts), Draws(seed, "flows"), wobble=3)
    stock = stocks[OPENING]
    for segment in segments:
        stock += segment.starts - segment.ends
        assert segment.starts >= 0 and segment.ends >= 0
        if segment.last in stocks:
            assert stock == stocks[segment.last]
    for year in range(2016, 2026):
        assert sum(segment.starts for segment in segments if year_of(segment.last) == year) == starts


def test_a_stock_in_the_middle_of_a_month_is_hit_and_splits_the_month():
    stocks = stocks_from([10] * 10) | {date(2019, 2, 8): 425}
    segments = flows.plan(stocks, dict.fromkeys(range(2016, 2026), 200), Draws(1, "flows"), wobble=3)
    stock = 400
    for segment in segments:
        stock += segment.change
        if segment.last == date(2019, 2, 8):
            break
    assert stock == 425
    assert [s.first for s in segments if s.last == date(2019, 2, 28)] == [date(2019, 2, 9)]


def test_segments_cover_the_ten_years_without_gap_or_overlap():
    segments = flows.plan(stocks_from([0] * 10), dict.fromkeys(range(2016, 2026), 180), Draws(1, "flows"), wobble=0)
    assert segments[0].first == date(2016, 4, 1) and segments[-1].last == date(2026, 3, 31)
    for left, right in zip(segments, segments[1:], strict=False):
        assert right.first == left.last + timedelta(days=1)


def test_starts_of_a_part_of_a_year_are_kept_and_the_narrower_part_wins():
    parts = [(date(2021, 4, 1), date(2021, 9, 30), 100), (date(2021, 6, 1), date(2021, 6, 30), 25)]
    segments = flows.plan(
        stocks_from([0] * 10), dict.fromkeys(range(2016, 2026), 199), Draws(1, "flows"), wobble=2, starts_in_part=parts
    )
    inside = [
        segment for segment in segments if date(2021, 4, 1) <= segment.first and segment.last <= date(2021, 9, 30)
    ]
    assert sum(segment.starts for segment in inside) == 100
    assert [segment.starts for segment in inside if segment.first == date(2021, 6, 1)] == [25]


def test_days_that_are_spoken_for_find_room():
    fixed = [date(2018, 7, 3)] * 9
    segments = flows.plan(
        stocks_from([0] * 10), dict.fromkeys(range(2016, 2026), 120), Draws(1, "flows"), wobble=0,
        fixed_starts=fixed, fixed_ends=fixed,
    )  # fmt: skip
    july = next(segment for segment in segments if segment.first == date(2018, 7, 1))
    assert july.starts >= 9 and july.ends >= 9


def test_starts_that_cannot_reach_the_stock_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        flows.plan(stocks_from([300] + [0] * 9), dict.fromkeys(range(2016, 2026), 100), Draws(1, "flows"), wobble=0)
