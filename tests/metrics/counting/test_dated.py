"""Rows into counts by census date and by period."""

import pandas as pd

from analysis_lib.metrics.counting.dated import in_periods, on_days
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.periods import Period

DAYS = [pd.Timestamp("2021-03-31"), pd.Timestamp("2020-03-31"), pd.Timestamp("2019-03-31")]


def rows(*each):
    return pd.DataFrame(each, columns=["child_id", "period_end"]).astype({"period_end": "datetime64[ns]"})


def test_rows_count_on_their_own_census_date():
    part, whole = rows(("a", DAYS[0])), rows(("a", DAYS[0]), ("b", DAYS[0]), ("c", DAYS[1]))
    counts = on_days(DAYS, numerator=part, denominator=whole)
    assert list(counts.columns) == ["period_start", "period_end", "numerator", "denominator"]
    assert counts["period_end"].tolist() == DAYS and counts["period_start"].isna().all()
    assert counts[["numerator", "denominator"]].values.tolist() == [[1, 2], [0, 1], [0, 0]]
    assert on_days(DAYS[0], numerator=whole)["numerator"].tolist() == [2]


def test_rows_count_in_the_period_that_has_their_day_first_and_last_counted():
    spring = Period.parse("2021-M03")
    events = pd.DataFrame(
        {
            "child_id": list("abcde"),
            "day": pd.to_datetime(["2021-02-28", "2021-03-01", "2021-03-31", "2021-04-01", None]),
        }
    )
    counts = in_periods([spring, Period.parse("2020-21")], "day", numerator=events)
    assert list(counts.columns) == ["period_start", "period_end", "numerator"]
    assert counts["period_start"].tolist() == [spring.start, pd.Timestamp("2020-04-01")]
    assert counts["period_end"].tolist() == [spring.end, spring.end]
    assert counts["numerator"].tolist() == [2, 3]
    with recorded():
        named = in_periods(spring, "day", numerator=events, denominator=events.head(2))
    assert named["numerator_children"].tolist() == [["b", "c"]] and named["denominator_children"].tolist() == [["b"]]


def test_children_are_named_by_side_and_day():
    part, whole = rows(("a", DAYS[0])), rows(("a", DAYS[0]), ("b", DAYS[1]))
    with recorded():
        counts = on_days(DAYS, numerator=part, denominator=whole)
    assert counts["numerator_children"].tolist() == [["a"], [], []]
    assert counts["denominator_children"].tolist() == [["a"], ["b"], []]
