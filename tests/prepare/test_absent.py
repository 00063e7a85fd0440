"""What the store does not have: by table, by column, and by how far the returns reach."""

import pandas as pd
import pytest

from analysis_lib.periods import Period
from analysis_lib.prepare import beyond_their_extract, closed_column, closed_table

CARD = {
    "closed": {"list_07": "list_07.csv, line 1, column Date: expected a date. Mend it."},
    "closed_columns": {"cp_plans": {"plan_end": "list_07.csv, line 1: expected a column. Mend it."}},
}


def key_error(make):
    with pytest.raises(KeyError) as error:
        make()
    return error.value


def test_a_table_that_no_return_feeds_says_which_file_to_add():
    reason = closed_table("cin_plans", CARD)
    assert reason.why == "there is no file of Annex A list 6 (children in need) among the returns"
    assert reason.advice.startswith("Put the file into the folder of returns")


def test_a_table_that_an_error_closed_says_the_problem_as_what_to_do():
    reason = closed_table("cp_plans", CARD)
    assert reason.why == "the file of Annex A list 7 (child protection plans) cannot be used"
    assert reason.advice == CARD["closed"]["list_07"]


def test_a_name_that_no_store_knows_is_our_mistake():
    with pytest.raises(KeyError):
        closed_table("cp_plan", CARD)


FRAME = pd.DataFrame({"child_id": ["a"], "plan_start": [pd.Timestamp("2021-01-01")]})


@pytest.mark.parametrize(
    "ask",
    [
        lambda: FRAME["plan_end"],
        lambda: FRAME[["child_id", "plan_end"]],
        lambda: FRAME.loc[[True], "plan_end"],
        lambda: FRAME.groupby("plan_end"),
        lambda: FRAME.sort_values(["child_id", "plan_end"]),
        lambda: FRAME.drop_duplicates(["plan_end"]),
        lambda: FRAME.merge(FRAME, on="plan_end"),
        lambda: FRAME.dropna(subset="plan_end"),
    ],
)
def test_a_closed_column_is_known_however_pandas_asks_for_it(ask):
    error = key_error(ask)
    reason = closed_column(error, {"cp_plans", "children"}, CARD)
    assert reason.why == "a column that it needs is missing or cannot be used (plan end)"
    assert reason.advice == CARD["closed_columns"]["cp_plans"]["plan_end"]
    assert closed_column(error, {"children"}, CARD) is None, "its table was not used"


@pytest.mark.parametrize("name", ["plan_ends", "end", "plan", "initial_category"])
def test_any_other_name_is_our_mistake(name):
    assert closed_column(key_error(lambda: FRAME[name]), {"cp_plans"}, CARD) is None


def extract(family, covers_from, covers_to):
    row = {"family": family, "covers_from": pd.Timestamp(covers_from), "covers_to": pd.Timestamp(covers_to)}
    return row | {"extract_date": pd.Timestamp(covers_to), "given": True}


@pytest.mark.parametrize(
    ("covers", "why"),
    [
        (("2016-04-01", "2021-09-30"), ""),
        (("2016-04-01", "2021-09-29"), "the returns (Ofsted Annex A lists) were extracted on 29 September 2021"),
        (("2021-10-01", "2022-03-31"), "the returns (Ofsted Annex A lists) begin on 1 October 2021, after the period"),
    ],
)
def test_returns_that_do_not_reach_to_the_last_day_close_their_tables(covers, why):
    extracts = pd.DataFrame([extract("ssda903", "2016-04-01", "2022-03-31"), extract("annex_a", *covers)])
    found = beyond_their_extract(extracts, Period.parse("2021-22-Q2"))
    assert ("cp_plans" in found) == bool(why) and "care_periods" not in found
    if why:
        reason = closed_table("cp_plans", {"beyond": found})
        advice = "Put earlier returns beside them" if "begin" in why else "Export them again after 30 September 2021"
        assert reason.why.startswith(why) and reason.advice.startswith(advice)


@pytest.mark.parametrize(
    ("covers_to", "extracted", "given", "why"),
    [
        ("2021-03-31", "2021-05-12", True, "tell of the time to 31 March 2021 only"),
        ("2021-09-20", "2021-08-20", False, "tell of nothing after 20 August 2021, and no card says when they were"),
    ],
)
def test_returns_of_an_earlier_year_or_without_a_day_say_how_far_they_reach(covers_to, extracted, given, why):
    row = extract("ssda903", "2016-04-01", covers_to) | {"extract_date": pd.Timestamp(extracted), "given": given}
    found = beyond_their_extract(pd.DataFrame([row]), Period.parse("2021-22-Q2"))
    assert why in found["care_periods"]["why"]
