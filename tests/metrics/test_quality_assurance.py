"""Visits, challenges and interviews: days that count, what cannot be known yet, what is not recorded, and a plain loop."""

import random
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from quality_cases import came_back, issues, visits

from analysis_lib.metrics import quality_assurance as qa
from analysis_lib.metrics.counting.members import recorded
from analysis_lib.periods import Period

DAY = pd.Timestamp("2021-03-31")
YEAR = Period.parse("2020-21")
LATER = pd.Timestamp("2026-03-31")
OF_VISITS = (qa.home_visits, qa.recommendations, qa.recommendations_closed, qa.days_to_report, qa.home_occupancy)
OF_ISSUES = (qa.issues_raised, qa.issues_due_not_known, qa.issues_settled_early, qa.days_to_resolution)
OF_RETURNS = (
    qa.returns, qa.interviews_offered, qa.offers_not_known, qa.interviews_accepted, qa.interviews_held,
    qa.interviews_held_in_72_hours,
)  # fmt: skip


def values(result) -> list[float]:
    return result.exact()["value"].tolist()


def row(result) -> dict:
    (only,) = result.exact().to_dict("records")
    return only


def counts(result) -> tuple[float, float]:
    return row(result)["numerator"], row(result)["denominator"]


def by(result, group: str) -> dict:
    assert result.groups == (group,)
    return dict(zip(result.exact()[group], result.exact()["value"], strict=True))


def test_each_measure_is_the_one_it_says():
    found = {f.__name__: f(visits({"visited": "2020-06-01"}), period=YEAR).measure.name for f in OF_VISITS}
    found |= {f.__name__: f(issues({}), period=YEAR).measure.name for f in OF_ISSUES}
    found |= {f.__name__: f(came_back({}), period=YEAR).measure.name for f in OF_RETURNS}
    found["issues_in_time"] = qa.issues_in_time(issues({}), period=YEAR, known_until=LATER).measure.name
    found["issues_open"] = qa.issues_open(issues({}), census_date=DAY).measure.name
    found["returns_followed_in_72_hours"] = qa.returns_followed_in_72_hours(
        came_back({}), period=YEAR, known_until=LATER
    ).measure.name
    assert found == {
        "home_visits": "regulation_44_visits", "recommendations": "regulation_44_recommendations",
        "recommendations_closed": "regulation_44_recommendations_closed", "days_to_report": "regulation_44_days_to_report",
        "home_occupancy": "children_home_occupancy", "issues_raised": "issues_raised", "issues_open": "issues_open",
        "issues_in_time": "issues_in_time", "issues_due_not_known": "issues_due_not_known",
        "issues_settled_early": "issues_settled_early", "days_to_resolution": "issues_days_to_resolution",
        "returns": "missing_returns", "interviews_offered": "interviews_offered",
        "offers_not_known": "interview_offers_not_known", "interviews_accepted": "interviews_accepted",
        "interviews_held": "interviews_held", "interviews_held_in_72_hours": "interviews_held_in_72_hours",
        "returns_followed_in_72_hours": "returns_followed_in_72_hours",
    }  # fmt: skip
    assert dir(qa) == qa.__all__ == sorted(found)


def test_nothing_at_all_is_0_or_missing():
    no_visits, no_issues, no_returns = visits({}).iloc[:0], issues({}).iloc[:0], came_back({}).iloc[:0]
    assert values(qa.recommendations(no_visits, period=YEAR)) == [0]
    for result in (
        *(f(no_visits, period=YEAR) for f in (OF_VISITS[0], *OF_VISITS[2:])),
        *(f(no_issues, period=YEAR) for f in OF_ISSUES[2:]),
        qa.issues_in_time(no_issues, period=YEAR, known_until=LATER),
        *(f(no_returns, period=YEAR) for f in (OF_RETURNS[1], *OF_RETURNS[3:])),
        qa.returns_followed_in_72_hours(no_returns, period=YEAR, known_until=LATER),
    ):
        assert row(result)["denominator"] == 0 and pd.isna(row(result)["value"])
    for result in (
        *(f(no_issues, period=YEAR) for f in OF_ISSUES[:2]), qa.issues_open(no_issues, census_date=DAY),
        qa.returns(no_returns, period=YEAR), qa.offers_not_known(no_returns, period=YEAR),
    ):  # fmt: skip
        assert row(result)["value"] == 0


# --- Regulation 44 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("month", "visited", "made"),
    [
        ("2020-06-30", "2020-05-31", 0),
        ("2020-06-30", "2020-06-01", 1),
        ("2020-06-30", "2020-06-30", 1),
        ("2020-06-30", "2020-07-01", 0),
        ("2020-06-30", None, 0),
        ("2020-12-31", "2020-12-01", 1),
        ("2020-12-31", "2020-11-30", 0),
    ],
)
def test_a_visit_counts_in_the_calendar_month_in_which_it_was_due(month, visited, made):
    table = visits({"home": "1", "month": month, "visited": visited})
    assert counts(qa.home_visits(table, period=YEAR)) == (made, 1)


def test_six_homes_of_the_council_had_42_visits_in_seven_months():
    """Corporate Parenting Board, 30 November 2021: Regulation 44 visits, April to October 2021."""
    months = [Period.parse(f"2021-M{month:02d}") for month in range(4, 11)]
    table = visits(
        *(
            {"home": home, "month": str(month.end.date()), "visited": str(month.start.date())}
            for month in months
            for home in "123456"
        )
    )
    found = row(qa.home_visits(table, period=Period.span(months[0].start, months[-1].end)))
    assert (found["numerator"], found["denominator"], found["value"]) == (42, 42, 100)


@pytest.mark.parametrize(("month", "due"), [("2020-03-31", 0), ("2020-04-30", 1), ("2021-03-31", 1), ("2021-04-30", 0)])
def test_a_month_belongs_to_the_period_in_which_it_ends(month, due):
    assert counts(qa.home_visits(visits({"home": "1", "month": month}), period=YEAR)) == (0, due)


def test_recommendations_beds_and_reports_are_those_of_the_periods_visits():
    table = visits(
        {"visited": "2020-03-31", "made": 50, "closed": 40, "beds": 50, "occupied": 1, "reported": "2020-04-30"},
        {"visited": "2020-04-01", "made": 3, "closed": 1, "beds": 5, "occupied": 4, "reported": "2020-04-01"},
        {"visited": "2021-03-31", "made": 5, "closed": None, "beds": 4, "occupied": None, "reported": "2021-04-10"},
        {"visited": "2020-05-01", "made": None, "closed": None, "beds": 3, "occupied": 1, "reported": "2020-04-30"},
        {"visited": None, "made": 9, "closed": 9, "beds": 9, "occupied": 9},
    )
    assert values(qa.recommendations(table, period=[Period.parse("2019-20"), YEAR])) == [50, 8]
    assert counts(qa.recommendations_closed(table, period=YEAR)) == (1, 3)
    assert counts(qa.home_occupancy(table, period=YEAR)) == (5, 8)
    report = row(qa.days_to_report(table, period=YEAR))
    assert (report["value"], report["denominator"]) == (5, 2)  # 0 and 10; the last was dated before its visit


# --- issues resolution -----------------------------------------------------------------------------------------------


def test_challenges_in_time_of_the_council_in_2020_21():
    """Reviewing officers' annual report 2020/21: 150 and 52 challenges, 84% resolved in time."""
    rows = [
        {"due": "2020-07-01", "resolved": "2020-07-01" if number < 170 else "2020-07-02", "at": "CONFERENCE" if number % 4 == 0 else "CLA_REVIEW"}
        for number in range(202)
    ]  # fmt: skip
    found = row(qa.issues_in_time(issues(*rows), period=YEAR, known_until=LATER))
    assert (found["numerator"], found["denominator"], round(found["value"])) == (170, 202, 84)


@pytest.mark.parametrize(
    ("day", "counted"), [("2020-03-31", 0), ("2020-04-01", 1), ("2021-03-31", 1), ("2021-04-01", 0)]
)
def test_the_first_and_the_last_day_of_the_year_count(day, counted):
    assert values(qa.issues_raised(issues({"raised": day}), period=YEAR)) == [counted]
    assert values(qa.issues_due_not_known(issues({"raised": day}), period=YEAR)) == [counted]
    due = issues({"raised": "2020-01-01", "due": day})
    assert counts(qa.issues_in_time(due, period=YEAR, known_until=LATER)) == (0, counted)
    resolved = issues({"raised": "2020-01-01", "resolved": day, "stage": 2})
    assert counts(qa.issues_settled_early(resolved, period=YEAR)) == (counted, counted)
    assert row(qa.days_to_resolution(resolved, period=YEAR))["denominator"] == counted
    assert values(qa.returns(came_back({"returned": day}), period=YEAR)) == [counted]


def test_a_challenge_is_open_from_the_day_it_is_raised_to_the_day_before_it_is_resolved():
    table = issues(
        {"raised": "2020-06-01", "resolved": "2020-06-10"},
        {"raised": "2020-06-05"},
        {"raised": "2020-06-05", "child": None},
    )
    days = [pd.Timestamp(f"2020-06-{day:02d}") for day in (1, 5, 9, 10)]
    with recorded():
        frame = qa.issues_open(table, census_date=days).exact()
    assert frame["value"].tolist() == [1, 3, 3, 2] and frame["period_end"].tolist() == days
    assert "numerator_children" not in frame


def test_challenges_by_stage_place_and_reason():
    table = issues(
        *({"stage": stage, "due": "2020-07-01", "resolved": "2020-06-30"} for stage in (1, 2, 3, 4, 5, 6, None)),
        {"stage": 1, "due": "2020-07-01", "at": "CLA_REVIEW", "reason": "DRIFT"},
        {"stage": 1, "at": "CONFERENCE", "reason": "REPORT"},
        {"stage": 1, "at": "OTHER", "reason": "CONTACT", "child": None},
    )
    assert by(qa.issues_raised(table, period=YEAR, by=["stage"]), "stage") == {
        "1": 4,
        "2": 1,
        "3 and above": 4,
        "Not known": 1,
    }
    assert by(qa.issues_raised(table, period=YEAR, by=["raised_at"]), "raised_at") == {
        "A child looked after": 1, "A child on a protection plan": 1, "Other": 1, "Not known": 7,
    }  # fmt: skip
    reasons = by(qa.issues_raised(table, period=YEAR, by=["reason"]), "reason")
    assert list(reasons) == [
        "Drift or delay", "Care plan", "Visits", "Reports", "Placement", "Education", "Health", "Family time", "Records",
        "Other", "Not known",
    ]  # fmt: skip
    assert reasons["Drift or delay"] == reasons["Reports"] == reasons["Family time"] == 1 and reasons["Not known"] == 7
    in_time = qa.issues_in_time(table, period=YEAR, known_until=LATER, by=["stage"])
    assert by(in_time, "stage") == {"1": 50, "2": 100, "3 and above": 100, "Not known": 100}
    assert values(qa.issues_due_not_known(table, period=YEAR)) == [2]
    assert counts(qa.issues_settled_early(table, period=YEAR)) == (2, 6)
    assert list(qa.REASONS) == ["DRIFT", "CARE_PLAN", "VISITS", "REPORT", "PLACEMENT", "EDUCATION", "HEALTH", "CONTACT", "RECORDS", "OTHER"]  # fmt: skip
    days = qa.days_to_resolution(table, period=YEAR, by=["stage"])
    assert by(days, "stage")["2"] == 29 and days.exact()["denominator"].tolist() == [1, 1, 4, 1]
    with recorded():
        for result in (
            qa.issues_raised(table, period=YEAR), in_time, qa.issues_due_not_known(table, period=YEAR),
            qa.issues_settled_early(table, period=YEAR), qa.days_to_resolution(table, period=YEAR),
        ):  # fmt: skip
            assert not {"numerator_children", "denominator_children"} & set(result.exact())


def test_a_challenge_that_is_due_after_the_extract_is_not_late_yet():
    table = issues({"due": "2021-01-31"}, {"due": "2021-02-01"}, {"due": "2021-01-31", "resolved": "2021-02-01"})
    until = pd.Timestamp("2021-01-31")
    assert counts(qa.issues_in_time(table, period=YEAR, known_until=until)) == (0, 2)
    assert counts(qa.issues_in_time(table, period=YEAR, known_until=LATER)) == (0, 3)


def test_days_to_resolution_leave_out_what_cannot_be():
    table = issues({"resolved": "2020-06-01"}, {"resolved": "2020-06-21"}, {"resolved": "2020-05-31"}, {})
    found = row(qa.days_to_resolution(table, period=YEAR))
    assert (found["value"], found["denominator"]) == (10, 2)


# --- return home interviews ------------------------------------------------------------------------------------------


def test_interviews_of_the_council_as_printed_in_2019():
    """Scrutiny Panel, 16 December 2019: 974 interviews completed, 74.7%, of which 1,304 is the only base."""
    table = came_back(*({"held": "2020-06-02" if number < 974 else None} for number in range(1304)))
    found = row(qa.interviews_held(table, period=YEAR))
    assert (found["numerator"], found["denominator"], round(found["value"], 1)) == (974, 1304, 74.7)


@pytest.mark.parametrize(("held", "in_time"), [("2020-06-01", 1), ("2020-06-04", 1), ("2020-06-05", 0)])
def test_72_hours_are_three_days_after_the_day_of_the_return(held, in_time):
    table = came_back({"held": held})
    assert counts(qa.interviews_held_in_72_hours(table, period=YEAR)) == (in_time, 1)
    assert counts(qa.returns_followed_in_72_hours(table, period=YEAR, known_until=LATER)) == (in_time, 1)
    assert counts(qa.interviews_held(table, period=YEAR)) == (1, 1)


def test_returns_of_the_last_three_days_cannot_be_judged():
    table = came_back(
        {"returned": "2021-03-28"},
        {"returned": "2021-03-29", "held": "2021-03-29"},
        {"returned": "2021-03-01", "held": "2021-03-02"},
    )
    assert counts(qa.returns_followed_in_72_hours(table, period=YEAR, known_until=DAY)) == (1, 2)
    assert counts(qa.interviews_held_in_72_hours(table, period=YEAR)) == (2, 2)


def test_what_is_not_recorded_is_counted_apart():
    table = came_back(
        {"child": "a", "offered": True, "accepted": True, "held": "2020-06-02"},
        {"child": "b", "offered": True, "accepted": False},
        {"child": "c", "offered": True},
        {"child": "d", "offered": False, "accepted": False},
        {"child": "e"},
        {"child": "f", "accepted": True},
    )
    with recorded():
        offered, unknown, accepted, held = (
            row(f(table, period=YEAR)) for f in (qa.interviews_offered, qa.offers_not_known, qa.interviews_accepted, qa.interviews_held)
        )  # fmt: skip
    assert offered["numerator_children"] == ["a", "b", "c"] and offered["denominator_children"] == ["a", "b", "c", "d"]
    assert unknown["numerator_children"] == ["e", "f"] and unknown["value"] == 2
    assert accepted["numerator_children"] == ["a"] and accepted["denominator_children"] == ["a", "b"]
    assert held["numerator_children"] == ["a"] and held["denominator_children"] == list("abcdef")


def test_whose_children_they_are():
    table = came_back(
        {"care": True, "placed": False, "offered": True, "accepted": True, "held": "2020-06-02"},
        {"care": True, "offered": False},
        {"care": False, "placed": False, "offered": True, "accepted": False},
        {"care": True, "placed": True, "offered": True, "accepted": True, "held": "2020-06-30"},
        {"placed": True},
        {},
    )
    whose = ["Looked after", "Not looked after", "Placed here by another council", "Not known"]
    found = {f: by(f(table, period=YEAR, by=["whose"]), "whose") for f in OF_RETURNS}
    assert all(list(each) == whose for each in found.values())
    assert list(found[qa.returns].values()) == [2, 1, 2, 1]
    assert list(found[qa.offers_not_known].values()) == [0, 0, 1, 1]
    assert list(found[qa.interviews_held].values()) == [50, 0, 50, 0]
    assert [found[qa.interviews_offered][each] for each in whose[:3]] == [50, 100, 100]
    assert [found[qa.interviews_accepted][each] for each in whose[:3]] == [100, 0, 100]
    assert [found[qa.interviews_held_in_72_hours][each] for each in whose[::2]] == [100, 0]
    followed = qa.returns_followed_in_72_hours(table, period=YEAR, known_until=LATER, by=["whose"])
    assert list(by(followed, "whose").values()) == [50, 0, 0, 0]
    with pytest.raises(ValueError, match="no group stage; there are whose"):
        qa.returns(table, period=YEAR, by=["stage"])


def test_a_child_still_missing_has_not_come_back():
    table = came_back({"returned": None, "offered": False})
    assert values(qa.returns(table, period=YEAR)) == [0]
    assert counts(qa.interviews_held(table, period=YEAR)) == (0, 0)
    assert counts(qa.returns_followed_in_72_hours(table, period=YEAR, known_until=LATER)) == (0, 0)


# --- a property and a plain loop -------------------------------------------------------------------------------------


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 9) | st.none()), min_size=1, max_size=6))
def test_interviews_in_72_hours_are_some_of_those_held_and_those_some_of_the_returns(rows):
    first = date(2020, 3, 1)
    table = came_back(
        *(
            {
                "returned": str(first + timedelta(back)),
                "held": None if wait is None else str(first + timedelta(back + wait)),
            }
            for back, wait in rows
        )
    )
    number = values(qa.returns(table, period=YEAR))[0]
    held, all_returns = counts(qa.interviews_held(table, period=YEAR))
    soon, of_held = counts(qa.interviews_held_in_72_hours(table, period=YEAR))
    followed, base = counts(qa.returns_followed_in_72_hours(table, period=YEAR, known_until=LATER))
    assert soon == followed <= held == of_held <= number == all_returns == base


def test_a_plain_loop_counts_the_same():
    draw, first = random.Random(4), date(2020, 1, 1)
    rows = []
    for number in range(150):
        back = first + timedelta(draw.randrange(500))
        rows.append({
            "child": f"c{number % 40}", "returned": str(back) if draw.random() < 0.95 else None,
            "care": draw.choice([True, False, None]), "placed": draw.choice([True, False, None]),
            "offered": draw.choice([True, True, False, None]), "accepted": draw.choice([True, False, None]),
            "held": str(back + timedelta(draw.randrange(8))) if draw.random() < 0.6 else None,
        })  # fmt: skip
    table, until = came_back(*rows), pd.Timestamp("2021-02-01")
    loop = [
        {**each, "back": pd.Timestamp(each["returned"]), "on": pd.Timestamp(each["held"]) if each["held"] else None}
        for each in rows
        if each["returned"] and YEAR.start <= pd.Timestamp(each["returned"]) <= YEAR.end
    ]
    soon = [each for each in loop if each["on"] is not None and (each["on"] - each["back"]).days <= 3]
    known = [each for each in loop if (until - each["back"]).days >= 3]
    assert counts(qa.interviews_held(table, period=YEAR)) == (sum(each["on"] is not None for each in loop), len(loop))
    assert counts(qa.interviews_held_in_72_hours(table, period=YEAR)) == (
        len(soon),
        sum(each["on"] is not None for each in loop),
    )
    assert counts(qa.returns_followed_in_72_hours(table, period=YEAR, known_until=until)) == (
        sum(each in known for each in soon), len(known),
    )  # fmt: skip
    offered = [each for each in loop if each["offered"] is not None]
    assert counts(qa.interviews_offered(table, period=YEAR)) == (sum(each["offered"] for each in offered), len(offered))
    answered = [each for each in loop if each["offered"] and each["accepted"] is not None]
    assert counts(qa.interviews_accepted(table, period=YEAR)) == (
        sum(each["accepted"] for each in answered),
        len(answered),
    )
    assert by(qa.returns(table, period=YEAR, by=["whose"]), "whose")["Placed here by another council"] == sum(
        each["placed"] is True for each in loop
    )
    shuffled = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(qa.returns(shuffled, period=YEAR).exact(), qa.returns(table, period=YEAR).exact())
