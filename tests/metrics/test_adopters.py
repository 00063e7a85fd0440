"""Adoptive families: couples as one, boundary days, open and done, a plain loop as judge."""

import numpy as np
import pandas as pd
import pytest
from adopting import STEPS
from adopting import adopters as of_list_11
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis_lib.metrics import adopters
from analysis_lib.periods import Period

YEAR = Period.parse("2020-21")
DAY = YEAR.end


def number(result):
    (row,) = result.exact().to_dict("records")
    assert row["value"] == row["numerator"] and np.isnan(row["denominator"])
    return row["value"]


def test_a_couple_is_one_family_with_the_earlier_of_their_days():
    rows = of_list_11(
        "p f1 enquiry=2020-05-01 approved=2020-12-02", "q f1 enquiry=2020-05-01 approved=2020-12-01",
        "r f1 approved=2020-11-30", "s - enquiry=2020-05-01", "t - enquiry=2020-05-01", "u f1 enquiry=2021-02-01",
    )  # fmt: skip
    found = adopters.families(rows)
    assert found[["family", "enquiry_date", "approval_date"]].astype(object).fillna("").values.tolist() == [
        ["f1", pd.Timestamp("2020-05-01"), pd.Timestamp("2020-11-30")],
        ["f1", pd.Timestamp("2021-02-01"), ""],
        ["s", pd.Timestamp("2020-05-01"), ""],
        ["t", pd.Timestamp("2020-05-01"), ""],
    ]
    assert list(found.columns) == ["family", *STEPS.values()]
    assert number(adopters.enquiries(rows, period=YEAR)) == 4


def test_families_whose_enquiry_nobody_wrote_down_are_families():
    rows = of_list_11("p f1 approved=2020-12-02", "q f1 approved=2020-12-02", "r f2 approved=2020-12-02")
    assert number(adopters.approvals(rows, period=YEAR)) == 2


@pytest.mark.parametrize(
    ("day", "years"), [("2020-03-31", [1, 0, 0]), ("2020-04-01", [0, 1, 0]), ("2021-03-31", [0, 1, 0]), ("2021-04-01", [0, 0, 1])]
)  # fmt: skip
@pytest.mark.parametrize(
    ("function", "name", "step"),
    [
        (adopters.enquiries, "adopter_enquiries", "enquiry"),
        (adopters.approvals, "adopter_approvals", "approved"),
        (adopters.left, "adopters_left", "left"),
    ],
)
def test_what_happened_counts_in_the_year_of_its_day(function, name, step, day, years):
    periods = [Period.parse(code) for code in ("2019-20", "2020-21", "2021-22")]
    result = function(of_list_11(f"p f {step}={day}"), period=periods)
    assert result.exact()["value"].tolist() == years and result.measure.name == name
    assert result.exact()["period_start"].tolist() == [each.start for each in periods]
    assert result.exact()["period_end"].tolist() == [each.end for each in periods]


@pytest.mark.parametrize(
    ("steps", "counted"),
    [("left=2020-06-01", 1), ("adopted=2020-06-01 left=2020-06-01", 0), ("adopted=2020-06-02 left=2020-06-01", 1), ("adopted=2020-05-01 left=2020-06-01", 0)],
)  # fmt: skip
def test_who_leaves_with_a_child_has_not_left_before_adopting(steps, counted):
    assert number(adopters.left(of_list_11(f"p f {steps}"), period=YEAR)) == counted


@pytest.mark.parametrize(
    ("steps", "waits"),
    [
        ("approved=2021-03-31", 1),
        ("approved=2021-04-01", 0),
        ("applied=2021-03-31", 0),
        *((f"approved=2020-05-01 {step}=2021-03-31", 0) for step in ("matched", "placed", "adopted", "left")),
        *((f"approved=2020-05-01 {step}=2021-04-01", 1) for step in ("matched", "placed", "adopted", "left")),
    ],
)
def test_a_family_waits_from_approval_until_it_is_matched_or_leaves(steps, waits):
    rows = of_list_11(f"p f {steps}")
    result = adopters.waiting(rows, census_date=DAY)
    assert number(result) == waits and result.measure.name == "adopters_waiting"
    (row,) = result.exact().to_dict("records")
    assert row["period_end"] == DAY and pd.isna(row["period_start"])
    both = adopters.waiting(rows, census_date=[pd.Timestamp("2019-03-31"), DAY]).exact()
    assert both["value"].tolist() == [0, waits]
    days = adopters.days_waited_so_far(rows, census_date=DAY).exact()
    assert days["denominator"][0] == waits and np.isnan(days["value"][0]) == (not waits)


def test_the_middle_of_the_days_waited():
    rows = of_list_11("p f1 approved=2021-03-30", "q f2 approved=2020-03-31", "r f3 approved=2021-03-01")
    result = adopters.days_waited_so_far(rows, census_date=DAY)
    (row,) = result.exact().to_dict("records")
    assert (row["value"], row["denominator"], row["period_end"]) == (30, 3, DAY)
    assert result.measure.name == "adopters_days_waited"


@pytest.mark.parametrize(
    ("steps", "is_open"),
    [
        ("applied=2021-03-31", 1),
        ("applied=2021-04-01", 0),
        ("enquiry=2020-05-01", 0),
        ("applied=2020-05-01 approved=2021-03-31", 0),
        ("applied=2020-05-01 approved=2021-04-01", 1),
        ("applied=2020-05-01 left=2021-03-31", 0),
        ("applied=2020-05-01 left=2021-04-01", 1),
    ],
)
def test_an_application_is_open_until_it_is_decided(steps, is_open):
    result = adopters.applications_open(of_list_11(f"p f {steps}"), census_date=DAY)
    assert number(result) == is_open and result.measure.name == "adopter_applications_open"
    days = [pd.Timestamp("2020-04-30"), DAY]
    assert adopters.applications_open(of_list_11(f"p f {steps}"), census_date=days).exact()["value"].tolist() == [
        0,
        is_open,
    ]


@pytest.mark.parametrize(
    ("approved", "matched", "counts"),
    [
        ("2020-05-01", "2020-07-31", (0, 1)),
        ("2020-05-01", "2020-08-01", (1, 1)),
        ("2020-11-30", "2021-02-27", (0, 1)),
        ("2020-11-30", "2021-02-28", (1, 1)),  # 30 February is the 28th
        ("2019-11-30", "2020-02-29", (0, 0)),  # the year before
        ("2020-05-01", "2020-05-01", (0, 1)),
        ("2020-05-02", "2020-05-01", (0, 0)),  # out of order
        ("2020-05-01", "2021-04-01", (0, 0)),
    ],
)
def test_three_months_are_calendar_months(approved, matched, counts):
    result = adopters.matched_late(of_list_11(f"p f approved={approved} matched={matched}"), period=YEAR)
    (row,) = result.exact().to_dict("records")
    assert (row["numerator"], row["denominator"]) == counts and result.measure.name == "adopters_matched_late"
    assert (row["period_start"], row["period_end"]) == (YEAR.start, YEAR.end)
    unapproved = adopters.matched_late(of_list_11(f"p f matched={matched}"), period=YEAR).exact()
    assert unapproved["denominator"].tolist() == [0] and unapproved["value"].isna().all()


def test_matched_late_is_a_share_of_those_matched():
    rows = of_list_11(
        "p f1 approved=2020-05-01 matched=2020-06-01", "q f2 approved=2020-05-01 matched=2020-12-01",
        "r f3 approved=2020-05-01 matched=2020-12-01", "s f4 approved=2020-05-01",
    )  # fmt: skip
    assert adopters.matched_late(rows, period=YEAR).exact()["value"][0] == pytest.approx(200 / 3)


DAYS_BY_STEP = {
    "Enquiry to stage 1": "enquiry=2020-04-01 started_1=2020-04-11",
    "Stage 1": "started_1=2020-04-01 ended_1=2020-04-11",
    "Stage 2": "started_2=2020-04-01 ended_2=2020-04-11",
    "Application to approval": "applied=2020-04-01 approved=2020-04-11",
    "Approval to match": "approved=2020-04-01 matched=2020-04-11",
    "Match to moving in": "matched=2020-04-01 placed=2020-04-11",
}


@pytest.mark.parametrize(("step", "days"), DAYS_BY_STEP.items())
def test_each_step_has_its_days(step, days):
    result = adopters.days_by_step(of_list_11(f"p f {days}"), period=YEAR)
    frame = result.exact().set_index("step")
    assert list(frame.index) == list(DAYS_BY_STEP) and result.groups == ("step",)
    assert frame["value"].dropna().to_dict() == {step: 10} and frame["denominator"].sum() == 1
    assert result.measure.name == "adopter_step_days"
    assert frame["period_start"].eq(YEAR.start).all() and frame["period_end"].eq(YEAR.end).all()


def test_steps_out_of_order_unfinished_or_of_another_year_are_left_out():
    rows = of_list_11(
        "p f1 started_1=2020-05-02 ended_1=2020-05-01", "q f2 started_1=2020-05-01", "r f3 ended_1=2020-05-01",
        "s f4 started_1=2020-04-01 ended_1=2021-04-01", "t f5 started_1=2020-05-01 ended_1=2020-05-01",
        "u f6 started_1=2021-03-30 ended_1=2021-03-31",
    )  # fmt: skip
    found = adopters.days_by_step(rows, period=YEAR).exact().set_index("step").loc["Stage 1"]
    assert (found["denominator"], found["value"]) == (2, 0.5)


def test_no_list_gives_rows_of_nothing():
    empty = of_list_11()
    for function in (adopters.enquiries, adopters.approvals, adopters.left):
        assert number(function(empty, period=YEAR)) == 0
    assert (
        number(adopters.waiting(empty, census_date=DAY))
        == number(adopters.applications_open(empty, census_date=DAY))
        == 0
    )
    assert adopters.matched_late(empty, period=YEAR).exact()["denominator"].tolist() == [0]
    assert adopters.days_by_step(empty, period=YEAR).exact()["denominator"].tolist() == [0] * 6
    assert adopters.days_waited_so_far(empty, census_date=DAY).exact()["denominator"].tolist() == [0]


def random_adopters(seed, families=40):
    draw = np.random.default_rng(seed)
    rows = []
    for family in range(families):
        day = pd.Timestamp("2019-01-01") + pd.Timedelta(days=int(draw.integers(0, 600)))
        steps = []
        for word in ("enquiry", "applied", "approved", "matched", "adopted"):
            if draw.random() < 0.15:
                break
            steps.append(f"{word}={day:%Y-%m-%d}")
            day += pd.Timedelta(days=int(draw.integers(0, 200)))
        else:
            word = ""
        if word and draw.random() < 0.5:
            steps.append(f"left={day:%Y-%m-%d}")
        rows += [f"{family}-{person} f{family} {' '.join(steps)}" for person in range(int(draw.integers(1, 3)))]
    return of_list_11(*rows)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_plain_loop_finds_the_same(seed):
    rows = random_adopters(seed)
    seen, approved, waits, open_ones, matched, late = set(), 0, 0, 0, 0, 0
    for row in rows.itertuples():
        if row.family_id in seen:
            continue
        seen.add(row.family_id)
        approved += YEAR.start <= row.approval_date <= DAY
        gone = any(each <= DAY for each in (row.match_date, row.adoption_date, row.left_date))
        waits += row.approval_date <= DAY and not gone
        open_ones += row.application_date <= DAY and not (row.approval_date <= DAY or row.left_date <= DAY)
        if YEAR.start <= row.match_date <= DAY and row.approval_date <= row.match_date:
            matched += 1
            late += row.match_date >= row.approval_date + pd.DateOffset(months=3)
    assert number(adopters.approvals(rows, period=YEAR)) == approved > 0
    assert number(adopters.waiting(rows, census_date=DAY)) == waits > 0
    assert number(adopters.applications_open(rows, census_date=DAY)) == open_ones
    found = adopters.matched_late(rows, period=YEAR).exact()
    assert (found["numerator"][0], found["denominator"][0]) == (late, matched)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_and_the_members_of_a_couple_make_no_difference(offset, chance):
    rows = random_adopters(3)
    day = pd.Timestamp("2019-01-01") + pd.Timedelta(days=offset)
    order = list(range(len(rows)))
    chance.shuffle(order)
    turned = rows.iloc[order].reset_index(drop=True)
    singles = rows.drop_duplicates("family_id")
    numbers = {number(adopters.waiting(each, census_date=day)) for each in (rows, turned, singles)}
    assert len(numbers) == 1


def test_the_module_shows_its_measures():
    assert set(adopters.__all__) <= set(vars(adopters)) and dir(adopters) == sorted(adopters.__all__)
