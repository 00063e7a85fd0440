"""Groups to count by: which to expect, where the unknown go, and a number for each."""

import numpy as np
import pandas as pd
import pytest

from analysis_lib.metrics.counting.groups import NOT_KNOWN, expected, grouped, numbered, together


def column(*values, categories=None):
    return pd.Series(pd.Categorical(values, categories)) if categories else pd.Series(values, dtype=object)


def told(categorical):
    return list(categorical), list(categorical.categories)


def test_a_categorical_column_expects_its_categories_in_their_order_also_the_empty_ones():
    ages = column("5 to 9", "under 1", categories=["under 1", "1 to 4", "5 to 9"])
    assert told(expected(ages)) == (["5 to 9", "under 1"], ["under 1", "1 to 4", "5 to 9"])


def test_any_other_column_expects_its_values_sorted():
    assert told(expected(column("b", "a", "b"))) == (["b", "a", "b"], ["a", "b"])
    assert told(expected(pd.Series([True, False]))) == ([True, False], [False, True])


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_a_missing_value_is_in_a_group_of_its_own_that_comes_last(missing):
    assert told(expected(column("Zoe", missing, "a"))) == (["Zoe", NOT_KNOWN, "a"], ["Zoe", "a", NOT_KNOWN])
    with_categories = column("b", None, categories=["b", "a"])
    assert told(expected(with_categories)) == (["b", NOT_KNOWN], ["b", "a", NOT_KNOWN])


def test_not_known_is_one_group_where_a_column_has_it_already():
    assert told(expected(column(NOT_KNOWN, None, categories=[NOT_KNOWN, "a"]))) == (
        [NOT_KNOWN, NOT_KNOWN],
        [NOT_KNOWN, "a"],
    )


def test_an_empty_column_has_the_group_of_those_not_known_unless_it_says_what_to_expect():
    assert told(expected(pd.Series([], dtype=object))) == ([], [NOT_KNOWN])
    assert told(expected(column(categories=["a"]))) == ([], ["a"])


def test_only_the_columns_asked_for_become_groups_and_the_table_stays_as_it_is():
    table = pd.DataFrame({"sex": ["male", None], "place": ["U1", "U6"]})
    before = table.copy()
    made = grouped(table, ["sex"])
    assert told(made["sex"].array) == (["male", NOT_KNOWN], ["male", NOT_KNOWN])
    assert made["place"].tolist() == ["U1", "U6"] and made["place"].dtype == table["place"].dtype
    pd.testing.assert_frame_equal(table, before)


def test_every_combination_has_a_number_the_last_column_running_fastest():
    table = grouped(pd.DataFrame({"sex": ["m", "f", "m"], "band": ["old", "young", "young"]}), ["sex", "band"])
    numbers, groups = numbered(table, ["sex", "band"])
    assert numbers.tolist() == [2, 1, 3]
    assert groups.values.tolist() == [["f", "old"], ["f", "young"], ["m", "old"], ["m", "young"]]
    assert groups.columns.tolist() == ["sex", "band"]


def test_the_numbers_of_many_groups_do_not_run_over():
    names = [f"area {number:03d}" for number in range(200)]
    table = grouped(pd.DataFrame({"area": names, "other": names[::-1]}), ["area", "other"])
    numbers, groups = numbered(table, ["area", "other"])
    assert numbers.tolist() == [200 * place + 199 - place for place in range(200)] and len(groups) == 40_000


def test_without_columns_all_are_in_one_group():
    numbers, groups = numbered(pd.DataFrame({"sex": ["m", "f"]}), [])
    assert numbers.tolist() == [0, 0] and groups.shape == (1, 0)


def test_columns_under_one_another_keep_the_groups_of_the_first_and_add_those_of_the_others():
    one, other = column("b", "a", categories=["b", "a"]), column("c", "a", categories=["d", "a", "c"])
    assert told(together([one, other])) == (["b", "a", "c", "a"], ["b", "a", "d", "c"])
