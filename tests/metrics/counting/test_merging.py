import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis_lib.metrics.counting.merging import merge_small

ORDER = (("a or b", ("a", "b")), ("c or d", ("c", "d")), ("all", ("a or b", "c or d")))


def counts(**sizes) -> pd.DataFrame:
    return pd.DataFrame({"group": list(sizes), "count": list(sizes.values()), "period": 1})


def test_nothing_is_merged_while_no_group_is_small():
    assert merge_small(counts(a=6, b=0, c=10, d=7), "group", order=ORDER, threshold=6) == {}


def test_only_the_merge_that_a_small_group_needs_is_made():
    assert merge_small(counts(a=50, b=60, c=5, d=7), "group", order=ORDER, threshold=6) == {
        "c": "c or d",
        "d": "c or d",
    }


def test_one_small_count_in_one_of_two_periods_merges_both():
    both = pd.concat([counts(a=9, b=9, c=9, d=9), counts(a=9, b=1, c=9, d=9).assign(period=2)])
    assert merge_small(both, "group", order=ORDER, threshold=6) == {"a": "a or b", "b": "a or b"}


def test_a_merged_group_that_is_still_small_is_merged_again():
    merged = merge_small(counts(a=1, b=2, c=9, d=2), "group", order=ORDER, threshold=6)
    assert merged == dict.fromkeys("abcd", "all")


def test_merges_made_in_any_case_come_first_and_can_be_merged_on():
    order = (("x or c", ("x", "c")),)
    first = {"a": "x", "b": "x"}
    assert merge_small(counts(a=9, b=9, c=9), "group", order=order, threshold=6, first=first) == first
    assert merge_small(counts(a=9, b=9, c=1), "group", order=order, threshold=6, first=first) == dict.fromkeys(
        "abc", "x or c"
    )


def test_a_merge_with_nothing_beside_the_small_group_is_not_made():
    assert merge_small(counts(a=3), "group", order=ORDER, threshold=6) == {}


@given(st.fixed_dictionaries(dict.fromkeys("abcd", st.integers(0, 12))))
def test_no_child_is_lost_and_small_groups_remain_only_when_the_order_is_used_up(sizes):
    merged = merge_small(counts(**sizes), "group", order=ORDER, threshold=6)
    shown: dict[str, int] = {}
    for group, size in sizes.items():
        shown[merged.get(group, group)] = shown.get(merged.get(group, group), 0) + size
    assert sum(shown.values()) == sum(sizes.values())
    if any(1 <= size < 6 for size in shown.values()):
        # The last merge joins two merged pairs; a pair alone, or one group left beside it, has nothing to join.
        assert "all" in shown or {"a", "b"} <= set(shown) or {"c", "d"} <= set(shown)
