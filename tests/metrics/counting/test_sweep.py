"""Runs of days: no day twice, counted per group, spelled out; a plain loop as judge."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics.counting.sweep import Runs, counted, disjoint, each_day, rising

DAYS = 6
runs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, DAYS), st.integers(0, DAYS)), max_size=12)


def made(listed):
    child, first, stop = (np.array([each[place] for each in listed], dtype="int64") for place in range(3))
    return Runs(child, np.arange(len(listed)), first, stop)


@settings(max_examples=60)
@given(runs)
def test_a_child_counts_once_a_day_and_in_the_group_of_a_run_that_holds(listed):
    found = disjoint(made(listed))
    days = {(child, day) for child, first, stop in listed for day in range(first, stop)}
    day, row = each_day(found)
    assert sorted((listed[place][0], number) for place, number in zip(row, day, strict=True)) == sorted(days)
    assert all(listed[place][1] <= number < listed[place][2] for place, number in zip(row, day, strict=True))
    group = np.array([each[0] for each in listed], dtype="int64")
    table = counted(found, group[found.row], 4, DAYS)
    assert table.tolist() == [[int((child, day) in days) for day in range(DAYS)] for child in range(4)]


def test_runs_by_hand():
    found = disjoint(made([(1, 2, 5), (0, 3, 3), (1, 0, 3), (1, 1, 2), (0, 4, 6)]))
    assert found.child.tolist() == [0, 1, 1]
    assert found.row.tolist() == [4, 2, 0]
    assert found.first.tolist() == [4, 0, 3] and found.stop.tolist() == [6, 3, 5]
    assert counted(found, np.array([0, 1, 1]), 2, DAYS).tolist() == [[0, 0, 0, 0, 1, 1], [1, 1, 1, 1, 1, 0]]
    day, row = each_day(found)
    assert day.tolist() == [4, 5, 0, 1, 2, 3, 4] and row.tolist() == [4, 4, 2, 2, 2, 0, 0]


def test_no_runs_hold_on_no_day():
    found = disjoint(made([]))
    assert counted(found, found.row, 1, 2).tolist() == [[0, 0]] and each_day(found)[0].tolist() == []


def test_days_asked_for_in_any_order_are_put_in_rising_order_and_found_again():
    asked = [pd.Timestamp(day) for day in ("2022-03-31", "2020-03-31", "2021-03-31")]
    in_order, places = rising(asked)
    assert in_order == [asked[1], asked[2], asked[0]] and places.tolist() == [2, 0, 1]
