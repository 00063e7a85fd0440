"""Draws: fixed by seed and name, in range, and not shifted by other streams."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.synthetic.draws import Draws

FIRST_DRAWS = [842691, 548286, 571087, 241433]


def test_the_first_draws_of_a_stream_never_change():
    draws = Draws(2026, "care periods")
    assert [draws.integer(0, 999_999) for _ in range(4)] == FIRST_DRAWS


def test_a_stream_does_not_depend_on_another():
    alone = Draws(7, "reviews").uniform()
    Draws(7, "missing").uniform()
    assert Draws(7, "reviews").uniform() == alone
    assert Draws(8, "reviews").uniform() != alone != Draws(7, "missing").uniform()


@given(st.integers(0, 2**40), st.integers(-50, 50), st.integers(0, 100))
def test_whole_numbers_stay_in_range(seed, low, width):
    draws = Draws(seed, "x")
    assert all(low <= draws.integer(low, low + width) <= low + width for _ in range(20))


def test_a_weight_of_zero_is_never_drawn():
    draws = Draws(3, "x")
    assert {draws.weighted({"a": 0, "b": 1, "c": 2, "d": 0}) for _ in range(500)} == {"b", "c"}


def test_office_days_are_seldom_weekends_and_stay_in_range():
    draws = Draws(3, "x")
    days = [draws.office_day(date(2021, 4, 1), date(2021, 9, 30)) for _ in range(2000)]
    assert min(days) >= date(2021, 4, 1) and max(days) <= date(2021, 9, 30)
    assert sum(day.weekday() > 4 for day in days) / 2000 < 0.15


@pytest.mark.parametrize(("mean", "count"), [(0.4, 4000), (3.0, 4000)])
def test_poisson_has_its_mean(mean, count):
    draws = Draws(5, "x")
    assert sum(draws.poisson(mean) for _ in range(count)) / count == pytest.approx(mean, rel=0.08)


def test_shuffled_keeps_every_item_and_leaves_the_list_alone():
    items = list(range(30))
    shuffled = Draws(5, "x").shuffled(items)
    assert items == list(range(30)) and sorted(shuffled) == items and shuffled != items
