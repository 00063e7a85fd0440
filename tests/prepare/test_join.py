"""Several returns as one history: which row stands where more than one tells of the same thing."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis_lib.prepare.join import in_order_of_return, is_among, of_the_latest_return, one_row_each

returned_rows = st.lists(
    st.tuples(
        st.sampled_from(["", "2019-20", "2020-21", "2021-22"]),
        st.sampled_from(["a.csv", "b.csv", "c.csv"]),
        st.integers(2, 9),
        st.sampled_from(["1001", "1002"]),
        st.sampled_from([None, "2020-01-02", "2020-03-04"]),
    ),
    max_size=12,
    unique_by=lambda row: row[1:3],
)


def frame_of(rows):
    frame = pd.DataFrame(rows, columns=["_year", "_file", "_line", "CHILD", "START"])
    return frame.assign(START=pd.to_datetime(frame["START"]))


def naive(rows, only_last):
    """The rows of the latest return that has each child and start; only the last of them when asked."""
    rows = sorted(rows, key=lambda row: row[:3])
    kept = []
    for place, row in enumerate(rows):
        same = [(other[0], later) for later, other in enumerate(rows) if other[3:] == row[3:]]
        if row[0] == max(year for year, _ in same) and (not only_last or place == max(later for _, later in same)):
            kept.append(row)
    return frame_of(kept)


@settings(deadline=None)
@given(returned_rows)
def test_the_later_return_corrects_the_earlier(rows):
    kept = of_the_latest_return(frame_of(rows), ["CHILD", "START"], "_year")
    assert_frame_equal(kept.reset_index(drop=True), naive(rows, only_last=False), check_dtype=False)
    one = one_row_each(frame_of(rows), ["CHILD", "START"], "_year")
    assert_frame_equal(one.reset_index(drop=True), naive(rows, only_last=True), check_dtype=False)


def test_rows_of_an_unknown_return_come_first_and_rows_in_order_are_given_back_as_they_are():
    days = pd.to_datetime(["2021-03-31", None, "2020-03-31"])
    frame = pd.DataFrame({"_extract": days, "_file": ["b", "b", "a"], "_line": [2, 3, 2]})
    ordered = in_order_of_return(frame, "_extract")
    assert ordered["_line"].tolist() == [3, 2, 2] and ordered["_file"].tolist() == ["b", "a", "b"]
    assert in_order_of_return(ordered, "_extract") is ordered


def test_what_is_missing_is_not_among_the_known_even_when_one_of_them_is_missing():
    values = pd.Series(["1001", None, "1002", "1003"])
    assert is_among(values, pd.Series(["1002", None, "1001"])).tolist() == [True, False, True, False]
    assert is_among(values, pd.Series(dtype=object)).tolist() == [False] * 4
