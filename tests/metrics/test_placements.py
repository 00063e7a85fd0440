"""Placements: published figures, hand examples, edges, and plain loops as judges."""

import pandas as pd
import pytest
from care_histories import at_random, care, episodes
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis_lib.metrics import placements
from analysis_lib.metrics.looked_after import looked_after_at
from analysis_lib.metrics.members import behind, recorded
from analysis_lib.metrics.placement_history import placements as joined
from analysis_lib.prepare.join import by_child_and_day
from analysis_lib.prepare.looked_after import care_periods

DAY = pd.Timestamp("2021-03-31")
DAYS = [pd.Timestamp(text) for text in ("2021-03-31", "2019-12-31", "2020-02-29", "2021-02-28", "2020-03-31")]


def rows_of(result, *columns):
    return result.exact()[list(columns)].values.tolist()


def counted(result):
    """Numerator and denominator of a result of one row."""
    ((numerator, denominator),) = rows_of(result, "numerator", "denominator")
    return numerator, denominator


def named(make, side="numerator"):
    """The children that each row of a result names, in order."""
    with recorded():
        result = make()
    frame = behind(result)
    for column in ("numerator", "denominator"):
        known = frame[f"{column}_children"].notna()
        assert [len(each) for each in frame.loc[known, f"{column}_children"]] == frame.loc[known, column].tolist()
    return [sorted(each) for each in frame[f"{side}_children"]]


def history(seed, children=50):
    table = at_random(seed, children)
    return table, care_periods(by_child_and_day(table[table["episode_start"].notna()], "episode_start", "episode_end"))


def in_care(table, day):
    """The children looked after on a day, by going through the periods of care."""
    return {
        row.child_id
        for row in table.itertuples()
        if row.care_start <= day and not row.care_end <= day and not row.care_end < row.care_start
    }


# Stability


def moves(*days, child="a", **more):
    """A child in care since 2019 who moves to another carer on each of `days`."""
    first = ["2019-06-01", *days]
    last = [*days, None]
    return [
        (child, start, end, "P" if number else "S", {"reason_ceased": end and "X1", **more})
        for number, (start, end) in enumerate(zip(first, last, strict=True))
    ]


def stability_of(rows, day=DAY, **how):
    table = episodes(*rows)
    children = sorted(set(table["child_id"]))
    spells = care(*((child, "2019-06-01", None) for child in children))
    return counted(placements.stability(table, spells, census_date=day, **how))


def test_three_placements_in_the_year_are_many_and_two_are_not():
    assert stability_of(moves("2020-06-01")) == (0, 1)
    assert stability_of(moves("2020-06-01", "2020-09-01")) == (1, 1)
    assert stability_of(moves("2020-06-01", "2020-09-01", "2020-12-01")) == (1, 1)


@pytest.mark.parametrize(
    ("left_the_first", "many"), [("2020-03-31", 0), ("2020-04-01", 0), ("2020-04-02", 1), ("2021-03-30", 1)]
)
def test_a_placement_counts_that_is_open_on_1_april(left_the_first, many):
    assert stability_of(moves(left_the_first, "2021-03-31")) == (many, 1)


@pytest.mark.parametrize(("began_the_last", "many"), [("2021-03-30", 1), ("2021-03-31", 1), ("2021-04-01", 0)])
def test_a_placement_counts_that_begins_on_31_march(began_the_last, many):
    assert stability_of(moves("2020-06-01", began_the_last)) == (many, 1)


@pytest.mark.parametrize(
    ("census", "left_the_first", "many"),
    [
        ("2020-02-29", "2019-03-01", 0),  # the 12 months to 29 February begin on 1 March
        ("2020-02-29", "2019-03-02", 1),
        ("2021-02-28", "2020-02-29", 0),  # those to 28 February 2021 on 29 February 2020
        ("2021-02-28", "2020-03-01", 1),
    ],
)
def test_the_twelve_months_to_the_end_of_february(census, left_the_first, many):
    rows = moves(left_the_first, f"{census[:4]}-01-10")
    rows[0] = ("a", "2019-01-01", *rows[0][2:])
    spells = care(("a", "2019-01-01", None))
    result = placements.stability(episodes(*rows), spells, census_date=pd.Timestamp(census))
    assert counted(result) == (many, 1)


def test_less_than_a_day_is_no_placement():
    assert stability_of(moves("2020-06-01", "2020-06-01")) == (0, 1)
    assert stability_of(moves("2020-06-01", "2020-06-02")) == (1, 1)


def test_temporary_placements_and_moves_with_the_carer_count_where_asked():
    rows = moves("2020-06-01", "2020-06-08")
    rows[1][4]["place"] = "T3"
    assert stability_of(rows) == (0, 1)
    assert stability_of(rows, temporary="counted") == (1, 1)
    rows = [(*row[:3], "S" if row[3] == "S" else "T", row[4]) for row in moves("2020-06-01", "2020-09-01")]
    assert stability_of(rows) == (1, 1)
    assert stability_of(rows, same_carer_moves="not counted") == (0, 1)


def test_placements_of_both_periods_of_care_in_the_year_count():
    table = episodes(
        ("a", "2020-05-01", "2020-06-01", "S", {"reason_ceased": "X1"}),
        ("a", "2020-06-01", "2020-07-01", "P", {"reason_ceased": "E4A"}),
        ("a", "2020-12-01", None, "S"),
        ("left", "2020-05-01", "2020-06-01", "S", {"reason_ceased": "X1"}),
        ("left", "2020-06-01", "2020-07-01", "P", {"reason_ceased": "X1"}),
        ("left", "2020-07-01", "2021-03-31", "P", {"reason_ceased": "E4A"}),
    )
    spells = care(("a", "2020-05-01", "2020-07-01"), ("a", "2020-12-01", None), ("left", "2020-05-01", "2021-03-31"))
    result = placements.stability(table, spells, census_date=[DAY, pd.Timestamp("2021-03-30")])
    assert rows_of(result, "numerator", "denominator", "value") == [[1, 1, 100], [2, 2, 100]]


def test_nobody_looked_after_is_no_value():
    result = placements.stability(episodes(), care(), census_date=DAY).exact()
    assert result[["numerator", "denominator"]].values.tolist() == [[0, 0]]
    assert result["value"].isna().all() and result["symbol"].tolist() == ["z"]
    assert result["period_start"].isna().all() and result["period_end"].tolist() == [DAY]


def test_a_child_without_episodes_counts_in_the_base():
    assert counted(placements.stability(episodes(), care(("a", "2020-01-01", None)), census_date=DAY)) == (0, 1)


def naive_stability(table, spells, day, **how):
    year_begins = pd.Timestamp(day.year - 1, day.month, 28 if (day.month, day.day) == (2, 29) else day.day)
    year_begins += pd.Timedelta(days=1)
    children = in_care(spells, day)
    placed = dict.fromkeys(children, 0)
    for row in joined(table, **how).itertuples():
        if row.child_id in placed and row.placement_start <= day and not row.placement_end <= year_begins:
            placed[row.child_id] += 1
    return sorted(child for child, number in placed.items() if number >= 3), sorted(children)


@pytest.mark.parametrize("how", [{}, {"temporary": "counted", "same_carer_moves": "not counted"}])
@pytest.mark.parametrize("seed", [1, 2])
def test_stability_is_that_of_a_plain_loop(seed, how):
    table, spells = history(seed)
    many, children = zip(*(naive_stability(table, spells, day, **how) for day in DAYS), strict=True)

    def make():
        return placements.stability(table, spells, census_date=DAYS, **how)

    assert named(make) == list(many) and named(make, "denominator") == list(children)
    assert make().exact()["period_end"].tolist() == DAYS
    assert [len(each) for each in children] == looked_after_at(spells, census_date=DAYS).exact()["value"].tolist()
    assert sum(map(len, many)) > 8


def test_groups_are_counted_apart_on_every_day():
    table, spells = history(3)
    both = {
        "x": (table.assign(authority="x"), spells.assign(authority="x")),
        "y": (table[table["child_id"] < "c020"].assign(authority="y"), spells[spells["child_id"] < "c020"].assign(authority="y")),
        None: (table[:0].assign(authority=None), care(("nobody's", "2018-01-01", None)).assign(authority=None)),
    }  # fmt: skip
    everyone = pd.concat([each[0] for each in both.values()]), pd.concat([each[1] for each in both.values()])

    def make():
        return placements.stability(*everyone, census_date=DAYS, by=["authority"])

    result = make().exact()
    assert result["authority"].tolist() == ["Not known", "x", "y"] * len(DAYS)
    children = dict(zip(zip(result["authority"], result["period_end"], strict=True), named(make), strict=True))
    for name, (one, other) in both.items():
        apart = placements.stability(one, other, census_date=DAYS).exact()
        same = result[result["authority"] == (name or "Not known")]
        for column in ("numerator", "denominator", "value"):
            assert same[column].tolist() == apart[column].tolist()
        for day in DAYS:
            assert children[name or "Not known", day] == naive_stability(one, other, day)[0]


@settings(max_examples=10)
@given(st.integers(0, 5_000), st.integers(0, 100))
def test_stability_does_not_depend_on_the_order_of_rows(seed, shuffle):
    table, spells = history(seed, 8)
    table = table.drop_duplicates(["child_id", "episode_start", "episode_end"])
    one = placements.stability(table, spells, census_date=DAYS)
    mixed = table.sample(frac=1, random_state=shuffle), spells.sample(frac=1, random_state=shuffle)
    other = placements.stability(*mixed, census_date=DAYS)
    assert_frame_equal(one.exact(), other.exact())
    counted_all = placements.stability(table, spells, census_date=DAYS, temporary="counted").exact()
    assert (one.exact()["numerator"] <= counted_all["numerator"]).all()
    assert (one.exact()["numerator"] <= one.exact()["denominator"]).all()


@pytest.mark.parametrize(
    ("many", "children", "printed", "whole"),
    [
        (68, 570, 12, "Middlesbrough, 31 March 2021"),
        (65, 502, 13, "Middlesbrough, 31 March 2022"),
        (55, 509, 11, "Middlesbrough, 31 March 2023"),
    ],
)
def test_stability_is_the_percentage_that_the_department_prints(many, children, printed, whole):
    """DfE, Explore Education Statistics, placement stability: numbers and whole percentages of one authority."""
    unsettled = [row for number in range(many) for row in moves("2020-06-01", "2020-09-01", child=f"u{number}")]
    settled = [row for number in range(children - many) for row in moves(child=f"s{number}")]
    table = episodes(*unsettled, *settled)
    spells = care(*((child, "2019-06-01", None) for child in set(table["child_id"])))
    result = placements.stability(table, spells, census_date=DAY).exact()
    assert round(result["value"].item()) == printed and result["denominator"].item() == children, whole
    assert result["lower"].item() < result["value"].item() < result["upper"].item()
    assert result["unit"].item() == "%" and result["measure"].item() == "placement_stability"
