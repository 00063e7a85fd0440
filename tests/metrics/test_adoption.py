"""Adoption journeys and the measures read from them: worked examples by hand, edges by name, a naive loop as judge."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from adoption_stories import BY_CARER, PLAIN, WAITING, day, returns
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import adoption, adoption_curves
from analysis_lib.metrics.adoption_journeys import ADOPTIVE_PLACEMENT, JOURNEY_COLUMNS, adoption_journeys
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.periods import Period

YEAR = {"year": Period.parse("2020-21")}


def journeys_of(*children):
    return adoption_journeys(**returns(*children))


def only(*children):
    table = journeys_of(*children)
    assert len(table) == 1
    return table.iloc[0]


DISRUPTED = (
    "disrupted",
    [
        ("2018-04-01", "S", "C1", "U6", "2018-10-01", "X1"),
        ("2018-10-01", "L", "E1", "U6", "2018-12-01", "X1"),
        ("2018-12-01", "P", "E1", "A6", "2019-03-01", "X1"),
        ("2019-03-01", "P", "E1", "U6", "2020-02-01", "X1"),
        ("2020-02-01", "P", "E1", "A6", "2020-09-30", "E12"),
    ],
    {"decision": "2018-08-01", "match": "2020-01-15"},
)


def test_a_plain_journey_has_each_of_its_days():
    row = only(PLAIN)
    assert (row.entered_care, row.decision_date, row.order_date) == (
        day("2019-04-01"),
        day("2019-08-01"),
        day("2019-10-01"),
    )
    assert (row.match_date, row.moved_in, row.adoption_date) == (
        day("2020-01-15"),
        day("2020-02-01"),
        day("2020-09-30"),
    )
    assert row[["plan_ended", "left_care", "order_ended"]].isna().all()
    assert row.adopted_by_foster_carer is False and row.sources_disagree == ""


def test_the_input_is_unchanged_and_row_order_does_not_matter():
    tables = returns(PLAIN, WAITING, BY_CARER, DISRUPTED)
    before = {name: table.copy() for name, table in tables.items()}
    table = adoption_journeys(**tables)
    for name, each in tables.items():
        pd.testing.assert_frame_equal(each, before[name])
    turned = {name: each.iloc[::-1].reset_index(drop=True) for name, each in tables.items()}
    pd.testing.assert_frame_equal(adoption_journeys(**turned), table)


def test_an_earlier_placement_that_broke_down_does_not_count():
    row = only(DISRUPTED)
    assert row.moved_in == day("2020-02-01")
    assert row.disrupted_placements == 1
    assert row.order_date == day("2018-10-01")


def test_a_move_from_one_adoptive_family_to_another_starts_the_stay_again():
    rows = [
        *PLAIN[1][:2],
        ("2020-02-01", "P", "E1", "A6", "2020-05-01", "X1"),
        ("2020-05-01", "P", "E1", "A6", None, None),
    ]
    row = only(("child", rows, {"decision": "2019-08-01"}))
    assert row.moved_in == day("2020-05-01") and row.disrupted_placements == 1


def test_a_new_legal_status_and_a_temporary_stay_go_on_with_the_same_stay():
    rows = [
        *PLAIN[1][:2],
        ("2020-02-01", "P", "E1", "A6", "2020-05-01", "X1"),
        ("2020-05-01", "P", "E1", "T1", "2020-05-10", "X1"),
        ("2020-05-10", "P", "E1", "A6", "2020-09-30", "E12"),
    ]
    row = only(("child", rows, {"decision": "2019-08-01", "match": "2020-01-15"}))
    assert row.moved_in == day("2020-02-01") and row.disrupted_placements == 0


def test_in_hospital_on_the_last_day_known_the_stay_is_still_open():
    rows = [
        *PLAIN[1][:2],
        ("2020-02-01", "P", "E1", "A6", "2020-05-01", "X1"),
        ("2020-05-01", "P", "E1", "T1", None, None),
    ]
    assert only(("child", rows, {"decision": "2019-08-01"})).moved_in == day("2020-02-01")


def test_a_temporary_stay_between_two_different_placements_does_not_join_them():
    rows = [
        *PLAIN[1][:2],
        ("2020-02-01", "P", "E1", "A6", "2020-05-01", "X1"),
        ("2020-05-01", "P", "E1", "T1", "2020-05-10", "X1"),
        ("2020-05-10", "P", "E1", "U6", None, None),
    ]
    row = only(("child", rows, {"decision": "2019-08-01"}))
    assert pd.isna(row.moved_in) and row.disrupted_placements == 1


def test_adopted_by_the_foster_carer_a1_and_a10_differ():
    row = only(BY_CARER)
    assert row.moved_in == day("2020-02-01") and row.fostering_start == day("2019-05-01")
    assert row.adopted_by_foster_carer is True and bool(row.early_permanence) is False
    table = journeys_of(BY_CARER)
    assert adoption.days_to_moving_in_a1(table, YEAR).exact()["value"][0] == 306
    assert adoption.days_to_moving_in_a10(table, YEAR).exact()["value"][0] == 30


def test_fostering_for_adoption_is_early_permanence_from_its_first_day():
    rows = [
        ("2019-04-01", "S", "C1", "U6", "2019-06-01", "X1"),
        ("2019-06-01", "P", "C1", "U5", "2019-10-01", "X1"),
        ("2019-10-01", "U", "E1", "A5", "2020-09-30", "E12"),
    ]
    row = only(("child", rows, {"decision": "2019-05-15", "match": "2019-09-20", "foster": True}))
    assert row.early_permanence
    assert (row.fostering_start, row.order_date, row.moved_in) == (
        day("2019-06-01"),
        day("2019-10-01"),
        day("2019-10-01"),
    )


def test_before_ad1_is_out_the_placement_code_says_who_adopts_and_list_10_gives_the_match():
    extra = {"decision": "2019-08-01", "listed": {"decision_date": "2019-08-01", "match_date": "2020-01-20"}}
    row = only(("child", BY_CARER[1], extra))
    assert row.adopted_by_foster_carer is True and row.match_date == day("2020-01-20")


def test_a_foster_carer_whose_start_is_before_the_returns_begin_takes_list_10s_day_or_none():
    rows = [("2019-10-01", "L", "E1", "U5", "2020-02-01", "X1"), ("2020-02-01", "T", "E1", "A5", "2020-09-30", "E12")]
    extra = {"decision": "2019-08-01", "match": "2020-01-15", "foster": True}
    row = only(("child", rows, extra))
    assert pd.isna(row.fostering_start) and pd.isna(row.entered_care)
    listed = {"decision_date": "2019-08-01", "entered_care": "2019-01-10", "fostering_for_adoption_date": "2019-02-01"}
    row = only(("child", rows, {**extra, "listed": listed}))
    assert (row.fostering_start, row.entered_care) == (day("2019-02-01"), day("2019-01-10"))


def test_a_plan_that_was_ended_and_one_that_followed_are_two_journeys():
    rows = [
        ("2018-04-01", "S", "C1", "U6", "2018-10-01", "X1"),
        ("2018-10-01", "L", "E1", "U6", "2019-03-01", "X1"),
        ("2019-03-01", "L", "C2", "U6", "2020-01-01", "X1"),
        ("2020-01-01", "L", "E1", "U6", None, None),
    ]
    table = journeys_of(("child", rows, {"decisions": [("2018-08-01", "2019-02-15"), ("2019-11-01", None)]}))
    assert list(table["plan"]) == [1, 2]
    assert list(table["order_date"]) == [day("2018-10-01"), day("2020-01-01")]
    assert list(table["plan_ended"]) == [day("2019-02-15"), pd.NaT]
    assert list(table["order_ended"]) == [day("2019-03-01"), pd.NaT]


def test_an_order_that_ended_before_the_child_moved_in_gives_way_to_the_later_one():
    rows = [
        ("2018-04-01", "S", "C1", "U6", "2018-10-01", "X1"),
        ("2018-10-01", "L", "E1", "U6", "2019-03-01", "X1"),
        ("2019-03-01", "L", "C2", "U6", "2019-12-01", "X1"),
        ("2019-12-01", "L", "E1", "U6", "2020-02-01", "X1"),
        ("2020-02-01", "P", "E1", "A6", "2020-09-30", "E12"),
    ]
    row = only(("child", rows, {"decision": "2018-08-01", "match": "2020-01-15"}))
    assert row.order_date == day("2019-12-01") and row.other_orders == 1


def test_the_older_freeing_order_is_an_order():
    rows = [(a, b, legal.replace("E1", "D1"), *rest) for a, b, legal, *rest in PLAIN[1]]
    assert only(("child", rows, {"decision": "2019-08-01", "match": "2020-01-15"})).order_date == day("2019-10-01")


def test_placed_with_the_parents_consent_needs_no_order():
    rows = [("2019-04-01", "S", "V2", "U6", "2020-02-01", "X1"), ("2020-02-01", "P", "V2", "A4", "2020-09-30", "E11")]
    table = journeys_of(("child", rows, {"decision": "2019-08-01", "match": "2020-01-15"}))
    assert table["with_consent"].all() and table["order_date"].isna().all()
    a2 = adoption.days_from_order_to_match_a2(table, YEAR).exact()
    assert a2["denominator"][0] == 0 and np.isnan(a2["value"][0])
    audit = adoption.dates_audited(table, period=YEAR["year"]).exact().set_index(["stage", "finding"])["value"]
    assert audit["Decision to placement order", "No order needed"] == 1
    assert audit["Match to moving in", "Used"] == 1


def test_an_order_that_was_over_before_the_child_moved_in_gave_no_authority():
    rows = [
        ("2018-04-01", "S", "C1", "U6", "2018-10-01", "X1"),
        ("2018-10-01", "L", "E1", "U6", "2019-03-01", "X1"),
        ("2019-03-01", "L", "V2", "U6", "2020-02-01", "X1"),
        ("2020-02-01", "P", "V2", "A4", "2020-09-30", "E11"),
    ]
    row = only(("child", rows, {"decision": "2018-08-01", "match": "2020-01-15"}))
    assert pd.isna(row.order_date) and row.with_consent and row.other_orders == 1


def test_the_latest_period_of_care_counts():
    rows = [
        ("2015-04-01", "S", "C1", "U6", "2016-04-01", "E4A"),
        *PLAIN[1],
    ]
    row = only(("child", rows, {"decision": "2019-08-01", "match": "2020-01-15"}))
    assert row.entered_care == day("2019-04-01")


def test_a_child_who_went_home_left_care_otherwise():
    rows = [*PLAIN[1][:1], ("2019-10-01", "L", "E1", "U6", "2020-06-01", "E4A")]
    row = only(("child", rows, {"decision": "2019-08-01"}))
    assert row.left_care == day("2020-06-01") and row.leaving_reason == "E4A" and pd.isna(row.adoption_date)


def test_a_decision_written_twice_is_one_plan_and_is_counted():
    row = only(("child", PLAIN[1], {"decisions": [("2019-07-01", None), ("2019-08-01", None)], "match": "2020-01-15"}))
    assert row.decision_date == day("2019-08-01") and row.replaced_decisions == 1


def test_an_adoption_without_a_decision_stays_in_with_the_decision_missing():
    row = only(("child", PLAIN[1], {"match": "2020-01-15"}))
    assert pd.isna(row.decision_date) and row.adoption_date == day("2020-09-30")


def test_without_annex_a_the_journeys_still_stand():
    tables = returns(PLAIN, WAITING)
    table = adoption_journeys(**{**tables, "adoption_list": None})
    assert len(table) == 2 and table["match_date"].notna().sum() == 1


def test_nobody_at_all_is_an_empty_table_and_every_measure_still_answers():
    tables = {name: table.iloc[:0] for name, table in returns(PLAIN).items()}
    table = adoption_journeys(**tables)
    assert len(table) == 0 and list(table.columns) == list(JOURNEY_COLUMNS)
    period = Period.parse("2020-21-Q4")
    spans = {**YEAR, **adoption.reporting_spans(period)}
    assert adoption.children_adopted(table, spans).exact()["value"].tolist() == [0, 0, 0]
    assert adoption.days_to_moving_in_a1(table, spans).exact()["value"].isna().all()
    assert adoption.children_waiting_by_stage(table, census_date=period.end).exact()["value"].tolist() == [0, 0, 0]
    assert len(adoption.days_by_stage(table, period=YEAR["year"], statistic="median")) == 7
    assert adoption.dates_audited(table, period=YEAR["year"]).exact()["value"].sum() == 0
    followed = adoption_curves.time_to_moving_in(table, orders_in=YEAR["year"], census_date=period.end)
    rules = adoption_curves.CurveRules(fewest_followed=1)
    assert len(adoption_curves.moved_in_after_order(followed, when=YEAR["year"], rules=rules)) == 0
    assert len(adoption_curves.not_moved_in_after_order(followed, when=YEAR["year"], rules=rules)) == 0
    assert adoption_curves.days_until_moved_in(followed, share=0.5, when=YEAR["year"]).exact()["symbol"][0] == "z"


@pytest.mark.parametrize(
    ("adopted", "year", "next_year"), [("2021-03-30", 1, 0), ("2021-03-31", 1, 0), ("2021-04-01", 0, 1)]
)
def test_the_year_ends_on_31_march(adopted, year, next_year):
    rows = [*PLAIN[1][:2], ("2020-02-01", "P", "E1", "A6", adopted, "E12")]
    table = journeys_of(("child", rows, {"decision": "2019-08-01", "match": "2020-01-15"}))
    spans = {"one": Period.parse("2020-21"), "two": Period.parse("2021-22")}
    assert adoption.children_adopted(table, spans).exact()["value"].tolist() == [year, next_year]


def test_averages_are_pooled_over_children_not_over_years():
    """Two children of 306 days adopted in one year and one of 100 in the next: 237.3, not 203."""
    short = (
        "short",
        [
            ("2020-12-22", "S", "C1", "U6", "2021-02-01", "X1"),
            ("2021-02-01", "L", "E1", "U6", "2021-04-01", "X1"),
            ("2021-04-01", "P", "E1", "A6", "2021-09-30", "E12"),
        ],
        {"decision": "2021-01-20", "match": "2021-03-01"},
    )
    table = journeys_of(PLAIN, ("twin", *PLAIN[1:]), short)
    a1 = adoption.days_to_moving_in_a1(table, {"both": Period.span(day("2020-04-01"), day("2022-03-31"))}).exact()
    assert a1["value"][0] == pytest.approx((306 + 306 + 100) / 3)
    assert (a1["numerator"][0], a1["denominator"][0]) == (712, 3)


def test_a2_counts_0_days_for_a_child_matched_before_the_order():
    early = ("early", PLAIN[1], {"decision": "2019-08-01", "match": "2019-09-15"})
    a2 = adoption.days_from_order_to_match_a2(journeys_of(PLAIN, early), YEAR).exact()
    assert a2["value"][0] == pytest.approx(106 / 2)


@pytest.mark.parametrize(
    ("moved_in", "months", "days"),
    # 14 calendar months after 1 April 2019 is 1 June 2020, 427 days later; 426 days is 31 May. Strictly less.
    [("2020-05-30", 1, 1), ("2020-05-31", 1, 0), ("2020-06-01", 0, 0)],
)
def test_a3_is_strictly_less_and_months_differ_from_days(moved_in, months, days):
    rows = [
        *PLAIN[1][:1],
        ("2019-10-01", "L", "E1", "U6", moved_in, "X1"),
        (moved_in, "P", "E1", "A6", "2020-09-30", "E12"),
    ]
    table = journeys_of(("child", rows, {"decision": "2019-08-01", "match": "2020-01-15"}))
    by_months = adoption.moved_in_in_time_a3(table, YEAR, include_waiting=False, threshold_months=14).exact()
    by_days = adoption.moved_in_in_time_a3(table, YEAR, include_waiting=False, threshold_days=426).exact()
    assert (by_months["numerator"][0], by_days["numerator"][0]) == (months, days)


def test_a3_with_those_who_wait_counts_their_days_so_far():
    a3 = adoption.moved_in_in_time_a3(
        journeys_of(PLAIN, WAITING), YEAR, include_waiting=True, threshold_months=14
    ).exact()
    assert (a3["numerator"][0], a3["denominator"][0]) == (2, 2)  # WAITING: 11 months so far
    later = {"year": Period.parse("2021-22")}
    a3 = adoption.moved_in_in_time_a3(
        journeys_of(PLAIN, WAITING), later, include_waiting=True, threshold_months=14
    ).exact()
    assert (a3["numerator"][0], a3["denominator"][0]) == (0, 1)


def test_a3_needs_one_threshold():
    with pytest.raises(ValueError, match="either"):
        adoption.moved_in_in_time_a3(journeys_of(PLAIN), YEAR, include_waiting=False)


@pytest.mark.parametrize(("census", "waiting"), [("2020-10-31", 0), ("2020-11-01", 1), ("2021-03-31", 1)])
def test_waiting_begins_on_the_day_of_the_order(census, waiting):
    result = adoption.children_waiting(journeys_of(WAITING), census_date=day(census))
    assert result.exact()["value"][0] == waiting


def test_waiting_by_stage():
    matched = (
        "matched",
        WAITING[1],
        {"decision": "2020-10-01", "listed": {"decision_date": "2020-10-01", "match_date": "2021-03-01"}},
    )
    moved = (
        "moved",
        [*WAITING[1][:1], ("2020-11-01", "B", "E1", "A6", None, None)],
        {"decision": "2020-10-01"},
    )
    ended = ("ended", WAITING[1], {"decision": "2020-10-01", "ceased": "2021-03-31"})
    table = journeys_of(WAITING, matched, moved, ended)
    stages = (
        adoption.children_waiting_by_stage(table, census_date=day("2021-03-31")).exact().set_index("stage")["value"]
    )
    assert stages.to_dict() == {adoption.NOT_MATCHED: 1, adoption.MATCHED: 1, adoption.MOVED_IN: 1}
    assert adoption.children_waiting(table, census_date=day("2021-03-31")).exact()["value"][0] == 3
    assert adoption.days_waited_so_far(table, census_date=day("2021-03-31")).exact()["value"][0] == 150


DECIDED = ("decided", [("2020-05-01", "S", "C1", "U6", None, None)], {"decision": "2020-10-01"})
HOME = ("home", [*WAITING[1][:1], ("2020-11-01", "L", "E1", "U6", "2021-01-15", "E4A")], {"decision": "2020-10-01"})
CHANGED = ("changed", WAITING[1], {"decision": "2020-10-01", "ceased": "2021-01-15"})


def named(result, row=0):
    frame = result.exact()
    return [frame[name][row] for name in ("numerator_children", "denominator_children") if name in frame]


@pytest.mark.parametrize(
    ("census", "decided", "ordered"),
    [
        ("2020-09-30", [], []),
        ("2020-10-01", ["changed", "decided", "home", "waiting"], []),
        ("2020-10-31", ["changed", "decided", "home", "waiting"], []),
        ("2020-11-01", ["changed", "decided", "home", "waiting"], ["changed", "home", "waiting"]),
        ("2021-01-14", ["changed", "decided", "home", "waiting"], ["changed", "home", "waiting"]),
        ("2021-01-15", ["decided", "waiting"], ["waiting"]),
    ],
)
def test_waiting_to_be_placed_from_the_decision_or_the_order_until_the_plan_is_over(census, decided, ordered):
    table = journeys_of(WAITING, DECIDED, HOME, CHANGED)
    with recorded():
        by_decision = adoption.waiting_to_be_placed(table, census_date=day(census))
        by_order = adoption.waiting_to_be_placed_with_order(table, census_date=day(census))
    assert (named(by_decision), named(by_order)) == ([decided], [ordered])
    assert [result.exact()["value"].tolist() for result in (by_decision, by_order)] == [[len(decided)], [len(ordered)]]
    assert by_decision.measure.name == "waiting_to_be_placed"
    assert by_order.measure.name == "waiting_to_be_placed_with_order"
    assert by_order.exact()["period_end"].tolist() == [day(census)]


@pytest.mark.parametrize(
    ("census", "waits"), [("2020-01-31", 1), ("2020-02-01", 0), ("2020-09-30", 0), ("2019-08-01", 1)]
)
def test_who_has_moved_in_waits_to_be_placed_no_more(census, waits):
    found = adoption.waiting_to_be_placed(journeys_of(PLAIN), census_date=day(census)).exact()["value"]
    assert found.tolist() == [waits]


def test_a_child_adopted_without_a_known_move_waits_no_more_from_that_day():
    rows = [("2019-04-01", "S", "C1", "U6", "2019-10-01", "X1"), ("2019-10-01", "L", "E1", "U6", "2020-09-30", "E12")]
    table = journeys_of(("child", rows, {}))
    found = [
        adoption.waiting_to_be_placed(table, census_date=day(each)).exact()["value"][0]
        for each in ("2019-09-30", "2019-10-01", "2020-09-29", "2020-09-30")
    ]
    assert found == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("ceased", "counted"), [("2020-03-31", 0), ("2020-04-01", 1), ("2021-03-31", 1), ("2021-04-01", 0)]
)
def test_a_changed_plan_counts_in_the_year_of_its_end(ceased, counted):
    changed = ("changed", [("2019-05-01", "S", "C1", "U6", None, None)], {"decision": "2019-10-01", "ceased": ceased})
    table = journeys_of(changed, PLAIN, HOME)
    with recorded():
        number = adoption.decisions_changed(table, YEAR)
        share = adoption.decisions_changed_share(table, {**YEAR, "before": Period.parse("2018-19")})
    assert named(number) == [["changed"] * counted]
    assert named(share) == [["changed"] * counted, ["changed"] * counted + ["plain"]]
    frame = share.exact()
    assert (number.measure.name, share.measure.name) == ("decisions_changed", "decisions_changed_share")
    assert frame["value"].tolist()[0] == 100 * counted / (counted + 1) and np.isnan(frame["value"][1])
    assert frame["span"].tolist() == ["year", "before"] and share.groups == ("span",)
    period = YEAR["year"]
    assert (frame["period_start"][0], frame["period_end"][0]) == (period.start, period.end)


def test_an_adoption_although_the_plan_was_ended_is_no_changed_plan():
    both = ("both", PLAIN[1], {"decision": "2019-08-01", "ceased": "2020-08-01", "match": "2020-01-15"})
    assert adoption.decisions_changed(journeys_of(both), YEAR).exact()["value"].tolist() == [0]


def test_a_stage_of_few_children_before_moving_in_is_shown_with_the_other():
    """16 without a match and 17 not moved in would say that one child was matched."""
    matched = ("matched", WAITING[1], {"decision": "2020-10-01", "listed": {"match_date": "2021-02-01"}})
    waiting = [(f"waiting {index}", *WAITING[1:]) for index in range(16)]
    table, census = journeys_of(matched, *waiting), day("2021-03-31")
    shown = adoption.children_waiting_by_stage(table, census_date=census, fewest_shown=6).exact()
    assert dict(zip(shown["stage"], shown["value"], strict=True)) == {adoption.NOT_MOVED_IN: 17, adoption.MOVED_IN: 0}
    plenty = adoption.children_waiting_by_stage(journeys_of(*waiting), census_date=census, fewest_shown=6).exact()
    assert plenty["value"].tolist() == [16, 0, 0]


def test_those_still_waiting_are_compared_with_the_table_of_who_waits():
    census, span = day("2021-03-31"), Period.span(day("2020-04-01"), day("2021-03-31"))
    older = ("older", [*PLAIN[1][:2]], {"decision": "2019-08-01"})
    older[1][1] = (*older[1][1][:4], None, None)  # an order before the year, still waiting
    waiting = [(f"waiting {index}", *WAITING[1:]) for index in range(7)]

    def few(*children, fewest=6):
        table = journeys_of(*children)
        followed = adoption_curves.time_to_moving_in(table, orders_in=span, census_date=census)
        return adoption_curves.gives_few_away(table, followed, census_date=census, fewest_shown=fewest)

    assert not few(*waiting)
    assert few(*waiting, older)
    assert not few(*waiting, older, fewest=1)


def test_outcomes_can_be_shown_together():
    followed = pd.DataFrame({"days": range(10), "end": [1, 1, 1, 1, 2, 2, 2, 2, 2, 0]})
    outcomes = adoption_curves.outcomes_so_far(followed, when=YEAR["year"], together=True).exact()
    assert outcomes["value"].tolist() == [4, 6] and outcomes["outcome"].iloc[1] == adoption_curves.NOT_MOVED_IN


def test_dates_out_of_order_are_counted_and_left_out():
    wrong = ("wrong", PLAIN[1], {"decision": "2019-11-01", "match": "2020-01-15"})  # decided after the order
    table = journeys_of(PLAIN, wrong)
    audit = adoption.dates_audited(table, period=YEAR["year"]).exact().set_index(["stage", "finding"])["value"]
    stage = "Decision to placement order"
    assert (audit[stage, "Used"], audit[stage, "Dates out of order"], audit[stage, "Past this stage"]) == (1, 1, 2)
    median = adoption.days_by_stage(table, period=YEAR["year"], statistic="median").exact().set_index("stage")
    assert (median.loc[stage, "denominator"], median.loc[stage, "value"]) == (1, 61)


def test_findings_add_up_to_the_journeys_past_each_stage():
    no_match = ("no_match", PLAIN[1], {"decision": "2019-08-01"})
    no_decision = ("no_decision", PLAIN[1], {"match": "2020-01-15"})
    table = journeys_of(PLAIN, WAITING, BY_CARER, DISRUPTED, no_match, no_decision)
    audit = adoption.dates_audited(table, period=YEAR["year"]).exact()
    past = audit[audit["finding"] == "Past this stage"].set_index("stage")["value"]
    parts = audit[audit["finding"] != "Past this stage"].groupby("stage")["value"].sum()
    assert past.to_dict() == parts.to_dict()
    found = audit.set_index(["stage", "finding"])["value"]
    assert found["Placement order to match", "End date missing"] == 1
    assert found["Entered care to decision", "End date missing"] == 1
    assert found["Match to moving in", "Start date missing"] == 1


def test_return_and_list_that_disagree_are_counted():
    listed = {"decision_date": "2019-08-01", "match_date": "2020-01-16", "placement_order_date": "2019-10-01"}
    table = journeys_of(("child", PLAIN[1], {"decision": "2019-08-01", "match": "2020-01-15", "listed": listed}))
    assert table["sources_disagree"][0] == "match_date" and table["match_date"][0] == day("2020-01-15")
    found = adoption.records_audited(table, period=YEAR["year"]).exact().set_index("finding")["value"]
    assert found["Return and Annex A list 10 give different days"] == 1


def test_followed_from_the_order_moved_in_ended_and_waiting():
    ended = ("ended", WAITING[1], {"decision": "2020-10-01", "ceased": "2021-01-01"})
    followed = adoption_curves.time_to_moving_in(
        journeys_of(PLAIN, WAITING, ended),
        orders_in=Period.span(day("2019-04-01"), day("2021-03-31")),
        census_date=day("2021-03-31"),
    )
    assert sorted(zip(followed["days"], followed["end"], strict=True)) == [(61, 2), (123, 1), (150, 0)]


def test_who_moves_in_after_the_last_day_known_is_still_waiting_then():
    followed = adoption_curves.time_to_moving_in(
        journeys_of(PLAIN), orders_in=Period.parse("2019-20"), census_date=day("2020-01-31")
    )
    assert followed.to_dict("records") == [{"child_id": "plain", "days": 122, "end": 0}]


def test_the_curve_shows_no_step_of_single_children():
    """Ten move in on day 50, one on day 100, seven on day 150; sixty are followed to day 400."""
    followed = pd.DataFrame({"days": [50] * 10 + [100] + [150] * 7 + [400] * 60, "end": [1] * 18 + [0] * 60})
    year = YEAR["year"]
    times = [0, 60, 120, 180, 360, 540]
    exact, merged = (
        adoption_curves.moved_in_after_order(
            followed, when=year, rules=adoption_curves.CurveRules(times, fewest_per_step=fewest)
        ).exact()
        for fewest in (1, 6)
    )
    assert exact["days"].tolist() == [0, 60, 120, 180, 360]  # nobody is followed to day 540
    assert merged["days"].tolist() == [0, 60, 180, 360]
    assert merged["value"].tolist() == pytest.approx([0, 1000 / 78, 1800 / 78, 1800 / 78])


def test_moved_in_still_waiting_and_ended_plans_make_a_hundred_per_cent():
    followed = pd.DataFrame({"days": [10] * 4 + [5] * 5 + [20], "end": [1] * 4 + [2] * 5 + [0]})
    rules = adoption_curves.CurveRules([12], fewest_followed=1)
    moved = adoption_curves.moved_in_after_order(followed, when=YEAR["year"], rules=rules).exact()["value"]
    others = adoption_curves.not_moved_in_after_order(followed, when=YEAR["year"], rules=rules).exact()
    assert moved.tolist() == pytest.approx([40])
    assert others.set_index("outcome")["value"].to_dict() == pytest.approx(
        {adoption_curves.STILL_WAITING: 10, adoption_curves.PLAN_OVER: 50}
    )
    assert adoption_curves.outcomes_so_far(followed, when=YEAR["year"]).exact()["value"].tolist() == [4, 5, 1]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("2021-22-Q2", ["Year to date: April to September 2021", "Last full year: April 2020 to March 2021", "Three years: April 2018 to March 2021"]),
        ("2020-21", ["Last full year: April 2020 to March 2021", "Three years: April 2018 to March 2021"]),
    ],
)  # fmt: skip
def test_the_spans_that_adoption_is_reported_for(code, names):
    spans = adoption.reporting_spans(Period.parse(code))
    assert list(spans) == names


def test_spans_that_reach_back_beyond_the_returns_are_cut_and_say_so():
    since = day("2016-04-01")
    assert list(adoption.reporting_spans(Period.parse("2018-19-Q2"), since))[2] == (
        "Since the returns begin: April 2016 to March 2018"
    )
    assert adoption.years_back(Period.parse("2017-18-Q2"), since).start == since
    assert adoption.years_back(Period.parse("2021-22-Q2"), since).start == day("2016-10-01")


def test_the_same_days_are_one_span():
    since = day("2016-04-01")
    assert list(adoption.reporting_spans(Period.parse("2016-17-Q4"), since)) == [
        "Since the returns begin: April 2016 to March 2017"
    ]


def test_a_span_before_the_returns_has_no_count_instead_of_0():
    period, since = Period.parse("2016-17-Q2"), day("2016-04-01")
    adopted = adoption.children_adopted(journeys_of(PLAIN), adoption.reporting_spans(period, since), since).exact()
    assert adopted["value"].isna().tolist() == [False, True, True]
    years = adoption.financial_years(period, since)
    assert [year.code for year in years] == ["2015-16"]
    assert adoption.children_adopted_by_year(journeys_of(PLAIN), years, since).exact()["symbol"].tolist() == ["z"]


def test_years_run_from_the_first_return_to_the_last_full_year():
    tables = returns(PLAIN, WAITING)
    since = adoption.returns_begin(tables["episodes"])
    assert since == day("2019-04-01")
    assert [year.code for year in adoption.financial_years(Period.parse("2021-22-Q2"), since)] == ["2019-20", "2020-21"]


def test_share_of_leavers_counts_a_child_once_by_the_last_time():
    home = (
        "home",
        [("2020-04-01", "S", "C1", "U6", "2020-05-01", "E4A"), ("2020-06-01", "S", "C1", "U6", "2020-09-01", "E4A")],
        {},
    )
    tables = returns(PLAIN, home)
    share = adoption.adopted_share_of_leavers(tables["care_periods"], [YEAR["year"]]).exact()
    assert (share["numerator"][0], share["denominator"][0]) == (1, 2)


def test_thresholds_follow_from_their_months():
    limits = adoption.thresholds().exact()
    assert limits["value"].tolist() == [639, 547, 487, 426, 213, 182, 152, 121]
    months = limits["threshold"].str.extract(r"(\d+) months")[0].astype(int)
    assert [int(number * 365.25 // 12) for number in months] == limits["value"].tolist()


# ------------------------------------------------------------------------------------------- a plain loop as judge


def random_children(seed, number=40):
    """Children with simple lives of every kind, from seeded draws."""
    draw = np.random.default_rng(seed)
    for index in range(number):
        start = pd.Timestamp("2018-01-01") + pd.Timedelta(days=int(draw.integers(0, 900)))
        gaps = np.cumsum(draw.integers(1, 200, size=5))
        order, placed, moved_again, end = (str((start + pd.Timedelta(days=int(gap))).date()) for gap in gaps[:4])
        rows = [(str(start.date()), "S", "C1", "U6", order, "X1"), (order, "L", "E1", "U6", placed, "X1")]
        kind = int(draw.integers(0, 5))
        if kind == 0:
            rows[1] = (order, "L", "E1", "U6", None, None)
        elif kind == 1:
            rows.append((placed, "P", "E1", "A6", end, "E12"))
        elif kind == 2:
            rows += [(placed, "P", "E1", "A6", moved_again, "X1"), (moved_again, "P", "E1", "A6", end, "E11")]
        elif kind == 3:
            rows += [(placed, "P", "E1", "A6", moved_again, "X1"), (moved_again, "P", "E1", "U6", None, None)]
        else:
            rows += [(placed, "T", "E1", "A5", moved_again, "X1"), (moved_again, "L", "E1", "A5", end, "E12")]
        extra = {"decision": order} if draw.random() < 0.8 else {}
        yield f"child{index:02d}", rows, extra


@cache
def random_journeys(seed):
    return journeys_of(*random_children(seed))


def plain_move_in(rows):
    """The judge: walk back from the last episode while the child is in an adoptive placement with the same carer."""
    if rows[-1][3] not in ADOPTIVE_PLACEMENT:
        return None
    index = len(rows) - 1
    while rows[index][1] in ("L", "T", "U") and rows[index - 1][3] in ADOPTIVE_PLACEMENT:
        index -= 1
    return rows[index][0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_moving_in_and_days_agree_with_a_walk_through_each_childs_episodes(seed):
    children = list(random_children(seed))
    table = random_journeys(seed).set_index("child_id")
    waits = []
    for name, rows, _ in children:
        expected = plain_move_in(rows)
        assert (None if pd.isna(table.loc[name, "moved_in"]) else str(table.loc[name, "moved_in"].date())) == expected
        if rows[-1][5] in ("E11", "E12") and day("2018-04-01") <= day(rows[-1][4]) <= day("2021-03-31"):
            waits.append((day(expected) - day(rows[0][0])).days)
    spans = {"all": Period.span(day("2018-04-01"), day("2021-03-31"))}
    a1 = adoption.days_to_moving_in_a1(table.reset_index(), spans).exact()
    assert (a1["value"][0], a1["denominator"][0]) == pytest.approx((np.mean(waits), len(waits)))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.integers(0, 1400))
def test_every_child_with_an_order_is_in_exactly_one_state_on_any_day(seed, offset):
    census = pd.Timestamp("2018-01-01") + pd.Timedelta(days=offset)
    table = random_journeys(seed)
    by_stage = adoption.children_waiting_by_stage(table, census_date=census).exact()["value"].sum()
    assert by_stage == adoption.children_waiting(table, census_date=census).exact()["value"][0]
    ordered = (table["order_date"] <= census).sum()
    adopted = ((table["order_date"] <= census) & (table["adoption_date"] <= census)).sum()
    assert by_stage + adopted == ordered  # no plan of these children is ended otherwise


def test_the_module_shows_its_measures():
    assert set(adoption.__all__) <= set(vars(adoption)) and dir(adoption) == sorted(adoption.__all__)
