"""What is worked out of a table once."""

import gc
import weakref

import pandas as pd

from analysis_lib.metrics.counting.once import once_for_each_table


def squares(made):
    @once_for_each_table
    def of(table, factor):
        made.append(factor)
        return table.assign(square=factor * table["number"] ** 2)

    return of


def test_it_is_worked_out_once_for_each_table_and_argument():
    made = []
    of, table, same = squares(made), pd.DataFrame({"number": [2]}), pd.DataFrame({"number": [2]})
    assert [of(table, factor)["square"][0] for factor in (1, 3, 1, 3)] == [4, 12, 4, 12]
    assert made == [1, 3]
    of(same, 1)
    assert made == [1, 3, 1]


def test_nobody_changes_what_others_are_given():
    of, table = squares([]), pd.DataFrame({"number": [2]})
    mine = of(table, 1)
    mine.loc[0, "square"] = 0
    assert of(table, 1)["square"][0] == 4


def test_a_table_that_is_gone_takes_what_was_made_of_it_along():
    of, table = squares([]), pd.DataFrame({"number": [2]})
    of(table, 1)
    is_there = weakref.ref(table)
    del table
    gc.collect()
    assert is_there() is None
    assert of(pd.DataFrame({"number": [5]}), 1)["square"][0] == 25
