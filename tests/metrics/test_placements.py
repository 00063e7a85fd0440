"""Placements: published figures, hand examples, edges, and plain loops as judges."""

import pandas as pd
import pytest
from care_histories import at_random, born, born_at_random, care, episodes
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis_lib.metrics import placements
from analysis_lib.metrics.counting.members import behind, recorded
from analysis_lib.metrics.looked_after import looked_after_at
from analysis_lib.metrics.placement_history import placements as joined
from analysis_lib.periods import Period
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


# Number of placements


def test_a_child_has_one_placement_or_two_or_more():
    table = episodes(
        *moves(child="one"), *moves("2020-06-01", child="two"), *moves("2020-06-01", "2020-07-01", child="three"),
        *moves("2020-06-01", "2020-07-01", "2020-08-01", child="four"),
    )  # fmt: skip
    spells = care(*((child, "2019-06-01", None) for child in ("one", "two", "three", "four", "nowhere")))

    def make():
        return placements.number_in_year(table, spells, census_date=DAY)

    assert rows_of(make(), "placements", "numerator", "denominator", "value") == [
        ["1", 1, 5, 20], ["2", 1, 5, 20], ["3 or more", 2, 5, 40], ["Not known", 1, 5, 20],
    ]  # fmt: skip
    assert named(make) == [["one"], ["two"], ["four", "three"], ["nowhere"]]
    assert make().groups == ("placements",) and make().parts == ("placements",)


def test_three_or_more_is_what_stability_counts():
    table, spells = history(4)
    for how in ({}, {"temporary": "counted"}, {"same_carer_moves": "not counted"}):
        number = placements.number_in_year(table, spells, census_date=DAYS, **how).exact()
        many = number.loc[number["placements"] == "3 or more", "numerator"].tolist()
        assert many == placements.stability(table, spells, census_date=DAYS, **how).exact()["numerator"].tolist()
        assert number.groupby("period_end")["numerator"].sum().reindex(DAYS).tolist() == [
            len(in_care(spells, day)) for day in DAYS
        ]


# Long-term stability


def long_term(rows, day=DAY, birth="2010-01-01", since="2018-01-01", same="carer"):
    table = episodes(*rows)
    result = placements.long_term_stability(
        table, care(("a", since, None)), born(("a", birth)), census_date=day, same=same
    )
    return counted(result)


@pytest.mark.parametrize(
    ("since", "base"), [("2018-09-29", 1), ("2018-09-30", 1), ("2018-10-01", 0), ("2018-10-02", 0)]
)
def test_two_and_a_half_years_in_care(since, base):
    assert long_term([("a", since, None, "S")], since=since) == (base, base)


@pytest.mark.parametrize(("moved", "settled"), [("2019-03-30", 1), ("2019-03-31", 1), ("2019-04-01", 0)])
@pytest.mark.parametrize("same", ["carer", "placement"])
def test_two_years_in_the_placement(moved, settled, same):
    rows = [("a", "2018-01-01", moved, "S", {"reason_ceased": "X1"}), ("a", moved, None, "P")]
    assert long_term(rows, same=same) == (settled, 1)


@pytest.mark.parametrize(
    ("birth", "base"), [("2005-03-31", 0), ("2005-04-01", 1), ("2005-03-30", 0), (None, 0), ("2021-03-31", 1)]
)
def test_a_child_is_in_the_base_up_to_the_day_before_its_16th_birthday(birth, base):
    assert long_term([("a", "2018-01-01", None, "S")], birth=birth) == (base, base)


def test_born_on_29_february_a_child_is_16_on_1_march():
    rows = [("a", "2018-01-01", None, "S")]
    assert long_term(rows, birth="2004-02-29", day=pd.Timestamp("2020-02-28")) == (0, 0)  # 24 months in care
    assert long_term(rows, birth="2005-02-28", day=pd.Timestamp("2021-02-28")) == (0, 0)
    assert long_term(rows, birth="2005-03-01", day=pd.Timestamp("2021-02-28")) == (1, 1)


@pytest.mark.parametrize(("place", "placement"), [("U4", 0), ("A5", 1)])
def test_a_move_with_the_carer_ends_the_placement_and_not_the_stay(place, placement):
    rows = [
        ("a", "2018-01-01", "2020-06-01", "S", {"reason_ceased": "X1"}),
        ("a", "2020-06-01", None, "T", {"place": place}),
    ]
    assert long_term(rows) == (1, 1)
    assert long_term(rows, same="placement") == (placement, 1)


def adopted_by_others(first="2018-01-01", second="2018-02-01", third="2021-02-01", place="A6"):
    return [
        ("a", first, second, "S", {"reason_ceased": "X1"}),
        ("a", second, third, "P", {"reason_ceased": "X1"}),
        ("a", third, None, "B", {"place": place}),
    ]


def test_an_adoptive_placement_counts_with_the_one_before_where_the_placement_is_asked_for():
    for place in ("A3", "A4", "A5", "A6"):
        assert long_term(adopted_by_others(place=place), same="placement") == (1, 1)
        assert long_term(adopted_by_others(place=place)) == (0, 1)
    assert long_term(adopted_by_others(place="U4"), same="placement") == (0, 1)
    # Only the placement just before, not the one before that.
    assert long_term(adopted_by_others(second="2020-02-01"), same="placement") == (0, 1)


def test_the_placement_before_has_to_be_in_the_same_period_of_care():
    rows = [
        ("a", "2018-01-01", "2018-08-01", "S", {"reason_ceased": "E4A"}),
        ("a", "2018-08-01", None, "S", {"place": "A6"}),
        ("b", "2016-01-01", "2020-06-01", "S", {"reason_ceased": "E4A"}),
    ]
    assert long_term(rows, since="2018-08-01", same="placement") == (1, 1)
    rows[1] = ("a", "2019-08-01", None, "S", {"place": "A6"})
    assert long_term(rows, since="2018-08-01", same="placement") == (0, 1)


def test_the_version_is_in_the_name():
    none = episodes(), care(), born()
    assert placements.long_term_stability(*none, census_date=DAY).measure.name == "long_term_stability"
    placement = placements.long_term_stability(*none, census_date=DAY, same="placement")
    assert placement.measure.name == "long_term_stability_same_placement"
    assert counted(placement) == (0, 0) and placement.exact()["value"].isna().all()
    with pytest.raises(ValueError, match="same is 'home'; it may be 'carer' or 'placement'"):
        placements.long_term_stability(*none, census_date=DAY, same="home")


@pytest.mark.parametrize(
    ("settled", "base", "printed"), [(118, 180, 66), (122, 185, 66), (120, 192, 63), (105, 183, 57)]
)
def test_long_term_stability_is_the_percentage_that_the_department_prints(settled, base, printed):
    """DfE, Explore Education Statistics, placement stability: Middlesbrough, 31 March 2021, 2022, 2023 and 2025."""
    rows = [
        (
            f"c{n:03d}",
            "2018-01-01",
            None if n < settled else "2020-06-01",
            "S",
            {"reason_ceased": None if n < settled else "X1"},
        )
        for n in range(base)
    ]
    rows += [(f"c{n:03d}", "2020-06-01", None, "P") for n in range(settled, base)]
    spells = care(*((f"c{n:03d}", "2018-01-01", None) for n in range(base)))
    children = born(*((f"c{n:03d}", "2010-01-01") for n in range(base)))
    result = placements.long_term_stability(episodes(*rows), spells, children, census_date=DAY)
    assert counted(result) == (settled, base) and int(result.exact()["value"].item() + 0.5) == printed


def years_before(day, years, months=0):
    month = day.month - months
    year, month = (day.year - years, month) if month > 0 else (day.year - years - 1, month + 12)
    last = pd.Period(year=year, month=month, freq="M").days_in_month
    return pd.Timestamp(year, month, min(day.day, last))


@pytest.mark.parametrize("same", ["carer", "placement"])
def test_long_term_stability_is_that_of_a_plain_loop(same):
    table, spells = history(6, 150)
    children = born_at_random(6, 150)
    births = dict(zip(children["child_id"], children["birth_date"], strict=True))
    how = "counted" if same == "placement" else "not counted"
    stays = joined(table, same_carer_moves=how).to_dict("records")
    days = [pd.Timestamp(text) for text in ("2022-03-31", "2021-12-31", "2022-02-28")]

    def expected(day):
        base, settled = [], []
        for spell in spells.itertuples():
            if not (spell.care_start <= years_before(day, 2, 6) and not spell.care_end <= day):
                continue
            birth = births[spell.child_id]
            if pd.isna(birth) or (day.year - birth.year) - ((day.month, day.day) < (birth.month, birth.day)) >= 16:
                continue
            base.append(spell.child_id)
            theirs = [stay for stay in stays if stay["child_id"] == spell.child_id]
            at = [
                n
                for n, stay in enumerate(theirs)
                if stay["placement_start"] <= day and not stay["placement_end"] <= day
            ]
            if at:
                since = theirs[at[-1]]["placement_start"]
                before = theirs[at[-1] - 1] if at[-1] else None
                adoptive = theirs[at[-1]]["place_at_start"] in ("A3", "A4", "A5", "A6")
                if same == "placement" and adoptive and before and before["care"] == theirs[at[-1]]["care"]:
                    since = before["placement_start"]
                if since <= years_before(day, 2):
                    settled.append(spell.child_id)
        return sorted(settled), sorted(base)

    def make():
        return placements.long_term_stability(table, spells, children, census_date=days, same=same)

    settled, base = zip(*map(expected, days), strict=True)
    assert named(make, "denominator") == list(base) and named(make) == list(settled)
    assert sum(map(len, settled)) >= 3 and sum(map(len, base)) > sum(map(len, settled))


# Where children are on a day


def naive_placed(table, spells, day):
    """The row of each child looked after that holds on the day, or nothing."""
    found = {}
    records = [row for row in table.to_dict("records") if row["legal_status"] not in ("V3", "V4")]
    for child in in_care(spells, day):
        rows = [row for row in records if row["child_id"] == child and pd.notna(row["episode_start"])]
        rows = [row for row in rows if not row["episode_end"] < row["episode_start"]]
        rows.sort(
            key=lambda row: (
                row["episode_start"], pd.Timestamp.max if pd.isna(row["episode_end"]) else row["episode_end"],
                row["reason_new_episode"] != "S",
            )
        )  # fmt: skip
        begun = [row for row in rows if row["episode_start"] <= day]
        last = begun[-1] if begun else None
        found[child] = last if last and not last["episode_end"] <= day else None
    return found


def test_each_child_is_where_a_plain_loop_finds_it():
    table, spells = history(7)
    rows = placements.placed_on(table, spells, census_date=DAYS)
    assert list(rows.columns) == ["child_id", "when", "place", "place_provider", "distance_miles", "in_own_area"]
    unknown = 0
    for number, day in enumerate(DAYS):
        expected = naive_placed(table, spells, day)
        found = rows[rows["when"] == number].set_index("child_id")
        assert sorted(found.index) == sorted(expected)
        for child, row in expected.items():
            for column in ("place", "place_provider", "distance_miles", "in_own_area"):
                one, other = found.loc[child, column], row and row[column]
                assert (pd.isna(one) and (row is None or pd.isna(other))) or one == other
            unknown += row is None
    assert unknown > 0


def test_columns_that_are_closed_are_passed_over_until_a_measure_needs_them():
    table = episodes(("a", "2020-01-01", None, "S")).drop(columns=["distance_miles", "in_own_area"])
    spells = care(("a", "2020-01-01", None))
    rows = placements.placed_on(table, spells, census_date=DAY)
    assert rows.to_dict("records") == [{"child_id": "a", "when": 0, "place": "U6", "place_provider": "PR1"}]
    with pytest.raises(KeyError, match="distance_miles"):
        placements.over_20_miles(table, spells, census_date=DAY)


def placed(*told):
    """A child looked after for each of `told`, the columns of its episode that are not usual."""
    table = episodes(*((f"c{number}", "2020-01-01", None, "S", each) for number, each in enumerate(told)))
    return table, care(*((f"c{number}", "2020-01-01", None) for number in range(len(told))))


def at(miles, inside):
    return {"distance_miles": miles, "in_own_area": inside}


FAR_AND_NEAR = [
    at(30, False),
    at(25, True),
    at(5, False),
    at(None, False),
    at(20.0, False),
    at(20.1, pd.NA),
    at(20.1, False),
]


@pytest.mark.parametrize(
    ("function", "name", "children", "known"),
    [
        (placements.over_20_miles_outside, "placed_over_20_miles_outside", ["c0", "c6"], 5),
        (placements.over_20_miles, "placed_over_20_miles", ["c0", "c1", "c5", "c6"], 6),
        (placements.outside_area, "placed_outside_area", ["c0", "c2", "c3", "c4", "c6"], 6),
    ],
)
def test_who_lives_far_away_or_outside(function, name, children, known):
    tables = placed(*FAR_AND_NEAR)
    assert named(lambda: function(*tables, census_date=DAY)) == [children]
    assert counted(function(*tables, census_date=DAY)) == (len(children), 7)
    assert counted(function(*tables, census_date=DAY, base="known")) == (len(children), known)
    assert function(*tables, census_date=DAY).measure.name == name
    with pytest.raises(ValueError, match="base is 'some'; it may be 'all' or 'known'"):
        function(*tables, census_date=DAY, base="some")
    assert counted(function(episodes(), care(), census_date=DAY)) == (0, 0)


def test_who_is_not_known_to_be_far_or_near():
    def make():
        return placements.unknown_distance(*placed(*FAR_AND_NEAR), census_date=DAY)

    assert named(make) == [["c3", "c5"]] and make().measure.name == "placement_distance_unknown"


def test_bands_of_distance_hold_their_upper_end():
    miles = [0, 5, 5.1, 10, 10.1, 20, 20.1, 50, 50.1, None]
    tables = placed(*(at(each, True) for each in miles))

    def make(**how):
        return placements.by_distance(*tables, census_date=DAY, **how)

    assert named(make) == [["c0", "c1"], ["c2", "c3"], ["c4", "c5"], ["c6", "c7"], ["c8"], ["c9"]]
    assert rows_of(make(), "distance", "denominator") == [
        ["Up to 5 miles", 10], ["Over 5 to 10 miles", 10], ["Over 10 to 20 miles", 10], ["Over 20 to 50 miles", 10],
        ["Over 50 miles", 10], ["Not known", 10],
    ]  # fmt: skip
    known = make(base="known").exact()
    assert known["numerator"].tolist() == [2, 2, 2, 2, 1] and known["denominator"].tolist() == [9] * 5
    assert make().groups == ("distance",) == make().parts and make().measure.name == "placement_distance"
    with pytest.raises(ValueError, match="base is 'some'"):
        make(base="some")


TYPES = {
    "Foster care, relative or friend": ["U1", "U2", "U3"],
    "Foster care, other carer": ["U4", "U5", "U6"],
    "Placed for adoption": ["A3", "A4", "A5", "A6"],
    "With parents": ["P1"],
    "Children's home": ["K2"],
    "Secure children's home": ["K1"],
    "Semi-independent or supported accommodation": ["H5", "K3", "P2"],
    "Residential school": ["S1"],
    "Other residential setting": ["R1", "R2", "R3", "R5"],
    "Temporary placement": ["T0", "T1", "T2", "T3", "T4"],
    "Other placement": ["P3", "Z1", "Z11", "Z12", "Z13", "Z14"],
    "Not known": [None, "XX"],
}
PROVIDERS = {
    "Own council": ["PR1"],
    "Another council": ["PR2"],
    "Other public body": ["PR3"],
    "Private": ["PR4"],
    "Voluntary": ["PR5"],
    "Parents": ["PR0"],
    "Not known": [None, "PR9"],
}
OWN = {
    "Own provision": ["PR1"],
    "External provision": ["PR2", "PR3", "PR4", "PR5"],
    "With parents": ["PR0"],
    "Not known": [None, "PR9"],
}


@pytest.mark.parametrize(
    ("function", "name", "group", "column", "groups"),
    [
        (placements.by_type, "placement_type", "placement_type", "place", TYPES),
        (placements.by_provider, "placement_provider", "provider", "place_provider", PROVIDERS),
        (placements.by_own_or_external, "placement_own_or_external", "own_or_external", "place_provider", OWN),
    ],
)
def test_every_code_is_in_its_group(function, name, group, column, groups):
    codes = [code for those in groups.values() for code in those]
    tables = placed(*({column: code} for code in codes))

    def make():
        return function(*tables, census_date=DAY)

    expected, number = [], 0
    for those in groups.values():
        expected.append(sorted(f"c{each}" for each in range(number, number + len(those))))
        number += len(those)
    assert named(make) == expected
    assert rows_of(make(), group, "denominator") == [[each, len(codes)] for each in groups]
    assert make().measure.name == name and make().groups == (group,) == make().parts
    empty = function(episodes(), care(), census_date=[DAY, DAYS[1]]).exact()
    assert len(empty) == 2 * len(groups) and empty["numerator"].eq(0).all() and empty["value"].isna().all()


def test_every_code_of_the_return_has_a_group():
    from analysis_lib.sources.tables.ssda903 import PLACEMENT, PROVIDER, REASON_PLACE_CHANGE

    assert {code for those in TYPES.values() for code in those} - {None, "XX"} == set(PLACEMENT.meanings)
    assert {code for those in PROVIDERS.values() for code in those} - {None, "PR9"} == set(PROVIDER.meanings)
    assert {code for those in REASONS.values() for code in those} - {None} == set(REASON_PLACE_CHANGE.meanings)


def test_homes_for_16_and_17_year_olds():
    births = ["2005-03-31", "2005-04-01", "2003-04-01", "2003-03-31", None, "2005-03-31", "2010-01-01", "2004-05-05"]
    places = ["H5", "K3", "P2", "H5", "H5", "U6", "U6", None]
    table, spells = placed(*({"place": each} for each in places))
    children = born(*((f"c{number}", each) for number, each in enumerate(births)))

    def older():
        return placements.semi_independent_16_and_17(table, spells, children, census_date=DAY)

    def younger():
        return placements.semi_independent_under_16(table, spells, children, census_date=DAY)

    assert named(older) == [["c0", "c2"]] and named(older, "denominator") == [["c0", "c2", "c5", "c7"]]
    assert named(younger) == [["c1"]]
    assert older().measure.name == "semi_independent_16_and_17"
    assert younger().measure.name == "semi_independent_under_16"
    before = pd.Timestamp("2021-03-30")

    def the_day_before():
        return placements.semi_independent_16_and_17(table, spells, children, census_date=before)

    assert named(the_day_before) == [["c2", "c3"]] and named(the_day_before, "denominator") == [["c2", "c3", "c7"]]


# How long, and why they end


def lasting(*starts):
    rows = [(f"c{number}", start, None, "S") for number, start in enumerate(starts)]
    return episodes(*rows), care(*((f"c{number}", start, None) for number, start in enumerate(starts)))


def test_days_in_the_placement_so_far():
    table, spells = lasting("2021-03-21", "2021-03-11", "2020-12-31", "2021-03-31")
    earlier = episodes(("c4", "2020-01-01", None, "L"))
    table = pd.concat([table, earlier])
    spells = pd.concat([spells, care(("c4", "2020-01-01", None), ("c5", "2020-01-01", None))])
    mean = placements.days_in_placement(table, spells, census_date=DAY, statistic="mean")
    assert rows_of(mean, "numerator", "denominator", "value") == [[120, 4, 30]]

    def medians():
        return placements.days_in_placement(table, spells, census_date=[pd.Timestamp("2021-03-30"), DAY])

    median = medians()
    assert rows_of(median, "denominator", "value") == [[3, 19], [4, 15]]
    assert named(medians, "denominator") == [["c0", "c1", "c2"], ["c0", "c1", "c2", "c3"]]
    assert (mean.measure.name, median.measure.name) == ("placement_days_mean", "placement_days_median")
    with pytest.raises(ValueError, match="statistic is 'mode'; it may be 'mean' or 'median'"):
        placements.days_in_placement(table, spells, census_date=DAY, statistic="mode")
    none = placements.days_in_placement(episodes(), care(), census_date=DAY).exact()
    assert none["value"].isna().all() and none["denominator"].tolist() == [0]


def test_bands_of_duration_hold_their_lower_end():
    starts = [
        "2020-10-01",
        "2020-09-30",
        "2020-04-01",
        "2020-03-31",
        "2019-04-01",
        "2019-03-31",
        "2016-04-01",
        "2016-03-31",
    ]
    table, spells = lasting(*starts)
    known_in_part = episodes(("x4", "2017-01-01", None, "L"), ("x5", "2015-01-01", None, "L"))
    table = pd.concat([table, known_in_part])
    spells = pd.concat(
        [spells, care(("x4", "2017-01-01", None), ("x5", "2015-01-01", None), ("x6", "2015-01-01", None))]
    )

    def make():
        return placements.by_duration(table, spells, census_date=DAY)

    assert named(make) == [["c0"], ["c1", "c2"], ["c3", "c4"], ["c5", "c6"], ["c7", "x5"], ["x4", "x6"]]
    assert rows_of(make(), "duration", "denominator") == [
        ["Under 6 months", 11], ["6 months to under 1 year", 11], ["1 to under 2 years", 11], ["2 to under 5 years", 11],
        ["5 years or more", 11], ["Not known", 11],
    ]  # fmt: skip
    assert make().measure.name == "placement_duration" and make().parts == ("duration",)


def test_the_present_placement_is_that_of_a_plain_loop():
    table, spells = history(8)
    stays = joined(table).to_dict("records")
    for day in DAYS:
        lengths = []
        for child in in_care(spells, day):
            held = [
                stay for stay in stays
                if stay["child_id"] == child and stay["placement_start"] <= day and not stay["placement_end"] <= day
            ]  # fmt: skip
            if held and held[-1]["start_known"]:
                lengths.append((day - held[-1]["placement_start"]).days)
        (row,) = rows_of(
            placements.days_in_placement(table, spells, census_date=day, statistic="mean"), "numerator", "denominator"
        )
        assert row == [sum(lengths), len(lengths)] and lengths


REASONS = {
    "Change to or of the care plan": ["CARPL"],
    "Carer resigned or home closed": ["CLOSE"],
    "Allegation": ["ALLEG"],
    "Standards of care": ["STAND"],
    "Approval removed": ["APPRR"],
    "Carer asked: behaviour": ["CREQB"],
    "Carer asked: other reason": ["CREQO"],
    "Child asked": ["CHILD"],
    "Council asked": ["LAREQ"],
    "Status of the placement only": ["PLACE"],
    "Custody": ["CUSTOD"],
    "Other": ["OTHER"],
    "Not known": [None],
}


def test_placements_ended_by_reason():
    rows = []
    for number, code in enumerate(code for those in REASONS.values() for code in those):
        told = {"reason_ceased": "X1", "reason_place_change": code}
        rows += [(f"c{number:02d}", "2020-01-01", "2020-06-01", "S", told), (f"c{number:02d}", "2020-06-01", None, "P")]
    rows.append(("left", "2020-01-01", "2020-06-01", "S", {"reason_ceased": "E4A"}))
    rows.append(("stays", "2020-01-01", None, "S", {"reason_ceased": None}))

    def make():
        return placements.ended(episodes(*rows), period=Period.parse("2020-21"))

    assert named(make) == [[f"c{number:02d}"] for number in range(13)]
    assert rows_of(make(), "reason") == [[each] for each in REASONS]
    assert make().measure.name == "placements_ended" and make().parts == ("reason",)
    assert make().exact()["period_start"].eq(pd.Timestamp("2020-04-01")).all()


@pytest.mark.parametrize(
    ("moved", "year"), [("2020-03-31", 0), ("2020-04-01", 1), ("2021-03-31", 1), ("2021-04-01", 2)]
)
def test_a_placement_counts_in_the_period_of_its_last_day(moved, year):
    table = episodes(*moves(moved))
    periods = [Period.parse(code) for code in ("2019-20", "2020-21", "2021-22")]
    result = placements.ended(table, period=periods).exact()
    assert result.groupby("period_end")["numerator"].sum().tolist() == [int(number == year) for number in range(3)]


def test_breaks_and_moves_with_the_carer_end_a_placement_where_asked():
    year = Period.parse("2020-21")
    rows = moves("2020-06-01", "2020-06-08")
    rows[1][4]["place"] = "T3"

    def number(rows, **how):
        return placements.ended(episodes(*rows), period=year, **how).exact()["numerator"].sum()

    assert (number(rows), number(rows, temporary="counted")) == (0, 2)
    rows = [(*row[:3], "S" if row[3] == "S" else "T", row[4]) for row in moves("2020-06-01", "2020-09-01")]
    assert (number(rows), number(rows, same_carer_moves="not counted")) == (2, 0)


def test_the_library_shows_its_measures():
    assert dir(placements) == sorted(placements.__all__)
    assert all(callable(getattr(placements, name)) for name in placements.__all__)
