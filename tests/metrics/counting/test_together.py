"""Shares of small groups shown together: counts are added and then divided, and the base of a breakdown is counted once."""

import pandas as pd
import pytest

from analysis_lib.metrics.counting import build
from analysis_lib.metrics.counting.together import merged_groups, without_column, years_together
from analysis_lib.periods import Period
from analysis_lib.results import Measure

SHARE = Measure("share", "Share", "Share of the pupils.", "%", "neither", "local")
YEARS = [Period.parse(code) for code in ("2018-19-AY", "2019-20-AY", "2020-21-AY")]


def shares(column, parts=(), **counted):
    """One row for each group and year: `counted` has (number, base) by year for each group, with _ for a space."""
    rows = [
        {column: name.replace("_", " "), "period_start": year.start, "period_end": year.end, "numerator": number, "denominator": base}
        for name, numbers in counted.items()
        for year, (number, base) in zip(YEARS, numbers, strict=False)
    ]  # fmt: skip
    return build.proportion(SHARE, pd.DataFrame(rows), groups=(column,), parts=parts)


def counts(result, *columns):
    return result.exact()[[*columns, "numerator", "denominator"]].to_numpy().tolist()


def test_a_small_activity_is_shown_with_the_one_that_the_order_names():
    activity = shares(
        "activity", ("activity",), Education=[(40, 60)], Employment=[(7, 60)], Training=[(3, 60)], Other=[(10, 60)]
    )
    merged = merged_groups(activity, "activity", threshold=6)
    assert counts(merged, "activity") == [["Education", 40, 60], ["Employment or training", 10, 60], ["Other", 10, 60]]
    assert merged.parts == ("activity",)
    assert merged.exact()["value"].tolist() == pytest.approx([100 * 40 / 60, 100 * 10 / 60, 100 * 10 / 60])


def test_one_small_number_in_any_year_merges_every_year():
    activity = shares("activity", Employment=[(7, 60), (7, 70)], Training=[(8, 60), (5, 70)])
    merged = merged_groups(activity, "activity", threshold=6)
    assert counts(merged, "activity") == [["Employment or training", 15, 60], ["Employment or training", 12, 70]]


def test_nothing_is_merged_where_no_number_is_small():
    activity = shares("activity", Employment=[(6, 60)], Training=[(0, 60)])
    assert merged_groups(activity, "activity", threshold=6) is activity


def test_a_dropped_column_adds_up_numbers_and_bases():
    moves = shares("move", To_reception=[(7, 35)], To_secondary_school=[(0, 28)], On_from_school_at_sixteen=[(5, 31)])
    together = without_column(moves, "move")
    assert together.groups == ()
    assert counts(together) == [[12, 94]]


def test_years_are_added_up_and_named():
    offers = shares("offer", ("offer",), Education=[(24, 31), (26, 34), (29, 40)], No_offer=[(3, 31), (1, 34), (3, 40)])
    together = years_together(offers, YEARS[1:], "2019/20 to 2020/21")
    assert counts(together, "offer", "years") == [
        ["Education", "2019/20 to 2020/21", 55, 74],
        ["No offer", "2019/20 to 2020/21", 4, 74],
    ]
    (days,) = together.exact()[["period_start", "period_end"]].drop_duplicates().to_numpy(object).tolist()
    assert days == [YEARS[1].start, YEARS[2].end]


def test_what_is_known_of_no_year_stays_missing():
    nothing = shares("offer", Education=[(float("nan"), float("nan"))] * 3)
    assert years_together(nothing, YEARS, "2018/19 to 2020/21").exact()[["numerator", "value"]].isna().all(axis=None)
