"""Children looked after: the council's and DfE's printed figures, hand examples, edges."""

import pandas as pd
import pytest

from analysis_lib.metrics.looked_after import (
    care_ceases,
    care_starts,
    children_ceasing,
    children_starting,
    flows_in_and_out,
    looked_after_at,
    looked_after_rate,
    starts_per_cease,
    uasc_share,
)
from analysis_lib.periods import Period

YEAR = Period.parse("2020-21")


def care(*rows):
    frame = pd.DataFrame(rows, columns=["child_id", "care_start", "care_end"])
    return frame.assign(care_start=pd.to_datetime(frame["care_start"]), care_end=pd.to_datetime(frame["care_end"]))


def in_care(number):
    return looked_after_at(
        care(*((f"c{i}", "2018-01-01", None) for i in range(number))), census_date=pd.Timestamp("2021-03-31")
    )


def values(result):
    return result.exact()["value"].tolist()


@pytest.mark.parametrize(
    ("children", "population", "printed", "decimals"),
    [
        (505, 32396, 155.9, 1),  # Executive Member report to Council, 15 March 2019
        (570, 33231, 172, 0),  # DfE, children looked after on 31 March 2021
        (466, 32396, 143.8, 1),  # DfE, 31 March 2018, on the population of that time
        (543, 32889, 165.1, 1),  # Corporate Parenting Board, October 2021, on the base that its rate implies
    ],
)
def test_rates_are_those_printed(children, population, printed, decimals):
    rate = looked_after_rate(in_care(children), population=population).exact()
    assert round(rate["value"].item(), decimals) == printed
    assert rate["lower"].item() < rate["value"].item() < rate["upper"].item()
    assert rate[["numerator", "denominator"]].values.tolist() == [[children, population]]


def test_many_census_dates_give_one_row_each_and_no_child_twice():
    table = care(("a", "2020-04-01", "2021-03-31"), ("a", "2021-03-31", None), ("b", "2021-03-30", "2021-04-01"))
    days = [pd.Timestamp(text) for text in ("2020-03-31", "2020-04-01", "2021-03-30", "2021-03-31", "2021-04-01")]
    counted = looked_after_at(table, census_date=days).exact()
    assert counted["period_end"].tolist() == days
    assert counted["period_start"].isna().all()
    assert counted["value"].tolist() == [0, 1, 2, 2, 1]


def test_events_and_children_differ_for_a_child_who_comes_and_leaves_twice():
    table = care(
        ("twice", "2020-04-01", "2020-05-01"),
        ("twice", "2020-09-01", "2021-03-31"),
        ("stays", "2019-01-01", None),
        ("leaves and is back", "2019-01-01", "2020-06-01"),
        ("leaves and is back", "2020-07-01", None),
    )
    assert values(care_starts(table, period=YEAR)) == [3]
    assert values(children_starting(table, period=YEAR)) == [2]
    assert values(care_ceases(table, period=YEAR)) == [3]
    assert values(children_ceasing(table, period=YEAR)) == [2]


def test_starts_for_each_end_is_missing_where_none_ends():
    table = care(("a", "2020-04-01", "2021-03-31"), ("b", "2020-04-30", None), ("c", "2021-03-01", None))
    months = [Period.parse(code) for code in ("2020-M04", "2021-M03")]
    result = starts_per_cease(table, period=months).exact()
    assert result["value"].isna().tolist() == [True, False]
    assert result["symbol"].tolist() == ["z", ""]
    assert result["value"].tolist()[1] == 1
    assert result[["numerator", "denominator"]].values.tolist() == [[2, 0], [1, 1]]


def test_share_of_unaccompanied_children_counts_only_those_in_care():
    table = care(*((f"c{i}", "2020-01-01", None) for i in range(18)), ("u1", "2020-01-01", None))
    table = pd.concat([table, care(("u2", "2020-01-01", "2021-03-31"), ("u3", "2020-01-01", None))])
    children = pd.DataFrame({"child_id": ["c0", "u1", "u2", "u3"], "uasc": [False, True, True, None]})
    share = uasc_share(table, children, census_date=pd.Timestamp("2021-03-31")).exact()
    assert share[["numerator", "denominator", "value"]].values.tolist() == [[1, 20, 5]]


def test_empty_tables_count_nothing():
    none = care()
    assert values(looked_after_at(none, census_date=pd.Timestamp("2021-03-31"))) == [0]
    assert values(care_starts(none, period=YEAR)) == [0]
    children = pd.DataFrame({"child_id": [], "uasc": pd.Series([], dtype=bool)})
    assert pd.isna(values(uasc_share(none, children, census_date=pd.Timestamp("2021-03-31")))[0])


def test_flows_of_a_period_before_the_returns_are_not_known_rather_than_none():
    table = care(("a", "2019-06-01", "2020-05-01"), ("b", "2020-06-01", None), ("b", "2020-06-01", "2020-06-20"))
    spring, summer = Period.parse("2020-M04"), Period.parse("2020-M06")
    both = [result.exact() for result in flows_in_and_out(table, period=[spring, summer])]
    assert [result["measure"][0] for result in both] == [
        "care_starts", "care_ceases", "starts_per_cease", "children_starting", "children_ceasing",
    ]  # fmt: skip
    assert all(result["symbol"][0] == "x" and pd.isna(result["value"][0]) for result in both)
    assert [result["value"][1] for result in both[:2]] == [1, 0]
