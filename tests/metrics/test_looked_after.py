"""Children looked after: the council's and DfE's printed figures, hand examples, edges."""

import pandas as pd
import pytest

from analysis_lib.metrics import looked_after as library
from analysis_lib.metrics.counting import members
from analysis_lib.metrics.looked_after import (
    OTHERS,
    UNACCOMPANIED,
    care_ceases,
    care_starts,
    children_ceasing,
    children_starting,
    flows_in_and_out,
    in_short_breaks_at,
    looked_after_at,
    looked_after_by_uasc_at,
    looked_after_rate,
    month_ends_counted,
    net_change,
    periods_of_care,
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
    assert both[2].loc[0, ["numerator", "denominator"]].isna().all() and both[2]["numerator"][1] == 1
    assert [result["value"][1] for result in both[:2]] == [1, 0]


# ----------------------------------------------------------------------------------------------- groups, children behind

END_OF_YEAR = pd.Timestamp("2021-03-31")


def of_areas(*rows):
    """Periods of care of rows of child, first day, last day, area."""
    return care(*(row[:3] for row in rows)).assign(area=[row[3] for row in rows])


MOVED = of_areas(
    ("ann", "2020-03-31", "2020-09-01", "east"),
    ("ann", "2020-09-01", None, "west"),
    ("bob", "2020-04-01", "2021-03-31", "west"),
    ("bob", "2021-03-31", "2021-04-01", "west"),
    ("cat", "2019-01-01", "2020-04-01", "east"),
)


def named(result, side="numerator"):
    return members.behind(result)[f"{side}_children"].tolist()


@pytest.mark.parametrize(
    ("count", "measure", "east", "west"),
    [
        (care_starts, "care_starts", [], ["ann", "bob", "bob"]),
        (children_starting, "children_starting", [], ["ann", "bob"]),
        (care_ceases, "care_ceases", ["ann", "cat"], ["bob"]),
        (children_ceasing, "children_ceasing", ["ann", "cat"], ["bob"]),
    ],
)
def test_flows_by_group_count_and_name_their_children(count, measure, east, west):
    with members.recorded():
        result = count(MOVED, period=YEAR, by=["area"])
    assert result.measure.name == measure and result.groups == ("area",)
    frame = result.exact()
    assert frame["area"].tolist() == ["east", "west"]
    assert [sorted(each) for each in named(result)] == [east, west]
    assert frame["value"].tolist() == frame["numerator"].tolist() == [len(east), len(west)]
    assert frame[["period_start", "period_end"]].values.tolist() == [[YEAR.start, YEAR.end]] * 2


def test_a_stock_by_group_counts_and_names_its_children():
    days = [pd.Timestamp(text) for text in ("2020-03-31", "2020-04-01", "2021-03-31", "2021-04-01")]
    with members.recorded():
        result = looked_after_at(MOVED, census_date=days, by=["area"])
    assert named(result) == [["ann", "cat"], ["ann"], [], [], [], ["bob"], ["ann", "bob"], ["ann"]]
    assert values(result) == [2, 1, 0, 0, 0, 1, 2, 1] and result.measure.name == "looked_after"


def test_two_columns_give_every_combination_of_their_groups():
    table = MOVED.assign(sex=["f", "f", None, None, "f"])
    result = looked_after_at(table, census_date=END_OF_YEAR, by=["area", "sex"]).exact()
    assert result[["area", "sex", "value"]].values.tolist() == [
        ["east", "f", 0], ["east", "Not known", 0], ["west", "f", 1], ["west", "Not known", 1],
    ]  # fmt: skip


def test_the_net_change_is_starts_less_ends_and_the_change_of_the_stock():
    periods = [YEAR, Period.parse("2020-M04"), Period.parse("2019-M02")]
    with members.recorded():
        result = net_change(MOVED, period=periods)
    frame = result.exact()
    assert frame[["numerator", "denominator", "value"]].values.tolist() == [[3, 3, 0], [1, 1, 0], [0, 0, 0]]
    assert [sorted(each) for each in named(result)] == [["ann", "bob", "bob"], ["bob"], []]
    assert [sorted(each) for each in named(result, "denominator")] == [["ann", "bob", "cat"], ["cat"], []]
    assert set(frame["method"]) == {"difference of two full counts, no interval"} and frame["lower"].isna().all()
    by_area = net_change(MOVED, period=YEAR, by=["area"])
    assert values(by_area) == [-2, 2] and by_area.measure.name == "net_change" and by_area.groups == ("area",)
    edges = [YEAR.start - pd.Timedelta(days=1), YEAR.end]
    stock = looked_after_at(MOVED, census_date=edges, by=["area"]).exact()["value"].to_numpy().reshape(2, 2)
    assert (stock[:, 1] - stock[:, 0]).tolist() == values(by_area)


def test_starts_for_each_end_by_group_names_both_sides():
    with members.recorded():
        result = starts_per_cease(MOVED, period=YEAR, by=["area"])
    frame = result.exact()
    assert frame[["numerator", "denominator"]].values.tolist() == [[0, 2], [3, 1]] and values(result) == [0, 3]
    assert [sorted(each) for each in named(result)] == [[], ["ann", "bob", "bob"]]
    assert [sorted(each) for each in named(result, "denominator")] == [["ann", "cat"], ["bob"]]
    assert result.groups == ("area",)


def test_periods_of_care_joined_once_give_the_same_counts():
    joined = periods_of_care(MOVED, ["area"])
    assert periods_of_care(joined, ["area"]) is joined
    for count in (care_starts, care_ceases, children_starting, children_ceasing, net_change):
        once, each = (count(table, period=YEAR, by=["area"]).exact() for table in (joined, MOVED))
        pd.testing.assert_frame_equal(once, each)
    once, each = (looked_after_at(table, census_date=END_OF_YEAR, by=["area"]).exact() for table in (joined, MOVED))
    pd.testing.assert_frame_equal(once, each)


UNKNOWN = pd.DataFrame(
    {"child_id": ["a", "b", "b", "c", "left"], "uasc": pd.array([True, False, True, None, True], dtype="boolean")}
)


def test_unaccompanied_children_are_shown_apart_and_those_of_whom_nothing_is_known():
    table = care(*((child, "2020-01-01", None) for child in "abcd"), ("left", "2020-01-01", "2021-03-31"))
    with members.recorded():
        result = looked_after_by_uasc_at(table, UNKNOWN, census_date=END_OF_YEAR)
    assert result.exact()["uasc"].tolist() == [UNACCOMPANIED, OTHERS, "Not known"] and result.groups == ("uasc",)
    assert result.measure.name == "looked_after_by_uasc" and result.parts == ("uasc",)
    assert named(result) == [["a"], ["b"], ["c", "d"]]  # b: the first row of a child counts
    days = [END_OF_YEAR, pd.Timestamp("2021-03-30")]
    assert values(looked_after_by_uasc_at(table, UNKNOWN, census_date=days)) == [1, 2, 1, 1, 2, 2]
    assert "uasc" not in table
    assert (UNACCOMPANIED, OTHERS) == ("Unaccompanied asylum-seeking children", "Other children")


def test_the_share_of_unaccompanied_children_names_them_and_all():
    table = care(("b", "2020-01-01", None), ("a", "2020-01-01", None), ("a", "2020-02-01", None))
    with members.recorded():
        share = uasc_share(table, UNKNOWN.head(2), census_date=END_OF_YEAR)
    assert named(share) == [["a"]] and named(share, "denominator") == [["a", "b"]]
    assert values(share) == [50] and share.exact()["period_start"].isna().all()
    assert share.exact()["period_end"].tolist() == [END_OF_YEAR]


def episodes_of(*rows):
    frame = pd.DataFrame(rows, columns=["child_id", "legal_status", "episode_start", "episode_end"])
    days = {name: pd.to_datetime(frame[name]) for name in ("episode_start", "episode_end")}
    return frame.assign(**days, area=pd.Categorical(["east"] * len(frame), ["east", "west"]))


def test_short_breaks_are_counted_from_the_episodes_each_child_once():
    table = episodes_of(
        ("a", "V3", "2020-01-01", None),
        ("a", "V4", "2020-06-01", None),
        ("b", "V4", "2021-03-31", None),
        ("c", "V3", "2020-01-01", "2021-03-31"),
        ("d", "C2", "2020-01-01", None),
        ("e", None, "2020-01-01", None),
    )
    days = [pd.Timestamp("2021-03-30"), END_OF_YEAR]
    with members.recorded():
        result = in_short_breaks_at(table, census_date=days)
    assert named(result) == [["a", "c"], ["a", "b"]] and values(result) == [2, 2]
    assert result.measure.name == "in_short_breaks"
    assert values(in_short_breaks_at(table, census_date=END_OF_YEAR, by=["area"])) == [2, 0]
    assert values(in_short_breaks_at(table.head(0), census_date=END_OF_YEAR)) == [0]


def test_month_ends_are_counted_from_the_first_end_of_care():
    table = care(("a", "2019-01-01", "2021-02-10"), ("b", "2019-01-01", None))
    assert month_ends_counted(table, until=END_OF_YEAR) == [pd.Timestamp("2021-02-28"), END_OF_YEAR]


def test_the_rate_is_of_its_measure_and_missing_without_a_population():
    rate = looked_after_rate(in_care(2), population=None)
    assert rate.measure.name == "looked_after_rate" and rate.exact()["symbol"].tolist() == ["x"]


def test_the_library_shows_its_counts_only():
    assert dir(library) == sorted(library.__all__) and "looked_after_at" in dir(library) and "pd" not in dir(library)
