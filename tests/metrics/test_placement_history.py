"""Episodes joined into placements: the rules one by one, and a plain loop as judge."""

import numpy as np
import pandas as pd
import pytest
from care_histories import at_random, episodes
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from analysis_lib.metrics.placement_history import (
    OPEN,
    check_word,
    days_of,
    is_one_of,
    numbered,
    placements,
    timestamps,
)

TEMPORARY = {"T0", "T1", "T2", "T3", "T4"}
FAR = pd.Timestamp("2262-01-01")


def told(value):
    return None if value is None or value is pd.NA or value != value else value


def naive_placements(table, temporary="bridged", same_carer_moves="counted"):
    """The same by going through the rows of each child one after another."""
    found = []
    records = table.to_dict("records")
    for child in sorted(set(table["child_id"])):
        rows = [dict(row) for row in records if row["child_id"] == child]
        rows = [row for row in rows if row["legal_status"] not in ("V3", "V4") and not pd.isna(row["episode_start"])]
        rows = [row for row in rows if not row["episode_end"] < row["episode_start"]]
        for row in rows:
            row["end"] = FAR if pd.isna(row["episode_end"]) else row["episode_end"]
        rows.sort(key=lambda row: (row["episode_start"], row["end"], row["reason_new_episode"] != "S"))
        for row, later in zip(rows, rows[1:], strict=False):
            if row["end"] == FAR:
                row["end"] = later["episode_start"]
        care, latest = 0, None
        for row in rows:
            left = latest is not None and told(latest["reason_ceased"]) not in (None, "X1")
            if latest is None or row["reason_new_episode"] == "S" or left or row["episode_start"] > latest["end"]:
                care += 1
            row["care"] = care
            if latest is None or row["end"] >= latest["end"]:
                latest = row
        for number, row in enumerate(rows):
            row["bridged"] = False
            if temporary == "bridged" and row["place"] in TEMPORARY:
                before = [one for one in rows[:number] if one["place"] not in TEMPORARY][-1:]
                after = [one for one in rows[number + 1 :] if one["place"] not in TEMPORARY][:1]
                before = [one for one in before if one["care"] == row["care"]]
                after = [one for one in after if one["care"] == row["care"]]
                row["bridged"] = bool(before) and (not after or same_place(before[0], after[0]))
        stays = []
        for number, row in enumerate(rows):
            before = rows[number - 1] if number else None
            moves = row["reason_new_episode"] in ("P", "B") or (
                same_carer_moves == "counted"
                and row["reason_new_episode"] in ("T", "U")
                and row["place"] not in ("A3", "A5")
            )
            goes_on = row["bridged"] or (before is not None and before["bridged"])
            if before is None or before["care"] != row["care"] or (moves and not goes_on):
                stays.append([])
            stays[-1].append(row)
        for stay in stays:
            end = max(row["end"] for row in stay)
            if end > stay[0]["episode_start"]:
                settled = [row for row in stay if row["place"] not in TEMPORARY] or stay
                found.append(
                    (
                        child,
                        stay[0]["episode_start"],
                        None if end == FAR else end,
                        settled[-1]["place"],
                        told(settled[-1]["place_provider"]),
                        stay[0]["place"],
                        stay[0]["reason_new_episode"] != "L",
                        told(stay[-1]["reason_ceased"]),
                        told(stay[-1]["reason_place_change"]),
                    )
                )
    return found


def same_place(one, other):
    squares = {told(one["placement_square"]), told(other["placement_square"])} - {None}
    return one["place"] == other["place"] and len(squares) < 2


def as_rows(frame):
    columns = [
        "child_id", "placement_start", "placement_end", "place", "place_provider", "place_at_start", "start_known", "reason_ceased",
        "reason_place_change",
    ]  # fmt: skip
    return [
        tuple(
            told(value) if column != "placement_end" or pd.notna(value) else None
            for column, value in zip(columns, row, strict=True)
        )
        for row in frame[columns].itertuples(index=False)
    ]


@pytest.mark.parametrize("temporary", ["bridged", "counted"])
@pytest.mark.parametrize("same_carer_moves", ["counted", "not counted"])
@pytest.mark.parametrize("seed", range(2))
def test_placements_are_those_of_a_plain_loop(seed, temporary, same_carer_moves):
    table = at_random(seed)
    found = placements(table, temporary=temporary, same_carer_moves=same_carer_moves)
    expected = naive_placements(table, temporary, same_carer_moves)
    assert sorted(as_rows(found), key=str) == sorted(expected, key=str)
    assert len(expected) > 100


def stays(*rows, **how):
    """Each placement as first day, last day, place."""
    found = placements(episodes(*rows), **how)
    return [
        (f"{start:%d %b}", "" if pd.isna(end) else f"{end:%d %b}", place)
        for start, end, place in zip(found["placement_start"], found["placement_end"], found["place"], strict=True)
    ]


def ended(reason="X1", **more):
    return {"reason_ceased": reason, **more}


def test_a_new_legal_status_goes_on_with_the_placement():
    rows = [("a", "2021-01-01", "2021-02-01", "S", ended()), ("a", "2021-02-01", None, "L")]
    assert stays(*rows) == [("01 Jan", "", "U6")]


@pytest.mark.parametrize("reason", ["P", "B", "T", "U"])
def test_a_move_begins_a_placement(reason):
    rows = [("a", "2021-01-01", "2021-02-01", "S", ended()), ("a", "2021-02-01", None, reason, {"place": "K2"})]
    assert stays(*rows) == [("01 Jan", "01 Feb", "U6"), ("01 Feb", "", "K2")]


@pytest.mark.parametrize("reason", ["T", "U"])
def test_a_move_with_the_same_carer_may_go_on_with_it(reason):
    rows = [("a", "2021-01-01", "2021-02-01", "S", ended()), ("a", "2021-02-01", None, reason, {"place": "U4"})]
    assert stays(*rows, same_carer_moves="not counted") == [("01 Jan", "", "U4")]


@pytest.mark.parametrize("place", ["A3", "A5"])
@pytest.mark.parametrize("how", ["counted", "not counted"])
def test_adoption_by_the_carer_is_no_move(place, how):
    rows = [("a", "2021-01-01", "2021-02-01", "S", ended()), ("a", "2021-02-01", None, "U", {"place": place})]
    assert stays(*rows, same_carer_moves=how) == [("01 Jan", "", place)]


@pytest.mark.parametrize("place", ["A4", "A6"])
def test_adoption_by_others_is_a_move(place):
    rows = [("a", "2021-01-01", "2021-02-01", "S", ended()), ("a", "2021-02-01", None, "T", {"place": place})]
    assert len(stays(*rows)) == 2


@pytest.mark.parametrize("temporary", sorted(TEMPORARY))
def test_a_temporary_placement_with_return_is_bridged_or_counted(temporary):
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended()),
        ("a", "2021-02-01", "2021-02-08", "P", ended(place=temporary)),
        ("a", "2021-02-08", None, "P"),
    ]
    assert stays(*rows) == [("01 Jan", "", "U6")]
    assert stays(*rows, temporary="counted") == [
        ("01 Jan", "01 Feb", "U6"), ("01 Feb", "08 Feb", temporary), ("08 Feb", "", "U6"),
    ]  # fmt: skip


def test_two_temporary_placements_in_a_row_are_bridged_together():
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended()),
        ("a", "2021-02-01", "2021-02-05", "P", ended(place="T3")),
        ("a", "2021-02-05", "2021-02-08", "P", ended(place="T1")),
        ("a", "2021-02-08", None, "P"),
    ]
    assert stays(*rows) == [("01 Jan", "", "U6")]


def test_a_child_still_away_has_not_moved():
    rows = [("a", "2021-01-01", "2021-02-01", "S", ended()), ("a", "2021-02-01", None, "P", {"place": "T1"})]
    assert stays(*rows) == [("01 Jan", "", "U6")]


@pytest.mark.parametrize("back", [{"place": "K2"}, {"placement_square": "NZ5020"}])
def test_a_temporary_placement_without_return_to_the_same_place_counts(back):
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended(placement_square="NZ4920")),
        ("a", "2021-02-01", "2021-02-08", "P", ended(place="T3")),
        ("a", "2021-02-08", None, "P", {"placement_square": "NZ4920"} | back),
    ]
    assert [start for start, *_ in stays(*rows)] == ["01 Jan", "01 Feb", "08 Feb"]


@pytest.mark.parametrize(("left", "come_back"), [(None, "NZ4920"), ("NZ4920", None), (None, None)])
def test_an_address_not_known_is_no_other_address(left, come_back):
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended(placement_square=left)),
        ("a", "2021-02-01", "2021-02-08", "P", ended(place="T3")),
        ("a", "2021-02-08", None, "P", {"placement_square": come_back}),
    ]
    assert len(stays(*rows)) == 1


def test_without_a_column_of_squares_the_code_alone_decides():
    rows = episodes(
        ("a", "2021-01-01", "2021-02-01", "S", ended(placement_square="NZ4920")),
        ("a", "2021-02-01", "2021-02-08", "P", ended(place="T3")),
        ("a", "2021-02-08", None, "P", {"placement_square": "NZ5020"}),
    )
    assert len(placements(rows)) == 3 and len(placements(rows.drop(columns="placement_square"))) == 1


def test_a_move_after_the_return_counts():
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended()),
        ("a", "2021-02-01", "2021-02-08", "P", ended(place="T3")),
        ("a", "2021-02-08", "2021-03-01", "P", ended()),
        ("a", "2021-03-01", None, "P"),
    ]
    assert [start for start, *_ in stays(*rows)] == ["01 Jan", "01 Mar"]


def test_a_temporary_placement_does_not_bridge_two_periods_of_care():
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended("E4A")),
        ("a", "2021-02-10", "2021-02-12", "S", ended(place="T3")),
        ("a", "2021-02-12", None, "P"),
    ]
    assert [start for start, *_ in stays(*rows)] == ["01 Jan", "10 Feb", "12 Feb"]
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended()),
        ("a", "2021-02-01", "2021-02-12", "P", ended("E4A", place="T3")),
        ("a", "2021-03-12", None, "S", {"place": "K2"}),
    ]
    assert stays(*rows) == [("01 Jan", "12 Feb", "U6"), ("12 Mar", "", "K2")]


def test_less_than_a_day_is_no_placement_and_one_night_is():
    rows = [
        ("a", "2021-01-01", "2021-01-02", "S", ended()),
        ("a", "2021-01-02", "2021-01-02", "P", ended(place="K2")),
        ("a", "2021-01-02", None, "P", {"place": "P1"}),
    ]
    assert stays(*rows) == [("01 Jan", "02 Jan", "U6"), ("02 Jan", "", "P1")]


def test_a_child_who_leaves_and_returns_begins_a_placement_though_the_carer_is_the_same():
    again = ("a", "2021-02-01", None, "L")
    assert len(stays(("a", "2021-01-01", "2021-02-01", "S", ended("E4A")), again)) == 2  # ceased
    assert len(stays(("a", "2021-01-01", "2021-01-31", "S", ended()), again)) == 2  # a gap
    assert len(stays(("a", "2021-01-01", "2021-02-01", "S", ended()), ("a", "2021-02-01", None, "S"))) == 2  # S
    assert len(stays(("a", "2021-01-01", "2021-02-01", "S", ended()), again)) == 1
    assert len(stays(("a", "2021-01-01", "2021-02-01", "S", ended(None)), again)) == 1


def test_the_episode_that_ends_last_says_whether_care_goes_on():
    rows = [
        ("a", "2021-01-01", "2021-06-01", "S", ended()),
        ("a", "2021-02-01", "2021-03-01", "L", ended("E4A")),
        ("a", "2021-06-01", None, "L"),
    ]
    assert stays(*rows) == [("01 Jan", "", "U6")]
    assert stays(*rows[:2]) == [("01 Jan", "01 Jun", "U6")]


def test_an_episode_without_an_end_ends_with_the_next_one():
    rows = [("a", "2021-01-01", None, "S"), ("a", "2021-04-01", None, "P", {"place": "K2"})]
    assert stays(*rows) == [("01 Jan", "01 Apr", "U6"), ("01 Apr", "", "K2")]


def test_short_breaks_and_rows_that_cannot_be_read_are_left_out():
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended(legal_status="V3")),
        ("b", "2021-01-01", "2021-02-01", "S", ended(legal_status="V4")),
        ("c", None, "2021-02-01", "S", ended()),
        ("c", None, None, "S"),
        ("d", "2021-02-02", "2021-02-01", "S", ended()),
        ("e", "2021-02-01", "2021-02-02", "S", ended("E4A", reason_place_change="CARPL", place_provider="PR5")),
    ]
    found = placements(episodes(*rows))
    assert found["child_id"].tolist() == ["e"]
    assert found.loc[0, ["reason_ceased", "reason_place_change", "place_provider"]].tolist() == ["E4A", "CARPL", "PR5"]
    assert list(found.columns) == [
        "child_id", "placement_start", "placement_end", "place", "place_provider", "place_at_start", "start_known", "reason_ceased",
        "reason_place_change", "care",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "known"), [("S", True), ("P", True), ("B", True), ("T", True), ("U", True), ("L", False)]
)
def test_a_placement_whose_first_episode_only_goes_on_began_earlier(reason, known):
    assert placements(episodes(("a", "2021-01-01", None, reason)))["start_known"].tolist() == [known]


def test_place_and_provider_are_those_of_the_last_episode_that_is_not_temporary():
    rows = [
        ("a", "2021-01-01", "2021-02-01", "S", ended(place_provider="PR4")),
        ("a", "2021-02-01", None, "P", {"place": "T1", "place_provider": None}),
        ("b", "2021-01-01", None, "S", {"place": "T1", "place_provider": None}),
    ]
    found = placements(episodes(*rows))
    assert found[["place", "place_provider"]].fillna("").values.tolist() == [["U6", "PR4"], ["T1", ""]]


def test_two_children_of_one_name_in_two_authorities_are_two():
    table = episodes(("a", "2021-01-01", "2021-02-01", "S", ended()), ("a", "2021-02-01", None, "L"))
    apart = table.assign(authority=["x", "y"])
    assert len(placements(apart)) == 1
    found = placements(apart, by=["authority"])
    assert found[["authority", "child_id"]].values.tolist() == [["x", "a"], ["y", "a"]]
    assert found["care"].tolist() == [1, 2]


def test_an_empty_table_has_no_placements():
    assert placements(episodes()).empty


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.integers(0, 1_000))
def test_neither_the_order_of_rows_nor_the_input_matters(seed, shuffle):
    table = at_random(seed, children=6)
    table = table.drop_duplicates(["child_id", "episode_start", "episode_end"], ignore_index=True)
    before = table.copy()
    mixed = placements(table.sample(frac=1, random_state=shuffle))
    assert_frame_equal(table, before)
    assert sorted(as_rows(mixed), key=str) == sorted(as_rows(placements(table)), key=str)
    # A child's placements follow one another unless episodes overlap; none is empty.
    assert (mixed["placement_end"].isna() | (mixed["placement_end"] > mixed["placement_start"])).all()


def test_words_that_an_argument_does_not_know_are_refused():
    with pytest.raises(ValueError, match="temporary is 'left out'; it may be 'bridged' or 'counted'"):
        placements(episodes(), temporary="left out")
    with pytest.raises(ValueError, match="same_carer_moves is 'bridged'; it may be 'counted' or 'not counted'"):
        placements(episodes(), same_carer_moves="bridged")
    check_word("base", "all", ("all", "known"))


def test_days_and_numbers():
    dates = pd.Series(pd.to_datetime(["1969-12-31", None, "2021-03-31"]))
    assert days_of(dates).tolist() == [-1, OPEN, 18717]
    assert timestamps(days_of(dates)).tolist()[::2] == dates.tolist()[::2]
    assert pd.isna(timestamps(days_of(dates))[1])
    assert days_of(pd.Series([pd.Timestamp.max]))[0] < OPEN
    assert is_one_of(pd.Series(["a", None, "b"]), ("a",)).tolist() == [True, False, False]
    table = pd.DataFrame({"x": ["p", "p", None, "q"], "y": ["m", None, "m", "m"]})
    assert len(np.unique(numbered(table, ["x", "y"]))) == 4
    assert numbered(table, []).tolist() == [0, 0, 0, 0]
