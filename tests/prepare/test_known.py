"""As known then: the day before, on and after."""

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analysis_lib.prepare import as_known, provisional

DAY = pd.Timestamp("2021-09-30")
NEXT = pd.Timestamp("2021-10-01")


def known(**tables):
    return as_known(tables, DAY, pd.Timestamp("2021-11-30"))


def test_rows_that_begin_later_go_and_later_ends_are_blanked_with_their_reasons():
    episodes = pd.DataFrame(
        {
            "child_id": ["a", "b", "c"],
            "episode_start": [DAY, DAY - pd.Timedelta(days=9), NEXT],
            "episode_end": [NEXT, DAY, pd.NaT],
            "legal_status": ["C1", "C2", "C1"],
            "reason_ceased": ["X1", "E3", None],
            "reason_place_change": ["CARPL", None, None],
        }
    )
    before = episodes.copy(deep=True)
    found = known(episodes=episodes)["episodes"]
    assert found["child_id"].tolist() == ["a", "b"]
    assert pd.isna(found["episode_end"][0]) and found["episode_end"][1] == DAY
    assert found["reason_ceased"].isna().tolist() == [True, False]
    assert found["reason_place_change"].isna().all() and found["legal_status"].tolist() == ["C1", "C2"]
    assert_frame_equal(episodes, before)


def test_an_adoption_after_the_day_has_not_happened():
    periods = pd.DataFrame(
        {
            "child_id": ["a", "b"],
            "care_start": [DAY, DAY],
            "care_end": [DAY, NEXT],
            "reason_ceased": ["E12", "E12"],
            "ended_by_adoption": [True, True],
        }
    )
    found = known(care_periods=periods)["care_periods"]
    assert found["ended_by_adoption"].tolist() == [True, False] and found["reason_ceased"].isna().tolist() == [
        False,
        True,
    ]


def test_adoption_stages_after_the_day_are_blank():
    listed = pd.DataFrame(
        {
            "child_id": ["a", "b", "c"],
            "extract_date": [pd.Timestamp("2022-03-31")] * 3,
            "entered_care": [DAY - pd.Timedelta(days=99)] * 3,
            "decision_date": [DAY, NEXT, pd.NaT],
            "placement_order_date": [NEXT, NEXT, pd.NaT],
            "match_date": pd.to_datetime([None, None, None]),
            "moved_in_date": pd.to_datetime([None, None, None]),
            "adoption_date": pd.to_datetime([None, None, None]),
            "decision_reversed_date": [NEXT, pd.NaT, pd.NaT],
            "decision_reversed_reason": ["RD1", None, None],
            "fostering_for_adoption_date": [DAY, pd.NaT, pd.NaT],
        }
    )
    found = known(adoption_list=listed)["adoption_list"]
    assert found["child_id"].tolist() == ["a", "c"]
    assert found.loc[0, ["placement_order_date", "decision_reversed_date", "decision_reversed_reason"]].isna().all()
    assert found.loc[0, "fostering_for_adoption_date"] == DAY


def test_adopters_are_known_from_the_first_of_their_dates_and_later_ones_are_blank():
    dates = ["stage_1_start", "stage_1_end", "stage_2_start", "stage_2_end", "application_date", "approval_date"]
    dates += ["match_date", "placed_date", "adoption_date", "left_date"]
    adopters = pd.DataFrame(
        {
            "adopter_id": ["p", "q", "r"],
            "enquiry_date": [DAY, NEXT, pd.NaT],
            **{date: [NEXT, NEXT, DAY] for date in dates},
            "children_placed": [2, 1, 1],
            "left_reason": ["moved", "moved", "adopted"],
        }
    )
    found = known(adopters=adopters)["adopters"]
    assert found["adopter_id"].tolist() == ["p", "r"]
    assert found.loc[0, [*dates, "children_placed", "left_reason"]].isna().all() and found.loc[0, "enquiry_date"] == DAY
    assert found.loc[1, [*dates, "children_placed", "left_reason"]].tolist() == [*[DAY] * 10, 1, "adopted"]


def test_care_leavers_are_known_from_the_end_of_their_year_and_list_9_from_its_extract():
    leavers = pd.DataFrame({"child_id": ["a", "a"], "return_year": ["2020-21", "2021-22"]})
    assert known(care_leavers=leavers)["care_leavers"]["return_year"].tolist() == ["2020-21"]
    listed = pd.DataFrame({"child_id": ["a", "a"], "extract_date": [DAY, NEXT]})
    assert known(care_leaver_list=listed)["care_leaver_list"]["extract_date"].tolist() == [DAY]


@pytest.mark.parametrize(
    ("day", "years"),
    [("2021-03-30", ["2019-20"]), ("2021-03-31", ["2019-20", "2020-21"]), ("2022-03-30", ["2019-20", "2020-21"])],
)
@pytest.mark.parametrize("table", ["adoptions", "health_outcomes"])
def test_ad1_and_oc2_are_known_from_the_last_day_of_their_year(table, day, years):
    rows = pd.DataFrame({"child_id": list("abc"), "return_year": ["2019-20", "2020-21", "2021-22"]})
    found = as_known({table: rows}, pd.Timestamp(day), DAY)[table]
    assert found["return_year"].tolist() == years


@pytest.mark.parametrize(
    ("day", "years"), [("2020-03-31", ["2019-20", ""]), ("2020-04-01", ["2019-20", "2020-21", ""])]
)
def test_previous_permanence_is_known_from_the_first_day_of_its_year(day, years):
    told = pd.DataFrame({"child_id": list("abcd"), "return_year": ["2019-20", "2020-21", "2021-22", ""]})
    found = as_known({"previous_permanence": told}, pd.Timestamp(day), DAY)["previous_permanence"]
    assert found["return_year"].tolist() == years


def test_a_social_worker_who_left_later_is_the_present_one():
    spells = pd.DataFrame(
        {"child_id": list("abc"), "worker_start": [DAY, DAY, NEXT], "worker_end": [DAY, NEXT, pd.NaT]}
    )
    found = known(social_workers=spells)["social_workers"]
    assert found["child_id"].tolist() == ["a", "b"] and found["worker_end"].isna().tolist() == [False, True]


@pytest.mark.parametrize(("day", "rows"), [("2021-08-30", 1), ("2021-08-31", 2)])
def test_pupils_are_known_when_their_academic_year_has_ended(day, rows):
    pupils = pd.DataFrame({"child_id": ["a", "b"], "academic_year": ["2019-20-AY", "2020-21-AY"]})
    assert len(as_known({"pupils": pupils}, pd.Timestamp(day), DAY)["pupils"]) == rows


def test_publications_are_cut_at_their_own_day():
    days = pd.to_datetime(["2021-11-30", "2021-12-01", None])
    tables = known(
        benchmarks=pd.DataFrame({"value": [1, 2, 3], "first_released": days}),
        population=pd.DataFrame({"population": [1, 2, 3], "released": days}),
        council_figures=pd.DataFrame({"value": [1, 2, 3], "published": days}),
    )
    assert [len(table) for table in tables.values()] == [1, 1, 1]


def test_tables_without_a_cut_and_absent_tables_do_not_matter():
    children = pd.DataFrame({"child_id": ["a"]})
    tables = known(children=children)
    assert list(tables) == ["children"]
    assert_frame_equal(tables["children"], children)


def test_a_table_without_rows_stays_without_rows():
    empty = pd.DataFrame({"child_id": [], "return_year": []})
    assert len(known(adoptions=empty)["adoptions"]) == 0


def returns_used(*rows):
    """Returns from (family, year, extract date, final)."""
    frame = pd.DataFrame(rows, columns=["family", "year", "extract_date", "final"])
    return frame.astype({"extract_date": "datetime64[us]", "final": "boolean"})


@pytest.mark.parametrize(
    ("rows", "day", "expected"),
    [
        ([("2024-25", "2025-03-31", None), ("2025-26", "2025-12-31", None)], "2025-09-30", ["2025-12-31"]),
        ([("2024-25", "2025-03-31", None), ("2025-26", "2025-12-31", None)], "2025-03-31", []),
        ([("2025-26", "2026-03-31", None)], "2025-09-30", []),
        ([("2025-26", "2026-03-30", None)], "2025-09-30", ["2026-03-30"]),
        ([("2025-26", "2026-05-12", None)], "2025-09-30", []),
        ([("2025-26", "2026-05-12", False)], "2025-09-30", ["2026-05-12"]),
        ([("2025-26", "2025-12-31", True)], "2025-09-30", []),
        ([("2024-25", "2025-03-31", None)], "2025-09-30", ["2025-03-31"]),
        ([("2024-25", "2025-03-31", None), ("2026-27", "2026-09-30", None)], "2025-09-30", []),
        ([("", "2025-12-31", None)], "2025-09-30", ["2025-12-31"]),
        ([("", "2025-12-31", None)], "2025-03-31", []),
        ([("2025-26", None, None)], "2025-09-30", [None]),
    ],
    ids=[
        "extract within the year", "the year before it", "at its end", "a day before its end", "after its end",
        "not final by the card", "final by the card", "no return of the year", "a later return corrects it",
        "one file of all years", "a year that it holds whole", "no day known",
    ],
)  # fmt: skip
def test_what_is_provisional(rows, day, expected):
    used = returns_used(*(("ssda903", *row) for row in rows))
    assert provisional(used, pd.Timestamp(day))["extract_date"].tolist() == [
        pd.NaT if each is None else pd.Timestamp(each) for each in expected
    ]


def test_other_families_are_provisional_only_where_a_card_says_so():
    used = returns_used(("annex_a", "2025-26", "2025-12-31", None), ("youth_offending", "", "2025-12-31", False))
    assert provisional(used, pd.Timestamp("2025-09-30"))["family"].tolist() == ["youth_offending"]
